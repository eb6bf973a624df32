//! An estimate as a person reads it in the terminal.

use std::fmt::Write;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use ethos_estimate::{Estimate, ModelRow, Severity, Status};

use super::internal::list_part;
use super::panel_text;

/// Rows of the model ladder that are shown unless all are asked for.
const LADDER: usize = 8;

/// The estimate in the order a reader needs it: what, how sure, how many were seen, by which
/// model, what to beware of.
pub(crate) fn render(estimate: &Estimate, all_models: bool) -> String {
    let mut text = String::new();
    let population = &estimate.population;
    let level = format!("{} %", trim(100.0 * population.level, 1));
    let _ = match population.status {
        Status::NotEstimable => writeln!(text, "Population   not estimable"),
        Status::NoInterval => writeln!(
            text,
            "Population   {}   (no interval: stopped too early)",
            whole(population.estimate)
        ),
        _ => writeln!(
            text,
            "Population   {}   ({level} interval {} – {}, {})",
            whole(population.estimate),
            whole(population.lower),
            population
                .upper
                .map_or("no upper limit".into(), |upper| whole(Some(upper))),
            population.interval,
        ),
    };
    if let Some(bootstrap) = estimate.bootstrap.as_ref().filter(|b| b.bca.is_some()) {
        let _ = writeln!(
            text,
            "Percentile   {} – {}",
            whole(bootstrap.percentile.lower),
            bootstrap
                .percentile
                .upper
                .map_or("no upper limit".into(), |upper| whole(Some(upper))),
        );
    }
    let _ = writeln!(text, "Observed     {}", whole(Some(estimate.observed)));
    let unseen = &estimate.unobserved;
    let _ = writeln!(
        text,
        "Unobserved   {}   (standard error of its logarithm {})",
        whole(unseen.estimate),
        unseen.se_log.map_or("–".into(), |se| trim(se, 5)),
    );
    if let Some(model) = &estimate.model {
        let _ = writeln!(
            text,
            "{}   {}   {}",
            if estimate.settings.average {
                "Best model"
            } else {
                "Model     "
            },
            short(estimate, &model.notation),
            model.formula
        );
        let _ = writeln!(
            text,
            "Fit          deviance {} on {} df, AIC {}, BIC {}, {} parameters",
            number(model.deviance, 4),
            model.df,
            number(model.aic, 3),
            number(model.bic, 3),
            model.parameters,
        );
    }
    if let Some(average) = &estimate.average {
        let _ = writeln!(
            text,
            "Average      {} over {} (log scale)",
            whole(average.estimate),
            models(average.models)
        );
    }
    if !estimate.strata.is_empty() {
        let margins: Vec<_> = estimate.strata.iter().filter(|s| s.by.len() == 1).collect();
        let shown = if margins.is_empty() {
            estimate.strata.iter().collect()
        } else {
            margins
        };
        let mut table = new_table(&["", "observed", "unobserved", "estimate", "lower", "upper"]);
        for stratum in shown {
            let by: Vec<String> = stratum
                .by
                .iter()
                .map(|(name, level)| format!("{name} {level}"))
                .collect();
            table.add_row([
                by.join(", "),
                whole(Some(stratum.observed)),
                whole(stratum.unobserved),
                whole(stratum.estimate),
                whole(stratum.lower),
                whole(stratum.upper),
            ]);
        }
        right_align(&mut table);
        let _ = writeln!(text, "\n{table}");
    }
    if estimate.models.len() > 1 {
        let _ = writeln!(text, "\n{}", ladder(estimate, all_models));
    }
    if let Some(bootstrap) = &estimate.bootstrap {
        let asked = if bootstrap.stopped.is_some() {
            format!(" of {} asked for", bootstrap.asked)
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "\n{}{asked} replicates, {} without an estimate; Monte-Carlo error of the limits {} and {}; seed {}",
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
            let mark = if diagnostic.severity == Severity::Warning {
                "!"
            } else {
                "·"
            };
            let _ = writeln!(text, "{mark} {} ({})", diagnostic.message, diagnostic.code);
        }
    }
    let held = if estimate.settings.offsets.is_empty() {
        "absent"
    } else {
        "absent, or as large as they are held"
    };
    let _ = writeln!(
        text,
        "\nIt rests on an assumption that no data can test: that the interactions left out of the model are {held}."
    );
    if let Some(panel) = &estimate.panel {
        let model = panel
            .sensitivity
            .as_ref()
            .map(|s| short(estimate, &s.model));
        text.push('\n');
        text.push_str(&panel_text::render(panel, &model.unwrap_or_default()));
    }
    text
}

fn ladder(estimate: &Estimate, all: bool) -> String {
    let shown = if all {
        estimate.models.len()
    } else {
        LADDER.min(estimate.models.len())
    };
    let mut table = new_table(&[
        "model", "estimate", "se", "deviance", "df", "AIC", "BIC", "weight", "",
    ]);
    for row in &estimate.models[..shown] {
        table.add_row([
            short(estimate, &row.notation),
            whole(row.estimate),
            whole(row.se),
            number(row.deviance, 3),
            row.df.to_string(),
            number(row.aic, 2),
            number(row.bic, 2),
            number(row.weight, 3),
            refusal(row).into(),
        ]);
    }
    right_align(&mut table);
    let mut text = format!("{} searched", models(estimate.models_searched));
    if shown < estimate.models_searched {
        let _ = write!(
            text,
            ", the best {shown} shown (`--search all --format json` lists every one)"
        );
    }
    format!("{text}\n{table}")
}

/// `1 model`, `8 models`.
fn models(number: usize) -> String {
    format!("{number} model{}", if number == 1 { "" } else { "s" })
}

/// A notation without what every model of the search has in common.
fn short(estimate: &Estimate, notation: &str) -> String {
    let settings = &estimate.settings;
    let skeleton = settings.skeleton.is_some() && !settings.strata.is_empty();
    list_part(notation, settings.lists.len(), skeleton)
}

fn refusal(row: &ModelRow) -> &'static str {
    match (row.exists, row.identifiable) {
        (true, true) => "",
        (false, _) => "no estimate exists",
        (true, false) => "not identifiable",
    }
}

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

/// A number of persons, whole, with thin groups of three digits.
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

pub(super) fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or("–".into(), |value| format!("{value:.decimals$}"))
}

pub(super) fn trim(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_grouped_in_thousands() {
        assert_eq!(whole(Some(1_234_567.4)), "1,234,567");
        assert_eq!(whole(Some(999.6)), "1,000");
        assert_eq!(whole(Some(0.0)), "0");
        assert_eq!(whole(None), "–");
    }
}
