//! Files mended: what is certain is put right, told and logged; nothing else changes, and a second time
//! there is nothing left to do.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use calamine::{Reader, Xlsx};
use ethos_feedback::cleaned::{assumed, can_be_cleaned, write_cleaned};
use ethos_feedback::fix::{Beside, MendError, Mended, mend, offer, preview};
use ethos_feedback::terminal::TextOptions;
use ethos_ingest::layout;
use ethos_ingest::mapping;
use ethos_ingest::{CheckOptions, Corrections, Input, LaidOut, RuleBook, check_inputs};
use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::layout::{CategoryRule, FieldType, Layout};
use ethos_simulate::{Sample, SampleOptions};
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Formula, Workbook};

mod books;
mod cleaned;

const HEAD: &str = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht\n";

/// A file that a spreadsheet has been through.
fn mangled() -> String {
    let rows = [
        "20260115;0363;123456782;16;24;10-01-2025;20250320;19;0363;0599;19800203;M",
        // A zero lost, a day that proves the order, an old municipality.
        "20260115;0363;12345672;16;24;31-01-2025;20250320;19;0457;0599;19800203;M",
        // Blanks that nobody sees, a number with nothing behind the comma, points in a number.
        "20260115;0363;\u{a0}111222333;16,0;24;05-02-2025;20250320;19;363;0599;19800203;M",
        "20260115;0363;1234.56.782;16\u{a0};24;06-03-2025;20250320;19;0363;0599;19800203;M",
        // Digits that are gone, and a day that does not exist beside another zero lost.
        "20260115;0363;1,23E+08;16;24;07-03-2025;20250320;19;0363;0599;19800203;M",
        "20260115;0363;11111112;16;24;31-02-2025;20250320;19;0363;0599;19800203;M",
    ];
    format!("{HEAD}{}\n", rows.join("\n"))
}

fn mended_in(folder: &Path, name: &str, bytes: &[u8]) -> Result<Mended, MendError> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    let input = Input::path(name, &path);
    let mended = mend(&input, &CheckOptions::default(), Language::Nl);
    assert_eq!(
        std::fs::read(&path).unwrap(),
        bytes,
        "the original is touched"
    );
    mended
}

fn shown(mended: &Mended) -> String {
    let options = TextOptions {
        language: Language::Nl,
        cells: 3,
        colour: false,
        width: 500,
    };
    preview(mended, &Beside::default(), RuleBook::shipped(), options)
}

