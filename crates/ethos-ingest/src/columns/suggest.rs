//! Which unknown column may be which missing field. A suggestion, never a decision.

use ethos_model::layout::{FieldType, Layout};

use super::fit::column_fit;
use super::likeness::likeness;
use crate::mapping::MappingTable;

/// A column that looks like a field.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Suggestion {
    /// Position of the cell in the header.
    pub(crate) at: usize,
    /// Position of the field in the layout.
    pub(crate) field: usize,
    /// How much it looks like it, 0 to 1.
    pub(crate) score: f64,
    /// Whether its name says so, and not only what is in it.
    pub(crate) by_name: bool,
}

/// A name at least this much like a field's is suggested.
const ALIKE: f64 = 0.6;
/// Bytes of a column's name that may look like a field's.
const LONGEST: usize = 200;
/// Unknown columns that are looked at.
const WIDEST: usize = 500;
/// How far a pair by name must be ahead of another of the same column or field to be told from it.
const LEAD: f64 = 0.02;
/// Most of a column's cells fit a field.
const FITTING: f64 = 0.8;

/// Pairs the unknown columns of a file with the fields it lacks: each at most once, the likest
/// first. By name where that is alike and what is in the column does not speak against it; by
/// content alone where only one column can hold what only one missing field asks for.
pub(crate) fn suggestions(
    layout: &Layout,
    mapping: Option<&MappingTable>,
    header: &[String],
    sample: &[Vec<String>],
    found: &[Option<usize>],
) -> Vec<Suggestion> {
    let unknown: Vec<usize> = (0..header.len())
        .filter(|at| found[*at].is_none() && !header[*at].trim().is_empty())
        // A name that long is no name, and a header that wide is none of a layout's.
        .filter(|at| header[*at].len() <= LONGEST)
        .take(WIDEST)
        .collect();
    let missing: Vec<usize> = (0..layout.fields.len())
        .filter(|field| !found.contains(&Some(*field)))
        .collect();
    let mut pairs: Vec<Suggestion> = Vec::new();
    for &at in &unknown {
        for &field in &missing {
            let declared = &layout.fields[field];
            let name = std::iter::once(&declared.name)
                .chain(&declared.aliases)
                .map(|known| likeness(&header[at], known))
                .fold(0.0, f64::max);
            let content =
                column_fit(declared, mapping, sample, at).and_then(super::fit::Fit::share);
            if name >= ALIKE && content.is_none_or(|share| share >= 0.5) {
                pairs.push(Suggestion {
                    at,
                    field,
                    score: 0.7 * name + 0.3 * content.unwrap_or(0.5),
                    by_name: true,
                });
            }
        }
    }
    pairs.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then((a.at, a.field).cmp(&(b.at, b.field)))
    });
    let mut chosen: Vec<Suggestion> = Vec::new();
    for pair in &pairs {
        // Where another is about as like, a suggestion would be a guess.
        let rival = pairs.iter().any(|other| {
            (other.at == pair.at) != (other.field == pair.field)
                && (other.score - pair.score).abs() < LEAD
                && free(&chosen, other.at, other.field)
        });
        if !rival && free(&chosen, pair.at, pair.field) {
            chosen.push(pair.clone());
        }
    }
    by_content(layout, mapping, sample, &unknown, &missing, &mut chosen);
    chosen
}

fn free(chosen: &[Suggestion], at: usize, field: usize) -> bool {
    chosen
        .iter()
        .all(|other| other.at != at && other.field != field)
}

