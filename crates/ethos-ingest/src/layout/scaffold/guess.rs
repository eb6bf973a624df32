//! What a column of an unknown file seems to be.

use std::collections::BTreeMap;

use ethos_model::attribute::UNKNOWN;
use ethos_model::finding::Text;
use ethos_model::layout::{DateForm, Field, FieldType, Target};

use crate::bsn::{self, BsnCell};
use crate::columns::likeness;
use crate::fields::{self, DateCell, MunicipalityCell};
use crate::mapping::MappingTable;

/// More different values than this are no list of codes.
const MOST_CODES: usize = 20;
/// A code is listed when it was seen at least this often.
const SEEN: usize = 5;
/// Characters of the longest code that is listed.
const LONGEST: usize = 6;
/// A name at least this much like a known field's has its meaning.
const ALIKE: f64 = 0.8;
/// Share of the filled cells that decides on a type.
const MOST: f64 = 0.8;

/// A column of the user's file.
pub(super) struct Guess {
    pub(super) name: String,
    pub(super) kind: FieldType,
    pub(super) target: Option<Target>,
    /// Whether every row fills it.
    pub(super) filled: bool,
    pub(super) width: Option<usize>,
    /// Codes with what each stands for.
    pub(super) codes: Vec<(String, String)>,
    /// How many codes are not shown, since they may be somebody's.
    pub(super) hidden: usize,
    pub(super) meaning: Option<Text>,
    /// Whether the product mapping knows its codes.
    pub(super) product: bool,
    /// Of a column of dates, whether they are written as `31-01-2025`.
    pub(super) day_first: bool,
}

/// Whether the first row of a file is somebody's data rather than names.
pub(super) fn is_data(cells: &[String]) -> bool {
    cells.iter().any(|cell| {
        let digits = cell.chars().filter(char::is_ascii_digit).count();
        digits >= 5 || is_date_in(cell.trim().as_bytes(), DateForm::DayFirst)
    })
}

fn is_date(cell: &[u8]) -> bool {
    is_date_in(cell, DateForm::Compact)
}

fn is_date_in(cell: &[u8], form: DateForm) -> bool {
    !matches!(
        DateCell::read_in(cell, form),
        DateCell::Wrong | DateCell::Blank | DateCell::Implausible
    )
}

impl Guess {
    pub(super) fn of(
        name: String,
        at: usize,
        rows: &[&[String]],
        known: &[Field],
        products: &MappingTable,
        named: bool,
    ) -> Self {
        let cells: Vec<&str> = rows
            .iter()
            .map(|row| row.get(at).map_or("", |cell| cell.trim()))
            .filter(|cell| !cell.is_empty())
            .collect();
        let kind = kind_of(&name, &cells);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        if kind == FieldType::Code {
            for cell in &cells {
                *counts.entry(cell).or_insert(0) += 1;
            }
        }
        let like = named.then(|| known_field(&name, kind, known)).flatten();
        let mapped = cells
            .iter()
            .filter(|cell| products.get(cell.as_bytes()).is_some());
        let product = kind == FieldType::Code
            && mapped.count() as f64 >= MOST * cells.len() as f64
            && like.is_some_and(|field| field.maps_to == Some(Target::Product));
        let mut target = like.and_then(|field| field.maps_to);
        if kind == FieldType::Bsn && target.is_none() {
            target = Some(Target::Person);
        }
        if target == Some(Target::Product) && !product {
            target = None;
        }
        let listed: Vec<&str> = counts
            .iter()
            .filter(|(code, count)| **count >= SEEN && may_be_shown(&name, code))
            .map(|(code, _)| *code)
            .collect();
        let hidden = if product {
            0
        } else {
            counts.len() - listed.len()
        };
        let codes: Vec<(String, String)> = if product {
            Vec::new()
        } else {
            let stands_for = |code: &str| {
                let same = |known: &&String| known.eq_ignore_ascii_case(code);
                like.and_then(|field| Some(&field.codes[field.codes.keys().find(same)?]))
                    .map_or(UNKNOWN, String::as_str)
            };
            listed
                .iter()
                .map(|code| ((*code).to_owned(), stands_for(code).to_owned()))
                .collect()
        };
        // A list that nothing is known of cannot fill an attribute.
        let needs_list = matches!(
            target,
            Some(
                Target::Sex
                    | Target::Origin
                    | Target::Nationality
                    | Target::Residence
                    | Target::Situation
            )
        );
        if needs_list && (codes.is_empty() || codes.iter().all(|(_, to)| to == UNKNOWN)) {
            target = None;
        }
        let widths: Vec<usize> = listed.iter().map(|code| code.chars().count()).collect();
        let same_width = widths.iter().all(|width| *width == widths[0]);
        Self {
            filled: !rows.is_empty() && cells.len() == rows.len(),
            width: match kind {
                FieldType::Bsn => Some(9),
                FieldType::Municipality => Some(4),
                FieldType::Code if same_width => widths.first().copied(),
                _ => None,
            },
            meaning: like.map(|field| field.meaning.clone()),
            name,
            kind,
            target,
            codes,
            hidden,
            product,
            day_first: kind == FieldType::Date
                && !cells.iter().any(|cell| is_date(cell.as_bytes())),
        }
    }
}

