//! `ethos publish`: the last step alone, a cube to protected tables.

use std::path::{Path, PathBuf};

use clap::Args;
use ethos_model::ledger::Ledger;
use ethos_model::region::RegionMapping;
use ethos_model::study::Format;
use ethos_publish::{Factsheets, PublishError};
use ethos_table::atomic::{OutputKind, StagedDir};

use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::internal;
use crate::pipeline::load::LoadedStudy;
use crate::pipeline::refused;
use crate::pipeline::release::{self, Figures, TOLD, Told};
use crate::pipeline::step_files;

/// Protect a cube and write the tables of a study again, in other formats or by another rule.
///
/// Reads `cube.csv` and, where there is one, `estimates.csv`, from the `internal/` folder of a run
/// or from the folder of the steps. A release that is refused is not written: then the output
/// folder holds `internal/`, with the audit, and nothing else. A release that stands there already
/// stays, and the audit goes beside it, under `-refused` after the name of the folder.
#[derive(Args, Debug)]
pub(crate) struct PublishArgs {
    /// The study file, or the folder with `study.toml`
    study: PathBuf,
    /// Folder with `cube.csv`
    #[arg(long, value_name = "DIR", default_value = "out/internal")]
    from: PathBuf,
    /// Output folder
    #[arg(long, value_name = "DIR", default_value = "published")]
    out: PathBuf,
    /// Formats in place of the study's, separated by commas: csv, parquet, arrow, xlsx, ods, odata
    /// (as StatLine has it), sdmx, json, html
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    formats: Vec<Format>,
    /// Also write a page for each municipality under `release/factsheets`: for all, or with
    /// `--factsheets=GM0363,GM0518` for those named
    #[arg(
        long,
        value_name = "CODES",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "all"
    )]
    factsheets: Option<Factsheets>,
}

pub(crate) fn run(args: &PublishArgs, console: &Console) -> Result<Exit, Failure> {
    let mut loaded = LoadedStudy::read(&args.study)?;
    if !args.formats.is_empty() {
        loaded.study.publish.formats.clone_from(&args.formats);
    }
    spares_figures(&args.out, &args.from)?;
    let cube = ethos_table::cube::read(&args.from.join("cube.csv")).map_err(|error| {
        Failure::input(error.to_string()).with_help(
            "--from names the `internal/` folder of a run, or the folder of `ethos count`",
        )
    })?;
    let path = args.from.join("estimates.csv");
    let estimates = if path.exists() {
        ethos_table::estimates::read(&path).map_err(|error| Failure::input(error.to_string()))?
    } else {
        Vec::new()
    };
    let told: Told = step_files::optional(&args.from.join(TOLD))?.unwrap_or_default();
    let ledger: Option<Ledger> = step_files::optional(&args.from.join(step_files::LEDGER))?;
    let regions: Vec<RegionMapping> = loaded.regions()?.into_values().collect();
    let population = loaded.population()?;
    let release = release::release(Figures {
        study: &loaded.study,
        cube,
        estimates: &estimates,
        told: &told,
        regions: &regions,
        population: population.as_ref(),
        external: loaded.external()?,
        notes: told.notes.clone(),
        earlier: release::earlier(&loaded, &args.out)?,
        ledger: ledger.as_ref(),
    });
    let protected = release.protect();
    let out = match &protected {
        Ok(_) => args.out.clone(),
        Err(_) => refused::beside(&args.out),
    };
    // The folder beside may hold what this one does not.
    spares_figures(&out, &args.from)?;
    release::earlier(&loaded, &out)?;
    let staged =
        StagedDir::new(&out, OutputKind::Release).map_err(|error| Failure::output(&error))?;
    let kept = staged.path().join("internal");
    std::fs::create_dir_all(&kept).map_err(|error| Failure::writing(&kept, &error))?;
    let safe = match protected {
        Ok(safe) => safe,
        Err(error) => {
            internal::write_text(&kept.join("INTERNAL.txt"), refused::WARNING)?;
            refused::write_audit(&kept, &error)?;
            staged.commit().map_err(|error| Failure::output(&error))?;
            let language = loaded.study.publish.language;
            return Err(refused::of_publish(&error, language, &args.out, &out));
        }
    };
    release::write_audit(&kept, &safe)?;
    let folder = staged.path().join("release");
    std::fs::create_dir_all(&folder).map_err(|error| Failure::writing(&folder, &error))?;
    let mut files = safe
        .write(&folder)
        .map_err(|error| Failure::writing(&args.out, &error))?;
    if let Some(which) = &args.factsheets {
        files.extend(
            safe.write_factsheets(which, &folder)
                .map_err(|error| match error {
                    PublishError::NoMunicipality { .. } => Failure::usage(error.to_string()),
                    _ => Failure::writing(&args.out, &error),
                })?,
        );
    }
    staged.commit().map_err(|error| Failure::output(&error))?;
    let missing = safe.not_counted();
    if !missing.is_empty() {
        let language = loaded.study.publish.language;
        console.paragraph(&ethos_publish::notes::not_counted(&missing, language));
    }
    release::say_of(&safe, population.as_ref(), console);
    console.say(format!("{} files", files.len()));
    console.say(format!("release: {}", args.out.join("release").display()));
    Ok(Exit::Clean)
}

/// Whether the figures lie outside the folder that is replaced.
fn spares_figures(out: &Path, from: &Path) -> Result<(), Failure> {
    if release::holds(out, from) {
        let (out, from) = (out.display(), from.display());
        return Err(
            Failure::usage(format!("{out} holds {from}, which it would replace"))
                .with_help("choose another --out"),
        );
    }
    Ok(())
}
