//! A scaffold as text.

use std::fmt::Write;

use ethos_model::category::Language;
use ethos_model::layout::{FieldType, Target};

use super::guess::Guess;

/// The layout in TOML, with a comment on what to look at.
pub(super) fn layout(guesses: &[Guess], header: bool, language: Language) -> String {
    let has = |target| guesses.iter().any(|guess| guess.target == Some(target));
    let dated = has(Target::Start) || has(Target::Observed) || has(Target::FileDate);
    let persons = !dated && has(Target::Person) && has(Target::BirthDate);
    let mut text = String::new();
    let _ = writeln!(text, "{}", language.pick(INTRODUCTION[0], INTRODUCTION[1]));
    let kind = if persons { "person-register" } else { "spells" };
    let _ = writeln!(text, "id = \"eigen/1\"\nkind = \"{kind}\"");
    let _ = writeln!(
        text,
        "status = \"unverified\"\nsource = {}\n",
        quoted(language.pick("gemaakt uit een bestand", "made from a file"))
    );
    let _ = writeln!(
        text,
        "[title]\nnl = \"Eigen indeling\"\nen = \"Layout of our own\"\n\n[file]\nheader = {header}"
    );
    let days: Vec<bool> = guesses
        .iter()
        .filter(|guess| guess.kind == FieldType::Date)
        .map(|guess| guess.day_first)
        .collect();
    if !days.is_empty() && days.iter().all(|day_first| *day_first) {
        let why = language.pick(
            "# De datums zijn geschreven als 31-01-2025.",
            "# Dates are written as 31-01-2025.",
        );
        let _ = writeln!(text, "{why}\ndates = \"day-first\"");
    } else if days.contains(&true) {
        let why = language.pick(
            "# Sommige kolommen hebben datums als 31-01-2025, andere als 20250131. Met deze regel worden\n\
             # ze allebei gelezen.",
            "# Some columns have dates such as 31-01-2025, others such as 20250131. With this line both\n\
             # are read.",
        );
        let _ = writeln!(text, "{why}\ndates = \"day-first\"");
    }
    text.push('\n');
    if !dated && !persons {
        let missing = language.pick(
            "# Geen kolom van dit bestand is een begin-, tel- of aanmaakdatum. Geef een kolom\n\
             # `maps_to = \"start\"`, \"observed\" of \"file-date\".",
            "# No column of this file is a start, count or file date. Give one the line\n\
             # `maps_to = \"start\"`, \"observed\" or \"file-date\".",
        );
        let _ = writeln!(text, "{missing}");
    }
    if persons {
        text.push_str("[category.none]\n");
    } else if guesses.iter().any(|guess| guess.product) {
        text.push_str("[category.mapping]\nname = \"iwmo-3.2\"\n");
    } else if has(Target::Situation) {
        text.push_str("[category.situation]\n");
    } else {
        let why = language.pick(
            "# Elke rij krijgt deze categorie. Is er een kolom met de situatie, gebruik dan\n\
             # [category.situation] of [category.mapping].",
            "# Every row has this category. Where a column tells the situation, use\n\
             # [category.situation] or [category.mapping].",
        );
        let _ = writeln!(text, "{why}\n[category.fixed]\ncategory = \"unknown\"");
    }
    for guess in guesses {
        text.push('\n');
        field(&mut text, guess, language);
    }
    text
}

const INTRODUCTION: [&str; 2] = [
    "# Indeling, gemaakt uit de kolommen van een bestand. Controleer elk veld: soort, verplicht of\n\
     # niet, en waar het op uitkomt (maps_to). Schrijf bij elke code wat die betekent. Waarden die van\n\
     # iemand kunnen zijn, staan hier niet in. Alle sleutels staan in docs/indelingen.md.\n",
    "# Layout, made from the columns of a file. Look at every field: its type, whether it is required,\n\
     # and what it fills (maps_to). Write what each code stands for. No value that may be somebody's\n\
     # is in here. Every key is explained in docs/indelingen.md.\n",
];

fn field(text: &mut String, guess: &Guess, language: Language) {
    let _ = writeln!(text, "[[field]]\nname = {}", quoted(&guess.name));
    let _ = writeln!(text, "type = \"{}\"", key(guess.kind));
    if let Some(width) = guess.width {
        let _ = writeln!(text, "width = {width}");
    }
    let required = if guess.filled { "always" } else { "column" };
    let _ = writeln!(text, "required = \"{required}\"");
    if let Some(target) = guess
        .target
        .and_then(|target| toml::Value::try_from(target).ok())
    {
        let _ = writeln!(text, "maps_to = {target}");
    }
    let (nl, en) = match &guess.meaning {
        Some(meaning) => (meaning.nl.as_str(), meaning.en.as_str()),
        None => ("?", "?"),
    };
    let _ = writeln!(
        text,
        "meaning.nl = {}\nmeaning.en = {}",
        quoted(nl),
        quoted(en)
    );
    if guess.hidden > 0 {
        let _ = writeln!(
            text,
            "# {} {}",
            guess.hidden,
            language.pick(
                "andere waarden zijn niet getoond; vul de codes aan.",
                "other values are not shown; complete the codes.",
            )
        );
    }
    if !guess.codes.is_empty() {
        text.push_str("[field.codes]\n");
        for (code, to) in &guess.codes {
            let _ = writeln!(text, "{} = {}", quoted(code), quoted(to));
        }
    }
}

/// A string in TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn key(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Bsn => "bsn",
        FieldType::Date => "date",
        FieldType::Municipality => "municipality",
        FieldType::Code => "code",
        FieldType::Integer => "integer",
        FieldType::Decimal => "decimal",
        FieldType::Age => "age",
        FieldType::Text => "text",
    }
}
