//! Whole studies: deliveries, registers, the ledger and what a spell comes to.

use ethos_ingest::{IngestError, Ingested};
use ethos_model::attribute::{Birth, NationalityGroup, Origin, ResidenceStatus, Sex};
use ethos_model::category::EthosCategory;
use ethos_model::coverage::Reach;
use ethos_model::date::Day;
use ethos_model::finding::Severity;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::spell::EndReason;

use crate::support::{
    Row, SHELTERS, StudyFolder, benefit, bsn, file, form, key, person, shelter, wmo,
};

fn day(text: &str) -> Option<Day> {
    let day = Day::parse(text);
    assert!(day.is_some(), "{text}");
    day
}

fn code(text: &str) -> Option<MunicipalityCode> {
    let code = MunicipalityCode::parse(text).ok();
    assert!(code.is_some(), "{text}");
    code
}

fn outcome(ingested: &Ingested, step: &str, outcome: &str) -> u64 {
    let step = ingested
        .ledger
        .step(step)
        .unwrap_or_else(|| panic!("no step {step}"));
    step.outcome(outcome)
}

fn codes(ingested: &Ingested) -> Vec<(&str, &str)> {
    let findings = ingested.findings.iter();
    findings
        .map(|finding| (finding.code.as_str(), &*finding.file))
        .collect()
}

#[test]
fn a_row_becomes_a_spell() {
    let row = shelter(1).with("gemeente_verblijf", "GM0384");
    let ingested = StudyFolder::new()
        .section(SHELTERS)
        .with("opvang/GM0363_MD_2025.csv", file(&[row]))
        .read();
    assert_eq!(ingested.findings, []);
    let spell = &ingested.spells[0];
    assert_eq!(spell.key.person, Some(key().person(&bsn(1))));
    assert_eq!(spell.key.fallback, None);
    assert_eq!(spell.category, EthosCategory::TemporaryShelter);
    assert_eq!(spell.situation.unwrap().code(), "3a");
    // The last day counts: the half-open end is the day after it.
    assert_eq!(
        (Some(spell.start), spell.end),
        (day("2025-01-10"), day("2025-03-21"))
    );
    assert!(spell.start_known);
    assert_eq!(spell.end_reason, Some(EndReason(19)));
    assert_eq!(spell.municipalities.responsible, code("0363"));
    assert_eq!(spell.municipalities.stay, code("0384"));
    assert_eq!(spell.municipalities.origin, code("0599"));
    assert_eq!(spell.municipalities.registered, None);
    assert_eq!(spell.attributes.sex, Some(Sex::Male));
    assert_eq!(
        spell.attributes.birth,
        Some(Birth::On(day("1980-02-03").unwrap()))
    );
    assert_eq!((spell.row.delivery, spell.row.row), (0, 2));
    let delivery = &ingested.deliveries[0];
    assert_eq!(delivery.file, "opvang/GM0363_MD_2025.csv");
    assert_eq!(
        (delivery.sender, delivery.made),
        (code("0363"), day("2026-01-15"))
    );
    assert_eq!(
        delivery.period.unwrap().to_string(),
        "2025-01-01/2026-01-01"
    );
    assert!(delivery.usable && !delivery.replaced && delivery.rows == 1);
    assert_eq!(ingested.inputs.len(), 1);
    assert_eq!(ingested.reach, [Reach::Senders]);
}

