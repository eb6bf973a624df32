//! A folder of deliveries by many senders: who delivered what, and what is written to whom.

use std::fmt::Write;

use ethos_feedback::cause::causes;
use ethos_feedback::machine::{write_json_with, write_senders};
use ethos_feedback::overview::{overview, overview_text};
use ethos_feedback::page::{PageParts, page, page_with};
use ethos_feedback::receipt::Receipt;
use ethos_feedback::senders::{
    Expectations, Senders, Status, reminders, senders, senders_text, write_csv, write_xlsx,
};
use ethos_feedback::summaries::Summaries;
use ethos_feedback::terminal::{TextOptions, text_of_many};
use ethos_feedback::workbook::front_of;
use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, CheckReport, Input, RuleBook, Summary};
use ethos_model::category::Language;
use ethos_model::date::Day;

const HEADER: &str = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht\n";

/// A valid citizen service number.
fn bsn(n: u32) -> String {
    let mut first = 30_000_000 + 7 * n;
    loop {
        let digits = format!("{first:08}");
        let sum: u32 = (2..=9)
            .rev()
            .zip(digits.bytes())
            .map(|(weight, digit)| weight * u32::from(digit - b'0'))
            .sum();
        if sum % 11 < 10 {
            return format!("{digits}{}", sum % 11);
        }
        first += 1;
    }
}

/// A delivery of a year in which two stays begin in each of these months, the last of which goes on.
fn delivery(code: &str, year: u32, months: std::ops::RangeInclusive<u32>, from: u32) -> String {
    let mut text = HEADER.to_owned();
    let next = year + 1;
    for month in months {
        for n in 0..2 {
            let number = bsn(from + 2 * month + n);
            let (end, reason) = if n == 0 {
                (format!("{year}{month:02}20"), "19")
            } else {
                (String::new(), "")
            };
            let _ = writeln!(
                text,
                "{next}0115;{code};{number};16;24;{year}{month:02}03;{end};{reason};{code};0599;19800203;M"
            );
        }
    }
    text
}

fn inputs() -> Vec<Input> {
    let mut broken = delivery("0344", 2025, 1..=12, 3_000);
    broken = broken.replace("bsn;productcategorie", "x;y");
    vec![
        Input::bytes("in/GM0363_MD_2025.csv", delivery("0363", 2025, 1..=12, 0)),
        Input::bytes(
            "in/GM0363_MD_2025_b.csv",
            delivery("0363", 2025, 1..=12, 0).replace("20260115;", "20260116;"),
        ),
        Input::bytes(
            "in/GM0599_MD_2025.csv",
            delivery("0599", 2025, 1..=9, 1_000),
        ),
        Input::bytes("in/GM0344_MD_2025.csv", broken),
        Input::bytes(
            "in/GM0014_MD_2025.csv",
            delivery("0014", 2025, 1..=12, 5_000),
        ),
    ]
}

fn last_year() -> Vec<Summary> {
    let inputs = [Input::bytes(
        "oud/GM0599_MD_2024.csv",
        delivery("0599", 2024, 1..=12, 1_000),
    )];
    let report = check_inputs(&inputs, &CheckOptions::default(), &()).unwrap();
    report.files.into_iter().map(|file| file.summary).collect()
}

fn checked() -> CheckReport {
    let previous = last_year();
    let options = CheckOptions {
        previous: &previous,
        ..CheckOptions::default()
    };
    check_inputs(&inputs(), &options, &()).unwrap()
}

const FRAME: &str = "sender;municipality;layout;due;received;contact;reason
GM0363;GM0363;monitor-dakloosheid;2026-02-01;2026-01-20;team@example.nl;
GM0363;GM0384;monitor-dakloosheid;;;;
GM0599;GM0599;monitor-dakloosheid/2025;2026-02-01;2026-02-03;;
GM0344;GM0344;monitor-dakloosheid;2026-02-01;2026-01-30;;
GM0518;GM0518;monitor-dakloosheid;2026-02-01;;;
GM0758;GM0758;monitor-dakloosheid;2026-02-01;;;Systeem wordt vervangen
LDH-RM;;monitor-dakloosheid;2026-04-01;;;
";

fn table(report: &CheckReport) -> Senders {
    let expected = Expectations::read(FRAME.as_bytes(), "verwacht.csv").unwrap();
    let on = Day::parse("2026-02-10").unwrap();
    senders(&report.files, Some(&expected), RuleBook::shipped(), on)
}

