//! Which published counts add up to which.

use std::collections::{BTreeMap, BTreeSet};

use ethos_disclosure::{Room, RoomGroup};
use ethos_model::attribute::UNKNOWN;
use ethos_model::category::EthosCategory;
use ethos_model::cube::{Characteristic, CubeKey, Measure, Place};
use ethos_model::date::Time;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::region::RegionMapping;
use ethos_model::study::DisclosureMethod;

use super::cells::Cells;

/// Cells that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Relation {
    /// `total` is the sum of `parts` and of persons in no published cell.
    Sum {
        /// The total.
        total: usize,
        /// Its published parts.
        parts: Vec<usize>,
        /// Whether the difference between total and parts is a number of persons. It is not for
        /// figures that add up only nearly; their difference is no secret and hides nobody.
        exact: bool,
        /// Among whom the persons in no part must be. Nobody where the parts leave no
        /// municipality out, or the method shows zeros.
        room: Room,
    },
    /// `count` lies between these.
    Bounds {
        /// The count.
        count: usize,
        /// Its smallest and largest value.
        bounds: Vec<usize>,
    },
}

/// The way from a part to its total.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Along {
    Category,
    Characteristic(Characteristic),
    Region,
    /// Municipalities to a region or to the country.
    Municipalities,
    /// Regions of this mapping to the country.
    Regions(String),
    /// Children among persons.
    Children,
    /// Children as an age band.
    Minors,
    /// New persons and those who return among all who enter.
    Entries,
    /// Moves into a category.
    Arrivals,
    /// Moves out of a category.
    Departures,
}

/// Every sum that the published keys allow, in a fixed order.
pub(super) fn of(
    cells: &Cells,
    supplied: &[RegionMapping],
    method: DisclosureMethod,
) -> Vec<Relation> {
    // Only rounding hides where nobody is. Where zeros are shown, persons in no published part
    // are taken to be known not to be there, which no reader knows better.
    let hides_zeros = method == DisclosureMethod::ControlledRounding;
    let mappings = Mappings::of(cells, supplied);
    let mut sums: BTreeMap<(usize, Along), Vec<usize>> = BTreeMap::new();
    let mut bounds: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, key) in cells.keys().iter().enumerate() {
        for (total, along) in totals(key, &mappings, |total| cells.position(total).is_some()) {
            if let Some(total) = cells.position(&total) {
                sums.entry((total, along)).or_default().push(at);
            }
        }
        if matches!(
            key.measure,
            Measure::ObservedSmallest | Measure::ObservedLargest | Measure::ObservedTouched
        ) {
            let count = CubeKey {
                measure: Measure::Observed,
                ..key.clone()
            };
            if let Some(count) = cells.position(&count) {
                bounds.entry(count).or_default().push(at);
            }
        }
    }
    // Where regions add up to the country, persons of no known municipality are among their parts.
    let beside: BTreeSet<usize> = sums
        .keys()
        .filter(|(_, along)| matches!(along, Along::Regions(_)))
        .map(|(total, _)| *total)
        .collect();
    sums.retain(|(total, along), parts| {
        let nobody = |at: &usize| cells.keys()[*at].place == Place::UnknownMunicipality;
        *along != Along::Municipalities || !beside.contains(total) || !parts.iter().all(nobody)
    });
    let sums = sums
        .into_iter()
        .map(|((total, along), parts)| Relation::Sum {
            exact: adds_up(cells.keys()[total].measure),
            room: match along {
                Along::Municipalities | Along::Regions(_) if hides_zeros => {
                    mappings.room(cells, total, &parts)
                }
                _ => Room::default(),
            },
            total,
            parts,
        });
    let bounds = bounds
        .into_iter()
        .map(|(count, bounds)| Relation::Bounds { count, bounds });
    sums.chain(bounds).collect()
}

/// The mapping and the region of which the municipalities in it count more on a day than it does: it
/// was counted by another mapping, and what is known of it would be worked out of the wrong sums.
pub(super) fn misplaced(cells: &Cells, relations: &[Relation]) -> Option<(String, String)> {
    relations.iter().find_map(|relation| {
        let Relation::Sum { total, parts, .. } = relation else {
            return None;
        };
        let key = &cells.keys()[*total];
        let Place::Region { mapping, region } = &key.place else {
            return None;
        };
        let of_a_day = key.measure == Measure::Observed && matches!(key.time, Time::On(_));
        let inside = |at: &&usize| matches!(cells.keys()[**at].place, Place::Municipality(_));
        let sum: u64 = parts
            .iter()
            .filter(inside)
            .map(|at| cells.persons(*at))
            .sum();
        (of_a_day && sum > cells.persons(*total)).then(|| (mapping.clone(), region.clone()))
    })
}

