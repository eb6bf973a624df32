//! The panel as a person reads it in the terminal: what the assumptions do to the number.

use std::fmt::Write;

use ethos_estimate::{
    DependenceRange, HeldFit, LACK_OF_FIT, Offset, OverCoverageReport, Panel, PanelEstimate,
    SensitivityReport, Status,
};

use super::text::{labelled, new_table, right_align, whole};

/// Odds ratios of the curves that are shown: ½, 1/√2, 1, √2, 2 and 3.
const SHOWN: [usize; 6] = [0, 2, 4, 6, 8, 11];

/// After what the data reject.
const DAGGER: &str = "†";

/// The panel, from what matters most for the number to what matters least; `model` in brackets.
pub(crate) fn render(panel: &Panel, model: &str) -> String {
    let mut text = String::from(
        "What the assumptions do to the number\n\
         None of these figures is a candidate for the estimate: they show what it rests on.\n",
    );
    if let Some(sensitivity) = &panel.sensitivity {
        dependence(&mut text, sensitivity, model);
    }
    unequal_chances(&mut text, panel);
    if let Some(over_coverage) = &panel.over_coverage {
        removals(&mut text, over_coverage);
    }
    pairs(&mut text, panel);
    text
}

/// Odds ratios that were given: one line each.
pub(super) fn held(text: &mut String, offsets: &[Offset]) {
    for held in offsets {
        let words = format!(
            "{} at an odds ratio of {} (given, not estimated)",
            held.lists.join(":"),
            ratio(held.log_odds_ratio.exp()),
        );
        labelled(text, "Held", &words);
    }
}

fn dependence(text: &mut String, sensitivity: &SensitivityReport, model: &str) {
    let _ = writeln!(
        text,
        "\nIf lists attract or avoid each other where the model {model} says they do not\n\
         (odds ratio 1: being on one list says nothing of the other; above 1 they share people)"
    );
    let mark = Mark::of(sensitivity);
    let mut header: Vec<String> = vec!["odds ratio between".into()];
    let first = sensitivity.terms.first();
    header.extend(
        SHOWN
            .iter()
            .filter_map(|&at| Some(mark.beside(ratio(first?.curve.get(at)?.odds_ratio)))),
    );
    header.push("needed for:".into());
    header.extend(
        first
            .iter()
            .flat_map(|term| &term.tipping)
            .map(|tip| mark.beside(format!("{:+.0} %", 100.0 * tip.change))),
    );
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = new_table(&header);
    for term in &sensitivity.terms {
        let mut name = term.lists.join(":");
        if (term.assumed - 1.0).abs() > 1e-12 {
            let _ = write!(name, " (held at {})", ratio(term.assumed));
        }
        let mut row = vec![name];
        row.extend(
            SHOWN
                .iter()
                .filter_map(|&at| term.curve.get(at))
                .map(|point| mark.after(whole(point.estimate), &point.fit)),
        );
        row.push(String::new());
        row.extend(term.tipping.iter().map(|tip| {
            let found = tip.odds_ratio.map_or("–".into(), ratio);
            mark.after(found, &tip.fit)
        }));
        table.add_row(row);
    }
    right_align(&mut table);
    let _ = writeln!(text, "{table}");
    if mark.used {
        let _ = writeln!(
            text,
            "†: given this model the data reject this odds ratio (the fit that holds it has p < {LACK_OF_FIT})."
        );
    }
    said_by_the_data(text, sensitivity);
    let tipping = || sensitivity.terms.iter().flat_map(|term| &term.tipping);
    if tipping().any(|tip| tip.odds_ratio.is_some()) {
        let _ = writeln!(
            text,
            "Needed for: the odds ratio nearest to the one assumed that moves the estimate so much."
        );
    }
    if tipping().any(|tip| tip.odds_ratio.is_none()) {
        let _ = writeln!(text, "–: none between 0.001 and 1,000 does.");
    }
    if let Some(range) = &sensitivity.range {
        declared(text, range);
    }
    evidence(text, sensitivity);
}

/// What the data say of each pair, and of what they cannot.
fn said_by_the_data(text: &mut String, sensitivity: &SensitivityReport) {
    for term in sensitivity.terms.iter().filter(|t| t.fitted.is_some()) {
        let _ = writeln!(
            text,
            "{}  data, given this model: {}",
            term.lists.join(":"),
            with_limits(term.fitted, term.se_log),
        );
    }
    let Some(all) = sensitivity.terms.last() else {
        return;
    };
    let _ = if all.lists.len() > 2 {
        writeln!(
            text,
            "{}  the interaction of that order, a ratio of odds ratios; no data can limit it:\n\
             only what else the model leaves out makes a value of it fit worse.",
            all.lists.join(":"),
        )
    } else {
        writeln!(text, "No data can limit the odds ratio of two lists.")
    };
}