#[test]
fn a_form_becomes_a_spell_of_one_evening() {
    let forms = [
        form(1),
        form(2).with("gemeentecode", "GM0363").with("sinds", ""),
        form(3).with("letters_naam", ""),
        form(4)
            .with("situatie", "7a")
            .with("verwacht_op", "2025-05-01")
            .with("leeftijd", "35"),
    ];
    let ingested = StudyFolder::new()
        .section("[[source]]\nlayout = \"ethos-telling/2025\"\nfiles = \"telling.csv\"")
        .with("telling.csv", file(&forms))
        .read();
    let spells = &ingested.spells;
    assert_eq!(spells.len(), 4);
    assert_eq!(spells[0].category, EthosCategory::FamilyFriends);
    assert_eq!(spells[0].observed, day("2025-04-08"));
    assert_eq!(
        (Some(spells[0].start), spells[0].start_known),
        (day("2025-01-01"), true)
    );
    assert_eq!(
        (Some(spells[1].start), spells[1].start_known),
        (day("2025-04-08"), false)
    );
    assert_eq!(spells[0].end, None);
    assert_eq!(
        (spells[0].children_with, spells[0].children_elsewhere),
        (2, 0)
    );
    let attributes = &spells[0].attributes;
    let on = day("2025-04-08").unwrap();
    assert_eq!(attributes.birth, Some(Birth::AgedOn { age: 34, on }));
    assert_eq!(attributes.origin, Some(Origin::NetherlandsBothParents));
    assert_eq!(attributes.nationality, Some(NationalityGroup::Dutch));
    assert_eq!(attributes.residence, Some(ResidenceStatus::Registered));
    // Two forms on one person have one fallback key; without letters there is none.
    assert!(spells[0].key.fallback.is_some() && spells[0].key.person.is_none());
    assert_eq!(spells[0].key.fallback, spells[1].key.fallback);
    assert_eq!(spells[2].key.fallback, None);
    assert_ne!(spells[3].key.fallback, spells[0].key.fallback);
    assert_eq!(spells[3].category, EthosCategory::EvictionThreat);
    assert_eq!(spells[3].expected_on, day("2025-05-01"));
    assert_eq!(ingested.deliveries[0].sender, code("0363"));
}

#[test]
fn the_fallback_key_does_not_depend_on_an_old_code() {
    let old = shelter(1)
        .with("bsn", "")
        .with("gemeente_verblijf", "0457")
        .with("startdatum", "20210110");
    let new = shelter(1).with("bsn", "").with("gemeente_verblijf", "0363");
    let ingested = StudyFolder::new()
        .section(SHELTERS)
        .with("opvang/GM0363_2025.csv", file(&[old, new]))
        .read();
    assert_eq!(ingested.spells.len(), 2);
    assert!(ingested.spells[0].key.fallback.is_some());
    assert_eq!(ingested.spells[0].key, ingested.spells[1].key);
}

#[test]
fn registers_give_rows_without_a_category() {
    let probation = format!(
        "bsn;gemeentecode;startdatum;einddatum;woonsituatie\n{};0363;20250101;;D\n{};0363;20250101;;V\n",
        bsn(1),
        bsn(2)
    );
    let ingested = StudyFolder::new()
        .section("[[source]]\nlist = \"bijstand\"\nlayout = \"register/adresloze-bijstand\"\nfiles = \"registers/bijstand.csv\"\nreports = { municipalities = \"national\" }")
        .section("[[source]]\nlist = \"reclassering\"\nlayout = \"register/reclassering\"\nfiles = \"registers/reclassering.csv\"\nreports = { municipalities = \"national\" }")
        .with("registers/bijstand.csv", file(&[benefit(1), benefit(2).with("gemeentecode", "0599")]))
        .with("registers/reclassering.csv", probation)
        .read();
    assert_eq!(ingested.findings, []);
    assert_eq!(ingested.spells.len(), 3);
    assert!(
        ingested
            .spells
            .iter()
            .all(|spell| spell.category == EthosCategory::Unknown)
    );
    let places = ingested.spells[1].municipalities;
    assert_eq!(
        (places.registered, places.responsible, places.stay),
        (code("0599"), code("0599"), None)
    );
    assert_eq!(outcome(&ingested, "read reclassering", "out of scope"), 1);
    assert_eq!(ingested.reach, [Reach::National, Reach::National]);
    assert_eq!(ingested.deliveries[0].sender, None);
    assert_eq!(ingested.spells[0].key, ingested.spells[2].key);
}

#[test]
fn a_later_delivery_replaces_the_earlier_whole() {
    let late = |row: crate::support::Row| row.with("aanmaakdatum_bestand", "20260201");
    let ingested = StudyFolder::new()
        .section(SHELTERS)
        .with(
            "opvang/GM0363_MD_2025_v1.csv",
            file(&[shelter(1), shelter(2).with("bsn", "x"), shelter(3)]),
        )
        .with(
            "opvang/GM0363_MD_2025_v2.csv",
            file(&[late(shelter(1)), late(shelter(4))]),
        )
        .with(
            "opvang/GM0599_MD_2025.csv",
            file(&[shelter(5).with("gemeentecode", "0599")]),
        )
        .read();
    assert_eq!(ingested.spells.len(), 3);
    assert_eq!(outcome(&ingested, "read opvang", "superseded"), 3);
    assert_eq!(outcome(&ingested, "read opvang", "rejected"), 0);
    assert_eq!(
        codes(&ingested),
        [("BST03", "opvang/GM0363_MD_2025_v1.csv")]
    );
    assert!(
        ingested.findings[0]
            .message
            .en
            .contains("opvang/GM0363_MD_2025_v2.csv")
    );
    let replaced: Vec<bool> = ingested.deliveries.iter().map(|d| d.replaced).collect();
    assert_eq!(replaced, [true, false, false]);
    assert_eq!(ingested.spells[0].row.delivery, 1);
}

