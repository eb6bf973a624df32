//! The covariates of the estimate as levels in published order.

use ethos_model::attribute::{AgeBands, OriginScheme, Sex, UNKNOWN};
use ethos_model::capture::Stratifier;
use ethos_model::date::Day;
use ethos_model::person::Person;
use ethos_model::region::RegionMapping;
use ethos_model::study::Study;

use super::coverage::ages;
use crate::error::CountError;

/// Refuses age bands that leave someone in scope without a band.
pub(crate) fn check_age_bands(study: &Study) -> Result<(), CountError> {
    let Ok(bands) = AgeBands::new(&study.strata.age) else {
        return Ok(());
    };
    match ages(study.scope.ages).find(|&age| bands.band_of(age).is_none()) {
        Some(age) => Err(CountError::AgeBands {
            age,
            scope: study.scope.ages,
        }),
        None => Ok(()),
    }
}

/// One covariate: its levels without `unknown`, and how a person's level is found.
pub(crate) struct Covariate<'a> {
    pub(crate) name: &'static str,
    pub(crate) levels: Vec<String>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Sex,
    Age(AgeBands),
    Origin(OriginScheme),
    Region(&'a RegionMapping, Day),
}

/// The covariates of the study on a date, in published order.
pub(crate) fn covariates<'a>(
    study: &Study,
    regions: Option<&'a RegionMapping>,
    date: Day,
) -> Vec<Covariate<'a>> {
    let mut covariates = Vec::new();
    if study.strata.sex {
        let levels = Sex::ALL.iter().map(|sex| sex.key().to_owned()).collect();
        covariates.push(Covariate {
            name: "sex",
            levels,
            kind: Kind::Sex,
        });
    }
    if let Ok(bands) = AgeBands::new(&study.strata.age) {
        let levels = bands.labels().to_vec();
        covariates.push(Covariate {
            name: "age",
            levels,
            kind: Kind::Age(bands),
        });
    }
    if let Some(scheme) = study.strata.origin {
        let levels = scheme
            .levels()
            .iter()
            .map(|&level| level.to_owned())
            .collect();
        covariates.push(Covariate {
            name: "origin",
            levels,
            kind: Kind::Origin(scheme),
        });
    }
    if let Some(mapping) = regions {
        let levels = mapping
            .levels_on(date)
            .into_iter()
            .map(str::to_owned)
            .collect();
        covariates.push(Covariate {
            name: "region",
            levels,
            kind: Kind::Region(mapping, date),
        });
    }
    covariates
}

impl Covariate<'_> {
    /// Position of the person's level; the number of levels for `unknown`.
    pub(crate) fn level_of(&self, person: &Person) -> usize {
        let level = match &self.kind {
            Kind::Sex => person.sex.map(Sex::key),
            Kind::Age(bands) => person.age.and_then(|age| bands.band_of(age)),
            Kind::Origin(scheme) => Some(scheme.level_of(person.origin)),
            Kind::Region(mapping, date) => person
                .municipalities
                .registered
                .and_then(|code| mapping.level_of(code, *date)),
        };
        level
            .and_then(|level| self.levels.iter().position(|known| known == level))
            .unwrap_or(self.levels.len())
    }

    /// As a stratifier, with `unknown` last when it occurs.
    pub(crate) fn stratifier(&self, unknown_occurs: bool) -> Stratifier {
        let mut levels = self.levels.clone();
        if unknown_occurs {
            levels.push(UNKNOWN.to_owned());
        }
        Stratifier {
            name: self.name.to_owned(),
            levels,
        }
    }
}
