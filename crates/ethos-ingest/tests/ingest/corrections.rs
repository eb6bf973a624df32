//! Corrections made by hand: applied while reading, in a check and in a study alike, and told where they
//! cannot be.

use ethos_ingest::check::check_inputs;
use ethos_ingest::corrections::write_sealed;
use ethos_ingest::{CheckOptions, Corrections, FileReport, IngestError, Input, LaidOut};

use crate::support::{Row, StudyFolder, bsn, check, file, person, shelter};

/// Rules that these tests meet.
pub(crate) const MET: &[&str] = &["COR01", "COR02", "COR03", "COR04", "COR05"];

const HEAD: &str = "bestand;sha256;rij;kolom;oud;nieuw;bewerking;wie;wanneer;waarom";

const NAME: &str = "GM0363_2025.csv";

/// Corrections of a file with this hash.
fn corrections(sha256: &str, rows: &[&str]) -> String {
    let mut text = HEAD.to_owned() + "\n";
    for row in rows {
        let line = [
            NAME,
            sha256,
            row,
            "K. de Wit",
            "2026-02-03",
            "gebeld met de opvang",
        ];
        text += &(line.join(";") + "\n");
    }
    text
}

fn corrected(text: &str, rows: &[&str]) -> FileReport {
    let sha256 = check(text.to_owned()).sha256;
    let corrections = Corrections::read(corrections(&sha256, rows).as_bytes()).unwrap();
    let options = CheckOptions {
        corrections: Some(&corrections),
        ..CheckOptions::default()
    };
    let mut report = check_inputs(&[Input::bytes(NAME, text)], &options, &()).unwrap();
    report.ledger.check().unwrap();
    let file = report.files.remove(0);
    let step = report.ledger.step(&format!("correct {NAME}")).unwrap();
    assert_eq!(step.input, rows.len() as u64);
    assert_eq!(step.outcome("corrected"), file.corrected.applied);
    file
}

fn spoilt() -> Vec<Row> {
    vec![
        shelter(1),
        shelter(2).with("startdatum", "20251310"),
        shelter(3).with("bsn", "12345672"),
        shelter(4).with("gemeente_verblijf", "9998"),
    ]
}

#[test]
fn a_corrected_cell_is_read_as_if_it_had_been_delivered_so() {
    let text = file(&spoilt());
    let before = check(text.clone());
    assert_eq!((before.tally.accepted, before.tally.rejected), (3, 1));
    let rows = [
        "3;startdatum;******10;10-01-2025;",
        "4;bsn;******72;;voorloopnul",
        "5;gemeente_verblijf;9998;363;",
    ];
    let after = corrected(&text, &rows);
    assert_eq!(after.corrected.applied, 3);
    assert_eq!((after.tally.accepted, after.tally.rejected), (4, 0));
    assert_eq!(after.counts.get("COR01"), Some(&1));
    for code in ["DAT01", "BSN02", "GEM01"] {
        assert!(before.counts.contains_key(code), "{code}");
        assert!(!after.counts.contains_key(code), "{code}");
    }
    // The row counts as changed where rows are compared.
    let twice = [shelter(1), shelter(1).with("reden_einde", "20")];
    let same = corrected(&file(&twice), &["3;reden_einde;20;19;"]);
    assert_eq!(same.tally.duplicate, 1);
}

#[test]
fn a_correction_that_does_not_fit_is_told_and_not_made() {
    let text = file(&spoilt());
    let number = bsn(1);
    let rows = [
        // Another value stands there.
        "2;gemeente_verblijf;0599;0344;",
        // A number of a person has no place in the file.
        &format!("4;bsn;******72;{number};"),
        // No such code, no such row, no such column, the header.
        "5;gemeente_verblijf;9998;9999;",
        "17;gemeente_verblijf;0363;0344;",
        "3;woonplaats;x;y;",
        "1;bsn;bsn;;leeg",
    ];
    let after = corrected(&text, &rows);
    assert_eq!((after.corrected.applied, after.corrected.refused), (0, 6));
    let counts = |code: &str| after.counts.get(code).copied();
    assert_eq!(counts("COR02"), Some(1));
    assert_eq!(counts("COR03"), Some(2));
    assert_eq!(counts("COR04"), Some(3));
    assert_eq!(counts("COR01"), None);
    assert_eq!(after.tally, check(text).tally);
    let said = format!("{:?}", after.findings);
    assert!(!said.contains(&number));
}

