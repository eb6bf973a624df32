//! The country itself: its people, where they are on each reference date, and which lists have
//! them. Nothing here is written yet; [`crate::extract`] turns it into files.
//!
//! | module | what it makes |
//! |---|---|
//! | [`place`] | municipalities, their weights, centres and coverage |
//! | [`mix`] | people in the scope by sex, age, origin and place, at the published margins |
//! | [`capture`] | the log-linear model of the lists |
//! | [`person`], [`identity`] | people, numbers, letters of names |
//! | [`flow`] | who comes, stays and goes between the dates |
//! | [`listing`] | whom the lists have on a date |
//! | [`situation`] | in which category, since when, where |
//! | [`family`] | partners and children |
//! | [`stretch`] | from dates to spells on a list |
//! | [`calendar`] | dates and ages, worked out once |

pub(crate) mod calendar;
pub(crate) mod capture;
pub(crate) mod family;
pub(crate) mod flow;
pub(crate) mod identity;
pub(crate) mod listing;
pub(crate) mod mix;
pub(crate) mod person;
pub(crate) mod place;
pub(crate) mod situation;
pub(crate) mod stretch;

use ethos_model::category::LivingSituation;
use ethos_model::date::Day;

use self::capture::CaptureModel;
use self::person::{Person, PersonIndex};
use self::place::{PlaceId, Places};
use crate::options::CountryOptions;

/// A simulated country.
#[derive(Debug)]
pub(crate) struct Country {
    pub(crate) options: CountryOptions,
    /// Reference dates, in order.
    pub(crate) dates: Vec<Day>,
    /// Last day that any file can know of.
    pub(crate) horizon: Day,
    pub(crate) count_day: Day,
    pub(crate) places: Places,
    pub(crate) model: CaptureModel,
    pub(crate) persons: Vec<Person>,
    /// Stays and benefits that touch no reference date.
    pub(crate) visits: Vec<Visit>,
    /// The centre municipality that stops delivering.
    pub(crate) stops: PlaceId,
}

/// A stretch on a list between two reference dates.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) person: PersonIndex,
    /// The list: 0 for the shelters, 1 for the benefit.
    pub(crate) list: usize,
    pub(crate) start: Day,
    pub(crate) end: Day,
    pub(crate) stay: PlaceId,
}

impl Country {
    /// Makes the country; the options have been checked.
    pub(crate) fn new(options: &CountryOptions) -> Self {
        let day = |year, month, day| Day::from_ymd(year, month, day).unwrap_or(Day(0));
        let dates: Vec<Day> = options.years.iter().map(|year| day(*year, 1, 1)).collect();
        let first = options.years[0];
        let last = options.years[options.years.len() - 1];
        let count_year = if options.years.contains(&2025) {
            2025
        } else {
            first
        };
        let places = Places::draw(options.seed, dates[0]);
        let mut country = Self {
            horizon: day(last, 2, 28),
            count_day: day(count_year, 4, 8),
            stops: places.smallest_centre(),
            model: CaptureModel::fitted(&mix::shares(first)),
            options: options.clone(),
            persons: Vec::new(),
            visits: Vec::new(),
            dates,
            places,
        };
        flow::populate(&mut country);
        family::grow_up(&mut country);
        country
    }

    /// Whether a centre municipality delivers its file of the year of a date. One does not, for
    /// the last two.
    pub(crate) fn delivers(&self, centre: PlaceId, date: usize) -> bool {
        centre != self.stops || date + 2 < self.dates.len()
    }

    /// Whether nobody tells who is in the shelters of this municipality's region on a date: the
    /// file of its year is not there, and neither is that of the year before, which speaks of
    /// the stays that last on the first of January.
    pub(crate) fn is_absent(&self, stay: PlaceId, date: usize) -> bool {
        let centre = self.places.get(stay).centre;
        let years = &self.options.years;
        let year_before = date > 0 && years[date - 1] + 1 == years[date];
        let told = self.delivers(centre, date) || year_before && self.delivers(centre, date - 1);
        !told
    }
}

/// Where a person is on any day: the situation and the municipality, or none for someone
/// who is not homeless and not threatened.
pub(crate) fn whereabouts(
    person: &Person,
    visits: &[Visit],
    day: Day,
) -> Option<(LivingSituation, PlaceId)> {
    if day < person.entry || person.exit.is_some_and(|exit| exit <= day) {
        return None;
    }
    let on = |visit: &&Visit| visit.start <= day && day < visit.end;
    if let Some(visit) = visits.iter().find(on) {
        let situation = if visit.list == 0 { "2a" } else { "6b" };
        return Some((situation::of(situation), visit.stay));
    }
    let covering = person
        .seasons
        .iter()
        .find(|s| s.since <= day && s.until.is_none_or(|until| day < until));
    Some(covering.map_or_else(
        || (situation::of("6b"), person.home),
        |season| (season.situation, season.stay),
    ))
}
