//! Nobody's number, household or name leaves the door, and nothing small or exact is published.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use calamine::{Data, Reader, open_workbook_auto};
use ethos_model::cell::Count;
use ethos_model::cube::{Figure, Measure};
use ethos_table::StringTable;

use super::support::{Ran, World, arg, ethos, files, folder, is_kind, read, rows, world};

/// The threshold and base that the simulated studies declare.
const THRESHOLD: u64 = 10;
const BASE: u64 = 5;

/// A number that pages may say.
const MUNICIPALITIES: u64 = 342;

/// What tells who somebody is.
struct Identifiers {
    /// Citizen service numbers, of parents too, and those of rows with a mistake in them.
    numbers: BTreeSet<Vec<u8>>,
    /// Households and the letters of names.
    words: BTreeSet<Vec<u8>>,
    /// The secret of the key.
    secret: String,
}

fn identifiers() -> &'static Identifiers {
    static IDENTIFIERS: OnceLock<Identifiers> = OnceLock::new();
    IDENTIFIERS.get_or_init(|| {
        let country = &world().country;
        let (mut numbers, mut words) = (BTreeSet::new(), BTreeSet::new());
        for row in rows(&country.join("registers/personen.csv")) {
            for column in ["bsn", "bsn_ouder1", "bsn_ouder2"] {
                numbers.insert(row[column].clone().into_bytes());
            }
            words.insert(row["huishouden"].clone().into_bytes());
        }
        // Deliveries may have numbers that no register has; their files may hold any encoding.
        for (name, bytes) in files(country) {
            if name.starts_with("leveringen/") || name.starts_with("registers/") {
                let runs = bytes.split(|byte| !byte.is_ascii_digit());
                numbers.extend(runs.filter(|run| run.len() == 9).map(<[u8]>::to_vec));
            }
            if name.starts_with("telling/GM") {
                for line in bytes.split(|byte| *byte == b'\n').skip(1) {
                    let cells: Vec<&[u8]> = line.split(|byte| b";,\t".contains(byte)).collect();
                    if let Some(letters) = cells.get(5) {
                        words.insert(letters.to_vec());
                    }
                }
            }
        }
        numbers.remove(&b""[..]);
        words.retain(|word| (4..=8).contains(&word.len()) && word[0].is_ascii_uppercase());
        assert!(numbers.len() > 3_000 && words.len() > 500);
        let key = read(&country.join("simulatie.key"));
        let line = key.lines().find(|line| line.starts_with("secret")).unwrap();
        Identifiers {
            numbers,
            words,
            secret: line.split('"').nth(1).unwrap().to_owned(),
        }
    })
}

/// Checks that bytes name nobody. Digits behind a decimal point are of no number.
#[track_caller]
fn names_nobody(what: &str, bytes: &[u8]) {
    let who = identifiers();
    let text = !bytes.contains(&0);
    let mut at = 0;
    while at < bytes.len() {
        let run = |wanted: fn(&u8) -> bool| {
            bytes[at..]
                .iter()
                .position(|byte| !wanted(byte))
                .unwrap_or(bytes.len() - at)
        };
        let digits = run(u8::is_ascii_digit);
        let decimal = at > 0 && bytes[at - 1] == b'.';
        if digits >= 9 && !decimal {
            for window in bytes[at..at + digits].windows(9) {
                assert!(
                    !who.numbers.contains(window),
                    "{what} holds a citizen service number"
                );
            }
        }
        let word = run(u8::is_ascii_alphanumeric);
        // Among packed bytes any four letters occur by chance; their cells are looked at apart.
        if (4..=8).contains(&word) && text && bytes[at].is_ascii_uppercase() {
            let found = who.words.contains(&bytes[at..at + word]);
            assert!(!found, "{what} holds a household or a name");
        }
        at += word.max(1);
    }
    let found = String::from_utf8_lossy(bytes).contains(&who.secret);
    assert!(!found, "{what} holds the secret of the key");
}

#[track_caller]
fn says_nobody(what: &str, ran: &Ran) {
    names_nobody(&format!("standard output of {what}"), ran.stdout.as_bytes());
    names_nobody(&format!("standard error of {what}"), ran.stderr.as_bytes());
}

