//! The truth of a simulated country: what a perfect count and a perfect estimate would say.

use std::collections::BTreeMap;
use std::path::Path;

use ethos_model::attribute::{AgeBands, OriginScheme};
use ethos_model::category::{EthosCategory, Total};
use ethos_model::date::{Day, Period};
use serde::{Deserialize, Serialize};

use crate::assumption::LISTS;
use crate::country::Country;
use crate::country::capture::{holds, pattern};
use crate::country::person::{Family, Kind, Person};

/// Where the truth stands in the folder of a simulated country.
pub const TRUTH_FILE: &str = "truth/truth.json";

/// Version of [`Truth`] as JSON.
pub const TRUTH_SCHEMA: &str = "ethos-truth/1";

/// The truth of a simulated country, as in `truth/truth.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// [`TRUTH_SCHEMA`].
    pub schema: String,
    /// Seed.
    pub seed: u64,
    /// Scale; 1 is the whole country.
    pub scale: f64,
    /// Share of rows that something is wrong with.
    pub dirt: f64,
    /// Names of the lists, in the order of the digits of a history.
    pub lists: Vec<String>,
    /// Coefficients of the log-linear model that the histories were drawn from: log odds per
    /// list and covariate level, and the interaction of two lists.
    pub model: Vec<Coefficient>,
    /// One per reference date, in order.
    pub dates: Vec<DateTruth>,
    /// People homeless or threatened on any day, per calendar year that the data cover whole.
    pub years: Vec<YearTruth>,
    /// The count day.
    pub count_day: CountDayTruth,
    /// Rows written per group of files: rows of replaced first versions and exact duplicates
    /// are among them.
    pub rows: BTreeMap<String, u64>,
    /// Rows and files that something was done to, per kind of dirt.
    pub dirty: BTreeMap<String, u64>,
}

/// A coefficient of the model behind the lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coefficient {
    /// Term: a list, `list:covariate=level` or `list:list`.
    pub term: String,
    /// Log odds, or log odds ratio.
    pub value: f64,
}

/// The truth on a reference date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateTruth {
    /// The date.
    pub date: Day,
    /// People in the scope of the estimate: 18–64, registered, in category 1, 2, 5, 6 or in 3
    /// for at most 92 days.
    pub scope: u64,
    /// Those of them on at least one list.
    pub on_a_list: u64,
    /// Those of them on each list.
    pub lists: BTreeMap<String, u64>,
    /// Those of them per capture history, `000` (on no list) included.
    pub histories: BTreeMap<String, u64>,
    /// Those of them per level of each stratum, such as `sex=male` or `region=g4`.
    pub margins: BTreeMap<String, u64>,
    /// Those of them per stratum, such as `sex=male;age=18-26;origin=netherlands;region=g4`.
    pub strata: BTreeMap<String, u64>,
    /// Those of them per origin in the four published groups.
    pub origins: BTreeMap<String, u64>,
    /// Those of them per category.
    pub scope_categories: BTreeMap<String, u64>,
    /// Everyone: all categories, all ages.
    pub persons: u64,
    /// People in categories 1–6.
    pub homeless: u64,
    /// People in category 7.
    pub threatened: u64,
    /// Of everyone, those under 18.
    pub children: u64,
    /// Children of these people who live elsewhere: not among them.
    pub children_elsewhere: u64,
    /// Everyone per category.
    pub categories: BTreeMap<String, u64>,
    /// Everyone per age band.
    pub ages: BTreeMap<String, u64>,
    /// Everyone per sex.
    pub sexes: BTreeMap<String, u64>,
    /// Per municipality, in code order.
    pub municipalities: Vec<MunicipalityTruth>,
    /// People who left homelessness and whose benefit still stands on the date: on the list,
    /// and not in the truth.
    pub stale: u64,
    /// Shelter senders that were expected and whose files do not speak of the date.
    pub not_delivered: Vec<String>,
}

/// The truth in a municipality on a reference date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MunicipalityTruth {
    /// Code at the date.
    pub code: String,
    /// Everyone who stays there.
    pub persons: u64,
    /// People in the scope of the estimate who are registered there.
    pub scope: u64,
}

/// The truth over a calendar year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearTruth {
    /// The year.
    pub year: i16,
    /// Everyone homeless or threatened on at least one day of it.
    pub persons: u64,
}

/// The truth on the count day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountDayTruth {
    /// The day.
    pub date: Option<Day>,
    /// Municipalities that take part.
    pub municipalities: u64,
    /// Everyone who stays there on the day.
    pub present: u64,
    /// The same per category.
    pub present_categories: BTreeMap<String, u64>,
    /// Adults with at least one form.
    pub found_adults: u64,
    /// Children with an adult who has a form, as the forms count them.
    pub found_children: u64,
    /// Adults found, per true category.
    pub found_categories: BTreeMap<String, u64>,
    /// Forms on these adults, doubles between organisations included.
    pub forms: u64,
}

/// Adds one to a tally.
fn tally(map: &mut BTreeMap<String, u64>, key: impl Into<String>) {
    *map.entry(key.into()).or_insert(0) += 1;
}