fn declared(text: &mut String, range: &DependenceRange) {
    let name = |at: usize| {
        let one = &range.declared[at];
        format!(
            "{} {} to {}",
            one.lists.join(":"),
            ratio(one.lower),
            ratio(one.upper)
        )
    };
    let varied: Vec<String> = (0..range.declared.len())
        .filter(|at| !range.estimated.contains(at))
        .map(name)
        .collect();
    if !varied.is_empty() {
        let varied = varied.join(", ");
        let _ = if range.failed.is_empty() {
            let at = |place: &Option<Vec<f64>>, fit: &HeldFit| {
                let ratios = place.iter().flatten().map(|value| ratio(*value));
                let mark = if fit.rejected() { DAGGER } else { "" };
                format!("{}{mark}", ratios.collect::<Vec<_>>().join(", "))
            };
            writeln!(
                text,
                "Declared possible ({varied}): {} (at {}) to {} (at {}); with sampling error {} to {}",
                whole(range.smallest),
                at(&range.at.smallest, &range.at.fit.smallest),
                whole(range.largest),
                at(&range.at.largest, &range.at.fit.largest),
                whole(range.lower),
                upper(range.upper, range.status),
            )
        } else {
            writeln!(
                text,
                "Declared possible ({varied}): no range, the model could not be fitted everywhere"
            )
        };
    }
    let estimated: Vec<String> = range.estimated.iter().map(|&at| name(at)).collect();
    if !estimated.is_empty() {
        let _ = writeln!(
            text,
            "Declared, but estimated by the model itself and so not varied: {}",
            estimated.join(", ")
        );
    }
}

fn evidence(text: &mut String, sensitivity: &SensitivityReport) {
    let _ = writeln!(
        text,
        "\nWhat is plausible: odds ratios that the data do show (95 % interval)"
    );
    let mut table = new_table(&[
        "between",
        "in the model",
        "among the people of another list",
    ]);
    for pair in &sensitivity.evidence {
        let fitted = match (pair.in_model, pair.fitted) {
            (false, Some(held)) => format!("{}, assumed", ratio(held)),
            (true, fitted) => with_limits(fitted, pair.se_log),
            (false, None) => "–".into(),
        };
        let among: Vec<String> = pair
            .among
            .iter()
            .map(|one| format!("{}: {}", one.list, with_limits(one.odds_ratio, one.se_log)))
            .collect();
        table.add_row([pair.lists.join(":"), fitted, among.join("   ")]);
    }
    let _ = writeln!(text, "{table}");
}

fn unequal_chances(text: &mut String, panel: &Panel) {
    let _ = writeln!(
        text,
        "\nIf people differ in how easily they are seen, whatever the list"
    );
    let mut table = new_table(&["", "population", "lower", "upper", "deviance", "df"]);
    let mut row = |name: &str, found: &PanelEstimate, fit: [String; 2]| {
        let [deviance, df] = fit;
        table.add_row([
            name.to_owned(),
            whole(found.estimate),
            whole(found.lower),
            upper(found.upper, found.status),
            deviance,
            df,
        ]);
    };
    let none = || [String::new(), String::new()];
    row(
        "at least (Chao's lower bound)",
        &panel.chao.lists_corrected,
        none(),
    );
    if let Some(stratified) = &panel.chao.lists_corrected_stratified {
        row("the same, summed over strata", stratified, none());
    }
    let coverage = &panel.coverage;
    for (name, estimate) in [
        ("sample coverage, independent lists", coverage.independent),
        ("sample coverage, high", coverage.high),
        ("sample coverage, low", coverage.low),
    ] {
        let found = PanelEstimate {
            estimate,
            se: None,
            lower: None,
            upper: None,
            status: Status::Ok,
        };
        if estimate.is_some() {
            row(name, &found, none());
        }
    }
    let mut below = false;
    for model in panel.heterogeneity.iter().filter(|m| m.lists_differ) {
        let negative = model.coefficient.is_some_and(|c| c < 0.0);
        below |= negative;
        let name = format!(
            "{}{}",
            if model.model == "Mt" {
                "Mt: everyone the same"
            } else {
                &model.model
            },
            if negative { " *" } else { "" }
        );
        let deviance = model.deviance.map_or("–".into(), |d| format!("{d:.3}"));
        row(&name, &model.population, [deviance, model.df.to_string()]);
    }
    right_align(&mut table);
    let _ = writeln!(text, "{table}");
    if let Some(found) = coverage.coverage {
        let _ = writeln!(
            text,
            "Of a list's people another list saw {:.0} % on average; its authors advise sample coverage `{}` there.",
            100.0 * found,
            coverage.advised
        );
    }
    if panel
        .heterogeneity
        .iter()
        .any(|m| m.lists_differ && m.model != "Mt")
    {
        let _ = writeln!(
            text,
            "Mth models differ only in the shape they suppose; where their deviances are alike, no data choose between them."
        );
    }
    if below {
        let _ = writeln!(
            text,
            "* people differ less than by chance, which unequal chances cannot explain"
        );
    }
}

