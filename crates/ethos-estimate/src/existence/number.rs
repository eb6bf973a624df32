//! Exact fractions: machine words while they last, big integers when they do not.

use std::cmp::Ordering;
use std::fmt::Debug;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::rank::as_text;

/// An exact fraction whose arithmetic may run out of room: `None`, never a wrong value.
pub(crate) trait Exact: Clone + PartialEq + Debug {
    fn zero() -> Self;
    fn one() -> Self;
    fn integer(x: i64) -> Self;
    fn sign(&self) -> Ordering;
    fn plus(&self, other: &Self) -> Option<Self>;
    fn times(&self, other: &Self) -> Option<Self>;
    /// The quotient; `other` is not zero.
    fn over(&self, other: &Self) -> Option<Self>;
    fn negated(&self) -> Self;
    fn order(&self, other: &Self) -> Ordering;
    /// As text, `3` or `-2/5`.
    fn text(&self) -> String;

    fn is_zero(&self) -> bool {
        self.sign() == Ordering::Equal
    }

    fn is_negative(&self) -> bool {
        self.sign() == Ordering::Less
    }

    fn is_positive(&self) -> bool {
        self.sign() == Ordering::Greater
    }

    /// `self - a * b`
    fn minus_product(&self, a: &Self, b: &Self) -> Option<Self> {
        self.plus(&a.times(b)?.negated())
    }
}

/// A reduced fraction of two words, the denominator positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Small {
    numer: i64,
    denom: i64,
}

/// Largest magnitude of a part, so that its negative and all products of two fit.
const LIMIT: u128 = i64::MAX as u128;

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        if let (Ok(x), Ok(y)) = (u64::try_from(a), u64::try_from(b)) {
            let (mut x, mut y) = (x, y);
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return u128::from(x);
        }
        (a, b) = (b, a % b);
    }
    a
}

impl Small {
    pub(crate) const fn integer(numer: i64) -> Self {
        Self { numer, denom: 1 }
    }

    /// `numer / denom` in lowest terms, if its parts fit; `denom` is not zero.
    pub(crate) fn new(numer: i128, denom: i128) -> Option<Self> {
        let (n, d) = (numer.unsigned_abs(), denom.unsigned_abs());
        let g = if d == 1 { 1 } else { gcd(n, d) };
        let (n, d) = (n / g, d / g);
        if n > LIMIT || d > LIMIT {
            return None;
        }
        let n = n as i64;
        Some(Self {
            numer: if (numer < 0) == (denom < 0) { n } else { -n },
            denom: d as i64,
        })
    }

    /// The same value without a bound.
    pub(crate) fn big(self) -> BigRational {
        BigRational::new_raw(BigInt::from(self.numer), BigInt::from(self.denom))
    }
}

impl Exact for Small {
    fn zero() -> Self {
        Self::integer(0)
    }
    fn one() -> Self {
        Self::integer(1)
    }
    fn integer(x: i64) -> Self {
        Small::integer(x)
    }
    fn sign(&self) -> Ordering {
        self.numer.cmp(&0)
    }
    fn plus(&self, other: &Self) -> Option<Self> {
        if self.denom == 1 && other.denom == 1 {
            return Self::new(i128::from(self.numer) + i128::from(other.numer), 1);
        }
        let (a, b) = (i128::from(self.denom), i128::from(other.denom));
        // Each product is below 2^126, so the sum cannot overflow.
        Self::new(
            i128::from(self.numer) * b + i128::from(other.numer) * a,
            a * b,
        )
    }
    fn times(&self, other: &Self) -> Option<Self> {
        Self::new(
            i128::from(self.numer) * i128::from(other.numer),
            i128::from(self.denom) * i128::from(other.denom),
        )
    }
    fn over(&self, other: &Self) -> Option<Self> {
        Self::new(
            i128::from(self.numer) * i128::from(other.denom),
            i128::from(self.denom) * i128::from(other.numer),
        )
    }
    fn negated(&self) -> Self {
        Self {
            numer: -self.numer,
            denom: self.denom,
        }
    }
    fn order(&self, other: &Self) -> Ordering {
        (i128::from(self.numer) * i128::from(other.denom))
            .cmp(&(i128::from(other.numer) * i128::from(self.denom)))
    }
    fn text(&self) -> String {
        as_text(&self.big())
    }
}

impl Exact for BigRational {
    fn zero() -> Self {
        Zero::zero()
    }
    fn one() -> Self {
        One::one()
    }
    fn integer(x: i64) -> Self {
        Self::from_integer(BigInt::from(x))
    }
    fn sign(&self) -> Ordering {
        if Zero::is_zero(self) {
            Ordering::Equal
        } else if Signed::is_negative(self) {
            Ordering::Less
        } else {
            Ordering::Greater
        }
    }
    fn plus(&self, other: &Self) -> Option<Self> {
        Some(self + other)
    }
    fn times(&self, other: &Self) -> Option<Self> {
        Some(self * other)
    }
    fn over(&self, other: &Self) -> Option<Self> {
        Some(self / other)
    }
    fn negated(&self) -> Self {
        -self
    }
    fn order(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
    fn text(&self) -> String {
        as_text(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_agree_with_big_fractions_or_give_up() {
        let parts = [0, 1, -1, 2, -3, 7, 12, -30, i64::MAX, -i64::MAX, 1 << 40];
        let mut values = Vec::new();
        for &n in &parts {
            for &d in &parts {
                if d != 0 {
                    values.extend(Small::new(i128::from(n), i128::from(d)));
                }
            }
        }
        let mut overflows = 0;
        let limit = BigInt::from(i64::MAX);
        let mut check = |got: Option<Small>, want: BigRational| {
            if let Some(x) = got {
                assert_eq!(x.big(), want);
            } else {
                overflows += 1;
                assert!(want.numer().abs() > limit || *want.denom() > limit);
            }
        };
        for &a in &values {
            for &b in &values {
                check(a.plus(&b), a.big() + b.big());
                check(a.times(&b), a.big() * b.big());
                if !Exact::is_zero(&b) {
                    check(a.over(&b), a.big() / b.big());
                }
                assert_eq!(a.order(&b), a.big().cmp(&b.big()));
                assert_eq!(a.sign(), a.big().sign());
            }
        }
        assert!(overflows > 0);
    }
}
