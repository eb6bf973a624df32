//! What a column of days proves of the order they are written in.

use ethos_ingest::mend::{DayOrder, Field, Step, day_in, excel_day};
use ethos_model::date::Day;
use ethos_model::layout::Target;

/// Days by which two ways to count a spreadsheet's days differ.
const EPOCHS_APART: i32 = 1_462;

/// Days after the last day a file can be about that no past event can lie.
const MARGIN: i32 = 366;

/// What the cells of a column were seen to be.
#[derive(Clone, Default)]
pub(super) struct Days {
    filled: u64,
    /// Cells that are days as the layout has them.
    right: u64,
    /// Cells that can only be day first, and only month first.
    day_first: u64,
    month_first: u64,
    /// Cells that can be both, as different days.
    either: u64,
    /// Spreadsheet numbers, and the last day they stand for.
    serials: u64,
    last: Option<Day>,
}

/// What a column proves.
#[derive(Clone, Default)]
pub(super) struct Proof {
    /// The step for days whose order had to be proven.
    pub(super) order: Option<Step>,
    /// Whether numbers are days counted from 1900.
    pub(super) serials: bool,
    /// What a person has to decide.
    pub(super) open: Option<(OpenDays, u64)>,
}

/// Why the order of days is not certain.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum OpenDays {
    /// Every cell can be read both ways.
    Either,
    /// Some cells are day first and some month first.
    Mixed,
    /// Numbers that may be days, or may not.
    Serials,
}

impl Days {
    /// Takes a cell, blanks around it gone.
    pub(super) fn take(&mut self, cell: &str, field: Field<'_>) {
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        if field.is_right(cell) {
            self.right += 1;
            return;
        }
        if let Some(day) = excel_day(cell) {
            self.serials += 1;
            self.last = self.last.max(Some(day));
            return;
        }
        if Step::DayFirst.needs_no_proof(cell) && day_in(cell, DayOrder::DayFirst).is_some() {
            return;
        }
        match (
            day_in(cell, DayOrder::DayFirst),
            day_in(cell, DayOrder::MonthFirst),
        ) {
            (Some(a), Some(b)) if a != b => self.either += 1,
            (Some(_), None) => self.day_first += 1,
            (None, Some(_)) => self.month_first += 1,
            _ => {}
        }
    }

    /// What the column proves. `until` is the last day the file can be about; `counted` is whether the
    /// file itself says how its days are counted.
    pub(super) fn proof(&self, field: Field<'_>, until: Option<Day>, counted: bool) -> Proof {
        let order = match (self.day_first, self.month_first) {
            (1.., 0) => Some(Step::DayFirst),
            (0, 1..) => Some(Step::MonthFirst),
            _ => None,
        };
        let open = match (self.day_first > 0, self.month_first > 0) {
            (true, true) => Some((
                OpenDays::Mixed,
                self.day_first + self.month_first + self.either,
            )),
            (false, false) if self.either > 0 => Some((OpenDays::Either, self.either)),
            _ => None,
        };
        // A number among days is a slip of the hand; a column of them is an export.
        let column = self.serials >= 2 && self.right == 0 && self.serials * 20 >= self.filled * 19;
        let past = matches!(
            field.target(),
            Some(
                Target::Start
                    | Target::End
                    | Target::Observed
                    | Target::BirthDate
                    | Target::ReadyToLeave
            )
        );
        let bounded = matches!((until, self.last), (Some(until), Some(last))
            if past && last <= until.plus_days(MARGIN)
                && last.plus_days(EPOCHS_APART) > until.plus_days(MARGIN));
        let serials = column && (counted || bounded);
        let open = open.or((column && !serials).then_some((OpenDays::Serials, self.serials)));
        Proof {
            order,
            serials,
            open,
        }
    }
}

impl OpenDays {
    /// What a person has to decide, in Dutch and English.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Either => (
                "elke datum kan dag-maand en maand-dag zijn (03-04-2025). Kijk in uw bronsysteem welke het is en lever \
                 de datums als jjjjmmdd",
                "every date can be day-month and month-day (03-04-2025). See in your source system which it is and \
                 deliver the dates as yyyymmdd",
            ),
            Self::Mixed => (
                "sommige datums zijn dag-maand-jaar en andere maand-dag-jaar. Maak de export opnieuw met een soort datum",
                "some dates are day-month-year and others month-day-year. Export again with one kind of date",
            ),
            Self::Serials => (
                "er staan volgnummers van Excel in plaats van datums, en het bestand zegt niet vanaf welk jaar is geteld. \
                 Maak de kolom in Excel op als datum en sla opnieuw op",
                "there are a spreadsheet's numbers instead of dates, and the file does not say from which year they \
                 count. Format the column as dates and save again",
            ),
        }
    }
}
