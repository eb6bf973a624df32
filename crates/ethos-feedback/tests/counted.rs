//! What is said of many findings, and of files beside each other, is what is so.

use std::fmt::Write;

use ethos_feedback::answers::{Answers, write_answers};
use ethos_feedback::baseline::{Baseline, RowMarks};
use ethos_feedback::cause::causes;
use ethos_feedback::fix::{Beside, mend, offer, preview};
use ethos_feedback::receipt::Receipt;
use ethos_feedback::terminal::TextOptions;
use ethos_feedback::verdict::{mendable_sentence, verdict_sentence};
use ethos_ingest::check::check_inputs;
use ethos_ingest::{
    CheckOptions, CheckReport, FileReport, Input, MOST_FINDINGS, Mendable, RuleBook, Verdict,
};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, Severity};

const HEADER: &str = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde\n";

fn checked(files: &[(&str, &str)], options: &CheckOptions<'_>) -> (Vec<Input>, CheckReport) {
    let inputs: Vec<Input> = files
        .iter()
        .map(|(name, text)| Input::bytes(*name, *text))
        .collect();
    let report = check_inputs(&inputs, options, &()).unwrap();
    (inputs, report)
}

/// Causes as anybody is told of them: rule, where, how many.
fn told(file: &FileReport) -> Vec<(String, String, u64)> {
    let causes = causes(file);
    let words = causes.iter().map(|cause| {
        // The first thousands of rows are named, or all of them.
        let place = cause.place(Language::Nl);
        (cause.code.to_string(), place, cause.count)
    });
    words.collect()
}

/// Dates that are none in both columns of all rows: more than are kept in detail of one rule.
fn many() -> String {
    let mut text = HEADER.to_owned();
    for row in 0..7_000 {
        let product = if row % 2 == 0 { "17" } else { "16" };
        let _ = writeln!(text, "20260105;0363;;{product};24;31x12;31x12;19");
    }
    text
}

