//! Output of one kind does not take the place of another, and what a user made of a simulated
//! country is kept.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ethos_table::atomic::{AtomicError, MARKER, OutputKind, StagedDir, write_atomic};

const KINDS: [OutputKind; 4] = [
    OutputKind::Run,
    OutputKind::Steps,
    OutputKind::Release,
    OutputKind::Country,
];

fn put(target: &Path, kind: OutputKind, files: &[(&str, &str)]) -> Result<(), AtomicError> {
    let stage = StagedDir::new(target, kind)?;
    for (file, text) in files {
        let path = stage.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    stage.commit()
}

/// A country with the results of two runs in it, as a demonstration leaves it.
fn country(folder: &Path) -> PathBuf {
    let land = folder.join("land");
    make_country(&land).unwrap();
    land
}

fn make_country(land: &Path) -> Result<(), AtomicError> {
    put(
        land,
        OutputKind::Country,
        &[("study.toml", "study"), ("truth/truth.json", "{}")],
    )?;
    for out in ["out", "out-telling"] {
        put(&land.join(out), OutputKind::Run, &[("run.json", "{}")])?;
    }
    Ok(())
}

fn text(path: PathBuf) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_folder_is_replaced_by_its_own_kind_only() {
    let folder = tempfile::tempdir().unwrap();
    for held in KINDS {
        assert_eq!(OutputKind::from_key(held.key()), Some(held));
        let target = folder.path().join(held.key());
        put(&target, held, &[("a", "1")]).unwrap();
        assert!(
            text(target.join(MARKER))
                .starts_with(&format!("ethos-output/2\nkind {}\n", held.key()))
        );
        for wanted in KINDS {
            let result = put(&target, wanted, &[("a", wanted.key())]);
            if wanted == held {
                result.unwrap();
                continue;
            }
            let error = result.unwrap_err();
            assert!(
                matches!(&error, AtomicError::OtherKind { found, wanted: to, .. }
                    if *found == held && *to == wanted),
                "{error}"
            );
        }
        assert_eq!(text(target.join("a")), held.key());
    }
}

#[test]
fn a_run_into_the_country_it_reads_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let land = country(folder.path());
    let error = StagedDir::new(&land, OutputKind::Run).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} holds a simulated country with its studies and key, which the results of a run \
             may not replace; choose another `--out`",
            fs::canonicalize(&land).unwrap().display()
        )
    );
    assert_eq!(text(land.join("study.toml")), "study");
    assert_eq!(text(land.join("out/run.json")), "{}");
    // Within it, beside its files, is where a run belongs.
    put(&land.join("out"), OutputKind::Run, &[("run.json", "2")]).unwrap();
}

#[test]
fn a_folder_that_became_another_kind_meanwhile_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    let stage = StagedDir::new(&target, OutputKind::Release).unwrap();
    put(&target, OutputKind::Run, &[("run.json", "{}")]).unwrap();
    assert!(matches!(stage.commit(), Err(AtomicError::OtherKind { .. })));
    assert_eq!(text(target.join("run.json")), "{}");
}

#[test]
fn an_unchanged_country_is_made_anew_with_the_runs_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let land = country(folder.path());
    make_country(&land).unwrap();
    // Gone is not changed, and results are ours to replace however they look.
    fs::remove_file(land.join("truth/truth.json")).unwrap();
    fs::write(land.join("out/run.json"), "changed").unwrap();
    make_country(&land).unwrap();
    assert_eq!(text(land.join("truth/truth.json")), "{}");
    assert_eq!(text(land.join("out/run.json")), "{}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_country_that_was_changed_by_hand_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let land = country(folder.path());
    let shown = fs::canonicalize(&land).unwrap();
    fs::write(land.join("study.toml"), "mine!").unwrap();
    let error = make_country(&land).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "study.toml was changed by hand in {}; choose another folder or delete this one",
            shown.display()
        )
    );
    fs::write(land.join("truth/truth.json"), "").unwrap();
    let error = make_country(&land).unwrap_err().to_string();
    assert!(
        error.starts_with("study.toml, truth/truth.json were changed by hand in "),
        "{error}"
    );
    assert_eq!(text(land.join("study.toml")), "mine!");
    // Undone is unchanged.
    fs::write(land.join("study.toml"), "study").unwrap();
    fs::write(land.join("truth/truth.json"), "{}").unwrap();
    make_country(&land).unwrap();
}

#[test]
fn a_change_while_the_stage_is_filled_stops_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let land = country(folder.path());
    let stage = StagedDir::new(&land, OutputKind::Country).unwrap();
    fs::write(land.join("study.toml"), "mine!").unwrap();
    assert!(matches!(
        stage.commit(),
        Err(AtomicError::Changed { files, .. }) if files == ["study.toml"]
    ));
    assert_eq!(text(land.join("study.toml")), "mine!");
}

#[test]
fn a_file_that_a_later_step_added_to_a_country_is_ours_until_changed() {
    let folder = tempfile::tempdir().unwrap();
    let land = country(folder.path());
    for round in ["first", "second"] {
        write_atomic(&land.join("score.json"), |out| {
            out.write_all(round.as_bytes())
        })
        .unwrap();
    }
    fs::write(land.join("score.json"), "mine").unwrap();
    let error = make_country(&land).unwrap_err().to_string();
    assert!(error.starts_with("score.json was changed"), "{error}");
    fs::write(land.join("score.json"), "second").unwrap();
    make_country(&land).unwrap();
    assert!(!land.join("score.json").exists());
}

#[test]
fn changed_results_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    for kind in [OutputKind::Run, OutputKind::Steps, OutputKind::Release] {
        let target = folder.path().join(kind.key());
        put(&target, kind, &[("a.csv", "1")]).unwrap();
        fs::write(target.join("a.csv"), "changed").unwrap();
        put(&target, kind, &[("a.csv", "2")]).unwrap();
        assert_eq!(text(target.join("a.csv")), "2");
    }
}

#[test]
fn a_country_does_not_go_with_the_folder_around_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    put(&out, OutputKind::Run, &[("run.json", "1")]).unwrap();
    country(&out.join("in"));
    let error = put(&out, OutputKind::Run, &[("run.json", "2")]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has a simulated country in it (in/land), which would be deleted"),
        "{error}"
    );
    assert_eq!(text(out.join("in/land/study.toml")), "study");
    assert_eq!(text(out.join("run.json")), "1");
}

#[test]
fn a_marker_of_another_version_is_not_guessed_at() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    put(&out, OutputKind::Run, &[("run.json", "1")]).unwrap();
    let good = text(out.join(MARKER));
    for bad in [
        "ethos-output/1\n\nrun.json\n".to_owned(),
        good.replace("kind run", "kind other"),
        format!("{good}no-hash.csv\n"),
        String::new(),
    ] {
        fs::write(out.join(MARKER), &bad).unwrap();
        let error = put(&out, OutputKind::Run, &[("run.json", "2")]).unwrap_err();
        assert!(
            matches!(&error, AtomicError::UnknownMarker(_))
                && error.to_string().contains("choose another folder"),
            "{error}"
        );
        // Nor is it written to.
        write_atomic(&out.join("more.csv"), |file| file.write_all(b"3")).unwrap();
        assert_eq!(text(out.join(MARKER)), bad);
        fs::remove_file(out.join("more.csv")).unwrap();
    }
    assert_eq!(text(out.join("run.json")), "1");
    fs::write(out.join(MARKER), good).unwrap();
    put(&out, OutputKind::Run, &[("run.json", "2")]).unwrap();
}
