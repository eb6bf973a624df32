//! Options of a check: none is taken and then ignored, and nothing is written where one of them is wrong.

use super::support::{arg, entries, ethos, flat, folder, read, swap, write};

const CLEAN: i32 = 0;
const USAGE: i32 = 2;
const REFUSED: i32 = 5;

/// A synthetic delivery of this name.
fn sample(path: &std::path::Path, more: &[&str]) {
    let start = [
        "layouts",
        "sample",
        "monitor-dakloosheid/2025",
        "--out",
        arg(path),
        "--overwrite",
    ];
    ethos(&[&start, more].concat()).exits(CLEAN);
}

#[test]
fn nothing_else_is_written_where_the_mended_file_cannot_be() {
    let folder = folder();
    let csv = folder.path().join("GM0363_MD_2025.csv");
    let there = folder.path().join("hersteld.csv");
    let page = folder.path().join("pagina.html");
    sample(&csv, &["--rows", "30"]);
    for options in [&["--fix", "--write"][..], &["--cleaned"]] {
        for name in ["hersteld.csv", "hersteld.csv.correcties.csv"] {
            let taken = folder.path().join(name);
            write(&taken, "van mij");
            let start = ["check", arg(&csv), "--html", arg(&page)];
            ethos(&[&start, options, &[arg(&there)]].concat())
                .exits(USAGE)
                .says("bestaat al");
            assert_eq!(read(&taken), "van mij");
            assert!(!page.exists(), "{options:?}, {name}");
            std::fs::remove_file(taken).unwrap();
        }
    }
}

/// A name that is mistyped would otherwise read as a column that the sender forgot.
#[test]
fn a_column_that_no_file_has_cannot_be_read_as_another() {
    let folder = folder();
    let csv = folder.path().join("GM0363_MD_2025.csv");
    let page = folder.path().join("pagina.html");
    sample(&csv, &["--rows", "30"]);
    let text = read(&csv);
    write(&csv, text.replacen("startdatum", "Begin datum", 1));
    let map = |column: &str| {
        let map = format!("{column}=startdatum");
        ethos(&["check", arg(&csv), "--map", &map, "--html", arg(&page)])
    };
    map("begn datum")
        .exits(USAGE)
        .says("`begn datum`")
        .says("zo'n kolom is er niet bij");
    assert!(!page.exists());
    let ran = map("begin-datum");
    assert!(!ran.stderr.contains("--map"), "{}", ran.stderr);
    assert!(page.exists());
}

#[test]
fn an_option_that_cannot_apply_is_refused() {
    let folder = folder();
    let csv = folder.path().join("GM0363_MD_2025.csv");
    let xlsx = folder.path().join("GM0363_MD_2025.xlsx");
    sample(&csv, &["--rows", "30"]);
    sample(&xlsx, &["--rows", "30", "--format", "xlsx"]);
    for (file, options, says) in [
        (&csv, vec!["--overwrite"], "geen van beide staat erbij"),
        (
            &csv,
            vec!["--fix", "--overwrite"],
            "geen van beide staat erbij",
        ),
        (
            &csv,
            vec!["--sheet", "Blad1"],
            "--sheet geldt voor een werkmap",
        ),
        (
            &xlsx,
            vec!["--delimiter", ";"],
            "--delimiter geldt voor een tekstbestand",
        ),
        (
            &xlsx,
            vec!["--encoding", "utf-8"],
            "--encoding geldt voor een tekstbestand",
        ),
        (
            &csv,
            vec!["--on", "2026-03-01"],
            "geen lijst van wie moest leveren",
        ),
    ] {
        let out = folder.path().join("apart.csv");
        let ran = ethos(&[&["check", arg(file), "--reject-to", arg(&out)], &*options].concat());
        ran.exits(USAGE).says(says);
        assert!(!out.exists(), "{options:?}");
    }
    // With a file it is for among them, it is for that one.
    let all = [
        "check",
        arg(&csv),
        arg(&xlsx),
        "--fail-on",
        "never",
        "--sheet",
    ];
    ethos(&[&all[..], &["1"]].concat()).exits(CLEAN);
    // What only shapes the text is said to do so.
    ethos(&[
        "check",
        arg(&csv),
        "--fail-on",
        "never",
        "--format",
        "csv",
        "--show",
        "9",
    ])
    .exits(CLEAN)
    .says("--show geldt voor de tekst");
    ethos(&["rules", "BSN01", "--format", "md"])
        .exits(USAGE)
        .says("het hele regelboek");
}