#[test]
fn a_limit_on_what_is_kept_changes_no_cause_count_or_answer() {
    let text = many();
    let few = CheckOptions::default();
    let all = CheckOptions {
        findings_per_rule: MOST_FINDINGS,
        ..CheckOptions::default()
    };
    let (_, kept) = checked(&[("GM0363_MD_2025.csv", &text)], &few);
    let (_, whole) = checked(&[("GM0363_MD_2025.csv", &text)], &all);
    let (kept, whole) = (&kept.files[0], &whole.files[0]);
    assert!(kept.findings.len() < whole.findings.len());
    assert!(kept.findings.iter().any(|finding| finding.more > 0));
    assert!(whole.findings.iter().all(|finding| finding.more == 0));
    assert_eq!(kept.counts, whole.counts);
    assert_eq!(told(kept), told(whole));
    assert_eq!(
        verdict_sentence(kept, &causes(kept), Language::Nl),
        verdict_sentence(whole, &causes(whole), Language::Nl),
    );
    let answers = |file: &FileReport| {
        let mut bytes = Vec::new();
        let files = [(file, "2025")];
        write_answers(&files, &Answers::default(), Language::Nl, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    assert_eq!(answers(kept), answers(whole));
}

#[test]
fn an_answer_settles_its_cause_and_no_other() {
    // Two codes of one column, each a cause of its own: one of them is answered.
    let mut book = RuleBook::shipped().clone();
    let softer = "[[rule]]\nid = \"COD01\"\nseverity = \"warning\"\n";
    book.add(softer, "eigen.toml").unwrap();
    let options = CheckOptions {
        rules: Some(&book),
        ..CheckOptions::default()
    };
    let mut text = HEADER.to_owned();
    for row in 0..40 {
        let product = ["17", "16", "77", "88", "17", "16", "17", "16"][row % 8];
        let _ = writeln!(text, "20260105;0363;;{product};24;20250101;20250301;19");
    }
    let (_, report) = checked(&[("GM0363_MD_2025.csv", &text)], &options);
    let file = &report.files[0];
    let of_code = |file: &FileReport| -> Vec<(String, u64)> {
        let all = causes(file);
        let of = all.iter().filter(|cause| cause.code == "COD01");
        of.map(|cause| (cause.mark(), cause.count)).collect()
    };
    assert_eq!(of_code(file).len(), 2);
    let mut bytes = Vec::new();
    let files = [(file, "2025")];
    write_answers(&files, &Answers::default(), Language::Nl, &mut bytes).unwrap();
    let asked = String::from_utf8(bytes).unwrap();
    let answered: Vec<String> = asked
        .lines()
        .map(|line| {
            let klopt = if line.contains("productcategorie=77") {
                "klopt"
            } else {
                ""
            };
            format!("{}{klopt}", line.trim_end_matches('\r'))
        })
        .collect();
    let answers = Answers::read(answered.join("\n").as_bytes()).unwrap();
    let (rest, settled) = answers.settle(file, "2025");
    assert_eq!(settled, 5);
    assert_eq!(
        of_code(&rest),
        [("COD01:productcategorie=88".to_owned(), 5)]
    );
}

fn delivery(start: &str) -> String {
    let mut text = HEADER.to_owned();
    for row in 0..30 {
        let day = 13 + row % 15;
        // One row tells something as it is.
        let start = if row == 0 { "20250117" } else { start };
        let start = start.replace("DD", &day.to_string());
        let _ = writeln!(text, "20260105;0363;;17;;{start};20250301;19");
    }
    text
}

#[test]
fn what_mending_comes_to_leaves_what_other_files_tell() {
    let (dutch, plain) = (delivery("DD-01-2025"), delivery("202501DD"));
    let options = CheckOptions::default();
    let alone = [("GM0363_MD_2025.csv", dutch.as_str())];
    let (inputs, mut report) = checked(&alone, &options);
    offer(&inputs, &mut report, &options).unwrap();
    let said = mendable_sentence(&report.files[0], Language::Nl).unwrap();
    assert!(
        said.contains("Daarna kan het bestand worden verstuurd."),
        "{said}"
    );
    // Beside another of which nothing tells whether it counts, it is not in order once it is mended.
    let both = [alone[0], ("GM0363_MD_2025 (1).csv", plain.as_str())];
    let (inputs, mut report) = checked(&both, &options);
    offer(&inputs, &mut report, &options).unwrap();
    let file = &report.files[0];
    let mendable = file.mendable.unwrap();
    assert_eq!(mendable.verdict, Verdict::Unusable);
    let said = mendable_sentence(file, Language::Nl).unwrap();
    let left = format!("Daarna zijn er {} bevindingen om zelf", mendable.left);
    assert!(said.contains(&left), "{said}");
    let mended = mend(&inputs[0], &options, Language::Nl).unwrap();
    let beside = Beside::of(file, &mended.before);
    assert_eq!((beside.count, beside.worst), (1, Some(Severity::Blocking)));
    let shown = TextOptions {
        language: Language::Nl,
        cells: 3,
        colour: false,
        width: 300,
    };
    let said = preview(&mended, &beside, RuleBook::shipped(), shown);
    assert!(
        said.contains("alleen naast de andere bestanden te zien is (BST18)"),
        "{said}"
    );
}

#[test]
fn what_only_shows_once_the_file_is_mended_is_told() {
    let text = delivery("31x1-2025");
    let (_, mut report) = checked(&[("GM0363_MD_2025.csv", &text)], &CheckOptions::default());
    let file = &mut report.files[0];
    let mut said = |of, findings, left| {
        file.mendable = Some(Mendable {
            of,
            findings,
            left,
            verdict: Verdict::Mend,
        });
        mendable_sentence(file, Language::Nl).unwrap()
    };
    let nine = said(9, 1, 9);
    assert!(
        nine.ends_with(
            "Daarna zijn er 9 bevindingen om zelf naar te kijken, waarvan 1 die pas na het herstellen te zien is."
        ),
        "{nine}"
    );
    let one = said(3, 3, 1);
    assert!(
        one.ends_with(
            "Daarna is er 1 bevinding om zelf naar te kijken, die pas na het herstellen te zien is."
        ),
        "{one}"
    );
    let two = said(3, 1, 2);
    assert!(
        two.ends_with("Daarna zijn er 2 bevindingen om zelf naar te kijken."),
        "{two}"
    );
}

#[test]
fn where_all_was_accepted_the_exit_and_the_verdict_say_the_same() {
    let text = delivery("31x1-2025");
    let options = CheckOptions::default();
    let (inputs, report) = checked(&[("GM0363_MD_2025.csv", &text)], &options);
    let file = &report.files[0];
    let marks = RowMarks::of(&inputs[0], file, &options).unwrap();
    let baseline = Baseline::of(&report, std::slice::from_ref(&marks));
    let (rest, hidden) = baseline.hide(file, &marks);
    assert!(hidden > 0 && rest.findings.is_empty());
    // Rows are lost all the same.
    assert_eq!(
        (rest.verdict, rest.worst()),
        (Verdict::Mend, Some(Severity::Error))
    );
    // Of what can be mended, and was accepted all of it, no number that is not shown is told as if it were.
    let text = delivery("DD-01-2025");
    let (inputs, mut report) = checked(&[("GM0363_MD_2025.csv", &text)], &options);
    offer(&inputs, &mut report, &options).unwrap();
    let marks = RowMarks::of(&inputs[0], &report.files[0], &options).unwrap();
    let baseline = Baseline::of(&report, std::slice::from_ref(&marks));
    let (rest, hidden) = baseline.hide(&report.files[0], &marks);
    let mendable = rest.mendable.unwrap();
    assert_eq!(hidden, mendable.of);
    let said = mendable_sentence(&rest, Language::Nl).unwrap();
    assert!(
        said.starts_with(&format!(
            "Van de {hidden} bevindingen, met die u aanvaardde of toelichtte erbij, zijn er {} vanzelf",
            mendable.findings
        )),
        "{said}"
    );
}

#[test]
fn lost_rows_are_told_with_their_thousands_apart() {
    let text = many();
    let options = CheckOptions {
        findings_per_rule: MOST_FINDINGS,
        ..CheckOptions::default()
    };
    let (inputs, report) = checked(&[("GM0363_MD_2025.csv", &text)], &options);
    let marks = RowMarks::of(&inputs[0], &report.files[0], &options).unwrap();
    let baseline = Baseline::of(&report, std::slice::from_ref(&marks));
    let (rest, _) = baseline.hide(&report.files[0], &marks);
    let said = verdict_sentence(&rest, &causes(&rest), Language::Nl);
    assert!(said.contains("7.000 rijen tellen niet mee"), "{said}");
}

/// A folder with a delivery, and a check of it.
fn in_folder(files: &[(&str, Vec<u8>)]) -> (tempfile::TempDir, CheckReport) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let report = checked_in(&folder);
    (folder, report)
}

fn checked_in(folder: &tempfile::TempDir) -> CheckReport {
    let paths = [folder.path().to_owned()];
    ethos_ingest::check_files(&paths, &CheckOptions::default(), &()).unwrap()
}

fn named<'r>(report: &'r CheckReport, name: &str) -> &'r FileReport {
    let of = |file: &&FileReport| file.file.ends_with(name);
    report.files.iter().find(of).unwrap()
}

