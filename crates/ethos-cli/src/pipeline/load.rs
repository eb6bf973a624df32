//! A study file and the folder its paths are relative to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ethos_estimate::EstimateError;
use ethos_model::municipality::{MunicipalityRegister, SplitShares};
use ethos_model::population::{Population, PopulationError};
use ethos_model::region::RegionMapping;
use ethos_model::study::Study;
use ethos_publish::dashboard::External;

use super::estimates::used_lists;
use crate::cli::study_path;
use crate::failure::Failure;

/// A study that was read and checked.
pub(crate) struct LoadedStudy {
    /// The study.
    pub(crate) study: Study,
    /// The folder its paths are relative to.
    pub(crate) dir: PathBuf,
    /// The file.
    pub(crate) path: PathBuf,
}

impl LoadedStudy {
    /// Reads a study file, or the `study.toml` in a folder.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let path = study_path(path);
        let text = ethos_ingest::held::text(&path).map_err(|error| {
            Failure::reading(&path, &error).with_help(
                "name a study file, or a folder that holds `study.toml`; `ethos init` writes one",
            )
        })?;
        let study = Study::parse(&text).map_err(|error| Failure::study(&path, &error))?;
        check_model(&study).map_err(|error| {
            Failure::usage(format!("{}: [estimate] model: {error}", path.display()))
        })?;
        let dir = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Ok(Self { study, dir, path })
    }

    /// The region mappings the study supplies.
    pub(crate) fn regions(&self) -> Result<BTreeMap<String, RegionMapping>, Failure> {
        self.study
            .regions
            .iter()
            .map(|(key, section)| {
                let text = self.read_beside(&section.file)?;
                let title = section.title.as_deref().unwrap_or(key);
                let mapping = RegionMapping::from_csv(key, title, title, &text)
                    .map_err(|error| Failure::usage(format!("{}: {error}", section.file)))?;
                for date in &self.study.study.reference_dates {
                    mapping
                        .check_covers(*date)
                        .map_err(|error| Failure::usage(format!("{}: {error}", section.file)))?;
                }
                Ok((key.clone(), mapping))
            })
            .collect()
    }

    /// The declared shares of split municipalities; none when the study declares none.
    pub(crate) fn split_shares(&self) -> Result<SplitShares, Failure> {
        let Some(file) = &self.study.count.split_shares else {
            return Ok(SplitShares::default());
        };
        SplitShares::from_csv(&self.read_beside(file)?, MunicipalityRegister::shipped())
            .map_err(|error| Failure::usage(format!("{file}: {error}")))
    }

    /// The inhabitants that rates are divided by, of every year of the study.
    pub(crate) fn population(&self) -> Result<Option<Population>, Failure> {
        let Some(section) = &self.study.publish.population else {
            return Ok(None);
        };
        let wrong = |error: PopulationError| {
            let help = population_help(&error);
            let failure = Failure::usage(format!("{}: {error}", section.file));
            match help {
                Some(help) => failure.with_help(help),
                None => failure,
            }
        };
        let population = Population::from_csv(&self.read_beside(&section.file)?).map_err(wrong)?;
        for year in ethos_publish::rates::years(&self.study) {
            population.check_year(year).map_err(wrong)?;
        }
        Ok(Some(population))
    }

    /// The indicators that others measure.
    pub(crate) fn external(&self) -> Result<Vec<External>, Failure> {
        let Some(file) = &self.study.publish.indicators else {
            return Ok(Vec::new());
        };
        External::from_csv(&self.read_beside(file)?)
            .map_err(|error| Failure::usage(format!("{file}: {error}")))
    }

    fn read_beside(&self, file: &str) -> Result<String, Failure> {
        let path = self.dir.join(file);
        ethos_ingest::held::text(&path).map_err(|error| {
            Failure::reading(&path, &error)
                .with_help("paths in a study are relative to the study file")
        })
    }
}

/// The way out of a population file that cannot be used, where the error does not name it.
fn population_help(error: &PopulationError) -> Option<String> {
    match error {
        PopulationError::Twice { line, first, .. } => Some(format!(
            "nobody may be counted twice: keep line {first} or line {line} and delete the other"
        )),
        PopulationError::Missing { .. } | PopulationError::OtherYear { .. } => Some(
            "rates need the inhabitants of the very year; leave `publish.population` out to publish without rates"
                .to_owned(),
        ),
        _ => None,
    }
}

/// A model that cannot be read is told before any file is.
fn check_model(study: &Study) -> Result<(), EstimateError> {
    let Some((section, model)) = study
        .estimate
        .as_ref()
        .and_then(|section| Some((section, section.model.as_ref()?)))
    else {
        return Ok(());
    };
    let names = study.strata.names();
    let mut covariates: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    // Which lists can see a person is a covariate of the estimator's own.
    covariates.push("coverage".into());
    ethos_estimate::check_model(model, &used_lists(study, section), &covariates)
}
