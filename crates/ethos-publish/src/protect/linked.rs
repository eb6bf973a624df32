//! The counts of a release as one linked system: what adds up to what, by place.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use ethos_disclosure::{
    Aside, Bounds, Requirement, Rule, System, SystemBuilder, SystemError, stands_for,
};
use ethos_model::cube::{CubeKey, Measure, Place};
use ethos_model::date::Time;
use ethos_model::study::{Disclosure, DisclosureMethod};

use super::Earlier;
use super::audited::place_name;
use super::cells::Cells;
use super::relations::Relation;

/// A release as a system. The first cells of the system are those of [`Cells`], in that order.
pub(super) struct Linked {
    pub(super) system: System,
    groups: Vec<Requirement>,
    /// Place and time by position in the system.
    places: Vec<(Time, Place)>,
    /// Hidden cells that are no group of persons anyone looks for: what lies between a count and
    /// its bounds, or outside a category (which has a rule of its own).
    slack: BTreeSet<usize>,
}

impl Linked {
    /// Links every cell.
    ///
    /// # Errors
    /// Never for counts of persons; sums that do not hold become sums with a rest.
    pub(super) fn of(
        cells: &Cells,
        relations: &[Relation],
        settings: &Disclosure,
    ) -> Result<Self, SystemError> {
        let mut builder = SystemBuilder::new();
        let places = Places::of(cells, relations, &mut builder);
        let mut named: Vec<(u32, (Time, Place))> =
            places.iter().map(|(key, id)| (*id, key.clone())).collect();
        named.sort();
        let named = named.into_iter().map(|(_, key)| key).collect();
        let tables = tables(cells.keys());
        for (at, key) in cells.keys().iter().enumerate() {
            let place = places[&(key.time, key.place.clone())];
            builder.cell(cells.persons(at) as i64, place, tables[&crossing(key)])?;
        }
        let rule = rule(settings);
        let mut groups: Vec<Requirement> = Vec::new();
        let mut slack = BTreeSet::new();
        for relation in relations {
            match relation {
                Relation::Sum {
                    total,
                    parts,
                    exact: true,
                    room,
                } => {
                    let sum: i64 = parts.iter().map(|part| builder.count(*part)).sum();
                    if sum > builder.count(*total) {
                        // Figures that disagree: what adds up is more than the total.
                        covering(&mut builder, *total, parts)?;
                    } else {
                        builder.sum_with_room(*total, parts, room.clone())?;
                    }
                    if settings.method == DisclosureMethod::ControlledRounding
                        && rule.coalition >= 0
                        // Of a place that reports one category only that is no news.
                        && parts.len() > 1
                        && cells.keys()[*total].category.is_none()
                    {
                        for part in parts {
                            if cells.keys()[*part].category.is_some()
                                && builder.count(*part) <= builder.count(*total)
                            {
                                groups.extend(rule.group(&mut builder, *total, *part)?);
                            }
                        }
                    }
                }
                Relation::Sum { total, parts, .. } => {
                    for part in parts {
                        if builder.count(*part) <= builder.count(*total) {
                            slack.insert(builder.among(*part, *total)?);
                        }
                    }
                }
                Relation::Bounds { count, bounds } => {
                    for bound in bounds {
                        let (bound, count) = (*bound, *count);
                        let below = cells.keys()[bound].measure == Measure::ObservedSmallest;
                        let (low, high) = if below {
                            (bound, count)
                        } else {
                            (count, bound)
                        };
                        // Figures that contradict what they are called bound each other as they do.
                        let holds = builder.count(low) <= builder.count(high);
                        let (low, high) = if holds { (low, high) } else { (high, low) };
                        slack.insert(builder.among(low, high)?);
                    }
                }
            }
        }
        slack.extend(groups.iter().map(|asked| asked.cell));
        Ok(Self {
            system: builder.build(),
            groups,
            places: named,
            slack,
        })
    }

    /// A place in words, at its time.
    pub(super) fn place(&self, place: Option<u32>) -> String {
        match place.and_then(|place| self.places.get(place as usize)) {
            Some((time, place)) => format!("{}, {}", time.label(), place_name(place)),
            None => "everything".to_owned(),
        }
    }

    /// What must not become known.
    pub(super) fn requirements(&self, settings: &Disclosure) -> Vec<Requirement> {
        // A withheld count may be known to be small, but not how small: half of what it can be
        // must stay possible.
        let mut all = rule(settings).small(&self.system, false);
        all.retain(|asked| !self.slack.contains(&asked.cell));
        all.extend(&self.groups);
        all
    }
}

/// The rule of a study.
pub(super) fn rule(settings: &Disclosure) -> Rule {
    let half = match settings.method {
        DisclosureMethod::Threshold => settings.threshold.saturating_sub(1),
        DisclosureMethod::ControlledRounding => settings.base,
    }
    .div_ceil(2);
    Rule {
        threshold: settings.threshold,
        coalition: settings.coalition,
        possible: if settings.possible == 0 {
            half.max(2)
        } else {
            settings.possible
        },
    }
}

