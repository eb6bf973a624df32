//! Lane vectors and their run-time dispatch: the only file of the crate with `unsafe`.
//!
//! A [`Lane`] holds one number of each of several replicates. Every operation
//! is elementwise and correctly rounded, fused multiply-add included, so lane
//! `i` of the result depends on lane `i` of the operands alone and has the same
//! bits on every instruction path: eight lanes of AVX-512, four of AVX2 with
//! FMA, or one of plain `f64` whose `mul_add` is the fused one everywhere.
//!
//! The vector types are private. A value of [`Path`] for an instruction set
//! exists only where the processor has it, and [`on`] is the only way to run
//! [`Work`] on one: that is what makes the intrinsics below sound.
#![allow(unsafe_code, reason = "vector intrinsics, see the module's text")]
#![allow(
    clippy::inline_always,
    reason = "an intrinsic that is not inlined into a function with its target feature is a call"
)]

/// One number per replicate; all operations are elementwise.
pub(crate) trait Lane: Copy + Send + Sync {
    /// Replicates side by side.
    const WIDTH: usize;
    /// Columns of a block in the factorisation: what the registers hold beside four rows.
    const BLOCK: usize;
    /// One truth value per replicate.
    type Mask: Copy;

    fn splat(x: f64) -> Self;
    /// Lane `i` is `f(i)`.
    fn from_fn(f: impl FnMut(usize) -> f64) -> Self;
    /// Writes the first `WIDTH` values.
    fn write(self, to: &mut [f64]);
    fn add(self, b: Self) -> Self;
    fn sub(self, b: Self) -> Self;
    fn mul(self, b: Self) -> Self;
    fn div(self, b: Self) -> Self;
    /// `self * b + c`, rounded once.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// `c - self * b`, rounded once.
    fn mul_sub_from(self, b: Self, c: Self) -> Self;
    /// The smaller one; `b` where either is not a number.
    fn min(self, b: Self) -> Self;
    /// The larger one; `b` where either is not a number.
    fn max(self, b: Self) -> Self;
    /// `self < b`; false where either is not a number.
    fn less(self, b: Self) -> Self::Mask;
    /// `a` where the mask holds, `b` elsewhere.
    fn select(mask: Self::Mask, a: Self, b: Self) -> Self;
    /// Bit `i` is lane `i` of the mask.
    fn bits(mask: Self::Mask) -> u32;
    /// `self * 2^k`, where `shifted` is `k + 1.5 * 2^52`; both factors and the product normal.
    fn scale(self, shifted: Self) -> Self;
    /// For a positive normal number `m * 2^e` with √½ ≤ m < √2: `m`, and `e` as a number.
    fn split(self) -> (Self, Self);
}

/// Bits of 1.0, and of the smallest number whose mantissa counts as above √½.
const ONE: u64 = 1.0_f64.to_bits();
const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
/// 2^52, whose last mantissa bit is worth one.
const TWO_52: f64 = 4_503_599_627_370_496.0;

impl Lane for f64 {
    const WIDTH: usize = 1;
    const BLOCK: usize = 2;
    type Mask = bool;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn from_fn(mut f: impl FnMut(usize) -> f64) -> Self {
        f(0)
    }
    #[inline(always)]
    fn write(self, to: &mut [f64]) {
        to[0] = self;
    }
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        self + b
    }
    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        self - b
    }
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        self * b
    }
    #[inline(always)]
    fn div(self, b: Self) -> Self {
        self / b
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        f64::mul_add(self, b, c)
    }
    #[inline(always)]
    fn mul_sub_from(self, b: Self, c: Self) -> Self {
        f64::mul_add(-self, b, c)
    }
    #[inline(always)]
    fn min(self, b: Self) -> Self {
        if self < b { self } else { b }
    }
    #[inline(always)]
    fn max(self, b: Self) -> Self {
        if self > b { self } else { b }
    }
    #[inline(always)]
    fn less(self, b: Self) -> bool {
        self < b
    }
    #[inline(always)]
    fn select(mask: bool, a: Self, b: Self) -> Self {
        if mask { a } else { b }
    }
    #[inline(always)]
    fn bits(mask: bool) -> u32 {
        u32::from(mask)
    }
    #[inline(always)]
    fn scale(self, shifted: Self) -> Self {
        Self::from_bits(self.to_bits().wrapping_add(shifted.to_bits() << 52))
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let lifted = self.to_bits().wrapping_add(ONE - ROOT_HALF) >> 52;
        let exponent = Self::from_bits(lifted | TWO_52.to_bits()) - (TWO_52 + 1023.0);
        let mantissa = self.to_bits().wrapping_add(ONE).wrapping_sub(lifted << 52);
        (Self::from_bits(mantissa), exponent)
    }
}

