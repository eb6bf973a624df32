//! The register: which municipality existed when, and what became of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::{MunicipalityCode, Rows, RowsError};
use crate::date::Day;

const MUNICIPALITIES: &str = include_str!("../../../../data/reference/municipalities.csv");
const CHANGES: &str = include_str!("../../../../data/reference/municipality_changes.csv");
const SPLITS: &str = include_str!("../../../../data/reference/municipality_splits.csv");

/// A municipality that exists or existed at some time since 1 January 2015 (the dozen that
/// ended on that very day included, so that the last codes of 2014 can still be recoded).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Municipality {
    /// The code.
    pub code: MunicipalityCode,
    /// Name in the national register of persons.
    pub name: String,
    /// Name as CBS writes it, where CBS lists the municipality: "Laren (NH.)" for "Laren".
    pub cbs_name: Option<String>,
    /// Province, for municipalities that exist now.
    pub province: Option<String>,
    /// First day; `None` when it lies before the register or is not known.
    pub valid_from: Option<Day>,
    /// The day it no longer existed; `None` while it exists.
    pub valid_to: Option<Day>,
}

impl Municipality {
    /// Whether it existed on this day.
    pub fn valid_on(&self, day: Day) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day < to)
    }
}

/// The end of a municipality.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The first day without the old municipality.
    pub date: Day,
    /// What took its place.
    pub kind: ChangeKind,
}

/// What took the place of a municipality that ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ChangeKind {
    /// It went whole into this one, with others or into an existing one.
    Merger(MunicipalityCode),
    /// The same area went on under a new code and name.
    Rename(MunicipalityCode),
    /// Its area was divided between these.
    Split(Vec<MunicipalityCode>),
}

impl ChangeKind {
    /// The municipalities that took over, one or several.
    pub fn heirs(&self) -> &[MunicipalityCode] {
        match self {
            Self::Merger(code) | Self::Rename(code) => std::slice::from_ref(code),
            Self::Split(parts) => parts,
        }
    }
}

/// Every Dutch municipality since 2015, with the changes between them.
///
/// Small border corrections, where a municipality only loses a few streets, are no changes
/// here: the code stays the same.
#[derive(Clone, Debug)]
pub struct MunicipalityRegister {
    municipalities: BTreeMap<MunicipalityCode, Municipality>,
    changes: BTreeMap<MunicipalityCode, Change>,
    origins: BTreeMap<MunicipalityCode, Vec<MunicipalityCode>>,
}

impl MunicipalityRegister {
    /// First year the register covers.
    pub const FIRST_YEAR: i16 = 2015;
    /// Last year the register covers: later changes are not known to it.
    pub const LAST_YEAR: i16 = 2026;

    /// The register that is part of the program.
    pub fn shipped() -> &'static Self {
        static REGISTER: OnceLock<MunicipalityRegister> = OnceLock::new();
        REGISTER.get_or_init(|| {
            Self::from_tables(MUNICIPALITIES, CHANGES, SPLITS)
                .expect("the reference tables were checked when the program was built")
        })
    }

    fn from_tables(municipalities: &str, changes: &str, splits: &str) -> Result<Self, String> {
        let municipalities = read_municipalities(municipalities)?;
        let mut changes = read_changes(changes)?;
        add_splits(splits, &mut changes)?;
        let mut origins: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for municipality in municipalities.values() {
            let code = municipality.code;
            if municipality.valid_to != changes.get(&code).map(|change| change.date) {
                return Err(format!("{code} ends on another day than its change"));
            }
        }
        for (&code, change) in &changes {
            let known = |code| {
                municipalities
                    .get(code)
                    .is_some_and(|m| m.valid_on(change.date))
            };
            if !municipalities.contains_key(&code) || !change.kind.heirs().iter().all(known) {
                return Err(format!(
                    "{code} changes into a municipality that does not exist then"
                ));
            }
            for &heir in change.kind.heirs() {
                origins.entry(heir).or_default().push(code);
            }
        }
        Ok(Self {
            municipalities,
            changes,
            origins,
        })
    }

    /// Whether this day lies in the years the register covers.
    pub fn covers(&self, day: Day) -> bool {
        (Self::FIRST_YEAR..=Self::LAST_YEAR).contains(&day.year())
    }

    /// Every municipality the register knows, in code order, ended ones included.
    pub fn iter(&self) -> impl Iterator<Item = &Municipality> {
        self.municipalities.values()
    }

    /// The municipality with this code, if there ever was one.
    pub fn get(&self, code: MunicipalityCode) -> Option<&Municipality> {
        self.municipalities.get(&code)
    }

    /// Its name in the national register of persons.
    pub fn name(&self, code: MunicipalityCode) -> Option<&str> {
        self.get(code)
            .map(|municipality| municipality.name.as_str())
    }

    /// Its name as CBS writes it, for tables; the other name where CBS lists none.
    pub fn cbs_name(&self, code: MunicipalityCode) -> Option<&str> {
        self.get(code)
            .map(|found| found.cbs_name.as_deref().unwrap_or(&found.name))
    }

    /// Whether a municipality with this code existed on this day.
    pub fn valid_on(&self, code: MunicipalityCode, day: Day) -> bool {
        self.get(code)
            .is_some_and(|municipality| municipality.valid_on(day))
    }

    /// The municipalities of this day, in code order.
    pub fn all_on(&self, day: Day) -> Vec<MunicipalityCode> {
        self.iter()
            .filter(|found| found.valid_on(day))
            .map(|found| found.code)
            .collect()
    }

    /// How this municipality ended, if it did.
    pub fn change_of(&self, code: MunicipalityCode) -> Option<&Change> {
        self.changes.get(&code)
    }

    /// The municipalities whose area, or a part of it, came into `code` after the first day and
    /// not later than the last, in code order, also by way of others. A renamed one brings no
    /// area of its own. When this list is not empty, a figure of `code` on the last day speaks
    /// of more people than one of the first day.
    pub fn absorbed_between(
        &self,
        code: MunicipalityCode,
        first: Day,
        last: Day,
    ) -> Vec<MunicipalityCode> {
        let mut found = BTreeSet::new();
        self.collect_absorbed(code, first, last, &mut found);
        found.into_iter().collect()
    }

    fn collect_absorbed(
        &self,
        code: MunicipalityCode,
        first: Day,
        last: Day,
        found: &mut BTreeSet<MunicipalityCode>,
    ) {
        for (origin, change) in self.origins_of(code) {
            if change.date <= first || change.date > last {
                continue;
            }
            if !matches!(change.kind, ChangeKind::Rename(_)) {
                found.insert(origin);
            }
            self.collect_absorbed(origin, first, change.date, found);
        }
    }

    /// The municipalities that changed into `code`, with how.
    pub(super) fn origins_of(
        &self,
        code: MunicipalityCode,
    ) -> impl Iterator<Item = (MunicipalityCode, &Change)> {
        self.origins
            .get(&code)
            .into_iter()
            .flatten()
            .filter_map(|&origin| Some((origin, self.changes.get(&origin)?)))
    }
}

