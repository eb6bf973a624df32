//! The numbers of a figure one by one, for formats in which a cell holds one number: the figure
//! itself, and of an estimate its limits.

use ethos_model::cube::{Estimator, Measure};
use ethos_model::finding::Text;

use super::of_both;
use crate::protect::{Number, SafeFigure, SafeRow};

/// The unit of a measure.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in super::super) enum Unit {
    Persons,
    Per1000,
    Per10000,
}

impl Unit {
    pub(in super::super) const ALL: [Self; 3] = [Self::Persons, Self::Per1000, Self::Per10000];

    pub(in super::super) fn of(measure: Measure) -> Self {
        match measure.per() {
            None => Self::Persons,
            Some(1_000) => Self::Per1000,
            Some(_) => Self::Per10000,
        }
    }

    /// Digits behind the point.
    pub(in super::super) fn decimals(self) -> u8 {
        u8::from(self != Self::Persons)
    }

    /// Code in SDMX.
    pub(in super::super) fn sdmx(self) -> &'static str {
        match self {
            Self::Persons => "PS",
            Self::Per1000 => "PER_1000_HAB",
            Self::Per10000 => "PER_10000_HAB",
        }
    }

    pub(in super::super) fn name(self) -> Text {
        match self {
            Self::Persons => Text::new("personen", "persons"),
            Self::Per1000 => Text::new("per 1.000 inwoners", "per 1,000 inhabitants"),
            Self::Per10000 => Text::new("per 10.000 inwoners", "per 10,000 inhabitants"),
        }
    }
}

/// Which of a figure's numbers.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in super::super) enum Limit {
    Point,
    Lower,
    Upper,
}

/// A number of a measure.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in super::super) struct Field {
    pub(in super::super) measure: Measure,
    pub(in super::super) limit: Limit,
}

/// The fields that occur in these rows, in published order.
pub(in super::super) fn fields<'a>(rows: impl Iterator<Item = &'a SafeRow>) -> Vec<Field> {
    let mut found: Vec<Field> = Vec::new();
    for row in rows {
        let measure = row.key.measure;
        let limits: &[Limit] = match row.figure {
            figure if figure.limits() != (None, None) => {
                &[Limit::Point, Limit::Lower, Limit::Upper]
            }
            _ => &[Limit::Point],
        };
        for limit in limits {
            let field = Field {
                measure,
                limit: *limit,
            };
            if let Err(at) = found.binary_search(&field) {
                found.insert(at, field);
            }
        }
    }
    found
}

impl Field {
    /// Stable key: the measure's, with the limit behind it.
    pub(in super::super) fn key(self) -> String {
        let measure = self.measure.key();
        match self.limit {
            Limit::Point => measure.to_owned(),
            Limit::Lower => format!("{measure}_lower"),
            Limit::Upper => format!("{measure}_upper"),
        }
    }

    /// Code in the StatLine-shaped folder. It begins with an E, so that it cannot be taken for a
    /// measure of Statistics Netherlands.
    pub(in super::super) fn statline(self) -> String {
        let measure = match self.measure {
            Measure::Observed => 1,
            Measure::ObservedSmallest => 2,
            Measure::ObservedLargest => 3,
            Measure::ObservedChildren => 4,
            Measure::ChildrenInvolved => 5,
            Measure::Added => 6,
            Measure::Estimated => 7,
            Measure::Synthetic => 8,
            Measure::ObservedTouched => 9,
            Measure::Inhabitants => 10,
            Measure::ObservedChange => 15,
            Measure::ObservedChildrenChange => 16,
            Measure::EstimatedChange => 17,
            Measure::Entries => 18,
            Measure::NewEntries => 19,
            Measure::Returns => 20,
            Measure::Exits => 21,
            Measure::Began => 22,
            Measure::Arrived => 23,
            Measure::Gone => 24,
            Measure::EstimatedBy(Estimator::Chao) => 25,
            Measure::EstimatedBy(Estimator::Darroch) => 26,
            Measure::MovedFrom(category) => 30 + category.index(),
            Measure::ObservedPer1000 => 11,
            Measure::EstimatedPer1000 => 12,
            Measure::ObservedPer10000 => 13,
            Measure::EstimatedPer10000 => 14,
        };
        format!("E{:05}{}", measure, self.limit as u8)
    }

    /// Name.
    pub(in super::super) fn name(self) -> Text {
        let limit = match self.limit {
            Limit::Point => Text::new("", ""),
            Limit::Lower => Text::new(", ondergrens", ", lower limit"),
            Limit::Upper => Text::new(", bovengrens", ", upper limit"),
        };
        of_both(|language| {
            let name = self.measure.name(language);
            let mut letters = name.chars();
            let first: String = letters
                .next()
                .into_iter()
                .flat_map(char::to_uppercase)
                .collect();
            format!("{first}{}{}", letters.as_str(), limit.in_language(language))
        })
    }

    /// The number of a figure.
    pub(in super::super) fn value(self, figure: SafeFigure) -> Option<Number> {
        match self.limit {
            Limit::Point => figure.number(),
            Limit::Lower => figure.limits().0,
            Limit::Upper => figure.limits().1,
        }
    }

    /// The unit.
    pub(in super::super) fn unit(self) -> Unit {
        Unit::of(self.measure)
    }
}
