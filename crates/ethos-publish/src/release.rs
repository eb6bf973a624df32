//! A release: figures and context in, protected files out.

use std::path::{Path, PathBuf};

use ethos_model::cube::{CubeKey, CubeRow, Family};
use ethos_model::finding::Text;
use ethos_model::region::RegionMapping;
use ethos_model::study::{Format, Study, TableSet};

use crate::dashboard::{Dashboard, External};
use crate::error::PublishError;
use crate::formats::{self, columnar::Columnar};
use crate::headline::{Headline, HeadlineFigures};
use crate::method::{Method, SafeMethod};
use crate::notes;
use crate::page;
use crate::page::factsheet::Factsheets;
use crate::protect::threshold::Rule;
use crate::protect::{Earlier, Protected, SafeFigure, protect};
use crate::rates::{self, Inhabitants};
use crate::summary::Summary;
use crate::tables::{self, Context, PrintTable};

/// Everything that goes into the files under `release/`. Nothing of a person: figures, and
/// texts that hold no figure.
#[derive(Clone, Debug)]
pub struct Release<'a> {
    /// The study.
    pub study: &'a Study,
    /// Observed and estimated figures, unprotected.
    pub cube: Vec<CubeRow>,
    /// Region mappings that the user supplied.
    pub regions: &'a [RegionMapping],
    /// One a reference date with an estimate, or with a reason why there is none.
    pub headlines: Vec<Headline>,
    /// What rates are divided by, where the study gives it.
    pub inhabitants: Option<Inhabitants<'a>>,
    /// Indicators that others measure.
    pub external: Vec<External>,
    /// Said above everything else, such as that the country is simulated.
    pub banner: Option<Text>,
    /// Notes on method and data. They are printed as they are: no count may stand in them.
    pub notes: Vec<Text>,
    /// Releases that are out already.
    pub earlier: Vec<Earlier>,
    /// From files to people, in a few lines. The counts are rounded and small ones withheld.
    pub flow: Vec<FlowLine>,
    /// How the estimates were made, one a date at most. Exact figures, protected by themselves.
    pub methods: Vec<Method>,
}

/// A line of the way from files to people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowLine {
    /// What is counted.
    pub label: Text,
    /// How many.
    pub count: u64,
    /// What fell away since the line before.
    pub left: Text,
    /// The figure of the cube that this is, where it is one: then it reads as it does there.
    pub figure: Option<CubeKey>,
}

/// A line of the way from files to people that may be shown.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct SafeFlowLine<'a> {
    /// What is counted.
    pub label: &'a str,
    /// How many, rounded.
    pub count: u64,
    /// What fell away since the line before, and how many: the difference of the rounded counts.
    pub left: Option<(&'a str, u64)>,
}

/// A release after protection, ready to be written.
#[derive(Clone, Debug)]
pub struct SafeRelease<'a> {
    release: &'a Release<'a>,
    cube: Protected,
}

impl Release<'_> {
    /// Keeps the tables the study asks for, protects them as one whole and audits them.
    ///
    /// # Errors
    /// The audit fails, or no additive rounding was found.
    pub fn protect(&self) -> Result<SafeRelease<'_>, PublishError> {
        let asked: Vec<CubeRow> = self
            .cube
            .iter()
            .filter(|row| is_asked(row.key.family, self.study))
            .cloned()
            .collect();
        let mut cube = protect(&asked, &self.study.publish, self.regions, &self.earlier)?;
        if let Some(inhabitants) = self.inhabitants {
            let rows = rates::rows(cube.rows(), inhabitants, self.study, self.regions);
            cube.add_derived(rows);
        }
        let dashboard = Dashboard::of(&cube, self.study, Vec::new());
        cube.add_derived(dashboard.rows());
        Ok(SafeRelease {
            cube,
            release: self,
        })
    }
}