#[test]
fn each_sender_has_a_row_and_a_status() {
    let report = checked();
    let table = table(&report);
    let rows: Vec<(&str, Status, usize)> = table
        .senders
        .iter()
        .map(|sender| (sender.sender.as_str(), sender.status, sender.files.len()))
        .collect();
    assert_eq!(
        rows,
        [
            ("GM0344", Status::Blocked, 1),
            ("GM0363", Status::InTime, 2),
            ("GM0518", Status::Missing, 0),
            ("GM0599", Status::Late, 1),
            ("GM0758", Status::Excused, 0),
            ("LDH-RM", Status::Awaited, 0),
            ("GM0014", Status::Unexpected, 1),
        ]
    );
    let response = table.response;
    assert_eq!((response.expected, response.delivered), (6, 3));
    assert_eq!((response.in_time, response.usable), (1, 2));
    assert_eq!((response.excused, response.unexpected), (1, 1));
    // Amsterdam, Diemen, Rotterdam, Utrecht, The Hague and Breda are spoken for.
    assert_eq!(
        (response.municipalities, response.municipalities_reported),
        (6, 2)
    );
    // The replaced delivery of Amsterdam counts nowhere.
    let amsterdam = &table.senders[1];
    assert!(amsterdam.double && amsterdam.accepted == 24 && amsterdam.persons == Some(24));
    let text = senders_text(&table, Language::Nl);
    assert!(
        text.contains("Respons: 3 van 6 verwachte leveringen binnen, 1 op tijd, 2 bruikbaar"),
        "{text}"
    );
    assert!(
        text.contains("vervangen door in/GM0363_MD_2025_b.csv"),
        "{text}"
    );
    assert!(text.contains("; 2 van 6 gemeenten met rijen."), "{text}");
    assert!(text.contains("Systeem wordt vervangen"), "{text}");
}

#[test]
fn months_without_records_are_told_with_those_that_had_some_a_year_before() {
    let report = checked();
    let table = table(&report);
    let of = |sender: &str, municipality: &str| {
        let sender = table
            .senders
            .iter()
            .find(|row| row.sender == sender)
            .unwrap();
        let mut places = sender.municipalities.iter();
        let found = places.find(|place| place.municipality == municipality);
        found.unwrap().clone()
    };
    let rotterdam = of("GM0599", "GM0599");
    assert_eq!(rotterdam.missing, ["2025-10", "2025-11", "2025-12"]);
    assert_eq!(rotterdam.emptied, rotterdam.missing);
    assert_eq!(rotterdam.months[0].year_before, Some(3));
    // Two stays begin and one ends in each month.
    assert_eq!((rotterdam.months.len(), rotterdam.records), (12, 27));
    // Amsterdam delivers for Diemen too, and nothing of it came.
    let diemen = of("GM0363", "GM0384");
    assert_eq!(
        (diemen.records, diemen.missing.len(), diemen.emptied.len()),
        (0, 12, 0)
    );
    let text = senders_text(&table, Language::En);
    assert!(
        text.contains("GM0363 Amsterdam 2025: no row at all of GM0384 Diemen"),
        "{text}"
    );
    assert!(
        text.contains("GM0599 Rotterdam 2025: 2025-10, 2025-11, 2025-12 — a year before"),
        "{text}"
    );
}

#[test]
fn who_is_late_missing_or_blocked_is_written_to_without_anything_of_a_person() {
    let report = checked();
    let table = table(&report);
    let letters = reminders(&table, &report.files, RuleBook::shipped(), Language::Nl);
    let names: Vec<&str> = letters.iter().map(|letter| letter.file.as_str()).collect();
    assert_eq!(
        names,
        [
            "GM0344-monitor-dakloosheid-2025.txt",
            "GM0518-monitor-dakloosheid.txt",
            "GM0599-monitor-dakloosheid-2025.txt",
        ]
    );
    let [blocked, missing, late] = [0, 1, 2].map(|at: usize| letters[at].text.as_str());
    assert!(
        blocked.starts_with("Onderwerp: Uw levering kan niet worden gebruikt"),
        "{blocked}"
    );
    assert!(blocked.contains("GM0344_MD_2025.csv:\n- "), "{blocked}");
    assert!(
        missing.contains("uiterlijk op 1 februari 2026. Op 10 februari 2026"),
        "{missing}"
    );
    assert!(
        missing.contains("Beste collega's van 's-Gravenhage,"),
        "{missing}"
    );
    assert!(late.contains("kwam binnen op 3 februari 2026"), "{late}");
    let english = reminders(&table, &report.files, RuleBook::shipped(), Language::En);
    assert!(
        english[1]
            .text
            .contains("We expected your delivery by 1 February 2026")
    );
    for letter in letters.iter().chain(&english) {
        let digits = letter.text.split(|c: char| !c.is_ascii_digit());
        assert!(digits.map(str::len).max() < Some(5), "{}", letter.text);
        assert!(!letter.text.contains("example.nl"));
    }
}

