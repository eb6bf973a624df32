//! Two runs, or two years of one: what of the change comes from the data, the scope, the method and
//! the rounding.

use std::collections::BTreeMap;

use ethos_compare::draw::{Draws, limits};
use ethos_compare::{
    Comparison, Factor, Group, Mixture, Published, Side, Swapped, decompose, groups,
};
use ethos_estimate::{EstimateSettings, IntervalMethod};
use ethos_model::capture::CaptureTable;
use ethos_model::date::Day;
use ethos_model::finding::Text;
use ethos_model::ledger::Ledger;
use ethos_model::study::Study;
use rayon::prelude::*;

use super::compare_counts::{contradictions, counts, differences};
use super::compared_run::ComparedRun;
use super::estimates;
use super::load::LoadedStudy;
use super::steps::{self, Counting};
use crate::failure::Failure;
use crate::output::Console;

/// What a comparison is asked for.
pub(crate) struct Question<'a> {
    /// The earlier run and the later one; the same twice for two years of one.
    pub(crate) runs: [&'a ComparedRun; 2],
    /// Their dates.
    pub(crate) dates: [Day; 2],
    /// Their studies with their files, to count again in the scope and by the method of the other.
    pub(crate) studies: [Option<&'a LoadedStudy>; 2],
    pub(crate) replicates: u64,
    pub(crate) across_break: bool,
}

/// Compares.
pub(crate) fn compare(question: &Question<'_>, console: &Console) -> Result<Comparison, Failure> {
    let [before, after] = question.runs;
    let breaks = breaks(question);
    if let (Some((day, text)), false) = (breaks.first(), question.across_break) {
        return Err(Failure::refused(format!(
            "a break in the series lies between the dates, on {day}: {}",
            text.en
        ))
        .with_help("figures on both sides of it are not of one kind; `--across-break` compares them all the same"));
    }
    let sides = [0, 1].map(|at| side(question.runs[at], question.dates[at]));
    let same_files = before.manifest.inputs.get(1..) == after.manifest.inputs.get(1..);
    let same_data = same_files && question.dates[0] == question.dates[1];
    let mut notes = Vec::new();
    let change = sides[0]
        .published
        .zip(sides[1].published)
        .map(|(before, after)| Published::change(before, after))
        .map(|change| Published {
            // Two answers from the same data are not drawn apart: the parts have the interval.
            lower: change.lower.filter(|_| !same_data),
            upper: change.upper.filter(|_| !same_data),
            ..change
        });
    let level = after.level(question.dates[1]).unwrap_or(0.95);
    let computed = sides.iter().all(|side| side.computed.is_some());
    let told = if let Some(change) = change.filter(|_| computed) {
        parts(question, change, level, &mut notes, console)?
    } else {
        notes.push(Text::new(
            "Van een van de twee is geen schatting gepubliceerd: er is geen verandering uit te leggen.",
            "One of the two published no estimate: there is no change to explain.",
        ));
        Told::default()
    };
    if same_data {
        notes.push(Text::new(
            "Beide runs lazen dezelfde bestanden: hun intervallen staan niet los van elkaar, en de verandering heeft er zelf geen. De delen hebben het wel.",
            "Both runs read the same files: their intervals are not drawn apart, and the change has none of its own. The parts do.",
        ));
    }
    let [before_side, after_side] = sides;
    Ok(Comparison {
        schema: ethos_compare::report::SCHEMA,
        before: before_side,
        after: after_side,
        change,
        lines: told.lines,
        replicates: told.replicates,
        level,
        differences: differences(&before.study, &after.study),
        breaks,
        notes,
        contradictions: contradictions(before, after),
        counts: counts(question.runs, question.dates),
    })
}

fn side(run: &ComparedRun, date: Day) -> Side {
    Side {
        study: run.study.study.name.clone(),
        program: run.manifest.program.clone(),
        date,
        status: run.study.publish.status,
        computed: run.computed(date),
        published: run.estimate(date),
        published_status: run.estimate_cell(date).map(|cell| cell.status.clone()),
    }
}

/// The breaks that either run declares between the dates.
fn breaks(question: &Question<'_>) -> Vec<(Day, Text)> {
    let [first, last] = question.dates;
    let (first, last) = (first.min(last), first.max(last));
    let mut found: Vec<(Day, Text)> = question
        .runs
        .iter()
        .flat_map(|run| &run.study.publish.breaks)
        .filter(|found| first < found.from && found.from <= last)
        .map(|found| (found.from, Text::new(found.nl.clone(), found.en.clone())))
        .collect();
    found.sort();
    found.dedup();
    found
}

#[derive(Default)]
struct Told {
    lines: Vec<ethos_compare::Line>,
    replicates: u64,
}

/// What is estimated: a capture table by the settings of a study.
struct Cast {
    table: CaptureTable,
    settings: EstimateSettings,
    max_seconds: Option<f64>,
    /// Whose data, where the table is that of a run itself.
    own: Option<usize>,
}

fn parts(
    question: &Question<'_>,
    change: Published,
    level: f64,
    notes: &mut Vec<Text>,
    console: &Console,
) -> Result<Told, Failure> {
    let mut counter = Counter::new(question);
    let mut casts: BTreeMap<Mixture, Cast> = BTreeMap::new();
    let mut values: BTreeMap<Mixture, f64> = BTreeMap::new();
    for mixture in Mixture::all() {
        let Some(cast) = counter.cast(mixture, console)? else {
            continue;
        };
        let own = own(mixture, question);
        let value = if let Some(at) = own {
            // The run's own answer, to the last digit.
            question.runs[at].computed(question.dates[at])
        } else {
            let quiet = |_: u64, _: u64| {};
            let settings = without_interval(&cast.settings);
            estimates::estimate(&cast.table, &settings, cast.max_seconds, &quiet)
                .answer
                .ok()
                .and_then(|answer| answer.population.estimate)
        };
        if let Some(value) = value.filter(|value| value.is_finite()) {
            values.insert(mixture, value);
            casts.insert(mixture, cast);
        }
    }
    let groups = groups(&values);
    if groups.len() < 3 {
        notes.push(counter.why());
    }
    let parts = decompose(&groups, &values);
    let drawn = draw(question, &groups, &casts, console);
    if drawn.is_empty() && question.replicates > 0 {
        notes.push(Text::new(
            "De delen hebben geen interval: daarvoor moeten beide runs op hun eigen tabel staan, of er waren te weinig herhalingen met een schatting.",
            "The parts have no interval: for that both runs have to stand on their own tables, or too few replicates had an estimate.",
        ));
    }
    let parts = parts
        .into_iter()
        .enumerate()
        .map(|(at, part)| {
            let values = drawn.iter().map(|drawn| drawn[at]).collect();
            Swapped {
                of: part.of,
                change: part.change,
                limits: limits(values, level),
            }
        })
        .collect();
    Ok(Told {
        lines: Comparison::lines_of(parts, change.value),
        replicates: drawn.len() as u64,
    })
}

/// The run that a mixture is, if it is one: factors in which the two do not differ may be of either.
fn own(mixture: Mixture, question: &Question<'_>) -> Option<usize> {
    let [before, after] = question.runs.map(|run| &run.study);
    let data = usize::from(mixture.is_after(Factor::Data));
    let matches = |factor, same: bool| same || usize::from(mixture.is_after(factor)) == data;
    (matches(Factor::Scope, before.scope == after.scope)
        && matches(Factor::Method, same_method(before, after)))
    .then_some(data)
}

/// Whether two studies count and estimate in one way.
fn same_method(a: &Study, b: &Study) -> bool {
    same_counting(a, b) && estimating(a) == estimating(b)
}

fn same_counting(a: &Study, b: &Study) -> bool {
    let of = |study: &Study| {
        let mut count = study.count.clone();
        // What is counted beside the date changes nothing on it.
        count.period_years.clear();
        count.washout_days = 0;
        (study.category.clone(), count, study.strata.clone())
    };
    of(a) == of(b)
}

/// What of the estimate decides the figure itself.
fn estimating(study: &Study) -> Option<(EstimateSettings, Vec<String>)> {
    let section = study.estimate.as_ref()?;
    let settings = estimates::settings(study, section, None);
    let mut settings = without_interval(&settings);
    settings.seed = None;
    Some((settings, estimates::used_lists(study, section)))
}

/// The settings with the interval that costs nothing.
fn without_interval(settings: &EstimateSettings) -> EstimateSettings {
    EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        reselect: None,
        replicates: None,
        panel: false,
        dependence: Vec::new(),
        ..settings.clone()
    }
}

