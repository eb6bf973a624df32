//! The marks and the first sheet of a check.

use ethos_ingest::{FileReport, RuleBook};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, Suggestion};

use super::front::{FrontCell, FrontRow, FrontSheet};
use super::mark::{MAX_NOTES, Mark, SheetMarks};
use crate::cause::causes;
use crate::overview::front_lines;
use crate::terminal::grouped;
use crate::verdict::{mendable_sentence, verdict_sentence};

/// The marks of a file's findings, by sheet. A finding on a row as a whole marks the row's first cell; one
/// on the file marks none and stands on the first sheet only. `sheet` is where findings lie that name no
/// sheet: those of a file of text that was made into a workbook.
pub fn marks_of(file: &FileReport, sheet: &str, language: Language) -> Vec<SheetMarks> {
    let mut sheets: Vec<SheetMarks> = Vec::new();
    for finding in &file.findings {
        let Some(row) = finding.row else {
            continue;
        };
        let name = finding.sheet.as_deref().unwrap_or(sheet);
        let mark = Mark {
            row: u32::try_from(row).unwrap_or(0),
            column: finding.column_number.unwrap_or(1),
            severity: finding.severity,
            note: note(finding, language),
        };
        match sheets.iter_mut().find(|marks| marks.sheet == name) {
            Some(marks) => marks.marks.push(mark),
            None => sheets.push(SheetMarks {
                sheet: name.to_owned(),
                marks: vec![mark],
            }),
        }
    }
    sheets
}

/// `FOUT BSN01: Dit is geen burgerservicenummer … → Neem het nummer opnieuw over …`
fn note(finding: &Finding, language: Language) -> String {
    let mut text = format!(
        "{} {}: {}\n→ {}",
        finding.severity.name(language).to_uppercase(),
        finding.code,
        finding.message.in_language(language),
        finding.fix.in_language(language),
    );
    if let Some(suggestion) = &finding.suggestion {
        let shown = Suggestion::shown(suggestion);
        text += "\n";
        text += language.pick("Voorstel: ", "Suggestion: ");
        text += shown.as_str();
    }
    text
}

/// The sheet "Wat moet ik doen" of a file: its causes, gravest first, each with a link to its first cell.
pub fn front_of(file: &FileReport, sheet: &str, book: &RuleBook, language: Language) -> FrontSheet {
    let causes = causes(file);
    let mut lines = vec![
        verdict_sentence(file, &causes, language),
        language
            .pick(
                "Begin bovenaan. Klik op een cel om ernaartoe te gaan. Herstel bij voorkeur in uw bronsysteem en maak \
                 de levering opnieuw; controleer daarna nog eens.",
                "Start at the top. Click a cell to go there. Mend in your source system if you can and make the \
                 delivery again; then check once more.",
            )
            .to_owned(),
    ];
    let noted = file
        .findings
        .iter()
        .filter(|finding| finding.row.is_some())
        .count();
    lines.extend(mendable_sentence(file, language));
    if noted > MAX_NOTES {
        lines.push(match language {
            Language::Nl => format!(
                "Er zijn {} gemarkeerde cellen. De eerste {} van een blad hebben een notitie, de andere alleen een \
                 kleur.",
                grouped(noted as u64, language),
                grouped(MAX_NOTES as u64, language)
            ),
            Language::En => format!(
                "There are {} marked cells. The first {} of a sheet have a note, the others a colour only.",
                grouped(noted as u64, language),
                grouped(MAX_NOTES as u64, language)
            ),
        });
    }
    lines.extend(front_lines(file, language));
    let rows = causes
        .iter()
        .map(|cause| {
            let title = cause.title(book, language);
            let cell = cause.findings.iter().find_map(|finding| {
                let address = finding
                    .address()
                    .or_else(|| finding.row.map(|row| format!("A{row}")))?;
                Some((
                    finding.sheet.as_deref().unwrap_or(sheet).to_owned(),
                    address,
                ))
            });
            FrontRow {
                severity: cause.severity,
                cells: vec![
                    cause.severity.name(language).into(),
                    cell.as_ref()
                        .map_or("", |(_, address)| address.as_str())
                        .into(),
                    cause.place(language).into(),
                    title.into(),
                    cause.message(language).into(),
                    cause.fix(language).into(),
                    FrontCell::Number(cause.count),
                    cause.codes().into(),
                ],
                target: cell,
                link: 1,
            }
        })
        .collect();
    let columns = [
        (language.pick("Ernst", "Severity"), 15),
        (language.pick("Eerste cel", "First cell"), 12),
        (language.pick("Waar", "Where"), 34),
        (language.pick("Wat", "What"), 26),
        (language.pick("Uitleg", "Explanation"), 60),
        (language.pick("Wat u doet", "What to do"), 60),
        (language.pick("Aantal", "Number"), 10),
        (language.pick("Regel", "Rule"), 9),
    ];
    FrontSheet {
        name: language.pick("Wat moet ik doen", "What to do").to_owned(),
        title: language.pick("Wat moet ik doen", "What to do").to_owned(),
        lines,
        columns: columns
            .into_iter()
            .map(|(name, width)| (name.to_owned(), width))
            .collect(),
        rows,
        made_of: file.sha256.clone(),
    }
}