impl Truth {
    /// Reads the truth of a simulated country from its folder.
    ///
    /// # Errors
    /// When there is no truth, or it is of another version.
    pub fn read(dir: &Path) -> Result<Self, TruthError> {
        let path = dir.join(TRUTH_FILE);
        let text = std::fs::read_to_string(&path).map_err(|source| TruthError::Read {
            path: path.clone(),
            source,
        })?;
        let truth: Self = serde_json::from_str(&text).map_err(|source| TruthError::Json {
            path: path.clone(),
            source,
        })?;
        if truth.schema == TRUTH_SCHEMA {
            Ok(truth)
        } else {
            Err(TruthError::Schema {
                path,
                found: truth.schema,
            })
        }
    }

    /// What was made, in a few lines for a person.
    pub fn summary(&self) -> String {
        let mut lines: Vec<String> = self
            .dates
            .iter()
            .map(|date| {
                format!(
                    "{}: {} people, {} of them in the scope of the estimate and {} of those on a list",
                    date.date, date.persons, date.scope, date.on_a_list
                )
            })
            .collect();
        let rows: u64 = self.rows.values().sum();
        let dirty: u64 = self.dirty.values().sum();
        lines.push(format!(
            "{rows} rows in files, something wrong with {dirty}"
        ));
        lines.join("\n")
    }

    /// The truth of a reference date.
    pub fn on(&self, date: Day) -> Option<&DateTruth> {
        self.dates.iter().find(|truth| truth.date == date)
    }
}

/// Why there is no truth to score against.
#[derive(Debug, thiserror::Error)]
pub enum TruthError {
    /// The file cannot be read.
    #[error("{} cannot be read ({source}); name the folder of a simulated country", path.display())]
    Read {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is not a truth.
    #[error("{} is not the truth of a simulated country: {source}", path.display())]
    Json {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The truth is of another version.
    #[error(
        "{} is of version `{found}` and this program reads {TRUTH_SCHEMA}; simulate the country again",
        path.display()
    )]
    Schema {
        /// The file.
        path: std::path::PathBuf,
        /// Its version.
        found: String,
    },
}

/// The truth of a country on its dates; what only writing the files can tell (stale rows, rows,
/// dirt, the count day) is filled in afterwards.
pub(crate) fn of_country(country: &Country) -> Truth {
    let dates = (0..country.dates.len())
        .map(|date| on_date(country, date))
        .collect();
    let years = country.options.years.iter().rev().skip(1).rev();
    let years = years.filter_map(|year| {
        let period = Period::calendar_year(*year)?;
        let there = |person: &&Person| {
            let counted = !person.seasons.is_empty() || person.exit.is_some();
            counted
                && person.family != Family::Elsewhere
                && period.overlaps(person.entry, person.exit)
        };
        let persons = country.persons.iter().filter(there).count() as u64;
        Some(YearTruth {
            year: *year,
            persons,
        })
    });
    Truth {
        schema: TRUTH_SCHEMA.into(),
        seed: country.options.seed,
        scale: country.options.scale,
        dirt: country.options.dirt,
        lists: LISTS.map(String::from).to_vec(),
        model: country
            .model
            .coefficients()
            .into_iter()
            .map(|(term, value)| Coefficient { term, value })
            .collect(),
        dates,
        years: years.collect(),
        count_day: CountDayTruth::default(),
        rows: BTreeMap::new(),
        dirty: BTreeMap::new(),
    }
}

fn on_date(country: &Country, date: usize) -> DateTruth {
    let day = country.dates[date];
    let bands = AgeBands::published();
    let mut truth = DateTruth {
        date: day,
        scope: 0,
        on_a_list: 0,
        lists: LISTS.iter().map(|list| ((*list).to_owned(), 0)).collect(),
        histories: (0..8).map(|history| (pattern(history), 0)).collect(),
        margins: BTreeMap::new(),
        strata: BTreeMap::new(),
        origins: BTreeMap::new(),
        scope_categories: BTreeMap::new(),
        persons: 0,
        homeless: 0,
        threatened: 0,
        children: 0,
        children_elsewhere: 0,
        categories: BTreeMap::new(),
        ages: BTreeMap::new(),
        sexes: BTreeMap::new(),
        municipalities: country
            .places
            .iter()
            .map(|(_, place)| MunicipalityTruth {
                code: place.code.to_string(),
                persons: 0,
                scope: 0,
            })
            .collect(),
        stale: 0,
        not_delivered: Vec::new(),
    };
    if country.is_absent(country.stops, date) {
        truth
            .not_delivered
            .push(country.places.get(country.stops).code.to_string());
    }
    for person in &country.persons {
        if person.family == Family::Elsewhere {
            let parent = person.parents[0].map(|parent| &country.persons[parent as usize]);
            let involved = parent.is_some_and(|parent| parent.on(date).is_some());
            truth.children_elsewhere += u64::from(involved);
            continue;
        }
        let Some(season) = person.on(date) else {
            continue;
        };
        let age = person.age_on(day);
        let category = season.category();
        truth.persons += 1;
        match category.total() {
            Total::Threatened => truth.threatened += 1,
            _ => truth.homeless += 1,
        }
        truth.children += u64::from(age < 18);
        tally(&mut truth.categories, category.key());
        tally(&mut truth.ages, bands.band_of(age).unwrap_or_default());
        tally(&mut truth.sexes, person.sex.key());
        truth.municipalities[usize::from(season.stay)].persons += 1;
        if season.kind == Kind::Scope {
            truth.municipalities[usize::from(person.home)].scope += 1;
            in_scope(country, person, age, category, season.history, &mut truth);
        }
    }
    truth
}

