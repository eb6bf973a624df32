//! Drafts end to end, versions by date, renamed columns.

use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, Input, RENAMES_FILE, Renames};
use ethos_model::category::EthosCategory;
use ethos_model::date::Day;
use ethos_model::finding::Severity;

use crate::support::{StudyFolder, bsn, check, check_as, file, only, shelter};

/// A study with one source in this layout, and what became of its rows.
fn ingested(layout: &str, rows: &str) -> ethos_ingest::Ingested {
    let study = StudyFolder::new()
        .section(&format!(
            "[[source]]\nlist = \"lijst\"\nlayout = \"{layout}\"\nfiles = \"a.csv\""
        ))
        .with("a.csv", rows);
    study.read()
}

/// Categories and living situations of the spells that came of rows.
fn categories(layout: &str, rows: &str) -> Vec<(EthosCategory, Option<&'static str>)> {
    let ingested = ingested(layout, rows);
    let grave = ingested
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Note);
    assert_eq!(grave.count(), 0, "{:?}", ingested.findings);
    let spells = ingested.spells.iter();
    spells
        .map(|spell| {
            (
                spell.category,
                spell
                    .situation
                    .map(ethos_model::category::LivingSituation::code),
            )
        })
        .collect()
}

const INSTITUTION: EthosCategory = EthosCategory::Institution;
const THREAT: EthosCategory = EthosCategory::EvictionThreat;

#[test]
fn people_ready_to_leave_care_are_in_category_four() {
    let text = format!(
        "aanmaakdatum_bestand;gemeentecode;bsn;geboortedatum;geslacht;soort_instelling;\
         startdatum_verblijf;datum_uitstroomgereed;verwachte_vertrekdatum;einddatum_verblijf;\
         woonruimte_na_vertrek;gemeente_herkomst\n\
         20260115;0363;{};19800203;M;GGZ;20250110;20251101;20260120;;G;0599\n\
         20260115;0363;{};19800203;M;BW;20250110;20251101;;;O;0599\n\
         20260115;0363;{};19800203;M;PI;20250110;20251101;;;W;0599\n",
        bsn(1),
        bsn(2),
        bsn(3)
    );
    assert_eq!(
        categories("uitstroom-zorg/2025", &text),
        [(INSTITUTION, Some("4a")), (INSTITUTION, Some("4d"))]
    );
    assert_eq!(check(text).layout.as_deref(), Some("uitstroom-zorg/2025"));
}

#[test]
fn youth_care_protected_housing_and_prison_are_in_category_four() {
    let youth = format!(
        "aanmaakdatum_bestand;gemeentecode;bsn;geboortedatum;geslacht;hulpvorm;startdatum;einddatum;\
         datum_uitstroomgereed;verwachte_vertrekdatum;woonruimte_na_vertrek\n\
         20260115;0363;{};20080203;V;G;20250110;;;20260201;G\n",
        bsn(1)
    );
    assert_eq!(categories("jeugdzorg", &youth), [(INSTITUTION, Some("4c"))]);
    let housing = format!(
        "aanmaakdatum_bestand;gemeentecode;bsn;geboortedatum;geslacht;aanbieder;woonvorm;\
         indicatie_begin;indicatie_eind;einddatum;datum_uitstroomgereed;verwachte_vertrekdatum;\
         woonruimte_na_vertrek;gemeente_herkomst\n\
         20260115;0363;{};19800203;V;x;I;20250110;20260601;;20251201;;G;0363\n",
        bsn(1)
    );
    assert_eq!(
        categories("beschermd-wonen/2025", &housing),
        [(INSTITUTION, Some("4d"))]
    );
    let prison = format!(
        "aanmaakdatum_bestand;gemeente_nazorg;bsn;geboortedatum;geslacht;soort_inrichting;\
         startdatum_detentie;verwachte_ontslagdatum;einddatum_detentie;woonruimte_na_ontslag;\
         gemeente_herkomst\n\
         20260115;0363;{};19800203;M;PI;20250110;20260120;;G;0363\n\
         20260115;0363;{};19800203;M;HVB;20250110;20260120;;W;0363\n",
        bsn(1),
        bsn(2)
    );
    assert_eq!(
        categories("detentie/2025", &prison),
        [(INSTITUTION, Some("4b"))]
    );
    let ingested = ingested("detentie/2025", &prison);
    assert_eq!(ingested.spells[0].expected_on, Day::parse("2026-01-20"));
}