#[test]
fn an_unusable_delivery_replaces_nothing() {
    let ingested = StudyFolder::new()
        .section(SHELTERS)
        .with("opvang/GM0363_MD_2025_v1.csv", file(&[shelter(1)]))
        .with("opvang/GM0363_MD_2025_v2.csv", "a;b\n1;2\n")
        .read();
    assert_eq!(ingested.spells.len(), 1);
    assert!(!ingested.deliveries[1].usable && !ingested.deliveries[0].replaced);
    assert_eq!(outcome(&ingested, "read opvang", "set aside"), 1);
}

#[test]
fn nothing_is_counted_of_two_deliveries_that_no_date_tells_apart() {
    let study = |first: &str, second: &str, broken: bool| {
        let original = shelter(1).with("bsn", if broken { "x" } else { "123456782" });
        StudyFolder::new()
            .section(SHELTERS)
            .with(&format!("opvang/{first}"), file(&[original, shelter(2)]))
            .with(&format!("opvang/{second}"), file(&[shelter(3), shelter(4)]))
            .read()
    };
    // In whatever order the names stand.
    for second in ["GM0363_MD_2025 (1).csv", "GM0363_MD_2025_b.csv"] {
        let ingested = study("GM0363_MD_2025.csv", second, true);
        assert_eq!(ingested.spells.len(), 0);
        assert_eq!(outcome(&ingested, "read opvang", "set aside"), 4);
        ingested.ledger.check().unwrap();
        let asked: Vec<_> = ingested
            .findings
            .iter()
            .filter(|finding| finding.code.as_str() == "BST18")
            .collect();
        assert_eq!(asked.len(), 2);
        for finding in asked {
            assert_eq!(finding.severity, Severity::Blocking);
            let both = [&*finding.file, &finding.message.nl].concat();
            assert!(
                both.contains("GM0363_MD_2025.csv") && both.contains(second),
                "{both}"
            );
        }
    }
    let mended = study("GM0363_MD_2025.csv", "GM0363_MD_2025-hersteld.csv", true);
    assert_eq!(mended.spells.len(), 2);
    assert_eq!(outcome(&mended, "read opvang", "accepted"), 2);
    assert_eq!(outcome(&mended, "read opvang", "superseded"), 2);
    let replaced: Vec<_> = mended
        .deliveries
        .iter()
        .map(|d| (d.file.as_str(), d.replaced))
        .collect();
    assert_eq!(
        replaced,
        [
            ("opvang/GM0363_MD_2025-hersteld.csv", false),
            ("opvang/GM0363_MD_2025.csv", true)
        ]
    );
}

#[test]
fn the_log_of_a_mended_file_says_which_it_mends_and_is_no_delivery() {
    let original = file(&[shelter(1).with("bsn", "x"), shelter(2)]);
    let log = |sha256: &str| {
        format!(
            "\u{feff}bestand;sha256;blad;rij;kolom;oud;nieuw;bewerking;regel;wie;wanneer;waarom\r\nGM0363_MD_2025.csv;\
             {sha256};;2;bsn;*;;leeg;BSN01;ethos;2026-02-01;x\r\n"
        )
    };
    let study = |sha256: &str| {
        StudyFolder::new()
            .section(SHELTERS)
            .with("opvang/GM0363_MD_2025.csv", original.clone())
            .with("opvang/GM0363_MD_2025_anders.csv", file(&[shelter(3)]))
            .with(
                "opvang/GM0363_MD_2025_anders.csv.correcties.csv",
                log(sha256),
            )
            .read()
    };
    let sha256 = ethos_table::hash::sha256_bytes(original.as_bytes());
    let mended = study(&sha256);
    assert_eq!((mended.spells.len(), mended.deliveries.len()), (1, 2));
    assert_eq!(outcome(&mended, "read opvang", "superseded"), 2);
    // A log of another file says nothing of this one.
    assert_eq!(study(&"0".repeat(64)).spells.len(), 0);
}