/// The delivery as a workbook with our marks.
fn marked(path: &std::path::Path, report: &CheckReport) -> Vec<u8> {
    let input = Input::path("GM0363_MD_2025.csv", path);
    let book = RuleBook::shipped();
    ethos_feedback::workbook::marked_copy(&input, &report.files[0], None, book, Language::Nl)
        .unwrap()
        .bytes
}

#[test]
fn a_marked_copy_beside_a_delivery_is_no_second_delivery_until_it_is_mended() {
    let bad = delivery("31x1-2025");
    let name = "GM0363_MD_2025.csv";
    let (folder, report) = in_folder(&[(name, bad.into_bytes())]);
    let path = folder.path().join(name);
    let bytes = marked(&path, &report);
    let copy = folder.path().join("nagekeken.xlsx");
    std::fs::write(&copy, &bytes).unwrap();
    let report = checked_in(&folder);
    let (original, marked) = (named(&report, name), named(&report, "nagekeken.xlsx"));
    assert!(marked.is_given_way() && !original.is_given_way());
    assert!(marked.replaced_by.as_ref().unwrap().ends_with(name));
    assert_eq!((original.tally.accepted, marked.tally.accepted), (1, 0));
    assert!(
        report
            .files
            .iter()
            .all(|file| !file.counts.contains_key("TSN02"))
    );
    assert_eq!(marked.summary.period, original.summary.period);
    // Mended in it, it is the delivery, and about the same period.
    let cells: Vec<((u32, u32), &str)> = (3..=31).map(|row| ((row, 6), "20250118")).collect();
    let cells = cells.into_iter().collect();
    let mended = ethos_feedback::workbook::set_cells(&bytes, "Levering", &cells).unwrap();
    std::fs::write(&copy, mended).unwrap();
    let report = checked_in(&folder);
    let (original, marked) = (named(&report, name), named(&report, "nagekeken.xlsx"));
    assert!(original.is_given_way() && !marked.is_given_way());
    assert!(marked.tally.accepted > 1 && marked.verdict <= Verdict::Usable);
    assert_eq!(marked.summary.period, original.summary.period);
    // Alone, a marked copy is what there is.
    std::fs::remove_file(path).unwrap();
    let report = checked_in(&folder);
    assert!(!report.files[0].is_given_way());
}

