//! A mended file is read as the original was, or it is not mended; and what mending would come to is told
//! beside the verdict.

use ethos_feedback::fix::{Beside, MendError, Mended, mend, offer, preview};
use ethos_feedback::page::page;
use ethos_feedback::terminal::{TextOptions, text};
use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, CheckReport, Input, RuleBook, Verdict};
use ethos_model::category::Language;

const HEAD: &str = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht\n";

fn shown(language: Language) -> TextOptions {
    TextOptions {
        language,
        cells: 3,
        colour: false,
        width: 500,
    }
}

/// Rows whose dates a spreadsheet wrote its own way.
fn turned() -> String {
    let row = |day: u32| {
        format!(
            "20260115;0363;{};16;24;{day:02}-03-2025;20250620;19;0363;0599;19800203;M\n",
            ["123456782", "111222333", "200000007"][day as usize % 3]
        )
    };
    HEAD.to_owned() + &(10..22).map(row).collect::<String>()
}

fn offered(name: &str, bytes: &str) -> CheckReport {
    let input = [Input::bytes(name, bytes)];
    let options = CheckOptions::default();
    let mut report = check_inputs(&input, &options, &()).unwrap();
    offer(&input, &mut report, &options).unwrap();
    report
}

fn register(text: &str) -> Result<Mended, MendError> {
    let options = CheckOptions {
        layout: Some("register/adresloze-bijstand"),
        ..CheckOptions::default()
    };
    mend(
        &Input::bytes("GM0363_2025.csv", text),
        &options,
        Language::Nl,
    )
}

#[test]
fn what_mending_comes_to_is_told_beside_the_verdict() {
    let report = offered("GM0363_MD_2025.csv", &turned());
    let file = &report.files[0];
    let mendable = file.mendable.expect("the days can be turned");
    let dates = file
        .counts
        .iter()
        .filter(|(code, _)| code.as_str() == "DAT01");
    let dates: u64 = dates.map(|(_, count)| *count).sum();
    assert_eq!(dates, 12);
    assert!(mendable.findings >= dates, "{mendable:?}");
    assert!(mendable.verdict <= Verdict::Usable, "{mendable:?}");
    // What the cells must have been, as far as it may be shown.
    let suggested = file.findings.iter().filter(|finding| {
        let suggestion = finding.suggestion.as_ref();
        suggestion.is_some_and(|suggestion| suggestion.value() == "20250315")
    });
    assert_eq!(suggested.count(), 1);
    let said = text(&report, RuleBook::shipped(), &[], shown(Language::Nl));
    assert!(
        said.contains("zijn er 12 vanzelf te herstellen: zet --fix achter de opdracht"),
        "{said}"
    );
    assert!(
        said.contains("Daarna kan het bestand worden verstuurd."),
        "{said}"
    );
    assert!(said.contains("`**********` → `******10`"), "{said}");
    assert!(
        !said.contains("20250315") && !said.contains("15-03-2025"),
        "{said}"
    );
    let html = page(&report, RuleBook::shipped(), Language::En).unwrap();
    assert!(
        html.contains("can be mended with certainty: add --fix"),
        "{html}"
    );
}

#[test]
fn nothing_is_offered_where_nothing_is_certain() {
    // Days that are either.
    let text = turned()
        .lines()
        .take(3)
        .map(|line| {
            line.replace("10-03-2025", "03-04-2025")
                .replace("11-03-2025", "05-06-2025")
                + "\n"
        })
        .collect::<String>();
    let report = offered("GM0363_MD_2025.csv", &text);
    assert_eq!(report.files[0].mendable, None);
    let clean = turned()
        .replace("-03-2025", "")
        .lines()
        .take(1)
        .collect::<String>();
    assert_eq!(
        offered("GM0363_MD_2025.csv", &clean).files[0].mendable,
        None
    );
    let photo = offered("GM0363_MD_2025.csv", "no;delivery\n1;2\n");
    assert_eq!(photo.files[0].mendable, None);
}

