//! What the answers of `ethos estimate` have in common on a terminal: numbers, tables, headline, warnings.

use std::collections::BTreeMap;
use std::fmt::Write;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use ethos_estimate::{
    BootstrapReport, Diagnostic, MonteCarloSe, Offset, Population, ResolvedSettings, Severity,
    Status, StratumReport,
};

use crate::output::wrapped;

/// Where what a label stands for begins.
pub(super) const INDENT: usize = 13;
/// Warnings of one kind that are printed; the JSON has all.
const ALIKE: usize = 3;

pub(super) fn new_table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header.iter());
    table
}

pub(super) fn right_align(table: &mut Table) {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// A number of persons, whole, with groups of three digits.
pub(crate) fn whole(value: Option<f64>) -> String {
    let Some(value) = value else {
        return "–".into();
    };
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if value < -0.5 {
        format!("-{text}")
    } else {
        text
    }
}

/// A number of persons with the noun: `1 person`, `1,200 persons`; decimals as they are.
pub(crate) fn persons(number: f64) -> String {
    if number == 1.0 {
        "1 person".into()
    } else if number.fract() == 0.0 {
        format!("{} persons", whole(Some(number)))
    } else {
        format!("{number} persons")
    }
}

pub(super) fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or("–".into(), |value| format!("{value:.decimals$}"))
}

