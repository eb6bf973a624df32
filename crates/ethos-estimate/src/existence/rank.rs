//! Exact linear algebra over 0/1 rows: rank modulo a large prime and in rationals.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use super::number::Small;

/// What row reduction needs of a number.
pub(crate) trait Field: Clone {
    fn zero() -> Self;
    fn one() -> Self;
    fn is_zero(&self) -> bool;
    fn inverse(&self) -> Self;
    fn times(&self, other: &Self) -> Self;
    /// `self -= a * b`
    fn subtract_product(&mut self, a: &Self, b: &Self);
}

/// Integers modulo 2^61 − 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mod61(u64);

const PRIME: u64 = (1 << 61) - 1;

impl Mod61 {
    /// The residue of a number.
    pub(crate) fn of(x: u64) -> Self {
        Self(Self::reduce(u128::from(x)))
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(Self::reduce(u128::from(self.0) + u128::from(other.0)))
    }

    fn reduce(x: u128) -> u64 {
        let folded = (x as u64 & PRIME) + (x >> 61) as u64;
        if folded >= PRIME {
            folded - PRIME
        } else {
            folded
        }
    }

    /// A fraction of parts below 2^29 with this residue, if there is one (there is at most one).
    pub(crate) fn lift(self) -> Option<Small> {
        const BOUND: u64 = 1 << 29;
        if self.0 < BOUND {
            return Some(Small::integer(self.0 as i64));
        }
        if PRIME - self.0 < BOUND {
            return Some(Small::integer(-((PRIME - self.0) as i64)));
        }
        // Euclid on (prime, residue): every remainder r has a t with r = t * residue.
        let (mut r0, mut r1) = (i128::from(PRIME), i128::from(self.0));
        let (mut t0, mut t1) = (0_i128, 1_i128);
        while r1 >= i128::from(BOUND) {
            let q = r0 / r1;
            (r0, r1) = (r1, r0 - q * r1);
            (t0, t1) = (t1, t0 - q * t1);
        }
        if t1.unsigned_abs() >= u128::from(BOUND) {
            return None;
        }
        Small::new(r1, t1)
    }
}

impl Field for Mod61 {
    fn zero() -> Self {
        Self(0)
    }
    fn one() -> Self {
        Self(1)
    }
    fn is_zero(&self) -> bool {
        self.0 == 0
    }
    fn inverse(&self) -> Self {
        if self.0 == 1 || self.0 == PRIME - 1 {
            return *self;
        }
        // Fermat: x^(p-2).
        let mut result = Self(1);
        let mut base = *self;
        let mut e = PRIME - 2;
        while e > 0 {
            if e & 1 == 1 {
                result = result.times(&base);
            }
            base = base.times(&base);
            e >>= 1;
        }
        result
    }
    fn times(&self, other: &Self) -> Self {
        Self(Self::reduce(u128::from(self.0) * u128::from(other.0)))
    }
    fn subtract_product(&mut self, a: &Self, b: &Self) {
        let ab = a.times(b).0;
        self.0 = if self.0 >= ab {
            self.0 - ab
        } else {
            self.0 + PRIME - ab
        };
    }
}

impl Field for BigRational {
    fn zero() -> Self {
        Zero::zero()
    }
    fn one() -> Self {
        One::one()
    }
    fn is_zero(&self) -> bool {
        Zero::is_zero(self)
    }
    fn inverse(&self) -> Self {
        self.recip()
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
    fn subtract_product(&mut self, a: &Self, b: &Self) {
        *self -= a * b;
    }
}

/// A growing echelon basis of the space spanned by the rows inserted so far.
#[derive(Debug, Clone)]
pub(crate) struct Echelon<F> {
    width: usize,
    /// Row with its leading entry (scaled to one) at this column.
    rows: Vec<Option<Vec<F>>>,
    rank: usize,
}

/// An echelon basis over the rationals.
pub(crate) type Basis = Echelon<BigRational>;

impl<F: Field> Echelon<F> {
    pub(crate) fn new(width: usize) -> Self {
        Self {
            width,
            rows: vec![None; width],
            rank: 0,
        }
    }