#[test]
fn copies_and_deliveries_of_one_day() {
    let ingested = StudyFolder::new()
        .section(SHELTERS)
        .with("opvang/GM0363 a.csv", file(&[shelter(1)]))
        .with("opvang/GM0363 b.csv", file(&[shelter(1)]))
        .with("opvang/GM0363 c.csv", file(&[shelter(2)]))
        .read();
    let of_files: Vec<_> = codes(&ingested)
        .into_iter()
        .filter(|(rule, _)| rule.starts_with("BST"))
        .collect();
    assert_eq!(
        of_files,
        [
            ("BST06", "opvang/GM0363 a.csv"),
            ("BST03", "opvang/GM0363 b.csv")
        ]
    );
    assert_eq!(ingested.spells.len(), 2);
}

#[test]
fn a_restated_spell_counts_as_stated_last() {
    let open = wmo(1);
    let ended = wmo(1)
        .with("aanmaakdatum_bestand", "20260115")
        .with("einddatum", "20250930")
        .with("reden_einde", "19");
    let only_first = wmo(2);
    let nobody = wmo(3).with("bsn", "");
    let again = nobody.clone().with("aanmaakdatum_bestand", "20260115");
    let ingested = StudyFolder::new()
        .section("[[source]]\nname = \"gmsd\"\nlayout = \"gmsd/2015\"\nfiles = \"gmsd/*.csv\"")
        .with(
            "gmsd/GM0363_Wmo_2025_H1.csv",
            file(&[open, only_first, nobody]),
        )
        .with("gmsd/GM0363_Wmo_2025_H2.csv", file(&[ended, again]))
        .read();
    assert_eq!(outcome(&ingested, "read gmsd", "superseded"), 1);
    assert_eq!(outcome(&ingested, "read gmsd", "accepted"), 4);
    let first = key().person(&bsn(1));
    let of_first: Vec<_> = ingested
        .spells
        .iter()
        .filter(|s| s.key.person == Some(first))
        .collect();
    assert_eq!(of_first.len(), 1);
    assert_eq!(of_first[0].end, day("2025-10-01"));
    assert!(codes(&ingested).contains(&("BST07", "gmsd/GM0363_Wmo_2025_H1.csv")));
}

#[test]
fn a_national_register_restates_too() {
    let ingested = StudyFolder::new()
        .section("[[source]]\nlist = \"bijstand\"\nlayout = \"register/adresloze-bijstand\"\nfiles = \"bijstand_*.csv\"")
        .with("bijstand_2024.csv", file(&[benefit(1), benefit(2)]))
        .with("bijstand_2025.csv", file(&[benefit(1).with("einddatum", "20250930")]))
        .read();
    assert_eq!(outcome(&ingested, "read bijstand", "superseded"), 1);
    let first = key().person(&bsn(1));
    let kept = ingested
        .spells
        .iter()
        .filter(|spell| spell.key.person == Some(first));
    assert_eq!(
        kept.map(|spell| spell.end).collect::<Vec<_>>(),
        [day("2025-10-01")]
    );
}

#[test]
fn an_old_code_of_the_sender_is_the_same_sender() {
    let old = shelter(2).with("gemeentecode", "0457");
    let ingested = StudyFolder::new()
        .section(SHELTERS)
        .with("opvang/GM0363_2024.csv", file(&[shelter(1), old.clone()]))
        .with("opvang/GM0457_2025.csv", file(&[old]))
        .read();
    let senders: Vec<_> = ingested
        .deliveries
        .iter()
        .map(|delivery| delivery.sender)
        .collect();
    assert_eq!(senders, [code("0363"), code("0363")]);
    assert!(
        codes(&ingested)
            .iter()
            .filter(|(rule, _)| rule.starts_with("GEM") || rule.starts_with("BST"))
            .all(|(rule, _)| ["GEM02", "BST07"].contains(rule))
    );
}

