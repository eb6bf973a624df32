//! Writes a made-up release in every format and its internal page, to look at:
//! `cargo run -p ethos-publish --example sample_release -- FOLDER [nl|en]`. In `every_status`
//! stands a smaller one in which every status occurs.

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::path::PathBuf;

use ethos_model::finding::Text;
use ethos_model::study::Format;
use ethos_publish::{Factsheets, InternalReport, Release, write_internal_page, write_release};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder to write to")?);
    let language = arguments.next().unwrap_or_else(|| "nl".into());
    let mut study = sample::study(&language);
    study.publish.formats = Format::ALL.to_vec();
    let release = Release {
        banner: Some(Text::new(
            "Verzonnen cijfers, om de opmaak te bekijken.",
            "Made-up figures, to look at the layout.",
        )),
        ..sample::release(&study)
    };
    std::fs::create_dir_all(folder.join("release"))?;
    std::fs::create_dir_all(folder.join("internal"))?;
    std::fs::create_dir_all(folder.join("every_status"))?;
    write_release(&release, &folder.join("release"))?;
    let few = "GM0363,GM0014,GM0096".parse::<Factsheets>()?;
    release
        .protect()?
        .write_factsheets(&few, &folder.join("release"))?;
    let study_of_all = sample::every::study(&language);
    let every = sample::every::release(&study_of_all);
    write_release(&every, &folder.join("every_status"))?;
    let internal = InternalReport {
        study: &study,
        captures: &[
            sample::captures("2025-01-01"),
            sample::captures("2026-01-01"),
        ],
        models: &[sample::models("2025-01-01"), sample::models("2026-01-01")],
        ledger: &sample::ledger(),
    };
    write_internal_page(&internal, &folder.join("internal/overlap.html"))?;
    Ok(())
}