#[test]
fn nothing_is_asked_of_a_delivery_that_another_takes_the_place_of() {
    let bad = |day: &str, from: u32| {
        let text = delivery("0363", 2025, 1..=12, from).replace("20250203", "20250231");
        text.replace("20260115;", day)
    };
    let unusable = delivery("0363", 2025, 1..=12, 0).replace("bsn;productcategorie", "x;y");
    let mended = bad("20260201;", 0).replace(";16;24;20250403;", ";XX;24;20250403;");
    let inputs = [
        Input::bytes("in/GM0363_MD_2025.csv", bad("20260110;", 0)),
        Input::bytes("in/GM0363_MD_2025_x.csv", unusable),
        Input::bytes("in/GM0363_MD_2025_nieuw.csv", mended),
    ];
    let report = check_inputs(&inputs, &CheckOptions::default(), &()).unwrap();
    let table = table(&report);
    let letters = reminders(&table, &report.files, RuleBook::shipped(), Language::Nl);
    let letter = letters
        .iter()
        .find(|letter| letter.file.contains("GM0363"))
        .unwrap();
    assert!(
        letter.text.contains("GM0363_MD_2025_nieuw.csv:\n- ")
            && !letter.text.contains("GM0363_MD_2025.csv:")
            && !letter.text.contains("GM0363_MD_2025_x.csv:"),
        "{}",
        letter.text
    );
    assert!(table.senders[1].double);
    let shown = TextOptions {
        language: Language::Nl,
        cells: 3,
        colour: false,
        width: 300,
    };
    let text = text_of_many(&report, RuleBook::shipped(), shown);
    let block = text.split("in/GM0363_MD_2025_nieuw.csv\n").next().unwrap();
    let block = block.split("in/GM0363_MD_2025_x.csv\n").next().unwrap();
    assert!(
        block.contains("U hoeft hier niets te doen") && !block.contains("FOUT"),
        "{block}"
    );
}

#[test]
fn what_came_late_and_cannot_be_used_is_told_to_be_both() {
    let report = checked();
    let frame = FRAME.replace("2026-02-01;2026-01-30", "2026-02-01;2026-02-05");
    let expected = Expectations::read(frame.as_bytes(), "verwacht.csv").unwrap();
    let on = Day::parse("2026-02-10").unwrap();
    let table = senders(&report.files, Some(&expected), RuleBook::shipped(), on);
    let sender = &table.senders[0];
    assert!(sender.status == Status::Blocked && sender.late);
    let text = senders_text(&table, Language::Nl);
    assert!(text.contains("onbruikbaar, te laat"), "{text}");
    let mut csv = Vec::new();
    write_csv(&table, Language::En, &mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.contains("blocked,,2026-02-05,frame,yes,"), "{csv}");
}