#[test]
fn registers_keep_a_row_per_person_and_date() {
    let old = |row: crate::support::Row| row.with("peildatum", "20250101");
    let ingested = StudyFolder::new()
        .section(SHELTERS)
        .section("[[person_register]]\nlayout = \"register/personen\"\nfiles = \"p/2025.csv\"")
        .section("[[person_register]]\nlayout = \"register/personen\"\nfiles = \"p/2026*.csv\"")
        .with("opvang/GM0363_2025.csv", file(&[shelter(1)]))
        .with(
            "p/2025.csv",
            file(&[old(person(1)).with("gemeentecode", "1999"), old(person(2))]),
        )
        .with(
            "p/2026a.csv",
            file(&[person(1), person(2), person(3).with("bsn", "")]),
        )
        .with(
            "p/2026b.csv",
            file(&[
                person(1),
                person(2).with("bsn_ouder1", &bsn(9)).with("herkomst", "BE"),
            ]),
        )
        .read();
    assert_eq!(ingested.register.len(), 4);
    assert!(
        ingested
            .register
            .is_sorted_by_key(|row| (row.person, row.as_of))
    );
    let rows = |n| {
        let token = key().person(&bsn(n));
        ingested
            .register
            .iter()
            .filter(move |row| row.person == token)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (rows(1)[0].as_of, rows(1)[0].registered),
        (day("2025-01-01"), None)
    );
    assert_eq!(
        (rows(1)[1].as_of, rows(1)[1].registered),
        (day("2026-01-01"), code("0363"))
    );
    let attributes = rows(2)[1].attributes;
    assert_eq!(attributes.origin, Some(Origin::OutsideEurope));
    assert_eq!(attributes.household, Some(key().household("h1")));
    assert_eq!(attributes.parents, [Some(key().person(&bsn(9))), None]);
    let second = "person register register/personen (2)";
    assert_eq!(
        outcome(&ingested, "person register register/personen", "accepted"),
        2
    );
    assert_eq!(outcome(&ingested, second, "accepted"), 2);
    assert_eq!(outcome(&ingested, second, "duplicate"), 1);
    assert_eq!(outcome(&ingested, second, "conflicting"), 1);
    assert_eq!(outcome(&ingested, second, "rejected"), 1);
    assert!(codes(&ingested).contains(&("REG01", "p/2026a.csv")));
    assert_eq!(ingested.deliveries.len(), 1);
    assert_eq!(ingested.inputs.len(), 4);
}

#[test]
fn registers_may_be_parquet() {
    use ethos_model::schema::{Column, ColumnType, TableSchema};
    use ethos_table::{Table, Value};
    let column = |name: &str, kind| Column {
        name: name.into(),
        kind,
        nullable: true,
        description: "x".into(),
    };
    let schema = TableSchema {
        id: "test/1".into(),
        row: "a benefit".into(),
        columns: vec![
            column("bsn", ColumnType::Text),
            column("gemeentecode", ColumnType::Integer),
            column("ingangsdatum", ColumnType::Date),
            column("einddatum", ColumnType::Text),
        ],
    };
    let mut table = Table::new(schema);
    for n in [1, 2, 1] {
        let number = bsn(n);
        let cells = [
            Value::Text(number.into()),
            Value::Integer(363),
            Value::Date(day("2025-01-10").unwrap()),
            Value::Null,
        ];
        table.push_row(cells).unwrap();
    }
    let folder = StudyFolder::new().section(
        "[[source]]\nlist = \"bijstand\"\nlayout = \"register/adresloze-bijstand\"\nfiles = \"bijstand.parquet\"",
    );
    table
        .write(&folder.path().join("bijstand.parquet"))
        .unwrap();
    let ingested = folder.read();
    assert_eq!(outcome(&ingested, "read bijstand", "accepted"), 2);
    assert_eq!(outcome(&ingested, "read bijstand", "duplicate"), 1);
    assert_eq!(codes(&ingested), [("DUB01", "bijstand.parquet")]);
    assert_eq!(ingested.findings[0].row, Some(4));
    assert_eq!(ingested.spells[0].municipalities.registered, code("0363"));
    assert_eq!(Some(ingested.spells[0].start), day("2025-01-10"));
}

