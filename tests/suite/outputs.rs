//! What is written beside a check: never in the place of what is read, all of it or nothing, and each file
//! under a name of its own.

use std::fs;
use std::path::Path;

use super::support::{Ran, arg, entries, ethos, flat, folder, read, write};

const HEAD: &str = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht";

/// A delivery with a zero lost and a blank too much.
fn delivery() -> String {
    format!(
        "{HEAD}\n20260115;0363; 12345672;16;24;20250110;20250320;19;0363;0599;19800203;M\n20260115;0363;123456782;16;24;20250110;20250320;19;363;0599;19800203;M\n"
    )
}

fn check(arguments: &[&str]) -> Ran {
    let mut all = vec!["check"];
    all.extend(arguments);
    all.extend(["--fail-on", "never"]);
    ethos(&all)
}

#[test]
fn no_output_goes_over_what_is_read() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let file = at("GM0363_MD_2025.csv");
    write(&file, delivery());
    let frame = at("verwacht.csv");
    write(&frame, "sender,name\nGM0363,Amsterdam\n");
    let link = at("koppeling.csv");
    let second = at("zelfde.csv");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&file, &link).unwrap();
    fs::hard_link(&file, &second).unwrap();
    let mut names = vec![arg(&file), arg(&second)];
    if cfg!(unix) {
        names.push(arg(&link));
    }
    for over in names {
        for option in [
            "--html",
            "--receipt",
            "--summary",
            "--reject-to",
            "--senders",
            "--cleaned",
        ] {
            check(&[arg(&file), option, over])
                .exits(2)
                .says("daar wordt nooit in geschreven");
        }
        check(&[arg(&file), "--lang", "en", "--html", over])
            .exits(2)
            .says("is never written to");
        check(&[arg(&file), "--baseline", over, "--write-baseline"]).exits(2);
        check(&[arg(&file), "--answers", over, "--write-answers"]).exits(2);
        check(&[arg(&file), "--fix", "--write", over, "--overwrite"]).exits(2);
    }
    // Nor over anything else that was given.
    check(&[arg(&file), "--frame", arg(&frame), "--html", arg(&frame)]).exits(2);
    check(&[arg(folder.path()), "--html", arg(&file)]).exits(2);
    // Nor twice over the same file.
    let page = at("uit.json");
    check(&[arg(&file), "--receipt", arg(&page), "--summary", arg(&page)])
        .exits(2)
        .says("twee keer");
    assert!(!page.exists());
    assert_eq!(read(&file), delivery());
    assert_eq!(read(&frame), "sender,name\nGM0363,Amsterdam\n");
}

#[test]
fn what_is_no_file_of_accepted_findings_is_not_replaced_by_one() {
    let folder = folder();
    let file = folder.path().join("GM0363_MD_2025.csv");
    let notes = folder.path().join("notities.txt");
    write(&file, delivery());
    write(&notes, "bellen met de leverancier");
    check(&[arg(&file), "--baseline", arg(&notes), "--write-baseline"]).exits(2);
    assert_eq!(read(&notes), "bellen met de leverancier");
    let known = folder.path().join("bekend.json");
    for _ in 0..2 {
        check(&[arg(&file), "--baseline", arg(&known), "--write-baseline"]).exits(0);
    }
}

#[test]
fn mended_files_are_written_all_or_none_and_each_has_a_log_of_its_own() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    write(&at("in/GM0363_MD_2025.csv"), delivery());
    write(
        &at("in/GM0363_MD_2025.txt"),
        delivery().replace("0599", "0518"),
    );
    let input = at("in");
    // One log is there already: nothing is written, not even the other's.
    write(
        &at("in/GM0363_MD_2025-hersteld.txt.correcties.csv"),
        "bestand;rij;kolom;oud;nieuw;wie;wanneer;waarom\n",
    );
    check(&[arg(&input), "--fix", "--write"])
        .exits(2)
        .says("bestaat al");
    assert_eq!(entries(&input).len(), 3);
    fs::remove_file(at("in/GM0363_MD_2025-hersteld.txt.correcties.csv")).unwrap();
    check(&[arg(&input), "--fix", "--write"]).exits(0);
    let logs: Vec<String> = entries(&input)
        .into_iter()
        .filter(|name| name.ends_with(".correcties.csv"))
        .collect();
    assert_eq!(
        logs,
        [
            "GM0363_MD_2025-hersteld.csv.correcties.csv",
            "GM0363_MD_2025-hersteld.txt.correcties.csv"
        ]
    );
    for name in &logs {
        let log = read(&at("in").join(name));
        let original = name.replace("-hersteld", "").replace(".correcties.csv", "");
        let rows = log.lines().skip(1);
        assert!(rows.clone().count() > 0);
        for row in rows {
            assert!(row.starts_with(&original), "{name}: {row}");
        }
    }
}

/// The verdict file by file.
fn verdicts(folder: &Path) -> Vec<(String, String)> {
    let ran = check(&[arg(folder), "--format", "json"]).exits(0).json();
    let files = ran["files"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    files
        .iter()
        .map(|file| {
            let name = text(&file["file"]);
            let name = name.rsplit('/').next().unwrap().to_owned();
            (name, text(&file["verdict"]))
        })
        .collect()
}

#[test]
fn what_was_mended_counts_and_the_original_steps_back() {
    let folder = folder();
    let input = folder.path().join("in");
    write(&input.join("GM0363_MD_2025.csv"), delivery());
    check(&[arg(&input), "--fix", "--write"]).exits(0);
    let said = flat(&check(&[arg(&input)]).exits(0).stdout);
    let original = "GM0363_MD_2025.csv — vervangen door";
    assert!(said.contains(original), "{said}");
    assert!(
        said.contains("GM0363_MD_2025-hersteld.csv — telt mee"),
        "{said}"
    );
    // A second download of which nothing tells whether it is the newer one.
    fs::remove_file(input.join("GM0363_MD_2025-hersteld.csv")).unwrap();
    let other = delivery().replace("20250110", "20250111");
    write(&input.join("GM0363_MD_2025 (1).csv"), other);
    for (name, verdict) in verdicts(&input) {
        assert_eq!(verdict, "unusable", "{name}");
    }
    let asked = flat(&check(&[arg(&input)]).exits(0).stdout);
    assert!(asked.contains("elke telt"), "{asked}");
}
