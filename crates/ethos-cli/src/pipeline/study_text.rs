//! A simulation study as a person reads it: tables that are Markdown too.

use std::fmt::Write;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use ethos_estimate::validate::{Cell, CellResult, Measured, StudyReport, standard_estimators};

/// Warnings raised less often than this are left out of the table.
const RARE: f64 = 0.05;

fn table(header: &[&str], left: usize) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    for column in table.column_iter_mut().skip(left) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The cells and what they are about.
pub(crate) fn catalogue(cells: &[Cell]) -> String {
    let mut out = table(
        &["cell", "about", "estimators", "persons", "lists", "seen %"],
        3,
    );
    for cell in cells {
        let estimators = if cell.estimators.is_empty() {
            standard_estimators(&cell.process)
        } else {
            cell.estimators.clone()
        };
        let names: Vec<&str> = estimators.iter().map(|e| e.name.as_str()).collect();
        // A cell with wrong numbers is refused when it is run.
        let seen = cell.process.check().map_or("–".into(), |()| {
            format!("{:.0}", 100.0 * cell.process.seen())
        });
        out.add_row([
            cell.name.clone(),
            cell.about.clone(),
            names.join(", "),
            cell.process.population.to_string(),
            cell.process.coverage.len().to_string(),
            seen,
        ]);
    }
    format!("{out}\n")
}

/// Three tables: truths inside the model family, truths outside it, and what warned.
pub(crate) fn render(report: &StudyReport) -> String {
    let mut text = String::new();
    let (inside, outside): (Vec<&CellResult>, Vec<&CellResult>) =
        report.cells.iter().partition(|c| c.outside.is_empty());
    for (title, cells) in [
        ("Truths that the model family contains", &inside),
        ("Truths outside the model family", &outside),
    ] {
        if !cells.is_empty() {
            let _ = writeln!(
                text,
                "{title}, in % (Monte-Carlo standard errors in brackets)\n"
            );
            let _ = writeln!(text, "{}\n", scores(cells));
        }
    }
    let _ = writeln!(
        text,
        "Diagnostics raised in at least {:.0}% of the simulations, in %\n",
        100.0 * RARE
    );
    let _ = writeln!(text, "{}", warnings(&report.cells));
    if let Some(run) = report.cells.first().map(|c| c.run) {
        let _ = writeln!(
            text,
            "\n{} simulations, {} replicates, seed {}. Error and width are relative to the population; \
             width is the median; coverage is of the simulations with an estimate.",
            run.simulations, run.replicates, run.seed
        );
    }
    text
}

fn scores(cells: &[&CellResult]) -> Table {
    let mut out = table(
        &[
            "cell",
            "estimator",
            "bias",
            "RMSE",
            "median error",
            "coverage",
            "above truth",
            "below truth",
            "width",
            "no upper limit",
            "no estimate",
        ],
        2,
    );
    for cell in cells {
        for (at, result) in cell.estimators.iter().enumerate() {
            let m = &result.measures;
            out.add_row([
                if at == 0 {
                    cell.name.clone()
                } else {
                    String::new()
                },
                result.estimator.name.clone(),
                with_error(m.bias, 2),
                with_error(m.rmse, 2),
                percent(m.median_error, 2),
                with_error(m.coverage, 1),
                percent(m.missed_left, 1),
                percent(m.missed_right, 1),
                percent(m.median_width, 1),
                percent(m.unbounded, 1),
                percent(m.failed, 1),
            ]);
        }
    }
    out
}

fn warnings(cells: &[CellResult]) -> Table {
    let mut out = table(
        &["cell", "outside because of", "estimator", "diagnostics"],
        4,
    );
    for cell in cells {
        let outside: Vec<String> = cell.outside.iter().map(ToString::to_string).collect();
        for (at, result) in cell.estimators.iter().enumerate() {
            let mut raised: Vec<(f64, &str)> = result
                .measures
                .warnings
                .iter()
                .filter_map(|w| Some((w.rate.value.filter(|r| *r >= RARE)?, w.code.as_str())))
                .collect();
            raised.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
            let raised: Vec<String> = raised
                .iter()
                .map(|(rate, code)| format!("{code} {:.0}", 100.0 * rate))
                .collect();
            out.add_row([
                if at == 0 {
                    cell.name.clone()
                } else {
                    String::new()
                },
                if at == 0 {
                    outside.join(", ")
                } else {
                    String::new()
                },
                result.estimator.name.clone(),
                raised.join(", "),
            ]);
        }
    }
    out
}

fn percent(measured: Measured, digits: usize) -> String {
    measured
        .value
        .map_or("–".into(), |v| format!("{:.digits$}", 100.0 * v))
}

fn with_error(measured: Measured, digits: usize) -> String {
    match measured.se {
        Some(se) => format!("{} ({:.digits$})", percent(measured, digits), 100.0 * se),
        None => percent(measured, digits),
    }
}