/// What earlier releases tell of the cells of this one, and the numbers they had.
pub(super) fn earlier(cells: &Cells, releases: &[Earlier]) -> (Vec<Aside>, Vec<(usize, i64)>) {
    let mut aside = BTreeSet::new();
    let mut numbers = BTreeMap::new();
    for release in releases {
        let base = i64::from(release.base.max(1));
        for (key, number) in &release.counts {
            let (Some(cell), Some(number)) = (cells.position(key), *number) else {
                continue;
            };
            let number = number as i64;
            let Bounds { lower, upper } = match release.method {
                DisclosureMethod::ControlledRounding => {
                    stands_for(number, cells.persons(cell) as i64, base)
                }
                DisclosureMethod::Threshold => Bounds {
                    // There a number that was not zero was never shown as zero.
                    lower: if number == base {
                        1
                    } else {
                        (number - base / 2).max(0)
                    },
                    upper: if number == 0 { 0 } else { number + base / 2 },
                },
            };
            aside.insert((cell, lower, upper));
            numbers.insert(cell, number);
        }
    }
    let aside = aside
        .into_iter()
        .map(|(cell, lower, upper)| Aside {
            cell,
            bounds: Bounds { lower, upper },
        })
        .collect();
    (aside, numbers.into_iter().collect())
}

/// The total is at most its parts together.
fn covering(builder: &mut SystemBuilder, total: usize, parts: &[usize]) -> Result<(), SystemError> {
    let sum = parts.iter().map(|part| builder.count(*part)).sum();
    let all = builder.hidden(sum, 0, 0)?;
    builder.sum(all, parts)?;
    builder.among(total, all)?;
    Ok(())
}

/// Places at their times, each below the place it adds up to.
struct Places;

impl Places {
    fn of(
        cells: &Cells,
        relations: &[Relation],
        builder: &mut SystemBuilder,
    ) -> BTreeMap<(Time, Place), u32> {
        let mut above: BTreeMap<(Time, Place), BTreeSet<Place>> = cells
            .keys()
            .iter()
            .map(|key| ((key.time, key.place.clone()), BTreeSet::new()))
            .collect();
        for relation in relations {
            if let Relation::Sum { total, parts, .. } = relation {
                let total = &cells.keys()[*total];
                for part in parts {
                    let part = &cells.keys()[*part];
                    if part.place != total.place
                        && let Some(found) = above.get_mut(&(part.time, part.place.clone()))
                    {
                        found.insert(total.place.clone());
                    }
                }
            }
        }
        let mut parents = tree(&above);
        let mut ids: BTreeMap<(Time, Place), u32> = BTreeMap::new();
        // A place lies within a larger one, so that no place waits for itself.
        while !parents.is_empty() {
            parents.retain(|place, parent| {
                let above = parent.as_ref().map(|parent| ids.get(parent).copied());
                if above == Some(None) {
                    return true;
                }
                ids.insert(place.clone(), builder.place(above.flatten()));
                false
            });
        }
        ids
    }
}

/// One tree of places: below each region what lies within it. Regions that overlap a larger one
/// hold nothing in the tree; they stand below what holds all of them.
fn tree(
    above: &BTreeMap<(Time, Place), BTreeSet<Place>>,
) -> BTreeMap<(Time, Place), Option<(Time, Place)>> {
    // What makes up each place: those with nothing below them.
    let regions: BTreeSet<(Time, &Place)> = above
        .iter()
        .flat_map(|((time, _), above)| above.iter().map(|place| (*time, place)))
        .collect();
    let mut members: BTreeMap<(Time, &Place), BTreeSet<&Place>> = BTreeMap::new();
    for (time, place) in above.keys() {
        if regions.contains(&(*time, place)) {
            continue;
        }
        let mut front = vec![place];
        while let Some(at) = front.pop() {
            for up in above.get(&(*time, at.clone())).into_iter().flatten() {
                if members.entry((*time, up)).or_default().insert(place) {
                    front.push(up);
                }
            }
        }
    }
    // The largest first: each is taken that lies within or beside all those taken before.
    let mut order: Vec<_> = members.iter().collect();
    order.sort_by_key(|((_, place), own)| (Reverse(own.len()), Reverse(*place)));
    let mut taken: Vec<((Time, &Place), &BTreeSet<&Place>)> = Vec::new();
    let mut parents = BTreeMap::new();
    for ((time, place), own) in order {
        let mut fits = true;
        let mut parent = None;
        for ((at, outer), all) in &taken {
            if at == time && own.is_subset(all) {
                parent = Some((*time, (*outer).clone()));
                // One that is the same follows from the one taken.
                fits &= own.len() < all.len();
            } else if at == time && !own.is_disjoint(all) {
                fits = false;
            }
        }
        parents.insert((*time, (*place).clone()), parent);
        if fits {
            taken.push(((*time, place), own));
        }
    }
    for (time, place) in above.keys() {
        if !regions.contains(&(*time, place)) {
            let mut inwards = taken.iter().rev();
            let parent = inwards.find(|((at, _), all)| at == time && all.contains(place));
            let parent = parent.map(|((at, outer), _)| (*at, (*outer).clone()));
            parents.insert((*time, place.clone()), parent);
        }
    }
    parents
}

/// Which dimensions a cell is broken down by, its place apart.
fn crossing(key: &CubeKey) -> (usize, Vec<bool>, &'static str, &'static str) {
    let used = vec![
        key.category.is_some(),
        key.sex.is_some(),
        key.age.is_some(),
        key.origin.is_some(),
        key.region.is_some(),
        key.household.is_some(),
        key.duration.is_some(),
        key.nationality.is_some(),
        key.residence.is_some(),
    ];
    let many = used.iter().filter(|used| **used).count();
    (many, used, key.total.key(), key.measure.key())
}

type Crossing = (usize, Vec<bool>, &'static str, &'static str);

fn tables(keys: &[CubeKey]) -> BTreeMap<Crossing, u32> {
    let found: BTreeSet<Crossing> = keys.iter().map(crossing).collect();
    found
        .into_iter()
        .enumerate()
        .map(|(rank, crossing)| (crossing, rank as u32))
        .collect()
}
