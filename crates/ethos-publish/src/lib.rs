//! Observed and estimated figures in, one protected cube out: CSV, Parquet, XLSX and HTML.
pub mod chart;
pub mod protect;
pub mod published;
pub mod synthetic;
pub mod tables;
pub mod words;
