//! `ethos check --write-corrections`: of which rows corrections are, filled in.

use std::io::Write;
use std::path::{Path, PathBuf};

use ethos_ingest::corrections::write_sealed;
use ethos_ingest::{CheckOptions, Input, LaidOut};
use ethos_model::category::Language;
use ethos_model::finding::Text;
use ethos_table::atomic::AtomicFile;

use crate::failure::Failure;
use crate::output::Console;
use crate::pipeline::steps::ingest_failure;

/// Fills in `sha256` and `rijmerk` in files of corrections, of those that fit a row now and have neither.
pub(super) fn seal(
    paths: &[PathBuf],
    inputs: &[Input],
    options: &CheckOptions<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let mut seals = Vec::new();
    for input in inputs {
        let laid = LaidOut::open(input, options).map_err(|error| ingest_failure(&error))?;
        if let Some(laid) = laid {
            let found = laid.seals();
            seals.extend(found.map_err(|error| Failure::reading(Path::new(input.name()), &error))?);
        }
    }
    for path in paths {
        let unreadable = |error| Failure::reading(path, &error);
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let bytes = ethos_ingest::held::all(file).map_err(unreadable)?;
        let (sealed, filled) = write_sealed(&bytes, &seals).map_err(|error| {
            let path = path.display();
            Failure::input(Text::new(
                format!(
                    "{path} is niet aan te vullen: {}",
                    error.words(Language::Nl)
                ),
                format!("{path} cannot be filled in: {error}"),
            ))
        })?;
        if filled > 0 {
            let mut out =
                AtomicFile::create_private(path).map_err(|error| Failure::output(&error))?;
            out.write_all(&sealed)
                .map_err(|error| Failure::placing(path, &error))?;
            out.commit().map_err(|error| Failure::output(&error))?;
        }
        let path = path.display();
        console.tell(
            format!("van {filled} correcties is ingevuld bij welke rij zij horen ({path})"),
            format!("of {filled} corrections it is filled in which row they are of ({path})"),
        );
    }
    Ok(())
}
