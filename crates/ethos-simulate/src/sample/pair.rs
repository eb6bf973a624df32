//! Mistakes that take two rows about one person: the row as it was made, and a second one that
//! contradicts it.

use ethos_model::date::Day;
use ethos_model::layout::{FieldType, LayoutKind, Target};

use super::columns::{Column, DIED, Shape};
use super::kind::DirtKind;
use super::row::{Row, RowMaker, looks_ahead};
use crate::streams::Stream;

/// The columns by whose words two rows about one stay may differ.
pub(super) fn wording(shape: &Shape) -> Option<usize> {
    let words = |column: &Column| {
        column.kind == FieldType::Text
            && matches!(
                column.target,
                None | Some(Target::Provider | Target::Organisation | Target::RecordNumber)
            )
    };
    shape.columns.iter().position(words)
}

/// Whether rows of a layout can have a second row of this kind.
pub(super) fn can_strike(kind: DirtKind, shape: &Shape) -> bool {
    let stays = shape.kind == LayoutKind::Spells
        && shape.at(Target::Person).is_some()
        && shape.at(Target::Start).is_some()
        && shape.at(Target::End).is_some();
    let has = |target| stays && shape.at(target).is_some();
    match kind {
        DirtKind::SpellTwice => stays && wording(shape).is_some(),
        DirtKind::Overlap | DirtKind::NeverLeft | DirtKind::ShortGap => stays,
        DirtKind::TwoPlaces => has(Target::MunicipalityStay),
        DirtKind::BirthDiffers => has(Target::BirthDate),
        DirtKind::SexDiffers => has(Target::Sex),
        DirtKind::AfterDeath => has(Target::EndReason),
        DirtKind::OriginDiffers => has(Target::MunicipalityOrigin),
        _ => false,
    }
}

/// Makes the second row, with the column its mistake is in. The first may be changed as well: a
/// reason of death.
pub(super) fn second(
    kind: DirtKind,
    maker: &RowMaker,
    row: &mut Row,
    stream: &mut Stream,
) -> Option<(Option<usize>, Vec<Vec<u8>>)> {
    let shape = &maker.shape;
    let mut second = row.cells.clone();
    let (first_day, last_day) = (row.times.start, row.times.end);
    if kind == DirtKind::SpellTwice {
        second[wording(shape)?].extend_from_slice(b" B");
        return Some((None, second));
    }
    // What is to come is dated by the file, and a second stay would move it.
    if looks_ahead(row.scenario.category) {
        return None;
    }
    let at = |target| shape.at(target);
    let start = match kind {
        DirtKind::NeverLeft => {
            if last_day.is_some() || first_day.plus_days(20) > maker.last {
                return None;
            }
            first_day.plus_days(10)
        }
        DirtKind::Overlap | DirtKind::TwoPlaces => {
            let last = last_day?;
            if last < first_day.plus_days(6) {
                return None;
            }
            first_day.plus_days(2)
        }
        DirtKind::ShortGap => last_day?.plus_days(3),
        _ => last_day?.plus_days(12),
    };
    let end = match kind {
        DirtKind::Overlap | DirtKind::TwoPlaces => last_day,
        _ => None,
    };
    if start > maker.last {
        return None;
    }
    write(maker, &mut second, at(Target::Start)?, Some(start));
    write(maker, &mut second, at(Target::End)?, end);
    if let Some(planned) = at(Target::PlannedStart) {
        write(maker, &mut second, planned, Some(start));
    }
    if let Some(planned) = at(Target::PlannedEnd) {
        write(maker, &mut second, planned, Some(start.plus_days(180)));
    }
    if let Some(reason) = at(Target::EndReason)
        && end.is_none()
    {
        second[reason].clear();
    }
    if let Some(number) = at(Target::RecordNumber) {
        second[number].extend_from_slice(b"B");
    }
    let column = match kind {
        DirtKind::TwoPlaces => {
            let column = at(Target::MunicipalityStay)?;
            other_place(maker, &mut second[column], stream);
            column
        }
        DirtKind::OriginDiffers => {
            let column = at(Target::MunicipalityOrigin)?;
            other_place(maker, &mut second[column], stream);
            column
        }
        DirtKind::BirthDiffers => {
            let column = at(Target::BirthDate)?;
            let birth = row.times.birth.plus_days(-400);
            write(maker, &mut second, column, Some(birth));
            column
        }
        DirtKind::SexDiffers => {
            let column = at(Target::Sex)?;
            let codes = &shape.columns[column].codes;
            let mine = codes.iter().find(|(code, _)| **code == *second[column])?;
            let other = codes
                .iter()
                .find(|(_, to)| *to != mine.1 && matches!(to.as_str(), "male" | "female"))?;
            second[column] = other.0.to_vec();
            column
        }
        DirtKind::AfterDeath => {
            let reason = at(Target::EndReason)?;
            let known = shape.columns[reason].codes.iter();
            if !known.into_iter().any(|(code, _)| **code == *DIED) {
                return None;
            }
            row.cells[reason] = DIED.to_vec();
            at(Target::Start)?
        }
        _ => at(Target::Start)?,
    };
    Some((Some(column), second))
}

fn write(maker: &RowMaker, cells: &mut [Vec<u8>], at: usize, day: Option<Day>) {
    cells[at].clear();
    if let Some(day) = day {
        maker.days.push(day, &mut cells[at]);
    }
}

/// Another municipality than the one in the cell.
fn other_place(maker: &RowMaker, cell: &mut Vec<u8>, stream: &mut Stream) {
    loop {
        let code = stream.one_of(&maker.places.lasting).number();
        let text = format!("{code:04}").into_bytes();
        if text != *cell {
            *cell = text;
            return;
        }
    }
}
