//! What goes wrong in a sample's rows: one mistake a row, of a kind that one rule finds.
//! Mistakes in one cell are made here.

use ethos_model::category::LivingSituation;
use ethos_model::layout::{FieldType, LayoutKind, Target};

use super::columns::{Column, Shape};
use super::contradict::{self, Contradiction};
use super::kind::DirtKind;
use super::numbers::{Numbers, check_digit};
use super::options::SampleFormat;
use super::pair;
use super::row::{Row, RowMaker};
use crate::streams::Stream;

/// What a mistake came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Struck {
    /// This cell, or the row as a whole, was changed.
    Row(Option<usize>),
    /// The row is written, and then this one, with the mistake in this cell of it.
    Then(Option<usize>, Vec<Vec<u8>>),
    /// The row is written, then a blank line.
    Blank,
}

/// The kinds of mistakes that can strike rows of a layout, each with the columns it strikes.
#[derive(Debug)]
pub(super) struct Dirt {
    kinds: Vec<(DirtKind, Vec<usize>)>,
    zeros: Numbers,
}

/// A code that is in no list here.
const NO_CODE: &[u8] = b"X9";

impl Dirt {
    pub(super) fn new(maker: &RowMaker, format: SampleFormat, seed: u64) -> Self {
        let shape = &maker.shape;
        let kinds = DirtKind::ALL
            .iter()
            .filter(|kind| {
                let text = matches!(kind, DirtKind::Ragged | DirtKind::Nul | DirtKind::BlankLine);
                format == SampleFormat::Csv || !text
            })
            .filter_map(|kind| Some((*kind, columns_of(*kind, shape)?)))
            .collect();
        Self {
            kinds,
            zeros: Numbers::with_leading_zero(seed),
        }
    }

    /// Strikes a row with one mistake; `None` when none of a few tried can strike this row.
    pub(super) fn strike(
        &mut self,
        maker: &RowMaker,
        row: &mut Row,
        stream: &mut Stream,
    ) -> Option<(DirtKind, Struck)> {
        for _ in 0..12 {
            let (kind, columns) = &self.kinds[stream.below(self.kinds.len())];
            let at = columns.get(stream.below(columns.len())).copied();
            let mut spoiler = Spoiler {
                maker,
                zeros: &mut self.zeros,
                stream: &mut *stream,
            };
            if let Some(struck) = spoiler.spoil(*kind, at, row) {
                return Some((*kind, struck));
            }
        }
        None
    }
}

