//! Values that tell who somebody is, planted where they belong and where they do not: in every cell of
//! every layout, in files of every form. They stand in nothing that a command says or writes, but in the
//! files that are the sender's own data coming back.

use std::collections::BTreeSet;
use std::path::Path;

use rust_xlsxwriter::Workbook;
use tempfile::TempDir;

use super::hunt::{Hunt, members};
use super::support::{Ran, arg, ethos, files, folder, is_kind, read, rows, write};

/// Numbers of persons (two pass their test, one has lost its zero), names, a birth date as people write
/// it, keys of a household, a client, a registration.
const PLANTED: [&str; 17] = [
    "879603082",
    "872917034",
    "97774121",
    "8796.03.082",
    "872917035",
    "Quackelbeen",
    "QUACKELBEEN, Wim",
    "Quäckelbeen",
    "Zwyxq",
    "19370923",
    "23-09-1937",
    "1937/09/23",
    "23 september 1937",
    "KL8817Q39",
    "hhq7741z6",
    "CRZ-44719-X",
    "Kwabbelsnork",
];

/// Layouts with every kind of field there is.
const LAYOUTS: [(&str, &str); 6] = [
    ("monitor-dakloosheid/2025", "GM0363_MD_2025.csv"),
    ("gmsd/2015", "GM0363_Wmo_2025.csv"),
    ("ethos-telling/2025", "GM0363_ET_2025.csv"),
    ("ontruimingen/2025", "GM0363_OZ_2025.csv"),
    ("register/personen", "personen_2025.csv"),
    ("register/adresloze-bijstand", "GM0363_AB_2025.csv"),
];

fn hunt() -> Hunt {
    Hunt::new(&PLANTED)
}

/// The same without days of birth.
fn hunt_of_keys() -> Hunt {
    let keys: Vec<&str> = PLANTED
        .into_iter()
        .filter(|value| !value.contains("1937"))
        .collect();
    Hunt::new(&keys)
}

/// A delivery in this layout: right rows, and each planted value in each column in turn; columns that
/// the layout does not have are full of them.
fn delivery(layout: &str) -> Vec<Vec<String>> {
    let folder = folder();
    let path = folder.path().join("x.csv");
    ethos(&[
        "layouts",
        "sample",
        layout,
        "--rows",
        "30",
        "--out",
        arg(&path),
    ])
    .exits(0);
    let text = read(&path);
    let cells = |line: &str| line.split(';').map(str::to_owned).collect::<Vec<_>>();
    let mut table: Vec<Vec<String>> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(cells)
        .collect();
    let right = table[1..].to_vec();
    for at in 0..table[0].len() {
        for (value, row) in PLANTED.iter().zip(right.iter().cycle().skip(at)) {
            let mut row = row.clone();
            (*value).clone_into(&mut row[at]);
            table.push(row);
        }
    }
    // One cell too many in front: everything stands in the wrong column.
    for value in PLANTED {
        let mut row = right[0].clone();
        row.insert(0, value.to_owned());
        row.truncate(table[0].len());
        table.push(row);
    }
    for (at, name) in ["naam", "clientnummer", "geboren"].into_iter().enumerate() {
        table[0].push(name.to_owned());
        for (row, value) in table[1..].iter_mut().zip(PLANTED.iter().cycle().skip(at)) {
            row.push((*value).to_owned());
        }
    }
    table
}

fn text(table: &[Vec<String>], delimiter: &str) -> String {
    let lines: Vec<String> = table.iter().map(|row| row.join(delimiter)).collect();
    lines.join("\n") + "\n"
}

