//! The change between two years as a person reads it in the terminal.

use std::fmt::Write;

use ethos_estimate::{Change, Contrast, Severity, Status};

use super::estimate_text::{new_table, right_align, whole};

/// The change in the order a reader needs it: how much, how sure, from which years, what to beware of.
pub(crate) fn render(change: &Change) -> String {
    let mut text = String::new();
    let [first, second] = change.years.as_slice() else {
        return text;
    };
    let level = 100.0 * change.settings.level;
    let _ = writeln!(
        text,
        "Change       {}   ({level} % interval {}, {})",
        signed(change.difference.estimate),
        limits(&change.difference, signed),
        change.settings.interval.name(),
    );
    let _ = writeln!(
        text,
        "Ratio        {}   ({})",
        ratio(change.ratio.estimate),
        limits(&change.ratio, ratio),
    );
    for year in [first, second] {
        let upper = match year.status {
            Status::Unbounded => "no upper limit".to_owned(),
            _ => whole(year.upper),
        };
        let _ = writeln!(
            text,
            "{:<12} {}   ({} – {upper}; {} observed)",
            year.year,
            whole(year.estimate),
            whole(year.lower),
            whole(Some(year.observed as f64)),
        );
    }
    let _ = writeln!(text, "Model        {}   {}", change.model, change.formula);
    if !change.strata.is_empty() {
        let mut table = new_table(&["", &first.year, &second.year, "change", "interval", "ratio"]);
        let margins = change.strata.iter().any(|s| s.by.len() == 1);
        for stratum in change.strata.iter().filter(|s| !margins || s.by.len() == 1) {
            let by: Vec<String> = stratum
                .by
                .iter()
                .map(|(name, level)| format!("{name} {level}"))
                .collect();
            table.add_row([
                by.join(", "),
                whole(stratum.years[0].estimate),
                whole(stratum.years[1].estimate),
                signed(stratum.difference.estimate),
                limits(&stratum.difference, signed),
                ratio(stratum.ratio.estimate),
            ]);
        }
        right_align(&mut table);
        let _ = writeln!(text, "\n{table}");
    }
    let bootstrap = &change.bootstrap;
    let asked = if bootstrap.stopped.is_some() {
        format!(" of {} asked for", bootstrap.asked)
    } else {
        String::new()
    };
    let _ = writeln!(
        text,
        "\n{}{asked} replicates of {} {}, {} in both years; {} without an estimate; Monte-Carlo error of the limits {} and {}; seed {}",
        bootstrap.replicates,
        bootstrap.units,
        change.settings.unit,
        bootstrap.units_in_both,
        bootstrap.failed,
        whole(change.difference.monte_carlo_se.lower),
        whole(change.difference.monte_carlo_se.upper),
        change
            .settings
            .seed
            .map_or("–".into(), |seed| seed.to_string()),
    );
    if !change.diagnostics.is_empty() {
        text.push('\n');
        for diagnostic in &change.diagnostics {
            let mark = if diagnostic.severity == Severity::Warning {
                "!"
            } else {
                "·"
            };
            let _ = writeln!(text, "{mark} {} ({})", diagnostic.message, diagnostic.code);
        }
    }
    let _ = writeln!(
        text,
        "\nIt rests on an assumption that no data can test: that the interactions left out of the model are absent in both years."
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
