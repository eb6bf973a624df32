//! The study as a count needs it: checked once, looked up often.

use std::collections::BTreeSet;

use ethos_model::date::{Day, Period, Time};
use ethos_model::region::RegionMapping;
use ethos_model::study::MunicipalityRole;

use crate::captures::coverage::check_lists;
use crate::captures::strata::check_age_bands;
use crate::error::CountError;
use crate::input::CountInput;
use crate::persons::Priority;

/// What a count looks up of a source.
pub(crate) struct SourceFacts {
    /// Position of its list.
    pub(crate) list: Option<usize>,
    /// Whether it tells categories at all.
    pub(crate) tells_category: bool,
}

/// The study as a count needs it.
pub(crate) struct Plan<'a> {
    pub(crate) input: CountInput<'a>,
    pub(crate) lists: Vec<&'a str>,
    pub(crate) sources: Vec<SourceFacts>,
    /// Reference dates, then periods.
    pub(crate) times: Vec<Time>,
    /// For every time, which sources are used.
    pub(crate) used: Vec<Vec<bool>>,
    pub(crate) priority: Priority,
    pub(crate) municipality: MunicipalityRole,
    /// Mappings of the regional tables.
    pub(crate) published_regions: Vec<&'a RegionMapping>,
    /// Mapping of the estimate's strata.
    pub(crate) strata_regions: Option<&'a RegionMapping>,
    /// Whether anything in the study could tell of children who live elsewhere: the parents of
    /// a person register, or a number on a form.
    pub(crate) involved_measured: bool,
}

/// The day whose municipalities, regions and register rows a figure uses: the date itself, or
/// the first day of the period.
pub(crate) fn day_of(time: Time) -> Day {
    match time {
        Time::On(day) => day,
        Time::AnyDayIn(period) => period.start(),
    }
}

impl<'a> Plan<'a> {
    /// The periods between one reference date and the next, and the years counted; in order, each
    /// once.
    pub(crate) fn flow_periods(&self) -> BTreeSet<Period> {
        let dates: BTreeSet<Day> = self
            .times
            .iter()
            .filter_map(|time| match time {
                Time::On(day) => Some(*day),
                Time::AnyDayIn(_) => None,
            })
            .collect();
        let between = dates
            .iter()
            .zip(dates.iter().skip(1))
            .filter_map(|(first, last)| Period::new(*first, *last));
        let years = self.times.iter().filter_map(|time| match time {
            Time::AnyDayIn(period) => Some(*period),
            Time::On(_) => None,
        });
        between.chain(years).collect()
    }

    /// Checks that the parts belong together and that the study can be honoured.
    pub(crate) fn new(input: CountInput<'a>) -> Result<Self, CountError> {
        let study = input.study;
        let spells = input.spells.len();
        for (what, expected, found) in [
            ("the column of persons", spells, input.person.len()),
            ("the column of numbers known", spells, input.keyed.len()),
            (
                "the list of reaches",
                study.sources.len(),
                input.reach.len(),
            ),
        ] {
            if expected != found {
                return Err(CountError::Length {
                    what,
                    expected,
                    found,
                });
            }
        }
        if u32::try_from(spells).is_err() {
            return Err(CountError::TooManySpells(spells));
        }
        if let Some(spell) = input
            .spells
            .iter()
            .find(|spell| usize::from(spell.source.0) >= study.sources.len())
        {
            return Err(CountError::Source {
                source_number: spell.source.0,
                sources: study.sources.len(),
            });
        }
        if !input
            .register
            .is_sorted_by_key(|row| (row.person, row.as_of))
        {
            return Err(CountError::RegisterOrder);
        }
        let lists = study.lists();
        let sources = study
            .sources
            .iter()
            .map(|source| SourceFacts {
                list: source
                    .list
                    .as_deref()
                    .and_then(|name| lists.iter().position(|list| *list == name)),
                tells_category: !source.reports.categories.is_empty(),
            })
            .collect();
        let mut times: Vec<Time> = study
            .study
            .reference_dates
            .iter()
            .map(|&day| Time::On(day))
            .collect();
        for year in study
            .count
            .period_years
            .iter()
            .copied()
            .collect::<BTreeSet<i16>>()
        {
            let period = Period::calendar_year(year).ok_or(CountError::Year(year))?;
            times.push(Time::AnyDayIn(period));
        }
        let used = times
            .iter()
            .map(|&time| {
                study
                    .sources
                    .iter()
                    .map(|source| source.used_on(day_of(time)))
                    .collect()
            })
            .collect();
        let mapping = |key: &str| {
            RegionMapping::shipped(key)
                .or_else(|| input.regions.get(key))
                .ok_or_else(|| CountError::Region(key.to_owned()))
        };
        let plan = Self {
            input,
            lists,
            sources,
            times,
            used,
            priority: Priority::new(&study.category.priority),
            municipality: study.count.municipality,
            published_regions: study
                .publish
                .regions
                .iter()
                .map(|key| mapping(key))
                .collect::<Result<_, _>>()?,
            involved_measured: input
                .register
                .iter()
                .any(|row| row.attributes.parents != [None; 2])
                || input
                    .spells
                    .iter()
                    .any(|spell| spell.children_elsewhere > 0),
            strata_regions: study.strata.region.as_deref().map(mapping).transpose()?,
        };
        if study.estimate.is_some() {
            check_age_bands(study)?;
            for &date in &study.study.reference_dates {
                check_lists(study, date)?;
            }
        }
        Ok(plan)
    }
}
