//! What a rule and its examples say, in words.

use ethos_model::category::Language;

use crate::rules::example::{Cell, Example, ExampleSheet, FormulaCell, Member, Packing, SheetCell};
use crate::rules::{Finds, Rule};

/// A text with an ellipsis where a finding has its detail.
pub(super) fn shown(text: &str) -> String {
    text.replace("{}.", "…").replace("{}", "…")
}

/// The subjects of rules, by the letters of their codes.
pub(super) fn subject(letters: &str, language: Language) -> String {
    let known = match letters {
        "BST" => language.pick("Het bestand", "The file"),
        "KOP" => language.pick("De kopregel", "The header"),
        "RIJ" => language.pick("De rijen", "The rows"),
        "WBK" => language.pick("Werkboeken", "Workbooks"),
        "BSN" => language.pick("Burgerservicenummers", "Citizen service numbers"),
        "GEB" => language.pick("Geboortedatum en leeftijd", "Birth date and age"),
        "LET" => language.pick("Letters van de naam", "Letters of the name"),
        "DAT" => language.pick("Datums", "Dates"),
        "PER" => language.pick("Periode en duur", "Period and length"),
        "VBL" => language.pick("Verblijven van een persoon", "Stays of one person"),
        "GEM" => language.pick("Gemeenten", "Municipalities"),
        "COD" => language.pick("Codes", "Codes"),
        "CAT" => language.pick("Categorieën", "Categories"),
        "INH" => language.pick("Inhoud van een bestand", "Content of a file"),
        "LFT" => language.pick("Leeftijden", "Ages"),
        "GET" => language.pick("Getallen", "Numbers"),
        "VLD" => language.pick("Lege cellen", "Blank cells"),
        "SPA" => language.pick("Spaties", "Blanks around values"),
        "FRM" => language.pick("Formules in tekst", "Formulas in text"),
        "TEK" => language.pick("Tekens", "Characters"),
        "DUB" => language.pick("Dubbele rijen", "Double rows"),
        "REG" => language.pick("Registers", "Registers"),
        "COR" => language.pick("Correcties met de hand", "Corrections by hand"),
        "VGL" => language.pick("Tegen de vorige levering", "Against the previous delivery"),
        "AND" => language.pick("Tegen andere afzenders", "Against other senders"),
        "TSN" => language.pick("Tussen bestanden", "Between files"),
        other => return other.to_owned(),
    };
    known.to_owned()
}

/// Where a rule holds: its scope, layouts and dates.
pub(super) fn whereabouts(rule: &Rule, language: Language) -> String {
    let mut parts = vec![
        rule.severity.name(language).to_owned(),
        rule.scope.name(language).to_owned(),
    ];
    if !rule.applies.is_empty() {
        parts.push(rule.applies.join(", "));
    }
    if let Some(from) = rule.valid_from {
        parts.push(format!("{} {from}", language.pick("vanaf", "from")));
    }
    if let Some(until) = rule.valid_until {
        parts.push(format!("{} {until}", language.pick("tot", "until")));
    }
    parts.join(" · ")
}

/// What a rule looks for.
pub(super) fn condition(rule: &Rule) -> String {
    match &rule.finds {
        Finds::Observed(seen) => seen.key().to_owned(),
        Finds::Condition { find, each, .. } => {
            let each = each.map(|each| format!("{each:?}: ").to_lowercase());
            each.unwrap_or_default() + find.trim()
        }
    }
}

