//! From figures and estimates to a release: headlines, notes, the way from files to people.

use std::path::Path;

use ethos_model::category::{Language, Total};
use ethos_model::cell::EstimateStatus;
use ethos_model::cube::{CubeKey, CubeRow, Family, Measure};
use ethos_model::date::{Day, Time};
use ethos_model::finding::Text;
use ethos_model::ledger::Ledger;
use ethos_model::population::Population;
use ethos_model::region::RegionMapping;
use ethos_model::study::Study;
use ethos_publish::dashboard::External;
use ethos_publish::protect::Earlier;
use ethos_publish::rates::Inhabitants;
use ethos_publish::words::number;
use ethos_publish::{Dependence, FlowLine, Headline, Method, Release, SafeRelease, notes};
use ethos_table::estimates::EstimateRow;
use serde::{Deserialize, Serialize};

use super::estimates::used_lists;
use super::internal::{list_part, write_json, write_text};
use super::load::LoadedStudy;
use crate::failure::Failure;
use crate::output::Console;

/// Suffix of an interval's name when the model was selected again in every replicate.
pub(crate) const RESELECTED: &str = " with re-selection";

/// What another criterion would have chosen: the criterion used, the other one, its estimate.
pub(crate) type Beside = (String, String, f64);

/// The file it is kept in.
pub(crate) const TOLD: &str = "told.json";

/// What the audit of the release found.
pub(crate) const AUDIT: &str = "audit.json";

/// The same, to read.
pub(crate) const AUDIT_TEXT: &str = "audit.txt";

/// What stands beside the figures of a date. A run keeps it as `internal/told.json`, so that
/// publishing again says the same.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// What a reader of the estimate must know.
    pub(crate) warnings: Vec<(Day, Text)>,
    /// What another criterion would have chosen.
    pub(crate) beside: Vec<(Day, Beside)>,
    /// Why there is no estimate.
    pub(crate) reasons: Vec<(Day, Text)>,
    /// The range of the estimate under declared dependence.
    #[serde(default)]
    pub(crate) dependence: Vec<(Day, ToldRange)>,
    /// What else there is to say of dependence.
    #[serde(default)]
    pub(crate) dependence_notes: Vec<(Day, Text)>,
    /// What a reader of the tables must know. No count stands in it.
    #[serde(default)]
    pub(crate) notes: Vec<Text>,
    /// How the estimates were made.
    #[serde(default)]
    pub(crate) methods: Vec<Method>,
}

/// The range of an estimate under declared dependence, in persons.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ToldRange {
    /// Lower limit.
    pub(crate) lower: f64,
    /// Upper limit, if there is one.
    pub(crate) upper: Option<f64>,
    /// The dependence, as a fragment.
    pub(crate) under: Text,
}

/// Says what the analyst has to know of a release beside what stands in it: that inhabitants lack, and
/// that figures of an earlier release do not agree with this one.
pub(crate) fn say_of(safe: &SafeRelease<'_>, population: Option<&Population>, console: &Console) {
    let language = safe.study().publish.language;
    for note in lacking(safe.study(), population) {
        console.paragraph(note.in_language(language));
    }
    if let Some(note) = notes::revised(safe.cube(), language) {
        console.paragraph(&format!("{} (internal/{AUDIT_TEXT})", note.text));
    }
}

fn lacking(study: &Study, population: Option<&Population>) -> Vec<Text> {
    population.map_or_else(Vec::new, |population| {
        ethos_publish::rates::not_given(study, population)
    })
}

/// What a release is made from.
pub(crate) struct Figures<'a> {
    pub(crate) study: &'a Study,
    pub(crate) cube: Vec<CubeRow>,
    pub(crate) estimates: &'a [EstimateRow],
    pub(crate) told: &'a Told,
    pub(crate) regions: &'a [RegionMapping],
    pub(crate) population: Option<&'a Population>,
    pub(crate) external: Vec<External>,
    pub(crate) notes: Vec<Text>,
    pub(crate) earlier: Vec<Earlier>,
    pub(crate) ledger: Option<&'a Ledger>,
}

