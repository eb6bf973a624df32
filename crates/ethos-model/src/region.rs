//! Regions: dated mappings from municipalities to levels.
//!
//! Two mappings are shipped: `province` and `g4` (the four largest cities and everyone else).
//! Any other, centre regions for shelter among them, comes from a table of the user, because
//! no open source lists their members and they change over the years.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::date::Day;
use crate::municipality::{
    CodeError, MunicipalityCode, MunicipalityRegister, Rows, RowsError, first_few,
};

/// A mapping from municipalities to the levels of a region: a province, a centre region, `g4`
/// or `other`. On one day a municipality belongs to one level at most.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RegionMapping {
    /// Stable key, as a study names it.
    pub key: String,
    /// Dutch name.
    pub name_nl: String,
    /// English name.
    pub name_en: String,
    members: BTreeMap<MunicipalityCode, Vec<Membership>>,
}

/// That a municipality belongs to a level from one day until another.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Membership {
    level: String,
    valid_from: Option<Day>,
    valid_to: Option<Day>,
    line: u64,
}

impl Membership {
    fn holds_on(&self, day: Day) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day < to)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let before =
            |to: Option<Day>, from: Option<Day>| to.zip(from).is_some_and(|(to, from)| to <= from);
        !before(self.valid_to, other.valid_from) && !before(other.valid_to, self.valid_from)
    }
}

/// Why a region mapping is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RegionError {
    /// The table cannot be read.
    #[error(transparent)]
    Table(#[from] RowsError),
    /// A field of `gm_code` is not a code.
    #[error("line {line}: {source}")]
    Code {
        /// Line in the file.
        line: u64,
        /// What is wrong with it.
        source: CodeError,
    },
    /// No municipality since 2015 has this code (`0000` and `1999` are none).
    #[error("line {line}: no municipality has had the code {code} since 2015")]
    UnknownMunicipality {
        /// Line in the file.
        line: u64,
        /// The code.
        code: MunicipalityCode,
    },
    /// A row without a region.
    #[error("line {line}: the region is empty; leave the row out or name the region")]
    NoRegion {
        /// Line in the file.
        line: u64,
    },
    /// `valid_from` or `valid_to` is not a day, or the second is not after the first.
    #[error("line {line}: valid_from and valid_to must be days such as 2026-01-01, in this order")]
    Period {
        /// Line in the file.
        line: u64,
    },
    /// A municipality has two levels on the same day.
    #[error("line {line}: {code} already has a region in that time, on line {first}")]
    Twice {
        /// Line in the file.
        line: u64,
        /// The code.
        code: MunicipalityCode,
        /// The line where it stands first.
        first: u64,
    },
    /// Municipalities of the day have no level.
    #[error(
        "region `{key}` does not say where {} of the municipalities of {day} belong: {}",
        codes.len(),
        first_few(codes)
    )]
    NotCovered {
        /// Key of the mapping.
        key: String,
        /// The day.
        day: Day,
        /// Every municipality of that day without a level, in code order.
        codes: Vec<MunicipalityCode>,
    },
}