fn lines(mended: &Mended) -> Vec<String> {
    let text = String::from_utf8(mended.bytes().to_vec()).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn what_can_only_have_been_one_thing_is_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let mended = mended_in(folder.path(), "GM0363_MD_2025.csv", mangled().as_bytes()).unwrap();
    assert_eq!(
        lines(&mended)[1..],
        [
            "20260115;0363;123456782;16;24;20250110;20250320;19;0363;0599;19800203;M",
            "20260115;0363;012345672;16;24;20250131;20250320;19;0363;0599;19800203;M",
            "20260115;0363;111222333;16;24;20250205;20250320;19;0363;0599;19800203;M",
            "20260115;0363;123456782;16;24;20250306;20250320;19;0363;0599;19800203;M",
            "20260115;0363;1,23E+08;16;24;20250307;20250320;19;0363;0599;19800203;M",
            "20260115;0363;011111112;16;24;31-02-2025;20250320;19;0363;0599;19800203;M",
        ]
    );
    let text = shown(&mended);
    for said in [
        "Te herstellen: 13 cellen",
        "C3 `******72` → `*******72`",
        "I3 `0457` → `0363`",
        "D5 `16␣` → `16`",
        "kolom bsn (1×): Excel heeft cijfers weggelaten",
        "Voor herstel: ",
        "Na herstel: ",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    for number in ["123456782", "12345672", "111222333", "1234.56"] {
        assert!(!text.contains(number), "{text}");
        assert!(!format!("{:?}", mended.fixes).contains(number));
    }
    let found = |report: &ethos_ingest::FileReport| report.counts.values().sum::<u64>();
    assert!(found(&mended.after) < found(&mended.before));
    assert_eq!(mended.file_name(), "GM0363_MD_2025-hersteld.csv");
}

#[test]
fn days_are_turned_only_where_their_column_proves_the_order() {
    let folder = tempfile::tempdir().unwrap();
    let column = |days: &[&str]| {
        let row = |day: &&str| {
            format!("20260115;0363;123456782;16;24;{day};20251220;19;0363;0599;19800203;M\n")
        };
        let text = HEAD.to_owned() + &days.iter().map(row).collect::<String>();
        let mended = mended_in(folder.path(), "GM0363_MD_2025.csv", text.as_bytes()).unwrap();
        let days: Vec<String> = lines(&mended)[1..]
            .iter()
            .map(|line| line.split(';').nth(5).unwrap().to_owned())
            .collect();
        let words = mended.undecided.first().map(|open| open.words.en.clone());
        (days, words.unwrap_or_default())
    };
    assert_eq!(
        column(&["3-4-2025", "13-4-2025"]).0,
        ["20250403", "20250413"]
    );
    assert_eq!(
        column(&["3/4/2025", "4/13/2025"]).0,
        ["20250304", "20250413"]
    );
    let (days, words) = column(&["3-4-2025", "4-5-2025"]);
    assert_eq!(days, ["3-4-2025", "4-5-2025"]);
    assert!(words.contains("every date can be"), "{words}");
    let (days, words) = column(&["13-4-2025", "4-13-2025"]);
    assert_eq!(days, ["13-4-2025", "4-13-2025"]);
    assert!(
        words.contains("the first in F2") && words.contains("the first in F3"),
        "{words}"
    );
    // Counted from 1904 these would lie after the file.
    assert_eq!(column(&["45688", "45689"]).0, ["20250131", "20250201"]);
    assert_eq!(column(&["45688", "20250201"]).0, ["45688", "20250201"]);
    let (days, words) = column(&["43831", "43832"]);
    assert_eq!(days, ["43831", "43832"]);
    assert!(words.contains("from which year"), "{words}");
}

#[test]
fn numbers_of_days_beside_a_day_that_is_not_known_are_named() {
    let column = |births: &[&str]| {
        let rows: Vec<[&str; 3]> = births
            .iter()
            .map(|birth| ["20250110", "20250320", *birth])
            .collect();
        let (days, words) = three_columns(&rows);
        let births: Vec<String> = days.into_iter().map(|[.., birth]| birth).collect();
        (births, words.join("; "))
    };
    // Counted from 1904 the last would be born after the file.
    let (births, words) = column(&["25569", "19700000", "45688"]);
    assert_eq!(births, ["19700101", "19700000", "20250131"]);
    assert_eq!(words, "");
    // Nothing proves from when these count: a person decides.
    let (births, words) = column(&["25569", "19700000", "30000"]);
    assert_eq!(births, ["25569", "19700000", "30000"]);
    assert!(
        words.starts_with("geboortedatum: er staan volgnummers van Excel"),
        "{words}"
    );
    // One real date among many of them: not all of it was treated alike.
    let mut many = vec!["45688"; 40];
    many.push("19700203");
    let (births, words) = column(&many);
    assert_eq!(births[0], "45688");
    assert!(words.contains("volgnummers van Excel"), "{words}");
}

/// Start, end and birth date of each row, mended, and what a person has to decide.
fn three_columns(rows: &[[&str; 3]]) -> (Vec<[String; 3]>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let row = |[start, end, birth]: &[&str; 3]| {
        format!("20260115;0363;200000007;16;24;{start};{end};19;0363;0599;{birth};M\n")
    };
    let text = HEAD.to_owned() + &rows.iter().map(row).collect::<String>();
    let mended = mended_in(folder.path(), "GM0363_MD_2025.csv", text.as_bytes()).unwrap();
    let cells = |line: &String| {
        let cells: Vec<&str> = line.split(';').collect();
        [5, 6, 10].map(|at| cells[at].to_owned())
    };
    let days = lines(&mended)[1..].iter().map(cells).collect();
    let open = mended.undecided.iter();
    let words = open.map(|open| format!("{}: {}", open.column, open.words.nl));
    (days, words.collect())
}

#[test]
fn all_columns_of_a_file_prove_the_order_and_one_cell_to_the_contrary_undoes_it() {
    let (days, open) = three_columns(&[
        ["27-04-2025", "06-08-2025", "13-02-1980"],
        ["01-05-2025", "10-12-2025", "01-02-1980"],
    ]);
    assert_eq!(days[0], ["20250427", "20250806", "19800213"]);
    assert_eq!(days[1], ["20250501", "20251210", "19800201"]);
    assert!(open.is_empty(), "{open:?}");
    let rows = [
        ["27-04-2025", "06-08-2025", "13-02-1980"],
        ["01-05-2025", "11-14-2025", "01-02-1980"],
    ];
    let (days, open) = three_columns(&rows);
    assert_eq!(days, rows.map(|row| row.map(str::to_owned)));
    assert_eq!(open.len(), 1);
    assert!(
        open[0].starts_with(
            "startdatum, einddatum, geboortedatum: in dit bestand kunnen 2 datums alleen"
        ),
        "{open:?}"
    );
    assert!(open[0].contains("(de eerste in G3)"), "{open:?}");
}

#[test]
fn a_year_of_two_digits_is_left_to_whoever_knows_it() {
    let row = "20260115;0363;;16;24;0D-12-25;20250320;19;0363;0599;19800203;M\n";
    let rows: Vec<String> = (1..=9)
        .map(|day| row.replace('D', &day.to_string()))
        .collect();
    let text = format!("{HEAD}{}", rows.concat());
    let folder = tempfile::tempdir().unwrap();
    let mended = mended_in(folder.path(), "GM0363_MD_2025.csv", text.as_bytes()).unwrap();
    assert!(mended.fixes.is_empty());
    let said = shown(&mended);
    assert!(
        said.contains("kolom startdatum (9×): van het jaar staan er maar twee cijfers (31-12-25)"),
        "{said}"
    );
}

#[test]
fn dates_that_a_spreadsheet_swapped_in_part_are_not_mended() {
    let rows = [
        ["2025-03-08", "20251220", "19800203"],
        ["27-04-2025", "20251220", "19800213"],
        ["2025-01-12", "20251220", "19800214"],
        ["31-05-2025", "20251220", "19800215"],
    ];
    let (days, open) = three_columns(&rows);
    assert_eq!(days, rows.map(|row| row.map(str::to_owned)));
    assert!(open[0].contains("verwisseld"), "{open:?}");
}

#[test]
fn a_zero_is_put_back_where_the_column_lost_its_zeros() {
    let folder = tempfile::tempdir().unwrap();
    let numbers = |numbers: &[&str]| {
        let row = |number: &&str| {
            format!("20260115;0363;{number};16;24;20250110;20250320;19;0363;0599;19800203;M\n")
        };
        let text = HEAD.to_owned() + &numbers.iter().map(row).collect::<String>();
        let mended = mended_in(folder.path(), "GM0363_MD_2025.csv", text.as_bytes()).unwrap();
        let found = |code: &str| {
            mended
                .before
                .counts
                .iter()
                .any(|(rule, _)| rule.as_str() == code)
        };
        (
            mended.fixes.len(),
            mended.undecided.len(),
            found("BSN02"),
            found("BSN09"),
        )
    };
    assert_eq!(
        numbers(&["12345672", "11111112", "200000007", "111222333"]),
        (2, 0, true, false)
    );
    // A single number may lack any digit, however often it is there.
    for times in [1, 2] {
        let mut column = vec!["200000007"; 20];
        column.extend(vec!["12345672"; times]);
        assert_eq!(numbers(&column), (0, 1, true, true));
    }
    // Another number kept its zero; all have eight digits; another eight digits pass no test.
    assert_eq!(
        numbers(&["12345672", "012345672", "111222333"]),
        (0, 1, true, true)
    );
    assert_eq!(
        numbers(&["12345672", "12345672", "12345672"]),
        (0, 1, true, true)
    );
    assert_eq!(
        numbers(&["12345672", "12345678", "111222333"]),
        (0, 1, true, true)
    );
}

#[test]
fn encoding_and_delimiter_become_the_layouts_and_other_rows_stay() {
    let folder = tempfile::tempdir().unwrap();
    let text = "titel é\r\n\r\n".to_owned()
        + &HEAD.replace(';', "|").replace('\n', "\r\n")
        + "20260115|0363|123456782|16|24|20250110|20250320|19|0363|0599|19800203|M\r\n"
        + "te|kort\r\n"
        + "=1+1|0363|111222333|16|24|20250110|20250320|19|0363|0599|19800203|M\r\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    let mended = mended_in(folder.path(), "a.csv", &bytes).unwrap();
    let kinds: Vec<&str> = mended.changes.iter().map(|change| change.what).collect();
    assert_eq!(kinds, ["codering", "scheidingsteken"]);
    let new = String::from_utf8(mended.bytes().to_vec()).unwrap();
    assert!(
        new.starts_with("\u{feff}titel é\r\n\r\naanmaakdatum_bestand;"),
        "{new}"
    );
    assert!(new.contains("\r\nte;kort\r\n'=1+1;0363;"), "{new}");
    assert_eq!(mended.before.tally.rows(), mended.after.tally.rows());
    let damaged = [
        HEAD.as_bytes(),
        b"20260115;\xff;\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\n",
    ]
    .concat();
    let refused = mended_in(folder.path(), "a.csv", &damaged);
    assert!(matches!(refused, Err(MendError::Encoding)));
    let open = format!("{HEAD}20260115;\"0363\n");
    let refused = mended_in(folder.path(), "a.csv", open.as_bytes());
    assert!(matches!(refused, Err(MendError::Unreadable(2))));
}

/// The log of changes, applied to the original, gives what the mended file gives.
fn log_gives_the_same(folder: &Path, name: &str, mended: &Mended) {
    let mut log = Vec::new();
    let day = Day::parse("2026-02-01").unwrap();
    mended
        .write_log(("test", day), Language::Nl, &mut log)
        .unwrap();
    let corrections = Corrections::read(log.as_slice()).unwrap();
    assert_eq!(corrections.len(), mended.fixes.len());
    let options = CheckOptions {
        corrections: Some(&corrections),
        findings_per_rule: usize::MAX,
        ..CheckOptions::default()
    };
    let input = Input::path(name, folder.join(name));
    let report = check_inputs(&[input], &options, &()).unwrap();
    let file = &report.files[0];
    assert_eq!(file.corrected.applied, mended.fixes.len() as u64);
    assert_eq!(file.corrected.refused, 0);
    assert_eq!(file.tally, mended.after.tally);
    report.ledger.check().unwrap();
    let step = report.ledger.step(&format!("correct {name}")).unwrap();
    assert_eq!(step.outcome("corrected"), mended.fixes.len() as u64);
    // Whatever is said of cells is said of both.
    let cells = |file: &ethos_ingest::FileReport| {
        let mut counts = file.counts.clone();
        counts.retain(|code, _| !["COR", "BST", "KOP", "RIJ"].contains(&&code.as_str()[..3]));
        counts
    };
    assert_eq!(cells(file), cells(&mended.after));
}

#[test]
fn the_log_is_a_file_of_corrections_without_identifiers() {
    let folder = tempfile::tempdir().unwrap();
    let name = "GM0363_MD_2025.csv";
    let mended = mended_in(folder.path(), name, mangled().as_bytes()).unwrap();
    log_gives_the_same(folder.path(), name, &mended);
    let mut log = Vec::new();
    let day = Day::parse("2026-02-01").unwrap();
    mended
        .write_log(("test", day), Language::Nl, &mut log)
        .unwrap();
    let log = String::from_utf8(log).unwrap();
    for number in ["12345", "11122", "1234.56"] {
        assert!(!log.contains(number), "{log}");
    }
    assert!(
        log.contains(";******72;*******72;voorloopnul;BSN02;test;2026-02-01;"),
        "{log}"
    );
}

/// The hash by which a correction knows its file.
fn hash_of(name: &str, path: &Path) -> String {
    let input = Input::path(name, path);
    let report = check_inputs(&[input], &CheckOptions::default(), &()).unwrap();
    report.files[0].sha256.clone()
}

#[test]
fn corrections_by_hand_come_first_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let name = "GM0363_MD_2025.csv";
    let path = folder.path().join(name);
    std::fs::write(&path, mangled()).unwrap();
    let sha256 = hash_of(name, &path);
    let by_hand = format!(
        "bestand;sha256;rij;kolom;oud;nieuw;bewerking;wie;wanneer;waarom\n\
         {name};{sha256};7;startdatum;**********;28-02-2025;;K. de Wit;2026-02-03;gebeld\n\
         {name};{sha256};3;gemeente_verblijf;0457;0457;;K. de Wit;2026-02-03;zo hoort het\n\
         {name};{sha256};6;reden_einde;17;18;;K. de Wit;2026-02-03;past niet\n"
    );
    let corrections = Corrections::read(by_hand.as_bytes()).unwrap();
    let options = CheckOptions {
        corrections: Some(&corrections),
        ..CheckOptions::default()
    };
    let input = Input::path(name, &path);
    let mended = mend(&input, &options, Language::Nl).unwrap();
    assert_eq!((mended.corrected.applied, mended.corrected.refused), (2, 1));
    let new = lines(&mended);
    assert!(new[6].contains(";20250228;"), "{}", new[6]);
    // An old municipality that somebody decided on is not followed.
    assert!(
        new[2].contains(";012345672;") && new[2].contains(";0457;"),
        "{}",
        new[2]
    );
    let text = shown(&mended);
    assert!(
        text.contains("Eerst met de hand verbeterd: 2 cellen"),
        "{text}"
    );
    assert!(
        text.contains("Niet uitgevoerd: 1 van de correcties"),
        "{text}"
    );
    let mut log = Vec::new();
    let day = Day::parse("2026-02-10").unwrap();
    mended
        .write_log(("ethos", day), Language::Nl, &mut log)
        .unwrap();
    let written = String::from_utf8(log.clone()).unwrap();
    assert!(
        written.contains(";K. de Wit;2026-02-03;gebeld"),
        "{written}"
    );
    assert!(written.contains(";ethos;2026-02-10;"), "{written}");
    // Applied to the original, the log gives what the mended file gives.
    let log = Corrections::read(log.as_slice()).unwrap();
    assert_eq!(log.len(), mended.fixes.len() + 2);
    let options = CheckOptions {
        corrections: Some(&log),
        ..CheckOptions::default()
    };
    let report = check_inputs(&[input], &options, &()).unwrap();
    assert_eq!(report.files[0].corrected.refused, 0);
    assert_eq!(report.files[0].tally, mended.after.tally);
}