/// Printed on everything that is made of invented people.
fn simulated() -> Text {
    Text::new(
        "Gesimuleerd land: mensen, nummers en uitkomsten zijn verzonnen.",
        "A simulated country: people, numbers and results are invented.",
    )
}

/// Writes what the audit of a release found, for those who may see counts.
pub(crate) fn write_audit(internal: &Path, safe: &SafeRelease<'_>) -> Result<(), Failure> {
    let audit = safe.cube().audit();
    write_json(&internal.join(AUDIT), audit)?;
    write_text(&internal.join(AUDIT_TEXT), &audit.text())
}

/// Whether a folder is, or lies around, another place.
pub(crate) fn holds(folder: &Path, inner: &Path) -> bool {
    match (folder.canonicalize(), inner.canonicalize()) {
        (Ok(folder), Ok(inner)) => inner.starts_with(folder),
        _ => false,
    }
}

/// The counts of the releases that a study says are out already. None may lie in `out`, which is replaced:
/// the next release would be protected against one that is no longer there.
pub(crate) fn earlier(loaded: &LoadedStudy, out: &Path) -> Result<Vec<Earlier>, Failure> {
    let settings = &loaded.study.publish.disclosure;
    settings
        .earlier
        .iter()
        .map(|release| {
            let path = loaded.dir.join(&release.cube);
            if holds(out, &path) {
                let (out, path) = (out.display(), path.display());
                return Err(Failure::usage(Text::new(
                    format!("{out} wordt vervangen, en daarin staat {path}, een eerdere publicatie waartegen deze beveiligd wordt"),
                    format!("{out} is replaced, and holds {path}, an earlier release that this one is protected against"),
                ))
                .with_help(Text::new("kies een andere --out", "choose another --out")));
            }
            let counts = ethos_table::cube::read_published(&path).map_err(|error| {
                Failure::input(error.to_string()).with_help(
                    "`publish.disclosure.earlier` names the `release/csv/cube.csv` of another run",
                )
            })?;
            Ok(Earlier {
                base: release.base,
                method: release.method,
                counts,
            })
        })
        .collect()
}

