//! A check of a dirty file, in every form it is handed out in.

use std::fmt::Write;

use ethos_feedback::cleaned::can_be_cleaned;
use ethos_feedback::machine::{MachineFormat, write_machine};
use ethos_feedback::receipt::Receipt;
use ethos_feedback::terminal::{TextOptions, text};
use ethos_feedback::verdict::verdict_sentence;
use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, CheckReport, Input, RuleBook, Verdict};
use ethos_model::category::Language;
use ethos_model::finding::Severity;
use serde_json::Value;

/// A delivery in which the dates shift from row 30 on, a product code is unknown, and a number is wrong.
fn dirty() -> String {
    let mut file = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde\n".to_owned();
    for row in 2..=60 {
        let product = if row % 7 == 0 { "77" } else { "17" };
        let bsn = if row == 5 { "999999999" } else { "" };
        let (start, end) = if row < 30 {
            ("20250101", "20250301")
        } else {
            ("NO", "2025-13-45")
        };
        let _ = writeln!(file, "20260105;0363;{bsn};{product};;{start};{end};19");
    }
    file
}

fn checked() -> CheckReport {
    let inputs = [Input::bytes("GM0363_MD_2025.csv", dirty())];
    check_inputs(&inputs, &CheckOptions::default(), &()).unwrap()
}

fn machine(format: MachineFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_machine(&checked(), RuleBook::shipped(), format, &mut bytes).unwrap();
    bytes
}

#[test]
fn the_text_says_what_to_do_first_and_groups_by_cause() {
    let options = TextOptions {
        language: Language::Nl,
        cells: 2,
        colour: false,
        width: 100,
    };
    let text = text(&checked(), RuleBook::shipped(), &[], options);
    assert!(text.contains("Nog niet versturen: herstel eerst"), "{text}");
    assert!(
        text.contains("startdatum") && text.contains("vanaf rij 30"),
        "{text}"
    );
    assert!(text.contains("waarde `77`"), "{text}");
    assert!(
        !text.contains("999999999") && !text.contains('\u{1b}'),
        "{text}"
    );
}

#[test]
fn json_and_csv_hold_every_finding() {
    let report = checked();
    let json: Value = serde_json::from_slice(&machine(MachineFormat::Json)).unwrap();
    assert_eq!(json["schema"], "ethos-check/1");
    let findings = report.findings().count();
    assert_eq!(
        json["files"][0]["findings"].as_array().unwrap().len(),
        findings
    );
    assert!(json["files"][0]["causes"].as_array().unwrap().len() < 12);
    let told = json["files"][0]["findings"].as_array().unwrap();
    for (told, finding) in told.iter().zip(report.findings()) {
        assert_eq!(told["address"].as_str(), finding.address().as_deref());
        assert_eq!(told["row"].as_u64(), finding.row);
        assert_eq!(
            told["column_number"].as_u64(),
            finding.column_number.map(u64::from)
        );
        assert_eq!(told["value"].as_str(), Some(finding.value.as_str()));
    }
    assert!(
        told.iter()
            .any(|told| told["address"] == "C2" || told["address"] == "F30")
    );
    let csv = machine(MachineFormat::Csv);
    let rows = csv::Reader::from_reader(csv.as_slice())
        .into_records()
        .count();
    assert_eq!(rows, findings);
}

#[test]
fn sarif_names_rule_place_and_fingerprint_of_each_result() {
    let sarif: Value = serde_json::from_slice(&machine(MachineFormat::Sarif)).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), checked().findings().count());
    for result in results {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "GM0363_MD_2025.csv");
        assert!(result["partialFingerprints"]["ethosFinding/v1"].is_string());
    }
}

#[test]
fn sarif_names_the_line_of_a_row_below_cells_with_line_breaks() {
    let file = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde\r\n\
        20260105;0363;;17;\"a\r\nb\r\nc\";20250101;20250301;19\r\n\
        20260105;0363;;17;;20250102;20250301;19\r\n\
        20260105;0363;;99;;20250103;20250301;19\r\n";
    let inputs = [Input::bytes("GM0363_MD_2025.csv", file)];
    let report = check_inputs(&inputs, &CheckOptions::default(), &()).unwrap();
    let mut bytes = Vec::new();
    write_machine(
        &report,
        RuleBook::shipped(),
        MachineFormat::Sarif,
        &mut bytes,
    )
    .unwrap();
    let sarif: Value = serde_json::from_slice(&bytes).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let wrong = results.iter().find(|result| result["ruleId"] == "COD01");
    let place = &wrong.unwrap()["locations"][0];
    assert_eq!(place["physicalLocation"]["region"]["startLine"], 6);
    assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], "D4");
}