/// An example in words: which cells, which file, which figures.
pub(super) fn example(example: &Example, rule: &Rule, language: Language) -> String {
    let mut parts = Vec::new();
    if let Some(note) = &example.note {
        parts.push(note.in_language(language).to_owned());
    }
    if let Some(layout) = &example.layout {
        parts.push(layout.clone());
    }
    if let Some(file) = &example.file {
        parts.push(file.clone());
    }
    let rows: Vec<String> = example
        .rows
        .iter()
        .map(|row| cells(row, language))
        .collect();
    parts.extend(listed(rows));
    if let Some(sheet) = &example.sheet {
        parts.push(format!(
            "{} `{sheet}`",
            language.pick("gevraagd blad", "sheet asked for")
        ));
    }
    if let Some(row) = example.header_row {
        parts.push(format!(
            "{} {row}",
            language.pick("genoemde kopregel: rij", "header said to be in row")
        ));
    }
    parts.extend(listed(
        example
            .sheets
            .iter()
            .map(|sheet| in_sheet(sheet, language))
            .collect(),
    ));
    if !example.members.is_empty() {
        parts.push(in_archive(&example.members, language));
    }
    match example.packing {
        None => {}
        Some(Packing::Password) => {
            parts.push(language.pick("met wachtwoord", "under a password").into());
        }
        Some(Packing::Unknown) => parts.push(
            language
                .pick(
                    "ingepakt op een onbekende manier",
                    "packed in an unknown way",
                )
                .into(),
        ),
    }
    if let Some(text) = &example.text {
        let lines: Vec<String> = text.lines().map(|line| format!("{line:?}")).collect();
        let encoding = example.encoding.as_deref().unwrap_or("utf-8");
        parts.push(format!("{encoding}: {}", listed(lines).join(" / ")));
    }
    for further in &example.with {
        let rows: Vec<String> = further
            .rows
            .iter()
            .map(|row| cells(row, language))
            .collect();
        parts.push(format!("{}: {}", further.file, listed(rows).join(" / ")));
    }
    // Of a delivery's figures, those that the rule asks for: the others say nothing here. A rule that
    // is asked for each of many names none.
    let asked = condition(rule);
    let is_asked = |name: &String| asked.contains(name.split('[').next().unwrap_or(name));
    let given = [&example.this, &example.last].into_iter();
    let names_any = given
        .chain(&example.peers)
        .any(|figures| figures.keys().any(is_asked));
    let figures = |figures: &std::collections::BTreeMap<String, f64>| {
        let each: Vec<String> = figures
            .iter()
            .filter(|(name, _)| !names_any || is_asked(name))
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        each.join(", ")
    };
    if !example.this.is_empty() {
        parts.push(format!(
            "{}: {}",
            language.pick("nu", "now"),
            figures(&example.this)
        ));
    }
    if !example.last.is_empty() {
        let what = language.pick("vorige", "last");
        parts.push(format!("{what}: {}", figures(&example.last)));
    }
    if !example.peers.is_empty() {
        let others: Vec<String> = example.peers.iter().map(figures).collect();
        let what = language.pick("anderen", "others");
        parts.push(format!("{what}: {}", listed(others).join(" / ")));
    }
    parts.join("; ")
}

/// What is in a sheet of an example.
fn in_sheet(sheet: &ExampleSheet, language: Language) -> String {
    let mut inside: Vec<String> = sheet.rows.iter().map(|row| cells(row, language)).collect();
    inside.extend(sheet.cells.iter().map(|(address, cell)| match cell {
        SheetCell::Text(text) => format!("{address} = {text}"),
        SheetCell::Formula(FormulaCell { formula, value }) => {
            let value = value
                .as_deref()
                .unwrap_or(language.pick("nooit berekend", "never reckoned"));
            format!("{address} = ={formula} → {value}")
        }
    }));
    inside.extend(
        sheet
            .merged
            .iter()
            .map(|range| format!("{range} {}", language.pick("samengevoegd", "merged"))),
    );
    format!(
        "{} `{}`{}: {}",
        language.pick("blad", "sheet"),
        sheet.name,
        if sheet.hidden {
            language.pick(" (verborgen)", " (hidden)")
        } else {
            ""
        },
        listed(inside).join(" / ")
    )
}

/// What is in an archive of an example.
fn in_archive(members: &[Member], language: Language) -> String {
    let names = members.iter().map(|member| match &member.link {
        Some(target) => format!("`{}` → {target}", member.name),
        None if member.members.is_empty() => format!("`{}`", member.name),
        None => format!(
            "`{}` ({})",
            member.name,
            in_archive(&member.members, language)
        ),
    });
    let names: Vec<String> = names.collect();
    format!(
        "{} {}",
        language.pick("zip met", "archive of"),
        names.join(", ")
    )
}

/// The first few of many.
fn listed(mut items: Vec<String>) -> Vec<String> {
    if items.len() > 3 {
        items.truncate(3);
        items.push("…".into());
    }
    items
}

/// The cells of a row, by column.
fn cells(row: &std::collections::BTreeMap<String, Cell>, language: Language) -> String {
    let mut times = String::new();
    let mut cells = Vec::new();
    for (name, cell) in row {
        match cell {
            Cell::Times(number) if name == "times" => times = format!("{number} × "),
            Cell::Times(number) => cells.push(format!("{name} = {number}")),
            Cell::Text(text) if text.is_empty() => {
                cells.push(format!("{name} {}", language.pick("leeg", "blank")));
            }
            Cell::Text(text) => cells.push(format!("{name} = {text}")),
        }
    }
    if cells.is_empty() {
        cells.push(language.pick("goede rij", "good row").to_owned());
    }
    times + &cells.join(", ")
}
