//! An estimate as a person reads it in the terminal.

use std::fmt::Write;

use ethos_estimate::{
    Estimate, GoodnessOfFit, HouseholdReport, MAX_ENUMERATED_LISTS, ModelRow, SeKind, Status,
    StratumReport,
};

use super::internal::list_part;
use super::panel_text;
use super::text::{
    Replicates, Tested, by_text, diagnostics, headline, labelled, margin_table, margins,
    model_line, new_table, number, p_value, paragraph, percent, rests_on, right_align, trim, upper,
    whole,
};

/// Rows of the model ladder that are shown unless all are asked for.
const LADDER: usize = 8;

/// More small cells than this share make p-values rough.
const MANY_SMALL: f64 = 0.2;

/// The estimate in the order a reader needs it: what, how sure, how many were seen, by which
/// model, what to beware of.
pub(crate) fn render(estimate: &Estimate, all_models: bool) -> String {
    let mut text = String::new();
    headline(&mut text, &estimate.population);
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
    if let Some(se) = estimate.population.se {
        labelled(
            &mut text,
            "Std. error",
            &format!("{}{}", whole(Some(se)), error_kind(estimate)),
        );
    }
    let _ = writeln!(text, "Observed     {}", whole(Some(estimate.observed)));
    let unseen = &estimate.unobserved;
    if unseen.estimate.is_some() {
        let error = unseen.se_log.map_or(String::new(), |se| {
            format!("   (standard error of its logarithm {})", trim(se, 5))
        });
        let _ = writeln!(text, "Unobserved   {}{error}", whole(unseen.estimate));
    }
    let households = estimate
        .bootstrap
        .as_ref()
        .and_then(|b| b.households.as_ref());
    if let Some(households) = households {
        labelled(&mut text, "Households", &together(households));
    }
    model(&mut text, estimate);
    panel_text::held(&mut text, &estimate.settings.offsets);
    // Every exact search computes the average; it is the answer only where it was asked for.
    if let Some(average) = estimate
        .average
        .as_ref()
        .filter(|_| estimate.settings.average)
    {
        let _ = writeln!(
            text,
            "Average      {} over {}, on the log scale of the unseen",
            whole(average.estimate),
            models(average.models)
        );
    }
    if estimate.settings.separate || estimate.strata.iter().any(|s| s.model.is_some()) {
        each_alone(&mut text, estimate);
        if estimate.settings.strata.len() > 1 {
            margin_table(&mut text, &estimate.strata);
        }
    } else {
        margins(&mut text, &estimate.strata);
    }
    if estimate.models.len() > 1 {
        let _ = writeln!(text, "\n{}", ladder(estimate, all_models));
    }
    if let Some(bootstrap) = &estimate.bootstrap {
        Replicates::new(bootstrap, estimate.settings.seed).write(&mut text);
    }
    diagnostics(&mut text, &estimate.diagnostics);
    let tested = match &estimate.model {
        None => Tested::EachAlone,
        Some(model) if model.df <= 0 => Tested::NothingLeftOut,
        Some(model) if model.goodness_of_fit.is_some_and(|t| t.df > 0) => Tested::ByTheFit,
        Some(_) => Tested::ByNothing,
    };
    text.push('\n');
    paragraph(&mut text, &rests_on(&estimate.settings, tested));
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

/// What the standard error counts, and the spread of the replicates beside it.
fn error_kind(estimate: &Estimate) -> String {
    let settings = &estimate.settings;
    let of = match estimate.population.se_kind {
        SeKind::OverModels => "over the models averaged",
        SeKind::ModelAlone if settings.separate => "the model of each stratum alone",
        SeKind::ModelAlone => "this model alone",
    };
    let sd = estimate.bootstrap.as_ref().and_then(|b| b.sd);
    let beside = sd.map_or(String::new(), |sd| {
        format!("; {} over the replicates", whole(Some(sd)))
    });
    format!("   ({of}{beside})")
}

/// The model, what its numbers stand for, and how it fits.
fn model(text: &mut String, estimate: &Estimate) {
    let Some(model) = &estimate.model else {
        return;
    };
    let notation = short(estimate, &model.notation);
    let lists = &estimate.settings.lists;
    if notation.bytes().any(|b| b.is_ascii_digit()) && lists.len() < 10 {
        let named: Vec<String> = (1..)
            .zip(lists)
            .map(|(at, name)| format!("{at} {name}"))
            .collect();
        labelled(text, "Lists", &named.join(", "));
    }
    let label = if estimate.settings.average {
        "Best model"
    } else {
        "Model"
    };
    model_line(text, label, &notation, &model.formula);
    // Where covariates are missing there is no deviance.
    let fit = match model.deviance {
        Some(deviance) => format!("deviance {deviance:.4} on {} df", model.df),
        None => format!("log-likelihood {}", number(model.log_likelihood, 4)),
    };
    let _ = writeln!(
        text,
        "Fit          {fit}, AIC {}, BIC {}, {} parameters",
        number(model.aic, 3),
        number(model.bic, 3),
        model.parameters,
    );
    if let Some(tests) = &model.goodness_of_fit {
        labelled(text, "", &goodness(tests, model.df));
    }
}

/// Whether the model fits the counts.
pub(super) fn goodness(tests: &GoodnessOfFit, df: i64) -> String {
    let lost = match df - tests.df {
        lost if lost > 0 => format!(" ({lost} of {df} df are lost to zero margins)"),
        _ => String::new(),
    };
    if tests.df <= 0 {
        return format!("no degrees of freedom left{lost}: whether it fits cannot be tested");
    }
    let rough = if tests.small_cells > MANY_SMALL {
        format!(
            "; {} of the cells expect fewer than 5 persons, so that p-values are rough",
            percent(tests.small_cells)
        )
    } else {
        String::new()
    };
    format!(
        "test of fit on {} df{lost}: deviance {}, Pearson X² {} {}{rough}",
        tests.df,
        p_value(tests.p_deviance),
        number(tests.pearson, 2),
        p_value(tests.p_pearson),
    )
}

/// What drawing whole households does to the interval.
fn together(households: &HouseholdReport) -> String {
    let seen = match households.largest {
        1 => format!(
            "{} seen, of one person each",
            whole(Some(households.households as f64))
        ),
        largest => format!(
            "{} seen, the largest of {} persons",
            whole(Some(households.households as f64)),
            whole(Some(largest as f64)),
        ),
    };
    match households.design_effect {
        Some(effect) => format!(
            "{seen}; who lives together is seen or missed together, so that the variance is {effect:.2} times that of as \
             many single persons (design effect)"
        ),
        None => seen,
    }
}

/// Every stratum with its own model.
fn each_alone(text: &mut String, estimate: &Estimate) {
    let covariates = estimate.settings.strata.len();
    let mut table = new_table(&[
        "stratum", "observed", "model", "estimate", "lower", "upper", "",
    ]);
    for stratum in estimate.strata.iter().filter(|s| s.by.len() == covariates) {
        table.add_row([
            by_text(&stratum.by),
            whole(Some(stratum.observed)),
            stratum.model.clone().unwrap_or("–".into()),
            whole(stratum.estimate),
            whole(stratum.lower),
            upper(stratum.upper, stratum.status),
            remark(stratum),
        ]);
    }
    right_align(&mut table);
    let _ = writeln!(text, "\nStrata with their own models");
    if estimate.models_searched > 1 {
        let _ = writeln!(
            text,
            "(the best of up to {} models searched for each)",
            whole(Some(estimate.models_searched as f64))
        );
    }
    let _ = writeln!(text, "{table}");
}

/// What is amiss with a stratum.
fn remark(stratum: &StratumReport) -> String {
    match (stratum.status, &stratum.not_estimable) {
        (Status::NotEstimable, Some(why)) => format!("no estimate ({})", why.code),
        (Status::NotEstimable, None) => "no estimate".into(),
        (Status::NoInterval, _) => "no interval: stopped too early".into(),
        _ => String::new(),
    }
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
        let _ = write!(text, ", the best {shown} shown");
        // More lists have too many models to list.
        if estimate.settings.lists.len() <= MAX_ENUMERATED_LISTS {
            text.push_str(" (`--search all --format json` lists every one)");
        } else if shown < estimate.models.len() {
            let _ = write!(
                text,
                " (`--format json` lists the {} near the best)",
                whole(Some(estimate.models.len() as f64))
            );
        }
    }
    format!("{text}\n{table}")
}

/// `1 model`, `8 models`.
fn models(number: usize) -> String {
    format!(
        "{} model{}",
        whole(Some(number as f64)),
        if number == 1 { "" } else { "s" }
    )
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