/// The field of a shipped layout that a column looks like, of the same type.
fn known_field<'a>(name: &str, kind: FieldType, known: &'a [Field]) -> Option<&'a Field> {
    let mut best: Option<(f64, &Field)> = None;
    for field in known
        .iter()
        .filter(|field| field.kind == kind && field.maps_to.is_some())
    {
        let names = std::iter::once(&field.name).chain(&field.aliases);
        // A column of dates is one whether its name says so or not: `Begin` is a first day.
        let dated = (kind == FieldType::Date).then(|| format!("{name} datum"));
        let alike = names
            .map(|other| {
                let dated = dated.as_deref().map_or(0.0, |name| likeness(name, other));
                likeness(name, other).max(dated)
            })
            .fold(0.0, f64::max);
        if alike >= ALIKE && best.is_none_or(|(score, _)| alike > score) {
            best = Some((alike, field));
        }
    }
    best.map(|(_, field)| field)
}

/// The type that most cells have, from the most telling to the least.
fn kind_of(name: &str, cells: &[&str]) -> FieldType {
    if cells.is_empty() {
        return FieldType::Text;
    }
    let most = |fits: &dyn Fn(&[u8]) -> bool| {
        let fitting = cells.iter().filter(|cell| fits(cell.as_bytes())).count();
        fitting as f64 >= MOST * cells.len() as f64
    };
    let mut different: Vec<&str> = cells.to_vec();
    different.sort_unstable();
    different.dedup();
    let few = different.len() <= MOST_CODES && 5 * different.len() <= cells.len();
    // A date without hyphens is now and then a number that lost its zero; a number is no date.
    if most(&|cell| is_date_in(cell, DateForm::DayFirst)) {
        FieldType::Date
    } else if most(&|cell| !matches!(bsn::read(cell), BsnCell::Wrong)) && most(&is_long) {
        FieldType::Bsn
    } else if most(&is_place) {
        FieldType::Municipality
    } else if likeness(name, "leeftijd") >= ALIKE
        && most(&|cell| fields::small_number(cell).is_some())
    {
        FieldType::Age
    } else if few && different.iter().any(|code| may_be_shown(name, code)) && !is_somebody(name) {
        FieldType::Code
    } else if most(&fields::is_integer) {
        FieldType::Integer
    } else if most(&fields::is_decimal) {
        FieldType::Decimal
    } else {
        FieldType::Text
    }
}

/// Eight digits or more: a number that is short is no service number, a placeholder neither.
fn is_long(cell: &[u8]) -> bool {
    cell.iter().filter(|byte| byte.is_ascii_digit()).count() >= 8
}

/// A four-digit code of a municipality, with or without `GM`.
fn is_place(cell: &[u8]) -> bool {
    let written = cell.len() == 4 || cell.len() == 6;
    written
        && matches!(
            MunicipalityCell::read(cell, [None, None]),
            MunicipalityCell::Valid(_) | MunicipalityCell::OutOfDate(_)
        )
}

/// Whether a column is by its name about who somebody is or where they live.
fn is_somebody(name: &str) -> bool {
    let name = name.to_lowercase();
    [
        "naam",
        "name",
        "letters",
        "adres",
        "straat",
        "huisnr",
        "huisnummer",
        "postcode",
        "plaats",
        "woon",
        "telefoon",
        "mail",
        "iban",
        "geboren",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Whether a column is by its name about a kind, a reason or a code.
fn is_about_codes(name: &str) -> bool {
    let name = name.to_lowercase();
    [
        "code",
        "soort",
        "type",
        "vorm",
        "reden",
        "product",
        "categorie",
        "status",
        "situatie",
        "geslacht",
        "herkomst",
        "nationaliteit",
        "afkomst",
        "eenheid",
        "kind",
        "reason",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Whether a code is short and looks like one: digits and capitals, with no date or number in
/// it. More than two letters may be a name, but for a column that is about codes by its own.
fn may_be_shown(name: &str, code: &str) -> bool {
    let short = code.chars().count() <= LONGEST;
    let digits = code.chars().filter(char::is_ascii_digit).count();
    let letters = code.chars().filter(char::is_ascii_alphabetic).count();
    let plain = code.chars().all(|c| {
        c.is_ascii_digit()
            || c.is_ascii_uppercase()
            || matches!(c, '.' | '-' | '_')
            || (c.is_ascii_lowercase() && letters == 1)
    });
    let most = if is_about_codes(name) { 3 } else { 2 };
    // Four digits and two letters are where somebody lives.
    let postcode = digits == 4 && letters == 2;
    short && plain && letters + digits > 0 && digits < 5 && letters <= most && !postcode
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_code_is_shown() {
        for code in ["M", "16", "4b", "NL2", "ZIN", "8.1", "W-3"] {
            assert!(may_be_shown("soort", code), "{code}");
        }
        for value in [
            "Jan", "JANSEN", "19800101", "12345", "1012AB", "jan", "Öz", "", "-",
        ] {
            assert!(!may_be_shown("soort", value), "{value}");
        }
        assert!(!may_be_shown("kolom_3", "ALI") && may_be_shown("kolom_3", "AA"));
    }

    #[test]
    fn data_is_told_from_names() {
        let cells = |text: &str| -> Vec<String> { text.split(';').map(str::to_owned).collect() };
        assert!(is_data(&cells("123456782;x")) && is_data(&cells("a;2025-01-01")));
        assert!(!is_data(&cells("bsn;start 2025;naam")));
    }
}
