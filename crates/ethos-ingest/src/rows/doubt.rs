//! Columns of which every cell can be read and the whole tells that something happened to them.

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
                let detail = if zero > 0 {
                    Detail::text(
                        format!(
                            "Van {all} nummers hebben er {short} acht cijfers, terwijl er {zero} wel met een nul beginnen"
                        ),
                        format!(
                            "Of {all} numbers {short} have eight digits, while {zero} do begin with a zero"
                        ),
                    )
                } else if numbers.is_one_number() && numbers.wrong == 0 {
                    Detail::text(
                        format!(
                            "Van {all} nummers hebben er {short} acht cijfers; een enkel nummer bewijst niet dat de kolom haar nullen verloor"
                        ),
                        format!(
                            "Of {all} numbers {short} have eight digits; a single number does not prove that the column lost its zeros"
                        ),
                    )
                } else {
                    Detail::text(
                        format!(
                            "Van {all} nummers hebben er {} acht cijfers; bij verdwenen nullen is dat ongeveer een op de tien",
                            short + numbers.wrong
                        ),
                        format!(
                            "Of {all} numbers {} have eight digits; where zeros were lost it is about one in ten",
                            short + numbers.wrong
                        ),
                    )
                };
                findings.add_on(Observation::BsnZeroDoubtful, number, || (place(), detail));
            }
        }
    }
}

fn place<T: Default + Clone>(list: &mut Vec<T>, at: usize) -> &mut T {
    if list.len() <= at {
        list.resize(at + 1, T::default());
    }
    &mut list[at]
}