/// Every file below a folder; the cells of those that are compressed.
fn folder_names_nobody(folder: &Path) {
    for (name, bytes) in files(folder) {
        let path = folder.join(&name);
        if is_kind(&name, "parquet") {
            let table = StringTable::read(&path).unwrap();
            for (column, cells) in table.names().iter().zip(table.columns()) {
                for cell in cells.iter().flatten() {
                    names_nobody(&format!("{name}, column {column}"), cell.as_bytes());
                }
            }
        } else if is_kind(&name, "xlsx") || is_kind(&name, "ods") {
            for (sheet, cell) in cells_of(&path) {
                names_nobody(
                    &format!("{name}, sheet {sheet}"),
                    cell.to_string().as_bytes(),
                );
            }
        }
        names_nobody(&name, &bytes);
    }
}

fn cells_of(path: &Path) -> Vec<(String, Data)> {
    let mut book = open_workbook_auto(path).unwrap();
    let sheets = book.worksheets();
    assert!(!sheets.is_empty());
    let mut cells = Vec::new();
    for (name, range) in sheets {
        cells.extend(
            range
                .used_cells()
                .map(|(_, _, cell)| (name.clone(), cell.clone())),
        );
    }
    cells
}

/// The check itself finds what it looks for.
#[test]
fn an_identifier_is_found_where_there_is_one() {
    let country = &world().country;
    let bytes = fs::read(country.join("registers/bijstand.csv")).unwrap();
    let found = std::panic::catch_unwind(|| names_nobody("the register", &bytes));
    assert!(found.is_err());
    let letters = identifiers().words.iter().next().unwrap();
    let line = [b"a;", &letters[..], b";b"].concat();
    assert!(std::panic::catch_unwind(|| names_nobody("a form", &line)).is_err());
}

#[test]
fn no_output_of_a_run_names_anybody() {
    let world = world();
    folder_names_nobody(&world.out);
    folder_names_nobody(&world.telling);
    says_nobody("run", &world.ran);
    says_nobody("run of the count day", &world.telling_ran);
}

/// Person-level tables too hold tokens in place of numbers.
#[test]
fn no_step_names_anybody() {
    let World { country, .. } = world();
    let folder = folder();
    for study in ["quick.toml", "telling.toml"] {
        let study = country.join(study);
        let steps = folder.path().join("steps");
        let steps = arg(&steps);
        for arguments in [
            &["ingest", arg(&study), "--out", steps][..],
            &["link", steps],
            &["count", arg(&study), "--from", steps, "--person-level"],
        ] {
            says_nobody(arguments[0], &ethos(arguments).exits(0));
        }
        folder_names_nobody(Path::new(steps));
    }
    let out = folder.path().join("out");
    let study = country.join("quick.toml");
    ethos(&[
        "run",
        arg(&study),
        "--out",
        arg(&out),
        "--person-level",
        "-q",
    ])
    .exits(0);
    assert!(out.join("internal/persons.parquet").exists());
    folder_names_nobody(&out);
    assert!(
        !world().out.join("internal/persons.parquet").exists(),
        "only on request"
    );
}

#[test]
fn findings_are_masked() {
    let World { country, out, .. } = world();
    for format in ["text", "json", "csv"] {
        for (dir, lang) in [("leveringen", "nl"), ("registers", "en"), ("telling", "nl")] {
            let dir = country.join(dir);
            let options = ["--format", format, "--lang", lang, "--show", "1000"];
            let ran = ethos(&[&["check", arg(&dir), "--fail-on", "never"], &options[..]].concat());
            says_nobody("check", &ran.exits(0));
        }
    }
    let findings = rows(&out.join("internal/findings.csv"));
    let mut masked = 0;
    for row in findings.iter().filter(|row| row["code"].starts_with("BSN")) {
        let value = &row["value"];
        let shown = value.trim_start_matches('*');
        assert!(shown.chars().count() <= 2, "{row:?}");
        masked += usize::from(value.contains('*'));
    }
    assert!(masked > 10, "the country has mistakes in numbers: {masked}");
    // Birth dates and name letters are as personal as a number.
    for row in &findings {
        if ["geboortedatum", "letters_naam", "huishouden"].contains(&row["column"].as_str()) {
            assert!(
                row["value"].trim_start_matches('*').chars().count() <= 2,
                "{row:?}"
            );
        }
    }
}

/// A cell of a table for people that is a count, a note of its state apart.
fn published_count(cell: &str) -> Option<u64> {
    let cell = cell.split(" [").next().unwrap_or("").trim();
    let plain: String = cell
        .chars()
        .filter(|c| !".,\u{a0}\u{202f} ".contains(*c))
        .collect();
    let digits = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| plain.parse().unwrap())
}

#[track_caller]
fn is_safe(what: &str, count: u64) {
    assert!(
        count == 0 || count >= THRESHOLD,
        "{what}: {count} is below the threshold"
    );
    assert_eq!(count % BASE, 0, "{what}: {count} is not rounded");
}