/// Makes the table of every mixture: those of the runs themselves, or one counted again.
struct Counter<'a> {
    question: &'a Question<'a>,
    /// Spells of each side, read once.
    read: [Option<Read>; 2],
    lacks_study: bool,
}

struct Read {
    ingested: ethos_ingest::Ingested,
    links: ethos_model::link::Links,
}

impl<'a> Counter<'a> {
    fn new(question: &'a Question<'a>) -> Self {
        Self {
            question,
            read: [None, None],
            lacks_study: false,
        }
    }

    fn cast(&mut self, mixture: Mixture, console: &Console) -> Result<Option<Cast>, Failure> {
        let at = |factor| usize::from(mixture.is_after(factor));
        let (data, scope, method) = (at(Factor::Data), at(Factor::Scope), at(Factor::Method));
        let study = |at: usize| &self.question.runs[at].study;
        let Some(section) = &study(method).estimate else {
            return Ok(None);
        };
        let settings = estimates::settings(study(method), section, None);
        let max_seconds = section.max_seconds;
        let as_counted =
            study(data).scope == study(scope).scope && same_counting(study(data), study(method));
        let table = if as_counted {
            self.question.runs[data].captures(self.question.dates[data])
        } else {
            self.count_again(data, scope, method, console)?
        };
        Ok(table.map(|table| Cast {
            table,
            settings,
            max_seconds,
            own: as_counted.then_some(data),
        }))
    }

