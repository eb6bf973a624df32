//! The study file: everything a run depends on, in one TOML file.
//!
//! [`Study::parse`] is strict: an unknown key is an error with a suggestion, and what a run
//! could not honour is refused before anything is read.

mod estimate;
mod publish;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribute::{AgeBands, AgeRange, OriginScheme};
use crate::category::{EthosCategory, Language};
use crate::date::{Day, one_or_many};
use crate::suggest::did_you_mean;

pub use estimate::{
    Criterion, Dependence, EstimateSection, HeldOddsRatio, Interval, Preset, Search,
};
pub use publish::{
    Disclosure, DisclosureMethod, EarlierRelease, Format, PopulationSection, PublishSection,
    ReleaseStatus, RoundEstimates, SeriesBreak, TableSet,
};

/// A study.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Name, dates, key.
    pub study: StudySection,
    /// Whom the estimate speaks of.
    #[serde(default)]
    pub scope: Scope,
    /// Person registers: attributes and eligibility, never a list.
    #[serde(default, rename = "person_register")]
    pub person_registers: Vec<PersonRegisterSection>,
    /// Sources of spells.
    #[serde(default, rename = "source")]
    pub sources: Vec<SourceSection>,
    /// How categories are told and which wins.
    #[serde(default)]
    pub category: CategorySection,
    /// Region mappings that the user supplies.
    #[serde(default)]
    pub regions: BTreeMap<String, RegionSection>,
    /// What is counted beside the reference dates.
    #[serde(default)]
    pub count: CountSection,
    /// The covariates of the estimate.
    #[serde(default)]
    pub strata: Strata,
    /// The estimate; without this section a study only counts.
    pub estimate: Option<EstimateSection>,
    /// What is published.
    #[serde(default)]
    pub publish: PublishSection,
}

/// Name, dates, key.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudySection {
    /// Name of the study, printed with its tables.
    pub name: String,
    /// The reference date, or several.
    #[serde(
        rename = "reference_date",
        alias = "reference_dates",
        deserialize_with = "one_or_many"
    )]
    #[schemars(schema_with = "one_or_many_schema")]
    pub reference_dates: Vec<Day>,
    /// The series whose years share a pseudonym key.
    pub series: String,
    /// The key file of the series, relative to the study.
    pub key_file: String,
    /// Whether the people in the files are invented; everything published says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
}

fn one_or_many_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let day = generator.subschema_for::<Day>();
    schemars::json_schema!({ "anyOf": [day, { "type": "array", "items": day, "minItems": 1 }] })
}

/// Whom the estimate speaks of. Counts cover everyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Ages in completed years on the date.
    pub ages: AgeRange,
    /// Only people registered in the population register of a Dutch municipality.
    pub registered: bool,
    /// Categories by number. `unknown` from a register that carries no category is in.
    pub categories: Vec<u8>,
    /// The longest stay in temporary shelter (category 3), in days up to and including the
    /// reference date, that still counts when 3 is among `categories`. The CBS-like scope holds
    /// short stays only; a number above 36,500 counts every stay.
    pub short_stay_days: u16,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            ages: "18-64".parse().expect("a valid range"),
            registered: true,
            categories: vec![1, 2, 3, 5, 6],
            short_stay_days: 92,
        }
    }
}

impl Scope {
    /// Whether a category is in scope; of 3 only stays up to [`Self::short_stay_days`] are.
    pub fn holds(&self, category: EthosCategory) -> bool {
        match category.number() {
            Some(number) => self.categories.contains(&number),
            None => true,
        }
    }
}

/// A person register.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonRegisterSection {
    /// Layout of its files.
    pub layout: String,
    /// Files, a path or a pattern relative to the study.
    pub files: String,
    /// As of a source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<String>,
    /// As of a source.
    pub sheet: Option<String>,
    /// As of a source.
    pub header_row: Option<u64>,
    /// As of a source.
    pub encoding: Option<String>,
    /// As of a source.
    pub delimiter: Option<String>,
}

