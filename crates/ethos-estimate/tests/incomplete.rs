//! Missing covariates and lists that cannot see everybody, against closed forms and the complete fit.

#![allow(clippy::needless_range_loop)] // formulas over two indices read as they are printed

mod common;

use common::*;
use ethos_estimate::{
    EstimateError, EstimateSettings, Factor, IncompleteTable, IntervalMethod, Model, Status, Term,
    estimate, estimate_incomplete, fit, fit_incomplete,
};

const Y: Option<bool> = Some(true);
const N: Option<bool> = Some(false);

fn near(x: f64, y: f64, tolerance: f64) {
    assert!((x - y).abs() <= tolerance * y.abs().max(1.0), "{x} {y}");
}

/// Two lists, A records X1 and B records X2; the fixture EM1 of van der Heijden et al. (2018)'s design:
/// model [A X2][B X1][X1 X2] has the closed form `m10_ij` = `n11_ij` `n10_i` / `n11_i`+,
/// `m01_ij` = `n11_ij` `n01_j` / n11_+j, `m00_ij` = `n11_ij` (`n10_i` / `n11_i`+) (`n01_j` / n11_+j).
fn em1() -> IncompleteTable {
    let factors = [Factor::new("x1", ["0", "1"]), Factor::new("x2", ["0", "1"])];
    let mut rows = IncompleteTable::builder(["a", "b"], factors);
    let n11 = [[120, 40], [30, 60]];
    for i in 0..2 {
        for j in 0..2 {
            rows.add(&[Y, Y], &[Some(i), Some(j)], n11[i][j]).unwrap();
        }
        rows.add(&[Y, N], &[Some(i), None], [300, 150][i]).unwrap();
        rows.add(&[N, Y], &[None, Some(i)], [200, 90][i]).unwrap();
    }
    rows.build().unwrap()
}

#[test]
fn two_lists_with_a_covariate_each_have_the_closed_form() {
    let table = em1();
    let (a, b, x1, x2) = (
        Term::list(0),
        Term::list(1),
        Term::factor(0),
        Term::factor(1),
    );
    let model = Model::from_generators([a.union(x2), b.union(x1), x1.union(x2)]);
    let fitted = fit_incomplete(&table, &model).unwrap();
    let n00 = [300.0, 67.5, 200.0 / 3.0, 90.0];
    let n10 = [225.0, 75.0, 50.0, 100.0];
    let n01 = [160.0, 36.0, 40.0, 54.0];
    for s in 0..4 {
        near(fitted.unseen[s], n00[s], 1e-9);
        near(fitted.means[s * 4 + 1], n10[s], 1e-9);
        near(fitted.means[s * 4 + 2], n01[s], 1e-9);
    }
    near(fitted.unseen_total(), 524.166_666_666_7, 1e-9);
    near(fitted.population(), 1_514.166_666_666_7, 1e-9);
    assert_eq!((fitted.parameters, fitted.df), (8, 0));
    // Without the covariates Lincoln and Petersen give 1512.
    let mut rows = IncompleteTable::builder(["a", "b"], []);
    rows.add(&[Y, Y], &[], 250).unwrap();
    rows.add(&[Y, N], &[], 450).unwrap();
    rows.add(&[N, Y], &[], 290).unwrap();
    let without = rows.build().unwrap();
    near(
        fit(without.complete().unwrap(), &Model::from_generators([a, b]))
            .unwrap()
            .population(),
        1512.0,
        1e-10,
    );
}

/// What only one list records cannot depend on being on that list (van der Heijden et al. 2018).
#[test]
fn a_term_of_a_list_and_its_own_covariate_is_refused_by_name() {
    let table = em1();
    let settings = EstimateSettings::for_model("a*x2 + b*x1 + x1*x2 + a:x1");
    let error = estimate_incomplete(&table, &settings, None).unwrap_err();
    assert!(error.is_refused());
    assert!(matches!(error, EstimateError::NotDetermined { .. }));
    let text = error.to_string();
    assert!(
        text.contains("`a:x1`, for only `a` records `x1`") && !text.contains("`b:x1`"),
        "{text}"
    );
    // A bracket model leaves such terms out by itself, and says so.
    let settings = EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::for_model("[1,2]")
    };
    let answer = estimate_incomplete(&table, &settings, None).unwrap();
    near(
        answer.population.estimate.unwrap(),
        1_514.166_666_666_7,
        1e-9,
    );
    let told = answer.incomplete.unwrap();
    assert_eq!(told.left_out, ["a:x1", "b:x2"]);
    assert_eq!((told.rank, told.parameters), (8, 8));
    assert_eq!(told.persons, 740.0);
    assert!(
        answer
            .diagnostics
            .iter()
            .any(|d| d.code == "recorded-by-one-list")
    );
}

