//! Observed and estimated figures in, one protected cube out, in every form its readers use.
//!
//! The way through this crate is one line: figures ([`Release`]) → [`protect`] → tables for
//! people ([`tables`]) → files. Nothing is written under `release/` but from a
//! [`Protected`](protect::Protected) cube, and only [`protect::protect`] makes one.
//!
//! | module | what it does |
//! |---|---|
//! | [`protect`] | all counts as one linked system: withheld or rounded, audited as an attacker would; quality rounding of estimates |
//! | [`tables`] | one printable table a family, the same for every format |
//! | [`dashboard`] | core indicators with their change, and imported ones |
//! | [`headline`] | what is said first of an estimate, in a fixed order |
//! | [`notes`] | what the figures are and what the marks mean |
//! | [`chart`] | pictures as inline SVG, one file a picture |
//! | [`funnel`] | control limits of counts |
//! | [`page`] | the released page and the internal one |
//! | [`rates`] | published figures per 1,000 or 10,000 inhabitants |
//! | [`synthetic`] | municipal shares of the estimate, experimental |
//! | [`words`] | numbers, dates and names in Dutch and English |
//! | [`published`] | the published national series |
//!
//! What is written for a study, as far as its `[publish]` section asks for it:
//!
//! | file | what |
//! |---|---|
//! | `csv/<family>.csv`, `csv/cube.csv` | figures in long form, columns of [`ethos_model::schema::cube`], with CSVW metadata |
//! | `codes/<list>.csv` | code lists of the long form, columns of [`ethos_model::schema::codes`] |
//! | `tables/<family>.csv` | the figures as a table for people, in the study's language |
//! | `datapackage.json` | a Data Package over the CSV files |
//! | `parquet/<family>.parquet`, `arrow/<family>.arrow` and `cube` | long form, fields described |
//! | `tables.xlsx`, `tables.ods` | cover, contents, notes, a table a sheet |
//! | `odata/<family>/` | StatLine's open data: observations, codes, groups |
//! | `sdmx/structure.xml`, `sdmx/<family>.csv` | SDMX-ML 3.0 structure, SDMX-CSV 2.0 |
//! | `json/<family>.json`, `json/collection.json` | JSON-stat 2.0 |
//! | `report.html` | a page that needs nothing but itself |
//! | `factsheets/GM0363.html` | a page a municipality, on request ([`SafeRelease::write_factsheets`]) |
//!
//! The internal page ([`write_internal_page`]) holds exact counts and is apart from all this.

pub mod chart;
pub mod dashboard;
mod error;
mod formats;
pub mod funnel;
pub mod headline;
mod method;
pub mod notes;
pub mod page;
pub mod protect;
pub mod published;
pub mod rates;
mod release;
mod stands_for;
mod summary;
pub mod synthetic;
pub mod tables;
pub mod words;

pub use error::PublishError;
pub use headline::{Dependence, Headline, HeadlineWords};
pub use method::{CurvePoint, DependenceCurve, Method, TriedModel};
pub use page::factsheet::Factsheets;
pub use page::internal::{DateModels, InternalReport, ModelLine, write_internal_page};
pub use release::{FlowLine, Release, SafeFlowLine, SafeRelease, write_release};
pub use stands_for::stands_for;
pub use summary::Summary;
