//! From options to a folder on disk.

use std::path::Path;

use crate::country::Country;
use crate::extract::folder::Folder;
use crate::extract::{count_day, frame, register, shelter, wmo};
use crate::options::{CountryOptions, SimulateError};
use crate::study::{self, SERIES};
use crate::truth::{self, TRUTH_FILE, Truth};

/// Steps of a simulation, for progress.
const STEPS: u64 = 6;

/// Writes a simulated country into a folder and returns its truth.
///
/// The folder must be new, empty, or hold an earlier country and nothing else; the files take
/// their place in it together at the end. `progress` is told how many steps are done and how many
/// there are. Time and memory grow with the scale: at scale 1 some 200,000 people and 20 MB.
///
/// # Errors
/// An option out of its range, a folder that holds other files, or a disk that refuses.
pub fn simulate(
    options: &CountryOptions,
    dir: &Path,
    progress: &dyn Fn(u64, u64),
) -> Result<Truth, SimulateError> {
    options.check()?;
    progress(0, STEPS);
    let folder = Folder::open(dir)?;
    let country = Country::new(options);
    let mut truth = truth::of_country(&country);
    progress(1, STEPS);

    let mut dirty = std::mem::take(&mut truth.dirty);
    let shelter = shelter::write(&country, &folder, &mut dirty)?;
    progress(2, STEPS);
    let wmo = wmo::write(&country, &folder, &mut dirty)?;
    progress(3, STEPS);
    truth.dirty = dirty;
    let registers = register::write(&country, &folder, &mut truth)?;
    progress(4, STEPS);
    let participants = count_day::participants(&country);
    let (count_day, forms) = count_day::write(&country, &participants, &folder, &mut truth.dirty)?;
    truth.count_day = count_day;
    frame::write(&country, &participants, &folder)?;
    progress(5, STEPS);

    for (group, rows) in [
        ("opvang", shelter),
        ("gmsd", wmo),
        ("bijstand", registers.benefit),
        ("reclassering", registers.probation),
        ("personen", registers.persons),
        ("telling", forms),
    ] {
        truth.rows.insert(group.to_owned(), rows);
    }
    folder.write("study.toml", study::registers(&country).as_bytes())?;
    folder.write("telling.toml", study::count_day(&country).as_bytes())?;
    folder.write(
        &format!("{SERIES}.key"),
        study::key_file(options.seed).as_bytes(),
    )?;
    folder.write("LEESMIJ.md", study::readme(&country).as_bytes())?;
    folder.write("truth/README.md", study::TRUTH.as_bytes())?;
    let mut json = serde_json::to_string_pretty(&truth)?;
    json.push('\n');
    folder.write(TRUTH_FILE, json.as_bytes())?;
    folder.finish()?;
    progress(STEPS, STEPS);
    Ok(truth)
}