/// What runs on lanes; `run` and all it calls with a lane must be `#[inline(always)]`.
pub(crate) trait Work {
    type Output;
    fn run<L: Lane>(self) -> Self::Output;
}

/// An instruction set this processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Path(Set);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Scalar,
}

impl Path {
    /// All this processor has, the fastest first.
    pub(crate) fn available() -> Vec<Self> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512dq")
            {
                found.push(Self(Set::Avx512));
            }
            if std::arch::is_x86_feature_detected!("avx2")
                && std::arch::is_x86_feature_detected!("fma")
            {
                found.push(Self(Set::Avx2));
            }
        }
        found.push(Self(Set::Scalar));
        found
    }

    /// The fastest this processor has.
    pub(crate) fn best() -> Self {
        static BEST: std::sync::OnceLock<Path> = std::sync::OnceLock::new();
        *BEST.get_or_init(|| Self::available()[0])
    }

    /// Lower-case name.
    pub(crate) fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2",
            Set::Scalar => "scalar",
        }
    }
}

/// Runs `work` on the lanes of `path`.
pub(crate) fn on<W: Work>(path: Path, work: W) -> W::Output {
    match path.0 {
        // SAFETY: a path of this set exists only where `available` found both features.
        #[cfg(target_arch = "x86_64")]
        Set::Avx512 => unsafe { x86::on_avx512(work) },
        // SAFETY: a path of this set exists only where `available` found both features.
        #[cfg(target_arch = "x86_64")]
        Set::Avx2 => unsafe { x86::on_avx2(work) },
        Set::Scalar => work.run::<f64>(),
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    #![allow(clippy::wildcard_imports, reason = "fifty intrinsics")]
    use std::arch::x86_64::*;

    use super::{Lane, ONE, ROOT_HALF, TWO_52, Work};

    #[target_feature(enable = "avx512f,avx512dq,avx2,fma")]
    pub(super) fn on_avx512<W: Work>(work: W) -> W::Output {
        work.run::<Avx512>()
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn on_avx2<W: Work>(work: W) -> W::Output {
        work.run::<Avx2>()
    }

    /// Eight doubles; exists only within [`on_avx512`].
    #[derive(Clone, Copy)]
    struct Avx512(__m512d);

    /// Four doubles; exists only within [`on_avx2`].
    #[derive(Clone, Copy)]
    struct Avx2(__m256d);

    // SAFETY of every block below: these types exist only within the two functions above, which
    // run only where the processor has the instructions; `write` checks its length first.
    macro_rules! elementwise {
        ($($name:ident($($arg:ident),*) = $call:expr;)*) => {
            $(
                #[inline(always)]
                fn $name(self, $($arg: Self),*) -> Self {
                    let this = self;
                    Self(unsafe { $call(this.0, $($arg.0),*) })
                }
            )*
        };
    }

    impl Lane for Avx512 {
        const WIDTH: usize = 8;
        const BLOCK: usize = 4;
        type Mask = __mmask8;

        elementwise! {
            add(b) = _mm512_add_pd;
            sub(b) = _mm512_sub_pd;
            mul(b) = _mm512_mul_pd;
            div(b) = _mm512_div_pd;
            mul_add(b, c) = _mm512_fmadd_pd;
            mul_sub_from(b, c) = _mm512_fnmadd_pd;
            min(b) = _mm512_min_pd;
            max(b) = _mm512_max_pd;
        }
        #[inline(always)]
        fn splat(x: f64) -> Self {
            Self(unsafe { _mm512_set1_pd(x) })
        }
        #[inline(always)]
        fn from_fn(mut f: impl FnMut(usize) -> f64) -> Self {
            let x: [f64; 8] = [f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7)];
            Self(unsafe { _mm512_setr_pd(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]) })
        }
        #[inline(always)]
        fn write(self, to: &mut [f64]) {
            let to = &mut to[..8];
            unsafe { _mm512_storeu_pd(to.as_mut_ptr(), self.0) }
        }
        #[inline(always)]
        fn less(self, b: Self) -> __mmask8 {
            unsafe { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(self.0, b.0) }
        }
        #[inline(always)]
        fn select(mask: __mmask8, a: Self, b: Self) -> Self {
            Self(unsafe { _mm512_mask_blend_pd(mask, b.0, a.0) })
        }
        #[inline(always)]
        fn bits(mask: __mmask8) -> u32 {
            u32::from(mask)
        }
        #[inline(always)]
        fn scale(self, shifted: Self) -> Self {
            Self(unsafe {
                let k = _mm512_slli_epi64::<52>(_mm512_castpd_si512(shifted.0));
                _mm512_castsi512_pd(_mm512_add_epi64(_mm512_castpd_si512(self.0), k))
            })
        }
        #[inline(always)]
        fn split(self) -> (Self, Self) {
            unsafe {
                let bits = _mm512_castpd_si512(self.0);
                let one = _mm512_set1_epi64(ONE as i64);
                let lifted = _mm512_add_epi64(bits, _mm512_set1_epi64((ONE - ROOT_HALF) as i64));
                let lifted = _mm512_srli_epi64::<52>(lifted);
                let whole = _mm512_or_si512(lifted, _mm512_castpd_si512(_mm512_set1_pd(TWO_52)));
                let exponent =
                    _mm512_sub_pd(_mm512_castsi512_pd(whole), _mm512_set1_pd(TWO_52 + 1023.0));
                let mantissa =
                    _mm512_sub_epi64(_mm512_add_epi64(bits, one), _mm512_slli_epi64::<52>(lifted));
                (Self(_mm512_castsi512_pd(mantissa)), Self(exponent))
            }
        }
    }

    impl Lane for Avx2 {
        const WIDTH: usize = 4;
        const BLOCK: usize = 2;
        type Mask = __m256d;

        elementwise! {
            add(b) = _mm256_add_pd;
            sub(b) = _mm256_sub_pd;
            mul(b) = _mm256_mul_pd;
            div(b) = _mm256_div_pd;
            mul_add(b, c) = _mm256_fmadd_pd;
            mul_sub_from(b, c) = _mm256_fnmadd_pd;
            min(b) = _mm256_min_pd;
            max(b) = _mm256_max_pd;
        }
        #[inline(always)]
        fn splat(x: f64) -> Self {
            Self(unsafe { _mm256_set1_pd(x) })
        }
        #[inline(always)]
        fn from_fn(mut f: impl FnMut(usize) -> f64) -> Self {
            let x: [f64; 4] = [f(0), f(1), f(2), f(3)];
            Self(unsafe { _mm256_setr_pd(x[0], x[1], x[2], x[3]) })
        }
        #[inline(always)]
        fn write(self, to: &mut [f64]) {
            let to = &mut to[..4];
            unsafe { _mm256_storeu_pd(to.as_mut_ptr(), self.0) }
        }
        #[inline(always)]
        fn less(self, b: Self) -> __m256d {
            unsafe { _mm256_cmp_pd::<_CMP_LT_OQ>(self.0, b.0) }
        }
        #[inline(always)]
        fn select(mask: __m256d, a: Self, b: Self) -> Self {
            Self(unsafe { _mm256_blendv_pd(b.0, a.0, mask) })
        }
        #[inline(always)]
        fn bits(mask: __m256d) -> u32 {
            unsafe { _mm256_movemask_pd(mask) as u32 }
        }
        #[inline(always)]
        fn scale(self, shifted: Self) -> Self {
            Self(unsafe {
                let k = _mm256_slli_epi64::<52>(_mm256_castpd_si256(shifted.0));
                _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(self.0), k))
            })
        }
        #[inline(always)]
        fn split(self) -> (Self, Self) {
            unsafe {
                let bits = _mm256_castpd_si256(self.0);
                let one = _mm256_set1_epi64x(ONE as i64);
                let lifted = _mm256_add_epi64(bits, _mm256_set1_epi64x((ONE - ROOT_HALF) as i64));
                let lifted = _mm256_srli_epi64::<52>(lifted);
                let whole = _mm256_or_si256(lifted, _mm256_castpd_si256(_mm256_set1_pd(TWO_52)));
                let exponent =
                    _mm256_sub_pd(_mm256_castsi256_pd(whole), _mm256_set1_pd(TWO_52 + 1023.0));
                let mantissa =
                    _mm256_sub_epi64(_mm256_add_epi64(bits, one), _mm256_slli_epi64::<52>(lifted));
                (Self(_mm256_castsi256_pd(mantissa)), Self(exponent))
            }
        }
    }
}