    #[cfg(test)]
    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    pub(crate) fn full(&self) -> bool {
        self.rank == self.width
    }

    /// Leading columns: the lexicographically first independent columns.
    pub(crate) fn pivots(&self) -> Vec<usize> {
        (0..self.width)
            .filter(|&i| self.rows[i].is_some())
            .collect()
    }

    /// Adds a row; whether it was independent of the earlier ones.
    pub(crate) fn insert(&mut self, row: &[bool]) -> bool {
        self.insert_values(
            row.iter()
                .map(|&b| if b { F::one() } else { F::zero() })
                .collect(),
        )
    }

    /// Adds a row of any numbers; whether it was independent of the earlier ones.
    pub(crate) fn insert_values(&mut self, mut v: Vec<F>) -> bool {
        for j in 0..self.width {
            if v[j].is_zero() {
                continue;
            }
            if let Some(pivot) = &self.rows[j] {
                let factor = v[j].clone();
                for (x, p) in v[j..].iter_mut().zip(&pivot[j..]) {
                    if !p.is_zero() {
                        x.subtract_product(&factor, p);
                    }
                }
            } else {
                let scale = v[j].inverse();
                for x in &mut v[j..] {
                    if !x.is_zero() {
                        *x = x.times(&scale);
                    }
                }
                self.rows[j] = Some(v);
                self.rank += 1;
                return true;
            }
        }
        false
    }

    /// A basis of the vectors orthogonal to every inserted row, one per free column.
    pub(crate) fn null_space(&self) -> Vec<Vec<F>> {
        let free: Vec<usize> = (0..self.width)
            .filter(|&i| self.rows[i].is_none())
            .collect();
        free.iter()
            .map(|&k| {
                let mut z = vec![F::zero(); self.width];
                z[k] = F::one();
                for j in (0..self.width).rev() {
                    if let Some(row) = &self.rows[j] {
                        let mut sum = F::zero();
                        for i in j + 1..self.width {
                            if !row[i].is_zero() && !z[i].is_zero() {
                                sum.subtract_product(&row[i], &z[i]);
                            }
                        }
                        z[j] = sum;
                    }
                }
                z
            })
            .collect()
    }
}

/// The exact echelon basis of 0/1 rows.
pub(crate) fn rational_rank(width: usize, rows: impl Iterator<Item = Vec<bool>>) -> Basis {
    let mut basis = Basis::new(width);
    for row in rows {
        basis.insert(&row);
        if basis.full() {
            break;
        }
    }
    basis
}

/// A rational as text, `3` or `-2/5`.
pub(crate) fn as_text(x: &BigRational) -> String {
    if *x.denom() == BigInt::one() {
        x.numer().to_string()
    } else {
        format!("{}/{}", x.numer(), x.denom())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_agree_and_null_space_is_orthogonal() {
        let rows = [
            [true, true, false, false],
            [false, true, true, false],
            [true, false, false, true],
            [true, true, false, false],
        ];
        let mut modular = Echelon::<Mod61>::new(4);
        let mut exact = Basis::new(4);
        for r in &rows {
            assert_eq!(modular.insert(r), exact.insert(r));
        }
        assert_eq!((modular.rank(), exact.rank()), (3, 3));
        assert_eq!(modular.pivots(), exact.pivots());
        let z = &exact.null_space()[0];
        for r in &rows {
            let dot: BigRational = r
                .iter()
                .zip(z)
                .filter(|(b, _)| **b)
                .map(|(_, x)| x.clone())
                .sum();
            assert!(Zero::is_zero(&dot));
        }
    }

    #[test]
    fn inverse_modulo_the_prime() {
        let x = Mod61(123_456_789);
        assert_eq!(x.times(&x.inverse()), Mod61(1));
        // 22/7 comes back from its residue.
        let fraction = Mod61(22).times(&Mod61(7).inverse());
        assert_eq!(fraction.lift(), Small::new(22, 7));
        let negative = Mod61(PRIME - 22).times(&Mod61(7).inverse());
        assert_eq!(negative.lift(), Small::new(-22, 7));
    }
}
