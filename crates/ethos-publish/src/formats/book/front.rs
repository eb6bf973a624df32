//! Cover, contents and notes.

use ethos_model::category::Language;
use ethos_model::cube::{Crossing, Family, PlaceLevel};

use super::{Cell, Content, Marked, Sheet, Style};
use crate::notes;
use crate::release::SafeRelease;
use crate::tables::PrintTable;
use crate::words::label::Mark;
use crate::words::{number, scope};

/// Names of the sheets before the tables.
fn names(language: Language) -> [&'static str; 3] {
    [
        language.pick("Voorblad", "Cover"),
        language.pick("Inhoud", "Contents"),
        language.pick("Toelichting", "Notes"),
    ]
}

/// Name of the sheet with the notes.
pub(super) fn notes_name(language: Language) -> &'static str {
    names(language)[2]
}

/// Name of a table's sheet.
pub(super) fn sheet_name(family: Family, language: Language) -> String {
    match family {
        Family::Crossed(crossing) => return crossed_name(crossing, language),
        Family::NationalEstimate => language.pick("Schatting", "Estimate"),
        Family::Estimators => language.pick("Schatters", "Estimators"),
        Family::NationalCategory => language.pick("Categorie", "Category"),
        Family::NationalCharacteristics => language.pick("Kenmerken", "Characteristics"),
        Family::RegionalCategory => language.pick("Regio", "Region"),
        Family::MunicipalCategory => language.pick("Gemeente", "Municipality"),
        Family::Dashboard => language.pick("Kernindicatoren", "Core indicators"),
        Family::Flows => language.pick("Stromen", "Flows"),
        Family::Moves => language.pick("Verplaatsingen", "Moves"),
        Family::Rates => language.pick("Per inwoner", "Per inhabitant"),
        Family::MunicipalSynthetic => language.pick("Synthetisch", "Synthetic"),
    }
    .into()
}

/// `Nationaliteit, verblijfsstatus`; at most 31 characters, as workbooks want it.
fn crossed_name(crossing: Crossing, language: Language) -> String {
    let place = match crossing.place() {
        PlaceLevel::National => None,
        PlaceLevel::Regional => Some(language.pick("Regio", "Region")),
        PlaceLevel::Municipal => Some(language.pick("Gemeente", "Munic.")),
    };
    let several = crossing.by().count() + usize::from(place.is_some()) > 2;
    let mut name = place.unwrap_or_default().to_owned();
    for by in crossing.by() {
        let word = by.name(language);
        // Three names in full would be too long.
        let word: String = word.chars().take(if several { 9 } else { 16 }).collect();
        if name.is_empty() {
            name = word;
        } else {
            name = format!("{name}, {}", word.to_lowercase());
        }
    }
    name
}

pub(super) fn cover(release: &SafeRelease<'_>) -> Sheet {
    let language = release.context().language();
    let study = release.study();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut put = |text: &str, style: Style| rows.push(vec![Cell::text(text, style)]);
    put(&study.study.name, Style::Title);
    put(
        language.pick(
            "Dakloosheid naar ETHOS Light-categorie",
            "Homelessness by ETHOS Light category",
        ),
        Style::Muted,
    );
    if let Some(alarm) = release.alarm() {
        put(alarm, Style::Warning);
    }
    if let Some(banner) = release.banner() {
        put(banner, Style::Heading);
    }
    let dates: Vec<String> = study
        .study
        .reference_dates
        .iter()
        .map(|day| number::day(*day, language))
        .collect();
    put(
        &format!(
            "{}: {}",
            language.pick("Peildatum", "Reference date"),
            scope::listed(&dates, language.pick("en", "and"))
        ),
        Style::Text,
    );
    put(
        &format!(
            "Status: {}",
            study.publish.status.name(language).to_lowercase()
        ),
        Style::Text,
    );
    for (label, value) in [
        (
            language.pick("Uitgever", "Publisher"),
            &study.publish.publisher,
        ),
        (language.pick("Licentie", "Licence"), &study.publish.licence),
    ] {
        if let Some(value) = value {
            put(&format!("{label}: {value}"), Style::Text);
        }
    }
    for headline in release.headlines() {
        let words = headline.words(release.cube(), release.context());
        for (at, line) in words.lines().iter().enumerate() {
            let style = if at == 1 {
                Style::Heading
            } else if words.warnings.contains(line) {
                Style::Warning
            } else {
                Style::Text
            };
            put(line, style);
        }
        if let Some(model) = &words.model {
            put(&format!("Model: {model}"), Style::Muted);
        }
    }
    Sheet {
        name: names(language)[0].into(),
        widths: vec![100.0],
        rows,
        table: None,
        landscape: false,
    }
}