#[test]
fn a_column_that_is_mistyped_is_told_by_the_name_it_is_like() {
    let text = file(&spoilt());
    let number = bsn(1);
    let said = |column: &str| {
        let after = corrected(&text, &[&format!("3;{column};x;1;")]);
        let told = after.findings.iter().find(|of| of.code == "COR04").unwrap();
        (told.message.nl.clone(), told.message.en.clone())
    };
    for (column, field) in [
        ("geslaht", "geslacht"),
        ("Gemeente_verblif", "gemeente_verblijf"),
        ("startdatm", "startdatum"),
    ] {
        let (nl, en) = said(column);
        assert!(nl.contains(&format!("(bedoelt u `{field}`?)")), "{nl}");
        assert!(en.contains(&format!("(do you mean `{field}`?)")), "{en}");
        assert!(!nl.contains(column) && !en.contains(column), "{nl}");
    }
    // What may be anything is not repeated, and nothing is made of it.
    let long = format!("geslacht_{}", "a".repeat(40));
    for column in ["Jansen", "woonplaats", "geslaht1", number.as_str(), &long] {
        let (nl, _) = said(column);
        assert!(!nl.contains("bedoelt") && !nl.contains(column), "{nl}");
    }
}

#[test]
fn a_study_reads_its_sources_with_their_corrections() {
    let study = |corrections: &str| {
        StudyFolder::new()
            .section(&format!(
                "[[source]]\nlist = \"opvang\"\nlayout = \"monitor-dakloosheid/2025\"\nfiles = \"opvang/*.csv\"\n{corrections}"
            ))
            .with(&format!("opvang/{NAME}"), file(&spoilt()))
            .with("a.correcties.csv", corrections_of_study("3;startdatum;******10;20250110;"))
            .with("b.correcties.csv", corrections_of_study("5;gemeente_verblijf;9998;0363;"))
            .with("wrong.csv", "a;b\n")
    };
    let plain = study("").read();
    assert_eq!(plain.spells.len(), 3);
    assert!(plain.ledger.step("correct opvang").is_none());
    let corrected = study("corrections = [\"a.correcties.csv\", \"b.correcties.csv\"]").read();
    assert_eq!(corrected.spells.len(), 4);
    let step = corrected.ledger.step("correct opvang").unwrap();
    assert_eq!((step.input, step.outcome("corrected")), (2, 2));
    // What decided how files were read is among the inputs of the run.
    let inputs: Vec<&str> = corrected
        .inputs
        .iter()
        .map(|input| input.file.as_str())
        .collect();
    assert!(inputs.contains(&"a.correcties.csv"), "{inputs:?}");
    let failed = |corrections: &str| study(corrections).try_read().unwrap_err();
    let wrong = failed("corrections = [\"wrong.csv\"]");
    assert!(matches!(wrong, IngestError::Corrections { .. }), "{wrong}");
    assert!(!wrong.is_unreadable_input());
    let twice = failed("corrections = [\"a.correcties.csv\", \"a.correcties.csv\"]");
    assert!(twice.to_string().contains("corrected twice"), "{twice}");
    assert!(failed("corrections = [\"none.csv\"]").is_unreadable_input());
}

fn corrections_of_study(row: &str) -> String {
    corrections(&check(file(&spoilt())).sha256, &[row])
}