#[test]
fn the_overview_is_the_same_in_every_form() {
    let report = checked();
    let table = table(&report);
    let mut csv = Vec::new();
    write_csv(&table, Language::En, &mut csv).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|other| other == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 7);
    let late = rows.iter().find(|row| &row[0] == "GM0599").unwrap();
    assert_eq!(&late[column("status")], "late");
    assert_eq!(
        (
            &late[column("months_expected")],
            &late[column("months_with_records")]
        ),
        ("12", "9")
    );
    assert_eq!(&late[column("received_by")], "frame");
    // In Dutch a Dutch spreadsheet opens it, and no key of ours is in it.
    let mut csv = Vec::new();
    write_csv(&table, Language::Nl, &mut csv).unwrap();
    let dutch = String::from_utf8(csv).unwrap();
    assert!(
        dutch
            .starts_with("\u{feff}afzender;naam;indeling;periode;uiterlijk;stand;reden;binnen op;"),
        "{dutch}"
    );
    assert!(
        dutch.contains(";2026-02-01;te laat;;2026-02-03;lijst;ja;"),
        "{dutch}"
    );
    for key in [";late;", "in-time", ";no;", "frame", "mend"] {
        assert!(!dutch.contains(key), "{key}: {dutch}");
    }

    let mut json = Vec::new();
    write_senders(&table, &mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["schema"], "ethos-senders/1");
    assert_eq!(json["on"], "2026-02-10");
    assert_eq!(json["response"]["expected"], 6);
    assert_eq!(json["senders"][3]["status"], "late");
    assert_eq!(
        json["senders"][3]["municipalities"][0]["emptied"][0],
        "2025-10"
    );
    let mut whole = Vec::new();
    write_json_with(&report, &table, &mut whole).unwrap();
    let whole: serde_json::Value = serde_json::from_slice(&whole).unwrap();
    assert_eq!(whole["senders"]["response"], json["response"]);

    let book = write_xlsx(&table, Language::Nl).unwrap();
    assert_eq!(book, write_xlsx(&table, Language::Nl).unwrap());
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(book)).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "Afzenders").unwrap();
    let cell = |row, column| sheet.get_value((row, column)).unwrap().to_string();
    assert_eq!(
        (cell(7, 0), cell(7, 5)),
        ("GM0599".into(), "te laat".into())
    );
    let months = calamine::Reader::worksheet_range(&mut book, "Gemeente en maand").unwrap();
    assert!(months.height() > 36);

    let parts = PageParts {
        senders: Some(&table),
        overview: true,
    };
    let html = page_with(&report, RuleBook::shipped(), &parts, Language::Nl).unwrap();
    assert!(
        html.contains("<tr class=\"missing\"><td>GM0518") && html.contains("Intern, niet delen")
    );
    // A page to be shown to others has no counts of few people.
    let plain = page(&report, RuleBook::shipped(), Language::Nl).unwrap();
    assert!(!plain.contains("Intern, niet delen") && !plain.contains("Wie leverde wat"));
}

#[test]
fn without_a_list_of_expected_senders_everything_that_came_is_told() {
    let report = checked();
    let on = Day::parse("2026-02-10").unwrap();
    let table = senders(&report.files, None, RuleBook::shipped(), on);
    let statuses: Vec<Status> = table.senders.iter().map(|sender| sender.status).collect();
    assert_eq!(table.senders.len(), 4);
    assert!(
        statuses
            .iter()
            .all(|s| matches!(s, Status::Delivered | Status::Blocked))
    );
    let text = senders_text(&table, Language::Nl);
    assert!(text.contains("4 leveringen, 3 bruikbaar"), "{text}");
}

#[test]
fn of_very_many_files_those_to_be_mended_are_shown_and_the_others_counted() {
    let mut inputs = inputs();
    for n in 0..20 {
        let name = format!("in/GM0014_MD_{}.csv", 2000 + n);
        inputs.push(Input::bytes(name, delivery("0014", 2000 + n, 1..=2, 5_000)));
    }
    let report = check_inputs(&inputs, &CheckOptions::default(), &()).unwrap();
    let options = TextOptions {
        language: Language::Nl,
        width: 100,
        cells: 1,
        colour: false,
    };
    let text = text_of_many(&report, RuleBook::shipped(), options);
    assert!(text.contains("in/GM0344_MD_2025.csv\n") && !text.contains("in/GM0363_MD_2025.csv\n"));
    assert!(
        text.contains(" bestanden zonder fouten staan alleen in de tabel"),
        "{text}"
    );
    assert!(text.contains("25 bestanden: "), "{text}");
}

#[test]
fn the_first_sheet_of_a_workbook_has_the_main_counts() {
    let report = checked();
    let front = front_of(
        &report.files[2],
        "Levering",
        RuleBook::shipped(),
        Language::Nl,
    );
    let lines = front.lines.join("\n");
    assert!(lines.contains("Intern, niet delen"), "{lines}");
    assert!(
        lines.contains("rijen die meetellen 18 (vorige levering 24)"),
        "{lines}"
    );
    assert!(lines.contains("3 In tijdelijke opvang 18"), "{lines}");
}

