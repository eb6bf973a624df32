//! What must not change when lists, strata or rows are permuted or counts scaled.

mod common;
use common::*;
use ethos_estimate::{
    CaptureTable, EstimateSettings, Factor, IntervalMethod, Model, ModelText, Term, estimate, fit,
    hierarchical_models, parse_model,
};
use proptest::prelude::*;

fn permuted(counts: &[u64], order: &[usize]) -> Vec<u64> {
    let mut out = vec![0; counts.len()];
    for (h, &c) in counts.iter().enumerate() {
        let k: usize = order
            .iter()
            .enumerate()
            .map(|(new, &old)| (h >> old & 1) << new)
            .sum();
        out[k] = c;
    }
    out
}

fn moved(m: &Model, order: &[usize]) -> Model {
    Model::from_generators(m.terms().iter().map(|t| {
        let lists = order
            .iter()
            .enumerate()
            .map(|(new, &old)| (t.lists >> old & 1) << new)
            .sum();
        Term::new(lists, t.factors)
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lists_may_be_permuted(
        counts in prop::collection::vec(1_u64..400, 16),
        order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(),
        pick in 0_usize..113,
    ) {
        let m = &hierarchical_models(4, 3)[pick];
        let mut counts = counts;
        counts[0] = 0;
        let a = fit(&indexed(&counts), m).unwrap();
        let b = fit(&indexed(&permuted(&counts, &order)), &moved(m, &order)).unwrap();
        close(a.population(), b.population(), 1e-9, "N");
        close(a.se(), b.se(), 1e-7, "se");
        prop_assert!((a.log_likelihood - b.log_likelihood).abs() < 1e-8 * a.log_likelihood.abs());
    }

    #[test]
    fn counts_may_be_scaled(counts in prop::collection::vec(1_u64..400, 8), factor in 2_u64..50, pick in 0_usize..8) {
        let m = &hierarchical_models(3, 2)[pick];
        let mut counts = counts;
        counts[0] = 0;
        let scaled: Vec<u64> = counts.iter().map(|c| c * factor).collect();
        let a = fit(&indexed(&counts), m).unwrap();
        let b = fit(&indexed(&scaled), m).unwrap();
        close(b.population(), a.population() * factor as f64, 1e-9, "N");
        prop_assert!((b.deviance - a.deviance * factor as f64).abs() < 1e-7 * (1.0 + b.deviance));
    }

    #[test]
    fn levels_and_rows_may_be_permuted(counts in prop::collection::vec(0_u64..60, 24), order in Just(vec![0_usize, 1, 2]).prop_shuffle()) {
        let build = |order: &[usize], reverse: bool| -> CaptureTable {
            let mut b = CaptureTable::builder(["a", "b", "c"], [Factor::new("x", ["0", "1", "2"])]);
            let mut cells: Vec<usize> = (0..24).filter(|c| c % 8 != 0).collect();
            if reverse {
                cells.reverse();
            }
            // Somebody everywhere on single lists, so that the table is valid.
            for c in cells {
                let extra = u64::from((c % 8).is_power_of_two()) * 5;
                b.add((c % 8) as u16, &[order[c / 8]], counts[c] + extra).unwrap();
            }
            b.build().unwrap()
        };
        let (t, u) = (build(&[0, 1, 2], false), build(&order, true));
        for formula in ["x*(a+b+c)", "x*(a+b+c) + a*b", "x*a*b + x*c"] {
            match (fit(&t, &model(&t, formula)), fit(&u, &model(&u, formula))) {
                (Ok(a), Ok(b)) => {
                    close(a.population(), b.population(), 1e-7, formula);
                    for (s, &moved) in order.iter().enumerate() {
                        close(a.unseen[s] + 1.0, b.unseen[moved] + 1.0, 1e-7, formula);
                    }
                    prop_assert_eq!(a.parameters, b.parameters);
                }
                (Err(a), Err(b)) => prop_assert_eq!(a.kind(), b.kind()),
                (a, b) => prop_assert!(false, "{:?} {:?}", a, b),
            }
        }
    }

    #[test]
    fn notation_reads_back(pick in 0_usize..6893) {
        let m = &hierarchical_models(5, 4)[pick];
        let t = table(UKDAT_5);
        for text in [m.notation(t.lists(), &[]), m.formula(t.lists(), &[])] {
            let (ModelText::Formula(back) | ModelText::Brackets(back)) = parse_model(&text, &t).unwrap();
            prop_assert_eq!(&back, m);
        }
    }

    #[test]
    fn any_text_is_an_answer_or_an_error(text in "[abcxL0-9+:*^()\\[\\], `~-]{0,40}") {
        let _ = parse_model(&text, &cov1());
    }

    #[test]
    fn the_search_takes_the_smallest_criterion(counts in prop::collection::vec(0_u64..80, 16)) {
        let mut counts = counts;
        counts[0] = 0;
        for i in [1, 2, 4, 8] {
            counts[i] += 20;
        }
        let t = indexed(&counts);
        let s = EstimateSettings { replicates: Some(2), interval: Some(IntervalMethod::Nonparametric), ..Default::default() };
        let e = estimate(&t, &s, None).unwrap();
        let best = hierarchical_models(4, 3)
            .iter()
            .filter_map(|m| fit(&t, m).ok())
            .map(|f| f.criterion(ethos_estimate::Criterion::Bic))
            .fold(f64::INFINITY, f64::min);
        prop_assert!((e.model.unwrap().bic.unwrap() - best).abs() < 1e-8);
    }
}
