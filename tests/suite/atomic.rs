//! Outputs appear whole or not at all: a run that fails or is interrupted leaves what was there.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::support::{
    World, arg, copy, entries, ethos, files, folder, quick_study, read, swap, world, write,
};

/// A country of its own for a test that writes into it, with an output that is there already.
fn country_with_output(dir: &Path) -> (std::path::PathBuf, std::path::PathBuf) {
    let World { country, out, .. } = world();
    let here = dir.join("country");
    copy(country, &here);
    let old = dir.join("out");
    copy(out, &old);
    (here, old)
}

#[test]
fn a_run_that_fails_leaves_the_old_output() {
    let folder = folder();
    let (country, out) = country_with_output(folder.path());
    let before = files(&out);
    let study = quick_study(&country);
    let mistakes = [
        ("register/adresloze-bijstand", "register/adresloze"),
        ("simulatie.key", "weg.key"),
        ("registers/personen.csv", "registers/weg.csv"),
        (
            "preset = \"honest\"",
            "preset = \"honest\"\nmodel = \"[123]\"",
        ),
        ("leveringen/opvang/*.csv", "leveringen/nergens/*.csv"),
    ];
    for (from, to) in mistakes {
        let path = country.join("wrong.toml");
        write(&path, swap(&study, from, to));
        let ran = ethos(&["run", arg(&path), "--out", arg(&out)]);
        assert!(
            matches!(ran.code, Some(2 | 3)),
            "{to}: {:?} {}",
            ran.code,
            ran.stderr
        );
        assert!(files(&out) == before, "{to}: the old output changed");
        assert_eq!(
            entries(folder.path()),
            ["country", "out"],
            "{to}: something was left"
        );
    }
}

/// What was counted and estimated does not go with a release that is refused, no earlier release passes for
/// this one, and the figures are published under other settings without being made again.
#[test]
fn a_refused_release_leaves_its_figures_and_no_release() {
    let folder = folder();
    let (country, out) = country_with_output(folder.path());
    let study = country.join("national.toml");
    let refused = country.join("refused.toml");
    // Few tables, so that the audit takes no time.
    let national = swap(
        &quick_study(&country),
        "tables = [\"national\", \"municipal\"]",
        "tables = [\"national\"]",
    );
    write(&study, &national);
    ethos(&["run", arg(&study), "--out", arg(&out), "-q"]).exits(0);
    let good = files(&out);
    // Nobody can be left with forty counts where all are multiples of five.
    let method = swap(
        &national,
        "method = \"threshold\", base = 5, threshold = 10",
        "method = \"controlled-rounding\", base = 5, threshold = 10, possible = 40",
    );
    write(&refused, method);
    let internal = out.join("internal");
    ethos(&["run", arg(&refused), "--out", arg(&out)])
        .exits(5)
        .says("the audit failed")
        .says("no release was written")
        .says("audit.txt names every count that did not pass the audit")
        .says("release is gone: that release belonged to the run that this one replaced");
    assert_eq!(entries(&out), [".ethos-output", "internal", "run.log"]);
    assert!(read(&internal.join("INTERNAL.txt")).contains("There is no release"));
    let audit = read(&internal.join("audit.txt"));
    assert!(audit.contains("Failing, so that no release was written:"));
    assert!(audit.contains("an attacker can narrow it down to"));
    let audit: serde_json::Value =
        serde_json::from_str(&read(&internal.join("audit.json"))).unwrap();
    assert!(audit["share_disclosed"].as_f64().unwrap() > 0.0);
    let (old, new) = (arg(&world().out), arg(&out));
    ethos(&["compare", old, new])
        .exits(3)
        .says("has no release to compare")
        .says("audit.txt says why it was refused");
    // Of a release that was moved away the audit says nothing of the kind.
    let moved = folder.path().join("moved");
    write(&moved.join("internal/study.toml"), &national);
    for name in ["manifest.json", "audit.txt"] {
        let bytes = &good[&format!("internal/{name}")];
        fs::write(moved.join("internal").join(name), bytes).unwrap();
    }
    let ran = ethos(&["compare", old, arg(&moved)])
        .exits(3)
        .says("has no release to compare");
    assert!(!ran.stderr.contains("refused"), "{}", ran.stderr);
    // All else is what a run with another method keeps.
    let of_method = [
        "INTERNAL.txt",
        "audit.json",
        "audit.txt",
        "study.toml",
        "manifest.json",
    ];
    let kept = files(&internal);
    let expected = good
        .iter()
        .filter_map(|(name, bytes)| Some((name.strip_prefix("internal/")?, bytes)));
    for (name, bytes) in expected.filter(|(name, _)| !of_method.contains(name)) {
        assert!(
            kept.get(name) == Some(bytes),
            "{name} is missing or another"
        );
    }

    let published = folder.path().join("published");
    let publish = |study: &Path| {
        let from = arg(&internal);
        ethos(&[
            "publish",
            arg(study),
            "--from",
            from,
            "--out",
            arg(&published),
        ])
    };
    publish(&study).exits(0);
    let release = files(&published.join("release"));
    for (name, bytes) in &release {
        let same = good.get(&format!("release/{name}")) == Some(bytes);
        assert!(same, "{name} is not what the run published");
    }
    assert!(release.contains_key("csv/cube.csv"));
    // A release of the same figures under settings that passed is nobody's to delete.
    let before = files(&published);
    publish(&refused)
        .exits(5)
        .says("published-refused/internal/audit.txt names every count")
        .says("give the same command")
        .says("published/release is still the release that stood there");
    assert!(files(&published) == before, "the release changed");
    let beside = folder.path().join("published-refused");
    assert_eq!(entries(&beside), [".ethos-output", "internal"]);
    assert!(beside.join("internal/audit.json").exists());
    assert!(read(&beside.join("internal/INTERNAL.txt")).contains("There is no release"));
    // Where no release stands, the audit is in the folder itself.
    fs::remove_dir_all(&published).unwrap();
    publish(&refused)
        .exits(5)
        .says("published/internal/audit.txt");
    assert_eq!(entries(&published), [".ethos-output", "internal"]);

    // The output of a refused run makes room for the next.
    ethos(&["run", arg(&study), "--out", arg(&out), "-q"]).exits(0);
    assert_eq!(
        files(&out).keys().collect::<Vec<_>>(),
        good.keys().collect::<Vec<_>>()
    );
}