/// The columns a kind strikes; empty for the row as a whole, `None` where the layout has none.
fn columns_of(kind: DirtKind, shape: &Shape) -> Option<Vec<usize>> {
    if contradict::can_strike(kind, shape) || pair::can_strike(kind, shape) {
        return Some(Vec::new());
    }
    let spells = shape.kind == LayoutKind::Spells;
    let persons = shape.kind == LayoutKind::PersonRegister;
    let has = |target| shape.at(target).is_some();
    let observed = has(Target::Observed);
    let dated = has(Target::FileDate) || observed;
    let mapped = has(Target::Product);
    let with = |fits: &dyn Fn(&Column) -> bool| -> Option<Vec<usize>> {
        let found: Vec<usize> = (0..shape.columns.len())
            .filter(|at| fits(&shape.columns[*at]))
            .collect();
        (!found.is_empty()).then_some(found)
    };
    let of = |targets: &'static [Target]| {
        with(&|column| {
            column
                .target
                .is_some_and(|target| targets.contains(&target))
        })
    };
    let only = |holds: bool, found: Option<Vec<usize>>| found.filter(|_| holds);
    // Of a count day the code of the stay is the sender's, on which rows must agree; the
    // municipality of origin may be of any time.
    let places: &'static [Target] = if spells {
        &[Target::MunicipalityStay, Target::MunicipalityRegistered]
    } else {
        &[Target::MunicipalityRegistered]
    };
    match kind {
        DirtKind::BsnTypo
        | DirtKind::BsnLostZero
        | DirtKind::BsnScientific
        | DirtKind::BsnPlaceholder
        | DirtKind::BsnBlank
        | DirtKind::BsnDressed => of(&[Target::Person]),
        DirtKind::BsnParent => of(&[Target::Parent1, Target::Parent2]),
        DirtKind::DateWrong => with(&|column| match column.target {
            Some(Target::Observed) => true,
            Some(Target::Start) => spells && !observed,
            Some(Target::End) => spells,
            _ => false,
        }),
        DirtKind::DatesSwapped => only(spells && has(Target::Start), of(&[Target::End])),
        DirtKind::StartAhead => only(
            spells && has(Target::FileDate) && !observed,
            of(&[Target::Start]),
        ),
        DirtKind::YearImplausible => only(spells && !observed, of(&[Target::Start])),
        DirtKind::StartBlank => only(spells && dated && !observed, of(&[Target::Start])),
        DirtKind::DateUnusable => with(&|column| match column.target {
            Some(Target::FileDate) => !persons,
            Some(
                Target::ReadyToLeave | Target::ExpectedOn | Target::BirthDate | Target::PlannedEnd,
            ) => true,
            Some(Target::Start) => observed,
            Some(_) => false,
            None => column.kind == FieldType::Date,
        }),
        DirtKind::EndAhead => only(spells && has(Target::FileDate), of(&[Target::End])),
        DirtKind::EndFar => only(spells, of(&[Target::End])),
        DirtKind::BirthPartial => of(&[Target::BirthDate]),
        DirtKind::BornAhead => only(dated, of(&[Target::BirthDate])),
        DirtKind::PlaceUnknown => with(&|column| column.kind == FieldType::Municipality),
        DirtKind::PlaceNone => of(&[
            Target::MunicipalityResponsible,
            Target::MunicipalityStay,
            Target::MunicipalityRegistered,
            Target::MunicipalityOrigin,
        ]),
        DirtKind::PlaceOld | DirtKind::PlaceDivided => of(places),
        DirtKind::PlaceBlank => with(&|column| {
            column.kind == FieldType::Municipality && column.target.is_some() && column.always
        }),
        DirtKind::CodeUnknown => {
            if mapped {
                of(&[Target::Product])
            } else {
                of(&[Target::Situation])
            }
        }
        DirtKind::CodeUnclear => only(shape.unclear.is_some(), of(&[Target::Product])),
        DirtKind::CodesContradict => only(mapped, of(&[Target::Situation])),
        DirtKind::CodeOther => with(&|column| {
            let decisive = match column.target {
                Some(Target::Product) => true,
                Some(Target::Situation) => !mapped,
                _ => false,
            };
            column.kind == FieldType::Code && !column.codes.is_empty() && !decisive
        }),
        DirtKind::ProductBlank => of(&[Target::Product]),
        DirtKind::SituationBlank => only(!mapped, of(&[Target::Situation])),
        DirtKind::CodeLostZero => only(spells, of(&[Target::EndReason])),
        DirtKind::AgeWrong => with(&|column| column.kind == FieldType::Age),
        DirtKind::NumberWrong => with(&|column| {
            matches!(column.kind, FieldType::Integer | FieldType::Decimal)
                && !matches!(
                    column.target,
                    Some(
                        Target::Provider
                            | Target::Household
                            | Target::NameLetters
                            | Target::Organisation
                            | Target::RecordNumber
                    )
                )
        }),
        DirtKind::CellBlank => with(&|column| {
            let told = match column.target {
                None => true,
                Some(target) => matches!(
                    target,
                    Target::FileDate
                        | Target::ReadyToLeave
                        | Target::ExpectedOn
                        | Target::BirthDate
                        | Target::Sex
                        | Target::Origin
                        | Target::Nationality
                        | Target::Residence
                        | Target::Provider
                        | Target::Organisation
                        | Target::RecordNumber
                ),
            };
            column.always && told
        }),
        DirtKind::CellRequired => with(&|column| column.required_when.is_some()),
        DirtKind::RowTwice | DirtKind::Ragged | DirtKind::BlankLine => Some(Vec::new()),
        DirtKind::Nul => with(&|column| column.kind == FieldType::Text),
        _ => None,
    }
}

/// Strikes one row.
struct Spoiler<'a> {
    maker: &'a RowMaker,
    zeros: &'a mut Numbers,
    stream: &'a mut Stream,
}