    /// The capture table of one side in the scope and by the counting of others.
    fn count_again(
        &mut self,
        data: usize,
        scope: usize,
        method: usize,
        console: &Console,
    ) -> Result<Option<CaptureTable>, Failure> {
        let Some(loaded) = self.question.studies[data] else {
            self.lacks_study = true;
            return Ok(None);
        };
        if self.read[data].is_none() {
            let key = steps::key(loaded)?;
            let ingested = steps::ingest(loaded, &key, console)?;
            let mut ledger = ingested.ledger.clone();
            let linked = steps::link(&ingested.spells, &mut ledger);
            self.read[data] = Some(Read {
                ingested,
                links: linked.links,
            });
        }
        let Some(read) = &self.read[data] else {
            return Ok(None);
        };
        let mut study = loaded.study.clone();
        study.study.reference_dates = vec![self.question.dates[data]];
        study.scope = self.question.runs[scope].study.scope.clone();
        let other = &self.question.runs[method].study;
        study.category = other.category.clone();
        study.strata = other.strata.clone();
        study.count.clone_from(&other.count);
        study.count.period_years.clear();
        study.estimate.clone_from(&other.estimate);
        let mixed = LoadedStudy {
            study,
            dir: loaded.dir.clone(),
            path: loaded.path.clone(),
        };
        let counting = Counting {
            spells: &read.ingested.spells,
            links: &read.links,
            register: &read.ingested.register,
            deliveries: &read.ingested.deliveries,
            reach: &read.ingested.reach,
            regions: &mixed.regions()?,
            shares: &mixed.split_shares()?,
        };
        let counted = steps::count(&mixed, &counting, &mut Ledger::default(), console)?;
        Ok(counted.observed.captures.into_iter().next())
    }

