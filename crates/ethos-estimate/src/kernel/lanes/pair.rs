//! Two vectors as one lane: while the one waits for a division or a product, the other is at work.
//!
//! A small fit is a chain of operations of which each needs the one before; a second, independent
//! chain beside it costs little. The numbers in a lane do not depend on how many lanes there are.
#![allow(clippy::inline_always, reason = "see `vector`")]

use super::vector::Lane;

#[derive(Clone, Copy)]
pub(crate) struct Pair<L>(L, L);

macro_rules! both {
    ($($name:ident($($arg:ident),*);)*) => {
        $(
            #[inline(always)]
            fn $name(self, $($arg: Self),*) -> Self {
                Self(self.0.$name($($arg.0),*), self.1.$name($($arg.1),*))
            }
        )*
    };
}

impl<L: Lane> Lane for Pair<L> {
    const WIDTH: usize = 2 * L::WIDTH;
    const BLOCK: usize = L::BLOCK;
    type Mask = (L::Mask, L::Mask);

    both! {
        add(b);
        sub(b);
        mul(b);
        div(b);
        mul_add(b, c);
        mul_sub_from(b, c);
        min(b);
        max(b);
        scale(b);
    }
    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self(L::splat(x), L::splat(x))
    }
    #[inline(always)]
    fn from_fn(mut f: impl FnMut(usize) -> f64) -> Self {
        let first = L::from_fn(&mut f);
        Self(first, L::from_fn(|i| f(L::WIDTH + i)))
    }
    #[inline(always)]
    fn write(self, to: &mut [f64]) {
        let (low, high) = to.split_at_mut(L::WIDTH);
        self.0.write(low);
        self.1.write(high);
    }
    #[inline(always)]
    fn less(self, b: Self) -> Self::Mask {
        (self.0.less(b.0), self.1.less(b.1))
    }
    #[inline(always)]
    fn select(mask: Self::Mask, a: Self, b: Self) -> Self {
        Self(L::select(mask.0, a.0, b.0), L::select(mask.1, a.1, b.1))
    }
    #[inline(always)]
    fn bits(mask: Self::Mask) -> u32 {
        L::bits(mask.0) | L::bits(mask.1) << L::WIDTH
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let ((m0, e0), (m1, e1)) = (self.0.split(), self.1.split());
        (Self(m0, m1), Self(e0, e1))
    }
}