#[test]
fn a_person_register_is_read_with_its_corrections() {
    let register = || file(&[person(1), person(2).with("gemeentecode", "9998")]);
    let sha256 = check(register()).sha256;
    let study = |corrections: &str| {
        StudyFolder::new()
            .section("[[source]]\nlist = \"opvang\"\nlayout = \"monitor-dakloosheid/2025\"\nfiles = \"opvang/*.csv\"")
            .section(&format!(
                "[[person_register]]\nlayout = \"register/personen\"\nfiles = \"p.csv\"\n{corrections}"
            ))
            .with(&format!("opvang/{NAME}"), file(&[shelter(1)]))
            .with("p.csv", register())
            .with(
                "p.correcties.csv",
                format!("{HEAD}\np.csv;{sha256};3;gemeentecode;9998;0363;;K. de Wit;2026-02-03;BRP\n"),
            )
            .read()
    };
    let registered = |ingested: &ethos_ingest::Ingested| {
        let rows = ingested.register.iter();
        rows.filter(|row| row.registered.is_some()).count()
    };
    let plain = study("");
    assert_eq!((plain.register.len(), registered(&plain)), (2, 1));
    let corrected = study("corrections = [\"p.correcties.csv\"]");
    assert_eq!((corrected.register.len(), registered(&corrected)), (2, 2));
    let step = "correct person register register/personen";
    let step = corrected.ledger.step(step).unwrap();
    assert_eq!((step.input, step.outcome("corrected")), (1, 1));
    corrected.ledger.check().unwrap();
    assert!(
        corrected
            .inputs
            .iter()
            .any(|input| input.file == "p.correcties.csv")
    );
}

#[test]
fn a_step_is_made_in_a_cell_that_stays_wrong() {
    let rows = [
        shelter(1).with("startdatum", "=1+1"),
        shelter(2).with("startdatum", "onbekend\u{a0}"),
    ];
    let steps = [
        "2;startdatum;****;*****;formule",
        "3;startdatum;******nd;******nd;spaties",
    ];
    let after = corrected(&file(&rows), &steps);
    assert_eq!((after.corrected.applied, after.corrected.refused), (2, 0));
    assert_eq!(after.counts.get("DAT01"), Some(&2));
}

#[test]
fn no_debug_holds_what_stands_in_a_wrong_column() {
    let number = bsn(1);
    let text =
        format!("{HEAD}\n{number};{number};2;{number};x;;leeg;{number};2026-02-03;{number}\n");
    let corrections = Corrections::read(text.as_bytes()).unwrap();
    assert!(!format!("{corrections:?}").contains(&number));
    let again = Corrections::read(text.as_bytes()).unwrap();
    let twice = corrections.clone().extend(again).unwrap_err();
    assert!(!twice.to_string().contains(&number), "{twice}");
}

/// The rows of a file with two of them in each other's place, as in an export made anew.
fn swapped(rows: &[Row]) -> String {
    let mut rows = rows.to_vec();
    rows.swap(0, 1);
    file(&rows)
}

fn read_with(text: String, corrections: &str) -> FileReport {
    let corrections = Corrections::read(corrections.as_bytes()).unwrap();
    let options = CheckOptions {
        corrections: Some(&corrections),
        ..CheckOptions::default()
    };
    let mut report = check_inputs(&[Input::bytes(NAME, text)], &options, &()).unwrap();
    report.files.remove(0)
}