fn xlsx(table: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Levering").unwrap();
    for (row, cells) in table.iter().enumerate() {
        for (at, cell) in cells.iter().enumerate() {
            sheet.write_string(row as u32, at as u16, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// Text files and workbooks, which can go back marked.
fn senders() -> TempDir {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    for (layout, name) in LAYOUTS {
        write(&at(name), text(&delivery(layout), ";"));
    }
    let table = delivery(LAYOUTS[0].0);
    let tabs = text(&table, "\t");
    let wide = tabs.encode_utf16().flat_map(u16::to_le_bytes);
    write(
        &at("GM0599_MD_2025.csv"),
        [0xff, 0xfe].into_iter().chain(wide).collect::<Vec<u8>>(),
    );
    // Every character of it is one in the code page of western Windows.
    let narrow: Vec<u8> = text(&table, ",").chars().map(|c| c as u8).collect();
    write(&at("GM0344_MD_2025.csv"), narrow);
    write(&at("GM0518_MD_2025.xlsx"), xlsx(&table));
    // A file whose first row is one of data, one that names numbers as columns, and one of another kind.
    write(&at("GM0014_MD_2025.csv"), text(&table[31..], ";"));
    let mut odd = table.clone();
    PLANTED[0].clone_into(&mut odd[0][4]);
    odd[0][5] = PLANTED[13].to_owned() + "12";
    write(&at("GM0758_MD_2025.csv"), text(&odd, ";"));
    write(&at("GM0141_MD_2025.csv"), text(&table, "|"));
    folder
}

/// Looks at what a command said, and at the files it wrote that are not the sender's own.
#[track_caller]
fn says_nobody(what: &str, ran: &Ran) {
    assert!(!ran.stderr.contains("met a bug"), "{what}: {}", ran.stderr);
    hunt().finds_nothing(&format!("standard output of {what}"), ran.stdout.as_bytes());
    hunt().finds_nothing(&format!("standard error of {what}"), ran.stderr.as_bytes());
}

#[track_caller]
fn folder_names_nobody(what: &str, folder: &Path) -> usize {
    let written = files(folder);
    for (name, bytes) in &written {
        let path = folder.join(name);
        if is_kind(name, "parquet") {
            // Spells keep the day of birth, from which ages follow; they never leave the building.
            let hunt = if name.ends_with("spells.parquet") {
                hunt_of_keys()
            } else {
                hunt()
            };
            for row in rows(&path) {
                hunt.finds_nothing(&format!("{what} {name}"), format!("{row:?}").as_bytes());
            }
        } else {
            hunt().finds_nothing(&format!("{what} {name}"), bytes);
        }
    }
    written.len()
}

/// The parts of a marked workbook that are ours: the first sheet, notes and their boxes, and who made it.
fn ours(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let is_front = |name: &str| name.starts_with("xl/worksheets/ethos");
    let all = members(bytes);
    assert!(all.iter().any(|(name, _)| is_front(name)), "no first sheet");
    all.into_iter()
        .filter(|(name, _)| {
            is_front(name)
                || name.contains("comment")
                || name.contains("vml")
                || name.starts_with("docProps")
        })
        .collect()
}

/// Every option that writes something, all at once, in every format and both languages.
#[test]
fn no_output_of_a_check_holds_a_planted_value() {
    let from = senders();
    let lists = folder();
    let frame = lists.path().join("verwacht.csv");
    write(
        &frame,
        "sender;municipality;layout;due;contact\nGM0363;GM0363;monitor-dakloosheid;2026-02-01;\n\
         GM0599;GM0599;monitor-dakloosheid;2026-02-01;x@voorbeeld.nl\nGM0014;GM0014;monitor-dakloosheid;2026-02-01;\n\
         GM0003;GM0003;monitor-dakloosheid;2026-02-01;\n",
    );
    let reasons = lists.path().join("redenen.csv");
    write(&reasons, "sender;reason\nGM0003;Nieuw systeem\n");
    let mut first = BTreeSet::new();
    for (format, language) in [
        ("text", "nl"),
        ("text", "en"),
        ("json", "nl"),
        ("csv", "en"),
        ("sarif", "nl"),
        ("ess", "en"),
    ] {
        let out = folder();
        let at = |name: &str| arg(&out.path().join(name)).to_owned();
        write(&out.path().join("eigen/leeg"), "");
        let ran = ethos(&[
            "check",
            arg(from.path()),
            "--format",
            format,
            "--lang",
            language,
            "--show",
            "1000",
            "--frame",
            arg(&frame),
            "--reasons",
            arg(&reasons),
            "--on",
            "2026-03-01",
            "--senders",
            &at("wie.csv"),
            "--senders",
            &at("wie.json"),
            "--senders",
            &at("wie.xlsx"),
            "--reminders",
            &at("brieven"),
            "--html",
            &at("pagina.html"),
            "--receipt",
            &at("bewijs.json"),
            "--summary",
            &at("aantallen.json"),
            "--previous",
            arg(from.path()),
            "--overview",
            "--answers",
            &at("antwoorden.csv"),
            "--write-answers",
            "--period",
            "2025",
            "--workbook",
            &at("eigen/werkmappen"),
            "--reject-to",
            &at("eigen/apart.csv"),
            "--fix",
            "--write",
            &at("eigen/hersteld"),
            "--cleaned",
            &at("eigen/schoon"),
        ]);
        assert!(ran.code.is_some_and(|code| code != 101), "{}", ran.stderr);
        says_nobody(&format!("check --format {format} --lang {language}"), &ran);
        let mut own = 0;
        for (name, bytes) in files(out.path()) {
            if name.starts_with("eigen/werkmappen") {
                for (part, bytes) in ours(&bytes) {
                    hunt().finds_nothing(&format!("{name}, {part}"), &bytes);
                }
            }
            if name.starts_with("eigen/") && !name.ends_with(".correcties.csv") {
                own += usize::from(hunt().find("", &bytes).is_some());
            } else {
                hunt().finds_nothing(&name, &bytes);
                first.insert(name);
            }
        }
        assert!(own > 10, "the test finds what it looks for: {own} files");
    }
    assert!(first.len() >= 10, "{first:?}");
}

/// Accepted findings, corrections, an archive, and how a file is said to be read.
#[test]
fn no_way_of_reading_shows_a_planted_value() {
    let from = senders();
    let at = |name: &str| from.path().join(name);
    let one = at("GM0363_MD_2025.csv");
    let out = folder();
    let baseline = out.path().join("bekend.json");
    for arguments in [
        vec!["--baseline", arg(&baseline), "--write-baseline"],
        vec!["--baseline", arg(&baseline)],
        vec!["--header-row", "40"],
        vec!["--delimiter", ","],
        vec!["--encoding", "utf-16le"],
        vec!["--layout", "register/personen"],
        vec!["--layout", "gmsd/2015", "--format", "json"],
        vec!["--map", "clientnummer=bsn"],
        vec![
            "--map",
            "naam=type_opvang",
            "--map",
            "geboren=productcategorie",
        ],
        vec!["--map", "naam=gemeente_verblijf", "--format", "csv"],
    ] {
        let base = ["check", arg(&one), "--show", "1000", "--fail-on", "never"];
        let ran = ethos(&[&base[..], &arguments].concat());
        says_nobody(&arguments.join(" "), &ran);
    }
    folder_names_nobody("the baseline", out.path());
    for (name, file) in [
        ("GM0363_MD_2025.xlsx", "--sheet"),
        ("GM0518_MD_2025.xlsx", "--sheet"),
    ] {
        says_nobody(
            name,
            &ethos(&["check", arg(&at(name)), file, "Anders", "--show", "99"]),
        );
    }
    for (_, name) in LAYOUTS {
        let ran = ethos(&["layouts", "scaffold", arg(&at(name))]);
        says_nobody("layouts scaffold", &ran);
        // The headers of layouts are known; without them a layout has to be guessed.
        let bare = at("los.csv");
        let text = read(&at(name));
        write(&bare, text.split_once('\n').unwrap().1);
        for verb in [
            &["layouts", "scaffold"][..],
            &["check"],
            &["check", "--format", "json"],
        ] {
            says_nobody(&verb.join(" "), &ethos(&[verb, &[arg(&bare)]].concat()));
        }
    }
    let corrections = at("x.correcties.csv");
    let head = "bestand;rij;kolom;oud;nieuw;bewerking;wie;wanneer;waarom\n";
    let name = "GM0363_MD_2025.csv";
    let whole = |row: &str| format!("{head}{name};{row}\n");
    let mut lists = vec![
        whole("879603082;bsn;x;;leeg;K;2026-02-03;x"),
        whole("2;bsn;x;;879603082;K;2026-02-03;x"),
        whole("2;bsn;x;;leeg;K;19370923x;x"),
        format!("{head}{name};2;bsn;\"879603082"),
        "879603082;Quackelbeen\n1;2\n".to_owned(),
    ];
    for value in PLANTED {
        for row in [
            format!("33;bsn;{value};872917034;;K;2026-02-03;x"),
            format!("33;geslacht;{value};{value};;K;2026-02-03;x"),
            format!("34;{value};x;y;;K;2026-02-03;x"),
            format!("35;type_opvang;24;{value};;K;2026-02-03;x"),
        ] {
            lists.push(whole(&row));
        }
    }
    let mut many = head.to_owned();
    for list in &lists[5..] {
        many.push_str(&list[head.len()..]);
    }
    lists.truncate(5);
    lists.push(many);
    for list in lists {
        write(&corrections, &list);
        for format in ["text", "json"] {
            let ran = ethos(&[
                "check",
                arg(&one),
                "--corrections",
                arg(&corrections),
                "--format",
                format,
            ]);
            says_nobody(&format!("check with corrections, {format}"), &ran);
        }
    }
}

/// A delivery where another file was asked for: the message names the mistake, and nobody.
#[test]
fn a_delivery_in_the_wrong_place_is_not_repeated() {
    let from = senders();
    let at = |name: &str| from.path().join(name);
    let out = folder();
    let delivery = at("GM0363_MD_2025.csv");
    let toml = out.path().join("regels/x.toml");
    write(&toml, read(&delivery));
    write(&out.path().join("data/kolommen.toml"), read(&delivery));
    write(&out.path().join("data/GM0363_MD_2025.csv"), read(&delivery));
    let (d, rules) = (arg(&delivery), arg(toml.parent().unwrap()));
    let data = out.path().join("data");
    for arguments in [
        vec!["check", d, "--frame", d],
        vec![
            "check",
            d,
            "--frame",
            "data/example/leveringen/verwacht.csv",
            "--reasons",
            d,
        ],
        vec!["check", d, "--answers", d, "--period", "2025"],
        vec!["check", d, "--baseline", d],
        vec!["check", d, "--corrections", d],
        vec!["check", d, "--previous", d],
        vec!["check", d, "--rules", rules],
        vec!["check", d, "--layout-dir", rules],
        vec![
            "check",
            d,
            "--layout",
            "monitor-dakloosheid",
            "--layout-dir",
            rules,
        ],
        vec!["check", arg(&data)],
        vec!["verify", d, d],
        vec!["verify", d],
        vec!["run", d],
        vec!["ingest", d, "--out", arg(out.path())],
        vec!["estimate", d],
        vec!["publish", d],
        vec!["link", d],
        vec!["count", d, "--from", rules],
        vec!["layouts", "show", d],
        vec!["layouts", "show", arg(&toml)],
        vec!["rules", "--rules", rules],
        vec!["evaluate", rules, "--truth", rules],
    ] {
        let ran = ethos(&arguments);
        let what: Vec<&str> = arguments
            .iter()
            .map(|word| word.rsplit('/').next().unwrap())
            .collect();
        says_nobody(&what.join(" "), &ran);
    }
}

/// The whole way from a delivery to what is published.
#[test]
fn no_output_of_a_run_holds_a_planted_value() {
    let folder = folder();
    let dir = folder.path().join("telling");
    ethos(&["init", "gemeente", "--dir", arg(&dir)]).exits(0);
    for (layout, name) in &LAYOUTS[..2] {
        write(
            &dir.join("leveringen").join(name),
            text(&delivery(layout), ";"),
        );
    }
    let (study, out) = (dir.join("study.toml"), folder.path().join("uit"));
    let ran = ethos(&["run", arg(&study), "--out", arg(&out), "--person-level"]);
    says_nobody("run", &ran);
    assert!(out.join("release").exists(), "{}", ran.stderr);
    assert!(folder_names_nobody("the run's", &out) > 5);
    let steps = folder.path().join("stappen");
    says_nobody(
        "ingest",
        &ethos(&["ingest", arg(&study), "--out", arg(&steps)]),
    );
    folder_names_nobody("a step's", &steps);
}