#[test]
fn the_users_own_layouts_mappings_and_frames_are_read_and_hashed() {
    let layout = ethos_ingest::layout::shipped_text("monitor-dakloosheid/2025").unwrap();
    let mapping = ethos_ingest::mapping::shipped_text("iwmo-3.2").unwrap();
    let ingested = StudyFolder::new()
        .section("[category]\nmapping = \"eigen.toml\"")
        .section("[[source]]\nlist = \"opvang\"\nlayout = \"opvang/eigen\"\nfiles = \"opvang/*.csv\"\nreports = { municipalities = \"verwacht.csv\" }")
        .with("layouts/opvang-eigen.toml", layout.replace("monitor-dakloosheid/2025", "opvang/eigen").replace("\"bsn\"", "\"nummer\"").replace("type = \"nummer\"", "type = \"bsn\""))
        .with("eigen.toml", mapping.replace("\"temporary_shelter\"", "\"emergency_shelter\""))
        .with("verwacht.csv", "sender,municipality\nGM0363,GM0384\n")
        .with("opvang/GM0363_2025.csv", file(&[shelter(1).with("type_opvang", "")]).replace(";bsn;", ";nummer;"))
        .read();
    assert_eq!(ingested.findings, []);
    assert_eq!(ingested.spells[0].category, EthosCategory::EmergencyShelter);
    assert!(matches!(&ingested.reach[0], Reach::Frame(frame) if frame.expected.len() == 1));
    let files: Vec<&str> = ingested
        .inputs
        .iter()
        .map(|input| input.file.as_str())
        .collect();
    assert_eq!(
        files,
        [
            "layouts/opvang-eigen.toml",
            "eigen.toml",
            "verwacht.csv",
            "opvang/GM0363_2025.csv"
        ]
    );
    assert!(ingested.inputs.iter().all(|input| input.sha256.len() == 64));
}

#[test]
fn a_study_that_cannot_be_read_says_why() {
    let message = |folder: StudyFolder| folder.try_read().unwrap_err().to_string();
    let none = StudyFolder::new().section(SHELTERS);
    let error = none.try_read().unwrap_err();
    assert!(matches!(&error, IngestError::NoFiles { .. }) && error.is_unreadable_input());
    assert!(
        error.to_string().contains("`opvang` reads `opvang/*.csv`"),
        "{error}"
    );
    let wrong = |layout: &str| {
        message(StudyFolder::new().section(&format!(
            "[[source]]\nlayout = \"{layout}\"\nfiles = \"a.csv\""
        )))
    };
    assert!(wrong("gmsd/2025").contains("did you mean `gmsd/2015`"));
    assert!(wrong("register/personen").contains("[[person_register]]"));
    let register = StudyFolder::new()
        .section(SHELTERS)
        .section("[[person_register]]\nlayout = \"gmsd/2015\"\nfiles = \"a.csv\"")
        .with("opvang/a.csv", "");
    assert!(message(register).contains("[[source]]"));
    let pattern =
        StudyFolder::new().section("[[source]]\nlayout = \"gmsd/2015\"\nfiles = \"a/***/b\"");
    assert!(message(pattern).contains("`a/***/b` is not a file pattern"));
    let study = ethos_model::study::Study::parse(
        "[study]\nname = \"x\"\nreference_date = 2026-01-01\nseries = \"ander\"\nkey_file = \"k\"\n[[source]]\nlayout = \"gmsd/2015\"\nfiles = \"a\"\n",
    )
    .unwrap();
    let error =
        ethos_ingest::ingest_study(&study, std::path::Path::new("."), &key(), &()).unwrap_err();
    assert!(error.to_string().contains("`proef`") && error.to_string().contains("`ander`"));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut folder = StudyFolder::new()
        .section(SHELTERS)
        .section("[[person_register]]\nlayout = \"register/personen\"\nfiles = \"p*.csv\"");
    for sender in 0..12_u32 {
        let code = ["0363", "0599", "0344", "0518"][sender as usize % 4];
        let rows: Vec<_> = (0..40)
            .map(|n| {
                let row = shelter(n * 7 + sender).with("gemeentecode", code);
                if n % 9 == 0 {
                    row.with("bsn", "x")
                } else {
                    row
                }
            })
            .collect();
        let people: Vec<_> = (0..40).map(|n| person(n * 3 + sender)).collect();
        folder = folder
            .with(
                &format!("opvang/GM{code}_{}.csv", 2020 + sender / 4),
                file(&rows),
            )
            .with(&format!("p{sender}.csv"), file(&people));
    }
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let ingested = pool.install(|| folder.read());
        assert!(ingested.spells.len() > 100);
        format!("{ingested:?}")
    };
    assert!(on(1) == on(4));
}

