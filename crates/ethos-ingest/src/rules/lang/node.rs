//! Checked expressions over numbered lanes, constants folded.

use super::calendar;
use super::syntax::Comparison;

/// No.
pub(crate) const FALSE: u8 = 0;
/// Undecided: something asked for is missing.
pub(crate) const UNDECIDED: u8 = 1;
/// Yes.
pub(crate) const TRUE: u8 = 2;

/// A value: a number, a day, a packed code.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Num {
    Const(f64),
    /// A lane.
    Slot(usize),
    One(One, Box<Num>),
    Two(Two, Box<Num>, Box<Num>),
}

/// A function of one value.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum One {
    Negative,
    Abs,
    Round,
    Sqrt,
    Year,
    Month,
    DayOfMonth,
    Weekday,
}

/// A function of two values.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Two {
    Plus,
    Minus,
    Times,
    Over,
    Min,
    Max,
    Age,
    AddMonths,
}

/// Yes, no or undecided.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Logic {
    Const(u8),
    /// A lane of 0, 1 or missing.
    Slot(usize),
    Compare(Comparison, Num, Num),
    In(Num, Vec<f64>),
    Not(Box<Logic>),
    And(Box<Logic>, Box<Logic>),
    Or(Box<Logic>, Box<Logic>),
}

impl One {
    #[inline]
    pub(super) fn of(self, value: f64) -> f64 {
        if value.is_nan() {
            return value;
        }
        match self {
            Self::Negative => -value,
            Self::Abs => value.abs(),
            Self::Round => value.round(),
            Self::Sqrt => {
                if value < 0.0 {
                    f64::NAN
                } else {
                    value.sqrt()
                }
            }
            Self::Year => calendar::civil(value).0 as f64,
            Self::Month => calendar::civil(value).1 as f64,
            Self::DayOfMonth => calendar::civil(value).2 as f64,
            Self::Weekday => calendar::weekday(value),
        }
    }
}

impl Two {
    #[inline]
    pub(super) fn of(self, a: f64, b: f64) -> f64 {
        if a.is_nan() || b.is_nan() {
            return f64::NAN;
        }
        match self {
            Self::Plus => a + b,
            Self::Minus => a - b,
            Self::Times => a * b,
            // A share of nothing is missing, not infinite.
            Self::Over => {
                if b == 0.0 {
                    f64::NAN
                } else {
                    a / b
                }
            }
            Self::Min => a.min(b),
            Self::Max => a.max(b),
            Self::Age => calendar::age(a, b),
            Self::AddMonths => calendar::add_months(a, b),
        }
    }
}

/// A comparison of two values. Without a branch, so that many are made at once.
#[inline]
pub(super) fn compare(sign: Comparison, a: f64, b: f64) -> u8 {
    // Nothing holds of what is not a number; for `!=` that has to be said.
    let holds = match sign {
        Comparison::Equal => a == b,
        Comparison::NotEqual => !a.is_nan() && !b.is_nan() && a != b,
        Comparison::Less => a < b,
        Comparison::LessOrEqual => a <= b,
        Comparison::Greater => a > b,
        Comparison::GreaterOrEqual => a >= b,
    };
    u8::from(a.is_nan() | b.is_nan()) | u8::from(holds) << 1
}

/// A lane of 0, 1 or missing as yes, no or undecided.
#[inline]
pub(super) fn decided(value: f64) -> u8 {
    if value.is_nan() {
        UNDECIDED
    } else {
        u8::from(value != 0.0) * 2
    }
}

impl Num {
    /// Goes through the values that are computed, the outer ones first.
    fn each_computed(&mut self, visit: &mut impl FnMut(&mut Self)) {
        if matches!(self, Self::One(..) | Self::Two(..)) {
            visit(self);
        }
        match self {
            Self::Const(_) | Self::Slot(_) => {}
            Self::One(_, inner) => inner.each_computed(visit),
            Self::Two(_, a, b) => {
                a.each_computed(visit);
                b.each_computed(visit);
            }
        }
    }

    pub(super) fn one(function: One, value: Self) -> Self {
        match value {
            Self::Const(value) => Self::Const(function.of(value)),
            value => Self::One(function, Box::new(value)),
        }
    }

    pub(super) fn two(function: Two, a: Self, b: Self) -> Self {
        match (a, b) {
            (Self::Const(a), Self::Const(b)) => Self::Const(function.of(a, b)),
            // Whatever is done to a missing value is missing.
            (Self::Const(a), _) if a.is_nan() => Self::Const(a),
            (_, Self::Const(b)) if b.is_nan() => Self::Const(b),
            (a, b) => Self::Two(function, Box::new(a), Box::new(b)),
        }
    }
}

impl Logic {
    pub(super) fn compare(sign: Comparison, a: Num, b: Num) -> Self {
        match (&a, &b) {
            (Num::Const(x), Num::Const(y)) => Self::Const(compare(sign, *x, *y)),
            (Num::Const(x), _) | (_, Num::Const(x)) if x.is_nan() => Self::Const(UNDECIDED),
            (Num::Slot(x), Num::Slot(y)) if x == y && sign_of_same(sign) == FALSE => {
                Self::Const(FALSE)
            }
            _ => Self::Compare(sign, a, b),
        }
    }