#[test]
fn answers_of_two_years_go_to_each_and_a_file_without_a_year_stops_before_anything_is_written() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let dirty = |name: &str, seed: &str| {
        sample(&at("in/x.csv"), &["--rows", "40", "--seed", seed]);
        let text = read(&at("in/x.csv")).replacen(";24;", ";XX;", 3);
        std::fs::remove_file(at("in/x.csv")).unwrap();
        std::fs::remove_file(at("in/x.csv.truth.csv")).unwrap();
        write(&at(name), text);
    };
    std::fs::create_dir(at("in")).unwrap();
    dirty("in/GM0363_MD_2024.csv", "1");
    dirty("in/GM0599_MD_2025.csv", "2");
    let (answers, aside) = (at("toelichting.csv"), at("apart.csv"));
    let options = [
        "--answers",
        arg(&answers),
        "--write-answers",
        "--reject-to",
        arg(&aside),
        "--fail-on",
        "never",
    ];
    let folder_in = at("in");
    let run = || ethos(&[&["check", arg(&folder_in)], &options[..]].concat());
    run().exits(CLEAN);
    let written = read(&answers);
    assert!(
        written.contains(";2024;") && written.contains(";2025;"),
        "{written}"
    );
    std::fs::remove_file(&answers).unwrap();
    std::fs::remove_file(&aside).unwrap();
    dirty("in/levering.csv", "3");
    run()
        .exits(USAGE)
        .says("voor welk jaar de toelichtingen zijn");
    assert_eq!(entries(folder.path()), ["in"]);
}

#[test]
fn a_receipt_that_does_not_hold_names_the_cause() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let file = at("GM0363_MD_2025.csv");
    sample(&file, &["--rows", "40"]);
    let text = read(&file);
    let (header, row) = (text.lines().next().unwrap(), text.lines().nth(1).unwrap());
    let stay = header
        .split(';')
        .position(|name| name == "gemeente_verblijf")
        .unwrap();
    let old = row.split(';').nth(stay).unwrap();
    let corrections = at("verbeterd.csv");
    write(
        &corrections,
        format!(
            "bestand;rij;kolom;oud;nieuw;bewerking;wie;wanneer;waarom\nGM0363_MD_2025.csv;2;gemeente_verblijf;{old};0599;;K;2026-02-03;gebeld\n"
        ),
    );
    let receipt = at("bewijs.json");
    let with = ["--corrections", arg(&corrections)];
    let check = [
        "check",
        arg(&file),
        "--fail-on",
        "never",
        "--receipt",
        arg(&receipt),
        "--write-corrections",
    ];
    ethos(&[&check[..], &with].concat()).exits(CLEAN);
    let verify = |file: &std::path::Path, more: &[&str]| {
        ethos(&[&["verify", arg(&receipt), arg(file)], more].concat())
    };
    verify(&file, &with).exits(CLEAN);
    let ran = verify(&file, &[]).exits(REFUSED);
    let said = flat(&ran.stdout);
    assert!(
        said.contains("1 cel met de hand verbeterd, en nu geen"),
        "{said}"
    );
    // The name tells the year: under another the outcome may be another, and that is why.
    let other = at("levering.csv");
    std::fs::copy(&file, &other).unwrap();
    let ran = verify(&other, &with);
    let said = flat(&ran.stdout);
    assert!(
        said.contains("levering.csv heet op het bewijs GM0363_MD_2025.csv; de inhoud is dezelfde"),
        "{said}"
    );
    // Where nothing of this is the cause, it is what was said with the check.
    let plain = at("b.json");
    let check = [
        "check",
        arg(&file),
        "--fail-on",
        "never",
        "--receipt",
        arg(&plain),
    ];
    ethos(&check).exits(CLEAN);
    write(
        &plain,
        swap(&read(&plain), "\"layout\": \"", "\"layout\": \"x-"),
    );
    let ran = ethos(&["verify", arg(&plain), arg(&file)]).exits(REFUSED);
    assert!(
        flat(&ran.stdout).contains("Gaf de afzender bij de controle iets op"),
        "{}",
        ran.stdout
    );
}

#[test]
fn layouts_are_found_where_their_folder_is_named_itself() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let shipped = ethos(&["layouts", "show", "gmsd/2015", "--toml"]).stdout;
    let own = shipped.replacen("gmsd/2015", "eigen/2015", 1);
    let show = |dir: &str| ethos(&["layouts", "show", "eigen/2015", "--layout-dir", dir]);
    show(arg(folder.path()))
        .exits(USAGE)
        .says("geen map `layouts`");
    std::fs::create_dir(at("layouts")).unwrap();
    write(&at("layouts/eigen.toml"), own);
    for dir in [folder.path().to_owned(), at("layouts")] {
        let shown = show(arg(&dir)).exits(CLEAN).stdout;
        assert!(shown.contains("eigen/2015"), "{shown}");
    }
    let file = at("GM0363_2025.csv");
    ethos(&[
        "layouts",
        "sample",
        "eigen/2015",
        "--layout-dir",
        arg(&at("layouts")),
        "--out",
        arg(&file),
    ])
    .exits(CLEAN);
}

#[test]
fn corrections_of_a_file_that_is_not_checked_are_told() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let file = at("GM0363_MD_2025.csv");
    sample(&file, &["--rows", "20"]);
    let corrections = at("verbeterd.csv");
    write(
        &corrections,
        "bestand;rij;kolom;oud;nieuw;bewerking;wie;wanneer;waarom\nGM0363_MD_2024.csv;2;geslacht;1;2;;K;2026-02-03;gebeld\n",
    );
    ethos(&["check", arg(&file), "--corrections", arg(&corrections)])
        .says("1 correctie gaat over `GM0363_MD_2024.csv`")
        .says("GM0363_MD_2025.csv");
}