#[test]
fn a_correction_never_lands_on_another_row_of_a_new_export() {
    // Masked, both starts are alike.
    let rows = [
        shelter(1).with("startdatum", "20250107"),
        shelter(2).with("startdatum", "20250207"),
    ];
    let by_hand = "bestand;rij;kolom;oud;nieuw;wie;wanneer;waarom;notitie\n\
        GM0363_2025.csv;2;startdatum;******07;2025-01-01;K. de Wit;2026-02-03;gebeld;=let op\n\
        GM0363_2025.csv;3;gemeente_verblijf;9998;0363;K. de Wit;2026-02-03;gebeld;\n";
    let first = read_with(file(&rows), by_hand);
    assert_eq!((first.corrected.applied, first.corrected.refused), (0, 2));
    assert_eq!(first.counts.get("COR05"), Some(&1));
    assert_eq!(first.counts.get("COR02"), Some(&1));
    // The program fills in of which row it is, and leaves the rest as it is.
    let corrections = Corrections::read(by_hand.as_bytes()).unwrap();
    let options = CheckOptions {
        corrections: Some(&corrections),
        ..CheckOptions::default()
    };
    let input = Input::bytes(NAME, file(&rows));
    let laid = LaidOut::open(&input, &options).unwrap().unwrap();
    let seals = laid.seals().unwrap();
    let (sealed, filled) = write_sealed(by_hand.as_bytes(), &seals).unwrap();
    let sealed = String::from_utf8(sealed).unwrap();
    assert_eq!(filled, 1, "{sealed}");
    let lines: Vec<&str> = sealed.lines().collect();
    assert!(lines[0].ends_with(";notitie;sha256;rijmerk"), "{sealed}");
    assert!(
        lines[1].contains(&format!(";'=let op;{};r", first.sha256)),
        "{sealed}"
    );
    assert!(lines[2].ends_with("gebeld;;;"), "{sealed}");
    for whole in [bsn(1), bsn(2), "20250107".to_owned()] {
        assert!(!sealed.contains(&whole), "{sealed}");
    }
    // A second time there is nothing to fill in.
    assert_eq!(write_sealed(sealed.as_bytes(), &seals).unwrap().1, 0);
    let made = |text: String| {
        let report = read_with(text, &sealed);
        (
            report.corrected.applied,
            report.counts.get("COR05").copied(),
        )
    };
    assert_eq!(made(file(&rows)), (1, None));
    // The same rows, delivered a month later: the row is known again.
    let later = rows
        .clone()
        .map(|row| row.with("aanmaakdatum_bestand", "20260215"));
    assert_eq!(made(file(&later)), (1, None));
    // Somebody else in its place.
    assert_eq!(made(swapped(&rows)), (0, Some(1)));
}

#[test]
fn corrections_of_a_file_that_is_not_there_are_told_with_the_name_it_is_like() {
    let text = file(&spoilt());
    let rows = ["3;bsn;******72;;voorloopnul"];
    let other = corrections("", &rows).replace(&format!("{NAME};"), "GM0363_2O25.csv;");
    let year = corrections("", &rows).replace(&format!("{NAME};"), "GM0363_2024.csv;");
    let with = |corrections: &str| {
        let corrections = Corrections::read(corrections.as_bytes()).unwrap();
        let options = CheckOptions {
            corrections: Some(&corrections),
            ..CheckOptions::default()
        };
        let report = check_inputs(&[Input::bytes(NAME, text.as_str())], &options, &()).unwrap();
        report.ledger.check().unwrap();
        report
    };
    // An ending mistyped is the same file; another year is another one.
    let ending = other.replace("GM0363_2O25.csv", "GM0363_2025.cvs");
    let report = with(&ending);
    let found = report.findings().find(|finding| finding.code == "COR04");
    let said = &found.unwrap().message.nl;
    assert!(
        said.contains("het bestand `GM0363_2025.cvs` (bedoelt u `GM0363_2025.csv`?)"),
        "{said}"
    );
    assert_eq!(report.files[0].corrected.refused, 1);
    assert!(report.misplaced.is_empty());
    for elsewhere in [other, year] {
        let report = with(&elsewhere);
        assert!(report.findings().all(|finding| finding.code != "COR04"));
        let misplaced = &report.misplaced[0];
        assert_eq!(
            (misplaced.count, misplaced.like.as_deref()),
            (1, Some(NAME))
        );
    }
}
