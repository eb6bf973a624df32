//! The capture table of one date: persons in scope by stratum and history.

use ethos_model::attribute::UNKNOWN;
use ethos_model::capture::{CaptureCell, CaptureHistory, CaptureTable, ListSet};
use ethos_model::date::Day;
use ethos_model::municipality::MunicipalityCode;

use super::coverage::{AgeSpot, blind_to};
use super::scope::Standing;
use super::strata::covariates;
use crate::error::CountError;
use crate::input::Seen;
use crate::persons::Found;
use crate::plan::Plan;
use crate::tables::Crosstab;

/// Where the persons of a date ended up: the ledger of the capture table.
#[derive(Default)]
pub(crate) struct Seats {
    /// In the table.
    pub(crate) in_table: u64,
    /// In scope, and on no list of the table.
    pub(crate) unlisted: u64,
    /// In the table without a known age.
    pub(crate) age_unknown: u64,
    /// Out, by the order of [`Standing::OUT`].
    pub(crate) out: [u64; 5],
    /// Per list of the table, persons in it whom that list could not have seen.
    pub(crate) blind: Vec<u64>,
}

/// Makes the capture table of a date from the persons who count on it. `lists` are the lists
/// that looked, as positions among the study's lists, in the order of the table; `spots` are the
/// ages that each of them cannot see.
pub(crate) fn capture_table(
    plan: &Plan<'_>,
    date: Day,
    lists: &[usize],
    spots: &[AgeSpot],
    found: &[Found],
) -> Result<(CaptureTable, Seats, Seen), CountError> {
    let covariates = covariates(plan.input.study, plan.strata_regions, date);
    let mut seats = Seats {
        blind: vec![0; lists.len()],
        ..Seats::default()
    };
    let mut seen = Seen::default();
    let mut columns: Vec<Vec<u32>> = vec![Vec::new(); covariates.len() + 2];
    for one in found {
        if let Some(at) = Standing::OUT.iter().position(|out| *out == one.standing) {
            seats.out[at] += 1;
            continue;
        }
        let history = lists
            .iter()
            .enumerate()
            .filter(|&(_, &list)| one.person.capture.contains(list))
            .fold(ListSet::EMPTY, |set, (bit, _)| set.with(bit));
        if history.is_empty() {
            seats.unlisted += 1;
            continue;
        }
        seats.in_table += 1;
        seats.age_unknown += u64::from(one.person.age.is_none());
        let mut stratum = Vec::with_capacity(covariates.len());
        for (column, covariate) in columns.iter_mut().zip(&covariates) {
            let level = covariate.level_of(&one.person);
            column.push(level as u32);
            stratum.push(
                covariate
                    .levels
                    .get(level)
                    .map_or(UNKNOWN, String::as_str)
                    .to_owned(),
            );
        }
        let place = one.place.unwrap_or(MunicipalityCode::UNKNOWN);
        *seen.by_category.entry(one.person.category).or_insert(0) += 1;
        *seen.by_municipality.entry((place, stratum)).or_insert(0) += 1;
        columns[covariates.len()].push(u32::from(history.0));
        let blind = blind_to(one.person.age, spots);
        for (bit, persons) in seats.blind.iter_mut().enumerate() {
            *persons += u64::from(blind.contains(bit));
        }
        columns[covariates.len() + 1].push(u32::from(blind.0));
    }
    let names: Vec<&str> = covariates
        .iter()
        .map(|covariate| covariate.name)
        .chain(["history", "blind"])
        .collect();
    let crosstab = Crosstab::new(names.iter().copied().zip(columns).collect(), None)?;
    let cells: Vec<CaptureCell> = crosstab
        .by(&names, &[])?
        .into_iter()
        .filter_map(|(levels, count)| {
            let [levels @ .., history, blind] = levels.as_slice() else {
                return None;
            };
            Some(CaptureCell {
                levels: levels.iter().map(|&level| level as u16).collect(),
                history: CaptureHistory::new(ListSet(*history as u16))?,
                blind: ListSet(*blind as u16),
                count,
            })
        })
        .collect();
    let strata = covariates
        .iter()
        .enumerate()
        .map(|(at, covariate)| {
            let unknown = covariate.levels.len();
            covariate.stratifier(
                cells
                    .iter()
                    .any(|cell| usize::from(cell.levels[at]) == unknown),
            )
        })
        .collect();
    let lists = lists
        .iter()
        .map(|&list| plan.lists[list].to_owned())
        .collect();
    Ok((
        CaptureTable {
            date,
            lists,
            strata,
            cells,
        },
        seats,
        seen,
    ))
}
