//! Protection until the audit passes, and what the audit found.

use ethos_disclosure::{
    Audit, Bounds, RoundingError, RoundingOptions, Shown as Figure, SuppressionOptions, Utility,
    guesses, round_until_safe, suppress,
};
use ethos_model::cube::{CubeKey, Place};
use ethos_model::study::{Disclosure, DisclosureMethod};

use super::Earlier;
use super::cells::Cells;
use super::linked::{self, Linked};
use super::relations::Relation;
use super::report::{AuditLine, AuditReport, BlockReport, RoundingReport, SuppressionReport};
use super::threshold::Rule;
use crate::error::PublishError;

/// Cells that an error names.
const NAMED: usize = 5;

/// Decides what is shown of every cell, and audits it.
///
/// # Errors
/// The audit does not pass.
pub(super) fn protect(
    cells: &mut Cells,
    relations: &[Relation],
    settings: &Disclosure,
    releases: &[Earlier],
) -> Result<AuditReport, PublishError> {
    let linked = Linked::of(cells, relations, settings)?;
    let (mut aside, before) = linked::earlier(cells, releases);
    let requirements = linked.requirements(settings);
    let mut rounding = None;
    let mut suppression = None;
    let (shown, found) = match settings.method {
        DisclosureMethod::Threshold => {
            let rule = Rule::new(settings);
            let small: Vec<usize> = (0..cells.len())
                .filter(|at| rule.is_small(cells.persons(*at)))
                .collect();
            // Which of the withheld counts are small is not told, but may be guessed.
            aside.extend(guesses(
                &linked.system,
                &requirements,
                &small,
                settings.threshold,
            ));
            let found = suppress(
                &linked.system,
                &numbers(cells, linked.system.cells().len(), rule),
                &aside,
                &requirements,
                &small,
                &SuppressionOptions::default(),
            );
            for at in 0..cells.len() {
                if found.shown[at] == Figure::Withheld && !rule.is_small(cells.persons(at)) {
                    cells.withhold(at);
                }
            }
            suppression = Some(SuppressionReport {
                cost: found.cost,
                quality: found.quality,
                added: found.added,
                blocks: found
                    .blocks
                    .iter()
                    .map(|block| BlockReport::of(block, linked.place(block.place)))
                    .collect(),
            });
            (found.shown, found.audit)
        }
        DisclosureMethod::ControlledRounding => {
            let options = RoundingOptions {
                base: settings.base,
                seed: settings.seed,
                unbiased: settings.unbiased,
            };
            let (rounded, found) =
                round_until_safe(&linked.system, &options, &before, &aside, &requirements)
                    .map_err(
                        |RoundingError::NotFound { base, cell }| PublishError::Rounding {
                            base,
                            place: label(cells, &linked, cell),
                        },
                    )?;
            rounding = Some(RoundingReport {
                distance: rounded.distance,
                quality: rounded.quality,
                beyond: rounded.steps,
            });
            (rounded.shown(&linked.system), found)
        }
    };
    for (at, shown) in shown.iter().take(cells.len()).enumerate() {
        cells.publish(
            at,
            match shown {
                Figure::Number { value, .. } => Some(*value as u64),
                Figure::Withheld => None,
            },
        );
    }
    let mut report = report(cells, &linked, settings, &shown, &found);
    report.rounding = rounding;
    report.suppression = suppression;
    if !found.passed() {
        let failing: Vec<String> = found
            .failures()
            .take(NAMED)
            .map(|finding| label(cells, &linked, finding.requirement.cell))
            .collect();
        return Err(PublishError::Disclosed {
            count: found.failures().count(),
            cells: failing,
            report: Box::new(report),
        });
    }
    Ok(report)
}

/// What every count would read if it were shown, rounded by itself.
fn numbers(cells: &Cells, all: usize, rule: Rule) -> Vec<Figure> {
    (0..all)
        .map(|at| {
            if at >= cells.len() {
                return Figure::Withheld;
            }
            let value = rule.round(cells.persons(at));
            let (lower, upper) = rule.reads_as(value);
            Figure::Number {
                value: value as i64,
                reads: Bounds {
                    lower: lower as i64,
                    upper: upper as i64,
                },
            }
        })
        .collect()
}

fn report(
    cells: &Cells,
    linked: &Linked,
    settings: &Disclosure,
    shown: &[Figure],
    found: &Audit,
) -> AuditReport {
    let system = &linked.system;
    AuditReport {
        schema: "ethos-audit/1",
        method: settings.method,
        base: settings.base,
        threshold: settings.threshold,
        possible: linked::rule(settings).possible,
        cells: cells.len(),
        sums: system.relations().len(),
        protected: found.findings.len(),
        share_disclosed: found.share_failing(),
        rounding: None,
        suppression: None,
        utility: Utility::of(system, shown),
        revised: found
            .revised
            .iter()
            .map(|aside| label(cells, linked, aside.cell))
            .collect(),
        findings: found
            .findings
            .iter()
            .map(|finding| AuditLine {
                cell: label(cells, linked, finding.requirement.cell),
                count: system.cells()[finding.requirement.cell].count,
                reason: finding.requirement.reason.text(),
                verdict: finding.verdict,
                possible: finding.possible,
                derivable: finding.derivable,
            })
            .collect(),
    }
}

/// The coordinates of a cell.
fn label(cells: &Cells, linked: &Linked, cell: usize) -> String {
    if let Some(key) = cells.keys().get(cell) {
        return coordinates(key);
    }
    let near = linked.system.relations_of(cell).find_map(|relation| {
        relation
            .terms()
            .map(|(near, _)| near)
            .find(|near| *near < cells.len())
    });
    match near {
        Some(near) => format!("the rest beside ({})", coordinates(&cells.keys()[near])),
        None => "a rest".into(),
    }
}

/// Where a figure stands, without the figure.
fn coordinates(key: &CubeKey) -> String {
    let mut parts = vec![
        key.time.label(),
        place_name(&key.place),
        key.total.key().to_owned(),
    ];
    parts.extend(key.category.map(|category| category.key().to_owned()));
    for (name, level) in [
        ("sex", &key.sex),
        ("age", &key.age),
        ("origin", &key.origin),
        ("region", &key.region),
        ("household", &key.household),
        ("duration", &key.duration),
        ("nationality", &key.nationality),
        ("residence", &key.residence),
    ] {
        parts.extend(level.as_ref().map(|level| format!("{name} {level}")));
    }
    parts.push(key.measure.key().to_owned());
    parts.join(", ")
}

/// A place in words.
pub(super) fn place_name(place: &Place) -> String {
    match place {
        Place::Netherlands => "NL".to_owned(),
        Place::Region { mapping, region } => format!("{mapping} {region}"),
        Place::Municipality(code) => code.to_string(),
        Place::UnknownMunicipality => "municipality unknown".into(),
    }
}
