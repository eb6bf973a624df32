//! Whether the same was measured on two dates.

use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::CellState;
use ethos_model::cube::{CubeKey, Family, Measure, Place};
use ethos_model::date::{Day, Time};

use crate::protect::{Protected, SafeFigure};

/// How a category was measured somewhere on a date.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Measured {
    /// By nobody: no source of the study can see it.
    NotAtAll,
    /// With a delivery missing, or not everywhere.
    InPart,
    /// By every source that can.
    Whole,
}

/// Whether two minima of these figures lack the same: every category of theirs was measured by all
/// who can on both dates, or by nobody on both. Where a delivery is missing on either date, what
/// came later may be no more than what was delivered later.
pub(crate) fn same_gaps(protected: &Protected, of: &CubeKey, before: Day, after: Day) -> bool {
    let family = match &of.place {
        Place::Netherlands => Family::NationalCategory,
        Place::Region { .. } => Family::RegionalCategory,
        Place::Municipality(_) | Place::UnknownMunicipality => Family::MunicipalCategory,
    };
    let measured = |category: EthosCategory, day| {
        let key = CubeKey {
            place: of.place.clone(),
            category: Some(category),
            ..CubeKey::national(family, Time::On(day), category.total(), Measure::Observed)
        };
        match protected.get(&key) {
            None | Some(SafeFigure::Gap(CellState::NotCollected | CellState::Impossible)) => {
                Measured::NotAtAll
            }
            Some(
                SafeFigure::Gap(_)
                | SafeFigure::Count {
                    state: CellState::Partial | CellState::Incomplete,
                    ..
                },
            ) => Measured::InPart,
            Some(_) => Measured::Whole,
        }
    };
    let own = |category: &EthosCategory| match of.category {
        Some(one) => one == *category,
        None => category.total() == of.total || of.total == Total::EstimateScope,
    };
    EthosCategory::ALL.into_iter().filter(own).all(|category| {
        let found = measured(category, before);
        found == measured(category, after) && found != Measured::InPart
    })
}