#[test]
fn evictions_and_debt_signals_are_in_category_seven() {
    let notices = format!(
        "aanmaakdatum_bestand;gemeentecode;dossiernummer;bsn;geboortedatum;geslacht;soort_verhuurder;\
         reden;aanzegdatum;ontruimingsdatum;datum_ingetrokken;woonruimte_na_ontruiming;kinderen\n\
         20260115;0363;1;{};19800203;M;C;HA;20251220;20260120;;G;2\n\
         20260115;0363;2;{};19800203;M;P;OV;20251220;20260120;;W;0\n",
        bsn(1),
        bsn(2)
    );
    assert_eq!(
        categories("ontruimingen/2025", &notices),
        [(THREAT, Some("7a"))]
    );
    let signals = format!(
        "aanleverdatum;startdatumLevering;einddatum_levering;code_gegevensleverancier;gemeentecode;\
         bsn;geboortedatum;soort_signaal;signaaldatum;bedrag_achterstand;ontruiming_verwacht_op;\
         kinderen\n\
         20260115;20260101;20260114;L1;0363;{};19800203;H;20260105;812,50;;0\n\
         20260115;20260101;20260114;L1;0363;{};19800203;O;20260105;4100,00;20260201;1\n",
        bsn(1),
        bsn(2)
    );
    assert_eq!(
        categories("vroegsignalering/2025", &signals),
        [(THREAT, Some("7a"))]
    );
    // Without the day that an announced eviction asks for.
    let report = check(signals.replace(";20260201;1", ";;1"));
    let finding = only(&report, "VLD02");
    assert!(finding.message.nl.contains("`soort_signaal` is O"));
    assert_eq!(finding.column.as_deref(), Some("ontruiming_verwacht_op"));
    assert_eq!(finding.row, Some(3));
}

#[test]
fn a_layout_may_be_in_full_ethos() {
    let layout = "id = \"eigen/ethos\"\nkind = \"count-day\"\nstatus = \"unverified\"\nsource = \"proef\"\n\
        title = { nl = \"a\", en = \"b\" }\n[category.mapping]\nname = \"ethos-full-13\"\n\
        [[field]]\nname = \"dag\"\ntype = \"date\"\nmaps_to = \"observed\"\nrequired = \"always\"\n\
        meaning = { nl = \"a\", en = \"b\" }\n\
        [[field]]\nname = \"ethos\"\ntype = \"code\"\nmaps_to = \"product\"\nrequired = \"always\"\n\
        meaning = { nl = \"a\", en = \"b\" }\n";
    let study = StudyFolder::new()
        .section("[[source]]\nlist = \"a\"\nlayout = \"eigen.toml\"\nfiles = \"a.csv\"")
        .with("eigen.toml", layout)
        .with(
            "a.csv",
            "dag;ethos\n20260101;8.1\n20260101;9\n20260101;12\n20260101;6.2\n",
        );
    let ingested = study.read();
    let found: Vec<Option<u8>> = ingested
        .spells
        .iter()
        .map(|s| s.category.number())
        .collect();
    assert_eq!(found, [Some(6), Some(7), Some(4)]);
    assert_eq!(ingested.ledger.steps[0].outcomes["out of scope"], 1);
}

