//! One offline page: verdict, causes, cells; filtered by severity, file and word.
//!
//! It holds everything it needs and asks nothing of a network: a policy in its head forbids it. Without
//! scripts it shows everything and filters nothing.

use ethos_ingest::{CheckReport, FileReport, RuleBook, Verdict};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, Severity, Suggestion};
use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::cause::{Cause, causes};
use crate::overview::{Overview, overview};
use crate::senders::{Senders, cells, headings, notes, response_line};
use crate::terminal::grouped;
use crate::verdict::{mendable_sentence, verdict_key, verdict_sentence};

/// Cells of one cause on the page at most; further ones are counted, and said so.
const CELLS: usize = 500;

/// Why a page cannot be made: a fault of ours.
#[derive(Debug, thiserror::Error)]
#[error("the page cannot be made: {0}")]
pub struct PageError(#[from] minijinja::Error);

/// The page.
///
/// # Errors
/// [`PageError`], which only a fault of this program gives.
pub fn page(
    report: &CheckReport,
    book: &RuleBook,
    language: Language,
) -> Result<String, PageError> {
    page_with(report, book, &PageParts::default(), language)
}

/// What may be on a page beside findings.
#[derive(Copy, Clone, Default, Debug)]
pub struct PageParts<'a> {
    /// Who delivered what.
    pub senders: Option<&'a Senders>,
    /// Whether each file's counts are on it: small ones too, so that the page is not to be shared.
    pub overview: bool,
}

/// The page, with further parts.
///
/// # Errors
/// As [`page`].
pub fn page_with(
    report: &CheckReport,
    book: &RuleBook,
    parts: &PageParts<'_>,
    language: Language,
) -> Result<String, PageError> {
    let mut environment = Environment::new();
    // The name's ending makes it escape everything.
    environment.add_template("check.html", include_str!("../templates/check.html"))?;
    let files: Vec<PageFile> = report
        .files
        .iter()
        .map(|file| PageFile {
            overview: parts.overview.then(|| overview(file, language)).flatten(),
            ..one_file(file, book, language)
        })
        .collect();
    let severities: Vec<PageSeverity> = [
        Severity::Blocking,
        Severity::Error,
        Severity::Warning,
        Severity::Note,
    ]
    .into_iter()
    .map(|severity| PageSeverity {
        key: severity.key(),
        name: severity.name(language),
        causes: files
            .iter()
            .flat_map(|file| &file.causes)
            .filter(|cause| cause.severity == severity.key())
            .count(),
    })
    .filter(|severity| severity.causes > 0)
    .collect();
    let mut rules: Vec<PageRule> = Vec::new();
    for cause in files.iter().flat_map(|file| &file.causes) {
        let known = |rule: &PageRule| rule.code == cause.code && rule.title == cause.title;
        if !rules.iter().any(known) {
            rules.push(PageRule {
                code: cause.code.clone(),
                title: cause.title.clone(),
            });
        }
    }
    let whole = Whole {
        lang: language.pick("nl", "en"),
        w: Words::of(language),
        style: include_str!("../templates/check.css"),
        script: include_str!("../templates/check.js"),
        severities,
        rules,
        files,
        senders: parts
            .senders
            .map(|senders| PageSenders::of(senders, language)),
    };
    let context = minijinja::Value::from(Serde(whole));
    Ok(environment.get_template("check.html")?.render(context)?)
}

#[derive(Serialize)]
struct Whole {
    lang: &'static str,
    w: Words,
    style: &'static str,
    script: &'static str,
    severities: Vec<PageSeverity>,
    /// The rules that found something, to choose from.
    rules: Vec<PageRule>,
    files: Vec<PageFile>,
    senders: Option<PageSenders>,
}