impl RegionMapping {
    /// The shipped mapping with this key: `province` or `g4`.
    pub fn shipped(key: &str) -> Option<&'static Self> {
        match key {
            "province" => Some(Self::province()),
            "g4" => Some(Self::g4()),
            _ => None,
        }
    }

    /// The twelve provinces, by the municipalities that exist now. One that has ended takes the
    /// province of its successor: Leerdam and Zederik, which lay in Zuid-Holland until they
    /// became part of Vijfheerenlanden in 2019, read Utrecht in every year.
    pub fn province() -> &'static Self {
        static PROVINCE: OnceLock<RegionMapping> = OnceLock::new();
        PROVINCE.get_or_init(|| {
            let register = MunicipalityRegister::shipped();
            let levels = register
                .iter()
                .filter_map(|found| Some((found.code, found.province.clone()?)));
            Self::of_levels("province", "Provincie", "Province", levels)
        })
    }

    /// `g4` for Amsterdam, Rotterdam, 's-Gravenhage and Utrecht, `other` for every other
    /// municipality. Weesp is `other`: its people belong to Amsterdam once they are recoded to a
    /// date from 24 March 2022 on.
    pub fn g4() -> &'static Self {
        static G4: OnceLock<RegionMapping> = OnceLock::new();
        G4.get_or_init(|| {
            let register = MunicipalityRegister::shipped();
            let levels = register.iter().map(|found| {
                let large = [344, 363, 518, 599].contains(&found.code.number());
                (found.code, if large { "g4" } else { "other" }.to_owned())
            });
            Self::of_levels(
                "g4",
                "Vier grootste gemeenten",
                "Four largest cities",
                levels,
            )
        })
    }

    fn of_levels(
        key: &str,
        name_nl: &str,
        name_en: &str,
        levels: impl Iterator<Item = (MunicipalityCode, String)>,
    ) -> Self {
        let valid_from = Day::from_ymd(MunicipalityRegister::FIRST_YEAR, 1, 1);
        let members = levels
            .map(|(code, level)| {
                (
                    code,
                    vec![Membership {
                        level,
                        valid_from,
                        valid_to: None,
                        line: 0,
                    }],
                )
            })
            .collect();
        Self {
            key: key.to_owned(),
            name_nl: name_nl.to_owned(),
            name_en: name_en.to_owned(),
            members,
        }
    }

    /// Reads a table of the user: columns `gm_code` and `region`, and if wanted `valid_from`
    /// and `valid_to` (the first day that no longer counts; empty means without limit). Other
    /// columns are ignored.
    ///
    /// ```
    /// use ethos_model::date::Day;
    /// use ethos_model::municipality::MunicipalityCode;
    /// use ethos_model::region::RegionMapping;
    ///
    /// let text = "gm_code,region\nGM0363,Amsterdam-Amstelland\nGM0362,Amsterdam-Amstelland\n";
    /// let mapping = RegionMapping::from_csv("centre", "Centrumregio", "Centre region", text)?;
    /// let (code, day) = (MunicipalityCode::parse("0362").unwrap(), Day::parse("2026-01-01").unwrap());
    /// assert_eq!(mapping.level_of(code, day), Some("Amsterdam-Amstelland"));
    /// assert!(mapping.check_covers(day).is_err()); // 340 municipalities are missing
    /// # Ok::<(), ethos_model::region::RegionError>(())
    /// ```
    pub fn from_csv(
        key: &str,
        name_nl: &str,
        name_en: &str,
        text: &str,
    ) -> Result<Self, RegionError> {
        let rows = Rows::read(text)?;
        let (code, region) = (rows.column("gm_code")?, rows.column("region")?);
        let (from, to) = (rows.optional("valid_from"), rows.optional("valid_to"));
        let register = MunicipalityRegister::shipped();
        let mut members: BTreeMap<MunicipalityCode, Vec<Membership>> = BTreeMap::new();
        for row in rows.iter() {
            let line = row.line;
            let code = MunicipalityCode::parse(row.get(code))
                .map_err(|source| RegionError::Code { line, source })?;
            if register.get(code).is_none() {
                return Err(RegionError::UnknownMunicipality { line, code });
            }
            let level = row.get(region).to_owned();
            if level.is_empty() {
                return Err(RegionError::NoRegion { line });
            }
            let day = |column: Option<usize>| {
                let text = column.map_or("", |column| row.get(column));
                (!text.is_empty())
                    .then(|| Day::parse(text).ok_or(RegionError::Period { line }))
                    .transpose()
            };
            let membership = Membership {
                level,
                valid_from: day(from)?,
                valid_to: day(to)?,
                line,
            };
            if membership
                .valid_from
                .zip(membership.valid_to)
                .is_some_and(|(from, to)| to <= from)
            {
                return Err(RegionError::Period { line });
            }
            let listed = members.entry(code).or_default();
            if let Some(other) = listed.iter().find(|other| other.overlaps(&membership)) {
                return Err(RegionError::Twice {
                    line,
                    code,
                    first: other.line,
                });
            }
            listed.push(membership);
        }
        Ok(Self {
            key: key.to_owned(),
            name_nl: name_nl.to_owned(),
            name_en: name_en.to_owned(),
            members,
        })
    }

    /// The level of a municipality on a day. A code the mapping does not list takes the level
    /// of what became of it, and a divided one only where all parts agree; a listed code
    /// outside its dates has none.
    pub fn level_of(&self, code: MunicipalityCode, day: Day) -> Option<&str> {
        if let Some(listed) = self.members.get(&code) {
            let membership = listed.iter().find(|membership| membership.holds_on(day))?;
            return Some(&membership.level);
        }
        let change = MunicipalityRegister::shipped().change_of(code)?;
        let mut levels = change
            .kind
            .heirs()
            .iter()
            .map(|&heir| self.level_of(heir, day));
        let first = levels.next()??;
        levels.all(|level| level == Some(first)).then_some(first)
    }

    /// The levels the mapping has on a day, in alphabetical order.
    pub fn levels_on(&self, day: Day) -> Vec<&str> {
        let on_day = self
            .members
            .values()
            .flatten()
            .filter(|membership| membership.holds_on(day));
        let levels: BTreeSet<&str> = on_day.map(|membership| membership.level.as_str()).collect();
        levels.into_iter().collect()
    }

    /// Whether every municipality that exists on the day has a level; the error lists those
    /// that have none.
    pub fn check_covers(&self, day: Day) -> Result<(), RegionError> {
        let mut codes = MunicipalityRegister::shipped().all_on(day);
        codes.retain(|&code| self.level_of(code, day).is_none());
        if codes.is_empty() {
            return Ok(());
        }
        Err(RegionError::NotCovered {
            key: self.key.clone(),
            day,
            codes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> MunicipalityCode {
        MunicipalityCode::parse(text).unwrap()
    }

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    fn read(text: &str) -> Result<RegionMapping, RegionError> {
        RegionMapping::from_csv("test", "Proef", "Test", text)
    }

    #[test]
    fn shipped_mappings_cover_every_year() {
        for year in MunicipalityRegister::FIRST_YEAR..=MunicipalityRegister::LAST_YEAR {
            let day = Day::from_ymd(year, 1, 1).unwrap();
            for key in ["province", "g4"] {
                RegionMapping::shipped(key)
                    .unwrap()
                    .check_covers(day)
                    .unwrap();
            }
        }
        assert!(RegionMapping::shipped("centre").is_none());
    }

    #[test]
    fn provinces_follow_the_successor() {
        let (province, date) = (RegionMapping::province(), day("2018-01-01"));
        assert_eq!(province.levels_on(date).len(), 12);
        assert_eq!(
            province.level_of(code("GM0363"), date),
            Some("Noord-Holland")
        );
        // Groesbeek, by way of Berg en Dal.
        assert_eq!(province.level_of(code("GM0265"), date), Some("Gelderland"));
        // Divided, but all parts lie in one province.
        assert_eq!(
            province.level_of(code("GM0788"), date),
            Some("Noord-Brabant")
        );
        // The province changed with the merger.
        assert_eq!(province.level_of(code("GM0545"), date), Some("Utrecht"));
        assert_eq!(province.level_of(MunicipalityCode::UNKNOWN, date), None);
        assert_eq!(province.level_of(code("GM0363"), day("2014-12-31")), None);
    }

    #[test]
    fn weesp_is_not_amsterdam_before_the_merger() {
        let (g4, date) = (RegionMapping::g4(), day("2022-01-01"));
        assert_eq!(g4.levels_on(date), ["g4", "other"]);
        let all = MunicipalityRegister::shipped().all_on(date);
        assert_eq!(
            all.iter()
                .filter(|&&code| g4.level_of(code, date) == Some("g4"))
                .count(),
            4
        );
        assert_eq!(g4.level_of(code("GM0457"), date), Some("other"));
    }

    #[test]
    fn a_table_of_the_user_is_dated() {
        let text =
            "gm_code;region;valid_from;valid_to\n0363;oud;;2024-01-01\n0363;nieuw;2024-01-01;\n";
        let mapping = read(text).unwrap();
        assert_eq!(
            mapping.level_of(code("0363"), day("2023-12-31")),
            Some("oud")
        );
        assert_eq!(
            mapping.level_of(code("0363"), day("2024-01-01")),
            Some("nieuw")
        );
        assert_eq!(
            mapping.level_of(code("0457"), day("2024-01-01")),
            Some("nieuw")
        );
        assert_eq!(mapping.levels_on(day("2024-01-01")), ["nieuw"]);
        let Err(RegionError::NotCovered { codes, .. }) = mapping.check_covers(day("2024-01-01"))
        else {
            panic!("one municipality of 342 is listed");
        };
        assert_eq!(codes.len(), 341);
    }

    #[test]
    fn each_mistake_has_its_error() {
        let line = 3;
        let unknown = |text| RegionError::UnknownMunicipality {
            line: 2,
            code: code(text),
        };
        assert_eq!(read("gm_code,region\nGM9998,a\n"), Err(unknown("GM9998")));
        assert_eq!(read("gm_code,region\n0000,a\n"), Err(unknown("0000")));
        assert_eq!(
            read("gm_code,region\n0363,a\n363,b\n"),
            Err(RegionError::Twice {
                line,
                code: code("0363"),
                first: 2
            }),
        );
        assert_eq!(
            read("gm_code,region\n0363,a\nAmsterdam,a\n"),
            Err(RegionError::Code {
                line,
                source: CodeError { characters: 9 }
            }),
        );
        assert_eq!(
            read("gm_code,region\n0363,a\n0599,\n"),
            Err(RegionError::NoRegion { line })
        );
        let dated = "gm_code,region,valid_from,valid_to\n0363,a,,\n0599,a,2024-01-01,2023-01-01\n";
        assert_eq!(read(dated), Err(RegionError::Period { line }));
        assert!(matches!(read("code,region\n"), Err(RegionError::Table(_))));
        assert!(matches!(
            read("gm_code,region\n0363\n"),
            Err(RegionError::Table(RowsError::Malformed { line: 2 })),
        ));
    }
}
