//! How far a category's count depends on the priority vector.
//!
//! Only persons whose evidence ties between categories can move. One who ties between two is in
//! each of them under some order and in each of them not under another; putting a category first
//! or last therefore gives its largest and its smallest count, without trying the orders.

use ethos_model::category::EthosCategory;

/// The smallest and largest number of persons in a category under any priority order. `tied`
/// holds, for sets of categories as bits by [`EthosCategory::index`], how many persons tie
/// between exactly those; a set of one is a person who cannot move.
///
/// ```
/// use ethos_count::persons::smallest_and_largest;
/// use ethos_model::category::EthosCategory::{EmergencyShelter, PublicSpace};
/// // Ten in 1, five in 2, three who tie between them.
/// let tied = [(0b01, 10), (0b10, 5), (0b11, 3)];
/// assert_eq!(smallest_and_largest(PublicSpace, &tied), (10, 13));
/// assert_eq!(smallest_and_largest(EmergencyShelter, &tied), (5, 8));
/// ```
pub fn smallest_and_largest(category: EthosCategory, tied: &[(u8, u64)]) -> (u64, u64) {
    let bit = 1_u8 << category.index();
    tied.iter()
        .filter(|(set, _)| set & bit != 0)
        .fold((0, 0), |(low, high), &(set, persons)| {
            (low + if set == bit { persons } else { 0 }, high + persons)
        })
}
