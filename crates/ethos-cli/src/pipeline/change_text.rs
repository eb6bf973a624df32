//! The change between two years as a person reads it in the terminal.

use std::fmt::Write;

use ethos_estimate::{Change, Contrast, Status};

use super::estimate_text::goodness;
use super::internal::list_part;
use super::panel_text::held;
use super::text::{
    INDENT, Replicates, Tested, by_text, diagnostics, labelled, method, model_line, new_table,
    number, paragraph, percent, rests_on, right_align, upper, whole,
};

/// The change in the order a reader needs it: how much, how sure, from which years, what to beware of.
pub(crate) fn render(change: &Change) -> String {
    let mut text = String::new();
    let [first, second] = change.years.as_slice() else {
        return text;
    };
    let settings = &change.settings;
    let _ = writeln!(
        text,
        "Change       {}   ({} interval {}, {})",
        signed(change.difference.estimate),
        percent(settings.level),
        limits(&change.difference, signed),
        method(settings.interval.name()),
    );
    let _ = writeln!(
        text,
        "Ratio        {}   ({})",
        ratio(change.ratio.estimate),
        limits(&change.ratio, ratio),
    );
    for year in [first, second] {
        let interval = match year.status {
            Status::NotEstimable => "no estimate".to_owned(),
            Status::Empty => "nobody seen".to_owned(),
            Status::NoInterval => "no interval: stopped too early".to_owned(),
            Status::Ok | Status::Unbounded => {
                format!("{} – {}", whole(year.lower), upper(year.upper, year.status))
            }
        };
        let _ = writeln!(
            text,
            "{:<INDENT$}{}   ({interval}; {} observed)",
            year.year,
            whole(year.estimate),
            whole(Some(year.observed as f64)),
        );
    }
    let skeleton = settings.skeleton.is_some() && !settings.strata.is_empty();
    let notation = list_part(&change.model, settings.lists.len(), skeleton);
    model_line(&mut text, "Model", &notation, &change.formula);
    held(&mut text, &settings.offsets);
    for (at, fit) in change.fits.iter().enumerate() {
        labelled(
            &mut text,
            if at == 0 { "Fit" } else { "" },
            &format!(
                "{}: deviance {} on {} df, AIC {}, BIC {}, {} parameters",
                fit.year,
                number(fit.deviance, 4),
                fit.df,
                number(fit.aic, 3),
                number(fit.bic, 3),
                fit.parameters,
            ),
        );
        if let Some(tests) = &fit.goodness_of_fit {
            labelled(&mut text, "", &goodness(tests, fit.df));
        }
    }
    if !change.strata.is_empty() {
        let header = [
            "",
            &first.year,
            &second.year,
            "change",
            "lower",
            "upper",
            "ratio",
        ];
        let mut table = new_table(&header);
        let margins = change.strata.iter().any(|s| s.by.len() == 1);
        for stratum in change.strata.iter().filter(|s| !margins || s.by.len() == 1) {
            let limit = |value: Option<f64>| match (value, stratum.difference.status) {
                (None, Status::Unbounded) => "no limit".to_owned(),
                _ => signed(value),
            };
            table.add_row([
                by_text(&stratum.by),
                whole(stratum.years[0].estimate),
                whole(stratum.years[1].estimate),
                signed(stratum.difference.estimate),
                limit(stratum.difference.lower),
                limit(stratum.difference.upper),
                ratio(stratum.ratio.estimate),
            ]);
        }
        right_align(&mut table);
        let _ = writeln!(text, "\n{table}");
    }
    let bootstrap = &change.bootstrap;
    let replicates = Replicates {
        drawn: bootstrap.replicates,
        asked: bootstrap.asked,
        stopped: bootstrap.stopped.is_some(),
        of: format!(
            " of {} {}, {} of them in both years",
            whole(Some(bootstrap.units as f64)),
            settings.unit,
            whole(Some(bootstrap.units_in_both as f64)),
        ),
        failed: bootstrap.failed,
        monte_carlo_se: &change.difference.monte_carlo_se,
        seed: settings.seed,
    };
    replicates.write(&mut text);
    diagnostics(&mut text, &change.diagnostics);
    text.push('\n');
    let fits = &change.fits;
    let tested = if fits.iter().all(|f| f.df <= 0) {
        Tested::NothingLeftOut
    } else if fits
        .iter()
        .any(|f| f.goodness_of_fit.is_some_and(|t| t.df > 0))
    {
        Tested::ByTheFit
    } else {
        Tested::ByNothing
    };
    let words = rests_on(settings, tested);
    paragraph(
        &mut text,
        &format!(
            "In both years: {}{}",
            words[..1].to_lowercase(),
            &words[1..]
        ),
    );
    text
}

fn limits(contrast: &Contrast, show: impl Fn(Option<f64>) -> String) -> String {
    match contrast.status {
        Status::NotEstimable => "not estimable".into(),
        Status::Empty => "nobody was seen".into(),
        Status::NoInterval => "no interval: stopped too early".into(),
        Status::Ok | Status::Unbounded => {
            let limit = |l: Option<f64>| l.map_or("no limit".into(), |l| show(Some(l)));
            format!("{} – {}", limit(contrast.lower), limit(contrast.upper))
        }
    }
}

/// A whole number of persons with its sign.
fn signed(value: Option<f64>) -> String {
    match value {
        Some(v) if v >= 0.5 => format!("+{}", whole(value)),
        _ => whole(value),
    }
}

fn ratio(value: Option<f64>) -> String {
    value.map_or("–".into(), |v| format!("{v:.3}"))
}
