//! Observed and estimated figures in, one protected cube out: CSV, Parquet, XLSX and HTML.
