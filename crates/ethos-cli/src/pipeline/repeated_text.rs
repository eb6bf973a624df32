//! An estimate from repeated contacts as a person reads it in the terminal.

use std::fmt::Write;

use ethos_estimate::{EstimatorRow, LikelihoodOf, RepeatedEstimate, Status};

use super::text::{
    Replicates, diagnostics, headline, labelled, margins, new_table, number, paragraph, persons,
    right_align, upper, whole,
};

/// The estimate in the order a reader needs it: what, how sure, from how many, what the other
/// estimators say, what to beware of.
pub(crate) fn render(estimate: &RepeatedEstimate) -> String {
    let mut text = String::new();
    headline(&mut text, &estimate.population);
    let row = estimate.estimator(estimate.family.name());
    if let Some(row) = row.filter(|row| row.status == Status::Ok) {
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
        "Observed     {}, {} contacts",
        persons(estimate.observed as f64),
        whole(Some(estimate.contacts as f64)),
    );
    if estimate.unobserved.estimate.is_some() {
        let _ = writeln!(text, "Unobserved   {}", whole(estimate.unobserved.estimate));
    }
    let model = &estimate.model;
    let whom = match model.likelihood_of {
        LikelihoodOf::All => "persons",
        LikelihoodOf::OnceOrTwice => "persons seen once or twice",
        LikelihoodOf::TwiceOrMore => "persons seen twice or more",
    };
    labelled(
        &mut text,
        "Model",
        &format!(
            "{} ~ {}, from {} {whom}",
            estimate.family.name(),
            model.formula,
            whole(Some(model.persons as f64)),
        ),
    );
    if model.log_likelihood.is_some() {
        let _ = writeln!(
            text,
            "Fit          log-likelihood {}, AIC {}, BIC {}, {} parameter{}",
            number(model.log_likelihood, 4),
            number(model.aic, 3),
            number(model.bic, 3),
            model.parameters,
            if model.parameters == 1 { "" } else { "s" },
        );
    }
    let _ = writeln!(text, "\n{}", frequencies(estimate));
    let _ = writeln!(text, "\n{}", estimators(estimate));
    paragraph(
        &mut text,
        "ztpoisson takes contacts for Poisson at the rate of the covariates; chao is a lower bound where people differ more; \
         zelterman goes by those seen once or twice; zotpoisson and chao-modified leave out those seen once.",
    );
    if model.coefficients.len() > 1 && row.is_some_and(|r| r.estimate.is_some()) {
        let mut table = new_table(&["coefficient", "estimate", "se"]);
        for c in &model.coefficients {
            table.add_row([c.term.clone(), number(c.estimate, 4), number(c.se, 4)]);
        }
        right_align(&mut table);
        let _ = writeln!(text, "\n{table}");
    }
    margins(&mut text, &estimate.strata);
    if let Some(bootstrap) = &estimate.bootstrap {
        Replicates::new(bootstrap, estimate.settings.seed).write(&mut text);
    }
    diagnostics(&mut text, &estimate.diagnostics);
    text.push('\n');
    paragraph(
        &mut text,
        "It rests on assumptions that no data can test: that nobody came or left in the period, that everybody could be \
         seen, and that one contact makes the next neither likelier nor less likely.",
    );
    text
}

fn frequencies(estimate: &RepeatedEstimate) -> String {
    let mut table = new_table(&["times seen", "persons", "expected"]);
    for row in &estimate.frequencies {
        table.add_row([
            row.times.to_string(),
            whole(Some(row.observed as f64)),
            row.expected.map_or("–".into(), grouped),
        ]);
    }
    right_align(&mut table);
    table.to_string()
}

/// An expected number of persons with one decimal, in groups of three digits.
fn grouped(value: f64) -> String {
    let tenths = (10.0 * value).round();
    format!(
        "{}.{:.0}",
        whole(Some((tenths / 10.0).floor())),
        tenths % 10.0
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_persons_have_one_decimal() {
        assert_eq!(grouped(1_606.34), "1,606.3");
        assert_eq!(grouped(0.04), "0.0");
        assert_eq!(grouped(0.97), "1.0");
        assert_eq!(grouped(26.0), "26.0");
    }
}