/// What a release is protected against is not deleted by it.
#[test]
fn an_earlier_release_in_the_output_folder_is_not_replaced() {
    let folder = folder();
    let (country, out) = country_with_output(folder.path());
    let before = files(&out);
    let study = country.join("revised.toml");
    write(
        &study,
        swap(
            &quick_study(&country),
            "base = 5, threshold = 10",
            "base = 5, threshold = 10, earlier = [{ cube = \"../out/release/csv/cube.csv\", base = 5, method = \"threshold\" }]",
        ),
    );
    let words = "an earlier release that this one is protected against";
    ethos(&["run", arg(&study), "--out", arg(&out)])
        .exits(2)
        .says(words)
        .says("choose another --out");
    assert!(files(&out) == before);
}

/// A layout that does not fit the files is said to be that: every row is set aside, with the
/// reason in the findings, and the message speaks of the files and not of the model.
#[test]
fn a_layout_that_does_not_fit_is_named() {
    let folder = folder();
    let (country, out) = country_with_output(folder.path());
    let path = country.join("wrong.toml");
    let study = swap(
        &quick_study(&country),
        "layout = \"register/adresloze-bijstand\"",
        "layout = \"register/reclassering\"",
    );
    write(&path, study);
    let ran = ethos(&["run", arg(&path), "--out", arg(&out)]);
    assert_ne!(ran.code, Some(0));
    let said = super::support::flat(&ran.stderr);
    assert!(
        said.contains("registers/bijstand.csv"),
        "the file is not named: {said}"
    );
}

