//! Columns of which every cell can be read and the whole tells that something happened to them.

use ethos_model::finding::Text;

use crate::detect::Plan;
use crate::fields::DateCell;
use crate::findings::Findings;
use crate::mend::{DayEvidence, ZeroEvidence};
use crate::rules::{Detail, Observation, Place};

/// What the cells of columns tell together, by the field's position in the layout.
#[derive(Clone, Default)]
pub(crate) struct Doubts {
    days: Vec<DayEvidence>,
    numbers: Vec<ZeroEvidence>,
}

impl Doubts {
    /// Takes a cell that should be a day.
    #[inline]
    pub(super) fn day(&mut self, field: usize, cell: &[u8], read: DateCell) {
        match read {
            DateCell::Day(_) => place(&mut self.days, field).real(cell),
            DateCell::Wrong => place(&mut self.days, field).text(cell),
            DateCell::Blank | DateCell::Partial(_) | DateCell::Open | DateCell::Implausible => {}
        }
    }

    /// The numbers of a column of citizen service numbers.
    #[inline]
    pub(super) fn numbers(&mut self, field: usize) -> &mut ZeroEvidence {
        place(&mut self.numbers, field)
    }

    /// Adds what rows that follow tell.
    pub(super) fn merge(&mut self, next: &Self) {
        for (field, days) in next.days.iter().enumerate() {
            place(&mut self.days, field).add(*days);
        }
        for (field, numbers) in next.numbers.iter().enumerate() {
            place(&mut self.numbers, field).add(*numbers);
        }
    }

    /// Makes the findings.
    pub(crate) fn finish(&self, plan: &Plan<'_>, findings: &mut Findings<'_>) {
        // A spreadsheet treats all columns of days alike, so they tell it together.
        let mut all = DayEvidence::default();
        let halves = self.days.iter().filter(|days| days.looks_half_converted());
        halves.for_each(|days| all.add(*days));
        for column in plan.columns() {
            let (name, number) = plan.place(*column);
            let place = || Place {
                column: Some((name, number)),
                ..Place::default()
            };
            let number = Some(number);
            if let Some(days) = self.days.get(column.field)
                && days.looks_half_converted()
                && all.is_half_converted()
            {
                let (real, text) = (days.real, days.one_way());
                let detail = Detail::text(
                    format!(
                        "Van {real} echte datums is de dag nooit hoger dan 12; van {text} die tekst bleven, altijd"
                    ),
                    format!(
                        "Of {real} real dates the day is never beyond 12; of {text} that stayed text it always is"
                    ),
                );
                findings.add_on(Observation::DateHalfConverted, number, || (place(), detail));
            }
            if let Some(numbers) = self.numbers.get(column.field)
                && numbers.short > 0
                && !numbers.lost_zeros()
            {
                let ZeroEvidence { short, zero, .. } = *numbers;
                let all = numbers.whole + zero + short + numbers.wrong;
                let eight = if zero > 0 {
                    short
                } else {
                    short + numbers.wrong
                };
                let eight = of_eight_digits(all, eight);
                let detail = match zero {
                    0 if numbers.is_one_number() && numbers.wrong == 0 => Detail::text(
                        format!(
                            "{}; een enkel nummer bewijst niet dat de kolom haar nullen verloor",
                            eight.nl
                        ),
                        format!(
                            "{}; a single number does not prove that the column lost its zeros",
                            eight.en
                        ),
                    ),
                    0 => Detail::text(
                        format!(
                            "{}; bij verdwenen nullen is dat ongeveer een op de tien",
                            eight.nl
                        ),
                        format!("{}; where zeros were lost it is about one in ten", eight.en),
                    ),
                    1 => Detail::text(
                        format!("{}, terwijl er 1 wel met een nul begint", eight.nl),
                        format!("{}, while 1 does begin with a zero", eight.en),
                    ),
                    _ => Detail::text(
                        format!("{}, terwijl er {zero} wel met een nul beginnen", eight.nl),
                        format!("{}, while {zero} do begin with a zero", eight.en),
                    ),
                };
                findings.add_on(Observation::BsnZeroDoubtful, number, || (place(), detail));
            }
        }
    }
}

/// How many of all numbers have eight digits.
fn of_eight_digits(all: u64, eight: u64) -> Text {
    match (all, eight) {
        (1, _) => Text::new(
            "Het enige nummer heeft acht cijfers",
            "The only number has eight digits",
        ),
        (_, 1) => Text::new(
            format!("Van {all} nummers heeft er 1 acht cijfers"),
            format!("Of {all} numbers 1 has eight digits"),
        ),
        _ => Text::new(
            format!("Van {all} nummers hebben er {eight} acht cijfers"),
            format!("Of {all} numbers {eight} have eight digits"),
        ),
    }
}

fn place<T: Default + Clone>(list: &mut Vec<T>, at: usize) -> &mut T {
    if list.len() <= at {
        list.resize(at + 1, T::default());
    }
    &mut list[at]
}
