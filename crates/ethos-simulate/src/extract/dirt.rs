//! What goes wrong in files: each kind of dirt, and where it may strike.

use std::collections::BTreeMap;

use crate::streams::Stream;

/// Tally of what was done to rows and files, per kind.
pub(crate) type Tally = BTreeMap<String, u64>;

/// Positions of the columns of a layout that dirt strikes.
#[derive(Copy, Clone, Debug, Default)]
pub(crate) struct Columns {
    pub(crate) bsn: Option<usize>,
    pub(crate) product: Option<usize>,
    pub(crate) start: Option<usize>,
    pub(crate) end: Option<usize>,
    /// A municipality that may be written with the code it had before a merger.
    pub(crate) municipality: Option<usize>,
}

/// Something wrong with a row.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Dirt {
    /// A digit or two neighbours of the number changed: the eleven test fails.
    BsnTypo,
    /// `1,23E+08`, as a spreadsheet writes a long number.
    BsnExcel,
    /// A leading zero lost; a typo in a number that has none.
    BsnLeadingZero,
    /// No number.
    BsnBlank,
    /// A product or situation code that no list has.
    UnknownCode,
    /// Start and end exchanged; a date that does not exist where there is no end.
    DatesSwapped,
    /// A date that does not exist, or is written the wrong way round.
    BadDate,
    /// A code that a merger ended; left alone where the municipality absorbed none.
    OldMunicipality,
    /// A code that no municipality ever had.
    WrongMunicipality,
    /// The row twice.
    Duplicate,
    /// The last fields missing, or one too many.
    Ragged,
    /// A blank line after the row.
    BlankLine,
}

impl Dirt {
    const WEIGHTS: [(Self, f64); 12] = [
        (Self::BsnTypo, 16.0),
        (Self::BsnExcel, 8.0),
        (Self::BsnLeadingZero, 8.0),
        (Self::BsnBlank, 5.0),
        (Self::UnknownCode, 8.0),
        (Self::DatesSwapped, 6.0),
        (Self::BadDate, 6.0),
        (Self::OldMunicipality, 14.0),
        (Self::WrongMunicipality, 4.0),
        (Self::Duplicate, 18.0),
        (Self::Ragged, 4.0),
        (Self::BlankLine, 5.0),
    ];

    fn key(self) -> &'static str {
        match self {
            Self::BsnTypo => "bsn_typo",
            Self::BsnExcel => "bsn_excel",
            Self::BsnLeadingZero => "bsn_leading_zero",
            Self::BsnBlank => "bsn_blank",
            Self::UnknownCode => "unknown_code",
            Self::DatesSwapped => "dates_swapped",
            Self::BadDate => "bad_date",
            Self::OldMunicipality => "old_municipality",
            Self::WrongMunicipality => "wrong_municipality",
            Self::Duplicate => "duplicate",
            Self::Ragged => "ragged",
            Self::BlankLine => "blank_line",
        }
    }
}

/// Adds a row to a file, with something wrong in it for a share of the rows.
///
/// `old_code` is the code that the row's municipality absorbed, if any.
pub(crate) fn push(
    rows: &mut Vec<Vec<String>>,
    mut row: Vec<String>,
    columns: &Columns,
    old_code: Option<&str>,
    dirt: f64,
    stream: &mut Stream,
    tally: &mut Tally,
) {
    if !stream.chance(dirt) {
        rows.push(row);
        return;
    }
    let kind = stream.pick(&Dirt::WEIGHTS);
    let struck = spoil(&mut row, kind, columns, old_code, stream);
    match kind {
        Dirt::Duplicate => rows.push(row.clone()),
        Dirt::BlankLine => rows.push(Vec::new()),
        _ if !struck => {
            rows.push(row);
            return;
        }
        _ => {}
    }
    rows.push(row);
    *tally.entry(kind.key().to_owned()).or_insert(0) += 1;
}

