//! What a published count can stand for, by the method that protected it.

use ethos_disclosure::FURTHEST;
use ethos_model::study::{Disclosure, DisclosureMethod};

use crate::protect::Protected;
use crate::protect::threshold::Rule;

/// The counts, first and last, that a published number can stand for. The threshold rounds to the
/// nearest multiple of the base; controlled rounding to one less than a base away, or, where it
/// took some counts `further`, up to three bases more.
///
/// ```
/// use ethos_model::study::{Disclosure, DisclosureMethod};
/// use ethos_publish::stands_for;
/// let nearest = Disclosure { base: 5, threshold: 10, ..Disclosure::default() };
/// assert_eq!(stands_for(&nearest, false, 160), (158, 162));
/// assert_eq!(stands_for(&nearest, false, 0), (0, 0));
/// let controlled = Disclosure { method: DisclosureMethod::ControlledRounding, ..nearest };
/// assert_eq!(stands_for(&controlled, false, 160), (156, 164));
/// assert_eq!(stands_for(&controlled, true, 0), (0, 19));
/// ```
pub fn stands_for(disclosure: &Disclosure, further: bool, published: u64) -> (u64, u64) {
    let rule = Rule::new(disclosure);
    match disclosure.method {
        DisclosureMethod::Threshold => rule.reads_as(published),
        DisclosureMethod::ControlledRounding => {
            let away = if further { FURTHEST as u64 } else { 1 };
            let reach = away.saturating_mul(rule.base()) - 1;
            (
                published.saturating_sub(reach),
                published.saturating_add(reach),
            )
        }
    }
}

/// The counts that a published number of this release can stand for. Which counts controlled rounding
/// took further is not told, so any of them may have been.
pub(crate) fn in_release(
    protected: &Protected,
    disclosure: &Disclosure,
    published: u64,
) -> (u64, u64) {
    let rounding = protected.audit().rounding.as_ref();
    let further = rounding.is_some_and(|rounding| rounding.beyond > 0);
    stands_for(disclosure, further, published)
}