#[test]
fn nothing_small_or_exact_is_in_a_table() {
    let world = world();
    for out in [&world.out, &world.telling] {
        let release = out.join("release");
        let mut counts = 0;
        for (name, _) in files(&release) {
            let path = release.join(&name);
            let long = name.starts_with("csv/") && is_kind(&name, "csv");
            if long || is_kind(&name, "parquet") {
                for row in rows(&path) {
                    let measure = row["measure"].trim_end_matches("_change");
                    // What was added is a published estimate less a published count.
                    let estimate = ["added", "estimated"].contains(&measure);
                    let step = if measure == "estimated" { 50 } else { BASE };
                    let change = measure.len() < row["measure"].len();
                    for column in ["value", "lower", "upper"] {
                        let Ok(number) = row[column].parse::<f64>() else {
                            continue;
                        };
                        assert_eq!(number.fract(), 0.0, "{name}: {row:?}");
                        // What two rounded figures differ by tells no more than they do, however little.
                        if change {
                            assert_eq!(number % step as f64, 0.0, "{name}: {row:?}");
                            continue;
                        }
                        let number = number as u64;
                        if estimate {
                            assert_eq!(number % step, 0, "{name}: {row:?}");
                        } else {
                            is_safe(&format!("{name}: {row:?}"), number);
                            counts += 1;
                        }
                    }
                    let withheld = row["status"] == "suppressed";
                    assert!(!withheld || row["value"].is_empty(), "{name}: {row:?}");
                }
            } else if name.starts_with("tables/dashboard") {
                // Numbers of indicators and changes are in it; its figures are those of the cube.
            } else if name.starts_with("tables/") {
                let text = read(&path);
                for line in text.lines().skip(1) {
                    for cell in line.split([';', ',']) {
                        if let Some(count) = published_count(cell) {
                            is_safe(&format!("{name}: {line}"), count);
                            counts += 1;
                        }
                    }
                }
            }
        }
        assert!(
            counts > 1_000,
            "{counts} counts looked at in {}",
            release.display()
        );
    }
}

/// Counts of the run that rounding would have changed, large enough to be nobody's year or share.
fn exact_counts(out: &Path) -> BTreeSet<u64> {
    let cube = ethos_table::cube::read(&out.join("internal/cube.csv")).unwrap();
    let persons = cube.iter().filter_map(|row| match row.figure {
        Figure::Count(count) => Count::persons(count),
        Figure::Estimate(estimate) if row.key.measure == Measure::Added => {
            estimate.point.map(|point| point.round() as u64)
        }
        Figure::Estimate(estimate) => estimate.point.map(|point| point.round() as u64),
    });
    let years = 2000..2100;
    persons
        .filter(|count| *count > 110 && count % BASE != 0)
        .filter(|count| !years.contains(count) && *count != MUNICIPALITIES)
        .collect()
}

/// The numbers in a text, separators of thousands apart; codes such as `GM0363` are none, nor is how many
/// municipalities a map has of a colour or a funnel leaves out, nor what a funnel expects by the published national rate.
fn numbers_in(text: &str) -> BTreeSet<u64> {
    let separators = ".,\u{a0}\u{202f}\u{2009}";
    let text = text
        .replace(" of 342 municipalities", "municipalities")
        .replace(" van de 342 gemeenten", "gemeenten")
        .replace(" municipalities", "municipalities")
        .replace(" gemeenten", "gemeenten")
        .replace(" expected", "expected")
        .replace(" verwacht", "verwacht");
    let parts = text.split(|c: char| !(c.is_alphanumeric() || separators.contains(c)));
    parts
        .filter_map(|part| {
            let groups: Vec<&str> = part
                .trim_matches(|c| separators.contains(c))
                .split(|c| separators.contains(c))
                .collect();
            let thousands = groups.iter().skip(1).all(|group| group.len() == 3);
            groups.concat().parse().ok().filter(|_| thousands)
        })
        .collect()
}

/// The text of a page that a reader sees, or hears: tags, styles and attributes of drawing apart.
fn text_of(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        text.push('\n');
        rest = &rest[open..];
        let end = ["style", "script"]
            .iter()
            .find(|tag| rest[1..].starts_with(**tag))
            .and_then(|tag| rest.find(&format!("</{tag}")))
            .unwrap_or(0);
        let tag_end = rest[end..].find('>').map_or(rest.len(), |at| end + at + 1);
        let tag = &rest[..tag_end];
        for spoken in ["aria-label=\"", "title=\"", "alt=\""] {
            if let Some(label) = tag.split(spoken).nth(1) {
                text.push_str(label.split('"').next().unwrap_or(""));
                text.push('\n');
            }
        }
        rest = &rest[tag_end..];
    }
    text + rest
}

