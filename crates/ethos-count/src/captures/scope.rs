//! The scope of the estimate: whom it speaks of. Everyone else is counted and enters no capture
//! table.

use ethos_model::category::EthosCategory;
use ethos_model::study::Scope;

/// Where a person stands to the scope of the estimate. The first reason in the order of the
/// variants is the one that is recorded.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standing {
    /// In scope.
    InScope,
    /// No citizen service number: the lists cannot be linked on it.
    NoNumber,
    /// Too young or too old on the date. Someone whose age nobody tells stays in scope, at the
    /// level `unknown`.
    Age,
    /// Not registered with a Dutch municipality.
    NotRegistered,
    /// Nothing tells whether the person is registered.
    RegistrationUnknown,
    /// In a category, or too long in one, that the estimate does not speak of.
    Category,
}

impl Standing {
    /// Every standing but [`Standing::InScope`], in ledger order.
    pub const OUT: [Self; 5] = [
        Self::NoNumber,
        Self::Age,
        Self::NotRegistered,
        Self::RegistrationUnknown,
        Self::Category,
    ];

    /// Name of the outcome in the ledger.
    pub fn key(self) -> &'static str {
        match self {
            Self::InScope => "in scope",
            Self::NoNumber => "no number",
            Self::Age => "out of scope: age",
            Self::NotRegistered => "out of scope: not registered",
            Self::RegistrationUnknown => "out of scope: registration unknown",
            Self::Category => "out of scope: category",
        }
    }
}

/// What decides whether a person is in scope.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Eligibility {
    /// Whether a citizen service number stands behind the person.
    pub keyed: bool,
    /// Age in completed years on the date.
    pub age: Option<u8>,
    /// Whether the person is registered with a Dutch municipality.
    pub registered: Option<bool>,
    /// Whether the person's situation is in scope: see [`situation_in_scope`].
    pub situation: bool,
}

/// Where a person stands to the scope.
///
/// ```
/// use ethos_count::captures::{Eligibility, Standing, standing};
/// use ethos_model::study::Scope;
/// let adult = Eligibility { keyed: true, age: Some(40), registered: Some(true), situation: true };
/// assert_eq!(standing(&Scope::default(), adult), Standing::InScope);
/// let retired = Eligibility { age: Some(65), ..adult };
/// assert_eq!(standing(&Scope::default(), retired), Standing::Age);
/// ```
pub fn standing(scope: &Scope, who: Eligibility) -> Standing {
    if !who.keyed {
        Standing::NoNumber
    } else if who.age.is_some_and(|age| !scope.ages.contains(age)) {
        Standing::Age
    } else if scope.registered && who.registered == Some(false) {
        Standing::NotRegistered
    } else if scope.registered && who.registered.is_none() {
        Standing::RegistrationUnknown
    } else if who.situation {
        Standing::InScope
    } else {
        Standing::Category
    }
}

/// Whether a spell's situation is in scope, `days` after it began (the first day is 1).
///
/// A category of the scope is in; temporary shelter (3) only up to `short_stay_days`. Where a source does not give the start, the days that are known of
/// count. An unknown situation is in when it comes from a register that carries no category: such
/// a register helps to define whom the estimate speaks of. A source that tells categories and
/// could not tell this one leaves the person out.
pub fn situation_in_scope(
    scope: &Scope,
    category: EthosCategory,
    days: i32,
    source_tells_category: bool,
) -> bool {
    match category {
        EthosCategory::Unknown => !source_tells_category,
        EthosCategory::TemporaryShelter => {
            scope.holds(category) && days <= i32::from(scope.short_stay_days)
        }
        _ => scope.holds(category),
    }
}

/// Whether a category has anyone in scope.
pub(crate) fn category_in_scope(scope: &Scope, category: EthosCategory) -> bool {
    category.number().is_some() && situation_in_scope(scope, category, 1, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_is_recorded() {
        let scope = Scope::default();
        let nobody = Eligibility {
            keyed: false,
            age: Some(9),
            registered: Some(false),
            situation: false,
        };
        let keyed = Eligibility {
            keyed: true,
            ..nobody
        };
        let adult = Eligibility {
            age: Some(18),
            ..keyed
        };
        let unclear = Eligibility {
            registered: None,
            ..adult
        };
        let registered = Eligibility {
            registered: Some(true),
            ..adult
        };
        for (who, expected) in [
            (nobody, Standing::NoNumber),
            (keyed, Standing::Age),
            (adult, Standing::NotRegistered),
            (unclear, Standing::RegistrationUnknown),
            (registered, Standing::Category),
            (
                Eligibility {
                    age: None,
                    situation: true,
                    ..registered
                },
                Standing::InScope,
            ),
        ] {
            assert_eq!(standing(&scope, who), expected);
        }
        let open = Scope {
            registered: false,
            ..scope
        };
        assert_eq!(
            standing(
                &open,
                Eligibility {
                    situation: true,
                    ..unclear
                }
            ),
            Standing::InScope
        );
    }

    #[test]
    fn short_stays_count_up_to_their_length() {
        use EthosCategory::{Institution, TemporaryShelter, Unknown};
        let scope = Scope::default();
        assert!(situation_in_scope(&scope, TemporaryShelter, 92, true));
        assert!(!situation_in_scope(&scope, TemporaryShelter, 93, true));
        let without = Scope {
            categories: vec![1, 2, 5, 6],
            ..Scope::default()
        };
        assert!(!situation_in_scope(&without, TemporaryShelter, 1, true));
        assert!(!situation_in_scope(&scope, Institution, 1, true));
        assert!(situation_in_scope(&scope, Unknown, 1, false));
        assert!(!situation_in_scope(&scope, Unknown, 1, true));
    }
}