/// Whether figures of a measure add up to the person. Smallest and largest values do not, and
/// a child of two homeless parents may be involved in two places and is counted once in all.
fn adds_up(measure: Measure) -> bool {
    matches!(
        measure,
        Measure::Observed
            | Measure::ObservedChildren
            | Measure::Entries
            | Measure::NewEntries
            | Measure::Returns
            | Measure::Exits
    )
}

/// The region of people whose region nobody tells.
fn unplaced(mapping: &str) -> Place {
    Place::Region {
        mapping: mapping.to_owned(),
        region: UNKNOWN.to_owned(),
    }
}

/// The key itself and every one with less of its category, characteristics and region.
fn coarser(key: &CubeKey) -> Vec<CubeKey> {
    let mut found = vec![key.clone()];
    let mut less = |change: &dyn Fn(&mut CubeKey)| {
        for at in 0..found.len() {
            let mut one = found[at].clone();
            change(&mut one);
            if one != found[at] {
                found.push(one);
            }
        }
    };
    less(&|key| key.category = None);
    less(&|key| key.region = None);
    for of in Characteristic::ALL {
        less(&|key| key.set_level(of, None));
    }
    found
}

/// The totals a figure is a part of.
fn totals(
    key: &CubeKey,
    mappings: &Mappings<'_>,
    published: impl Fn(&CubeKey) -> bool,
) -> Vec<(CubeKey, Along)> {
    let mut totals = Vec::new();
    let mut push = |along: Along, change: &dyn Fn(&mut CubeKey)| {
        let mut total = key.clone();
        change(&mut total);
        totals.push((total, along));
    };
    if key.category.is_some() {
        push(Along::Category, &|total| total.category = None);
    }
    for of in Characteristic::ALL {
        if key.level(of).is_some() {
            push(Along::Characteristic(of), &|total| {
                total.set_level(of, None);
            });
        }
    }
    if key.region.is_some() {
        push(Along::Region, &|total| total.region = None);
    }
    match &key.place {
        Place::Netherlands => {}
        Place::Region { mapping, .. } => {
            push(Along::Regions(mapping.clone()), &|total| {
                total.place = Place::Netherlands;
            });
            for place in mappings.nearest(key, mappings.above(key), &published) {
                push(Along::Municipalities, &|total| total.place = place.clone());
            }
        }
        Place::Municipality(code) => {
            // What larger regions and the country are made up of follows from the regions in them.
            let regions = mappings.regions_of(*code, key.time);
            let near = mappings.nearest(key, &regions, &published);
            if near.is_empty() {
                push(Along::Municipalities, &|total| {
                    total.place = Place::Netherlands;
                });
            }
            for place in near {
                push(Along::Municipalities, &|total| total.place = place.clone());
            }
        }
        Place::UnknownMunicipality => {
            push(Along::Municipalities, &|total| {
                total.place = Place::Netherlands;
            });
            // Where the mapping has a region for them, they are a part of that; else they stand
            // beside the regions.
            for mapping in mappings.keys() {
                let nowhere = CubeKey {
                    place: unplaced(mapping),
                    ..key.clone()
                };
                if published(&nowhere) {
                    push(Along::Municipalities, &|total| {
                        total.place = unplaced(mapping);
                    });
                } else {
                    push(Along::Regions(mapping.to_owned()), &|total| {
                        total.place = Place::Netherlands;
                    });
                }
            }
        }
    }
    if key.measure == Measure::ObservedChildren {
        push(Along::Children, &|total| total.measure = Measure::Observed);
    }
    if matches!(key.measure, Measure::NewEntries | Measure::Returns) {
        push(Along::Entries, &|total| total.measure = Measure::Entries);
    }
    if let Time::AnyDayIn(period) = key.time {
        let stock = |total: &mut CubeKey, day, category: EthosCategory| {
            total.time = Time::On(day);
            total.total = category.total();
            total.category = Some(category);
            total.measure = Measure::Observed;
        };
        // The later stock by where people were before, the earlier one by where they are now.
        match (key.measure, key.category) {
            (Measure::MovedFrom(from), Some(to)) => {
                push(Along::Arrivals, &|total| stock(total, period.end(), to));
                push(Along::Departures, &|total| {
                    stock(total, period.start(), from);
                });
            }
            (Measure::Arrived, Some(to)) => {
                push(Along::Arrivals, &|total| stock(total, period.end(), to));
            }
            (Measure::Gone, Some(from)) => {
                push(Along::Departures, &|total| {
                    stock(total, period.start(), from);
                });
            }
            _ => {}
        }
    }
    if key.measure == Measure::Observed && key.age.as_deref() == Some("0-17") {
        push(Along::Minors, &|total| {
            total.age = None;
            total.measure = Measure::ObservedChildren;
        });
    }
    totals
}

