//! Clearing after an interrupt. Alone in its process, because it clears for the whole process.

use std::fs;
use std::io::Write;

use ethos_table::atomic::{AtomicFile, OutputKind, StagedDir, remove_unfinished};

#[test]
fn an_interrupt_leaves_no_half_output() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = AtomicFile::create(&folder.path().join("table.csv")).unwrap();
    file.write_all(b"half").unwrap();
    file.flush().unwrap();
    let stage = StagedDir::new(&folder.path().join("out"), OutputKind::Run).unwrap();
    fs::write(stage.path().join("half.csv"), "half").unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    remove_unfinished();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(file.commit().is_err() && stage.commit().is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