pub(super) fn contents(release: &SafeRelease<'_>, tables: &[PrintTable]) -> Sheet {
    let language = release.context().language();
    let [_, contents, notes] = names(language);
    let about = language.pick(
        "Toelichting, begrippen en tekens",
        "Notes, definitions and marks",
    );
    let lines = std::iter::once((notes.to_owned(), about.to_owned())).chain(
        tables
            .iter()
            .map(|table| (sheet_name(table.family, language), table.title.clone())),
    );
    let mut rows = vec![
        vec![Cell::text(contents, Style::Title)],
        vec![Cell::text(one_table(language), Style::Muted)],
        vec![
            Cell::text(language.pick("Blad", "Sheet"), Style::Header),
            Cell::text(language.pick("Titel", "Title"), Style::Header),
        ],
    ];
    rows.extend(lines.map(|(name, title)| {
        let link = Cell {
            content: Content::Sheet(name),
            style: Style::Link,
        };
        vec![link, Cell::text(title, Style::Text)]
    }));
    Sheet {
        name: contents.into(),
        widths: vec![18.0, 80.0],
        rows,
        table: Some(Marked {
            name: "contents".into(),
            header: 2,
            columns: 2,
            frozen: 0,
            filter: false,
        }),
        landscape: false,
    }
}

/// That the sheet holds one table, for people who cannot see it, in the words of the guidance for government statistics.
fn one_table(language: Language) -> &'static str {
    language.pick(
        "Op dit blad staat één tabel.",
        "This worksheet contains one table.",
    )
}

pub(super) fn notes(release: &SafeRelease<'_>) -> Sheet {
    let language = release.context().language();
    let name = notes_name(language);
    let mut rows = vec![
        vec![Cell::text(name, Style::Title)],
        vec![Cell::text(one_table(language), Style::Muted)],
        [
            language.pick("Onderwerp", "Subject"),
            language.pick("Waarvan", "Of what"),
            language.pick("Uitleg", "Explanation"),
        ]
        .map(|header| Cell::text(header, Style::Header))
        .to_vec(),
    ];
    for (subject, lines) in blocks(release) {
        rows.extend(lines.into_iter().map(|(of, text)| {
            vec![
                Cell::text(subject, Style::Text),
                Cell::text(of, Style::Text),
                Cell::text(text, Style::Text),
            ]
        }));
    }
    Sheet {
        name: name.into(),
        widths: vec![26.0, 30.0, 100.0],
        rows,
        table: Some(Marked {
            name: "notes".into(),
            header: 2,
            columns: 3,
            frozen: 0,
            filter: false,
        }),
        landscape: false,
    }
}

type Lines = Vec<(String, String)>;

/// The notes by subject.
fn blocks(release: &SafeRelease<'_>) -> Vec<(&'static str, Lines)> {
    let language = release.context().language();
    let both = |notes: Vec<notes::Note>| -> Lines {
        notes
            .into_iter()
            .map(|note| (note.title, note.text))
            .collect()
    };
    let numbered = |texts: Vec<String>| -> Lines {
        (1..)
            .zip(texts)
            .map(|(at, text): (u32, String)| (at.to_string(), text))
            .collect()
    };
    let warnings = release
        .headlines()
        .into_iter()
        .flat_map(|headline| {
            headline.warnings.iter().map(|warning| {
                (
                    number::day(headline.date, language),
                    warning.in_language(language).to_owned(),
                )
            })
        })
        .collect();
    let sights = notes::sights(release.study())
        .into_iter()
        .map(|sight| {
            let seen = language.pick("categorieën", "categories");
            let list = language.pick("lijst", "list");
            (
                sight.source,
                format!(
                    "{list}: {}; {seen}: {}; {}",
                    sight.list, sight.categories, sight.reach
                ),
            )
        })
        .collect();
    let flow = release
        .flow()
        .into_iter()
        .map(|line| (line.label.to_owned(), number::whole(line.count, language)))
        .collect();
    let own = release.notes();
    vec![
        (
            language.pick(
                "Waarschuwingen bij de schatting",
                "Warnings about the estimate",
            ),
            warnings,
        ),
        (language.pick("Tekens", "Marks"), marks(language)),
        (
            language.pick("Lezen", "Reading"),
            both(notes::standing(&release.study().publish, release.cube())),
        ),
        (
            language.pick("Categorieën", "Categories"),
            both(notes::definitions(language)),
        ),
        (
            language.pick("Welke bron wat kan zien", "Which source can see what"),
            sights,
        ),
        (
            language.pick("Bij deze studie", "On this study"),
            numbered(own),
        ),
        (
            language.pick("Van bestanden naar mensen", "From files to people"),
            flow,
        ),
        (
            language.pick("Bronnen", "Sources"),
            numbered(notes::sources(language)),
        ),
    ]
}

fn marks(language: Language) -> Lines {
    Mark::ALL
        .iter()
        .map(|mark| {
            (
                mark.shorthand(language).to_owned(),
                mark.meaning(language).to_owned(),
            )
        })
        .chain([(
            language.pick("lege cel", "empty cell").to_owned(),
            language
                .pick(
                    "Dit cijfer hoort niet bij deze rij.",
                    "This figure does not belong to this row.",
                )
                .to_owned(),
        )])
        .collect()
}