/// Who delivered what.
#[derive(Serialize)]
struct PageSenders {
    title: &'static str,
    response: String,
    headings: Vec<&'static str>,
    rows: Vec<PageSender>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct PageSender {
    status: &'static str,
    cells: Vec<String>,
}

impl PageSenders {
    fn of(senders: &Senders, language: Language) -> Self {
        Self {
            title: language.pick("Wie leverde wat", "Who delivered what"),
            response: response_line(senders, language),
            headings: headings(language).to_vec(),
            rows: senders
                .senders
                .iter()
                .map(|sender| PageSender {
                    status: sender.status.key(),
                    cells: cells(sender, language).to_vec(),
                })
                .collect(),
            notes: notes(senders, language),
        }
    }
}

#[derive(Serialize)]
struct PageSeverity {
    key: &'static str,
    name: &'static str,
    causes: usize,
}

#[derive(Serialize)]
struct PageRule {
    code: String,
    title: String,
}

#[derive(Serialize)]
struct PageFile {
    name: String,
    verdict: &'static str,
    sign: &'static str,
    sentence: String,
    /// What mending would come to.
    mendable: Option<String>,
    /// The verdict in a few words, for the list of files.
    short: &'static str,
    facts: Vec<(&'static str, String)>,
    causes: Vec<PageCause>,
    overview: Option<Overview>,
}

#[derive(Serialize)]
struct PageCause {
    severity: &'static str,
    severity_name: &'static str,
    title: String,
    code: String,
    count: String,
    place: String,
    message: String,
    fix: String,
    why: String,
    cells: Vec<PageCell>,
    /// Whether any cell has a suggestion.
    suggests: bool,
    /// Whether the cells' messages differ from each other.
    differ: bool,
    more: Option<String>,
}

#[derive(Serialize)]
struct PageCell {
    address: String,
    row: Option<u64>,
    column: String,
    value: String,
    suggestion: String,
    message: String,
}

fn one_file(file: &FileReport, book: &RuleBook, language: Language) -> PageFile {
    let tally = &file.tally;
    let causes = causes(file);
    let count = |number| grouped(number, language);
    let mut facts = vec![
        (
            language.pick("Indeling", "Layout"),
            file.layout
                .clone()
                .unwrap_or_else(|| language.pick("niet herkend", "not recognised").into()),
        ),
        (language.pick("Rijen", "Rows"), count(tally.rows())),
        (language.pick("Goed", "Accepted"), count(tally.accepted)),
    ];
    // How it was written: a text in an encoding, a workbook in sheets.
    if let Some(encoding) = file.encoding {
        facts.insert(
            1,
            (language.pick("Tekens", "Encoding"), encoding.to_owned()),
        );
    }
    if let Some(sheet) = &file.sheet {
        facts.insert(1, (language.pick("Blad", "Sheet"), sheet.clone()));
    }
    for (name, number) in [
        (language.pick("Afgekeurd", "Rejected"), tally.rejected),
        (
            language.pick("Buiten de telling", "Out of scope"),
            tally.out_of_scope,
        ),
        (
            language.pick("Dubbel of vervangen", "Duplicate or replaced"),
            tally.duplicate + tally.superseded,
        ),
        (language.pick("Apart gezet", "Set aside"), tally.set_aside),
    ] {
        if number > 0 {
            facts.push((name, count(number)));
        }
    }
    PageFile {
        name: file.file.clone(),
        verdict: verdict_key(file.verdict),
        sign: match file.verdict {
            Verdict::Clean => "✓",
            Verdict::Usable => "!",
            Verdict::Mend | Verdict::Unusable => "✗",
        },
        sentence: verdict_sentence(file, &causes, language),
        mendable: mendable_sentence(file, language),
        short: match file.verdict {
            Verdict::Clean => language.pick("in orde", "in order"),
            Verdict::Usable => language.pick(
                "kan worden verstuurd, met waarschuwingen",
                "can be sent, with warnings",
            ),
            Verdict::Mend => language.pick("eerst herstellen", "to be mended first"),
            Verdict::Unusable => language.pick("onbruikbaar", "cannot be used"),
        },
        facts,
        overview: None,
        causes: causes
            .iter()
            .map(|cause| one_cause(cause, book, language))
            .collect(),
    }
}

fn one_cause(cause: &Cause<'_>, book: &RuleBook, language: Language) -> PageCause {
    let rule = book.find(cause.code.as_str());
    let with_row = || {
        cause
            .findings
            .iter()
            .filter(|finding| finding.row.is_some())
    };
    let cells: Vec<PageCell> = with_row()
        .take(CELLS)
        .map(|finding| cell(finding, language))
        .collect();
    let hidden = match cells.len() {
        0 => 0,
        shown => cause.count.saturating_sub(shown as u64),
    };
    PageCause {
        severity: cause.severity.key(),
        severity_name: cause.severity.name(language),
        title: cause.title(book, language).to_owned(),
        code: cause.codes(),
        count: grouped(cause.count, language),
        place: cause.place(language),
        message: cause.message(language),
        fix: cause.fix(language),
        // Why the first rule is there does not tell why columns shifted, unless it is about that.
        why: rule
            .filter(|rule| cause.codes() == rule.code.as_str())
            .map_or_else(String::new, |rule| {
                rule.why.in_language(language).to_owned()
            }),
        suggests: cells.iter().any(|cell| !cell.suggestion.is_empty()),
        differ: cells.iter().any(|cell| cell.message != cells[0].message),
        cells,
        more: (hidden > 0).then(|| match language {
            Language::Nl => format!(
                "En nog {}: die staan in het werkbestand en in de CSV.",
                grouped(hidden, language)
            ),
            Language::En => format!(
                "And {} more: they are in the workbook and in the CSV.",
                grouped(hidden, language)
            ),
        }),
    }
}

fn cell(finding: &Finding, language: Language) -> PageCell {
    let address = finding.address().unwrap_or_default();
    PageCell {
        address: match &finding.sheet {
            Some(sheet) if !address.is_empty() => format!("{sheet}!{address}"),
            _ => address,
        },
        row: finding.row,
        column: finding.column.as_deref().unwrap_or_default().to_owned(),
        value: finding.value.to_string(),
        suggestion: finding
            .suggestion
            .as_ref()
            .map(Suggestion::shown)
            .unwrap_or_default()
            .to_string(),
        message: finding.message.in_language(language).to_owned(),
    }
}

/// What the page says itself.
#[derive(Serialize)]
struct Words {
    title: &'static str,
    local: &'static str,
    skip: &'static str,
    filter: &'static str,
    show: &'static str,
    file: &'static str,
    all_files: &'static str,
    files: &'static str,
    cause: &'static str,
    all_causes: &'static str,
    search: &'static str,
    search_hint: &'static str,
    open_all: &'static str,
    close_all: &'static str,
    clear: &'static str,
    nothing: &'static str,
    none_fit: &'static str,
    of: &'static str,
    causes: &'static str,
    fix: &'static str,
    why: &'static str,
    cells: &'static str,
    cell: &'static str,
    row: &'static str,
    column: &'static str,
    value: &'static str,
    suggestion: &'static str,
    what: &'static str,
    rule: &'static str,
    overview: &'static str,
    footer: &'static str,
}

impl Words {
    fn of(language: Language) -> Self {
        match language {
            Language::Nl => Self {
                title: "Controle van uw levering",
                local: "Gemaakt op uw eigen computer. Er is niets verstuurd; persoonlijke waarden zijn afgeschermd.",
                skip: "Naar de bevindingen",
                filter: "Kiezen wat u ziet",
                show: "Toon",
                file: "Bestand",
                all_files: "alle bestanden",
                files: "Bestanden",
                cause: "Oorzaak",
                all_causes: "alle oorzaken",
                search: "Zoek",
                search_hint: "woord of cel",
                open_all: "Alles openklappen",
                close_all: "Alles dichtklappen",
                clear: "Alles tonen",
                nothing: "Er zijn geen bevindingen.",
                none_fit: "Niets past bij uw keuze. Kies «Alles tonen» om weer alles te zien.",
                of: "van",
                causes: "oorzaken",
                fix: "Wat u doet",
                why: "Waarom",
                cells: "Cellen",
                cell: "Cel",
                row: "Rij",
                column: "Kolom",
                value: "Waarde",
                suggestion: "Voorstel",
                what: "Wat",
                rule: "Regel",
                overview: "Klopt het beeld? (op orde)",
                footer: "Deze pagina werkt zonder internet en bevat geen volledige persoonlijke waarden. Herstel in uw bronsysteem, maak de levering opnieuw en controleer nog eens.",
            },
            Language::En => Self {
                title: "Check of your delivery",
                local: "Made on your own computer. Nothing was sent; personal values are masked.",
                skip: "To the findings",
                filter: "Choose what you see",
                show: "Show",
                file: "File",
                all_files: "all files",
                files: "Files",
                cause: "Cause",
                all_causes: "all causes",
                search: "Search",
                search_hint: "word or cell",
                open_all: "Open all",
                close_all: "Close all",
                clear: "Show all",
                nothing: "There are no findings.",
                none_fit: "Nothing fits your choice. Choose «Show all» to see everything again.",
                of: "of",
                causes: "causes",
                fix: "What to do",
                why: "Why",
                cells: "Cells",
                cell: "Cell",
                row: "Row",
                column: "Column",
                value: "Value",
                suggestion: "Suggestion",
                what: "What",
                rule: "Rule",
                overview: "Is the picture right?",
                footer: "This page works without a network and holds no personal value whole. Mend in your source system, make the delivery again and check once more.",
            },
        }
    }
}
