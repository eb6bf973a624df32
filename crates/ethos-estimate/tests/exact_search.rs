//! The exact search: against brute force over all models, and on tables of six lists.

mod common;
use common::*;
use ethos_estimate::Criterion::{Aic, Aicc, Bic};
use ethos_estimate::{
    CaptureTable, Criterion, Estimate, EstimateSettings, IntervalMethod, Search, SearchMethod,
    estimate, fit, hierarchical_models,
};

const NED: &str = "101100:4 101000:1 100101:4 100100:18 100010:3 100001:16 100000:352 011000:1 010100:44 \
     010001:4 010000:1299 001110:2 001101:7 001100:59 001010:2 001001:57 001000:403 000111:1 000110:82 \
     000101:125 000100:4466 000011:2 000010:650 000001:632";

fn searched(
    t: &CaptureTable,
    search: Search,
    criterion: Criterion,
    max_order: Option<u32>,
) -> Estimate {
    let s = EstimateSettings {
        search: Some(search),
        criterion: Some(criterion),
        max_order,
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::default()
    };
    estimate(t, &s, None).unwrap()
}

/// Optima over 7,785,061 and 32,768 models; human trafficking in the United Kingdom (Silverman 2014)
/// and the Netherlands, found by an independent branch and bound.
#[test]
fn six_lists() {
    let uk = table(UKDAT);
    let ned = table(NED);
    for (t, order, notation, bic, n) in [
        (&uk, None, "[12,13,25,35,36,45]", "244.119346", "12349.5870"),
        (&ned, None, "[346,16,25,45]", "292.175351", "143603"),
        (
            &ned,
            Some(2),
            "[12,16,25,34,36,45,46]",
            "310.441649",
            "116667",
        ),
    ] {
        let e = searched(t, Search::Exact, Bic, order);
        let model = e.model.unwrap();
        assert_eq!(model.notation, notation);
        digits(model.bic.unwrap(), bic, notation);
        digits(e.population.estimate.unwrap(), n, notation);
        let how = e.search.unwrap();
        assert_eq!(
            (how.method, how.proved),
            (SearchMethod::BranchAndBound, true)
        );
        assert_eq!(
            e.models_searched,
            if order.is_some() { 32_768 } else { 7_785_061 }
        );
        assert!(how.fits < 100_000);
        // Best first, all within 10, weights of one.
        let bics: Vec<f64> = e.models.iter().map(|m| m.bic.unwrap()).collect();
        assert!(bics.is_sorted() && bics[bics.len() - 1] <= bics[0] + 10.0);
        let average = e.average.unwrap();
        assert!(average.window.unwrap() > 10.0 && average.left_out < 0.5);
    }
}

/// Every model of up to five lists, one by one, against the search: the winner by every criterion,
/// the window, the average and what it leaves out.
#[test]
fn the_window_is_what_enumeration_finds() {
    for (t, order) in [
        (table(UKDAT_5), Some(3)),
        (table(NEW_ORLEANS_5), Some(2)),
        (indexed(&CONGENITAL), Some(3)),
    ] {
        for criterion in [Aic, Aicc, Bic] {
            let all = searched(&t, Search::All, criterion, order);
            let exact = searched(&t, Search::Exact, criterion, order);
            assert_eq!(
                all.search.as_ref().unwrap().method,
                SearchMethod::Enumeration
            );
            assert_eq!(all.models_searched, exact.models_searched);
            assert_eq!(all.models_searched, all.models.len());
            assert_eq!(
                all.model.as_ref().unwrap().notation,
                exact.model.as_ref().unwrap().notation
            );
            let names = |e: &Estimate| -> Vec<String> {
                e.criteria.iter().map(|c| c.notation.clone()).collect()
            };
            assert_eq!(names(&all), names(&exact));
            let of = |m: &ethos_estimate::ModelRow| match criterion {
                Aic => m.aic,
                Aicc => m.aicc,
                Bic => m.bic,
            };
            let best = of(&all.models[0]).unwrap();
            let mut near: Vec<&str> = all
                .models
                .iter()
                .filter(|m| of(m).is_some_and(|v| v <= best + 10.0))
                .map(|m| m.notation.as_str())
                .collect();
            let mut found: Vec<&str> = exact.models.iter().map(|m| m.notation.as_str()).collect();
            near.sort_unstable();
            found.sort_unstable();
            assert_eq!(near, found);
            // The weight outside the window, added up model by model, is below the bound.
            let (a, b) = (all.average.unwrap(), exact.average.unwrap());
            assert_eq!((a.window, a.left_out), (None, 0.0));
            let edge = best + b.window.unwrap();
            let outside: f64 = all
                .models
                .iter()
                .filter(|m| of(m).is_some_and(|v| v > edge + 1e-6))
                .map(|m| m.weight.unwrap())
                .sum();
            assert!(
                outside <= b.left_out && b.left_out < 0.01,
                "{outside} {}",
                b.left_out
            );
            close(b.estimate.unwrap(), a.estimate.unwrap(), 1e-3, "average");
        }
    }
}

/// Models that have an estimate, of all: Chan, Silverman & Vincent (2021) for Korea, the others
/// counted independently.
#[test]
fn admissible_models() {
    for (t, order, admissible, of) in [
        (table(KOSOVO), 3, 113, 113),
        (table(KOREA), 2, 6, 8),
        (table(HIV), 3, 111, 113),
        (table(LESBIAN), 3, 113, 113),
        (table(DIABETES), 3, 113, 113),
        (indexed(&CONGENITAL), 3, 6212, 6212),
        (table(UKDAT_5), 3, 6084, 6212),
        (table(NEW_ORLEANS_5), 3, 5925, 6212),
    ] {
        let e = searched(&t, Search::All, Bic, Some(order));
        let with = e
            .models
            .iter()
            .filter(|m| m.exists && m.identifiable)
            .count();
        assert_eq!((with, e.models.len()), (admissible, of));
        assert_eq!(e.average.unwrap().models, admissible);
    }
}

/// The fast fits of the table of all models against one full fit each.
#[test]
fn rows_are_full_fits() {
    let t = table(UKDAT_5);
    let e = searched(&t, Search::All, Bic, None);
    assert_eq!(e.models.len(), 6893);
    for row in e.models.iter().step_by(97) {
        let full = fit(&t, &model(&t, &row.notation));
        let Ok(full) = full else {
            assert!(row.estimate.is_none() && !(row.exists && row.identifiable));
            continue;
        };
        let what = row.notation.as_str();
        close(row.estimate.unwrap(), full.population(), 1e-8, what);
        close(row.se.unwrap(), full.se(), 1e-8, what);
        assert!(
            (row.deviance.unwrap() - full.deviance).abs() < 1e-8,
            "{what}"
        );
        close(row.bic.unwrap(), full.criterion(Bic), 1e-10, what);
        close(row.bic_cells.unwrap(), full.bic_cells(), 1e-10, what);
        assert_eq!(row.df, full.df);
    }
    assert_eq!(hierarchical_models(5, 4).len(), e.models.len());
}