/// The region mappings that the cube publishes by.
struct Mappings<'a> {
    used: BTreeMap<String, &'a RegionMapping>,
    /// The municipalities of a region, and of the country.
    members: BTreeMap<(Time, Place), BTreeSet<MunicipalityCode>>,
    /// The regions of other mappings that hold all municipalities of a region.
    above: BTreeMap<(Time, Place), Vec<Place>>,
}

impl<'a> Mappings<'a> {
    fn of(cells: &Cells, supplied: &'a [RegionMapping]) -> Self {
        let named: BTreeSet<&String> = cells
            .keys()
            .iter()
            .filter_map(|key| match &key.place {
                Place::Region { mapping, .. } => Some(mapping),
                _ => None,
            })
            .collect();
        let used = named
            .into_iter()
            .filter_map(|name| {
                let mapping = supplied
                    .iter()
                    .find(|mapping| mapping.key == *name)
                    .or_else(|| RegionMapping::shipped(name))?;
                Some((name.clone(), mapping))
            })
            .collect();
        let mut mappings = Self {
            used,
            members: BTreeMap::new(),
            above: BTreeMap::new(),
        };
        let municipalities: BTreeSet<(Time, MunicipalityCode)> = cells
            .keys()
            .iter()
            .filter_map(|key| match key.place {
                Place::Municipality(code) => Some((key.time, code)),
                _ => None,
            })
            .collect();
        let mut members: BTreeMap<(Time, Place), BTreeSet<MunicipalityCode>> = BTreeMap::new();
        for &(time, code) in &municipalities {
            for region in mappings.regions_of(code, time) {
                members.entry((time, region)).or_default().insert(code);
            }
        }
        for ((time, inner), own) in &members {
            // Of two regions that are the same, the first is within the other.
            let above = members.iter().filter(|((at, outer), all)| {
                at == time
                    && outer != inner
                    && own.is_subset(all)
                    && (own.len() < all.len() || inner < outer)
            });
            let above = above.map(|((_, outer), _)| outer.clone()).collect();
            mappings.above.insert((*time, inner.clone()), above);
        }
        for (time, code) in municipalities {
            let country = (time, Place::Netherlands);
            members.entry(country).or_default().insert(code);
        }
        mappings.members = members;
        mappings
    }

    /// Among whom the persons of a total must be that are in none of its parts: those of the
    /// municipalities left, together no more than a region counts that overlaps the total and
    /// holds them.
    fn room(&self, cells: &Cells, total: usize, parts: &[usize]) -> Room {
        let key = &cells.keys()[total];
        let Some(whole) = self.members.get(&(key.time, key.place.clone())) else {
            return Room::default();
        };
        let mut left: BTreeSet<MunicipalityCode> = whole.clone();
        for part in parts {
            match &cells.keys()[*part].place {
                Place::Municipality(code) => {
                    left.remove(code);
                }
                place => {
                    if let Some(inside) = self.members.get(&(key.time, place.clone())) {
                        left.retain(|code| !inside.contains(code));
                    }
                }
            }
        }
        let coarser = coarser(key);
        let at = |place: &Place, key: &CubeKey| CubeKey {
            place: place.clone(),
            ..key.clone()
        };
        let mut groups: BTreeMap<Option<usize>, RoomGroup> = BTreeMap::new();
        for code in left {
            let own: Vec<CubeKey> = coarser
                .iter()
                .map(|key| at(&Place::Municipality(code), key))
                .collect();
            // Where a figure is said not to be there, readers know that it counts nobody.
            if own.iter().any(|key| cells.is_missing(key)) {
                continue;
            }
            let own: Vec<usize> = own.iter().filter_map(|key| cells.position(key)).collect();
            if own.is_empty() {
                continue;
            }
            let regions = self.regions_of(code, key.time).into_iter();
            let overlapping = regions
                .filter(|region| *region != key.place)
                .filter_map(|region| cells.position(&at(&region, key)))
                .min_by_key(|at| cells.persons(*at));
            let group = groups.entry(overlapping).or_default();
            group.whole = overlapping.into_iter().collect();
            group.places.push(own);
        }
        Room {
            groups: groups.into_values().collect(),
        }
    }

    /// The regions that hold all of a region.
    fn above(&self, key: &CubeKey) -> &[Place] {
        self.above
            .get(&(key.time, key.place.clone()))
            .map_or(&[], Vec::as_slice)
    }

