//! The dashboard: at most twelve core indicators with fixed numbers, each with its unit,
//! population, reference date, figure, change, what the data can tell of it and of its target, and
//! indicators that others measure, imported with owner, date and source.
//!
//! Everything is worked out after protection, from published figures.

mod change;
mod external;
mod gaps;
mod shipped;
mod target;

use ethos_model::cell::EstimateStatus;
use ethos_model::cube::{CubeKey, Family, Measure, Place};
use ethos_model::date::{Day, Time};
use ethos_model::finding::Text;
use ethos_model::study::{Preset, Scope, Study};

pub use change::{Change, Dated, Verdict, is_minimum};
pub use external::{External, ExternalError};
pub(crate) use gaps::same_gaps;
pub use shipped::{Definition, Other, definitions, others};
pub use target::{Against, Judged, Reached, Target, Wants};

use crate::protect::{Protected, RoundedEstimate, SafeFigure, SafeRow, quality_base};
use crate::published;
use crate::stands_for::in_release;

/// The indicators of a release at its latest reference date.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Dashboard {
    /// The core indicators, by number; those without a figure in the release are not in it.
    pub indicators: Vec<Indicator>,
    /// Indicators that others measure, as imported.
    pub external: Vec<External>,
    /// What the action plan has a target for and nobody imported; beside core indicators only.
    pub absent: Vec<&'static Other>,
}

/// A core indicator.
#[derive(Clone, PartialEq, Debug)]
pub struct Indicator {
    /// Its number, which never changes.
    pub number: u8,
    /// Stable key.
    pub key: &'static str,
    /// Name.
    pub name: Text,
    /// What the action plan wants of it, with what the data tell of that.
    pub targets: Vec<Judged>,
    /// The figure's dimensions; the total says of whom it speaks, the measure in what unit.
    pub of: CubeKey,
    /// The reference date.
    pub date: Day,
    /// The figure.
    pub figure: SafeFigure,
    /// The reference date before, with its figure.
    pub before: Option<(Day, SafeFigure)>,
    /// The change since then, where the two can be compared.
    pub change: Option<Change>,
    /// Whether the data can tell that it changed.
    pub verdict: Verdict,
}

impl Indicator {
    /// Whether its figure is an estimate.
    pub fn is_estimate(&self) -> bool {
        matches!(self.figure, SafeFigure::Estimate(_))
    }
}

/// The figure of a year that an indicator is held against: that of this study; of the estimate, else the one that
/// was imported under the indicator's name, taken as it stands; else that of Statistics Netherlands, which tells
/// a change only where scope and method are like its own. Earlier releases are read for their counts, and hold no estimate.
fn against(
    protected: &Protected,
    study: &Study,
    definition: &Definition,
    external: &[External],
    year: i16,
) -> Option<Against> {
    let mut own = study.study.reference_dates.clone();
    own.sort_unstable();
    let own = own.into_iter().filter(|date| date.year() == year);
    for date in own {
        if let Some(figure) = protected.get(&definition.key_on(Time::On(date))) {
            return Some(Against {
                date,
                figure,
                owner: None,
                unlike: None,
            });
        }
    }
    if definition.key_on(Time::On(Day(0))).measure != Measure::Estimated {
        return None;
    }
    let names = [&definition.name.nl, &definition.name.en, &definition.key];
    let exact = |value: u64| {
        SafeFigure::Estimate(RoundedEstimate {
            status: EstimateStatus::Ok,
            point: Some(value),
            lower: Some(value),
            upper: Some(value),
        })
    };
    let imported = external.iter().find_map(|found| {
        let named = names.iter().any(|name| **name == found.indicator);
        let value = found.value.parse().ok()?;
        (named && found.date.year() == year).then(|| Against {
            date: found.date,
            figure: exact(value),
            owner: Some(found.owner.clone()),
            unlike: None,
        })
    });
    imported.or_else(|| of_statistics_netherlands(study, year))
}