#[test]
fn every_line_of_the_log_names_a_rule() {
    let folder = tempfile::tempdir().unwrap();
    let text = HEAD.to_owned()
        + " 20260115 ;363;123456782\u{a0};16;24;20250110;20250320;19 ;0363;0599;19800203;M\n\
           20260115;0363;123456782;16;24;20250110;20250320;19;0363;=0599;19800203;M\n";
    let mended = mended_in(folder.path(), "GM0363_MD_2025.csv", text.as_bytes()).unwrap();
    assert_eq!(mended.fixes.len(), 5);
    let rules: Vec<String> = mended
        .fixes
        .iter()
        .map(|fix| fix.rule.expect("a rule").to_string())
        .collect();
    assert_eq!(rules[0], "SPA01");
    assert!(
        rules.contains(&"FRM01".to_owned()) || rules.contains(&"GEM01".to_owned()),
        "{rules:?}"
    );
    let told: Vec<u64> = ["SPA01", "FRM01"]
        .iter()
        .map(|code| *mended.before.counts.get(*code).unwrap_or(&0))
        .collect();
    // Each cell is one.
    assert_eq!(told, [3, 1]);
}

#[test]
fn what_comes_from_a_pipe_or_an_archive_is_mended() {
    let pipe = Input::pipe(Input::STANDARD, mangled().as_bytes()).unwrap();
    let mended = mend(&pipe, &CheckOptions::default(), Language::Nl).unwrap();
    assert_eq!(mended.file_name(), "invoer-hersteld.csv");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leveringen.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    zip.start_file(
        "2025/GM0363_MD_2025.csv",
        zip::write::SimpleFileOptions::default(),
    )
    .unwrap();
    std::io::Write::write_all(&mut zip, mangled().as_bytes()).unwrap();
    zip.finish().unwrap();
    let (inputs, _) = ethos_ingest::inputs_of(std::slice::from_ref(&path)).unwrap();
    let packed = mend(&inputs[0], &CheckOptions::default(), Language::Nl).unwrap();
    assert_eq!(packed.file_name(), "GM0363_MD_2025-hersteld.csv");
    assert_eq!(packed.bytes(), mended.bytes());
    assert_eq!(inputs[0].file_on_disk(), Some(path.as_path()));
}