/// A term that nothing tells apart without being of that kind: the strata of a list that looks in
/// one of them only, with both its dependences.
#[test]
fn borrowed_dependence_must_be_learnt_somewhere() {
    let table = young();
    let error = estimate_incomplete(
        &table,
        &EstimateSettings::for_model("age*(a + b + c) + a:c + b:c"),
        None,
    )
    .unwrap_err();
    assert!(error.is_refused(), "{error}");
    assert!(
        error.to_string().contains("`age") || error.to_string().contains(":age"),
        "{error}"
    );
}

/// Lists a, b and c; c cannot see the young.
fn young() -> IncompleteTable {
    let mut rows =
        IncompleteTable::builder(["a", "b", "c"], [Factor::new("age", ["old", "young"])]);
    for (lists, count) in [
        ([Y, N, N], 603),
        ([N, Y, N], 501),
        ([N, N, Y], 407),
        ([Y, Y, N], 123),
        ([Y, N, Y], 98),
        ([N, Y, Y], 151),
        ([Y, Y, Y], 42),
    ] {
        rows.add(&lists, &[Some(0)], count).unwrap();
    }
    for (lists, count) in [([Y, N, None], 310), ([N, Y, None], 245), ([Y, Y, None], 77)] {
        rows.add(&lists, &[Some(1)], count).unwrap();
    }
    rows.build().unwrap()
}

/// Strata that share nothing with each other: the old are a three-list table, the young a two-list one.
/// With c independent of the others or dependent on one of them, the young are Lincoln and Petersen's.
#[test]
fn a_list_that_cannot_see_a_stratum_closed_form() {
    let table = young();
    assert_eq!(table.blind(), [0, 0b100]);
    let old: [f64; 7] = [603.0, 501.0, 407.0, 123.0, 98.0, 151.0, 42.0];
    let lincoln = 310.0 * 245.0 / 77.0;
    // [1 indep 2 | 3] of the old: n0 = y100 y010 / y110.
    let model = Model::from_generators([
        Term::new(0b001, 1),
        Term::new(0b010, 1),
        Term::new(0b101, 0),
        Term::new(0b110, 0),
    ]);
    // With both pairs of c the young cannot be known unless the old lend c's: no c:age here.
    let lent = fit_incomplete(&table, &model).unwrap();
    near(lent.unseen[0], old[0] * old[1] / old[3], 0.1);
    // One pair with c: the old have [13,2], n0 = y010 (y100 + y001 + y101) / (y110 + y011 + y111).
    let model = Model::from_generators([
        Term::new(0b001, 1),
        Term::new(0b010, 1),
        Term::new(0b101, 0),
    ]);
    let fitted = fit_incomplete(&table, &model).unwrap();
    near(
        fitted.unseen[0],
        old[1] * (old[0] + old[2] + old[4]) / (old[3] + old[5] + old[6]),
        1e-9,
    );
    near(fitted.unseen[1], lincoln, 1e-9);
    // And so with c:age, which nothing determines and nothing depends on.
    let settings = EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::for_model("[13,2]")
    };
    let answer = estimate_incomplete(&table, &settings, None).unwrap();
    near(answer.strata[1].unobserved.unwrap(), lincoln, 1e-9);
    let told = answer.incomplete.as_ref().unwrap();
    assert_eq!(told.undetermined, ["c:ageyoung"]);
    assert_eq!(told.lent, ["a:c"]);
    // The variance of the young is that of the two-list table: n0 + n0² (1/y10 + 1/y01 + 1/y11).
    let variance = lincoln + lincoln * lincoln * (1.0 / 310.0 + 1.0 / 245.0 + 1.0 / 77.0);
    near(answer.strata[1].se.unwrap(), variance.sqrt(), 1e-8);
    // Without borrowing the same two tables.
    let settings = EstimateSettings {
        no_borrow: true,
        ..settings
    };
    let apart = estimate_incomplete(&table, &settings, None).unwrap();
    near(apart.strata[0].unobserved.unwrap(), fitted.unseen[0], 1e-9);
    near(apart.strata[1].unobserved.unwrap(), lincoln, 1e-9);
    assert_eq!(apart.strata[1].model.as_deref(), Some("[1,2]"));
    near(
        apart.population.estimate.unwrap(),
        answer.population.estimate.unwrap(),
        1e-9,
    );
    near(
        apart.population.se.unwrap(),
        answer.population.se.unwrap(),
        1e-7,
    );
}