/// Changes the row; false when there was nothing to strike.
fn spoil(
    row: &mut Vec<String>,
    kind: Dirt,
    columns: &Columns,
    old_code: Option<&str>,
    stream: &mut Stream,
) -> bool {
    let filled = |at: Option<usize>, row: &[String]| at.filter(|at| !row[*at].is_empty());
    let bsn = filled(columns.bsn, row);
    match (kind, bsn) {
        (Dirt::BsnTypo, Some(at)) => row[at] = typo(&row[at], stream),
        (Dirt::BsnExcel, Some(at)) => row[at] = excel(&row[at]),
        (Dirt::BsnBlank, Some(at)) => row[at].clear(),
        (Dirt::BsnLeadingZero, Some(at)) => {
            row[at] = match row[at].strip_prefix('0') {
                Some(rest) => rest.to_owned(),
                None => typo(&row[at], stream),
            }
        }
        (Dirt::UnknownCode, _) => match columns.product {
            Some(at) => row[at] = (*stream.one_of(&["61", "X", "1b", "77"])).to_owned(),
            None => return false,
        },
        (Dirt::DatesSwapped, _) => match (columns.start, filled(columns.end, row)) {
            (Some(start), Some(end)) if row[start] != row[end] => row.swap(start, end),
            (Some(start), _) => row[start] = "31-02-2025".into(),
            _ => return false,
        },
        (Dirt::BadDate, _) => match columns.start {
            Some(at) => {
                row[at] =
                    (*stream.one_of(&["20251332", "00000000", "12/31/24", "onbekend"])).to_owned();
            }
            None => return false,
        },
        (Dirt::OldMunicipality, _) => match (columns.municipality, old_code) {
            (Some(at), Some(old)) if !row[at].is_empty() => old.clone_into(&mut row[at]),
            _ => return false,
        },
        (Dirt::WrongMunicipality, _) => match columns.municipality {
            Some(at) => row[at] = (*stream.one_of(&["9998", "0001", "0000"])).to_owned(),
            None => return false,
        },
        (Dirt::Ragged, _) => {
            if stream.chance(0.5) {
                row.push("x".into());
            } else {
                row.truncate(row.len() / 2);
            }
        }
        (Dirt::Duplicate | Dirt::BlankLine, _) => {}
        (Dirt::BsnTypo | Dirt::BsnExcel | Dirt::BsnBlank | Dirt::BsnLeadingZero, None) => {
            return false;
        }
    }
    true
}

/// The number with one digit changed. The eleven test then always fails: the weights 1 to 9 and
/// a difference of 1 to 9 have no product that is a multiple of eleven.
fn typo(number: &str, stream: &mut Stream) -> String {
    let mut digits: Vec<u8> = number.bytes().collect();
    let at = stream.below(digits.len());
    let shift = 1 + stream.below(9) as u8;
    digits[at] = b'0' + (digits[at] - b'0' + shift) % 10;
    String::from_utf8_lossy(&digits).into_owned()
}

/// A nine-digit number as a Dutch spreadsheet shows it: two decimals and a power of ten.
fn excel(number: &str) -> String {
    let value: f64 = number.parse().unwrap_or(0.0);
    let power = if value < 1e8 { 7 } else { 8 };
    let scale = if power == 7 { 1e7 } else { 1e8 };
    format!("{:.2}E+0{power}", value / scale).replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::Purpose;

    const COLUMNS: Columns = Columns {
        bsn: Some(0),
        product: Some(1),
        start: Some(2),
        end: Some(3),
        municipality: Some(4),
    };

    fn row() -> Vec<String> {
        ["012345678", "16", "20250101", "20250201", "0363"]
            .map(String::from)
            .to_vec()
    }

    fn spoiled(kind: Dirt) -> Vec<String> {
        let mut row = row();
        let mut stream = Stream::new(5, Purpose::ShelterDirt);
        assert!(
            spoil(&mut row, kind, &COLUMNS, Some("0457"), &mut stream),
            "{kind:?}"
        );
        row
    }

    #[test]
    fn each_kind_does_what_it_is_called() {
        assert_eq!(excel("123456782"), "1,23E+08");
        assert_eq!(excel("091234567"), "9,12E+07");
        assert_eq!(spoiled(Dirt::BsnLeadingZero)[0], "12345678");
        assert_eq!(spoiled(Dirt::BsnBlank)[0], "");
        assert_eq!(spoiled(Dirt::OldMunicipality)[4], "0457");
        assert_eq!(spoiled(Dirt::DatesSwapped)[2..4], ["20250201", "20250101"]);
        assert_ne!(spoiled(Dirt::UnknownCode)[1], "16");
        assert_ne!(spoiled(Dirt::Ragged).len(), 5);
        let typo = spoiled(Dirt::BsnTypo);
        assert_eq!(typo[0].len(), 9);
        let differ = typo[0]
            .bytes()
            .zip(row()[0].bytes())
            .filter(|(a, b)| a != b)
            .count();
        assert_eq!(differ, 1);
    }

    #[test]
    fn the_tally_is_what_was_done() {
        let mut stream = Stream::new(1, Purpose::ShelterDirt);
        let (mut rows, mut tally) = (Vec::new(), Tally::new());
        for _ in 0..4_000 {
            push(
                &mut rows,
                row(),
                &COLUMNS,
                Some("0457"),
                0.5,
                &mut stream,
                &mut tally,
            );
        }
        let done: u64 = tally.values().sum();
        assert!((1_850..2_150).contains(&done), "{done}");
        let extra = tally["duplicate"] + tally["blank_line"];
        assert_eq!(rows.len() as u64, 4_000 + extra);
        let untouched = rows.iter().filter(|r| **r == row()).count() as u64;
        let kept = 4_000 - done + 2 * tally["duplicate"] + tally["blank_line"];
        assert_eq!(untouched, kept);
        let (mut clean, mut none) = (Vec::new(), Tally::new());
        push(
            &mut clean,
            row(),
            &COLUMNS,
            None,
            0.0,
            &mut stream,
            &mut none,
        );
        assert!(none.is_empty() && clean == [row()]);
    }
}