impl Spoiler<'_> {
    fn spoil(&mut self, kind: DirtKind, at: Option<usize>, row: &mut Row) -> Option<Struck> {
        match (kind, at) {
            (DirtKind::RowTwice, _) => Some(Struck::Then(None, row.cells.clone())),
            (DirtKind::BlankLine, _) => Some(Struck::Blank),
            (DirtKind::Ragged, _) => {
                // A cell that is blank anyway would not be missed.
                if self.stream.chance(0.5) || row.cells.len() < 2 {
                    row.cells.push(b"x".to_vec());
                } else {
                    row.cells.pop();
                }
                Some(Struck::Row(None))
            }
            (_, Some(at)) => self.cell(kind, at, row),
            (_, None) if pair::can_strike(kind, &self.maker.shape) => {
                let (at, second) = pair::second(kind, self.maker, row, self.stream)?;
                Some(Struck::Then(at, second))
            }
            (_, None) => Contradiction {
                maker: self.maker,
                row,
                stream: &mut *self.stream,
            }
            .strike(kind),
        }
    }

    fn cell(&mut self, kind: DirtKind, at: usize, row: &mut Row) -> Option<Struck> {
        let struck = Some(Struck::Row(Some(at)));
        let cell = &mut row.cells[at];
        match kind {
            DirtKind::BsnTypo => {
                let digit = self.stream.below(8);
                cell[digit] = b'0' + (cell[digit] - b'0' + 1 + self.stream.below(9) as u8) % 10;
            }
            DirtKind::BsnLostZero => {
                *cell = self.zeros.next().number.to_string().into_bytes();
            }
            DirtKind::BsnScientific => {
                *cell = format!(
                    "{},{}E+08",
                    char::from(cell[0]),
                    self.stream.between(10, 99)
                )
                .into_bytes();
            }
            DirtKind::BsnPlaceholder => {
                *cell = self
                    .stream
                    .one_of(&["999999999", "000000000", "123456789"])
                    .as_bytes()
                    .to_vec();
            }
            DirtKind::BsnDressed => {
                for point in [6, 3] {
                    cell.insert(point, b'.');
                }
            }
            DirtKind::BsnParent => *cell = bad_number(self.stream),
            DirtKind::BsnBlank
            | DirtKind::ProductBlank
            | DirtKind::SituationBlank
            | DirtKind::StartBlank
            | DirtKind::PlaceBlank
            | DirtKind::CellBlank => {
                if cell.is_empty() {
                    return None;
                }
                cell.clear();
            }
            DirtKind::CellRequired => {
                let (other, condition) = self.maker.shape.columns[at].required_when.as_ref()?;
                if cell.is_empty() || !condition.holds_bytes(&row.cells[*other]) {
                    return None;
                }
                row.cells[at].clear();
            }
            DirtKind::DateWrong
            | DirtKind::DatesSwapped
            | DirtKind::StartAhead
            | DirtKind::YearImplausible
            | DirtKind::DateUnusable
            | DirtKind::EndAhead
            | DirtKind::EndFar
            | DirtKind::BirthPartial
            | DirtKind::BornAhead => return self.date(kind, at, row),
            DirtKind::PlaceUnknown
            | DirtKind::PlaceOld
            | DirtKind::PlaceNone
            | DirtKind::PlaceDivided => return self.place(kind, at, row),
            DirtKind::CodeUnknown
            | DirtKind::CodeOther
            | DirtKind::CodesContradict
            | DirtKind::CodeLostZero => return self.code(kind, at, row),
            DirtKind::CodeUnclear => {
                *cell = self.maker.shape.unclear.as_ref()?.to_vec();
                if let Some(situation) = self.maker.shape.at(Target::Situation) {
                    row.cells[situation].clear();
                }
            }
            DirtKind::AgeWrong => *cell = b"199".to_vec(),
            DirtKind::NumberWrong => *cell = b"drie".to_vec(),
            DirtKind::Nul => {
                cell.push(0);
                return Some(Struck::Row(None));
            }
            _ => return None,
        }
        struck
    }

    fn date(&mut self, kind: DirtKind, at: usize, row: &mut Row) -> Option<Struck> {
        let made = self.maker.made;
        let days = &self.maker.days;
        let (start, end) = (row.times.start, row.times.end);
        let filled = !row.cells[at].is_empty();
        let mut cell = Vec::new();
        match kind {
            DirtKind::DateWrong | DirtKind::DateUnusable => {
                // A cell that was blank may have to be: an end brings a reason with it.
                if !filled {
                    return None;
                }
                let wrong = ["20251332", "31-02-2025", "onbekend", "2025"];
                cell.extend_from_slice(self.stream.one_of(&wrong).as_bytes());
            }
            DirtKind::DatesSwapped => {
                if end.is_none_or(|end| end <= start) {
                    return None;
                }
                let other = self.maker.shape.at(Target::Start)?;
                row.cells.swap(at, other);
                return Some(Struck::Row(Some(at)));
            }
            DirtKind::StartAhead => {
                if end.is_some() {
                    return None;
                }
                days.push(made.plus_days(self.stream.between(2, 90)), &mut cell);
            }
            DirtKind::YearImplausible => {
                days.push(start, &mut cell);
                cell[..2].copy_from_slice(b"10");
            }
            DirtKind::EndAhead | DirtKind::EndFar => {
                end?;
                if kind == DirtKind::EndFar {
                    cell.extend_from_slice(b"99991231");
                } else {
                    days.push(made.plus_days(self.stream.between(2, 90)), &mut cell);
                }
            }
            DirtKind::BirthPartial => {
                let year = row.times.birth.year();
                cell.extend_from_slice(format!("{year}0000").as_bytes());
            }
            _ => days.push(made.plus_days(self.stream.between(2, 300)), &mut cell),
        }
        row.cells[at] = cell;
        Some(Struck::Row(Some(at)))
    }

    fn place(&mut self, kind: DirtKind, at: usize, row: &mut Row) -> Option<Struck> {
        let places = &self.maker.places;
        let target = self.maker.shape.columns[at].target;
        let past = |list: &[(
            ethos_model::municipality::MunicipalityCode,
            ethos_model::date::Day,
        )],
                    stream: &mut Stream| {
            let ended: Vec<_> = list
                .iter()
                .filter(|(_, end)| *end <= row.times.start && *end <= self.maker.made)
                .map(|(code, _)| *code)
                .collect();
            (!ended.is_empty()).then(|| format!("{:04}", stream.one_of(&ended).number()))
        };
        let text = match kind {
            DirtKind::PlaceOld => past(&places.ended, self.stream)?,
            DirtKind::PlaceDivided => past(&places.divided, self.stream)?,
            DirtKind::PlaceNone => "0000".to_owned(),
            // A number that is no municipality would be another sender.
            _ if target == Some(Target::MunicipalityResponsible) => "Ede".to_owned(),
            _ => "9998".to_owned(),
        };
        row.cells[at] = text.into_bytes();
        Some(Struck::Row(Some(at)))
    }

    fn code(&mut self, kind: DirtKind, at: usize, row: &mut Row) -> Option<Struck> {
        let column = &self.maker.shape.columns[at];
        let text = match kind {
            DirtKind::CodesContradict => {
                let category = row.scenario.category;
                let other = column.codes.iter().find(|(_, to)| {
                    LivingSituation::from_code(to).is_some_and(|to| to.category() != category)
                })?;
                other.0.to_vec()
            }
            DirtKind::CodeLostZero => {
                let short = |code: &[u8]| code.len() == column.width && code.first() == Some(&b'0');
                let zero = column.known_codes().find(|code| {
                    short(code) && !column.codes.iter().any(|(other, _)| other[..] == code[1..])
                })?;
                if row.cells[at].is_empty() {
                    return None;
                }
                zero[1..].to_vec()
            }
            _ if row.cells[at].is_empty() => return None,
            _ => NO_CODE.to_vec(),
        };
        row.cells[at] = text;
        Some(Struck::Row(Some(at)))
    }
}

/// Nine digits that fail the eleven test.
fn bad_number(stream: &mut Stream) -> Vec<u8> {
    let tens = 90_000_000 + stream.below(9_000_000) as u32;
    let check = check_digit(tens).map_or(0, |check| (check + 1) % 10);
    format!("{tens}{check}").into_bytes()
}