#[test]
fn a_cleaned_delivery_beside_its_original_is_no_second_delivery() {
    use ethos_feedback::cleaned::{write_cleaned, write_cleaned_log};
    use ethos_model::date::Day;
    let name = "GM0363_MD_2025.csv";
    let (folder, report) = in_folder(&[(name, delivery("202501DD").into_bytes())]);
    let file = &report.files[0];
    let input = Input::path(name, folder.path().join(name));
    let laid = ethos_ingest::LaidOut::open(&input, &CheckOptions::default())
        .unwrap()
        .unwrap();
    let (mut cleaned, mut log) = (Vec::new(), Vec::new());
    write_cleaned(&laid, file, &mut cleaned).unwrap();
    let when = Day::parse("2026-02-03").unwrap();
    write_cleaned_log(file, laid.layout(), ("wie", when), Language::Nl, &mut log).unwrap();
    std::fs::write(folder.path().join("schoon.csv"), cleaned).unwrap();
    // Without its log nothing tells what it is.
    let report = checked_in(&folder);
    assert!(report.files.iter().all(|file| !file.is_given_way()));
    std::fs::write(folder.path().join("schoon.csv.correcties.csv"), &log).unwrap();
    let report = checked_in(&folder);
    assert_eq!(report.files.len(), 2);
    assert!(named(&report, "schoon.csv").is_given_way());
    // What is not sent is on no receipt, so whoever gets the other alone finds it true.
    let receipt = |report: &CheckReport| Receipt::of(report, RuleBook::shipped());
    let alone = CheckReport {
        files: vec![file.clone()],
        ..report.clone()
    };
    assert_eq!(receipt(&report).differences(&receipt(&alone)), []);
    assert!(!named(&report, name).is_given_way());
    // The log changes nothing of the original where it is given as a file of corrections.
    let read = ethos_ingest::Corrections::read(log.as_slice());
    assert!(read.is_ok());
}

#[test]
fn what_is_changed_by_hand_in_a_marked_copy_counts_whatever_the_figures_say() {
    let name = "GM0363_MD_2025.csv";
    let (folder, report) = in_folder(&[(name, delivery("202501DD").into_bytes())]);
    let bytes = marked(&folder.path().join(name), &report);
    let copy = folder.path().join("nagekeken.xlsx");
    // Another day of the same month, another product for another, a row less, a date of the file that is earlier.
    let rows: Vec<(u32, u32)> = (2..=31).map(|row| (row, 1)).collect();
    let earlier = rows.iter().map(|place| (*place, "20260104")).collect();
    for cells in [
        [((2, 6), "20250118")].into(),
        [((2, 4), "16"), ((2, 5), "24")].into(),
        (1..=8).map(|column| ((31, column), "")).collect(),
        earlier,
    ] {
        let changed = ethos_feedback::workbook::set_cells(&bytes, "Levering", &cells).unwrap();
        std::fs::write(&copy, changed).unwrap();
        let report = checked_in(&folder);
        let (original, marked) = (named(&report, name), named(&report, "nagekeken.xlsx"));
        assert!(original.is_given_way(), "{cells:?}");
        assert!(
            !marked.is_given_way() && marked.tally.accepted > 10,
            "{cells:?}"
        );
    }
}

