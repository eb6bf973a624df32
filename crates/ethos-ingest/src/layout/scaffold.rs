//! A layout to begin with, made from a file that the user has: its columns, what seems to be in
//! them, and the codes of those with few. It shows no value that may be somebody's: no date, no
//! number, no text; of codes only those seen often, short, and in capitals or digits.

mod guess;
mod text;

use std::io;

use ethos_model::category::Language;
use ethos_model::layout::Field;

use super::{LayoutError, list, normalised};
use crate::error::IngestError;
use crate::input::Input;
use crate::mapping::{self, MappingTable};
use crate::opened;
use guess::Guess;

/// A commented layout, in TOML, for a file of the user's, from its first rows.
///
/// # Errors
/// The file cannot be read, or there is no table in it.
pub fn scaffold_layout(input: &Input, language: Language) -> Result<String, IngestError> {
    let unreadable = |source| IngestError::Io {
        file: input.name.clone(),
        source,
    };
    let layouts = list(None)?;
    let head = opened::head_of(input, &layouts).map_err(unreadable)?;
    let nothing = || unreadable(io::Error::other("there is no table in this file"));
    let head = head.ok_or_else(nothing)?;
    Ok(scaffold(&head.cells, &head.sample, language)?)
}

/// A commented layout, in TOML, for a table with these first cells and rows below. Where the
/// first cells are no names but somebody's data, the columns get numbers for names.
fn scaffold(
    first: &[String],
    rows: &[Vec<String>],
    language: Language,
) -> Result<String, LayoutError> {
    let header = !guess::is_data(first);
    let mut sample: Vec<&[String]> = rows.iter().map(Vec::as_slice).collect();
    if !header {
        sample.insert(0, first);
    }
    let known: Vec<Field> = list(None)?
        .into_iter()
        .flat_map(|layout| layout.fields)
        .collect();
    let products = MappingTable::new(&mapping::find("iwmo-3.2", None)?);
    let mut guesses: Vec<Guess> = Vec::new();
    for (at, cell) in first.iter().enumerate() {
        let mut name = cell.trim().to_owned();
        let taken = |name: &str, guesses: &[Guess]| {
            guesses
                .iter()
                .any(|other| normalised(&other.name) == normalised(name))
        };
        if !header || name.is_empty() || taken(&name, &guesses) {
            name = format!("kolom_{}", at + 1);
        }
        let mut guess = Guess::of(name, at, &sample, &known, &products, header);
        // Two columns cannot fill one part of a spell: the first is taken.
        let target = guess.target;
        if target.is_some() && guesses.iter().any(|other| other.target == target) {
            guess.target = None;
        }
        guesses.push(guess);
    }
    Ok(text::layout(&guesses, header, language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::layout::{CategoryRule, DateForm, FieldType, Layout, Target};

    fn split(row: &str) -> Vec<String> {
        row.split(';').map(str::to_owned).collect()
    }

    fn written(first: &str, rows: &[String]) -> String {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| split(row)).collect();
        scaffold(&split(first), &rows, Language::Nl).unwrap()
    }

    fn made(first: &str, rows: &[String]) -> Layout {
        let text = written(first, rows);
        let layout = super::super::parse(&text, "eigen.toml");
        layout.unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    /// Numbers that pass the eleven test.
    fn bsn(n: usize) -> String {
        (0..100)
            .map(|k| format!("{}", 900_000_000 + 11 * n + k))
            .find(|text| {
                let digits: [u8; 9] = text.as_bytes().try_into().unwrap();
                crate::bsn::passes_eleven_test(&digits)
            })
            .unwrap()
    }

    fn rows() -> Vec<String> {
        let names = ["Jansen", "De Vries", "Bakker", "Ali", "Öz"];
        (0..60)
            .map(|n| {
                let sex = if n % 2 == 0 { "M" } else { "V" };
                let kind = ["AA", "BB", "CC"][n % 3];
                let day = format!("202501{:02}", 1 + n % 28);
                format!(
                    "{};{};{sex};{kind};{day};0363;{n};{}",
                    bsn(n),
                    names[n % 5],
                    names[n % 5].to_uppercase()
                )
            })
            .collect()
    }

    const HEADER: &str =
        "BSN;Naam client;Geslacht;Soort traject;Begindatum;Gem.code;Volgnr;Woonplaats";

    #[test]
    fn columns_are_guessed_by_name_and_content() {
        let layout = made(HEADER, &rows());
        let field = |name: &str| layout.fields.iter().find(|f| f.name == name).unwrap();
        assert_eq!(field("BSN").kind, FieldType::Bsn);
        assert_eq!(field("BSN").maps_to, Some(Target::Person));
        assert_eq!(field("Begindatum").kind, FieldType::Date);
        assert_eq!(field("Begindatum").maps_to, Some(Target::Start));
        assert_eq!(field("Gem.code").kind, FieldType::Municipality);
        assert_eq!(field("Geslacht").maps_to, Some(Target::Sex));
        assert_eq!(field("Geslacht").codes["M"], "male");
        let codes: Vec<&String> = field("Soort traject").codes.keys().collect();
        assert_eq!(codes, ["AA", "BB", "CC"]);
        assert_eq!(field("Naam client").kind, FieldType::Text);
        assert_eq!(field("Volgnr").kind, FieldType::Integer);
        assert!(matches!(layout.category, CategoryRule::Fixed { .. }));
    }

    #[test]
    fn a_dutch_file_gives_a_layout_that_reads_it() {
        let rows: Vec<String> = (0..40)
            .map(|n| {
                let day = format!("{:02}-02-2025", 1 + n % 28);
                let end = if n % 3 == 0 { "31-12-2025" } else { "" };
                format!("{};{day};{end};{}", bsn(n), ["N", "D"][n % 2])
            })
            .collect();
        let layout = made("BSN;Begin;Eind;Soort", &rows);
        let field = |name: &str| layout.fields.iter().find(|f| f.name == name).unwrap();
        assert_eq!(field("Begin").maps_to, Some(Target::Start));
        assert_eq!(field("Eind").maps_to, Some(Target::End));
        assert_eq!(layout.file.dates, DateForm::DayFirst);
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("layouts")).unwrap();
        let text = written("BSN;Begin;Eind;Soort", &rows);
        std::fs::write(folder.path().join("layouts/eigen.toml"), text).unwrap();
        let file = format!("BSN;Begin;Eind;Soort\n{}\n", rows.join("\n"));
        let options = crate::CheckOptions {
            layout: Some("eigen/1"),
            study_dir: Some(folder.path()),
            ..crate::CheckOptions::default()
        };
        let input = [Input::bytes("GM0363_2025.csv", file)];
        let report = crate::check::check_inputs(&input, &options, &()).unwrap();
        let file = &report.files[0];
        assert_eq!(file.tally.accepted, 40, "{:?}", file.counts);
    }

    #[test]
    fn no_personal_value_is_in_a_scaffold() {
        let rows = rows();
        for first in [HEADER, rows[0].as_str()] {
            let text = written(first, &rows[1..]);
            for row in &rows {
                for (at, cell) in row.split(';').enumerate() {
                    let open = matches!(at, 2 | 3 | 6);
                    assert!(open || !text.contains(cell), "{cell}\n{text}");
                }
            }
        }
    }

    #[test]
    fn a_file_without_a_header_gets_numbered_columns() {
        let rows = rows();
        let text = written(&rows[0], &rows[1..]);
        assert!(text.contains("header = false"), "{text}");
        assert!(
            text.contains("name = \"kolom_1\"\ntype = \"bsn\""),
            "{text}"
        );
        // Which of the dates is the first day is the user's to say.
        let layout = text.replacen("type = \"date\"", "type = \"date\"\nmaps_to = \"start\"", 1);
        assert!(
            super::super::parse(&layout, "eigen.toml").is_ok(),
            "{layout}"
        );
    }

    #[test]
    fn product_codes_are_mapped() {
        let rows: Vec<String> = (0..40)
            .map(|n| format!("{};{};20250101", bsn(n), ["16", "17", "01"][n % 3]))
            .collect();
        let layout = made("bsn;productcategorie;startdatum", &rows);
        assert_eq!(
            layout.category,
            CategoryRule::Mapping {
                name: "iwmo-3.2".into()
            }
        );
    }

    #[test]
    fn a_table_without_a_date_or_a_number_still_gives_a_layout_to_mend() {
        let text = scaffold(&split("a;b"), &[split("x;y")], Language::En).unwrap();
        assert!(
            text.contains("kind = \"spells\"") && text.contains("# No column of this file"),
            "{text}"
        );
    }
}