#[test]
fn the_date_of_a_delivery_tells_the_version() {
    let rows = |made: &str| {
        file(&[shelter(1)
            .with("aanmaakdatum_bestand", made)
            .with("einddatum", "20230320")
            .with("startdatum", "20230110")])
    };
    let version = |made: &str| check_as(Some("monitor-dakloosheid"), "a.csv", rows(made)).layout;
    assert_eq!(
        version("20240115").as_deref(),
        Some("monitor-dakloosheid/2024")
    );
    assert_eq!(
        version("20250115").as_deref(),
        Some("monitor-dakloosheid/2025")
    );
    let recognised = check(rows("20240115"));
    assert_eq!(
        recognised.layout.as_deref(),
        Some("monitor-dakloosheid/2024")
    );
    assert_eq!(recognised.confidence, Some(1.0));
    // A version that is asked for is read by, and said not to hold.
    let report = check_as(Some("monitor-dakloosheid/2024"), "a.csv", rows("20260115"));
    assert!(only(&report, "KOP09").message.en.contains("2026-01-15"));
}

#[test]
fn a_renamed_column_is_suggested_and_read_once_it_is_accepted() {
    let text = file(&[shelter(1)]).replace(";startdatum;", ";begindatum;");
    let report = check(text.clone());
    let missing = only(&report, "KOP01");
    assert_eq!(missing.severity, Severity::Blocking);
    assert!(
        missing
            .fix
            .nl
            .contains("kolom `begindatum` lijkt op `startdatum`"),
        "{}",
        missing.fix.nl
    );
    assert!(missing.fix.nl.contains("--map begindatum=startdatum"));
    assert_eq!(missing.address().as_deref(), Some("F1"));
    let suggestion = missing.suggestion.as_ref().unwrap();
    assert_eq!(suggestion.value(), "startdatum");
    assert_eq!(report.tally.accepted, 0);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, &text).unwrap();
    let accepted = |pairs: &[&str]| {
        let options = CheckOptions {
            renames: Renames::of(pairs).unwrap(),
            ..CheckOptions::default()
        };
        check_inputs(&[Input::path("a.csv", &path)], &options, &())
    };
    let report = accepted(&["begindatum=startdatum"]).unwrap();
    assert_eq!(report.files[0].tally.accepted, 1);
    assert_eq!(only(&report.files[0], "KOP03").value.as_str(), "begindatum");
    let message = accepted(&["begindatum=startdag"]).unwrap_err().to_string();
    assert!(
        message.contains("no layout has a column `startdag`"),
        "{message}"
    );

    std::fs::write(
        folder.path().join(RENAMES_FILE),
        "[columns]\nbegindatum = \"startdatum\"\n",
    )
    .unwrap();
    let report = accepted(&[]).unwrap();
    assert_eq!(report.files[0].tally.accepted, 1);
    assert_eq!(only(&report.files[0], "KOP03").severity, Severity::Note);
}

#[test]
fn a_study_reads_the_names_next_to_its_data() {
    let text = file(&[shelter(1)]).replace(";startdatum;", ";begin;");
    let study = StudyFolder::new()
        .section("[[source]]\nlist = \"a\"\nlayout = \"monitor-dakloosheid\"\nfiles = \"a.csv\"")
        .with("a.csv", &text)
        .with(RENAMES_FILE, "[columns]\nbegin = \"startdatum\"\n");
    let ingested = study.read();
    assert_eq!(ingested.spells.len(), 1);
    assert!(
        ingested
            .inputs
            .iter()
            .any(|input| input.file == RENAMES_FILE)
    );
}

#[test]
fn columns_in_another_order_are_read_by_name_and_told() {
    let row = shelter(1);
    let swap = |line: &str| {
        let mut cells: Vec<&str> = line.split(';').collect();
        cells.swap(5, 6);
        cells.join(";")
    };
    let text = format!("{}\n{}\n", swap(&row.header()), swap(&row.text()));
    let report = check(text);
    assert_eq!(report.tally.accepted, 1);
    assert!(only(&report, "KOP07").message.nl.contains("`startdatum`"));
}

#[test]
fn a_column_with_something_else_in_it_is_told_once() {
    let rows: Vec<_> = (0..30)
        .map(|n| shelter(n).with("geboortedatum", "Amsterdam"))
        .collect();
    let report = check(file(&rows));
    let finding = only(&report, "KOP08");
    assert_eq!(finding.column.as_deref(), Some("geboortedatum"));
    assert!(
        finding.message.en.contains("30 of the first 30"),
        "{}",
        finding.message.en
    );
}