#[test]
fn every_cell_outside_the_layout_that_changed_is_a_line_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let name = "GM0363_MD_2025.csv";
    let row = |more: &str| {
        format!("20260115;0363;123456782;16;24;20250110;20250320;19;0363;0599;19800203;M;{more}\n")
    };
    let head = HEAD.trim_end().to_owned() + ";opmerking;\n";
    let text = head + &row("=1+3;") + &row("goed;") + &row("@naam;+31612345678");
    let mended = mended_in(folder.path(), name, text.as_bytes()).unwrap();
    let mut log = Vec::new();
    let day = Day::parse("2026-02-01").unwrap();
    mended
        .write_log(("test", day), Language::Nl, &mut log)
        .unwrap();
    // For the record: what is no column of the layout is never read.
    assert!(Corrections::read(log.as_slice()).unwrap().is_empty());
    let log = String::from_utf8(log).unwrap();
    let cells: Vec<String> = log
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(';').collect();
            [cells[3], cells[4], cells[7], cells[8]].join(" ")
        })
        .collect();
    assert_eq!(
        cells,
        [
            "2 opmerking formules FRM01",
            "4 opmerking formules FRM01",
            "4 N formules FRM01",
        ]
    );
    assert!(!log.contains("naam;") && !log.contains("612345"), "{log}");
    assert!(shown(&mended).contains("formules  (3×)"));
}

