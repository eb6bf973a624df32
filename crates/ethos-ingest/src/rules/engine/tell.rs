//! What rules found, as findings.

use ethos_model::date::Day;
use ethos_model::finding::{MaskedValue, Text};
use ethos_model::layout::FieldType;

use super::chosen::Active;
use crate::detect::{Column, Plan};
use crate::findings::{Findings, masked, shown_code, shown_place};
use crate::rules::lang::{Lanes, Scratch, Shown, TRUE, number};
use crate::rules::rule::{Detail, Place};

/// Makes the findings of a rule, on a column where it points at one; `at_row` gives the row of each and what
/// its cell shows.
pub(super) fn tell(
    rule: &Active,
    column: Option<(&str, u32)>,
    answers: &[u8],
    lanes: &Lanes<'_>,
    scratch: &mut Scratch,
    findings: &mut Findings<'_>,
    at_row: impl Fn(usize) -> (Option<u64>, MaskedValue),
) {
    let mut shown: Option<Vec<f64>> = None;
    let on = column.map(|(_, number)| number);
    for at in holding(answers) {
        findings.add_by(rule.at, on, || {
            let detail = match &rule.shows {
                None => Detail::default(),
                Some((shows, how)) => {
                    let values = shown.get_or_insert_with(|| number(shows, lanes, &mut *scratch));
                    let value = values.get(at).copied().unwrap_or(f64::NAN);
                    said(value, *how)
                }
            };
            let (row, value) = at_row(at);
            let place = Place { row, column, value };
            (place, detail)
        });
    }
    if let Some(values) = shown {
        scratch.take_back(values);
    }
}

/// Where an answer is yes.
pub(super) fn holding(answers: &[u8]) -> impl Iterator<Item = usize> {
    // Mostly nowhere: many are looked at together.
    answers.chunks(64).enumerate().flat_map(|(chunk, answers)| {
        let any = answers.iter().fold(0, |any, answer| any | (answer & TRUE)) != 0;
        let answers = if any { answers } else { &[] };
        let yes = move |(at, answer): (usize, &u8)| (*answer == TRUE).then_some(chunk * 64 + at);
        answers.iter().enumerate().filter_map(yes)
    })
}

/// The detail that a rule shows.
pub(super) fn said(value: f64, how: Shown) -> Detail {
    Detail {
        message: written(value, how),
        ..Detail::default()
    }
}

/// Numbers out of cells from which on nothing is shown of them: six digits.
const LONGEST_SHOWN: f64 = 100_000.0;

/// A value as a finding shows it.
pub(crate) fn written(value: f64, how: Shown) -> Text {
    if value.is_nan() || (how == Shown::FromCells && value.abs() >= LONGEST_SHOWN) {
        return Text::new("?", "?");
    }
    match how {
        Shown::Day => {
            let day = Day(value as i32).to_string();
            Text::new(day.clone(), day)
        }
        Shown::Number | Shown::FromCells if value.fract() == 0.0 => {
            let whole = format!("{value:.0}");
            Text::new(whole.clone(), whole)
        }
        Shown::Number | Shown::FromCells => {
            let decimal = format!("{value:.2}");
            Text::new(decimal.replace('.', ","), decimal)
        }
    }
}

/// A cell as a finding shows it: codes whole, what may be somebody's masked.
pub(super) fn show(plan: &Plan<'_>, column: Column, cell: &[u8]) -> MaskedValue {
    match plan.layout.fields[column.field].kind {
        FieldType::Code => plan.shown_code(column.field, cell),
        FieldType::Integer | FieldType::Decimal => shown_code(cell),
        FieldType::Municipality => shown_place(cell),
        FieldType::Bsn | FieldType::Date | FieldType::Age | FieldType::Text => masked(cell),
    }
}
