//! The municipalities of the country: how many people live where, which centre municipality
//! shelters whom, and how well each is covered.
//!
//! No population figures are part of the program, so the weights are drawn: log-normal, with a
//! boost for centre municipalities and fixed shares for the four largest cities.

use ethos_model::date::Day;
use ethos_model::municipality::{ChangeKind, MunicipalityCode, MunicipalityRegister};

use crate::arithmetic::exp;
use crate::assumption::{CENTRE_BOOST, G4_WEIGHTS};
use crate::streams::{Purpose, Stream};

const TILES: &str = include_str!("../../../../data/reference/municipality_tiles.csv");
const CENTRES: &str =
    include_str!("../../../../data/reference/centre_municipalities_unverified.csv");

/// Position of a municipality in [`Places`].
pub(crate) type PlaceId = u16;

/// A municipality.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) code: MunicipalityCode,
    pub(crate) name: String,
    pub(crate) g4: bool,
    /// Relative number of people among the four largest cities, or among all others.
    pub(crate) weight: f64,
    /// The nearest centre municipality; a centre's own.
    pub(crate) centre: PlaceId,
    /// How readily its people are on the shelter list, relative to others: between 0.4 and 2.5.
    pub(crate) coverage: f64,
    /// A code it absorbed in a merger since 2019, which senders go on using.
    pub(crate) old_code: Option<MunicipalityCode>,
}

/// Every municipality, in code order.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    all: Vec<Place>,
    centres: Vec<PlaceId>,
    g4: Cumulative,
    other: Cumulative,
}

/// Cumulated weights for drawing a municipality.
#[derive(Clone, Debug)]
struct Cumulative(Vec<(PlaceId, f64)>);

impl Cumulative {
    fn new(places: &[Place], g4: bool) -> Self {
        let mut sum = 0.0;
        let members = places
            .iter()
            .enumerate()
            .filter(|(_, place)| place.g4 == g4);
        Self(
            members
                .map(|(at, place)| {
                    sum += place.weight;
                    (at as PlaceId, sum)
                })
                .collect(),
        )
    }

    fn draw(&self, stream: &mut Stream) -> PlaceId {
        let total = self.0.last().map_or(0.0, |(_, sum)| *sum);
        let at = stream.uniform() * total;
        let found = self.0.partition_point(|(_, sum)| *sum <= at);
        self.0[found.min(self.0.len() - 1)].0
    }
}

/// A row of the tile table: code, longitude and latitude in degrees.
fn centroids() -> Vec<(MunicipalityCode, f64, f64)> {
    let mut reader = csv::Reader::from_reader(TILES.as_bytes());
    reader
        .records()
        .filter_map(|row| {
            let row = row.ok()?;
            Some((
                MunicipalityCode::parse(row.get(0)?).ok()?,
                row.get(2)?.parse().ok()?,
                row.get(3)?.parse().ok()?,
            ))
        })
        .collect()
}

impl Places {
    /// The municipalities of a day, with the weights that the seed gives them.
    pub(crate) fn draw(seed: u64, day: Day) -> Self {
        let mut stream = Stream::new(seed, Purpose::Places);
        let register = MunicipalityRegister::shipped();
        let codes = register.all_on(day);
        let centroids = centroids();
        let listed: Vec<MunicipalityCode> = CENTRES
            .lines()
            .skip(1)
            .filter_map(|line| MunicipalityCode::parse(line.split(',').next()?).ok())
            .collect();
        let position = |code| centroids.iter().find(|(of, _, _)| *of == code);
        let mut all: Vec<Place> = codes
            .iter()
            .map(|&code| {
                let large = G4_WEIGHTS.iter().find(|(of, _)| *of == code.number());
                let drawn = exp(0.8 * stream.normal());
                let boost = if listed.contains(&code) {
                    CENTRE_BOOST
                } else {
                    1.0
                };
                let coverage = exp(0.35 * stream.normal()).clamp(0.4, 2.5);
                Place {
                    code,
                    name: register.cbs_name(code).unwrap_or_default().to_owned(),
                    g4: large.is_some(),
                    weight: large.map_or(drawn * boost, |(_, share)| *share),
                    centre: 0,
                    coverage,
                    old_code: recent_merger(register, code),
                }
            })
            .collect();
        let centres: Vec<PlaceId> = (0..all.len() as PlaceId)
            .filter(|at| listed.contains(&all[usize::from(*at)].code))
            .collect();
        for place in &mut all {
            let distance = |centre: PlaceId| {
                let (Some(a), Some(b)) =
                    (position(place.code), position(codes[usize::from(centre)]))
                else {
                    return f64::INFINITY;
                };
                // A degree of longitude is some 0.615 of one of latitude at 52° north.
                let (x, y) = ((a.1 - b.1) * 0.615, a.2 - b.2);
                x * x + y * y
            };
            place.centre = centres
                .iter()
                .copied()
                .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
                .unwrap_or(0);
        }
        Self {
            g4: Cumulative::new(&all, true),
            other: Cumulative::new(&all, false),
            all,
            centres,
        }
    }