fn removals(text: &mut String, over_coverage: &OverCoverageReport) {
    let _ = writeln!(
        text,
        "\nIf some of the people on one list only should not have been on it"
    );
    let mut header: Vec<String> = vec![
        "left out of".into(),
        "only there".into(),
        "per record".into(),
    ];
    header.extend(
        over_coverage
            .all
            .iter()
            .map(|point| format!("{:.0} %", 100.0 * point.removed)),
    );
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = new_table(&header);
    for list in &over_coverage.lists {
        let mut row = vec![
            list.list.clone(),
            whole(Some(list.records)),
            list.influence
                .map_or("–".into(), |influence| format!("{:.1}", -influence)),
        ];
        row.extend(list.curve.iter().map(|point| whole(point.estimate)));
        table.add_row(row);
    }
    let mut row = vec!["all lists".to_owned(), String::new(), String::new()];
    row.extend(over_coverage.all.iter().map(|point| whole(point.estimate)));
    table.add_row(row);
    right_align(&mut table);
    let _ = writeln!(text, "{table}");
}

fn pairs(text: &mut String, panel: &Panel) {
    let _ = writeln!(
        text,
        "\nTwo lists at a time, as if they were independent and alone"
    );
    let stratified = panel.pairs.iter().any(|p| p.chapman_stratified.is_some());
    let mut header = vec![
        "",
        "on both",
        "Lincoln–Petersen",
        "Chapman",
        "lower",
        "upper",
        "smallest odds ratio",
    ];
    if stratified {
        header.push("Chapman by strata");
    }
    let mut table = new_table(&header);
    for pair in &panel.pairs {
        let mut row = vec![
            pair.lists.join(":"),
            whole(Some(pair.both)),
            whole(pair.petersen.estimate),
            whole(pair.chapman.estimate),
            whole(pair.chapman.lower),
            upper(pair.chapman.upper, pair.chapman.status),
            pair.smallest_odds_ratio.map_or("–".into(), ratio),
        ];
        if let Some(sum) = &pair.chapman_stratified {
            row.push(whole(sum.estimate));
        }
        table.add_row(row);
    }
    right_align(&mut table);
    let _ = writeln!(
        text,
        "{table}\nSmallest odds ratio: below it, two lists leave no room for the people that other lists saw."
    );
}

/// Whether anything is marked as rejected: then what is not keeps the room for a mark.
struct Mark {
    used: bool,
}

impl Mark {
    fn of(sensitivity: &SensitivityReport) -> Self {
        let terms = || sensitivity.terms.iter();
        let mut points = terms().flat_map(|t| SHOWN.iter().filter_map(|&at| t.curve.get(at)));
        let mut tips = terms().flat_map(|t| &t.tipping);
        let ends = sensitivity.range.iter().map(|range| range.at.fit);
        Self {
            used: points.any(|point| point.fit.rejected())
                || tips.any(|tip| tip.fit.rejected())
                || ends
                    .flat_map(|fit| [fit.smallest, fit.largest])
                    .any(|fit| fit.rejected()),
        }
    }

    fn after(&self, cell: String, fit: &HeldFit) -> String {
        if fit.rejected() {
            cell + DAGGER
        } else {
            self.beside(cell)
        }
    }

    fn beside(&self, cell: String) -> String {
        if self.used { cell + " " } else { cell }
    }
}

/// An upper limit, or that there is none.
fn upper(limit: Option<f64>, status: Status) -> String {
    if status == Status::Unbounded {
        "no limit".into()
    } else {
        whole(limit)
    }
}

/// An odds ratio with the 95 % interval of its logarithm.
fn with_limits(odds_ratio: Option<f64>, se_log: Option<f64>) -> String {
    let Some(found) = odds_ratio else {
        return "–".into();
    };
    let Some(se) = se_log else {
        return ratio(found);
    };
    let factor = (1.959_964 * se).exp();
    format!(
        "{} ({}–{})",
        ratio(found),
        ratio(found / factor),
        ratio(found * factor)
    )
}

/// An odds ratio with three significant digits.
fn ratio(value: f64) -> String {
    let text = match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 0.1 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    };
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_ratios_have_three_digits() {
        for (value, want) in [
            (0.5, "0.5"),
            (std::f64::consts::SQRT_2, "1.41"),
            (0.012_34, "0.012"),
            (12.345, "12.3"),
            (200.0, "200"),
        ] {
            assert_eq!(ratio(value), want);
        }
    }
}