#[test]
fn pages_and_workbooks_hold_no_exact_count() {
    let world = world();
    for out in [&world.out, &world.telling] {
        let exact = exact_counts(out);
        assert!(exact.len() > 5, "{}", exact.len());
        let page = read(&out.join("release/report.html"));
        let shown = numbers_in(&text_of(&page));
        let leaked: Vec<_> = shown.intersection(&exact).collect();
        assert!(leaked.is_empty(), "the page shows {leaked:?}");
        let mut numbers = 0;
        let books = ["tables.xlsx", "tables.ods"].map(|name| out.join("release").join(name));
        let books = books.iter().filter(|path| path.exists());
        for (sheet, cell) in books.flat_map(|path| cells_of(path)) {
            let number = match &cell {
                Data::Float(number) => Some(*number),
                Data::Int(number) => Some(*number as f64),
                _ => None,
            };
            if let Some(number) = number {
                assert_eq!(number.fract(), 0.0, "{sheet}");
                // Changes are on it, which may be small.
                if ["Kernindicatoren", "Core indicators"].contains(&sheet.as_str()) {
                    assert_eq!(
                        number % BASE as f64,
                        0.0,
                        "{sheet}: {number} is not rounded"
                    );
                } else {
                    is_safe(&sheet, number as u64);
                }
                numbers += 1;
                continue;
            }
            let text = cell.to_string();
            let leaked: Vec<_> = numbers_in(&text).intersection(&exact).copied().collect();
            assert!(leaked.is_empty(), "sheet {sheet} says {leaked:?}: {text}");
        }
        assert!(numbers > 300, "{numbers} numbers in the workbook");
    }
}

/// What the terminal shows was published too: nothing exact.
#[test]
fn the_terminal_shows_no_exact_count() {
    let world = world();
    for (out, ran) in [
        (&world.out, &world.ran),
        (&world.telling, &world.telling_ran),
    ] {
        let exact = exact_counts(out);
        // The account of rows is of files, not of people.
        let said = format!("{}\n{}", ran.stdout, ran.stderr);
        let people = said.lines().filter(|line| !line.contains("rows read"));
        let shown = numbers_in(&people.collect::<Vec<_>>().join("\n"));
        let leaked: Vec<_> = shown.intersection(&exact).collect();
        assert!(leaked.is_empty(), "the terminal shows {leaked:?}");
    }
}

#[test]
fn pages_load_nothing_from_anywhere() {
    let world = world();
    for out in [&world.out, &world.telling] {
        for (name, bytes) in files(out) {
            let text = String::from_utf8_lossy(&bytes);
            if is_kind(&name, "html") {
                let loading = [
                    " src=",
                    "<link",
                    "<script src",
                    "<iframe",
                    "<img",
                    "<object",
                    "<embed",
                    "@import",
                    "url(http",
                    "srcset=",
                    "<base",
                    "http-equiv",
                    "<form",
                    "fetch(",
                    "XMLHttpRequest",
                    "WebSocket",
                ];
                for loads in loading {
                    assert!(!text.contains(loads), "{name} holds `{loads}`");
                }
                // An address is a citation that a reader may follow, and nothing else.
                for (at, _) in text.match_indices("http") {
                    let before = &text[at.saturating_sub(6)..at];
                    let link = before == "href=\"" || text[..at].ends_with("xmlns=\"");
                    assert!(
                        link || before.ends_with('>'),
                        "{name}: {}",
                        &text[at - 20..at + 40]
                    );
                }
            } else if name.ends_with("-metadata.json") {
                // Names of terms, which nobody fetches.
                let vocabularies = [
                    "http://www.w3.org/ns/csvw\"",
                    "http://purl.org/linked-data/sdmx/2009/",
                ];
                for (at, _) in text.match_indices("http") {
                    let named = vocabularies.iter().any(|name| text[at..].starts_with(name));
                    assert!(named, "{name}: {}", &text[at..at + 40]);
                }
            } else if name == "release/datapackage.json" {
                let addresses = text.replace("http://purl.org/linked-data/sdmx/2009/", "");
                assert!(!addresses.contains("http"), "{name} refers to an address");
            } else if !["xlsx", "ods", "parquet"]
                .iter()
                .any(|kind| is_kind(&name, kind))
            {
                assert!(!text.contains("http"), "{name} refers to an address");
            }
        }
    }
}
