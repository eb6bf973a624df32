//! Enumerating hierarchical models over the lattice of list interactions.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::term::Term;

/// Most lists for which all models are enumerated (6,893 models; six lists have 7,785,061).
pub const MAX_ENUMERATED_LISTS: usize = 5;
/// Most lists over which an exact search goes.
pub(crate) const MAX_EXACT_LISTS: usize = 6;

/// All hierarchical models over `lists` lists with main effects and interactions of at most
/// `max_order` lists, in the order that breaks ties: by number of terms, then by terms.
///
/// For 2, 3, 4 and 5 lists without the full interaction there are 1, 8, 113 and 6,893.
///
/// # Panics
///
/// With more than five lists, whose models are too many to enumerate.
///
/// ```
/// assert_eq!(ethos_estimate::hierarchical_models(4, 3).len(), 113);
/// ```
pub fn hierarchical_models(lists: usize, max_order: u32) -> Vec<Model> {
    assert!(
        lists <= MAX_ENUMERATED_LISTS,
        "at most {MAX_ENUMERATED_LISTS} lists can be enumerated"
    );
    let base = Model::from_generators((0..lists).map(Term::list));
    enumerate(lists, max_order, &base, &[], &[]).0
}

/// All hierarchical models over `base` plus list interactions of order 2 to `max_order`.
///
/// Each contains `forced` (with its closure) and none contains an interaction in `held`. Sorted by number of terms, then
/// by terms: the order that breaks ties. `covers[i]` are the models with
/// exactly one interaction more than model `i`.
pub(crate) fn enumerate(
    lists: usize,
    max_order: u32,
    base: &Model,
    forced: &[u16],
    held: &[u16],
) -> (Vec<Model>, Vec<Vec<u32>>) {
    let mut interactions: Vec<Term> = (1..1_u32 << lists)
        .map(|m| Term::new(m as u16, 0))
        .filter(|t| (2..=max_order).contains(&t.order()))
        .filter(|t| !held.iter().any(|h| h & !t.lists == 0))
        .collect();
    interactions.sort();
    let index: BTreeMap<u16, usize> = interactions
        .iter()
        .enumerate()
        .map(|(i, t)| (t.lists, i))
        .collect();
    let faces: Vec<u32> = interactions
        .iter()
        .map(|t| {
            t.faces()
                .filter_map(|f| index.get(&f.lists))
                .map(|&i| 1 << i)
                .sum()
        })
        .collect();
    let must: u32 = interactions
        .iter()
        .enumerate()
        .filter(|(_, t)| forced.iter().any(|&f| t.lists & !f == 0))
        .map(|(i, _)| 1 << i)
        .sum();
    let mut families = Vec::new();
    grow(0, 0, &faces, must, &mut families);
    let mut models: Vec<(Model, u32)> = families
        .into_iter()
        .map(|family| {
            let mut model = base.clone();
            for (i, t) in interactions.iter().enumerate() {
                if family >> i & 1 == 1 {
                    model = model.with(*t);
                }
            }
            (model, family)
        })
        .collect();
    models.sort_by(|a, b| {
        a.0.terms()
            .len()
            .cmp(&b.0.terms().len())
            .then_with(|| a.0.cmp(&b.0))
    });
    let place: BTreeMap<u32, u32> = models
        .iter()
        .enumerate()
        .map(|(i, (_, f))| (*f, i as u32))
        .collect();
    let covers = models
        .iter()
        .map(|(_, family)| {
            (0..interactions.len())
                .filter(|i| family >> i & 1 == 0)
                .filter_map(|i| place.get(&(family | 1 << i)).copied())
                .collect()
        })
        .collect();
    (models.into_iter().map(|(m, _)| m).collect(), covers)
}

fn grow(i: usize, family: u32, faces: &[u32], must: u32, out: &mut Vec<u32>) {
    if i == faces.len() {
        out.push(family);
        return;
    }
    if must >> i & 1 == 0 {
        grow(i + 1, family, faces, must, out);
    }
    if family & faces[i] == faces[i] {
        grow(i + 1, family | 1 << i, faces, must, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(lists: usize, max_order: u32) -> usize {
        let base = Model::from_generators((0..lists).map(Term::list));
        enumerate(lists, max_order, &base, &[], &[]).0.len()
    }

    #[test]
    fn counts_of_simplicial_complexes() {
        // Dedekind-type counts without the full interaction: 1, 8, 113, 6,893; pairwise 2^(t choose 2).
        assert_eq!(
            [count(2, 1), count(3, 2), count(4, 3), count(5, 4)],
            [1, 8, 113, 6893]
        );
        assert_eq!([count(4, 2), count(5, 2), count(5, 3)], [64, 1024, 6212]);
    }

    #[test]
    fn covers_have_one_term_more_and_forced_terms_stay() {
        let base = Model::from_generators((0..4).map(Term::list));
        let (models, covers) = enumerate(4, 3, &base, &[0b11], &[]);
        assert!(models.iter().all(|m| m.contains(Term::new(0b11, 0))));
        for (m, c) in models.iter().zip(&covers) {
            for &k in c {
                let above = &models[k as usize];
                assert_eq!(above.terms().len(), m.terms().len() + 1);
                assert!(m.terms().iter().all(|t| above.contains(*t)));
            }
        }
    }

    #[test]
    fn held_interactions_and_those_above_them_are_left_out() {
        let base = Model::from_generators((0..3).map(Term::list));
        let (models, _) = enumerate(3, 2, &base, &[], &[0b11]);
        assert_eq!(models.len(), 4);
        assert!(models.iter().all(|m| !m.contains(Term::new(0b11, 0))));
    }
}