#[test]
fn a_later_run_replaces_the_output_whole() {
    let folder = folder();
    let (country, out) = country_with_output(folder.path());
    let study = country.join("telling.toml");
    ethos(&["run", arg(&study), "--out", arg(&out), "-q"]).exits(0);
    assert!(
        !out.join("internal/captures.csv").exists(),
        "files of the old run are gone"
    );
    assert_eq!(
        files(&out).keys().collect::<Vec<_>>(),
        files(&world().telling).keys().collect::<Vec<_>>()
    );
    assert_eq!(entries(folder.path()), ["country", "out"]);
}

#[test]
fn a_folder_with_files_of_the_user_is_refused() {
    let folder = folder();
    let (country, out) = country_with_output(folder.path());
    let study = country.join("telling.toml");
    let refused = |out: &Path| {
        let before = files(out);
        let ran = ethos(&["run", arg(&study), "--out", arg(out)]);
        assert!(
            matches!(ran.code, Some(2 | 3)),
            "{:?}: {}",
            ran.code,
            ran.stderr
        );
        assert!(files(out) == before);
        ran
    };
    // An output of ours into which the user put something.
    write(&out.join("internal/mijn notities.txt"), "bewaren");
    refused(&out).says("mijn notities.txt");
    // A folder that was never ours.
    let own = folder.path().join("eigen");
    write(&own.join("scriptie.docx"), "bewaren");
    refused(&own);
    // The country itself: its sources would be gone.
    refused(&country);
    // A file.
    let file = folder.path().join("bestand");
    write(&file, "bewaren");
    let ran = ethos(&["run", arg(&study), "--out", arg(&file)]);
    assert!(matches!(ran.code, Some(2 | 3)), "{}", ran.stderr);
    assert_eq!(read(&file), "bewaren");
    // An empty folder is as good as none.
    let empty = folder.path().join("leeg");
    fs::create_dir(&empty).unwrap();
    ethos(&["run", arg(&study), "--out", arg(&empty), "-q"]).exits(0);
}

/// Every verb that writes a folder does so.
#[test]
fn other_verbs_refuse_folders_of_the_user_too() {
    let World { country, out, .. } = world();
    let folder = folder();
    let own = folder.path().join("eigen");
    write(&own.join("scriptie.docx"), "bewaren");
    let study = country.join("quick.toml");
    let (study, own_dir, internal) = (arg(&study), arg(&own), out.join("internal"));
    for arguments in [
        &["simulate", "--scale", "0.01", own_dir][..],
        &["demo", "--scale", "0.01", own_dir],
        &["ingest", study, "--out", own_dir],
        &["publish", study, "--from", arg(&internal), "--out", own_dir],
    ] {
        let ran = ethos(arguments);
        assert!(
            matches!(ran.code, Some(2 | 3)),
            "{arguments:?}: {:?}",
            ran.code
        );
        assert_eq!(entries(&own), ["scriptie.docx"], "{arguments:?}");
    }
}

/// Ctrl-C in the middle of a run.
#[cfg(unix)]
#[test]
fn an_interrupt_leaves_no_half_output() {
    let folder = folder();
    let (country, out) = country_with_output(folder.path());
    let before = files(&out);
    // Many replicates, so that the run is still at work when the signal comes.
    let study = country.join("long.toml");
    write(
        &study,
        swap(
            &quick_study(&country),
            "replicates = 40",
            "replicates = 1000000",
        ),
    );
    let mut child = super::support::command(&["run", arg(&study), "--out", arg(&out), "-q"])
        .spawn()
        .unwrap();
    let staged = || {
        entries(folder.path())
            .into_iter()
            .any(|name| name.ends_with(".ethos-stage"))
    };
    let patience = Instant::now() + Duration::from_mins(1);
    while !staged() {
        assert!(Instant::now() < patience, "nothing was staged");
        assert!(
            child.try_wait().unwrap().is_none(),
            "the run ended by itself"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    // The shell's own command sends the signal, so that no test needs unsafe code.
    let sent = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    let code = child.wait().unwrap().code();
    assert!(matches!(code, Some(130 | 0)), "{code:?}");
    assert_eq!(entries(folder.path()), ["country", "out"]);
    if code == Some(130) {
        assert!(files(&out) == before, "the old output changed");
    }
}