#[test]
fn nothing_is_offered_of_more_than_a_sender_has() {
    let row = turned().lines().nth(1).unwrap().to_owned() + "\n";
    let report = offered("GM0363_MD_2025.csv", &(turned() + &row.repeat(50_000)));
    assert_eq!(report.files[0].mendable, None);
    assert!(
        report.files[0]
            .findings
            .iter()
            .all(|finding| finding.suggestion.is_none())
    );
}

#[test]
fn where_only_the_file_changes_no_cell_is_said_to() {
    let mut text = HEAD.trim_end().to_owned() + ";opmerking\n";
    text += "20260115;0363;123456782;16;24;20250110;20250320;19;0363;0599;19800203;M;=1+1\n";
    let input = Input::bytes("GM0363_MD_2025.csv", text);
    let mended = mend(&input, &CheckOptions::default(), Language::Nl).unwrap();
    let said = preview(
        &mended,
        &Beside::default(),
        RuleBook::shipped(),
        shown(Language::Nl),
    );
    assert!(!said.contains("0 cellen"), "{said}");
    assert!(
        said.contains("Wat er aan het bestand als geheel verandert:"),
        "{said}"
    );
    assert!(said.contains("formules  (1×)"), "{said}");
}

/// A cell between quotes that holds a whole row of the layout's own delimiter: written with that, it would be
/// read as a row with a stray quote. The fuzzer's, made small.
const ROWS: [&str; 2] = [
    "bsn|gemeentecode|ingangsdatum|einddatum\n\";;;\n\"\n",
    "\";;;\n\"4\nbsn|gemeentecode|ingangsdatum|einddatum\n1\n",
];

#[test]
fn a_file_that_would_have_other_rows_once_mended_is_refused_with_the_way_out() {
    for text in ROWS {
        let Err(error @ MendError::ReadOtherwise(_)) = register(text) else {
            panic!("it was mended: {text}");
        };
        assert_eq!(
            error.words(Language::Nl),
            "na herstel heeft het 2 rijen in plaats van 1. Wat u kunt doen: maak de export opnieuw, of herstel het \
             bestand zelf"
        );
        assert_eq!(
            error.to_string(),
            "once mended, it would have 2 rows instead of 1; export again, or mend the file by hand"
        );
    }
}

#[test]
fn what_is_written_is_read_by_anybody_as_it_was_meant() {
    // Its own encoding and delimiter were named; of what is written nothing has to be.
    let text = "bsn|gemeentecode|ingangsdatum|einddatum|plaats\n12345672|363|20250131|20250401|Caf\u{e9}\n";
    let bytes: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let mut options = CheckOptions {
        layout: Some("register/adresloze-bijstand"),
        ..CheckOptions::default()
    };
    options.reading.encoding = ethos_ingest::decode::Encoding::from_name("windows-1252");
    options.reading.delimiter = Some('|');
    let input = Input::bytes("GM0363_2025.csv", bytes);
    let mended = mend(&input, &options, Language::Nl).unwrap();
    assert!(!mended.is_as_it_was());
    let plain = CheckOptions {
        layout: options.layout,
        ..CheckOptions::default()
    };
    let again = [Input::bytes(mended.file_name(), mended.bytes().to_vec())];
    let again = check_inputs(&again, &plain, &()).unwrap();
    assert_eq!(again.files[0].tally, mended.after.tally);
    assert_eq!(again.files[0].counts, mended.after.counts);
}

#[test]
fn a_file_that_was_cut_off_is_not_made_to_look_whole() {
    let whole = turned();
    let short = &whole[..whole.len() - 60];
    let nuls = |text: &str| format!("{text}{}", "\0".repeat(500));
    for text in [short.to_owned(), nuls(&whole), nuls(short)] {
        assert!(matches!(tried(&text), Some(MendError::CutOff)));
        assert_eq!(offered("GM0363_MD_2025.csv", &text).files[0].mendable, None);
    }
    // Without its last line end a file may be whole.
    assert!(tried(whole.trim_end()).is_none());
}

fn tried(text: &str) -> Option<MendError> {
    let input = Input::bytes("GM0363_MD_2025.csv", text);
    mend(&input, &CheckOptions::default(), Language::Nl).err()
}