/// A source of spells.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceSection {
    /// The list whose presence or absence it records. Two sources may be one list. A source
    /// without a list is counted and never enters a capture history.
    pub list: Option<String>,
    /// Name in the ledger and in messages; the list or the layout when not given.
    pub name: Option<String>,
    /// Layout of its files.
    pub layout: String,
    /// Files, a path or a pattern relative to the study.
    pub files: String,
    /// Files of corrections made by hand, relative to the study: applied while its files are read, as
    /// `ethos check --corrections` does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<String>,
    /// Which categories and municipalities it can report. It is silent on the others, which is
    /// not zero.
    #[serde(default)]
    pub reports: Reports,
    /// Whom it cannot see by law or design.
    #[serde(default)]
    pub coverage: CoverageSection,
    /// Lists on which it depends by its very structure: the pairwise term is forced.
    #[serde(default)]
    pub depends: Vec<String>,
    /// The day on which its files were drawn, for files that do not tell it themselves in a
    /// column or in their name. A file without either and without a period in its name speaks up
    /// to 31 days after the newest event in its source's undated files (a start, a day of
    /// observation, or an end at most 92 days after those; a later end is a plan). After that day
    /// the source has not delivered, and a record without an end is no evidence.
    pub as_of: Option<Day>,
    /// Sheet of its workbooks, by name or number (in quotes); the one whose columns are known when
    /// not given.
    pub sheet: Option<String>,
    /// Row of its files that names the columns, 1 for the first; found when not given.
    pub header_row: Option<u64>,
    /// Encoding of its text files: `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`; told from
    /// the bytes when not given.
    pub encoding: Option<String>,
    /// Delimiter of its text files: a character, or `tab`; told from the header when not given.
    pub delimiter: Option<String>,
    /// First reference date for which the source is used.
    pub valid_from: Option<Day>,
    /// First reference date for which it no longer is.
    pub valid_until: Option<Day>,
}

impl SourceSection {
    /// The name in the ledger and in messages.
    pub fn title(&self) -> &str {
        self.name
            .as_deref()
            .or(self.list.as_deref())
            .unwrap_or(&self.layout)
    }

    /// Whether the source is used for a reference date.
    pub fn used_on(&self, day: Day) -> bool {
        self.valid_from.is_none_or(|from| from <= day)
            && self.valid_until.is_none_or(|until| day < until)
    }
}

/// Which categories and municipalities a source can report.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reports {
    /// Categories by number; empty for a source that carries no category.
    pub categories: Vec<u8>,
    /// `national`: it sees every municipality. `senders` (the default): only the municipalities
    /// of the senders that delivered; one whose file cannot be used was expected and did not
    /// deliver. Anything else is a CSV of expected senders, relative to the study, with columns
    /// `sender,municipality[,from,until]`.
    pub municipalities: Option<String>,
}

/// Whom a list cannot see.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CoverageSection {
    /// Ages it can see; `None` for all.
    pub ages: Option<AgeRange>,
    /// Categories it can see, where the list records a category.
    pub categories: Option<Vec<u8>>,
}

/// How categories are told and which wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CategorySection {
    /// Category mapping that replaces the one a layout names: a shipped name or a TOML file
    /// relative to the study.
    pub mapping: Option<String>,
    /// Which category wins when evidence and dates do not decide, the first winning.
    pub priority: Vec<u8>,
}

impl Default for CategorySection {
    fn default() -> Self {
        Self {
            mapping: None,
            priority: vec![1, 2, 3, 5, 6, 4, 7],
        }
    }
}

/// A region mapping that the user supplies.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionSection {
    /// CSV with columns `gm_code,region[,valid_from,valid_to]`, relative to the study.
    pub file: String,
    /// Title in the tables.
    pub title: Option<String>,
}

/// What is counted beside the reference dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CountSection {
    /// Calendar years for which people homeless on any day are counted.
    pub period_years: Vec<i16>,
    /// Spells of one person in one category at one source whose gap is at most this many days
    /// are one spell.
    pub merge_gap_days: u16,
    /// Someone who enters homelessness is new if no source saw them homeless in so many days
    /// before; others return.
    pub washout_days: u16,
    /// Which of a spell's municipalities the municipal tables use.
    pub municipality: MunicipalityRole,
    /// CSV of declared shares for municipalities that were split, with columns
    /// `old,new,share`, relative to the study.
    pub split_shares: Option<String>,
}

impl Default for CountSection {
    fn default() -> Self {
        Self {
            period_years: Vec::new(),
            merge_gap_days: 1,
            washout_days: 365,
            municipality: MunicipalityRole::Stay,
            split_shares: None,
        }
    }
}

/// Which of a spell's four municipalities.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MunicipalityRole {
    /// Of the stay; the responsible one where the stay is not known.
    #[default]
    Stay,
    /// Responsible.
    Responsible,
    /// Of registration.
    Registered,
    /// Of origin.
    Origin,
}