const BENEFIT: &str = "[[source]]\nlist = \"bijstand\"\nlayout = \"register/adresloze-bijstand\"\nfiles = \"bijstand*.csv\"\nreports = { municipalities = \"national\" }";

#[test]
fn files_without_a_date_speak_until_a_month_after_their_newest_event() {
    let until = |rows: &[Row]| {
        let ingested = StudyFolder::new()
            .section(BENEFIT)
            .with("bijstand.csv", file(rows))
            .read();
        assert_eq!(ingested.deliveries[0].made, None);
        ingested.deliveries[0].inferred_until
    };
    let open = benefit(1).with("ingangsdatum", "20251215");
    assert_eq!(until(std::slice::from_ref(&open)), day("2026-01-15"));
    let ended = |last| {
        benefit(2)
            .with("ingangsdatum", "20240101")
            .with("einddatum", last)
    };
    assert_eq!(until(&[open.clone(), ended("20260227")]), day("2026-03-30"));
    // An end far beyond is a plan.
    assert_eq!(until(&[open, ended("20300101")]), day("2026-01-15"));

    let several = StudyFolder::new()
        .section(BENEFIT)
        .with("bijstand_a.csv", file(&[benefit(1)]))
        .with(
            "bijstand_b.csv",
            file(&[benefit(2).with("ingangsdatum", "20251215")]),
        )
        .with("bijstand_c.csv", benefit(1).header() + "\n")
        .with("bijstand_2025.csv", file(&[benefit(3)]))
        .with("bijstand_20250301.csv", file(&[benefit(4)]))
        .read();
    let found: Vec<_> = several
        .deliveries
        .iter()
        .map(|file| (file.file.as_str(), file.made, file.inferred_until))
        .collect();
    assert_eq!(
        found,
        [
            ("bijstand_2025.csv", None, None),
            ("bijstand_20250301.csv", day("2025-03-01"), None),
            ("bijstand_a.csv", None, day("2026-01-15")),
            ("bijstand_b.csv", None, day("2026-01-15")),
            ("bijstand_c.csv", None, day("2026-01-15")),
        ]
    );
}

#[test]
fn the_study_dates_files_that_do_not() {
    let late = benefit(2).with("ingangsdatum", "20260201");
    let ingested = StudyFolder::new()
        .section(&format!("{BENEFIT}\nas_of = 2026-01-20"))
        .section(&format!("{SHELTERS}\nas_of = 2026-01-20"))
        .with("bijstand.csv", file(&[benefit(1), late]))
        .with("bijstand_20260301.csv", file(&[benefit(3)]))
        .with("opvang/GM0363_MD_2025.csv", file(&[shelter(1)]))
        .with("opvang/GM0599_MD_2025.csv", shelter(1).header() + "\n")
        .read();
    let made: Vec<_> = ingested.deliveries.iter().map(|file| file.made).collect();
    assert_eq!(
        made,
        [
            day("2026-01-20"),
            day("2026-03-01"),
            day("2026-01-15"),
            day("2026-01-20")
        ]
    );
    assert!(
        ingested
            .deliveries
            .iter()
            .all(|file| file.inferred_until.is_none())
    );
    // A start after the day of drawing is as wrong as after a date of the file's own.
    assert_eq!(outcome(&ingested, "read bijstand", "rejected"), 1);
}

#[test]
fn the_sender_of_a_file_that_cannot_be_used_is_known() {
    let header_only = shelter(1).header() + "\n";
    let ingested = StudyFolder::new()
        .section(SHELTERS)
        .with("opvang/GM0363_MD_2025.csv", b"\x89PNG\r\n\x1a\n\0\0\0\0")
        .with("opvang/GM0518_MD_2025.csv", "")
        .with("opvang/GM0599_MD_2025.csv", header_only)
        .read();
    let found: Vec<_> = ingested
        .deliveries
        .iter()
        .map(|file| (file.sender, file.usable))
        .collect();
    assert_eq!(
        found,
        [
            (code("0363"), false),
            (code("0518"), false),
            (code("0599"), true)
        ]
    );
}