fn read_municipalities(text: &str) -> Result<BTreeMap<MunicipalityCode, Municipality>, String> {
    let rows = Rows::read(text).map_err(|error| error.to_string())?;
    let column = |name| {
        rows.column(name)
            .map_err(|error: RowsError| error.to_string())
    };
    let (code, name, cbs_name) = (column("gm_code")?, column("name")?, column("cbs_name")?);
    let (province, from, to) = (
        column("province")?,
        column("valid_from")?,
        column("valid_to")?,
    );
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let some_day = |text: &str| (!text.is_empty()).then(|| day(text)).transpose();
    rows.iter()
        .map(|row| {
            let code = parse(row.get(code))?;
            let municipality = Municipality {
                code,
                name: row.get(name).to_owned(),
                cbs_name: some(row.get(cbs_name)),
                province: some(row.get(province)),
                valid_from: some_day(row.get(from))?,
                valid_to: some_day(row.get(to))?,
            };
            Ok((code, municipality))
        })
        .collect()
}

fn read_changes(text: &str) -> Result<BTreeMap<MunicipalityCode, Change>, String> {
    let rows = Rows::read(text).map_err(|error| error.to_string())?;
    let column = |name| {
        rows.column(name)
            .map_err(|error: RowsError| error.to_string())
    };
    let (date, old, new) = (column("date")?, column("old")?, column("new")?);
    let kind = column("kind")?;
    rows.iter()
        .map(|row| {
            let into = parse(row.get(new))?;
            let kind = match row.get(kind) {
                "merger" => ChangeKind::Merger(into),
                "rename" => ChangeKind::Rename(into),
                other => return Err(format!("`{other}` is no kind of change")),
            };
            Ok((
                parse(row.get(old))?,
                Change {
                    date: day(row.get(date))?,
                    kind,
                },
            ))
        })
        .collect()
}

fn add_splits(text: &str, changes: &mut BTreeMap<MunicipalityCode, Change>) -> Result<(), String> {
    let rows = Rows::read(text).map_err(|error| error.to_string())?;
    let column = |name| {
        rows.column(name)
            .map_err(|error: RowsError| error.to_string())
    };
    let (date, old, new) = (column("date")?, column("old")?, column("new")?);
    for row in rows.iter() {
        let (date, old) = (day(row.get(date))?, parse(row.get(old))?);
        let part = parse(row.get(new))?;
        let change = changes.entry(old).or_insert(Change {
            date,
            kind: ChangeKind::Split(Vec::new()),
        });
        match &mut change.kind {
            ChangeKind::Split(parts) if change.date == date => {
                parts.push(part);
                parts.sort_unstable();
            }
            _ => return Err(format!("{old} has a second change")),
        }
    }
    Ok(())
}

fn parse(text: &str) -> Result<MunicipalityCode, String> {
    MunicipalityCode::parse(text).map_err(|error| error.to_string())
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse_iso(text).ok_or_else(|| format!("`{text}` is no day"))
}