/// Adds the columns that only their content tells: a column of service numbers is the one field
/// of that type that is missing, whatever it is called.
fn by_content(
    layout: &Layout,
    mapping: Option<&MappingTable>,
    sample: &[Vec<String>],
    unknown: &[usize],
    missing: &[usize],
    chosen: &mut Vec<Suggestion>,
) {
    // A number or an amount says too little of what it counts.
    let telling = |kind| {
        matches!(
            kind,
            FieldType::Bsn | FieldType::Date | FieldType::Municipality | FieldType::Code
        )
    };
    let share = |field: usize, at: usize| -> Option<f64> {
        let fit = column_fit(&layout.fields[field], mapping, sample, at)?;
        fit.share()
            .filter(|share| fit.filled >= 5 && *share >= FITTING)
    };
    let fields: Vec<usize> = missing
        .iter()
        .copied()
        .filter(|field| telling(layout.fields[*field].kind))
        .filter(|field| chosen.iter().all(|other| other.field != *field))
        .collect();
    let columns: Vec<usize> = unknown
        .iter()
        .copied()
        .filter(|at| chosen.iter().all(|other| other.at != *at))
        .collect();
    let mut found = Vec::new();
    for &field in &fields {
        let candidates: Vec<(usize, f64)> = columns
            .iter()
            .filter_map(|at| Some((*at, share(field, *at)?)))
            .collect();
        let [(at, share_here)] = candidates[..] else {
            continue;
        };
        let rivals = fields
            .iter()
            .filter(|other| share(**other, at).is_some())
            .count();
        if rivals == 1 {
            found.push(Suggestion {
                at,
                field,
                score: 0.5 * share_here,
                by_name: false,
            });
        }
    }
    chosen.extend(found);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::fit::fields_of;
    use crate::layout;

    fn suggested(id: &str, header: &str, rows: &[&str]) -> Vec<(String, String)> {
        let layout = layout::find(id, None).unwrap();
        let split = |row: &str| -> Vec<String> { row.split(';').map(str::to_owned).collect() };
        let header = split(header);
        let sample: Vec<Vec<String>> = rows.iter().map(|row| split(row)).collect();
        let found = fields_of(&layout, &header);
        suggestions(&layout, None, &header, &sample, &found)
            .into_iter()
            .map(|pair| {
                (
                    header[pair.at].clone(),
                    layout.fields[pair.field].name.clone(),
                )
            })
            .collect()
    }

    fn pair(column: &str, field: &str) -> (String, String) {
        (column.to_owned(), field.to_owned())
    }

    const REGISTER: &str = "register/adresloze-bijstand";

    #[test]
    fn a_renamed_column_is_suggested_by_name() {
        let found = suggested(REGISTER, "bsn;gemeentecode;begindatum;eind", &[]);
        assert!(
            found.contains(&pair("begindatum", "ingangsdatum")),
            "{found:?}"
        );
        // Each field once, the likest first: the benefit begins on the one date that is left.
        let found = suggested(REGISTER, "bsn;gemeente;ingangsdatm;einddatum", &[]);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn what_is_in_a_column_speaks_against_its_name() {
        let rows = ["123456782;0363;0599;", "111222333;0363;0518;"];
        let found = suggested(REGISTER, "bsn;gemeentecode;begindatum;einddatum", &rows);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_name_that_is_cut_off_is_suggested_and_one_that_may_be_two_is_not() {
        let layout = layout::find("monitor-dakloosheid/2025", None).unwrap();
        let named = |header: &str| -> Vec<(String, String)> {
            let header: Vec<String> = header.split(';').map(str::to_owned).collect();
            let found = super::super::fit::fields_of(&layout, &header);
            let pairs = suggestions(&layout, None, &header, &[], &found);
            let words = pairs.iter().map(|pair| {
                let field = layout.fields[pair.field].name.clone();
                (header[pair.at].clone(), field)
            });
            words.collect()
        };
        let all = "aanmaakdat;gemeenteco;bsn;productcat;type_opvan;startdatum;einddatum;reden_eind;gemeente_v;gemeente_h";
        assert_eq!(
            named(all),
            [
                pair("aanmaakdat", "aanmaakdatum_bestand"),
                pair("gemeenteco", "gemeentecode"),
                pair("productcat", "productcategorie"),
                pair("type_opvan", "type_opvang"),
                pair("reden_eind", "reden_einde"),
                pair("gemeente_v", "gemeente_verblijf"),
                pair("gemeente_h", "gemeente_herkomst"),
            ]
        );
        // Of three fields that begin so it is none.
        let others = "aanmaakdatum_bestand;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde";
        assert_eq!(named(&format!("{others};gemeente_")), []);
        // Nor is one of two columns that are as like a field.
        let others = "aanmaakdatum_bestand;gemeentecode;productcategorie;type_opvang;startdatum;einddatum;reden_einde";
        assert_eq!(named(&format!("{others};bsn_client;bsn_partner")), []);
        assert_eq!(
            named(&format!("{others};bsn_client")),
            [pair("bsn_client", "bsn")]
        );
    }

    #[test]
    fn a_column_is_suggested_by_what_only_it_can_hold() {
        let row = "123456782;0363;20250102;";
        let found = suggested(
            REGISTER,
            "klant;gemeentecode;ingangsdatum;einddatum",
            &[row; 5],
        );
        assert_eq!(found, [pair("klant", "bsn")]);
        let found = suggested(
            REGISTER,
            "klant;gemeentecode;a;b",
            &["123456782;0363;20250102;20250205"; 5],
        );
        assert_eq!(found, [pair("klant", "bsn")]);
    }
}
