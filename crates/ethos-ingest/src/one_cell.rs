//! Tables of which every row stands in one cell: a text that was opened or saved with another delimiter, or
//! rows with quotes around the whole of them.

use ethos_model::finding::column_letters;

use crate::head::Head;
use crate::rules::{Detail, Place};

/// Signs that part the columns of text, with what they are called in Dutch and English.
const SIGNS: [(char, &str, &str); 4] = [
    (';', "puntkomma", "semicolon"),
    (',', "komma", "comma"),
    ('\t', "tab", "tab"),
    ('|', "streepje (|)", "bar (|)"),
];

/// Names that a cell must hold to be a whole header.
const NAMES: usize = 3;

/// A header that stands in one cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct OneCell {
    row: u64,
    /// Position of the cell.
    at: usize,
    /// What parts the names in it, in Dutch and English.
    sign: [&'static str; 2],
    is_text: bool,
}

impl OneCell {
    /// A header of which one cell is filled, with the names of several columns in it.
    pub(crate) fn of(head: &Head, is_text: bool) -> Option<Self> {
        let mut filled =
            (head.cells.iter().enumerate()).filter(|(_, cell)| !cell.trim().is_empty());
        let (at, cell) = filled.next()?;
        if filled.next().is_some() {
            return None;
        }
        let names = |sign: char| {
            let parts = cell.split(sign).map(|part| part.trim().trim_matches('"'));
            let named = |part: &&str| part.chars().any(char::is_alphabetic) && !part.contains(' ');
            parts.filter(named).count()
        };
        let (_, nl, en) = SIGNS.into_iter().find(|(sign, ..)| names(*sign) >= NAMES)?;
        Some(Self {
            row: head.row,
            at,
            sign: [nl, en],
            is_text,
        })
    }

    /// The number of the column.
    pub(crate) fn column(&self) -> u32 {
        self.at as u32 + 1
    }

    pub(crate) fn place(&self) -> Place<'static> {
        Place {
            row: Some(self.row),
            column: Some(("", self.column())),
            ..Place::default()
        }
    }

    pub(crate) fn detail(&self) -> Detail {
        let (letters, row) = (column_letters(self.column()), self.row);
        let [nl, en] = self.sign;
        let detail = Detail::text(
            format!("cel {letters}{row}, met een {nl} tussen de namen"),
            format!("cell {letters}{row}, with a {en} between the names"),
        );
        if self.is_text {
            detail.mended_in(
                format!(
                    "Waarschijnlijk staan er aanhalingstekens om elke hele rij, of is een ander scheidingsteken genoemd. Maak de \
                     export opnieuw met een {nl} tussen de cellen en zonder aanhalingstekens om de hele rij. Noemde u zelf een \
                     scheidingsteken (--delimiter), laat dat dan weg"
                ),
                format!(
                    "There probably are quotes around every whole row, or another delimiter was named. Export the file again \
                     with a {en} between the cells and no quotes around the whole row. If you named a delimiter yourself \
                     (--delimiter), leave that out"
                ),
            )
        } else {
            detail.mended_in(
                format!(
                    "Kies in Excel kolom {letters}, dan Gegevens, Tekst naar kolommen, Gescheiden, {nl}. Zet daarbij elke kolom op \
                     Tekst, anders verdwijnen de nullen vooraan. Of lever het tekstbestand (CSV) waaruit u dit maakte"
                ),
                format!(
                    "In Excel choose column {letters}, then Data, Text to columns, Delimited, {en}. Make every column Text \
                     there, or leading zeros are lost. Or deliver the text file (CSV) that you made this of"
                ),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[&str], is_text: bool) -> Option<OneCell> {
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        let head = Head {
            delimiter: None,
            names: cells.clone(),
            cells,
            sample: Vec::new(),
            row: 2,
            sep_line: false,
            above: 1,
        };
        OneCell::of(&head, is_text)
    }

    #[test]
    fn a_header_in_one_cell_is_told_from_a_title_and_from_columns() {
        let found = of(&["bsn;startdatum;einddatum", "", ""], false).unwrap();
        let detail = found.detail();
        assert_eq!(
            detail.message.nl,
            "cel A2, met een puntkomma tussen de namen"
        );
        assert!(detail.fix.nl.starts_with("Kies in Excel kolom A"));
        let found = of(&["\"bsn\",\"startdatum\",\"einddatum\""], true).unwrap();
        assert!(found.detail().fix.nl.contains("aanhalingstekens"));
        for other in [
            &["bsn", "a;b;c"][..],
            &["bsn"],
            &["Levering van Ede, Wageningen en Renkum"],
            &["1;2;3"],
            &[""],
        ] {
            assert_eq!(of(other, true), None, "{other:?}");
        }
    }
}
