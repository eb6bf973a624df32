//! The numbers a country is made from: what is published, and what is assumed because it is
//! not.
//!
//! Published (Statistics Netherlands, "Dakloos in Nederland", table 80799ned and the releases
//! on 2023 and 2024): the total of people in the scope of the estimate, and its shares by sex,
//! age, origin and place. Everything else here is declared: no source gives overlaps between
//! the registers, and figures over all categories exist for some regions only.

use ethos_model::attribute::{Origin, Sex};

/// People in the scope of the estimate on 1 January. 2023 and 2024 are published; 2025 and
/// 2026 are assumed.
pub(crate) const SCOPE: [(i16, f64); 4] = [
    (2023, 30_600.0),
    (2024, 33_000.0),
    (2025, 33_800.0),
    (2026, 32_900.0),
];

/// Shares by sex in the scope, published for 2024.
pub(crate) const SEX: [(Sex, f64); 2] = [(Sex::Male, 0.83), (Sex::Female, 0.17)];

/// Shares by age in the scope, published for 2024 as 20, 61 and 20 percent: first age, first
/// age no longer in the band, share.
pub(crate) const AGE: [(u8, u8, f64); 3] = [(18, 27, 0.20), (27, 50, 0.61), (50, 65, 0.20)];

/// Shares by origin in the scope, published for 2024.
pub(crate) const ORIGIN: [(Origin, f64); 4] = [
    (Origin::NetherlandsBothParents, 0.33),
    (Origin::NetherlandsParentAbroad, 0.21),
    (Origin::Europe, 0.09),
    (Origin::OutsideEurope, 0.37),
];

/// Share registered in one of the four largest cities: 32 percent is published for 2024, 37 for
/// 2018 and 2021; between them is assumed after 2024.
pub(crate) fn g4_share(year: i16) -> f64 {
    if year <= 2024 { 0.32 } else { 0.33 }
}

/// People outside the scope as a multiple of those in it, by kind. Assumed, so that all
/// categories and ages together are at least three times the scope: count days found some
/// 36,000 people in 124 of the 342 municipalities. Children come on top, with their parents.
pub(crate) const OUTSIDE: [(OutsideKind, f64); 5] = [
    (OutsideKind::LongStay, 0.28),
    (OutsideKind::Institution, 0.30),
    (OutsideKind::Threatened, 0.27),
    (OutsideKind::Senior, 0.12),
    (OutsideKind::NotRegistered, 0.60),
];

/// Why an adult is outside the scope.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum OutsideKind {
    LongStay,
    Institution,
    Threatened,
    Senior,
    NotRegistered,
}

/// Share of the people in the scope on one list, over the whole country. Assumed, so that
/// some 30 percent is on at least one list, as published (9.6 of 33.0 thousand in 2024).
pub(crate) const LIST_SHARES: [f64; 3] = [0.136, 0.134, 0.078];

/// The lists, in the order of their bits.
pub(crate) const LISTS: [&str; 3] = ["opvang", "bijstand", "reclassering"];

/// Log odds ratio between shelter and benefit, the only dependence between lists within a
/// stratum: an address at a shelter gives the benefit.
pub(crate) const SHELTER_BENEFIT: f64 = 0.7;

/// Log odds of a list by covariate, the first level the reference. The order of the levels is
/// that of the strata: sex, age, origin (Netherlands, Europe, outside Europe), place (other,
/// G4).
pub(crate) struct ListTerms {
    pub(crate) sex: [f64; 2],
    pub(crate) age: [f64; 3],
    pub(crate) origin: [f64; 3],
    pub(crate) place: [f64; 2],
}

/// One set of terms per list, in the order of [`LISTS`].
pub(crate) const LIST_TERMS: [ListTerms; 3] = [
    ListTerms {
        sex: [0.0, -0.25],
        age: [0.0, 0.30, 0.50],
        origin: [0.0, -0.35, 0.20],
        place: [0.0, 0.35],
    },
    ListTerms {
        sex: [0.0, 0.30],
        age: [0.0, 0.45, 0.55],
        origin: [0.0, -0.90, 0.25],
        place: [0.0, 0.20],
    },
    ListTerms {
        sex: [0.0, -1.10],
        age: [0.0, 0.20, -0.50],
        origin: [0.0, 0.15, -0.05],
        place: [0.0, -0.15],
    },
];

/// Probability that someone homeless on one reference date still is on the next.
pub(crate) const STAYS_HOMELESS: f64 = 0.58;

/// The same for someone who faced eviction.
pub(crate) const STAYS_THREATENED: f64 = 0.30;

/// Probability that someone still in the scope keeps last year's capture history, where the
/// draw of this year leaves room for it.
pub(crate) const KEEPS_HISTORY: f64 = 0.6;

/// People with a stay or a benefit only between two reference dates, as a share of the scope.
pub(crate) const PASSERS: f64 = 0.15;

/// Probability that a benefit of someone who left homelessness is ended too late and still
/// stands on the next reference date. It makes some 0.3 percent of the list stale there.
pub(crate) const STALE: f64 = 0.0075;

/// People a count day is to find at scale 1, children included, in its 124 municipalities.
pub(crate) const COUNT_DAY_FOUND: f64 = 36_000.0;

/// Municipalities that take part in the count day.
pub(crate) const COUNT_DAY_MUNICIPALITIES: usize = 124;

/// Centre municipalities whose regions take part in the count day, in the order of their
/// rounds of 2023 to 2025.
pub(crate) const COUNT_DAY_REGIONS: [u16; 18] = [
    796, 828, 758, 855, 546, 917, 268, 405, 363, 518, 400, 772, 193, 935, 622, 228, 479, 439,
];

/// How many times as many people the median centre municipality has as another of its draw.
pub(crate) const CENTRE_BOOST: f64 = 4.5;

/// Shares among the four largest cities: Amsterdam, Rotterdam, 's-Gravenhage, Utrecht.
pub(crate) const G4_WEIGHTS: [(u16, f64); 4] = [(363, 0.40), (599, 0.25), (518, 0.22), (344, 0.13)];