#[test]
fn a_marked_copy_gives_way_whatever_its_text_was() {
    let name = "GM0363_MD_2025.csv";
    let plain = delivery("202501DD");
    let lines: Vec<&str> = plain.lines().collect();
    let (row, long) = (
        "20260105;0363;;17;;20250117;20250301;19",
        "x".repeat(40_000),
    );
    for odd in [
        ";=1+1;",
        ";_x0041_;",
        ";<a&b>;",
        ";  blanks  ;",
        ";\u{1}\u{7f};",
        ";a\0b;",
        ";é€\u{1f600};",
        ";\"a\r\nb\";",
        ";\"a\nb \"\"c\"\"\";",
        ";st\"ray;",
        ";a\tb;",
        ";1E5;",
        &format!(";{long};"),
        // Too few cells, too many, none at all, and a row that is blank.
        "",
        ";a;b;x;",
        ";;\n\n",
        ";;\n;;;;;;;;;;;;;",
    ] {
        let mut rows = vec![lines[0].to_owned() + ";opmerking;"];
        rows.extend(lines[1..].iter().map(|line| format!("{line};;")));
        rows.extend([format!("{row}{odd}"), format!("{row};;")]);
        for end in ["\n", "\r\n"] {
            let (folder, report) = in_folder(&[(name, rows.join(end).into_bytes())]);
            assert!(report.files[0].tally.accepted > 10);
            let bytes = marked(&folder.path().join(name), &report);
            std::fs::write(folder.path().join("nagekeken.xlsx"), bytes).unwrap();
            let report = checked_in(&folder);
            let shown: String = odd.chars().take(20).collect();
            assert!(named(&report, "nagekeken.xlsx").is_given_way(), "{shown:?}");
            assert!(!named(&report, name).is_given_way(), "{shown:?}");
        }
    }
}

/// Writes the mended file of one in a folder, with its log.
fn mended_in(folder: &tempfile::TempDir, name: &str, target: &str) {
    let input = Input::path(name, folder.path().join(name));
    let mended = mend(&input, &CheckOptions::default(), Language::Nl).unwrap();
    assert!(!mended.is_as_it_was());
    let mut log = Vec::new();
    let when = ethos_model::date::Day::parse("2026-02-03").unwrap();
    mended
        .write_log(("wie", when), Language::Nl, &mut log)
        .unwrap();
    std::fs::write(folder.path().join(target), mended.bytes()).unwrap();
    let log_of = format!("{target}.correcties.csv");
    std::fs::write(folder.path().join(log_of), log).unwrap();
}

#[test]
fn of_what_comes_from_one_file_never_two_count() {
    let name = "GM0363_MD_2025.csv";
    let (folder, report) = in_folder(&[(name, delivery("DD-01-2025").into_bytes())]);
    let bytes = marked(&folder.path().join(name), &report);
    std::fs::write(folder.path().join("nagekeken.xlsx"), bytes).unwrap();
    let counting = |report: &CheckReport| -> Vec<String> {
        let files = report.files.iter();
        let files = files.filter(|file| file.tally.accepted > 0);
        let name = |file: &FileReport| file.file.rsplit('/').next().unwrap_or("").to_owned();
        files.map(name).collect()
    };
    // Mended from the marked copy, under any name, it stands in for the original.
    mended_in(&folder, "nagekeken.xlsx", "beter.xlsx");
    let report = checked_in(&folder);
    assert_eq!(counting(&report), ["beter.xlsx"]);
    let period = report.files[0].summary.period;
    assert!(
        period.is_some()
            && report
                .files
                .iter()
                .all(|file| file.summary.period == period)
    );
    // Also where what it was mended from is gone.
    std::fs::remove_file(folder.path().join("nagekeken.xlsx")).unwrap();
    assert_eq!(counting(&checked_in(&folder)), ["beter.xlsx"]);
    // The original mended too: nothing tells which, and both are named.
    mended_in(&folder, name, "los.csv");
    let report = checked_in(&folder);
    assert!(counting(&report).is_empty());
    for (file, other) in [("beter.xlsx", "los.csv"), ("los.csv", "beter.xlsx")] {
        let file = named(&report, file);
        assert_eq!(file.verdict, Verdict::Unusable);
        let tied = file.findings.iter().find(|found| found.code == "BST18");
        assert!(tied.unwrap().message.nl.contains(other));
    }
    std::fs::remove_file(folder.path().join("beter.xlsx")).unwrap();
    assert_eq!(counting(&checked_in(&folder)), ["los.csv"]);
}

