//! Output appears whole or not at all, and nothing of the user's is deleted.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use ethos_table::atomic::{AtomicError, AtomicFile, MARKER, OutputKind, StagedDir, write_atomic};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn publish(target: &Path, files: &[(&str, &str)]) -> Result<(), AtomicError> {
    put(target, OutputKind::Run, files)
}

fn put(target: &Path, kind: OutputKind, files: &[(&str, &str)]) -> Result<(), AtomicError> {
    let stage = StagedDir::new(target, kind)?;
    for (file, text) in files {
        let path = stage.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    stage.commit()
}

#[test]
fn a_failing_closure_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    fs::write(&path, "old").unwrap();
    let failed = write_atomic(&path, |file| {
        file.write_all(&vec![b'x'; 1 << 20])?;
        file.flush()?;
        Err::<(), io::Error>(io::Error::other("the disk is full"))
    });
    assert!(failed.unwrap_err().to_string().contains("the disk is full"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(folder.path()), ["table.csv"]);

    write_atomic(&path, |file| file.write_all(b"new")).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(names(folder.path()), ["table.csv"]);
}

#[test]
fn only_files_are_replaced_by_files() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        AtomicFile::create(folder.path()),
        Err(AtomicError::NotAFile(_))
    ));
    let nowhere = folder.path().join("none/table.csv");
    let error = AtomicFile::create(&nowhere).unwrap_err().to_string();
    assert!(error.contains("table.csv"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_a_device_refused() {
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("real.csv");
    let link = folder.path().join("link.csv");
    fs::write(&real, "old").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    write_atomic(&link, |file| file.write_all(b"new")).unwrap();
    assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(AtomicFile::create(Path::new("/dev/null")).is_err());
}

#[test]
fn a_stage_takes_the_place_of_nothing_of_emptiness_and_of_earlier_output() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("years/2026");
    publish(&target, &[("release/a.csv", "1"), ("run.json", "1")]).unwrap();
    assert_eq!(names(&target), [MARKER, "release", "run.json"]);

    publish(&target, &[("release/b.csv", "2")]).unwrap();
    assert_eq!(names(&target), [MARKER, "release"]);
    assert_eq!(names(&target.join("release")), ["b.csv"]);
    assert_eq!(names(target.parent().unwrap()), ["2026"]);

    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    publish(&empty, &[("a", "1")]).unwrap();
    assert_eq!(names(&empty), [MARKER, "a"]);
}

#[test]
fn a_dropped_stage_leaves_the_old_folder() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    publish(&target, &[("a.csv", "old")]).unwrap();
    let stage = StagedDir::new(&target, OutputKind::Run).unwrap();
    fs::write(stage.path().join("a.csv"), "half").unwrap();
    drop(stage);
    assert_eq!(fs::read_to_string(target.join("a.csv")).unwrap(), "old");
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn a_users_folder_and_a_users_files_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("documents");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("thesis.docx"), "years of work").unwrap();
    assert!(matches!(
        publish(&target, &[("a.csv", "1")]),
        Err(AtomicError::NotOurs(_))
    ));
    assert_eq!(names(&target), ["thesis.docx"]);

    let output = folder.path().join("out");
    publish(&output, &[("a.csv", "1")]).unwrap();
    fs::write(output.join("Thumbs.db"), "").unwrap();
    publish(&output, &[("a.csv", "2")]).unwrap();
    fs::write(output.join("notes.txt"), "mine").unwrap();
    let error = publish(&output, &[("a.csv", "3")]).unwrap_err();
    assert!(error.to_string().contains("notes.txt"), "{error}");
    assert_eq!(fs::read_to_string(output.join("a.csv")).unwrap(), "2");
    assert_eq!(names(folder.path()), ["documents", "out"]);

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(
        StagedDir::new(&file, OutputKind::Run),
        Err(AtomicError::NotAFolder(_))
    ));
}

#[test]
fn files_added_while_the_stage_is_filled_stop_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    let stage = StagedDir::new(&target, OutputKind::Run).unwrap();
    fs::create_dir(&target).unwrap();
    fs::write(target.join("mine"), "").unwrap();
    assert!(matches!(stage.commit(), Err(AtomicError::NotOurs(_))));
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn a_folder_that_a_dead_process_renamed_away_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    publish(&target, &[("a.csv", "old")]).unwrap();
    fs::rename(&target, folder.path().join(".out.ethos-old")).unwrap();
    drop(StagedDir::new(&target, OutputKind::Run).unwrap());
    assert_eq!(fs::read_to_string(target.join("a.csv")).unwrap(), "old");
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn files_added_by_later_steps_are_ours() {
    let folder = tempfile::tempdir().unwrap();
    let steps = folder.path().join("steps");
    publish(&steps, &[("spells.parquet", "1")]).unwrap();
    fs::create_dir(steps.join("more")).unwrap();
    for file in ["links.parquet", "more/persons.csv", "links.parquet"] {
        write_atomic(&steps.join(file), |out| out.write_all(b"2")).unwrap();
    }
    let marker = fs::read_to_string(steps.join(MARKER)).unwrap();
    assert!(
        marker.ends_with("\n\n-  links.parquet\n-  more/persons.csv\n-  spells.parquet\n"),
        "{marker}"
    );
    // An output folder within the output folder answers for itself.
    publish(&steps.join("out"), &[("release/a.csv", "3")]).unwrap();
    assert_eq!(fs::read_to_string(steps.join(MARKER)).unwrap(), marker);
    fs::write(steps.join("out/mine.txt"), "").unwrap();
    let error = publish(&steps, &[("spells.parquet", "4")]).unwrap_err();
    assert!(error.to_string().contains("(out/mine.txt)"), "{error}");
    fs::remove_file(steps.join("out/mine.txt")).unwrap();
    publish(&steps, &[("spells.parquet", "4")]).unwrap();
    assert_eq!(names(&steps), [MARKER, "spells.parquet"]);
}
