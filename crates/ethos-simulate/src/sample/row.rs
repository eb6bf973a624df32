//! Rows with nothing wrong in them: every date after the ones it must come after, every code one
//! of its list, every person's attributes the same wherever the person occurs.

use std::io::Write;

use ethos_model::category::EthosCategory;
use ethos_model::date::Day;
use ethos_model::layout::{DateForm, FieldType, LayoutKind, Target};
use ethos_model::municipality::{ChangeKind, MunicipalityCode, MunicipalityRegister};

use super::columns::{Scenario, Shape};
use super::days::DayTexts;
use super::numbers::{Numbered, Numbers};
use super::text;
use crate::streams::{Purpose, Stream};

/// Days of one lap of the numbers: within it a person's stays do not overlap, and the next lap
/// lies before it.
const LAP: i32 = 400;
/// Days of the period that a file is about.
const PERIOD: i32 = 364;

/// Codes that municipalities have, had and never had.
#[derive(Debug)]
pub(super) struct Places {
    /// Those that existed all through the years of the register.
    pub(super) lasting: Vec<MunicipalityCode>,
    /// Those that ended, with the day.
    pub(super) ended: Vec<(MunicipalityCode, Day)>,
    /// Those that were divided, with the day.
    pub(super) divided: Vec<(MunicipalityCode, Day)>,
}

impl Places {
    fn new() -> Self {
        let register = MunicipalityRegister::shipped();
        let first = Day::from_ymd(MunicipalityRegister::FIRST_YEAR, 1, 1).unwrap_or(Day(0));
        let mut places = Self {
            lasting: Vec::new(),
            ended: Vec::new(),
            divided: Vec::new(),
        };
        for place in register.iter() {
            match (place.valid_to, register.change_of(place.code)) {
                (None, _) if place.valid_from.is_none_or(|from| from <= first) => {
                    places.lasting.push(place.code);
                }
                (Some(end), Some(change)) if matches!(change.kind, ChangeKind::Split(..)) => {
                    places.divided.push((place.code, end));
                }
                (Some(end), Some(_)) => places.ended.push((place.code, end)),
                _ => {}
            }
        }
        places
    }
}

/// When what a row is about was.
#[derive(Copy, Clone, Debug)]
pub(super) struct Times {
    pub(super) start: Day,
    pub(super) end: Option<Day>,
    pub(super) ready: Option<Day>,
    pub(super) expected: Option<Day>,
    pub(super) birth: Day,
}

/// A row as it is made.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) cells: Vec<Vec<u8>>,
    pub(super) times: Times,
    pub(super) number: u32,
    pub(super) scenario: Scenario,
}

/// Makes rows.
#[derive(Debug)]
pub(super) struct RowMaker {
    pub(super) shape: Shape,
    pub(super) places: Places,
    pub(super) made: Day,
    /// Last day of the period the file is about.
    pub(super) last: Day,
    pub(super) sender: MunicipalityCode,
    pub(super) days: DayTexts,
    numbers: Numbers,
    stream: Stream,
    seed: u64,
    records: u64,
    /// The person of the row before, with the first day of that row.
    before: Option<(Numbered, Day)>,
    /// The last grown-up of a register, for the children after.
    adult: Option<(u32, u64)>,
}

