//! An estimate from repeated contacts as a person reads it in the terminal.

use std::fmt::Write;

use ethos_estimate::{EstimatorRow, RepeatedEstimate, Severity, Status, StratumReport};

use super::estimate_text::{new_table, number, right_align, trim, whole};

/// The estimate in the order a reader needs it: what, how sure, from how many, what the other
/// estimators say, what to beware of.
pub(crate) fn render(estimate: &RepeatedEstimate) -> String {
    let mut text = String::new();
    let population = &estimate.population;
    let level = format!("{} %", trim(100.0 * population.level, 1));
    let _ = match population.status {
        Status::NotEstimable => writeln!(text, "Population   not estimable"),
        Status::NoInterval => writeln!(
            text,
            "Population   {}   (stopped before it had an interval)",
            whole(population.estimate)
        ),
        _ => writeln!(
            text,
            "Population   {}   ({level} interval {} – {}, {})",
            whole(population.estimate),
            whole(population.lower),
            upper(population.upper, population.status),
            match population.interval.as_str() {
                "delta" => "log-normal",
                other => other,
            },
        ),
    };
    let headline = estimate.estimator(estimate.family.name());
    if let Some(row) = headline.filter(|row| row.status == Status::Ok) {
        let _ = writeln!(
            text,
            "             standard error {}; normal interval {} – {}",
            whole(row.se),
            whole(row.normal.lower),
            whole(row.normal.upper),
        );
    }
    let _ = writeln!(
        text,
        "Observed     {} persons, {} contacts",
        whole(Some(estimate.observed as f64)),
        whole(Some(estimate.contacts as f64)),
    );
    let _ = writeln!(text, "Unobserved   {}", whole(estimate.unobserved.estimate));
    let model = &estimate.model;
    let _ = writeln!(
        text,
        "Model        {} ~ {}, from {} persons",
        estimate.family.name(),
        model.formula,
        whole(Some(model.persons as f64)),
    );
    let _ = writeln!(
        text,
        "Fit          log-likelihood {}, AIC {}, BIC {}, {} parameters",
        number(model.log_likelihood, 4),
        number(model.aic, 3),
        number(model.bic, 3),
        model.parameters,
    );
    let _ = writeln!(text, "\n{}", frequencies(estimate));
    let _ = writeln!(text, "\n{}", estimators(estimate));
    if estimate.model.coefficients.len() > 1 && headline.is_some_and(|r| r.estimate.is_some()) {
        let mut table = new_table(&["coefficient", "estimate", "se"]);
        for c in &model.coefficients {
            table.add_row([c.term.clone(), number(c.estimate, 4), number(c.se, 4)]);
        }
        right_align(&mut table);
        let _ = writeln!(text, "\n{table}");
    }
    if !estimate.strata.is_empty() {
        let _ = writeln!(text, "\n{}", strata(&estimate.strata));
    }
    if let Some(bootstrap) = &estimate.bootstrap {
        let _ = writeln!(
            text,
            "\n{} replicates, {} without an estimate; Monte-Carlo error of the limits {} and {}; seed {}",
            bootstrap.replicates,
            bootstrap.failed,
            whole(bootstrap.monte_carlo_se.lower),
            whole(bootstrap.monte_carlo_se.upper),
            estimate
                .settings
                .seed
                .map_or("–".into(), |seed| seed.to_string()),
        );
    }
    if !estimate.diagnostics.is_empty() {
        text.push('\n');
        for diagnostic in &estimate.diagnostics {
            let mark = match diagnostic.severity {
                Severity::Warning => "!",
                Severity::Info => "·",
            };
            let _ = writeln!(text, "{mark} {} ({})", diagnostic.message, diagnostic.code);
        }
    }
    let _ = writeln!(
        text,
        "\nIt rests on assumptions that no data can test: that nobody came or left in the period, that everybody could be \
         seen, and that one contact makes the next neither likelier nor less likely."
    );
    text
}

fn upper(value: Option<f64>, status: Status) -> String {
    match (value, status) {
        (None, Status::Unbounded) => "no upper limit".into(),
        _ => whole(value),
    }
}

fn frequencies(estimate: &RepeatedEstimate) -> String {
    let mut table = new_table(&["times seen", "persons", "expected"]);
    for row in &estimate.frequencies {
        table.add_row([
            row.times.to_string(),
            whole(Some(row.observed as f64)),
            number(row.expected, 1),
        ]);
    }
    right_align(&mut table);
    table.to_string()
}

fn estimators(estimate: &RepeatedEstimate) -> String {
    let mut table = new_table(&["estimator", "estimate", "se", "lower", "upper", ""]);
    for row in &estimate.estimators {
        table.add_row([
            name(row),
            whole(row.estimate),
            whole(row.se),
            whole(row.lognormal.lower),
            upper(row.lognormal.upper, row.status),
            match row.status {
                Status::NotEstimable => "no estimate exists".into(),
                _ => String::new(),
            },
        ]);
    }
    right_align(&mut table);
    table.to_string()
}

fn name(row: &EstimatorRow) -> String {
    match &row.formula {
        Some(formula) => format!("{} ~ {formula}", row.estimator),
        None => row.estimator.clone(),
    }
}

/// One-way margins where there are several covariates, else the strata.
fn strata(all: &[StratumReport]) -> String {
    let margins: Vec<&StratumReport> = all.iter().filter(|s| s.by.len() == 1).collect();
    let shown = if margins.is_empty() {
        all.iter().collect()
    } else {
        margins
    };
    let mut table = new_table(&["", "observed", "unobserved", "estimate", "lower", "upper"]);
    for stratum in shown {
        let by: Vec<String> = stratum.by.iter().map(|(k, v)| format!("{k} {v}")).collect();
        table.add_row([
            by.join(", "),
            whole(Some(stratum.observed)),
            whole(stratum.unobserved),
            whole(stratum.estimate),
            whole(stratum.lower),
            upper(stratum.upper, stratum.status),
        ]);
    }
    right_align(&mut table);
    table.to_string()
}