#[test]
fn a_dash_in_the_place_of_a_day_becomes_a_blank_cell() {
    let folder = tempfile::tempdir().unwrap();
    let row = |day: &str, code: &str| {
        format!("20260115;0363;123456782;16;24;20250110;{day};{code};0363;0599;19800203;M\n")
    };
    let text = format!("{HEAD}{}{}", row("-", "-"), row("20250320", "19"));
    let mended = mended_in(folder.path(), "GM0363_MD_2025.csv", text.as_bytes()).unwrap();
    assert_eq!(lines(&mended)[1], row("", "-").trim_end());
    assert_eq!(mended.fixes.len(), 1);
    assert!(
        shown(&mended).contains("de cel wordt leeg"),
        "{}",
        shown(&mended)
    );
}

#[test]
fn no_cell_of_a_shifted_row_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let name = "GM0363_MD_2025.csv";
    let whole = "20260115;0363;123456782;16;24;20250110;20250320;37;0363;0599;19800203;M";
    // A cell too many and the last dropped; a cell too few; two columns under each other's names.
    let rows = [
        "20260115;0363;123456782;16;;24;20250110;20250320;22;0363;0599;19800203",
        "20260115;0363;123456782;16;20250110;20250320;22;363;0599;19800203;M;",
        "20260115;0363;123456782;16;24;20250110;20250320;0363;22;0599;19800203;M",
    ];
    for row in rows {
        let text = format!("{HEAD}{whole}\n{row}\n");
        let mended = mended_in(folder.path(), name, text.as_bytes()).unwrap();
        assert!(mended.fixes.is_empty(), "{row}: {:?}", mended.fixes);
        let told = shown(&mended);
        assert!(
            told.contains("waarden in de kolom naast die waar ze horen"),
            "{told}"
        );
    }
    // One cell that is wrong is mended like any other.
    let text = format!(
        "{HEAD}{whole}\n{}\n",
        whole.replace(";37;0363;", ";37;363;")
    );
    let mended = mended_in(folder.path(), name, text.as_bytes()).unwrap();
    assert_eq!(mended.fixes.len(), 1);
}