/// A table in which nothing is missing: the machinery of incomplete ones gives the ordinary fit, and
/// the estimate is the ordinary estimate to the bit.
#[test]
fn nothing_missing_changes_nothing() {
    let complete = cov1();
    let mut rows = IncompleteTable::builder(
        complete.lists().to_vec(),
        complete.factors().iter().cloned(),
    );
    for s in 0..complete.strata() {
        for h in 1..8_u16 {
            let lists: Vec<Option<bool>> = (0..3).map(|i| Some(h >> i & 1 == 1)).collect();
            rows.add(&lists, &[Some(s)], complete.count(s, h) as u64)
                .unwrap();
        }
    }
    let table = rows.build().unwrap();
    assert_eq!(table.complete(), Some(&complete));
    for generators in [
        vec![Term::new(1, 1), Term::new(2, 1), Term::new(4, 1)],
        vec![
            Term::new(1, 1),
            Term::new(2, 1),
            Term::new(4, 1),
            Term::new(3, 0),
        ],
        vec![Term::new(3, 1), Term::new(4, 1)],
        vec![
            Term::new(1, 0),
            Term::new(2, 0),
            Term::new(4, 0),
            Term::new(0, 1),
        ],
    ] {
        let model = Model::from_generators(generators);
        let (ours, ordinary) = (
            fit_incomplete(&table, &model).unwrap(),
            fit(&complete, &model).unwrap(),
        );
        near(ours.log_likelihood, ordinary.log_likelihood, 1e-11);
        near(ours.deviance, ordinary.deviance, 1e-8);
        assert_eq!(
            (ours.df, ours.parameters, ours.kept_cells),
            (ordinary.df, ordinary.parameters, ordinary.kept_cells)
        );
        near(ours.variance(&[0, 1]), ordinary.variance(&[0, 1]), 1e-8);
        for (x, y) in ours.unseen.iter().zip(&ordinary.unseen) {
            near(*x, *y, 1e-9);
        }
        for (x, y) in ours.coefficients.iter().zip(&ordinary.coefficients) {
            assert_eq!(x.name, y.name);
            near(x.estimate.unwrap(), y.estimate.unwrap(), 1e-8);
            near(x.se.unwrap(), y.se.unwrap(), 1e-8);
        }
    }
    let settings = EstimateSettings {
        replicates: Some(100),
        ..EstimateSettings::default()
    };
    assert_eq!(
        estimate_incomplete(&table, &settings, None)
            .unwrap()
            .to_json(),
        estimate(&complete, &settings, None).unwrap().to_json()
    );
}

/// People whom only one list can see are counted, and the rest is estimated as if they were not there.
#[test]
fn a_stratum_one_list_can_see_is_counted() {
    let old = [([Y, N], 60), ([N, Y], 50), ([Y, Y], 20)];
    let build = |with: bool| {
        let mut rows =
            IncompleteTable::builder(["a", "b"], [Factor::new("age", ["old", "young", "child"])]);
        for (lists, count) in old {
            rows.add(&lists, &[Some(0)], count).unwrap();
            rows.add(&lists, &[Some(1)], count / 2).unwrap();
        }
        if with {
            rows.add(&[Y, None], &[Some(2)], 33).unwrap();
        }
        rows.build().unwrap()
    };
    let settings = EstimateSettings {
        replicates: Some(200),
        ..EstimateSettings::default()
    };
    let with = estimate_incomplete(&build(true), &settings, None).unwrap();
    let without = estimate_incomplete(&build(false), &settings, None).unwrap();
    let child = &with.strata[2];
    assert_eq!(child.status, Status::NotEstimable);
    assert_eq!(
        (child.observed, child.estimate, child.lower),
        (33.0, None, None)
    );
    assert_eq!(with.observed, 195.0);
    assert_eq!(with.incomplete.as_ref().unwrap().counted_only, 33.0);
    near(
        with.population.estimate.unwrap(),
        without.population.estimate.unwrap(),
        1e-9,
    );
    assert!(
        with.diagnostics
            .iter()
            .any(|d| d.code == "counted-not-estimated" && d.message.contains("33 persons"))
    );
    // Nobody whom two lists can see: refused.
    let mut rows = IncompleteTable::builder(["a", "b"], []);
    rows.add(&[Y, None], &[], 5).unwrap();
    rows.add(&[None, Y], &[], 5).unwrap();
    assert_eq!(rows.build(), Err(EstimateError::NotCovered));
}

