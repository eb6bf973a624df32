//! The `[publish]` section: which tables, how protected, in which formats.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::category::Language;
use crate::cube::{Crossing, DeclaredTable, PlaceLevel};
use crate::date::Day;
use crate::suggest::did_you_mean;

/// What is published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PublishSection {
    /// Which tables.
    pub tables: Vec<TableSet>,
    /// Tables of counted people by category and one or two characteristics, in place of the
    /// shipped ones; an empty list is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Vec<DeclaredTable>>,
    /// Disclosure control of counts.
    pub disclosure: Disclosure,
    /// Rounding of estimates, in persons.
    pub round_estimates: RoundEstimates,
    /// File formats.
    pub formats: Vec<Format>,
    /// Licence of the figures, as its SPDX name (`CC-BY-4.0`, `CC0-1.0`); stands in the
    /// descriptions of the files. Without one they name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Who publishes the figures; stands in the descriptions of the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Language of titles and notes.
    pub language: Language,
    /// Inhabitants that rates are divided by; without them there are no rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<PopulationSection>,
    /// A CSV file beside the study with indicators that others measure: `indicator`, `value`,
    /// `unit`, `date`, `owner`, `source`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicators: Option<String>,
    /// Whether the figures may still change.
    pub status: ReleaseStatus,
    /// Where figures before a day cannot be compared with those from it on.
    #[serde(rename = "break", skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<SeriesBreak>,
    /// Region mapping of the regional tables: `province`, or a name from `[regions]`; or several.
    #[serde(with = "one_or_many")]
    #[schemars(with = "OneOrMany")]
    pub regions: Vec<String>,
    /// Also publish, beside the estimate and never in its place, what other estimators make of the same
    /// table; makes the panel.
    pub estimators: bool,
    /// Also publish each municipality's synthetic share of the estimate. Experimental: it
    /// assumes equal coverage in every municipality.
    pub synthetic_municipal: bool,
}

impl Default for PublishSection {
    fn default() -> Self {
        Self {
            tables: vec![TableSet::National, TableSet::Municipal],
            table: None,
            disclosure: Disclosure::default(),
            round_estimates: RoundEstimates::default(),
            formats: vec![
                Format::Csv,
                Format::Parquet,
                Format::Xlsx,
                Format::Ods,
                Format::Html,
            ],
            licence: None,
            publisher: None,
            language: Language::Nl,
            population: None,
            indicators: None,
            status: ReleaseStatus::default(),
            breaks: Vec::new(),
            regions: vec!["province".into()],
            estimators: false,
            synthetic_municipal: false,
        }
    }
}

impl PublishSection {
    /// The declared crossings that the sets of tables hold: the study's own, or the shipped ones.
    pub fn crossings(&self) -> Vec<Crossing> {
        let mut found: Vec<Crossing> = match &self.table {
            None => Crossing::shipped().to_vec(),
            Some(declared) => declared
                .iter()
                .filter_map(|table| Crossing::try_from(table).ok())
                .collect(),
        };
        found.retain(|crossing| {
            self.tables.contains(&match crossing.place() {
                PlaceLevel::National => TableSet::National,
                PlaceLevel::Regional | PlaceLevel::Municipal => TableSet::Municipal,
            })
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What is wrong with the section by itself.
    pub(super) fn check(&self) -> Result<(), String> {
        for table in self.table.iter().flatten() {
            Crossing::try_from(table)?;
        }
        if let Some(population) = &self.population
            && ![1_000, 10_000].contains(&population.per)
        {
            return Err(format!(
                "`publish.population.per` is 1000 or 10000, not {}",
                population.per
            ));
        }
        if self.regions.is_empty() {
            return Err("`publish.regions` names no mapping; leave it out for provinces".into());
        }
        let mut regions: Vec<&String> = self.regions.iter().collect();
        regions.sort_unstable();
        if regions.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("`publish.regions` names a mapping twice".into());
        }
        Ok(())
    }
}

/// Inhabitants that rates are divided by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PopulationSection {
    /// A CSV file beside the study: `gm_code`, `year`, `inhabitants`, and if wanted `sex` and `age`.
    pub file: String,
    /// Per how many inhabitants: 1000 or 10000.
    #[serde(default = "ten_thousand")]
    pub per: u32,
}

fn ten_thousand() -> u32 {
    10_000
}

/// Whether the figures of a release may still change.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ReleaseStatus {
    /// They may change when late deliveries come.
    Provisional,
    /// They will not change.
    #[default]
    Final,
    /// They take the place of figures published before.
    Revised,
}

impl ReleaseStatus {
    /// Stable key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::Final => "final",
            Self::Revised => "revised",
        }
    }

    /// Name in the given language, as StatLine has it.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Provisional => language.pick("Voorlopig", "Provisional"),
            Self::Final => language.pick("Definitief", "Final"),
            Self::Revised => language.pick("Herzien", "Revised"),
        }
    }
}