    /// Of these regions, those that publish a figure like this and hold no other that does.
    fn nearest<'p>(
        &self,
        key: &CubeKey,
        places: &'p [Place],
        published: &impl Fn(&CubeKey) -> bool,
    ) -> Vec<&'p Place> {
        let at = |place: &Place| CubeKey {
            place: place.clone(),
            ..key.clone()
        };
        let found: Vec<&Place> = places
            .iter()
            .filter(|place| published(&at(place)))
            .collect();
        let holds = |outer: &Place| {
            let mut inner = found.iter();
            inner.any(|inner| self.above(&at(inner)).contains(outer))
        };
        found
            .iter()
            .copied()
            .filter(|place| !holds(place))
            .collect()
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.used.keys().map(String::as_str)
    }

    /// The regions that hold a municipality: the one a mapping places it in, or that of the
    /// unplaced.
    fn regions_of(&self, code: MunicipalityCode, time: Time) -> Vec<Place> {
        let day = match time {
            Time::On(day) => day,
            Time::AnyDayIn(period) => period.start(),
        };
        self.used
            .iter()
            .map(|(key, mapping)| match mapping.level_of(code, day) {
                Some(region) => Place::Region {
                    mapping: key.clone(),
                    region: region.to_owned(),
                },
                None => unplaced(key),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use ethos_model::category::Total;
    use ethos_model::cell::Count;
    use ethos_model::cube::{CubeRow, Family, Figure};
    use ethos_model::date::Day;
    use ethos_model::study::PublishSection;

    use super::*;
    use crate::protect::threshold::Rule;

    #[test]
    fn who_is_in_no_part_is_in_the_municipalities_outside_all_parts() {
        // Of two municipalities of Zeeland a centre region holds one. Of the municipalities the
        // category is published, of both regions the category by sex as well.
        let day = Time::On(Day::parse("2026-01-01").unwrap());
        let centres = "gm_code,region\nGM0718,Vlissingen\n";
        let mapping = RegionMapping::from_csv("centre", "centrum", "centre", centres).unwrap();
        let municipality = |code| Place::Municipality(MunicipalityCode::parse(code).unwrap());
        let (inside, outside) = (municipality("GM0718"), municipality("GM0717"));
        let region = |mapping: &str, region: &str| Place::Region {
            mapping: mapping.to_owned(),
            region: region.to_owned(),
        };
        let (province, centre) = (
            region("province", "Zeeland"),
            region("centre", "Vlissingen"),
        );
        let row = |place: &Place, sex: Option<&str>, persons| {
            let family = Family::NationalCategory;
            let mut key = CubeKey::national(family, day, Total::Homeless, Measure::Observed);
            key.place = place.clone();
            key.category = Some(EthosCategory::EmergencyShelter);
            key.set_level(Characteristic::Sex, sex.map(str::to_owned));
            let figure = Figure::Count(Count::seen(persons));
            CubeRow { key, figure }
        };
        let cube = [
            row(&province, Some("female"), 11),
            row(&centre, Some("female"), 11),
            row(&province, None, 11),
            row(&centre, None, 11),
            row(&inside, None, 11),
            row(&outside, None, 0),
        ];
        let rule = Rule::new(&PublishSection::default().disclosure);
        let cells = Cells::of(&cube, rule);
        let relations = of(
            &cells,
            std::slice::from_ref(&mapping),
            DisclosureMethod::ControlledRounding,
        );
        let place = |at: &usize| &cells.keys()[*at].place;
        let rooms = |sex: bool| -> Vec<(&Place, Vec<&Place>)> {
            let all = relations.iter().filter_map(|relation| match relation {
                Relation::Sum {
                    total, parts, room, ..
                } if parts.iter().all(|part| place(part) != place(total))
                    && cells.keys()[*total].sex.is_some() == sex =>
                {
                    let groups = room.groups.iter();
                    let places = groups.flat_map(|group| group.places.iter().flatten());
                    Some((place(total), places.map(place).collect()))
                }
                _ => None,
            });
            all.collect()
        };
        assert_eq!(rooms(true), [(&province, vec![&outside])]);
        // Of the category alone every municipality is published: nobody can be elsewhere.
        assert_eq!(rooms(false), [(&centre, vec![]), (&province, vec![])]);
        let shown = of(&cells, &[mapping], DisclosureMethod::Threshold);
        let has_room = |relation: &Relation| matches!(relation, Relation::Sum { room, .. } if !room.is_empty());
        assert!(!shown.iter().any(has_room));
    }
}