fn is_asked(family: Family, study: &Study) -> bool {
    let set = match family {
        // Worked out after protection.
        Family::Rates | Family::Dashboard => return false,
        // Which crossings there are follows from the study.
        Family::Crossed(crossing) => return study.publish.crossings().contains(&crossing),
        Family::NationalEstimate | Family::NationalCategory | Family::NationalCharacteristics => {
            TableSet::National
        }
        Family::RegionalCategory | Family::MunicipalCategory => TableSet::Municipal,
        Family::Estimators => {
            return study.publish.estimators && study.publish.tables.contains(&TableSet::National);
        }
        Family::Flows | Family::Moves => TableSet::Flows,
        Family::MunicipalSynthetic => {
            return study.publish.synthetic_municipal
                && study.publish.tables.contains(&TableSet::Municipal);
        }
    };
    study.publish.tables.contains(&set)
}

impl<'a> SafeRelease<'a> {
    /// The protected cube.
    pub fn cube(&self) -> &Protected {
        &self.cube
    }

    /// The study.
    pub fn study(&self) -> &'a Study {
        self.release.study
    }

    /// What table builders need to know.
    pub fn context(&self) -> Context<'a> {
        Context {
            study: self.release.study,
            regions: self.release.regions,
            headlines: &self.release.headlines,
            external: &self.release.external,
        }
    }

    /// Headlines, the latest date first.
    pub fn headlines(&self) -> Vec<&'a Headline> {
        let mut headlines: Vec<&Headline> = self.release.headlines.iter().collect();
        headlines.sort_by_key(|headline| std::cmp::Reverse(headline.date));
        headlines
    }

    /// The tables the study asks for and the count did not make, by key; those that a note of the
    /// count already accounts for apart.
    pub fn not_counted(&self) -> Vec<&'static str> {
        let study = self.release.study;
        let has = |family| self.release.cube.iter().any(|row| row.key.family == family);
        let told = |family: Family| {
            let key = format!("`{}`", family.key());
            self.release.notes.iter().any(|note| note.en.contains(&key))
        };
        Family::all()
            .iter()
            .copied()
            .filter(|family| {
                // Whether there is an estimate, or two dates to move between, is not the count's doing.
                let depends = matches!(
                    family,
                    Family::NationalEstimate
                        | Family::Estimators
                        | Family::MunicipalSynthetic
                        | Family::Moves
                );
                !depends && is_asked(*family, study) && !has(*family) && !told(*family)
            })
            .map(Family::key)
            .collect()
    }

    /// The banner in the study's language.
    pub fn banner(&self) -> Option<&'a str> {
        let banner = self.release.banner.as_ref()?;
        Some(banner.in_language(self.context().language()))
    }

    /// Said above everything else where small counts are neither withheld nor rounded.
    pub fn alarm(&self) -> Option<&'static str> {
        notes::alarm(&self.release.study.publish)
    }

    /// The notes in the study's language: whether figures may change, breaks in the series, then
    /// those of the study.
    pub fn notes(&self) -> Vec<String> {
        let language = self.context().language();
        let own = self.release.notes.iter();
        let missing = self.not_counted();
        let missing = (!missing.is_empty()).then(|| notes::not_counted(&missing, language));
        notes::on_series(&self.release.study.publish)
            .into_iter()
            .chain(missing)
            .chain(own.map(|note| note.in_language(language).to_owned()))
            .collect()
    }

    /// The lines from files to people. A line that is small, or differs by so little from the one
    /// before that the difference is, is left out.
    pub fn flow(&self) -> Vec<SafeFlowLine<'a>> {
        let rule = Rule::new(&self.release.study.publish.disclosure);
        let language = self.context().language();
        let mut shown: Vec<SafeFlowLine<'a>> = Vec::new();
        let mut before: Option<u64> = None;
        for line in &self.release.flow {
            let fell = before.map(|before| before.abs_diff(line.count));
            if rule.is_small(line.count) || fell.is_some_and(|fell| rule.is_small(fell)) {
                continue;
            }
            let count = match &line.figure {
                Some(key) => self.cube.get(key).and_then(SafeFigure::value),
                None => Some(rule.round(line.count)),
            };
            let Some(count) = count else { continue };
            let fell = shown
                .last()
                .and_then(|last| last.count.checked_sub(count))
                .filter(|fell| *fell > 0);
            shown.push(SafeFlowLine {
                label: line.label.in_language(language),
                count,
                left: fell.map(|fell| (line.left.in_language(language), fell)),
            });
            before = Some(line.count);
        }
        shown
    }

    /// How the estimate of the latest date was made, in figures that may be shown; none where the
    /// people seen are withheld.
    pub(crate) fn method(&self) -> Option<SafeMethod> {
        let method = self.release.methods.iter().max_by_key(|m| m.date)?;
        let figures = HeadlineFigures::of(&self.cube, method.date);
        let Some(SafeFigure::Count { persons, .. }) = figures.observed else {
            return None;
        };
        let publish = &self.release.study.publish;
        let base = u64::from(publish.round_estimates.national);
        Some(method.protect(Rule::new(&publish.disclosure), base, persons))
    }

    /// The core indicators, and those that others measure.
    pub fn dashboard(&self) -> Dashboard {
        Dashboard::of(
            &self.cube,
            self.release.study,
            self.release.external.clone(),
        )
    }

    /// The printed table of every family.
    pub fn tables(&self) -> Vec<PrintTable> {
        tables::all(&self.cube, self.context())
    }

    /// What a terminal prints at the end of a run.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }

    /// Writes the files into `dir` (the staged `release` folder) in the formats the study asks
    /// for, and returns their paths relative to it, in the order written.
    ///
    /// # Errors
    /// A folder or a file cannot be written.
    pub fn write(&self, dir: &Path) -> Result<Vec<PathBuf>, PublishError> {
        let asked = &self.release.study.publish.formats;
        let mut written = Vec::new();
        if asked.contains(&Format::Csv) {
            written.extend(formats::csv::write(self, dir)?);
        }
        // The code lists are written once, with the first format that refers to them.
        let mut lists = asked.contains(&Format::Csv);
        for (format, columnar) in [
            (Format::Parquet, Columnar::Parquet),
            (Format::Arrow, Columnar::Arrow),
        ] {
            if asked.contains(&format) {
                written.extend(formats::columnar::write(self, dir, columnar, !lists)?);
                lists = true;
            }
        }
        if asked.contains(&Format::Xlsx) {
            written.push(formats::xlsx::write(self, dir)?);
        }
        if asked.contains(&Format::Ods) {
            written.push(formats::ods::write(self, dir)?);
        }
        if asked.contains(&Format::Odata) {
            written.extend(formats::odata::write(self, dir)?);
        }
        if asked.contains(&Format::Sdmx) {
            written.extend(formats::sdmx::write(self, dir)?);
        }
        if asked.contains(&Format::Json) {
            written.extend(formats::jsonstat::write(self, dir)?);
        }
        if asked.contains(&Format::Html) {
            written.push(page::report::write(self, dir)?);
        }
        Ok(written)
    }

    /// Writes a page for each municipality asked for, under `factsheets/` in `dir`, and returns
    /// their paths relative to it.
    ///
    /// # Errors
    /// The municipal table has no such municipality, or a folder or a file cannot be written.
    pub fn write_factsheets(
        &self,
        which: &Factsheets,
        dir: &Path,
    ) -> Result<Vec<PathBuf>, PublishError> {
        page::factsheet::write(self, which, dir)
    }
}

/// Protects a release and writes its files; see [`SafeRelease::write`].
///
/// # Errors
/// The audit fails, or a folder or a file cannot be written.
pub fn write_release(release: &Release<'_>, dir: &Path) -> Result<Vec<PathBuf>, PublishError> {
    release.protect()?.write(dir)
}