/// A release of these figures.
pub(crate) fn release(mut figures: Figures<'_>) -> Release<'_> {
    let lacking = lacking(figures.study, figures.population);
    figures.notes.extend(lacking);
    Release {
        study: figures.study,
        headlines: headlines(&figures),
        cube: figures.cube,
        regions: figures.regions,
        external: figures.external,
        inhabitants: figures
            .population
            .zip(figures.study.publish.population.as_ref())
            .map(|(population, section)| Inhabitants {
                population,
                per: section.per,
            }),
        banner: figures.study.study.simulated.then(simulated),
        notes: figures.notes,
        earlier: figures.earlier,
        flow: figures
            .ledger
            .map(|ledger| flow(ledger, figures.study))
            .unwrap_or_default(),
        methods: figures.told.methods.clone(),
    }
}

fn headlines(figures: &Figures<'_>) -> Vec<Headline> {
    let (study, told) = (figures.study, figures.told);
    let lists = study
        .estimate
        .as_ref()
        .map_or_else(Vec::new, |section| used_lists(study, section));
    // The notation names lists by number.
    let numbered: Vec<String> = (1..)
        .zip(&lists)
        .map(|(number, list)| format!("{number} {list}"))
        .collect();
    let model = |notation: &str| {
        let part = list_part(notation, lists.len(), !study.strata.names().is_empty());
        if part.is_empty() {
            part
        } else {
            format!("{part} ({})", numbered.join(", "))
        }
    };
    figures
        .estimates
        .iter()
        .filter(|row| row.by == "population")
        .map(|row| Headline {
            date: row.date,
            level: row.level,
            interval: interval_words(&row.interval),
            model: model(&row.model),
            dependence: of_date(&told.dependence, row.date)
                .pop()
                .map(|range| Dependence {
                    lower: range.lower,
                    upper: range.upper,
                    under: range.under,
                }),
            dependence_notes: of_date(&told.dependence_notes, row.date),
            reason: (row.status == EstimateStatus::NotEstimable).then(|| {
                of_date(&told.reasons, row.date)
                    .pop()
                    .unwrap_or_else(no_estimate)
            }),
            warnings: of_date(&told.warnings, row.date),
            beside: of_date(&told.beside, row.date).pop(),
        })
        .collect()
}

/// What is told of a date.
fn of_date<T: Clone>(told: &[(Day, T)], date: Day) -> Vec<T> {
    told.iter()
        .filter(|(day, _)| *day == date)
        .map(|(_, told)| told.clone())
        .collect()
}

fn no_estimate() -> Text {
    Text::new(
        "de gegevens bepalen geen schatting",
        "the data determine no estimate",
    )
}

/// How an interval was made, as a fragment.
fn interval_words(interval: &str) -> Text {
    let (method, reselected) = match interval.strip_suffix(RESELECTED) {
        Some(method) => (method, true),
        None => (interval, false),
    };
    let (nl, en) = match method {
        "delta" => ("log-normaal, deltamethode", "log-normal, delta method"),
        "profile" => ("profielaannemelijkheid", "profile likelihood"),
        "parametric" => ("parametrische bootstrap", "parametric bootstrap"),
        "semiparametric" => ("semiparametrische bootstrap", "semiparametric bootstrap"),
        "nonparametric" => ("niet-parametrische bootstrap", "nonparametric bootstrap"),
        other => (other, other),
    };
    if reselected {
        Text::new(
            format!("{nl}, modelkeuze meegerekend"),
            format!("{en}, choice of the model included"),
        )
    } else {
        Text::new(nl, en)
    }
}

/// The way from rows to people on the latest reference date. Exact counts: the release rounds
/// them, and shows those that are figures of the cube as they stand there.
fn flow(ledger: &Ledger, study: &Study) -> Vec<FlowLine> {
    let reads = || {
        ledger
            .steps
            .iter()
            .filter(|step| step.step.starts_with("read "))
    };
    let line = |label: Text, count: u64, left: Text| FlowLine {
        label,
        count,
        left,
        figure: None,
    };
    let nothing = || Text::new("", "");
    let mut lines = vec![
        line(
            Text::new("Regels gelezen", "Rows read"),
            reads().map(|step| step.input).sum(),
            nothing(),
        ),
        line(
            Text::new("Regels gebruikt", "Rows used"),
            reads().map(|step| step.outcome("accepted")).sum(),
            Text::new(
                "vervangen, dubbel of onbruikbaar",
                "replaced, duplicate or unusable",
            ),
        ),
    ];
    if let Some(step) = ledger.step(ethos_link::PERSONS_STEP) {
        lines.push(line(
            Text::new("Verschillende mensen", "Different people"),
            step.outcome(ethos_link::FIRST_SPELL),
            Text::new("meer regels over dezelfde mens", "further rows of a person"),
        ));
    }
    let Some(date) = study.study.reference_dates.iter().max().copied() else {
        return lines;
    };
    let language = |language| number::day(date, language);
    let (nl, en) = (language(Language::Nl), language(Language::En));
    let of_cube =
        |family, total| CubeKey::national(family, Time::On(date), total, Measure::Observed);
    if let Some(step) = ledger.step(&format!("persons {date}")) {
        lines.push(FlowLine {
            label: Text::new(format!("Dakloos, {nl}"), format!("Homeless, {en}")),
            count: step.outcome("counted homeless"),
            left: Text::new("niet dakloos op die dag", "not homeless on that day"),
            figure: Some(of_cube(Family::NationalCategory, Total::Homeless)),
        });
    }
    if let Some(step) = ledger.step(&format!("captures {date}")) {
        lines.push(FlowLine {
            label: Text::new("Op een lijst van de schatting", "On a list of the estimate"),
            count: step.outcome("in capture table"),
            left: Text::new(
                "buiten de afbakening of de lijsten",
                "outside the scope or the lists",
            ),
            figure: Some(of_cube(Family::NationalEstimate, Total::EstimateScope)),
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_says_whether_selection_is_in_it() {
        let words = interval_words("semiparametric with re-selection");
        assert_eq!(
            words.en,
            "semiparametric bootstrap, choice of the model included"
        );
        assert_eq!(interval_words("delta").nl, "log-normaal, deltamethode");
    }
}