#[test]
fn shifted_rows_are_one_cause_and_the_first() {
    let header = HEADER.trim_end().to_owned()
        + ";gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht\n";
    let of = |shifted: &dyn Fn(&str, &str, &str) -> String| {
        let mut text = header.clone();
        for at in 0..60_u32 {
            let bsn = ["123456782", "111222333", "200000007"][at as usize % 3];
            let day = format!("202503{:02}", 1 + at % 28);
            let reason = ["19", "22", "37"][at as usize % 3];
            let row = if at < 30 {
                format!("{bsn};16;24;{day};20250620;{reason};0363;0599;19800203;1")
            } else {
                shifted(bsn, &day, reason)
            };
            let _ = writeln!(text, "20260115;0363;{row}");
        }
        checked(&[("GM0363_MD_2025.csv", &text)], &CheckOptions::default()).1
    };
    let right =
        of(&|bsn, day, reason| format!("{bsn};16;;24;{day};20250620;{reason};0363;0599;19800203"));
    let left =
        of(&|bsn, day, reason| format!("{bsn};16;{day};20250620;{reason};0363;0599;19800203;1;"));
    let crossed =
        of(&|bsn, day, reason| format!("{bsn};16;24;{day};20250620;0363;{reason};0599;19800203;1"));
    // Rows that show nothing of it in between are told to be there.
    let some = of(&|bsn, day, reason| {
        if day.ends_with('6') {
            format!("{bsn};16;24;{day};20250620;{reason};0363;0599;19800203;1")
        } else {
            format!("{bsn};16;;24;{day};20250620;{reason};0363;0599;19800203")
        }
    });
    let said = causes(&some.files[0])[0].message(Language::Nl);
    assert!(
        said.ends_with("Van 3 rijen ertussen is het niet te zien; die zijn gelezen zoals zij er staan. Kijk ze ook na."),
        "{said}"
    );
    for (report, columns, title, message, (code, good, rejected)) in [
        (
            &right,
            5..=12,
            "Kolommen zijn verschoven",
            "Vanaf rij 32 staan de waarden een kolom naar rechts, vanaf kolom E (type_opvang). Die rijen zijn afgekeurd.",
            ("RIJ13", 30, 30),
        ),
        (
            &left,
            6..=12,
            "Kolommen zijn verschoven",
            "Vanaf rij 32 staan de waarden een kolom naar links, vanaf kolom F (startdatum). Die rijen zijn afgekeurd.",
            ("RIJ13", 30, 30),
        ),
        (
            &crossed,
            8..=9,
            "Kolommen staan onder elkaars kop",
            "Vanaf rij 32 staan de waarden van kolom H (reden_einde) en die van de kolom erna onder elkaars kop.",
            ("RIJ14", 60, 0),
        ),
    ] {
        let list = causes(&report.files[0]);
        let (first, others) = list.split_first().unwrap();
        assert_eq!(first.message(Language::Nl), message);
        assert_eq!(first.title(RuleBook::shipped(), Language::Nl), title);
        assert_eq!(first.code, code);
        // What stands in another column is no figure of the delivery.
        let file = &report.files[0];
        let tally = file.tally;
        assert_eq!(
            (tally.accepted, tally.rejected, tally.rows()),
            (good, rejected, 60)
        );
        assert_eq!(file.summary.ended, good);
        assert!(first.count >= 60, "{}", first.count);
        // Nothing is suggested there: `37` is a reason, and no municipality that lost its zeros.
        assert!(
            first
                .findings
                .iter()
                .all(|finding| finding.suggestion.is_none())
        );
        for other in others {
            let inside = |finding: &&&Finding| {
                let column = finding.column_number.unwrap_or_default();
                finding.row > Some(31) && columns.contains(&column)
            };
            assert_eq!(
                other.findings.iter().filter(inside).count(),
                0,
                "{:?}",
                other.code
            );
        }
    }
}