/// The published figure of Statistics Netherlands for the estimate, whose difference is a change only from an
/// estimate of the same people by the same method.
fn of_statistics_netherlands(study: &Study, year: i16) -> Option<Against> {
    let date = Day::from_ymd(year, 1, 1)?;
    let published = published::series()
        .into_iter()
        .find(|found| found.year == year)?;
    let (own, theirs) = (&study.scope, Scope::default());
    let same_people = own.ages == theirs.ages
        && own.registered == theirs.registered
        && own.categories == theirs.categories
        && own.short_stay_days == theirs.short_stay_days;
    let estimate = study.estimate.as_ref();
    let same_method = estimate.is_some_and(|own| own.preset == Preset::CbsLike);
    Some(Against {
        date,
        figure: SafeFigure::Estimate(RoundedEstimate {
            status: EstimateStatus::Ok,
            point: Some(published.total),
            lower: published.margin.map(|margin| margin.0),
            upper: published.margin.map(|margin| margin.1),
        }),
        owner: Some("CBS".to_owned()),
        unlike: match (same_people, same_method) {
            (true, true) => None,
            (false, _) => Some(Text::new(
                "het CBS schatte andere mensen",
                "Statistics Netherlands estimated other people",
            )),
            (true, false) => Some(Text::new(
                "het CBS schatte met een andere methode",
                "Statistics Netherlands estimated by another method",
            )),
        },
    })
}

impl Dashboard {
    /// The dashboard of a release.
    pub fn of(protected: &Protected, study: &Study, external: Vec<External>) -> Self {
        let absent: Vec<&'static Other> = others()
            .iter()
            .filter(|other| !external.iter().any(|found| other.is(found)))
            .collect();
        let mut dates = study.study.reference_dates.clone();
        dates.sort_unstable();
        let Some(date) = dates.pop() else {
            return Self::default();
        };
        let before = dates.pop();
        let reads = |published| in_release(protected, &study.publish.disclosure, published);
        let indicators: Vec<Indicator> = definitions()
            .iter()
            .filter_map(|definition| {
                let of = definition.key_on(Time::On(date));
                debug_assert!(of.place == Place::Netherlands);
                let figure = protected.get(&of)?;
                let before = before.and_then(|day| {
                    let figure = protected.get(&definition.key_on(Time::On(day)))?;
                    Some((day, figure))
                });
                let base = quality_base(&of, &study.publish.round_estimates);
                let change =
                    before.and_then(|(_, before)| Change::between(before, figure, reads, base));
                let same = |earlier| same_gaps(protected, &of, earlier, date);
                let gaps = before.is_some_and(|(earlier, _)| same(earlier));
                let verdict = Verdict::of(study, before, (date, figure), change, gaps);
                // A difference that is no change is not shown as one.
                let comparable =
                    matches!(verdict, Verdict::Rose | Verdict::Fell | Verdict::CannotTell);
                let change = change.filter(|_| comparable);
                let judge = |target: &Target| {
                    let against = match target.wants {
                        Wants::Below(year) => {
                            against(protected, study, definition, &external, year)
                        }
                        _ => None,
                    };
                    let verdict = |against: &Against| {
                        if against.owner.is_some() {
                            return target::since(against, figure, base);
                        }
                        let then = (against.date, against.figure);
                        let change = Change::between(then.1, figure, reads, base);
                        let same = same(against.date);
                        Verdict::of(study, Some(then), (date, figure), change, same)
                    };
                    target.judge(date, figure, against, |count| reads(count).0, verdict)
                };
                let targets = definition.targets.iter().map(judge).collect();
                Some(Indicator {
                    number: definition.number,
                    key: &definition.key,
                    name: definition.name.clone(),
                    targets,
                    of,
                    date,
                    figure,
                    before,
                    change,
                    verdict,
                })
            })
            .collect();
        Self {
            absent: if indicators.is_empty() {
                Vec::new()
            } else {
                absent
            },
            indicators,
            external,
        }
    }

    /// What the action plan wants of an indicator that another measured, with what its figure tells of that.
    pub fn targets_of(&self, external: &External) -> Vec<Judged> {
        others()
            .iter()
            .filter(|other| other.is(external))
            .flat_map(|other| &other.targets)
            .map(|target| target.judge_external(external, &self.external))
            .collect()
    }

    /// The indicators as rows of the cube: each figure, the one before, and the change.
    pub(crate) fn rows(&self) -> Vec<SafeRow> {
        let mut rows = Vec::new();
        for indicator in &self.indicators {
            let own = |time, measure| CubeKey {
                family: Family::Dashboard,
                time,
                measure,
                ..indicator.of.clone()
            };
            let measure = indicator.of.measure;
            let date = Time::On(indicator.date);
            let mut push = |key, figure| rows.push(SafeRow { key, figure });
            push(own(date, measure), indicator.figure);
            if let Some((day, figure)) = indicator.before {
                push(own(Time::On(day), measure), figure);
            }
            if let (Some(change), Some(measure)) = (indicator.change, measure.change()) {
                push(own(date, measure), SafeFigure::Change(change));
            }
        }
        rows
    }

    /// Whether there is nothing on it.
    pub fn is_empty(&self) -> bool {
        self.indicators.is_empty() && self.external.is_empty()
    }
}