    /// Why some factors stay together.
    fn why(&self) -> Text {
        if self.lacks_study {
            Text::new(
                "De runs verschillen in afbakening of in hoe zij tellen. Om dat van de gegevens te onderscheiden, moet er opnieuw worden geteld: geef de studies met `--study-before` en `--study-after`.",
                "The runs differ in scope or in how they count. To tell that from the data, persons have to be counted again: give the studies with `--study-before` and `--study-after`.",
            )
        } else {
            Text::new(
                "Niet elke combinatie van de twee runs heeft een schatting: wat niet te onderscheiden is, staat samen.",
                "Not every mixture of the two runs has an estimate: what cannot be told apart stands together.",
            )
        }
    }
}

/// The parts of the change in replicates of both tables: the same draw for every mixture of one
/// table, so that what differs is the mixture alone. Empty where a table was counted again.
fn draw(
    question: &Question<'_>,
    groups: &[Group],
    casts: &BTreeMap<Mixture, Cast>,
    console: &Console,
) -> Vec<Vec<f64>> {
    if question.replicates == 0 || casts.values().any(|cast| cast.own.is_none()) {
        return Vec::new();
    }
    let side = |at: usize| {
        let own = if at == 0 {
            Mixture::BEFORE
        } else {
            Mixture::AFTER
        };
        let table = &casts.get(&own)?.table;
        let counts: Vec<u64> = table.cells.iter().map(|cell| cell.count).collect();
        let seen = table.persons() as f64;
        let unseen = question.runs[at].computed(question.dates[at])? - seen;
        Draws::new(&counts, unseen)
    };
    let (Some(before), Some(after)) = (side(0), side(1)) else {
        return Vec::new();
    };
    let table_of = |mixture| casts.get(&mixture).map(|cast| &cast.table);
    let same_table = table_of(Mixture::BEFORE) == table_of(Mixture::AFTER);
    let bar = std::sync::Mutex::new((console.bar("replicates"), 0_u64));
    (0..question.replicates)
        .into_par_iter()
        .filter_map(|number| {
            // Two tables are drawn apart; two ways of treating one table see the same draw.
            let first = before.replicate(1, number);
            let second = if same_table {
                first.clone()
            } else {
                after.replicate(2, number)
            };
            let drawn = [first, second];
            let mut values: BTreeMap<Mixture, f64> = BTreeMap::new();
            let mut known: BTreeMap<(usize, usize), f64> = BTreeMap::new();
            for (mixture, cast) in casts {
                let data = cast.own?;
                let [one, other] = question.runs.map(|run| &run.study);
                let method = if same_method(one, other) {
                    0
                } else {
                    usize::from(mixture.is_after(Factor::Method))
                };
                let value = if let Some(value) = known.get(&(data, method)) {
                    *value
                } else {
                    let value = estimate_of(cast, &drawn[data])?;
                    known.insert((data, method), value);
                    value
                };
                values.insert(*mixture, value);
            }
            if let Ok(mut bar) = bar.lock() {
                bar.1 += 1;
                let done = bar.1;
                bar.0.at(done, question.replicates);
            }
            let parts = decompose(groups, &values);
            (!parts.is_empty()).then(|| parts.into_iter().map(|part| part.change).collect())
        })
        .collect()
}

/// The estimate of a table with these counts.
fn estimate_of(cast: &Cast, counts: &[u64]) -> Option<f64> {
    let mut table = cast.table.clone();
    for (cell, count) in table.cells.iter_mut().zip(counts) {
        cell.count = *count;
    }
    table.cells.retain(|cell| cell.count > 0);
    let quiet = |_: u64, _: u64| {};
    let settings = without_interval(&cast.settings);
    let answer = estimates::estimate(&table, &settings, None, &quiet).answer;
    let estimate = answer.ok()?.population.estimate?;
    estimate.is_finite().then_some(estimate)
}