/// A break in the series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesBreak {
    /// First day of which figures are of the new kind.
    pub from: Day,
    /// What changed, in Dutch.
    pub nl: String,
    /// What changed, in English.
    pub en: String,
}

/// One name, or several.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// One name as it is, several as a list.
mod one_or_many {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::OneOrMany;

    pub(super) fn serialize<S: Serializer>(names: &[String], s: S) -> Result<S::Ok, S::Error> {
        match names {
            [one] => OneOrMany::One(one.clone()),
            many => OneOrMany::Many(many.to_vec()),
        }
        .serialize(s)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
        Ok(match OneOrMany::deserialize(d)? {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        })
    }
}

/// A set of tables.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum TableSet {
    /// The national tables.
    National,
    /// The regional and municipal tables.
    Municipal,
    /// Entries, returns and exits between reference dates and in the years of `count.period_years`, and
    /// moves between categories. Needs sources that tell when situations begin and end.
    Flows,
}

/// A file format.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated text, described by CSVW and a Data Package.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow (IPC file).
    Arrow,
    /// An Excel workbook.
    Xlsx,
    /// An OpenDocument workbook.
    Ods,
    /// A folder a table in the shape of StatLine's open data (OData 4): JSON and CSV.
    Odata,
    /// SDMX-CSV 2.0 with its structure in SDMX-ML 3.0.
    Sdmx,
    /// JSON-stat 2.0.
    Json,
    /// A self-contained page.
    Html,
}

impl Format {
    /// Every format, in the order they are written.
    pub const ALL: [Self; 9] = [
        Self::Csv,
        Self::Parquet,
        Self::Arrow,
        Self::Xlsx,
        Self::Ods,
        Self::Odata,
        Self::Sdmx,
        Self::Json,
        Self::Html,
    ];

    /// Name in the study file.
    pub fn key(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::Xlsx => "xlsx",
            Self::Ods => "ods",
            Self::Odata => "odata",
            Self::Sdmx => "sdmx",
            Self::Json => "json",
            Self::Html => "html",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    /// Reads the name that a study file has for it.
    ///
    /// ```
    /// use ethos_model::study::Format;
    /// assert_eq!("ods".parse(), Ok(Format::Ods));
    /// assert!("odt".parse::<Format>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|format| format.key() == text)
            .ok_or_else(|| {
                let keys = Self::ALL.map(Self::key);
                let hint = did_you_mean(text, &keys);
                format!("`{text}` is no format{hint}")
            })
    }
}

/// Disclosure control of counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Disclosure {
    /// Method.
    pub method: DisclosureMethod,
    /// Counts are rounded to this base.
    pub base: u32,
    /// Counts from 1 up to but not including this number are protected: withheld, or rounded so
    /// that the audit finds enough other counts possible.
    pub threshold: u32,
    /// So many counts, end to end, must remain possible for a protected one by everything
    /// published; 0: half the base (controlled rounding) or half the threshold, at least 2.
    pub possible: u32,
    /// Controlled rounding: where all but so many people of a group are in one category, that
    /// must not become known. -1: no such rule.
    pub coalition: i32,
    /// Controlled rounding: breaks ties, and draws where `unbiased` is on.
    pub seed: u64,
    /// Controlled rounding: up or down with the probability that makes the expectation the
    /// count, as far as sums allow, instead of to the nearest multiple.
    pub unbiased: bool,
    /// Releases that are out already. Their figures of the same date and dimensions are known to
    /// an attacker.
    pub earlier: Vec<EarlierRelease>,
}

impl Default for Disclosure {
    fn default() -> Self {
        Self {
            method: DisclosureMethod::Threshold,
            base: 5,
            threshold: 10,
            possible: 0,
            coalition: 1,
            seed: 1,
            unbiased: false,
            earlier: Vec::new(),
        }
    }
}

/// A release that is out already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlierRelease {
    /// Its `csv/cube.csv`, or the Parquet of that, relative to the study file.
    pub cube: String,
    /// The base of its counts.
    pub base: u32,
    /// Its method.
    #[serde(default)]
    pub method: DisclosureMethod,
}

/// Method of disclosure control.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DisclosureMethod {
    /// Small counts withheld, all others rounded one by one; more withheld until the audit
    /// passes.
    #[default]
    Threshold,
    /// Every count rounded to a multiple of the base so that all tables add up; none withheld.
    ControlledRounding,
}

/// Rounding of estimates, in persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoundEstimates {
    /// Of the whole country.
    pub national: u32,
    /// Of a region or another part of the country.
    pub region: u32,
    /// Of a municipality.
    pub municipal: u32,
}

impl Default for RoundEstimates {
    fn default() -> Self {
        Self {
            national: 100,
            region: 50,
            municipal: 10,
        }
    }
}
