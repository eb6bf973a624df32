//! The dashboard: at most twelve core indicators with fixed numbers, each with its unit,
//! population, reference date, figure, change and whether the data can tell, and indicators that
//! others measure, imported with owner, date and source.
//!
//! Everything is worked out after protection, from published figures.

mod change;
mod external;
mod shipped;

use ethos_model::cube::{CubeKey, Family, Place};
use ethos_model::date::{Day, Time};
use ethos_model::finding::Text;
use ethos_model::study::Study;

pub use change::{Change, Dated, Verdict, is_minimum};
pub use external::{External, ExternalError};
pub use shipped::{Definition, definitions};

use crate::protect::{Protected, SafeFigure, SafeRow, quality_base};
use crate::stands_for::in_release;

/// The indicators of a release at its latest reference date.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Dashboard {
    /// The core indicators, by number; those without a figure in the release are not in it.
    pub indicators: Vec<Indicator>,
    /// Indicators that others measure, as imported.
    pub external: Vec<External>,
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
    /// What the action plan says of it.
    pub target: Option<Text>,
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

impl Dashboard {
    /// The dashboard of a release.
    pub fn of(protected: &Protected, study: &Study, external: Vec<External>) -> Self {
        let mut dates = study.study.reference_dates.clone();
        dates.sort_unstable();
        let Some(date) = dates.pop() else {
            return Self::default();
        };
        let before = dates.pop();
        let reads = |published| in_release(protected, &study.publish.disclosure, published);
        let indicators = definitions()
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
                let verdict = Verdict::of(study, before, (date, figure), change);
                // A difference that is no change is not shown as one.
                let comparable =
                    matches!(verdict, Verdict::Rose | Verdict::Fell | Verdict::CannotTell);
                let change = change.filter(|_| comparable);
                Some(Indicator {
                    number: definition.number,
                    key: &definition.key,
                    name: definition.name.clone(),
                    target: definition.target.clone(),
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
            indicators,
            external,
        }
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
