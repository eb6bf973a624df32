//! Exponential and logarithm on lanes, the same bits on every instruction path.
#![allow(clippy::inline_always, reason = "see `vector`")]

use super::vector::Lane;

const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// ln 2 in two parts, the first with room for an exact product with any exponent (Cody & Waite 1980).
const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fefa_3800);
const LN2_LOW: f64 = f64::from_bits(0x3d2e_f357_93c7_6730);
/// 1.5 · 2^52: adding it rounds to a whole number and leaves that number in the last bits.
const SHIFT: f64 = 6_755_399_441_055_744.0;
/// Arguments are held within this range, where results are normal numbers.
const RANGE: f64 = 700.0;

/// e^x for −700 ≤ x ≤ 700, and the value at the nearer end outside; below one unit in the last place.
///
/// x = k ln 2 + r with |r| ≤ ½ ln 2; the Taylor polynomial of degree 13 of e^r has a truncation
/// error below 5e-18.
#[inline(always)]
pub(crate) fn exp<L: Lane>(x: L) -> L {
    let s = L::splat;
    // The operand order sends a number that is none to the end of the range.
    let x = x.max(s(-RANGE)).min(s(RANGE));
    let shifted = x.mul_add(s(LOG2_E), s(SHIFT));
    let k = shifted.sub(s(SHIFT));
    let r = k.mul_sub_from(s(LN2_HIGH), x);
    let r = k.mul_sub_from(s(LN2_LOW), r);
    let mut p = s(1.0 / 6_227_020_800.0);
    for c in [
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
    ] {
        p = p.mul_add(r, s(c));
    }
    // 1 + (r + r² p): the large part is added last.
    let p = p.mul(r).mul_add(r, r).add(s(1.0));
    p.scale(shifted)
}

/// ln x for positive normal x, to a few units in the last place.
///
/// x = m 2^e with √½ ≤ m < √2; ln m = 2 artanh((m − 1) / (m + 1)) as a series.
#[inline(always)]
pub(crate) fn ln<L: Lane>(x: L) -> L {
    let s = L::splat;
    let (m, e) = x.split();
    let f = m.sub(s(1.0)).div(m.add(s(1.0)));
    let z = f.mul(f);
    let mut p = s(2.0 / 21.0);
    for c in [19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        p = p.mul_add(z, s(2.0 / c));
    }
    let tail = e.mul_add(s(LN2_LOW), p.mul(z).mul(f));
    e.mul_add(s(LN2_HIGH), f.add(f).add(tail))
}

#[cfg(test)]
mod tests {
    use super::super::vector::{Path, Work, on};
    use super::*;

    /// Applies both functions to many numbers.
    struct Both<'a>(&'a [f64]);

    impl Work for Both<'_> {
        type Output = Vec<[f64; 2]>;
        #[inline(always)]
        fn run<L: Lane>(self) -> Self::Output {
            let mut out = Vec::new();
            for chunk in self.0.chunks_exact(L::WIDTH) {
                let x = L::from_fn(|i| chunk[i]);
                let (mut e, mut l) = ([0.0; 8], [0.0; 8]);
                exp(x).write(&mut e);
                ln(exp(x)).write(&mut l);
                out.extend((0..L::WIDTH).map(|i| [e[i], l[i]]));
            }
            out
        }
    }

    fn arguments() -> Vec<f64> {
        let mut x: Vec<f64> = (-70_000..70_000).map(|i| f64::from(i) * 0.01).collect();
        x.extend((0..4000).map(|i| f64::from(i - 2000) * 1e-5));
        x.extend([
            0.0,
            -0.0,
            1e-300,
            0.5 * std::f64::consts::LN_2,
            699.999,
            -699.999,
            1.0,
            2.0,
        ]);
        x
    }

    /// e^x from a sum in twice the precision: x = j/64 + r is exact, and both factors are pairs of
    /// doubles.
    fn exp_twice(x: f64) -> f64 {
        // Repeated halving: e^x = (e^(x/2^k))^(2^k) in double-double arithmetic.
        let k = 12;
        let r = x / f64::from(1 << k);
        let mut sum = (1.0, 0.0);
        for n in (1..=12).rev() {
            // sum = 1 + r / n * sum
            let (p, e) = product(sum, (r, 0.0));
            let d = (p / f64::from(n), 0.0);
            let rest = ((-d.0).mul_add(f64::from(n), p) + e) / f64::from(n);
            sum = add((1.0, 0.0), (d.0, rest));
        }
        for _ in 0..k {
            sum = product(sum, sum);
        }
        sum.0
    }

    fn add(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
        let s = a.0 + b.0;
        let bb = s - a.0;
        let e = (a.0 - (s - bb)) + (b.0 - bb) + a.1 + b.1;
        (s + e, e - ((s + e) - s))
    }

    fn product(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
        let p = a.0 * b.0;
        let e = a.0.mul_add(b.0, -p) + a.0 * b.1 + a.1 * b.0;
        (p + e, e - ((p + e) - p))
    }

    #[test]
    fn within_one_unit_in_the_last_place() {
        let x = arguments();
        let got = on(Path::best(), Both(&x));
        let mut worst = 0.0_f64;
        for (x, [e, l]) in x.iter().zip(&got) {
            let want = exp_twice(*x);
            let ulp = f64::from_bits(want.to_bits() + 1) - want;
            worst = worst.max((e - want).abs() / ulp);
            assert!((l - x).abs() <= 4e-16 * x.abs() + 3e-16, "{x} {l}");
        }
        // The reference is right to about 2e-29; one rounding of it is half a unit.
        assert!(worst <= 1.0, "{worst}");
        assert_eq!(got[70_000], [1.0, 0.0]);
    }

    #[test]
    fn the_same_bits_on_every_path() {
        let x = arguments();
        let paths = Path::available();
        let bits = |p: Path| -> Vec<[u64; 2]> {
            on(p, Both(&x))
                .iter()
                .map(|v| v.map(f64::to_bits))
                .collect()
        };
        let scalar = bits(paths[paths.len() - 1]);
        for &p in &paths {
            assert_eq!(bits(p), scalar, "{}", p.name());
        }
    }

    #[test]
    fn outside_the_range_it_is_held() {
        assert_eq!(exp(1e9), exp(700.0));
        assert_eq!(exp(-1e9), exp(-700.0));
        assert!(exp(f64::NAN).is_finite());
    }
}