    pub(super) fn among(value: Num, list: Vec<f64>) -> Self {
        match value {
            Num::Const(value) if value.is_nan() => Self::Const(UNDECIDED),
            Num::Const(value) => Self::Const(u8::from(list.contains(&value)) * 2),
            value if list.is_empty() => Self::compare(Comparison::NotEqual, value.clone(), value),
            value => Self::In(value, list),
        }
    }

    pub(super) fn negated(self) -> Self {
        match self {
            Self::Const(value) => Self::Const(2 - value),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Const(FALSE), _) | (_, Self::Const(FALSE)) => Self::Const(FALSE),
            (Self::Const(TRUE), other) | (other, Self::Const(TRUE)) => other,
            (a, b) => Self::And(Box::new(a), Box::new(b)),
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Const(TRUE), _) | (_, Self::Const(TRUE)) => Self::Const(TRUE),
            (Self::Const(FALSE), other) | (other, Self::Const(FALSE)) => other,
            (a, b) => Self::Or(Box::new(a), Box::new(b)),
        }
    }

    /// Goes through the values that are computed, the outer ones first.
    pub(crate) fn each_computed(&mut self, visit: &mut impl FnMut(&mut Num)) {
        match self {
            Self::Const(_) | Self::Slot(_) => {}
            Self::Compare(_, a, b) => {
                a.each_computed(visit);
                b.each_computed(visit);
            }
            Self::In(value, _) => value.each_computed(visit),
            Self::Not(inner) => inner.each_computed(visit),
            Self::And(a, b) | Self::Or(a, b) => {
                a.each_computed(visit);
                b.each_computed(visit);
            }
        }
    }

    /// Whether it can ever hold, as far as its constants and the bounds they set tell.
    pub(crate) fn can_hold(&self) -> bool {
        match self {
            Self::Const(value) => *value == TRUE,
            Self::And(..) => {
                let mut parts = Vec::new();
                self.conjuncts(&mut parts);
                parts.iter().all(|part| part.can_hold()) && !contradict(&parts)
            }
            Self::Or(a, b) => a.can_hold() || b.can_hold(),
            Self::Slot(_) | Self::Compare(..) | Self::In(..) | Self::Not(_) => true,
        }
    }

    /// Whether another condition holds exactly where this one does not, of all that is not
    /// missing.
    pub(crate) fn is_opposite(&self, other: &Self) -> bool {
        let unlike = |sign, other_sign| match sign {
            Comparison::Equal => other_sign == Comparison::NotEqual,
            Comparison::NotEqual => other_sign == Comparison::Equal,
            Comparison::Less => other_sign == Comparison::GreaterOrEqual,
            Comparison::LessOrEqual => other_sign == Comparison::Greater,
            Comparison::Greater => other_sign == Comparison::LessOrEqual,
            Comparison::GreaterOrEqual => other_sign == Comparison::Less,
        };
        match (self, other) {
            (Self::Not(inner), other) | (other, Self::Not(inner)) => **inner == *other,
            (Self::Compare(sign, a, b), Self::Compare(other, x, y)) => {
                (a == x && b == y && unlike(*sign, *other))
                    || (a == y && b == x && unlike(*sign, flipped(*other)))
            }
            _ => false,
        }
    }

    fn conjuncts<'l>(&'l self, parts: &mut Vec<&'l Self>) {
        if let Self::And(a, b) = self {
            a.conjuncts(parts);
            b.conjuncts(parts);
        } else {
            parts.push(self);
        }
    }
}

/// What a comparison of a value with itself comes to, missing ones aside.
fn sign_of_same(sign: Comparison) -> u8 {
    compare(sign, 0.0, 0.0)
}

/// Whether conditions that must all hold bound the same value such that none is left.
fn contradict(parts: &[&Logic]) -> bool {
    let bounds = parts.iter().filter_map(|part| bound(part));
    let mut seen: Vec<(&Num, f64, f64)> = Vec::new();
    for (value, least, most) in bounds {
        let here = seen.iter_mut().find(|(other, _, _)| *other == value);
        let (least, most) = if let Some((_, low, high)) = here {
            *low = low.max(least);
            *high = high.min(most);
            (*low, *high)
        } else {
            seen.push((value, least, most));
            (least, most)
        };
        if least > most {
            return true;
        }
    }
    // A condition and its opposite.
    parts.iter().any(|part| {
        let Logic::Not(inner) = part else {
            return false;
        };
        parts.contains(&&**inner)
    })
}

/// The least and most a value may be for a comparison with a constant to hold.
fn bound(part: &Logic) -> Option<(&Num, f64, f64)> {
    let Logic::Compare(sign, a, b) = part else {
        return None;
    };
    let (value, constant, sign) = match (a, b) {
        (value, Num::Const(constant)) => (value, *constant, *sign),
        (Num::Const(constant), value) => (value, *constant, flipped(*sign)),
        _ => return None,
    };
    let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
    Some(match sign {
        Comparison::Equal => (value, constant, constant),
        Comparison::NotEqual => return None,
        Comparison::Less => (value, low, constant.next_down()),
        Comparison::LessOrEqual => (value, low, constant),
        Comparison::Greater => (value, constant.next_up(), high),
        Comparison::GreaterOrEqual => (value, constant, high),
    })
}

fn flipped(sign: Comparison) -> Comparison {
    match sign {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}