#[test]
fn the_report_of_the_statistical_system_has_its_shape() {
    let ess: Value = serde_json::from_slice(&machine(MachineFormat::Ess)).unwrap();
    let (mut failed, mut counted) = (0, 0);
    for entry in ess.as_array().unwrap() {
        assert!(entry["event"]["time"].is_string() && entry["event"]["actor"].is_string());
        assert!(entry["data"]["source"].is_array() && entry["data"]["target"].is_array());
        match entry["type"].as_str().unwrap() {
            "validation" => {
                failed += 1;
                assert!(["0", "1", "NA"].contains(&entry["value"].as_str().unwrap()));
                let severity = entry["rule"]["severity"].as_str().unwrap();
                assert!(["information", "warning", "error"].contains(&severity));
            }
            "aggregation" => counted += entry["value"].as_str().unwrap().parse::<u64>().unwrap(),
            other => panic!("{other}"),
        }
    }
    assert_eq!(
        (failed, counted),
        (checked().findings().count() as u64, failed)
    );
}

#[test]
fn a_receipt_is_verified_by_checking_again() {
    let receipt = Receipt::of(&checked(), RuleBook::shipped());
    let text = serde_json::to_string_pretty(&receipt).unwrap();
    assert!(!text.contains("99999"));
    let read: Receipt = serde_json::from_str(&text).unwrap();
    assert_eq!(
        read.differences(&Receipt::of(&checked(), RuleBook::shipped())),
        []
    );
    let inputs = [Input::bytes(
        "GM0363_MD_2025.csv",
        dirty().replace("77", "17"),
    )];
    let other = check_inputs(&inputs, &CheckOptions::default(), &()).unwrap();
    assert_eq!(
        read.differences(&Receipt::of(&other, RuleBook::shipped()))
            .len(),
        1
    );
}

#[test]
fn no_form_holds_a_number_whole() {
    let all = [
        MachineFormat::Json,
        MachineFormat::Csv,
        MachineFormat::Sarif,
        MachineFormat::Ess,
    ];
    for format in all {
        let bytes = machine(format);
        assert_eq!(bytes, machine(format));
        assert!(
            !String::from_utf8(bytes).unwrap().contains("999999999"),
            "{format:?}"
        );
    }
}

#[test]
fn the_page_stands_alone_and_escapes_what_the_sender_wrote() {
    let nasty = dirty().replace(
        "aanmaakdatum_bestand;",
        "aanmaakdatum_bestand;<script>alert(1)</script>;",
    );
    let nasty = nasty.replace("20260105;", "20260105;x;");
    let inputs = [Input::bytes("<b>.csv", nasty)];
    let report = check_inputs(&inputs, &CheckOptions::default(), &()).unwrap();
    for language in [Language::Nl, Language::En] {
        let html = ethos_feedback::page::page(&report, RuleBook::shipped(), language).unwrap();
        assert!(html.contains("default-src 'none'") && html.contains("&lt;b&gt;.csv"));
        assert!(
            !html.contains("<script>alert")
                && !html.contains("http://")
                && !html.contains("https://")
        );
        assert!(!html.contains("999999999"));
        assert_eq!(
            html.matches("<details").count(),
            html.matches("class=\"cause ").count()
        );
    }
}

#[test]
fn answered_warnings_are_settled_and_offered_again_next_year() {
    use ethos_feedback::answers::{Answers, write_answers};
    let report = checked();
    let files = &report.files;
    let in_year = |year| files.iter().map(|file| (file, year)).collect::<Vec<_>>();
    let mut sheet = Vec::new();
    write_answers(
        &in_year("2025"),
        &Answers::default(),
        Language::Nl,
        &mut sheet,
    )
    .unwrap();
    let sheet = String::from_utf8(sheet).unwrap();
    let line = sheet
        .lines()
        .find(|line| line.contains("BSN05:bsn"))
        .unwrap();
    assert!(line.ends_with(";58;;"), "{line}");
    let filled = sheet.replace(line, &format!("{line}wij leveren mensen zonder BSN"));
    let answers = Answers::read(filled.as_bytes()).unwrap();
    let (rest, settled) = answers.settle(&files[0], "2025");
    assert_eq!(settled, 58);
    assert!(!rest.counts.contains_key("BSN05") && rest.counts.contains_key("BSN04"));
    // Next year it has to be said again, with last year's words beside it.
    assert_eq!(answers.settle(&files[0], "2026").1, 0);
    let mut next = Vec::new();
    write_answers(&in_year("2026"), &answers, Language::Nl, &mut next).unwrap();
    let next = String::from_utf8(next).unwrap();
    assert!(
        next.contains("2025: wij leveren mensen zonder BSN;"),
        "{next}"
    );
    assert!(
        next.contains(";58;;wij leveren mensen zonder BSN"),
        "the old row is kept: {next}"
    );
}

