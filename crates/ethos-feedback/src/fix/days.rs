//! What the columns of days of a file prove of the order they are written in.

use ethos_ingest::mend::{DayEvidence, DayOrder, Field, Step, day_in, excel_day};
use ethos_model::date::Day;
use ethos_model::finding::{Text, column_letters};
use ethos_model::layout::Target;

/// Days by which two ways to count a spreadsheet's days differ.
const EPOCHS_APART: i32 = 1_462;

/// Days after the last day a file can be about that no past event can lie.
const MARGIN: i32 = 366;

/// What the cells of a column were seen to be.
#[derive(Clone, Default)]
pub(super) struct Days {
    filled: u64,
    evidence: DayEvidence,
    /// The first cells that can only be day first, and only month first.
    day_first: Option<u64>,
    month_first: Option<u64>,
    /// Spreadsheet numbers, and the last day they stand for.
    serials: u64,
    last: Option<Day>,
}

/// What all columns of a file tell of the order of days.
#[derive(Default)]
pub(super) struct Orders {
    evidence: DayEvidence,
    /// The first cell that can only be day first, and only month first.
    day_first: Option<String>,
    month_first: Option<String>,
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
    /// Real dates that a spreadsheet made with day and month swapped, it seems, beside text.
    Half,
    /// Numbers that may be days, or may not.
    Serials,
}

impl Orders {
    /// Adds a column; `at` is its position.
    pub(super) fn add(&mut self, days: &Days, at: usize) {
        self.evidence.add(days.evidence);
        let cell = |row: Option<u64>| Some(format!("{}{}", column_letters(at as u32 + 1), row?));
        for (first, row) in [
            (&mut self.day_first, days.day_first),
            (&mut self.month_first, days.month_first),
        ] {
            if first.is_none() {
                *first = cell(row);
            }
        }
    }
}

impl Days {
    /// Takes a cell of a row, blanks around it gone.
    pub(super) fn take(&mut self, cell: &str, row: u64, field: Field<'_>) {
        if cell.is_empty() {
            return;
        }
        if field.is_right(cell) {
            // A day that is not known (`19700000`) is none to a spreadsheet: it stays beside its numbers, and
            // tells nothing of how days are written.
            if lacks_day(cell) {
                return;
            }
            self.filled += 1;
            self.evidence.real(cell.as_bytes());
            return;
        }
        self.filled += 1;
        if let Some(day) = excel_day(cell) {
            self.serials += 1;
            self.last = self.last.max(Some(day));
            return;
        }
        if Step::DayFirst.needs_no_proof(cell) && day_in(cell, DayOrder::DayFirst).is_some() {
            return;
        }
        let before = self.evidence;
        if [DayOrder::DayFirst, DayOrder::MonthFirst]
            .iter()
            .any(|order| day_in(cell, *order).is_some())
        {
            self.evidence.text(cell.as_bytes());
        }
        if self.evidence.day_first > before.day_first {
            self.day_first = self.day_first.or(Some(row));
        }
        if self.evidence.month_first > before.month_first {
            self.month_first = self.month_first.or(Some(row));
        }
    }

    /// What the column proves together with the others of the file: one cell to the contrary, in whatever
    /// column, and nothing is certain. `until` is the last day the file can be about; `counted` is whether
    /// the file itself says how its days are counted.
    pub(super) fn proof(
        &self,
        all: &Orders,
        field: Field<'_>,
        until: Option<Day>,
        counted: bool,
    ) -> Proof {
        let texts = self.evidence.one_way() + self.evidence.either;
        let (order, open) = match (all.evidence.day_first > 0, all.evidence.month_first > 0) {
            _ if texts == 0 => (None, None),
            _ if self.evidence.looks_half_converted() => {
                (None, Some((OpenDays::Half, self.evidence.real)))
            }
            (true, true) => (None, Some((OpenDays::Mixed, texts))),
            (true, false) => (Some(Step::DayFirst), None),
            (false, true) => (Some(Step::MonthFirst), None),
            (false, false) => (None, Some((OpenDays::Either, texts))),
        };
        // A number among days is a slip of the hand; a column of them is an export. A real date among them says
        // that not all of it was treated alike: then a person decides.
        let mostly = self.serials >= 2 && self.serials * 20 >= self.filled * 19;
        let column = mostly && self.evidence.real == 0;
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
        let open = open.or((mostly && !serials).then_some((OpenDays::Serials, self.serials)));
        Proof {
            order,
            serials,
            open,
        }
    }
}

/// Whether a date says by zeros that its day is not known: `19700000`, `1970-05-00`, `00-00-1970`.
fn lacks_day(cell: &str) -> bool {
    let year_first = cell.starts_with("19") || cell.starts_with("20");
    let mut digits = cell.bytes().filter(u8::is_ascii_digit).skip(6);
    let no_day = digits.next() == Some(b'0') && digits.next() == Some(b'0');
    // Where the year stands last, those are of the year.
    let year_last = matches!(cell.as_bytes(), [_, _, b'-' | b'/' | b'.', ..]);
    cell.starts_with("00") || (year_first && no_day && !year_last)
}

impl OpenDays {
    /// What a person has to decide.
    pub(super) fn words(self, all: &Orders) -> Text {
        let (nl, en) = match self {
            Self::Either => (
                "elke datum kan dag-maand en maand-dag zijn (03-04-2025). Kijk in uw bronsysteem welke het is en lever \
                 de datums als jjjjmmdd",
                "every date can be day-month and month-day (03-04-2025). See in your source system which it is and \
                 deliver the dates as yyyymmdd",
            ),
            Self::Mixed => return all.contradiction(),
            Self::Half => (
                "de echte datums hebben geen dag boven de 12 en de datums die tekst bleven wel. Waarschijnlijk heeft \
                 Excel bij de echte datums dag en maand verwisseld. Vergelijk er een paar met uw bronsysteem en maak \
                 de export opnieuw zonder haar met Excel te openen",
                "no real date has a day beyond 12, and the dates that stayed text do. A spreadsheet has probably \
                 swapped day and month of the real ones. Compare some with your source system and export again \
                 without opening the file in a spreadsheet",
            ),
            Self::Serials => (
                "er staan volgnummers van Excel in plaats van datums, en het bestand bewijst niet vanaf welk jaar is geteld. \
                 Maak de kolom in Excel op als datum en sla opnieuw op",
                "there are a spreadsheet's numbers instead of dates, and the file does not prove from which year they \
                 count. Format the column as dates and save again",
            ),
        };
        Text::new(nl, en)
    }
}

impl Orders {
    /// What speaks for either order.
    fn contradiction(&self) -> Text {
        let DayEvidence {
            day_first,
            month_first,
            ..
        } = self.evidence;
        let cell = |first: &Option<String>| first.clone().unwrap_or_default();
        let (a, b) = (cell(&self.day_first), cell(&self.month_first));
        Text::new(
            format!(
                "in dit bestand kunnen {day_first} datums alleen dag-maand-jaar zijn (de eerste in {a}) en {month_first} \
                 alleen maand-dag-jaar (de eerste in {b}). Verbeter wat een typefout is, of maak de export opnieuw met \
                 een soort datum"
            ),
            format!(
                "in this file some dates ({day_first}, the first in {a}) can be day-month-year only and others \
                 ({month_first}, the first in {b}) month-day-year only. Correct what is a typing error, or export \
                 again with one kind of date"
            ),
        )
    }
}