impl MunicipalityRole {
    /// What a table prints.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Stay => language.pick(
                "gemeente van verblijf (anders de verantwoordelijke gemeente)",
                "municipality of stay (else the responsible one)",
            ),
            Self::Responsible => {
                language.pick("verantwoordelijke gemeente", "responsible municipality")
            }
            Self::Registered => {
                language.pick("gemeente van inschrijving", "municipality of registration")
            }
            Self::Origin => language.pick("gemeente van herkomst", "municipality of origin"),
        }
    }
}

/// The covariates of the estimate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Strata {
    /// By sex.
    pub sex: bool,
    /// By age, as cut points: `[18, 27, 50, 65]`.
    pub age: Vec<u8>,
    /// By origin, in this grouping.
    pub origin: Option<OriginScheme>,
    /// By region of registration, in this mapping: `g4`, `province` or a name from `[regions]`.
    pub region: Option<String>,
}

impl Strata {
    /// Names of the covariates in use, in order.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        if self.sex {
            names.push("sex");
        }
        if !self.age.is_empty() {
            names.push("age");
        }
        if self.origin.is_some() {
            names.push("origin");
        }
        if self.region.is_some() {
            names.push("region");
        }
        names
    }
}

/// Why a study file is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyError {
    /// Line in the file, 1 for the first, where one line is at fault.
    pub line: Option<usize>,
    /// What is wrong, with the way out.
    pub message: String,
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for StudyError {}