fn in_scope(
    country: &Country,
    person: &Person,
    age: u8,
    category: EthosCategory,
    history: u8,
    truth: &mut DateTruth,
) {
    truth.scope += 1;
    truth.on_a_list += u64::from(history != 0);
    for (list, name) in LISTS.iter().enumerate() {
        if holds(history, list) {
            tally(&mut truth.lists, *name);
        }
    }
    tally(&mut truth.histories, pattern(history));
    tally(&mut truth.origins, person.origin.key());
    tally(&mut truth.scope_categories, category.key());
    let band = match age {
        ..27 => "18-26",
        27..50 => "27-49",
        50.. => "50-64",
    };
    let levels = [
        format!("sex={}", person.sex.key()),
        format!("age={band}"),
        format!(
            "origin={}",
            OriginScheme::NlEuropeOutside.level_of(Some(person.origin))
        ),
        format!(
            "region={}",
            if country.places.get(person.home).g4 {
                "g4"
            } else {
                "other"
            }
        ),
    ];
    tally(&mut truth.strata, levels.join(";"));
    for level in levels {
        tally(&mut truth.margins, level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::CountryOptions;

    fn truth() -> Truth {
        of_country(&Country::new(&CountryOptions {
            scale: 0.2,
            ..CountryOptions::default()
        }))
    }

    #[test]
    fn the_scope_has_the_published_margins() {
        let truth = truth();
        for (date, expected) in truth.dates.iter().zip([6_600, 6_760, 6_580]) {
            assert_eq!(date.scope, expected);
            let share = |part: u64| part as f64 / date.scope as f64;
            let near = |found: f64, published: f64| {
                assert!((found - published).abs() < 0.01, "{}: {found}", date.date);
            };
            near(share(date.margins["sex=male"]), 0.83);
            near(share(date.margins["age=18-26"]), 0.20);
            near(share(date.margins["age=27-49"]), 0.61);
            near(share(date.margins["age=50-64"]), 0.20);
            near(share(date.origins["nl_both_parents"]), 0.33);
            near(share(date.origins["nl_parent_abroad"]), 0.21);
            near(share(date.margins["origin=europe"]), 0.09);
            near(share(date.margins["origin=outside_europe"]), 0.37);
            near(share(date.margins["region=g4"]), 0.325);
            assert_eq!(date.strata.values().sum::<u64>(), date.scope);
            assert_eq!(date.strata.len(), 36);
        }
    }

    #[test]
    fn three_in_ten_are_on_a_list_and_the_histories_add_up() {
        for date in &truth().dates {
            let share = date.on_a_list as f64 / date.scope as f64;
            assert!((0.27..=0.33).contains(&share), "{share}");
            assert_eq!(date.histories.values().sum::<u64>(), date.scope);
            assert_eq!(date.scope - date.histories["000"], date.on_a_list);
            let of = |list: usize| -> u64 {
                let on = date
                    .histories
                    .iter()
                    .filter(|(h, _)| h.as_bytes()[list] == b'1');
                on.map(|(_, count)| count).sum()
            };
            for (list, name) in LISTS.iter().enumerate() {
                assert_eq!(date.lists[*name], of(list));
                assert!(date.lists[*name] > 400);
            }
        }
    }

    #[test]
    fn everyone_is_at_least_three_times_the_scope_with_every_category_and_children() {
        for date in &truth().dates {
            assert!(
                date.persons >= 3 * date.scope,
                "{} {}",
                date.persons,
                date.scope
            );
            assert_eq!(date.persons, date.homeless + date.threatened);
            for category in EthosCategory::ALL.iter().filter(|c| c.number().is_some()) {
                assert!(date.categories[category.key()] > 300, "{category}");
            }
            let children = date.children as f64 / date.persons as f64;
            assert!((0.12..0.25).contains(&children), "{children}");
            assert!(date.children_elsewhere > 100);
            let stays: u64 = date.municipalities.iter().map(|m| m.persons).sum();
            let scope: u64 = date.municipalities.iter().map(|m| m.scope).sum();
            assert_eq!((stays, scope), (date.persons, date.scope));
        }
    }

    #[test]
    fn a_year_holds_more_people_than_its_first_day() {
        let truth = truth();
        assert_eq!(truth.years.len(), 2);
        for (year, date) in truth.years.iter().zip(&truth.dates) {
            assert_eq!(year.year, date.date.year());
            assert!(year.persons > date.persons * 5 / 4 && year.persons < date.persons * 2);
        }
    }
}