#[test]
fn any_bytes_for_a_list_are_a_list_or_an_error() {
    let odd: [&[u8]; 8] = [
        b"",
        b"\xff\xfe\x00",
        b"sender",
        b"sender\n\"",
        b"sender;due\nGM0363;99999999\n",
        b"code,period\nx,9999_H9\n",
        b"sender,municipality\nGM0363,\xf0\x9f\x98\x80\n",
        &[b','; 5_000],
    ];
    for bytes in odd {
        if let Ok(mut list) = Expectations::read(bytes, "v.csv") {
            let _ = list.take_reasons(bytes, "r.csv");
        }
        assert!(Summaries::read(&String::from_utf8_lossy(bytes)).is_err());
    }
}

#[test]
fn institutions_are_known_by_their_code_in_the_path() {
    let text = delivery("0363", 2025, 1..=12, 0);
    let two_towns = text.replacen("20260115;0363", "20260115;0599", 1);
    let inputs = [
        Input::bytes("in/LDH_RM/levering.csv", two_towns.clone()),
        Input::bytes(
            "in/HVO-Querido_MD_2025.csv",
            two_towns.replace("20260115", "20260114"),
        ),
    ];
    let report = check_inputs(&inputs, &CheckOptions::default(), &()).unwrap();
    let frame = "code,name,layout,due\nLDH-RM,Leger des Heils,monitor-dakloosheid,2026-02-01\nHVO,HVO-Querido,monitor-dakloosheid,2026-02-01\n";
    let expected = Expectations::read(frame.as_bytes(), "v.csv").unwrap();
    let on = Day::parse("2026-02-10").unwrap();
    let table = senders(&report.files, Some(&expected), RuleBook::shipped(), on);
    let files: Vec<(&str, usize)> = table
        .senders
        .iter()
        .map(|sender| (sender.name.as_deref().unwrap(), sender.files.len()))
        .collect();
    assert_eq!(files, [("HVO-Querido", 1), ("Leger des Heils", 1)]);
}

#[test]
fn an_overview_holds_counts_beside_last_year() {
    let report = checked();
    let rotterdam = &report.files[2];
    let shown = overview(rotterdam, Language::Nl).unwrap();
    let text = overview_text(&shown);
    assert!(text.contains("Intern, niet delen"), "{text}");
    assert!(text.contains("GM0599_MD_2024.csv"), "{text}");
    let part = |title: &str| shown.parts.iter().find(|part| part.title == title).unwrap();
    assert_eq!(
        part("Samen").rows[0],
        ["rijen die meetellen", "18", "24", "-6 (-25%)"]
    );
    let month = part("Per maand")
        .rows
        .iter()
        .find(|row| row[0] == "2025-10")
        .unwrap();
    // Nine stays go on on 1 October; nothing begins or ends, and a year before two did begin.
    assert_eq!(month[1..], ["9", "9", "0", "2", "0", "1"]);
    assert_eq!(part("Per categorie").rows[0][1], "18");
    assert!(part("Per product").rows[0][0].starts_with("16 "));
    assert!(overview(&report.files[3], Language::Nl).is_none());
}

#[test]
fn figures_are_kept_without_anything_of_a_person_and_a_receipt_needs_none() {
    let report = checked();
    let text = serde_json::to_string(&Summaries::of(&report)).unwrap();
    let digits = text.split(|c: char| !c.is_ascii_digit());
    let numbers: Vec<&str> = digits.filter(|run| run.len() == 9).collect();
    assert!(numbers.is_empty(), "{numbers:?}");
    assert!(!text.contains("in/GM0363"));
    // Those of usable deliveries that nothing took the place of.
    assert_eq!(Summaries::read(&text).unwrap().files.len(), 3);
    // Who verifies has not last year's delivery, which had many more rows.
    let mut many = delivery("0599", 2024, 1..=12, 1_000);
    for from in [7_000, 8_000, 9_000] {
        many += delivery("0599", 2024, 1..=12, from)
            .strip_prefix(HEADER)
            .unwrap();
    }
    let many = [Input::bytes("oud/GM0599_MD_2024.csv", many)];
    let last = check_inputs(&many, &CheckOptions::default(), &()).unwrap();
    let previous = [last.files[0].summary.clone()];
    let options = CheckOptions {
        previous: &previous,
        ..CheckOptions::default()
    };
    let report = check_inputs(&inputs(), &options, &()).unwrap();
    // Each thing that differs is told: no cell tells it.
    let file = &report.files[2];
    let causes = causes(file);
    let rows = causes.iter().find(|cause| cause.code == *"VGL01").unwrap();
    assert!(
        rows.message(Language::Nl)
            .contains("Vorige levering: 96; gewoon is")
    );
    let alone = check_inputs(&inputs(), &CheckOptions::default(), &()).unwrap();
    let book = RuleBook::shipped();
    assert!(
        report
            .findings()
            .any(|finding| finding.code.as_str().starts_with("VGL"))
    );
    assert_eq!(
        Receipt::of(&report, book).differences(&Receipt::of(&alone, book)),
        []
    );
}