#[test]
fn what_corrections_took_away_is_not_what_mends_itself() {
    let name = "GM0363_MD_2025.csv";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    // A day in another order mends itself; a day that does not exist, and one emptied, do not.
    std::fs::write(&path, mangled()).unwrap();
    let sha256 = hash_of(name, &path);
    let by_hand = format!(
        "bestand;sha256;rij;kolom;oud;nieuw;bewerking;wie;wanneer;waarom\n\
         {name};{sha256};7;startdatum;**********;28-02-2025;;K. de Wit;2026-02-03;gebeld\n\
         {name};{sha256};2;bsn;*******82;;leeg;K. de Wit;2026-02-03;van een ander\n\
         {name};{sha256};6;reden_einde;17;18;;K. de Wit;2026-02-03;past niet\n"
    );
    let corrections = Corrections::read(by_hand.as_bytes()).unwrap();
    let options = CheckOptions {
        corrections: Some(&corrections),
        findings_per_rule: ethos_ingest::MOST_FINDINGS,
        ..CheckOptions::default()
    };
    let inputs = [Input::path(name, &path)];
    let mut report = check_inputs(&inputs, &options, &()).unwrap();
    offer(&inputs, &mut report, &options).unwrap();
    let file = &report.files[0];
    assert!(file.counts.contains_key("COR01") && file.counts.contains_key("COR02"));
    let mended = mend(&inputs[0], &options, Language::Nl).unwrap();
    assert_eq!((mended.corrected.applied, mended.corrected.refused), (2, 1));
    // Nothing is beside it.
    assert_eq!(Beside::of(file, &mended.corrected_alone), Beside::default());
    // What is foretold is what a check of the file that is written finds.
    let new = folder.path().join("nieuw.csv");
    std::fs::write(&new, mended.bytes()).unwrap();
    let written = [Input::path(name, new)];
    let written = check_inputs(&written, &CheckOptions::default(), &()).unwrap();
    let written: u64 = written.files[0].counts.values().sum();
    assert_eq!(file.mendable.unwrap().left, written);
    // Where the corrections are all there is, nothing mends itself.
    let bad = format!(
        "{HEAD}20260115;0363;123456782;16;24;20250231;20250320;19;0363;0599;19800203;M\n\
         20260115;0363;111222333;16;24;20250205;20250320;19;0363;0599;19800203;M\n"
    );
    std::fs::write(&path, bad).unwrap();
    let sha256 = hash_of(name, &path);
    let by_hand = format!(
        "bestand;sha256;rij;kolom;oud;nieuw;bewerking;wie;wanneer;waarom\n\
         {name};{sha256};2;startdatum;20250231;2025-02-28;;K. de Wit;2026-02-03;gebeld\n"
    );
    let corrections = Corrections::read(by_hand.as_bytes()).unwrap();
    let options = CheckOptions {
        corrections: Some(&corrections),
        ..options
    };
    let mut report = check_inputs(&inputs, &options, &()).unwrap();
    assert_eq!(report.files[0].counts.get("COR01"), Some(&1));
    offer(&inputs, &mut report, &options).unwrap();
    assert_eq!(report.files[0].mendable, None);
}