impl RowMaker {
    pub(super) fn new(shape: Shape, made: Day, last: Day, form: DateForm, seed: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::Sample);
        let places = Places::new();
        let sender = *stream.one_of(&places.lasting);
        Self {
            days: DayTexts::new(made.plus_months(-1_320), made.plus_months(36), form),
            numbers: Numbers::new(seed),
            shape,
            places,
            made,
            last,
            sender,
            stream,
            seed,
            records: 0,
            before: None,
            adult: None,
        }
    }

    /// The next row; `alone` when something is to be made wrong with it: then it is about someone
    /// who is in scope and of whom no other row is, so that the mistake shows there alone.
    pub(super) fn next(&mut self, row: &mut Row, alone: bool) {
        self.records += 1;
        let outside = self.stream.chance(0.1) && !self.shape.out_of_scope.is_empty();
        let among = if outside && !alone {
            &self.shape.out_of_scope
        } else {
            &self.shape.in_scope
        };
        row.scenario = self.stream.one_of(among).clone();
        let again = self.again(&row.scenario).filter(|_| !alone);
        let numbered = match again {
            Some((numbered, _)) => numbered,
            None => self.numbers.next(),
        };
        row.number = numbered.number;
        let base = self.last.plus_days(-LAP * numbered.lap as i32);
        let birth = self.birth(numbered.number, &row.scenario);
        row.times = match again {
            Some((_, later)) => self.earlier(later, birth),
            None => self.times(base, birth, &row.scenario),
        };
        self.before = (!alone).then_some((numbered, row.times.start));
        for at in 0..self.shape.columns.len() {
            let mut cell = std::mem::take(&mut row.cells[at]);
            cell.clear();
            self.fill(at, row, &mut cell);
            row.cells[at] = cell;
        }
        self.fill_required(row);
    }

    /// An empty row to make rows in.
    pub(super) fn blank(&self) -> Row {
        Row {
            cells: vec![Vec::new(); self.shape.columns.len()],
            times: Times {
                start: self.made,
                end: None,
                ready: None,
                expected: None,
                birth: self.made,
            },
            number: 0,
            scenario: self.shape.in_scope[0].clone(),
        }
    }

    /// Now and then the person of the row before had an earlier stay as well.
    fn again(&mut self, scenario: &Scenario) -> Option<(Numbered, Day)> {
        let stays = self.shape.kind == LayoutKind::Spells
            && self.shape.at(Target::End).is_some()
            && !looks_ahead(scenario.category);
        let often = self.stream.chance(0.12);
        let (numbered, start) = self.before?;
        let base = self.last.plus_days(-LAP * numbered.lap as i32);
        let room = start.0 - 50 > base.0 - PERIOD;
        (stays && often && room).then_some((numbered, start))
    }

    fn birth(&mut self, number: u32, scenario: &Scenario) -> Day {
        // The same for every row about the person, whatever was drawn in between.
        let drawn = mixed(self.seed ^ u64::from(number));
        let young = scenario.living.is_some_and(|living| living.code() == "4c");
        let (least, most) = match self.shape.kind {
            LayoutKind::PersonRegister => (0, 88),
            _ if young => (15, 20),
            _ => (19, 70),
        };
        let days = u64::from((most - least) as u32 * 365);
        self.made
            .plus_days(-(least * 366) - 1 - (drawn % days) as i32)
    }

    fn is_male(&self, number: u32) -> bool {
        mixed(self.seed.rotate_left(17) ^ u64::from(number)) % 10 < 6
    }

    fn earlier(&mut self, later: Day, birth: Day) -> Times {
        // Fewer than a week between two stays would look like one.
        let end = later.plus_days(-self.stream.between(7, 40));
        Times {
            start: end.plus_days(-self.stream.between(0, 60)),
            end: Some(end),
            ready: None,
            expected: None,
            birth,
        }
    }

    fn times(&mut self, base: Day, birth: Day, scenario: &Scenario) -> Times {
        let stream = &mut self.stream;
        let mut times = Times {
            start: base,
            end: None,
            ready: None,
            expected: None,
            birth,
        };
        match scenario.category {
            EthosCategory::Institution => {
                times.start = base.plus_days(-stream.between(90, 390));
                let ready = stream.chance(0.6);
                if ready || scenario.needs_ready || self.shape.kind == LayoutKind::CountDay {
                    times.ready = Some(stream.day(times.start.plus_days(30), base.plus_days(-1)));
                }
                times.expected = Some(self.made.plus_days(stream.between(1, 27)));
            }
            EthosCategory::EvictionThreat => {
                times.start = base.plus_days(-stream.between(1, 40));
                times.expected = Some(self.made.plus_days(stream.between(1, 27)));
            }
            _ if stream.chance(0.55) => {
                times.start = base.plus_days(-stream.between(3, 280));
                let last = times.start.plus_days(stream.days(50.0).min(170));
                // Who is still there has no end.
                times.end = Some(last).filter(|last| *last <= base);
            }
            _ => times.start = base.plus_days(-stream.between(0, 120)),
        }
        // A child is not in a situation before it is born.
        if self.shape.kind != LayoutKind::PersonRegister {
            times.start = times.start.max(birth.plus_days(1));
        }
        times
    }

    fn fill(&mut self, at: usize, row: &Row, cell: &mut Vec<u8>) {
        let Some(target) = self.shape.columns[at].target else {
            self.fill_unused(at, row, cell);
            return;
        };
        let times = &row.times;
        let day = match target {
            Target::FileDate | Target::Observed => Some(self.made),
            Target::Start => Some(times.start),
            Target::End => times.end,
            Target::PlannedStart => Some(times.start.plus_days(-self.stream.between(0, 6))),
            Target::PlannedEnd => Some(times.start.plus_days(180)),
            Target::ReadyToLeave => times.ready,
            Target::ExpectedOn => times.expected,
            Target::BirthDate => Some(times.birth),
            _ => {
                self.fill_other(at, target, row, cell);
                return;
            }
        };
        if let Some(day) = day {
            self.days.push(day, cell);
        }
    }

    fn fill_other(&mut self, at: usize, target: Target, row: &Row, cell: &mut Vec<u8>) {
        let times = &row.times;
        let registered = |code: MunicipalityCode, cell: &mut Vec<u8>| {
            // A buffer in memory takes every byte.
            let _ = write!(cell, "{:04}", code.number());
        };
        match target {
            Target::MunicipalityResponsible => registered(self.sender, cell),
            Target::MunicipalityStay if self.shape.kind == LayoutKind::Spells => {
                registered(self.sender, cell);
            }
            // One person comes from one place, whatever the row.
            Target::MunicipalityRegistered | Target::MunicipalityOrigin => {
                let lasting = &self.places.lasting;
                let at = mixed(self.seed.rotate_left(29) ^ u64::from(row.number));
                registered(lasting[(at % lasting.len() as u64) as usize], cell);
            }
            Target::MunicipalityStay => {
                registered(*self.stream.one_of(&self.places.lasting), cell);
            }
            Target::Person => {
                let _ = write!(cell, "{:09}", row.number);
            }
            Target::NameLetters => text::letters(&mut self.stream, cell),
            Target::Product => {
                cell.extend_from_slice(row.scenario.product.as_deref().unwrap_or(b""));
            }
            Target::Situation => {
                cell.extend_from_slice(row.scenario.situation.as_deref().unwrap_or(b""));
            }
            Target::EndReason => {
                let ended = times.end.is_some() || self.shape.at(Target::End).is_none();
                if ended {
                    self.fill_code(at, cell, b"19");
                }
            }
            Target::Sex => {
                let key = if self.is_male(row.number) {
                    "male"
                } else {
                    "female"
                };
                self.fill_level(at, key, cell);
            }
            Target::Age => {
                let age = self.made.age_of(times.birth).unwrap_or(0);
                let _ = write!(cell, "{age}");
            }
            Target::Nationality => {
                let key = if is_dutch(row.number) { "dutch" } else { "eu" };
                self.fill_level(at, key, cell);
            }
            Target::Origin => {
                let key = if is_dutch(row.number) {
                    "nl_both_parents"
                } else {
                    "europe"
                };
                self.fill_level(at, key, cell);
            }
            Target::Residence => self.fill_level(at, "registered", cell),
            Target::Household => {
                let child = self.made.age_of(times.birth).is_some_and(|age| age < 18);
                let household = match self.adult.filter(|_| child) {
                    Some((_, household)) => household,
                    None => self.records,
                };
                if !child {
                    self.adult = Some((row.number, household));
                }
                let _ = write!(cell, "H{household}");
            }
            Target::Parent1 => {
                let child = self.made.age_of(times.birth).is_some_and(|age| age < 18);
                if let Some((parent, _)) = self.adult.filter(|_| child) {
                    let _ = write!(cell, "{parent:09}");
                }
            }
            Target::ChildrenWith => {
                let children = self
                    .stream
                    .pick(&[(0, 0.8), (1, 0.1), (2, 0.07), (3, 0.03)]);
                let outside = row.scenario.category == EthosCategory::PublicSpace;
                let children = if outside { 0 } else { children };
                let _ = write!(cell, "{children}");
            }
            Target::ChildrenElsewhere => cell.push(b'0'),
            Target::Provider | Target::Organisation if self.shape.columns[at].codes.is_empty() => {
                cell.extend_from_slice(text::organisation(&mut self.stream).as_bytes());
            }
            Target::RecordNumber => {
                let _ = write!(cell, "{:07}", self.records);
            }
            _ => self.fill_unused(at, row, cell),
        }
    }

    /// A column by its type alone.
    fn fill_unused(&mut self, at: usize, row: &Row, cell: &mut Vec<u8>) {
        let column = &self.shape.columns[at];
        match column.kind {
            FieldType::Date => self.days.push(row.times.start, cell),
            FieldType::Municipality => {
                let code = *self.stream.one_of(&self.places.lasting);
                let _ = write!(cell, "{:04}", code.number());
            }
            FieldType::Code => self.fill_code(at, cell, b""),
            FieldType::Integer => {
                let _ = write!(cell, "{}", self.stream.below(4));
            }
            FieldType::Decimal => {
                let (euros, cents) = (self.stream.between(40, 6_500), self.stream.below(100));
                let _ = write!(cell, "{euros},{cents:02}");
            }
            FieldType::Age => {
                let _ = write!(cell, "{}", self.stream.between(19, 70));
            }
            FieldType::Text => cell.extend_from_slice(text::word(&mut self.stream).as_bytes()),
            // A number beside the person's, such as a second parent's, stays blank.
            FieldType::Bsn => {}
        }
    }

    /// One of a column's codes that stands for something known; `other` where it has none.
    fn fill_code(&mut self, at: usize, cell: &mut Vec<u8>, other: &[u8]) {
        let column = &self.shape.columns[at];
        let count = column.living_codes().count();
        let chosen = column.living_codes().nth(self.stream.below(count));
        cell.extend_from_slice(chosen.map_or(other, |code| code));
    }

    /// The first code that stands for a level; any known one where none does.
    fn fill_level(&mut self, at: usize, key: &str, cell: &mut Vec<u8>) {
        let codes = &self.shape.columns[at].codes;
        match codes.iter().find(|(_, to)| to == key) {
            Some((code, _)) => cell.extend_from_slice(code),
            None => self.fill_code(at, cell, b""),
        }
    }

    /// Fills what a layout asks for because of another cell, and what it always asks for.
    fn fill_required(&mut self, row: &mut Row) {
        for at in 0..self.shape.columns.len() {
            let column = &self.shape.columns[at];
            let asked = column
                .required_when
                .as_ref()
                .is_some_and(|(other, condition)| condition.holds_bytes(&row.cells[*other]));
            if !row.cells[at].is_empty() || !(asked || column.always) {
                continue;
            }
            let mut cell = std::mem::take(&mut row.cells[at]);
            match column.target {
                Some(Target::ReadyToLeave) => self.days.push(self.made.plus_days(-1), &mut cell),
                Some(Target::ExpectedOn) => self.days.push(self.made.plus_days(20), &mut cell),
                Some(Target::End) => self.days.push(self.made, &mut cell),
                Some(Target::Product | Target::Situation | Target::Person) => {}
                Some(Target::EndReason) => self.fill_code(at, &mut cell, b"19"),
                _ => self.fill_unused(at, row, &mut cell),
            }
            row.cells[at] = cell;
        }
    }
}

/// Whether a row of this category is about what is to come.
pub(super) fn looks_ahead(category: EthosCategory) -> bool {
    matches!(
        category,
        EthosCategory::Institution | EthosCategory::EvictionThreat
    )
}

fn is_dutch(number: u32) -> bool {
    mixed(u64::from(number)) % 10 < 7
}

/// A number whose every bit depends on all of another's (the finaliser of `SplitMix64`).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