    pub(crate) fn get(&self, at: PlaceId) -> &Place {
        &self.all[usize::from(at)]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (PlaceId, &Place)> {
        self.all
            .iter()
            .enumerate()
            .map(|(at, place)| (at as PlaceId, place))
    }

    /// The centre municipalities, in code order.
    pub(crate) fn centres(&self) -> &[PlaceId] {
        &self.centres
    }

    pub(crate) fn find(&self, number: u16) -> Option<PlaceId> {
        self.iter()
            .find(|(_, place)| place.code.number() == number)
            .map(|(at, _)| at)
    }

    /// The municipalities sheltered by this centre, in code order.
    pub(crate) fn region(&self, centre: PlaceId) -> Vec<PlaceId> {
        self.iter()
            .filter(|(_, place)| place.centre == centre)
            .map(|(at, _)| at)
            .collect()
    }

    /// A municipality by its weight: one of the four largest cities, or another.
    pub(crate) fn draw_home(&self, stream: &mut Stream, g4: bool) -> PlaceId {
        if g4 { &self.g4 } else { &self.other }.draw(stream)
    }

    /// The centre municipality with the smallest region, by weight: the one that fails to
    /// deliver in one year.
    pub(crate) fn smallest_centre(&self) -> PlaceId {
        let weight = |centre: PlaceId| -> f64 {
            self.all
                .iter()
                .filter(|place| place.centre == centre)
                .map(|place| place.weight)
                .sum()
        };
        self.centres
            .iter()
            .copied()
            .filter(|centre| !self.get(*centre).g4)
            .min_by(|a, b| weight(*a).total_cmp(&weight(*b)))
            .unwrap_or(0)
    }
}

/// A municipality that went whole into this one since 2019: the first by code.
fn recent_merger(
    register: &MunicipalityRegister,
    code: MunicipalityCode,
) -> Option<MunicipalityCode> {
    register
        .iter()
        .filter(|old| {
            register.change_of(old.code).is_some_and(|change| {
                change.date.year() >= 2019 && change.kind == ChangeKind::Merger(code)
            })
        })
        .map(|old| old.code)
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places::draw(1, Day::from_ymd(2026, 1, 1).unwrap())
    }

    #[test]
    fn every_municipality_has_a_centre_nearby() {
        let places = places();
        assert_eq!((places.iter().count(), places.centres().len()), (342, 43));
        assert_eq!(places.iter().filter(|(_, place)| place.g4).count(), 4);
        for centre in places.centres() {
            assert_eq!(places.get(*centre).centre, *centre);
        }
        let centre_of = |number| {
            let place = places.get(places.find(number).unwrap());
            places.get(place.centre).name.clone()
        };
        assert_eq!(centre_of(362), "Amsterdam"); // Amstelveen
        assert_eq!(centre_of(448), "Den Helder"); // Texel
        assert_eq!(centre_of(606), "Vlaardingen"); // Schiedam
        let members: usize = places
            .centres()
            .iter()
            .map(|c| places.region(*c).len())
            .sum();
        assert_eq!(members, 342);
    }

    #[test]
    fn merged_codes_come_from_the_register() {
        let places = places();
        let old = |number| places.get(places.find(number).unwrap()).old_code;
        assert_eq!(old(363).map(MunicipalityCode::number), Some(457));
        assert_eq!(old(1992).map(MunicipalityCode::number), Some(501));
        assert_eq!(old(599), None);
    }

    #[test]
    fn the_largest_cities_keep_their_shares() {
        let places = places();
        let mut stream = Stream::new(3, Purpose::Persons);
        let amsterdam = places.find(363).unwrap();
        let drawn = (0..10_000)
            .filter(|_| places.draw_home(&mut stream, true) == amsterdam)
            .count();
        assert!((3_800..4_200).contains(&drawn), "{drawn}");
    }
}
