//! From rows to persons: the ledger as a waterfall.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::category::Language;
use ethos_model::ledger::{Ledger, LedgerStep};

use super::scale::Axis;
use super::svg::{Anchor, Svg, fitted};
use crate::words::number;

/// A bar of the waterfall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fall {
    /// What it is.
    pub label: String,
    /// How many.
    pub count: u64,
    /// How it stands among the others.
    pub kind: FallKind,
}

/// How a bar stands.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum FallKind {
    /// Everything that goes into the steps of one level.
    Total,
    /// What leaves there: no later step of this waterfall takes it.
    Leaves,
    /// What the last step puts out.
    Result,
}

/// The steps that no other takes from and that take from another: each ends a waterfall. The one
/// with the most outcomes comes first, the later of equals.
pub fn ends(ledger: &Ledger) -> Vec<&LedgerStep> {
    let taken: BTreeSet<&str> = ledger
        .steps
        .iter()
        .flat_map(|step| step.from.iter().map(|(step, _)| step.as_str()))
        .collect();
    let mut ends: Vec<&LedgerStep> = ledger
        .steps
        .iter()
        .rev()
        .filter(|step| !step.from.is_empty() && !taken.contains(step.step.as_str()))
        .collect();
    ends.sort_by_key(|end| {
        let outcomes = end.outcomes.values().filter(|count| **count > 0).count();
        std::cmp::Reverse(outcomes)
    });
    ends
}

/// The bars of the waterfall that ends in a step: level by level what went in, then what left.
/// Outcomes of the same name are one bar; outcomes without a count are left out.
pub fn falls(ledger: &Ledger, end: &LedgerStep) -> Vec<Fall> {
    let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
    for step in &ledger.steps {
        let before = step
            .from
            .iter()
            .filter_map(|(from, _)| levels.get(from.as_str()));
        let level = before.max().map_or(0, |level| level + 1);
        levels.insert(&step.step, level);
    }
    let mut chain: BTreeSet<&str> = BTreeSet::from([end.step.as_str()]);
    for step in ledger.steps.iter().rev() {
        if chain.contains(step.step.as_str()) {
            chain.extend(step.from.iter().map(|(from, _)| from.as_str()));
        }
    }
    let steps = || {
        ledger
            .steps
            .iter()
            .filter(|step| chain.contains(step.step.as_str()))
    };
    let taken: BTreeSet<(&str, &str)> = steps()
        .flat_map(|step| {
            step.from
                .iter()
                .map(|(from, outcome)| (from.as_str(), outcome.as_str()))
        })
        .collect();
    let deepest = levels.get(end.step.as_str()).copied().unwrap_or(0);
    let mut falls = Vec::new();
    for level in 0..=deepest {
        let here: Vec<&LedgerStep> = steps()
            .filter(|step| levels.get(step.step.as_str()) == Some(&level))
            .collect();
        let Some(first) = here.first() else { continue };
        falls.push(Fall {
            label: match here.len() {
                1 if first.step.contains(&first.unit) => first.step.clone(),
                1 => format!("{}: {}", first.step, first.unit),
                several => format!("{} ({several}×)", first.unit),
            },
            count: here.iter().map(|step| step.input).sum(),
            kind: FallKind::Total,
        });
        let mut leaving: BTreeMap<&str, u64> = BTreeMap::new();
        for step in &here {
            for (outcome, count) in &step.outcomes {
                if !taken.contains(&(step.step.as_str(), outcome.as_str())) {
                    *leaving.entry(outcome).or_insert(0) += count;
                }
            }
        }
        let mut leaving: Vec<_> = leaving
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .collect();
        leaving.sort_by_key(|(outcome, count)| (std::cmp::Reverse(*count), *outcome));
        falls.extend(leaving.into_iter().map(|(outcome, count)| Fall {
            label: outcome.to_owned(),
            count,
            kind: if level == deepest {
                FallKind::Result
            } else {
                FallKind::Leaves
            },
        }));
    }
    falls
}