#[test]
fn a_baseline_hides_what_was_accepted_and_nothing_new() {
    use ethos_feedback::baseline::{Baseline, RowMarks};
    let read = |name: &str, text: String| {
        let inputs = [Input::bytes(name, text)];
        let options = CheckOptions::default();
        let report = check_inputs(&inputs, &options, &()).unwrap();
        let marks = RowMarks::of(&inputs[0], &report.files[0], &options).unwrap();
        (report, marks)
    };
    let (report, marks) = read("GM0363_MD_2025.csv", dirty());
    let baseline = Baseline::of(&report, std::slice::from_ref(&marks));
    let baseline = Baseline::read(&baseline.to_json().unwrap()).unwrap();
    let (rest, hidden) = baseline.hide(&report.files[0], &marks);
    assert_eq!(hidden, report.findings().count() as u64);
    // What is lost is lost, whatever is hidden.
    assert!(rest.findings.is_empty() && rest.worst() == Some(Severity::Error));
    assert_eq!(rest.verdict, Verdict::Mend);
    assert!(can_be_cleaned(&rest, Language::Nl).is_err());
    let said = verdict_sentence(&rest, &[], Language::Nl);
    let lost = report.files[0].tally.rejected;
    assert!(
        lost > 0 && said.contains(&format!("{lost} rijen tellen niet mee")),
        "{said}"
    );
    // In the next export the rows stand elsewhere, and the file was made on another day.
    let text = dirty().replace("20260105;", "20260106;");
    let mut moved: Vec<&str> = text.lines().collect();
    moved[1..].reverse();
    let (next, marks) = read("GM0363_MD_2025_nieuw.csv", moved.join("\n"));
    let (rest, hidden) = baseline.hide(&next.files[0], &marks);
    assert!(
        hidden > 50 && rest.findings.iter().all(|finding| finding.row.is_none()),
        "{:?}",
        rest.findings
    );
    // An accepted value that was mended there and stands in another row is new.
    let mut rows: Vec<String> = dirty().lines().map(str::to_owned).collect();
    assert!(rows[6].contains(";77;"));
    rows[6] = rows[6].replace(";77;", ";17;");
    rows[9] = "20260105;0599;;77;;20250102;20250302;11".into();
    let (next, marks) = read("GM0363_MD_2025.csv", rows.join("\n"));
    let (rest, _) = baseline.hide(&next.files[0], &marks);
    let shown: Vec<_> = rest
        .findings
        .iter()
        .filter(|finding| finding.code == "COD01")
        .map(|finding| finding.row)
        .collect();
    assert_eq!(shown, [Some(10)]);
    let old = Baseline::read("{\"schema\": \"ethos-baseline/1\", \"accepted\": []}").unwrap_err();
    assert!(old.to_string().contains("--write-baseline"), "{old}");
    assert!(Baseline::read("bsn;startdatum").is_err());
}

#[test]
fn rows_that_cannot_be_read_stay_accepted_wherever_they_stand_and_blank_ones_are_not_lost() {
    use ethos_feedback::baseline::{Baseline, RowMarks};
    let read = |text: &str| {
        let inputs = [Input::bytes("GM0363_MD_2025.csv", text)];
        let options = CheckOptions::default();
        let report = check_inputs(&inputs, &options, &()).unwrap();
        let marks = RowMarks::of(&inputs[0], &report.files[0], &options).unwrap();
        (report, marks)
    };
    let text = dirty();
    let mut rows: Vec<&str> = text.lines().take(4).collect();
    rows.extend(["20260105;0363;;17", "", "20260105;0599;;16;24", rows[3]]);
    let (report, marks) = read(&rows.join("\n"));
    assert!(report.files[0].counts.keys().any(|code| *code == "RIJ01"));
    let baseline = Baseline::of(&report, std::slice::from_ref(&marks));
    let (rest, _) = baseline.hide(&report.files[0], &marks);
    let said = verdict_sentence(&rest, &[], Language::Nl);
    assert_eq!(rest.lost_rows(), 2);
    assert!(said.contains("2 rijen tellen niet mee"), "{said}");
    // The same rows in another order, in an export of another day.
    rows.swap(4, 6);
    rows.remove(5);
    let (next, marks) = read(&rows.join("\n").replace("20260105", "20260119"));
    let (rest, _) = baseline.hide(&next.files[0], &marks);
    assert!(
        rest.findings.iter().all(|finding| finding.code != "RIJ01"),
        "{:?}",
        rest.findings
    );
}

