//! Folders of deliveries: each file once, tables beside them set aside, figures beside last year's.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use ethos_ingest::{
    AsideKind, CheckOptions, CheckReport, Progress, Renames, Summary, Verdict, check_files, frame,
};
use ethos_model::finding::Severity;
use tempfile::TempDir;

use crate::support::{SHELTERS, StudyFolder, file, form, gzip, only, person, shelter, workbook};

fn folder(files: &[(&str, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn checked(paths: &[PathBuf], previous: &[Summary]) -> CheckReport {
    let options = CheckOptions {
        previous,
        ..CheckOptions::default()
    };
    check_files(paths, &options, &()).unwrap()
}

fn names(report: &CheckReport) -> Vec<&str> {
    let files = report.files.iter();
    files
        .map(|file| file.file.rsplit('/').next().unwrap())
        .collect()
}

#[test]
fn a_folder_gives_each_delivery_once_and_no_table_beside_them() {
    let delivery = file(&[shelter(1)]).into_bytes();
    let folder = folder(&[
        ("a/GM0363_MD_2025.csv", delivery.clone()),
        (
            "verwacht.csv",
            b"sender,municipality\nGM0363,GM0363\n".to_vec(),
        ),
        ("regios.csv", b"gm_code;region\nGM0363;Amsterdam\n".to_vec()),
        ("kolommen.toml", b"[columns]\n".to_vec()),
    ]);
    let all = folder.path().to_owned();
    let one = all.join("a/GM0363_MD_2025.csv");
    let report = checked(&[all.clone(), one.clone(), all.join("./a/../a")], &[]);
    assert_eq!(names(&report), ["GM0363_MD_2025.csv"]);
    let kinds: Vec<AsideKind> = report.aside.iter().map(|aside| aside.kind).collect();
    assert_eq!(kinds, [AsideKind::Regions, AsideKind::Frame]);
    assert!(report.files[0].modified.is_some());
    // A table that is named is read, whatever it is.
    let named = checked(&[all.join("verwacht.csv")], &[]);
    assert_eq!(names(&named), ["verwacht.csv"]);
    assert!(named.aside.is_empty());
}

#[cfg(unix)]
#[test]
fn a_link_to_a_delivery_is_that_delivery() {
    let folder = folder(&[("GM0363_MD_2025.csv", file(&[shelter(1)]).into_bytes())]);
    let link = folder.path().join("weer.csv");
    std::os::unix::fs::symlink(folder.path().join("GM0363_MD_2025.csv"), link).unwrap();
    assert_eq!(checked(&[folder.path().to_owned()], &[]).files.len(), 1);
}

#[test]
fn a_replaced_delivery_names_the_one_that_replaces_it() {
    let early = file(&[shelter(1).with("aanmaakdatum_bestand", "20260105")]);
    let folder = folder(&[
        ("GM0363_MD_2025.csv", early.into_bytes()),
        ("GM0363_MD_2025_b.csv", file(&[shelter(1)]).into_bytes()),
        // Another layout of the sender is no other version of it.
        ("GM0363_telling_2025.csv", file(&[form(1)]).into_bytes()),
    ]);
    let report = checked(&[folder.path().to_owned()], &[]);
    let replaced: Vec<bool> = report
        .files
        .iter()
        .map(|file| file.replaced_by.is_some())
        .collect();
    assert_eq!(replaced, [true, false, false]);
    let by = report.files[0].replaced_by.as_deref().unwrap();
    assert!(by.ends_with("GM0363_MD_2025_b.csv"), "{by}");
    // Of the replaced one nothing is asked, and what both say of each other is told of the one that counts.
    let codes = |at: usize| {
        let codes = report.files[at].counts.keys();
        codes.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        (codes(0), codes(1)),
        (vec!["BST03".into()], vec!["TSN02".into()])
    );
    assert_eq!(report.files[0].tally.superseded, 1);
    report.ledger.check().unwrap();
}

/// Bytes that progress was told of.
#[derive(Default)]
struct Told(AtomicU64, AtomicU64);

impl Progress for Told {
    fn begin(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    fn advance(&self, bytes: u64) {
        self.1.fetch_add(bytes, Ordering::Relaxed);
    }
}

#[test]
fn progress_ends_where_it_said_it_would() {
    let rows: Vec<_> = (1..3_000).map(shelter).collect();
    let text = file(&rows);
    let folder = folder(&[
        ("GM0363_MD_2025.csv", text.clone().into_bytes()),
        ("GM0363_MD_2024.csv.gz", gzip(text.as_bytes())),
        (
            "GM0599_MD_2025.xlsx",
            workbook(&[("Blad1", &file(&rows[..50]))]),
        ),
        ("leeg.csv", Vec::new()),
        ("kapot.zip", b"PK\x03\x04 nee".to_vec()),
        (
            "verwacht.csv",
            b"sender,municipality\nGM0363,GM0363\n".to_vec(),
        ),
    ]);
    let told = Told::default();
    check_files(&[folder.path().to_owned()], &CheckOptions::default(), &told).unwrap();
    let (total, done) = (told.0.into_inner(), told.1.into_inner());
    assert!(total > text.len() as u64);
    assert_eq!(total, done);
}

#[test]
fn a_delivery_is_held_against_its_senders_previous_one() {
    let year = |start: &str, made: &str, count: u32| {
        let rows: Vec<_> = (1..=count)
            .map(|n| {
                shelter(n)
                    .with("aanmaakdatum_bestand", made)
                    .with("startdatum", start)
                    .with("einddatum", "")
                    .with("reden_einde", "")
            })
            .collect();
        file(&rows).into_bytes()
    };
    let last = folder(&[
        ("GM0363_MD_2024.csv", year("20240310", "20250110", 90)),
        (
            "GM0599_MD_2024.csv",
            file(&[shelter(1).with("gemeentecode", "0599")]).into_bytes(),
        ),
    ]);
    let now = folder(&[("GM0363_MD_2025.csv", year("20250310", "20260110", 20))]);
    let before: Vec<Summary> = checked(&[last.path().to_owned()], &[])
        .files
        .into_iter()
        .map(|file| file.summary)
        .collect();
    // What is kept of last year is its figures, and they say the same.
    let kept = serde_json::to_string(&before).unwrap();
    let before: Vec<Summary> = serde_json::from_str(&kept).unwrap();
    let report = checked(&[now.path().to_owned()], &before);
    let message = &only(&report.files[0], "VGL01").message.nl;
    assert!(message.contains("nu 20 goede rijen"), "{message}");
    assert!(
        message.contains("Vorige levering: 90; gewoon is"),
        "{message}"
    );
    let previous = report.files[0].previous.as_ref().unwrap();
    assert_eq!((previous.tally.accepted, previous.open), (90, 90));
    assert!(
        checked(&[now.path().to_owned()], &[]).files[0]
            .previous
            .is_none()
    );
}

#[test]
fn a_summary_counts_months_ages_providers_and_places() {
    let rows = [
        shelter(1), // 10 January to 20 March 2025, born 1980.
        shelter(2)
            .with("startdatum", "20250201")
            .with("einddatum", "20250228"),
        shelter(3).with("einddatum", "").with("reden_einde", ""),
        shelter(4).with("geboortedatum", "20100101"),
    ];
    let folder = folder(&[("GM0363_MD_2025.csv", file(&rows).into_bytes())]);
    let summary = checked(&[folder.path().to_owned()], &[])
        .files
        .remove(0)
        .summary;
    let count = |counts: &std::collections::BTreeMap<String, u64>, key: &str| {
        counts.get(key).copied().unwrap_or(0)
    };
    let months = ["2025-01", "2025-02", "2025-03", "2025-04", "2026-01"];
    let each = |counts| months.map(|month| count(counts, month));
    assert_eq!(each(&summary.months), [3, 1, 0, 0, 0]);
    assert_eq!(each(&summary.ended_in), [0, 1, 2, 0, 0]);
    assert_eq!(each(&summary.open_on), [0, 4, 3, 1, 1]);
    assert_eq!(count(&summary.ages, "27-49"), 3);
    assert_eq!(count(&summary.ages, "0-17"), 1);
    assert_eq!(each(&summary.places["GM0363"]), [3, 2, 2, 0, 0]);
}

#[test]
fn a_count_day_is_counted_where_and_when_people_were_seen() {
    let folder = folder(&[(
        "telling_2025.csv",
        file(&[form(1), form(2).with("leeftijd", "12")]).into_bytes(),
    )]);
    let summary = checked(&[folder.path().to_owned()], &[])
        .files
        .remove(0)
        .summary;
    assert_eq!(summary.seen_in["2025-04"], 2);
    // Two forms name their provider: too few to show it.
    assert_eq!(summary.providers["…"], 2);
    assert_eq!((summary.children, summary.ages["0-17"]), (1, 1));
}

#[test]
fn findings_on_the_rows_of_a_person_show_the_cell_masked() {
    let folder = folder(&[(
        "personen_2026.csv",
        file(&[
            person(1).with("peildatum", "20250101"),
            person(1).with("geboortedatum", "19800217"),
        ])
        .into_bytes(),
    )]);
    let report = checked(&[folder.path().to_owned()], &[]);
    let found = report
        .findings()
        .find(|finding| {
            finding.column.as_deref() == Some("geboortedatum") && finding.row == Some(3)
        })
        .unwrap();
    assert_eq!(found.value.as_str(), "******17");
    assert_eq!(found.address().as_deref(), Some("C3"));
}

const BENEFIT: &str = "[[source]]\nlist = \"bijstand\"\nlayout = \"register/adresloze-bijstand\"";

#[test]
fn a_study_says_how_a_source_is_read() {
    let text = "Lijst van Gemeente É;;;\n\nbsn\tgemeentecode\tingangsdatum\teinddatum\n111222333\t0363\t20250110\t\n";
    let (bytes, ..) = (text.replace('É', "\u{1}"), ());
    let bytes: Vec<u8> = bytes
        .bytes()
        .map(|b| if b == 1 { 0xc9 } else { b })
        .collect();
    let section = format!(
        "{BENEFIT}\nfiles = \"b.csv\"\nheader_row = 3\ndelimiter = \"tab\"\nencoding = \"windows-1252\""
    );
    let ingested = StudyFolder::new()
        .section(&section)
        .with("b.csv", &bytes)
        .read();
    assert_eq!(ingested.spells.len(), 1, "{:?}", ingested.findings);
    // Another row than the header names no columns.
    let other = section.replace("header_row = 3", "header_row = 4");
    let ingested = StudyFolder::new()
        .section(&other)
        .with("b.csv", &bytes)
        .read();
    assert_eq!(ingested.spells.len(), 0);
    let wrong = section.replace("windows-1252", "ebcdic");
    let error = StudyFolder::new()
        .section(&wrong)
        .with("b.csv", &bytes)
        .try_read()
        .unwrap_err();
    assert!(!error.is_unreadable_input());
    assert!(
        error.to_string().contains("`bijstand`: `encoding"),
        "{error}"
    );
}

#[test]
fn a_study_or_a_file_next_to_the_data_names_the_sheet() {
    let (old, new) = (file(&[shelter(1)]), file(&[shelter(1), shelter(2)]));
    let book = workbook(&[("Oud", &old), ("Nieuw", &new)]);
    let section = SHELTERS.replace("*.csv", "*.xlsx");
    let spells = |section: &str, said: Option<&str>| {
        let mut folder = StudyFolder::new()
            .section(section)
            .with("opvang/GM0363_MD_2025.xlsx", &book);
        if let Some(said) = said {
            folder = folder.with("opvang/kolommen.toml", said);
        }
        folder.read().spells.len()
    };
    assert_eq!(spells(&section, None), 1);
    assert_eq!(spells(&format!("{section}\nsheet = \"Nieuw\""), None), 2);
    assert_eq!(spells(&section, Some("[reading]\nsheet = \"Nieuw\"\n")), 2);
    // The study is asked before the file next to the data.
    let both = spells(
        &format!("{section}\nsheet = \"1\""),
        Some("[reading]\nsheet = \"Nieuw\"\n"),
    );
    assert_eq!(both, 1);
}

#[test]
fn the_file_next_to_the_data_speaks_to_a_check_too() {
    let (old, new) = (file(&[shelter(1)]), file(&[shelter(1), shelter(2)]));
    let folder = folder(&[
        (
            "GM0363_MD_2025.xlsx",
            workbook(&[("Oud", &old), ("Nieuw", &new)]),
        ),
        ("kolommen.toml", b"[reading]\nsheet = \"Nieuw\"\n".to_vec()),
    ]);
    let report = checked(&[folder.path().to_owned()], &[]);
    assert_eq!(report.files[0].sheet.as_deref(), Some("Nieuw"));
    assert!(Renames::default().is_empty());
}

#[test]
fn the_frame_of_a_study_may_have_the_columns_of_reminders() {
    let text = "sender;municipality;from;until;name;layout;due;contact;received;reason\n\
                GM0363;GM0384;;;Amsterdam;monitor-dakloosheid;2026-02-01;;;\n";
    let frame = frame::parse(text.as_bytes(), "verwacht.csv").unwrap();
    assert_eq!(frame.expected.len(), 1);
}

#[test]
fn what_was_mended_beside_it_alarms_no_more() {
    let bad = file(&[shelter(1).with("startdatum", "31x1"), shelter(2)]);
    let good = file(&[shelter(1), shelter(2)]);
    let folder = folder(&[
        ("GM0363_MD_2025.csv", bad.into_bytes()),
        ("GM0363_MD_2025-hersteld.csv", good.into_bytes()),
    ]);
    // In either order.
    let (old, new) = ("GM0363_MD_2025.csv", "GM0363_MD_2025-hersteld.csv");
    for order in [[old, new], [new, old]] {
        let paths = order.map(|name| folder.path().join(name));
        let report = checked(&paths, &[]);
        let of = |name: &str| report.files.iter().find(|file| file.file.ends_with(name));
        let (old, new) = (of(old).unwrap(), of(new).unwrap());
        assert!(old.is_given_way() && !new.is_given_way());
        assert_eq!((old.tally.superseded, old.tally.rows()), (2, 2));
        assert_eq!((new.tally.accepted, old.verdict), (2, Verdict::Clean));
        assert!(old.findings.iter().all(|finding| finding.code == "BST03"));
        assert!(!new.counts.contains_key("TSN02"), "{:?}", new.counts);
        assert!(report.worst() <= Some(Severity::Note));
        assert!(report.ledger.check().is_ok());
    }
}

#[test]
fn files_with_the_same_bytes_are_one_delivery() {
    let text = file(&[shelter(1), shelter(2)]);
    let names = [
        "GM0363_MD_2025 - kopie.csv",
        "GM0363_MD_2025.csv",
        "Kopie van levering.csv",
    ];
    let folder = folder(&names.map(|name| (name, text.clone().into_bytes())));
    let report = checked(&[folder.path().to_owned()], &[]);
    let accepted: Vec<u64> = report.files.iter().map(|of| of.tally.accepted).collect();
    assert_eq!(accepted, [0, 2, 0]);
    for at in [0, 2] {
        let copy = &report.files[at];
        assert!(copy.is_copy && copy.is_given_way());
        assert!(copy.replaced_by.as_ref().unwrap().ends_with(names[1]));
        assert_eq!(copy.tally.superseded, 2);
        // It is said of which file, and nothing of its rows.
        let said: Vec<&str> = copy.findings.iter().map(|of| of.code.as_str()).collect();
        assert_eq!(said, ["TSN01"]);
        assert_eq!(copy.summary.period, report.files[1].summary.period);
        assert_eq!(copy.summary.sender, report.files[1].summary.sender);
    }
    assert!(!report.files[1].counts.contains_key("TSN01"));
    assert!(report.ledger.check().is_ok());
}