const WIDTH: f64 = 900.0;
const ROW: f64 = 28.0;
const LEFT: f64 = 330.0;
const RIGHT: f64 = 800.0;

/// Draws the bars. `id` must be unique in the page.
pub fn draw(id: &str, falls: &[Fall], language: Language) -> String {
    let height = falls.len() as f64 * ROW + 8.0;
    let mut svg = Svg::new(id, "chart wide", WIDTH, height);
    let most = falls.iter().map(|fall| fall.count).max().unwrap_or(1);
    let axis = Axis::up_to(most as f64, 5);
    let x = |value: u64| axis.place(value as f64, LEFT, RIGHT);
    let mut left = 0;
    for (at, fall) in falls.iter().enumerate() {
        let top = at as f64 * ROW + 4.0;
        let (from, class, label) = match fall.kind {
            FallKind::Total => {
                left = fall.count;
                (0, "list", "label strong")
            }
            FallKind::Leaves => {
                left = left.saturating_sub(fall.count);
                (left, "leaves", "label")
            }
            FallKind::Result => {
                left = left.saturating_sub(fall.count);
                (left, "seen", "label")
            }
        };
        let indent = if fall.kind == FallKind::Total {
            0.0
        } else {
            14.0
        };
        let text = fitted(&fall.label, 14.0, LEFT - 16.0 - indent);
        svg.text(label, indent, top + 16.0, Anchor::Start, &text);
        let (start, end) = (x(from), x(from + fall.count));
        svg.rect(class, start, top + 4.0, (end - start).max(1.5), ROW - 12.0);
        let count = number::whole(fall.count, language);
        svg.text(
            "count",
            end.max(start + 1.5) + 7.0,
            top + 16.5,
            Anchor::Start,
            &count,
        );
    }
    let description: Vec<String> = falls
        .iter()
        .map(|fall| format!("{}: {}", fall.label, number::whole(fall.count, language)))
        .collect();
    svg.finish(
        language.pick("Van rijen naar personen", "From rows to persons"),
        &format!("{}.", description.join("; ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        for (name, accepted, rejected) in [("read opvang", 80, 20), ("read bijstand", 45, 5)] {
            ledger.push(
                LedgerStep::new(name, "rows", accepted + rejected)
                    .with("accepted", accepted)
                    .with("rejected", rejected),
            );
        }
        ledger.push(LedgerStep::new("person register", "rows", 7).with("accepted", 7));
        ledger.push(
            LedgerStep::new("link", "spells", 125)
                .taking("read opvang", "accepted")
                .taking("read bijstand", "accepted")
                .with("persons", 90)
                .with("further", 35),
        );
        for (date, on, off) in [("2025-01-01", 40, 50), ("2026-01-01", 60, 30)] {
            ledger.push(
                LedgerStep::new(format!("persons {date}"), "persons", 90)
                    .taking("link", "persons")
                    .with("on the date", on)
                    .with("not then", off),
            );
        }
        ledger
    }

    #[test]
    fn every_unit_falls_once() {
        let ledger = ledger();
        ledger.check().unwrap();
        let ends = ends(&ledger);
        assert_eq!(ends.len(), 2);
        let falls = falls(&ledger, ends[0]);
        let told: Vec<(&str, u64)> = falls
            .iter()
            .map(|fall| (fall.label.as_str(), fall.count))
            .collect();
        assert_eq!(
            told,
            [
                ("rows (2×)", 150),
                ("rejected", 25),
                ("link: spells", 125),
                ("further", 35),
                ("persons 2026-01-01", 90),
                ("on the date", 60),
                ("not then", 30),
            ]
        );
        assert_eq!(falls[5].kind, FallKind::Result);
        assert!(draw("w", &falls, Language::En).contains("rejected: 25"));
    }
}