#[test]
fn one_is_told_as_one() {
    let whole = delivery("0363", 2025, 1..=1, 0);
    let lines: Vec<&str> = whole.lines().take(2).collect();
    let input = Input::bytes("in/GM0363_MD_2025.csv", lines.join("\n"));
    let report = check_inputs(&[input], &CheckOptions::default(), &()).unwrap();
    let on = Day::parse("2026-02-10").unwrap();
    let expected = Expectations::read(b"sender\nGM0363\n", "v.csv").unwrap();
    for (expected, language, said) in [
        (
            None,
            Language::Nl,
            "1 levering, 1 bruikbaar; 1 rij telt mee, 1 persoon (per bestand geteld).",
        ),
        (
            None,
            Language::En,
            "1 delivery, 1 usable; 1 row counts, 1 person (counted by file).",
        ),
        (
            Some(&expected),
            Language::Nl,
            "1 van 1 verwachte levering binnen",
        ),
        (Some(&expected), Language::Nl, "1 van 1 gemeente met rijen."),
    ] {
        let table = senders(&report.files, expected, RuleBook::shipped(), on);
        let text = senders_text(&table, language);
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn copies_of_one_file_are_one_delivery_that_came_double() {
    let text = delivery("0363", 2025, 1..=12, 1_000);
    let names = [
        "k/GM0363_MD_2025 - kopie.csv",
        "k/GM0363_MD_2025.csv",
        "k/Kopie van levering.csv",
    ];
    let inputs = names.map(|name| Input::bytes(name, text.clone()));
    let report = check_inputs(&inputs, &CheckOptions::default(), &()).unwrap();
    let on = Day::parse("2026-02-10").unwrap();
    let table = senders(&report.files, None, RuleBook::shipped(), on);
    let [sender] = table.senders.as_slice() else {
        panic!("{:?}", table.senders);
    };
    assert!(sender.double && sender.files.len() == 3);
    assert_eq!((sender.rows, sender.accepted), (24, 24));
    assert_eq!((table.response.delivered, table.response.accepted), (1, 24));
    let text = senders_text(&table, Language::Nl);
    for said in [
        "k/GM0363_MD_2025.csv — telt mee",
        "k/GM0363_MD_2025 - kopie.csv — kopie van k/GM0363_MD_2025.csv",
        "k/Kopie van levering.csv — kopie van k/GM0363_MD_2025.csv",
    ] {
        assert!(text.contains(said), "{said} not in {text}");
    }
    let shown = TextOptions {
        language: Language::Nl,
        cells: 3,
        colour: false,
        width: 300,
    };
    let text = text_of_many(&report, RuleBook::shipped(), shown);
    assert!(!text.contains("vervangen door"), "{text}");
    // One letter, about the one that counts.
    let bad = delivery("0363", 2025, 1..=12, 1_000).replace("20250203", "20250231");
    let inputs = names.map(|name| Input::bytes(name, bad.clone()));
    let broken = check_inputs(&inputs, &CheckOptions::default(), &()).unwrap();
    let table = senders(&broken.files, None, RuleBook::shipped(), on);
    let letters = reminders(&table, &broken.files, RuleBook::shipped(), Language::Nl);
    assert_eq!(letters.len(), 1);
    assert!(letters[0].text.contains("GM0363_MD_2025.csv:"));
    assert!(!letters[0].text.to_lowercase().contains("kopie"));
    let copy = ethos_feedback::verdict::verdict_sentence(&report.files[2], &[], Language::Nl);
    assert_eq!(
        copy,
        "Dit bestand is een kopie van k/GM0363_MD_2025.csv. Dat telt, en dit niet."
    );
}
