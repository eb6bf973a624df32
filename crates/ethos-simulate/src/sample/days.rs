//! Days as text, made once: a file repeats its days.

use ethos_model::date::Day;
use ethos_model::layout::DateForm;

/// The days of a span as the layout writes them.
#[derive(Debug)]
pub(super) struct DayTexts {
    first: Day,
    texts: Vec<u8>,
    width: usize,
}

impl DayTexts {
    /// The days from `first` up to and including `last`.
    pub(super) fn new(first: Day, last: Day, form: DateForm) -> Self {
        let width = match form {
            DateForm::Compact => 8,
            DateForm::Iso | DateForm::DayFirst => 10,
        };
        let mut texts = Vec::new();
        for day in first.0..=last.0 {
            texts.extend_from_slice(form.write(Day(day)).as_bytes());
        }
        Self {
            first,
            texts,
            width,
        }
    }

    /// Adds the text of a day to a cell; days outside the span are those at its end.
    pub(super) fn push(&self, day: Day, cell: &mut Vec<u8>) {
        let last = self.texts.len() / self.width - 1;
        let at = ((day.0 - self.first.0).max(0) as usize).min(last) * self.width;
        cell.extend_from_slice(&self.texts[at..at + self.width]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_in_the_form_of_the_layout() {
        let day = |text: &str| Day::parse(text).unwrap();
        let texts = DayTexts::new(day("2024-02-28"), day("2024-03-02"), DateForm::Iso);
        let text = |when: &str| {
            let mut cell = Vec::new();
            texts.push(day(when), &mut cell);
            String::from_utf8(cell).unwrap()
        };
        assert_eq!(text("2024-02-29"), "2024-02-29");
        assert_eq!(text("2030-01-01"), "2024-03-02");
        assert_eq!(text("2020-01-01"), "2024-02-28");
    }
}
