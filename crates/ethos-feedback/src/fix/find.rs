//! The fixes of a file, cell by cell.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::ops::ControlFlow;

use ethos_ingest::mend::{Field, Shifted, Step};
use ethos_ingest::{FileForm, FileReport, LaidOut, LaidRow, RuleBook};
use ethos_model::category::Language;
use ethos_model::finding::{MaskedValue, RuleCode, Severity, Text, column_letters};
use ethos_model::layout::FieldType;

use super::column::{OfColumn, columns, mended};
use super::days::Orders;

/// A cell and the one value it must have been.
///
/// Its `Debug` shows masked values only.
#[derive(Clone, PartialEq, Eq)]
pub struct Fix {
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Row, 1 for the first.
    pub row: u64,
    /// Column, 1 for the first.
    pub column_number: u32,
    /// Name of the column in the layout.
    pub column: String,
    /// The steps from the old value to the new.
    pub steps: Vec<Step>,
    /// The rule that found something in the cell, or that its steps are about; `None` where the rules in use
    /// have none.
    pub rule: Option<RuleCode>,
    /// The old value as it may be shown.
    pub old: MaskedValue,
    /// The new value as it may be shown.
    pub new: MaskedValue,
    value: String,
}

impl Fix {
    /// The new value whole: to be written into the sender's own file and nowhere else.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The cell's address, such as `C17`.
    pub fn address(&self) -> String {
        format!("{}{}", column_letters(self.column_number), self.row)
    }

    /// Why it is safe.
    pub fn why(&self, language: Language) -> String {
        let reasons: Vec<&str> = self.steps.iter().map(|step| step.why(language)).collect();
        reasons.join("; ")
    }

    /// The keys of its steps, as a file of corrections has them.
    pub fn keys(&self) -> String {
        let keys: Vec<&str> = self.steps.iter().map(|step| step.key()).collect();
        keys.join("+")
    }

    /// This fix and a later one of the same cell as one.
    pub(super) fn then(&mut self, later: Self) {
        for step in later.steps {
            if !self.steps.contains(&step) {
                self.steps.push(step);
            }
        }
        self.rule = self.rule.or(later.rule);
        self.new = later.new;
        self.value = later.value;
    }
}

impl fmt::Debug for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Fix({} {} -> {}, {})",
            self.address(),
            self.old,
            self.new,
            self.keys()
        )
    }
}

/// What looks mendable and is not certain: a person has to decide.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Undecided {
    /// The column.
    pub column: String,
    /// Cells it is about.
    pub count: u64,
    /// Why it is not certain, and what to do.
    pub words: Text,
}

/// What was found to mend.
#[derive(Default)]
pub(super) struct Found {
    /// By row and column, both as a spreadsheet numbers them.
    pub(super) fixes: BTreeMap<(u64, u32), Fix>,
    pub(super) undecided: Vec<Undecided>,
}

/// What the columns of the file told before anything in it was mended, and the rows that were.
#[derive(Default)]
pub(super) struct Earlier {
    columns: Vec<OfColumn>,
    rows: BTreeSet<u64>,
    /// Rows of which several values stand in the column beside their own: of none of their cells it is certain
    /// what it was meant for.
    shifted: BTreeSet<u64>,
}

impl Earlier {
    /// Remembers the rows that are mended now: in no other may be more to mend.
    pub(super) fn mends<'f>(&mut self, fixes: impl Iterator<Item = &'f Fix>) {
        self.rows = fixes.map(|fix| fix.row).collect();
    }
}