pub(super) fn trim(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A share as per cent: `95 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{} %", trim(100.0 * share, 1))
}

/// A p-value after its name: `p = 0.054`.
pub(super) fn p_value(p: Option<f64>) -> String {
    match p {
        None => "p unknown".into(),
        Some(p) if p < 0.0001 => "p < 0.0001".into(),
        Some(p) => format!("p = {p:.4}"),
    }
}

/// An upper limit that may not exist.
pub(super) fn upper(value: Option<f64>, status: Status) -> String {
    match (value, status) {
        (None, Status::Unbounded) => "no upper limit".into(),
        (None, Status::Empty) => "nobody seen".into(),
        _ => whole(value),
    }
}

/// How an interval was made, in words.
pub(super) fn method(name: &str) -> String {
    let (base, corrected) = match name.strip_suffix("-bca") {
        Some(base) => (base, ", bias-corrected and accelerated"),
        None => (name, ""),
    };
    match base {
        "delta" => "log-normal".into(),
        "parametric" | "semiparametric" | "nonparametric" => format!("{base} bootstrap{corrected}"),
        other => other.into(),
    }
}

/// Covariates with their levels: `sex f, age 18-64`.
pub(super) fn by_text(by: &BTreeMap<String, String>) -> String {
    let parts: Vec<String> = by
        .iter()
        .map(|(name, level)| format!("{name} {level}"))
        .collect();
    parts.join(", ")
}

/// The population with its interval.
pub(super) fn headline(text: &mut String, population: &Population) {
    let _ = match population.status {
        Status::NotEstimable => writeln!(text, "Population   not estimable"),
        Status::NoInterval => writeln!(
            text,
            "Population   {}   (no interval: stopped too early)",
            whole(population.estimate)
        ),
        _ => writeln!(
            text,
            "Population   {}   ({} interval {} – {}, {})",
            whole(population.estimate),
            percent(population.level),
            whole(population.lower),
            upper(population.upper, population.status),
            method(&population.interval),
        ),
    };
}

/// A label and what it stands for, wrapped below itself.
pub(super) fn labelled(text: &mut String, label: &str, words: &str) {
    for (at, line) in wrapped(words, INDENT).into_iter().enumerate() {
        let label = if at == 0 { label } else { "" };
        let _ = writeln!(text, "{label:<INDENT$}{line}");
    }
}

/// A model in brackets and as a formula: on one line if they fit.
pub(super) fn model_line(text: &mut String, label: &str, notation: &str, formula: &str) {
    if wrapped(&format!("{notation} - {formula}"), INDENT).len() == 1 {
        let _ = writeln!(text, "{label:<INDENT$}{notation}   {formula}");
    } else {
        let _ = writeln!(text, "{label:<INDENT$}{notation}");
        labelled(text, "", formula);
    }
}

/// One-way margins where there are several covariates, else the strata.
pub(super) fn margins(text: &mut String, strata: &[StratumReport]) {
    if strata.is_empty() {
        return;
    }
    margin_table(text, strata);
    if strata.iter().any(|s| s.by.len() > 1) {
        let _ = writeln!(
            text,
            "Every combination of the covariates is in `--format csv`."
        );
    }
}

/// The table of [`margins`] alone.
pub(super) fn margin_table(text: &mut String, strata: &[StratumReport]) {
    let crossed = strata.iter().any(|s| s.by.len() > 1);
    let mut table = new_table(&["", "observed", "unobserved", "estimate", "lower", "upper"]);
    for stratum in strata.iter().filter(|s| !crossed || s.by.len() == 1) {
        table.add_row([
            by_text(&stratum.by),
            whole(Some(stratum.observed)),
            whole(stratum.unobserved),
            whole(stratum.estimate),
            whole(stratum.lower),
            upper(stratum.upper, stratum.status),
        ]);
    }
    right_align(&mut table);
    let _ = writeln!(text, "\n{table}");
}

/// How many replicates, and how far they leave the limits uncertain.
pub(super) struct Replicates<'a> {
    pub(super) drawn: u64,
    pub(super) asked: u64,
    pub(super) stopped: bool,
    /// What was drawn, where that needs saying.
    pub(super) of: String,
    pub(super) failed: u64,
    pub(super) monte_carlo_se: &'a MonteCarloSe,
    pub(super) seed: Option<u64>,
}

impl<'a> Replicates<'a> {
    pub(super) fn new(bootstrap: &'a BootstrapReport, seed: Option<u64>) -> Self {
        Self {
            drawn: bootstrap.replicates,
            asked: bootstrap.asked,
            stopped: bootstrap.stopped.is_some(),
            of: String::new(),
            failed: bootstrap.failed,
            monte_carlo_se: &bootstrap.monte_carlo_se,
            seed,
        }
    }

    pub(super) fn write(&self, text: &mut String) {
        let asked = if self.stopped {
            format!(" of the {} asked for", whole(Some(self.asked as f64)))
        } else {
            String::new()
        };
        let mut words = format!(
            "{} replicates{asked}{}, {} without an estimate; seed {}.",
            whole(Some(self.drawn as f64)),
            self.of,
            whole(Some(self.failed as f64)),
            self.seed.map_or("–".into(), |seed| seed.to_string()),
        );
        let (lower, upper) = (self.monte_carlo_se.lower, self.monte_carlo_se.upper);
        let moved = match (lower, upper) {
            (Some(_), Some(_)) => {
                format!("the limits by about {} and {}", whole(lower), whole(upper))
            }
            (Some(_), None) => format!("the lower limit by about {}", whole(lower)),
            (None, Some(_)) => format!("the upper limit by about {}", whole(upper)),
            (None, None) => String::new(),
        };
        if !moved.is_empty() {
            let _ = write!(
                words,
                " Another seed would move {moved} (Monte-Carlo standard errors)."
            );
        }
        text.push('\n');
        paragraph(text, &words);
    }
}

/// Warnings and notes; many of one kind are cut short.
pub(super) fn diagnostics(text: &mut String, all: &[Diagnostic]) {
    if all.is_empty() {
        return;
    }
    text.push('\n');
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in all {
        let so_far = told.entry(&diagnostic.code).or_default();
        *so_far += 1;
        if *so_far > ALIKE {
            continue;
        }
        let mark = match diagnostic.severity {
            Severity::Warning => "!",
            Severity::Info => "·",
        };
        let words = format!("{} ({})", diagnostic.message, diagnostic.code);
        for (at, line) in wrapped(&words, 2).into_iter().enumerate() {
            let mark = if at == 0 { mark } else { " " };
            let _ = writeln!(text, "{mark} {line}");
        }
    }
    for (code, count) in told.into_iter().filter(|(_, count)| *count > ALIKE) {
        let _ = writeln!(
            text,
            "· … and {} more ({code}); `--format json` has them all",
            count - ALIKE
        );
    }
}

/// What the data say of the interactions that a model leaves out, the highest-order one aside.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Tested {
    /// There are none: the model has all terms that the cells can tell.
    NothingLeftOut,
    /// The test of fit has degrees of freedom left for them.
    ByTheFit,
    /// Some are left out, and no test of fit exists.
    ByNothing,
    /// Every stratum has its own model and its own fit.
    EachAlone,
}

/// What no data can test, and what the fit tests of the rest. The cells that were seen are one fewer than
/// the terms of lists: the term of all of them together is always the one too many (Fienberg 1972).
pub(super) fn rests_on(settings: &ResolvedSettings, tested: Tested) -> String {
    let lists = settings.lists.len();
    let within = if settings.strata.is_empty() {
        ""
    } else {
        ", within every stratum,"
    };
    let held = |o: &Offset| o.lists.len() == lists;
    let who = if lists == 2 {
        "the two lists".to_owned()
    } else {
        format!("all {lists} lists together")
    };
    let what = match (lists, settings.offsets.iter().any(held)) {
        (_, true) => "depend on each other exactly as they are held to",
        (2, false) => "do not depend on each other",
        _ => "do not interact (the highest-order term, which is zero)",
    };
    let mut text =
        format!("It rests on an assumption that no data can test: that{within} {who} {what}.");
    let left_out = if settings.offsets.iter().all(held) {
        "left out of"
    } else {
        "left out of, or held at a value in,"
    };
    let rest = match tested {
        Tested::NothingLeftOut => String::new(),
        Tested::ByTheFit => {
            format!(
                " The other interactions {left_out} the model are tested only as far as its fit shows."
            )
        }
        Tested::ByNothing => {
            format!(
                " The other interactions {left_out} the model are not tested by its fit either."
            )
        }
        Tested::EachAlone => format!(
            " The other interactions {left_out} the model of a stratum are tested only as far as the fit of that model shows."
        ),
    };
    text.push_str(&rest);
    text
}

/// A sentence on lines of its own.
pub(super) fn paragraph(text: &mut String, words: &str) {
    for line in wrapped(words, 0) {
        let _ = writeln!(text, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_grouped_in_thousands() {
        assert_eq!(whole(Some(1_234_567.4)), "1,234,567");
        assert_eq!(whole(Some(999.6)), "1,000");
        assert_eq!(whole(Some(0.0)), "0");
        assert_eq!(whole(Some(-1_200.0)), "-1,200");
        assert_eq!(whole(None), "–");
        assert_eq!(persons(1.0), "1 person");
        assert_eq!(persons(1_200.0), "1,200 persons");
        assert_eq!(persons(0.5), "0.5 persons");
    }

    /// What cannot be tested is the term of all lists alone; the rest only where the fit has degrees of freedom.
    #[test]
    fn what_no_data_can_test_depends_on_the_model() {
        use ethos_estimate::{CaptureTable, EstimateSettings};
        let words = |cells: &[(&str, u64)], offsets: Vec<Offset>, tested| {
            let lists = ["a", "b", "c"][..cells[0].0.len()].to_vec();
            let table = CaptureTable::from_histories(lists, cells.iter().copied()).unwrap();
            let settings = EstimateSettings {
                offsets,
                ..EstimateSettings::default()
            };
            rests_on(&settings.resolve(&table).unwrap(), tested)
        };
        let two = [("10", 9), ("01", 8), ("11", 7)];
        let three = [("100", 9), ("010", 8), ("001", 5), ("110", 7)];
        let of = |text: String, part: &str| assert!(text.contains(part), "{text}");
        let text = words(&two, vec![], Tested::NothingLeftOut);
        of(
            text,
            "test: that the two lists do not depend on each other.",
        );
        let held = vec![Offset::from_odds_ratio(["a", "b"], 2.0)];
        of(
            words(&two, held.clone(), Tested::NothingLeftOut),
            "the two lists depend on each other exactly as they are held to.",
        );
        let text = words(&three, vec![], Tested::NothingLeftOut);
        of(text.clone(), "that all 3 lists together do not interact");
        assert!(!text.contains("other interactions"), "{text}");
        of(
            words(&three, vec![], Tested::ByTheFit),
            "left out of the model are tested only as far as its fit shows",
        );
        of(
            words(&three, held, Tested::ByTheFit),
            "left out of, or held at a value in, the model are tested",
        );
    }

    #[test]
    fn zeros_are_trimmed_behind_the_point_only() {
        assert_eq!(trim(0.445_740, 5), "0.44574");
        assert_eq!(trim(95.0, 1), "95");
        assert_eq!(trim(100.0, 0), "100");
        assert_eq!(percent(0.999), "99.9 %");
    }

    #[test]
    fn intervals_have_their_method_in_words() {
        assert_eq!(method("semiparametric"), "semiparametric bootstrap");
        assert_eq!(
            method("parametric-bca"),
            "parametric bootstrap, bias-corrected and accelerated"
        );
        assert_eq!(method("profile"), "profile");
    }

    #[test]
    fn many_warnings_of_a_kind_are_cut_short() {
        let all: Vec<Diagnostic> = (0..7)
            .map(|i| Diagnostic {
                code: "lack-of-fit".into(),
                severity: Severity::Warning,
                message: format!("stratum {i}"),
            })
            .collect();
        let mut text = String::new();
        diagnostics(&mut text, &all);
        assert_eq!(text.lines().filter(|l| l.starts_with('!')).count(), 3);
        assert!(text.contains("and 4 more (lack-of-fit)"), "{text}");
    }
}