#[test]
fn a_rule_that_is_off_or_softened_brings_no_row_back() {
    let mut book = RuleBook::shipped().clone();
    let changes =
        "[[rule]]\nid = \"COD01\"\noff = true\n[[rule]]\nid = \"DAT01\"\nseverity = \"note\"\n";
    book.add(changes, "eigen.toml").unwrap();
    let options = CheckOptions {
        rules: Some(&book),
        ..CheckOptions::default()
    };
    let head = dirty().lines().next().unwrap().to_owned();
    let good = "20260105;0363;;17;;20250101;20250301;19";
    for bad in [
        "20260105;0363;;88;;20250101;20250301;19",
        "20260105;0363;;17;;xx;20250301;19",
    ] {
        let inputs = [Input::bytes(
            "GM0363_MD_2025.csv",
            format!("{head}\n{good}\n{bad}\n"),
        )];
        let report = check_inputs(&inputs, &options, &()).unwrap();
        let file = &report.files[0];
        assert_eq!(
            (file.tally.rejected, file.verdict),
            (1, Verdict::Mend),
            "{bad}"
        );
        assert_eq!(report.worst(), Some(Severity::Error));
        assert!(can_be_cleaned(file, Language::Nl).is_err());
        let said = verdict_sentence(file, &[], Language::Nl);
        assert!(said.contains("1 rij telt niet mee"), "{said}");
    }
}

#[test]
fn a_text_file_goes_back_as_a_workbook_with_every_cell_as_it_was() {
    use calamine::{Data, Reader, Xlsx, open_workbook};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("GM0363_MD_2025.csv");
    std::fs::write(&path, dirty().replace("19\n", "=1+1\n")).unwrap();
    let report =
        ethos_ingest::check_files(std::slice::from_ref(&path), &CheckOptions::default(), &())
            .unwrap();
    let marked = ethos_feedback::workbook::marked_copy(
        &ethos_ingest::Input::path("GM0363_MD_2025.csv", &path),
        &report.files[0],
        None,
        RuleBook::shipped(),
        Language::Nl,
    )
    .unwrap();
    let out = folder.path().join("terug.xlsx");
    assert_eq!(marked.extension, "xlsx");
    std::fs::write(&out, marked.bytes).unwrap();
    let mut book: Xlsx<_> = open_workbook(&out).unwrap();
    assert_eq!(book.sheet_names(), ["Wat moet ik doen", "Levering"]);
    let sheet = book.worksheet_range("Levering").unwrap();
    assert_eq!(sheet.get_value((1, 1)).unwrap().to_string(), "0363");
    assert_eq!(sheet.get_value((1, 7)).unwrap().to_string(), "=1+1");
    assert!(book.worksheet_formula("Levering").unwrap().is_empty());
    let front = book.worksheet_range("Wat moet ik doen").unwrap();
    // How often is a number that a spreadsheet can sort by.
    let heading = front
        .rows()
        .position(|row| row[6] == Data::String("Aantal".into()));
    let counts: Vec<&Data> = front
        .rows()
        .skip(heading.unwrap() + 1)
        .map(|row| &row[6])
        .collect();
    assert!(
        !counts.is_empty()
            && counts
                .iter()
                .all(|count| matches!(count, Data::Float(n) if *n >= 1.0)),
        "{counts:?}"
    );
    let words: Vec<String> = front
        .used_cells()
        .map(|(_, _, cell)| cell.to_string())
        .collect();
    assert!(
        words
            .iter()
            .any(|word| word.starts_with("Nog niet versturen")),
        "{words:?}"
    );
    // What is shown of the findings is masked; the sheet with their own data is theirs.
    assert!(!words.iter().any(|word| word.contains("999999999")));
}