/// Blanks that no covariate explains: people with different coverage become strata of their own.
#[test]
fn coverage_becomes_a_covariate_where_none_explains_it() {
    let mut rows = IncompleteTable::builder(["a", "b", "c"], []);
    for (lists, count) in [
        ([Y, N, N], 603),
        ([N, Y, N], 501),
        ([N, N, Y], 407),
        ([Y, Y, N], 123),
        ([Y, N, Y], 98),
        ([N, Y, Y], 151),
        ([Y, Y, Y], 42),
        ([Y, N, None], 310),
        ([N, Y, None], 245),
        ([Y, Y, None], 77),
    ] {
        rows.add(&lists, &[], count).unwrap();
    }
    let table = rows.build().unwrap();
    assert_eq!(
        table.factors()[0],
        Factor::new("coverage", ["a+b+c", "a+b"])
    );
    let delta = |model: &str| EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::for_model(model)
    };
    let answer = estimate_incomplete(&table, &delta("[13,2]"), None).unwrap();
    let by_age = estimate_incomplete(&young(), &delta("[13,2]"), None).unwrap();
    near(
        answer.population.estimate.unwrap(),
        by_age.population.estimate.unwrap(),
        1e-10,
    );
    // A formula need not name it.
    let plain = estimate_incomplete(&table, &delta("a + b + c"), None).unwrap();
    let named = estimate_incomplete(&table, &delta("a + b + c + coverage"), None).unwrap();
    assert_eq!(plain.population, named.population);
    assert!(plain.diagnostics.iter().any(|d| d.code == "coverage-added"));
}

#[test]
fn bootstraps_agree_with_the_closed_variance_and_with_themselves() {
    let table = young();
    let of = |interval, threads: usize| {
        let settings = EstimateSettings {
            interval: Some(interval),
            replicates: Some(1000),
            ..EstimateSettings::for_model("[13,2]")
        };
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| estimate_incomplete(&table, &settings, None).unwrap())
    };
    let se = of(IntervalMethod::Delta, 1).population.se.unwrap();
    for interval in [
        IntervalMethod::Parametric,
        IntervalMethod::Semiparametric,
        IntervalMethod::Nonparametric,
    ] {
        let answer = of(interval, 2);
        assert_eq!(answer.to_json(), of(interval, 1).to_json());
        let b = answer.bootstrap.as_ref().unwrap();
        assert_eq!(b.failed, 0);
        // The sampling error of a standard deviation from 1000 replicates is 2.2 %; the nonparametric
        // bootstrap lacks the variance of the number seen, a few per cent here.
        near(b.sd.unwrap(), se, 0.12);
        // Strata add up in every replicate, so their limits are coherent with the population's.
        let parts: f64 = answer.strata.iter().map(|s| s.estimate.unwrap()).sum();
        near(parts, answer.population.estimate.unwrap(), 1e-10);
        for s in &answer.strata {
            assert!(s.lower < s.estimate && s.estimate < s.upper);
        }
    }
}

#[test]
fn a_search_selects_in_every_replicate() {
    let settings = EstimateSettings {
        replicates: Some(60),
        ..EstimateSettings::default()
    };
    let answer = estimate_incomplete(&young(), &settings, None).unwrap();
    assert_eq!(answer.models_searched, 8);
    assert!(answer.settings.reselect);
    let best = answer.models[0].clone();
    assert_eq!(answer.model.unwrap().notation, best.notation);
    assert_eq!(answer.population.estimate, best.estimate);
    for row in &answer.models {
        assert!(row.bic >= best.bic);
    }
    // What is too slow is refused with the way out.
    let settings = EstimateSettings {
        replicates: Some(1_000_000),
        ..EstimateSettings::default()
    };
    let error = estimate_incomplete(&young(), &settings, None).unwrap_err();
    assert!(
        error.is_usage() && error.to_string().contains("`no-reselect`"),
        "{error}"
    );
}

#[test]
fn what_needs_complete_data_is_refused() {
    for (settings, what) in [
        (
            EstimateSettings {
                separate: true,
                ..EstimateSettings::default()
            },
            "each stratum alone",
        ),
        (
            EstimateSettings {
                average: true,
                ..EstimateSettings::default()
            },
            "averaging",
        ),
        (
            EstimateSettings {
                interval: Some(IntervalMethod::Profile),
                ..EstimateSettings::for_model("[1,2,3]")
            },
            "profile",
        ),
        (
            EstimateSettings {
                search: Some(ethos_estimate::Search::Stepwise),
                ..EstimateSettings::default()
            },
            "step by step",
        ),
    ] {
        let error = estimate_incomplete(&young(), &settings, None).unwrap_err();
        assert!(
            error.is_usage() && error.to_string().contains(what),
            "{error}"
        );
    }
    let settings = EstimateSettings {
        no_borrow: true,
        ..EstimateSettings::default()
    };
    assert!(
        estimate_incomplete(&em1(), &settings, None)
            .unwrap_err()
            .is_usage()
    );
    assert!(estimate(&cov1(), &settings, None).unwrap_err().is_usage());
}