/// The fixes of a file. The report is one of the very same bytes, with every finding. A cell that somebody
/// decided on, `by_hand`, is left alone. After the first round only rows that it mended are looked at, by what
/// the columns told then, and only municipalities are found anywhere.
pub(super) fn find(
    laid: &LaidOut<'_>,
    report: &FileReport,
    book: &RuleBook,
    by_hand: &BTreeSet<(u64, u32)>,
    earlier: &mut Option<Earlier>,
) -> io::Result<Found> {
    let form = laid.form();
    let sheet = match form {
        FileForm::Sheet { name, .. } => Some(name.to_owned()),
        _ => None,
    };
    let is_text = matches!(form, FileForm::Text { .. });
    let fields: Vec<(usize, Field<'_>)> = laid.fields().collect();
    let formulas = laid.formulas()?;
    let first = earlier.is_none();
    let mut orders = Orders::default();
    if first {
        let (columns, of_file) = columns(laid, &fields)?;
        orders = of_file;
        *earlier = Some(Earlier {
            columns,
            ..Earlier::default()
        });
    }
    let Earlier {
        columns,
        rows,
        shifted,
    } = earlier.get_or_insert_default();
    let mut by_position: Vec<Option<Field<'_>>> = vec![None; laid.header().len()];
    for (at, field) in &fields {
        by_position[*at] = Some(*field);
    }
    let mut shifted_from = usize::MAX;
    let rules = rules_of(report);
    let mut found = Found::default();
    laid.rows::<io::Error>(|row| {
        let LaidRow::Cells(cells) = row else {
            return Ok(ControlFlow::Continue(()));
        };
        if !cells.is_data || !(first || rows.contains(&cells.number)) {
            return Ok(ControlFlow::Continue(()));
        }
        if first {
            let seen = Shifted::of(&by_position, |at| cells.get(at));
            if seen.is_several() {
                shifted.insert(cells.number);
                shifted_from = shifted_from.min(seen.from);
            }
        }
        let is_shifted = shifted.contains(&cells.number);
        for ((at, field), column) in fields.iter().zip(&*columns) {
            let cell = cells.whole(*at);
            // What a formula gave is mended in the formula.
            let place = (cells.number, *at as u32 + 1);
            let settled = formulas.contains(&(cells.number, *at)) || by_hand.contains(&place);
            if cell.is_empty() || settled {
                continue;
            }
            let made = if is_shifted {
                // Whatever it is, a spreadsheet is not to run it.
                let safe = is_text.then(|| Step::Formula.apply(&cell, *field));
                safe.flatten().map(|value| (vec![Step::Formula], value))
            } else {
                mended(&cell, *field, column, is_text)
            };
            let Some((steps, value)) = made else {
                continue;
            };
            let fix = Fix {
                sheet: sheet.clone(),
                row: place.0,
                column_number: place.1,
                column: field.name().to_owned(),
                rule: rules
                    .get(&place)
                    .map(|(_, code)| *code)
                    .or_else(|| rule_of(&steps, *field, book)),
                steps,
                old: field.shown(&cell),
                new: field.shown(&value),
                value,
            };
            found.fixes.insert(place, fix);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    municipalities(
        report,
        &fields,
        sheet.as_deref(),
        &|place: (u64, u32)| {
            shifted.contains(&place.0)
                || by_hand.contains(&place)
                || formulas.contains(&(place.0, place.1 as usize - 1))
        },
        &mut found,
    );
    if !first {
        return Ok(found);
    }
    if let Some((_, field)) = fields.iter().find(|(at, _)| *at == shifted_from) {
        found.undecided.push(Undecided {
            column: field.name().to_owned(),
            count: shifted.len() as u64,
            words: Text::new(
                "in deze rijen staan waarden in de kolom naast die waar ze horen, dus geen cel ervan is hersteld. Vergelijk \
                 de eerste met de rij erboven, en maak de export opnieuw",
                "values of these rows stand in the column beside their own, so no cell of them was mended. Compare the \
                 first with the row above, and export the file again",
            ),
        });
    }
    for ((_, field), column) in fields.iter().zip(&*columns) {
        if let Some((open, count)) = column.proof.as_ref().and_then(|proof| proof.open) {
            let words = open.words(&orders);
            // What contradicts itself over all columns is told once.
            match found
                .undecided
                .iter_mut()
                .find(|other| other.words == words)
            {
                Some(other) => {
                    other.column = format!("{}, {}", other.column, field.name());
                    other.count += count;
                }
                None => found.undecided.push(Undecided {
                    column: field.name().to_owned(),
                    count,
                    words,
                }),
            }
        }
    }
    for ((_, field), column) in fields.iter().zip(&*columns) {
        if column.short_years > 0 {
            found.undecided.push(Undecided {
                column: field.name().to_owned(),
                count: column.short_years,
                words: Text::new(
                    "van het jaar staan er maar twee cijfers (31-12-25), en dan is niet zeker welk jaar het is. Schrijf het jaar \
                     voluit (20251231), of maak de export opnieuw met vier cijfers voor het jaar",
                    "only two digits of the year are there (31-12-25), so it is not certain which year it is. Write the year in \
                     full (20251231), or export the file again with four digits for the year",
                ),
            });
        }
    }
    for ((_, field), column) in fields.iter().zip(&*columns) {
        let zeros = column.zeros;
        if zeros.short > 0 && !zeros.lost_zeros() {
            found.undecided.push(Undecided {
                column: field.name().to_owned(),
                count: zeros.short,
                words: Text::new(
                    "nummers van acht cijfers voldoen met een nul ervoor aan de elfproef, maar de kolom bewijst niet dat \
                     het een nul is die mist: het kan ook een ander cijfer zijn. Zoek ze op in uw bronsysteem",
                    "numbers of eight digits pass the eleven test with a zero in front, but the column does not prove that \
                     it is a zero that is missing: it may be another digit. Look them up in your source system",
                ),
            });
        }
    }
    for ((_, field), column) in fields.iter().zip(&*columns) {
        if column.lost == 0 {
            continue;
        }
        found.undecided.push(Undecided {
            column: field.name().to_owned(),
            count: column.lost,
            words: Text::new(
                "Excel heeft cijfers weggelaten (1,23E+08); die staan niet meer in het bestand. Maak de kolom op als \
                 Tekst en haal de nummers opnieuw uit het bronsysteem",
                "a spreadsheet left digits out (1.23E+08); they are no longer in the file. Format the column as text \
                 and take the numbers from the source system again",
            ),
        });
    }
    Ok(found)
}

/// Old codes of municipalities, as the check of the same bytes found them on their days.
fn municipalities(
    report: &FileReport,
    fields: &[(usize, Field<'_>)],
    sheet: Option<&str>,
    settled: &dyn Fn((u64, u32)) -> bool,
    found: &mut Found,
) {
    for finding in &report.findings {
        let (Some(row), Some(column), Some(suggestion)) =
            (finding.row, finding.column_number, &finding.suggestion)
        else {
            continue;
        };
        let at = column as usize - 1;
        let Some((_, field)) = fields.iter().find(|(other, _)| *other == at) else {
            continue;
        };
        let place = (row, column);
        if field.kind() != FieldType::Municipality
            || found.fixes.contains_key(&place)
            || settled(place)
            || !field.is_right(suggestion.value())
        {
            continue;
        }
        found.fixes.insert(
            place,
            Fix {
                sheet: sheet.map(str::to_owned),
                row,
                column_number: column,
                column: field.name().to_owned(),
                steps: vec![Step::Municipality],
                rule: Some(finding.code),
                old: finding.value.clone(),
                new: suggestion.shown(),
                value: suggestion.value().to_owned(),
            },
        );
    }
}

/// The rule that the steps of a cell are about, where it was not told of the very cell.
fn rule_of(steps: &[Step], field: Field<'_>, book: &RuleBook) -> Option<RuleCode> {
    // Blanks are taken away beside much else.
    let step = steps.iter().find(|step| **step != Step::Blanks);
    let step = step.or(steps.first())?;
    let seen = step.observed_as(field.kind())?;
    Some(book.telling(seen)?.code)
}

/// The gravest rule of each cell.
pub(super) fn rules_of(report: &FileReport) -> BTreeMap<(u64, u32), (Severity, RuleCode)> {
    let mut rules = BTreeMap::new();
    for finding in &report.findings {
        if let (Some(row), Some(column)) = (finding.row, finding.column_number) {
            let new = (finding.severity, finding.code);
            let known = rules.entry((row, column)).or_insert(new);
            if new.0 > known.0 {
                *known = new;
            }
        }
    }
    rules
}