impl Study {
    /// Reads and checks a study file.
    ///
    /// # Errors
    /// A key that does not exist (with a suggestion), a value of the wrong type, or a study that
    /// contradicts itself.
    pub fn parse(text: &str) -> Result<Self, StudyError> {
        let study: Self = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            StudyError {
                line,
                message: with_suggestion(error.message()),
            }
        })?;
        study.check().map_err(|message| StudyError {
            line: None,
            message,
        })?;
        Ok(study)
    }

    /// Names of the study's lists in bit order: the order of first mention.
    pub fn lists(&self) -> Vec<&str> {
        let mut lists: Vec<&str> = Vec::new();
        for name in self
            .sources
            .iter()
            .filter_map(|source| source.list.as_deref())
        {
            if !lists.contains(&name) {
                lists.push(name);
            }
        }
        lists
    }

    /// The pairs of lists whose dependence is declared, as positions in [`Self::lists`].
    pub fn forced_pairs(&self) -> BTreeSet<(usize, usize)> {
        let lists = self.lists();
        let position = |name: &str| lists.iter().position(|list| *list == name);
        self.sources
            .iter()
            .filter_map(|source| Some((source, position(source.list.as_deref()?)?)))
            .flat_map(|(source, from)| {
                source
                    .depends
                    .iter()
                    .filter_map(move |to| Some((from, position(to)?)))
            })
            .map(|(a, b)| (a.min(b), a.max(b)))
            .collect()
    }

    fn check(&self) -> Result<(), String> {
        let dates = &self.study.reference_dates;
        if dates.is_empty() {
            return Err("`reference_date` names no date".into());
        }
        if dates.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err("reference dates must rise and differ".into());
        }
        if self.sources.is_empty() {
            return Err("a study needs at least one [[source]]".into());
        }
        let lists = self.lists();
        if lists.len() > 16 {
            return Err(format!("{} lists; at most 16 are possible", lists.len()));
        }
        let known = |name: &str, what: &str| {
            if lists.contains(&name) {
                Ok(())
            } else {
                Err(format!(
                    "{what} names the list `{name}`, which no source has{}",
                    did_you_mean(name, &lists)
                ))
            }
        };
        let mut titles = BTreeSet::new();
        for source in &self.sources {
            if !titles.insert(source.title()) {
                return Err(format!(
                    "two sources are called `{}`; give one a `name` of its own",
                    source.title()
                ));
            }
            for name in &source.depends {
                known(name, &format!("`depends` of `{}`", source.title()))?;
                if Some(name) == source.list.as_ref() {
                    return Err(format!("`{name}` cannot depend on itself"));
                }
            }
            let coverage = source.coverage.categories.iter().flatten();
            check_categories(source.reports.categories.iter().chain(coverage))?;
        }
        check_categories(self.scope.categories.iter())?;
        check_categories(self.category.priority.iter())?;
        let priority: BTreeSet<u8> = self.category.priority.iter().copied().collect();
        if priority.len() != 7 || self.category.priority.len() != 7 {
            return Err("`priority` must name each of the categories 1–7 once".into());
        }
        if !self.strata.age.is_empty() {
            AgeBands::new(&self.strata.age)?;
        }
        let mut mappings: Vec<&str> = vec!["province", "g4"];
        mappings.extend(self.regions.keys().map(String::as_str));
        for name in self.strata.region.iter().chain(&self.publish.regions) {
            if !mappings.contains(&name.as_str()) {
                return Err(format!(
                    "there is no region mapping `{name}`{}",
                    did_you_mean(name, &mappings)
                ));
            }
        }
        if let Some(estimate) = &self.estimate {
            for name in &estimate.lists {
                known(name, "`estimate.lists`")?;
            }
            let used = if estimate.lists.is_empty() {
                lists.len()
            } else {
                estimate.lists.len()
            };
            if used < 2 {
                return Err(
                    "an estimate needs at least two lists; without [estimate] a study only counts"
                        .into(),
                );
            }
            let dependence = (estimate.dependence.iter()).map(|d| ("dependence", &d.lists));
            let held = (estimate.odds_ratio.iter()).map(|h| ("odds_ratio", &h.lists));
            for (key, names) in dependence.chain(held) {
                for name in names {
                    known(name, &format!("`estimate.{key}`"))?;
                    if !estimate.lists.is_empty() && !estimate.lists.contains(name) {
                        return Err(format!(
                            "`estimate.{key}` names the list `{name}`, which is not among `estimate.lists`"
                        ));
                    }
                }
            }
            estimate.check(!self.strata.names().is_empty())?;
            for (a, b) in self.forced_pairs() {
                let pair = [lists[a], lists[b]];
                // Two lists cannot show their dependence, so that none is forced.
                let twice = |held: &HeldOddsRatio| {
                    held.lists.len() == 2
                        && pair.iter().all(|name| held.lists.iter().any(|l| l == name))
                };
                if used > 2 && estimate.odds_ratio.iter().any(twice) {
                    return Err(format!(
                        "`depends` has the dependence between `{}` and `{}` estimated, and `estimate.odds_ratio` holds it; keep one of them",
                        pair[0], pair[1]
                    ));
                }
            }
        }
        self.publish.check()?;
        if self.publish.disclosure.base == 0 {
            return Err("`disclosure.base` must be at least 1 (1 rounds nothing)".into());
        }
        let disclosure = &self.publish.disclosure;
        if disclosure.method == DisclosureMethod::Threshold {
            let unused = Disclosure::default();
            let given = [
                ("coalition", disclosure.coalition != unused.coalition),
                ("seed", disclosure.seed != unused.seed),
                ("unbiased", disclosure.unbiased != unused.unbiased),
            ];
            if let Some((name, _)) = given.into_iter().find(|(_, given)| *given) {
                return Err(format!(
                    "`disclosure.{name}` is used by `method = \"controlled-rounding\"` only; set that method or leave it out"
                ));
            }
        }
        if self.publish.synthetic_municipal
            && self.publish.disclosure.method == DisclosureMethod::ControlledRounding
        {
            return Err("`synthetic_municipal` cannot go with `method = \"controlled-rounding\"`: shares of rounded small counts say nothing; use `threshold`, or leave the shares out".into());
        }
        let round = &self.publish.round_estimates;
        if [round.national, round.region, round.municipal].contains(&0) {
            return Err("`round_estimates` must be at least 1".into());
        }
        Ok(())
    }
}

fn check_categories<'a>(numbers: impl Iterator<Item = &'a u8>) -> Result<(), String> {
    for number in numbers {
        if EthosCategory::from_number(*number).is_none() {
            return Err(format!("{number} is not a category; they are 1–7"));
        }
    }
    Ok(())
}

/// Adds "did you mean" to the parser's message on an unknown key or word.
fn with_suggestion(message: &str) -> String {
    let Some((_, rest)) = message
        .split_once("unknown field `")
        .or_else(|| message.split_once("unknown variant `"))
    else {
        return message.to_owned();
    };
    let Some((word, known)) = rest.split_once('`') else {
        return message.to_owned();
    };
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    match crate::suggest::nearest(word, &known) {
        Some(nearest) => format!("{message}; did you mean `{nearest}`?"),
        None => message.to_owned(),
    }
}
