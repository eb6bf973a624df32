//! What two runs published of the same things: counts beside each other, settings that differ,
//! figures that contradict each other.

use std::collections::BTreeMap;

use ethos_compare::{Count, Counted, Difference, Factor, Published};
use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::date::Day;
use ethos_model::finding::Text;
use ethos_model::study::{ReleaseStatus, Study};
use ethos_publish::words::label;

use super::compared_run::{Cell, ComparedRun, Key};

/// The published counts by category of both runs, in published order.
pub(super) fn counts(runs: [&ComparedRun; 2], dates: [Day; 2]) -> Vec<Counted> {
    let mut found = Vec::new();
    for total in [Total::Homeless, Total::Threatened] {
        let own = EthosCategory::ALL
            .into_iter()
            .filter(|category| category.total() == total);
        let all = (total == Total::Homeless).then_some(None);
        for category in all.into_iter().chain(own.map(Some)) {
            let [before, after] = [0, 1].map(|at| count_of(runs[at], dates[at], total, category));
            let (Some(before), Some(after)) = (before, after) else {
                continue;
            };
            let name = |language: Language| {
                category.map_or_else(
                    || total.name(language).to_owned(),
                    |category| label::category(category, language),
                )
            };
            // A minimum is no number to subtract.
            let whole = |count: &Count| count.value.filter(|_| count.status != PARTIAL);
            let change = whole(&before).zip(whole(&after)).map(|(before, after)| {
                let spans = [runs[0].stands_for(before), runs[1].stands_for(after)];
                Published::change_of_count(before, after, spans)
            });
            found.push(Counted {
                name: Text::new(name(Language::Nl), name(Language::En)),
                before,
                after,
                change,
            });
        }
    }
    found
}

/// Status of a minimum.
const PARTIAL: &str = "partial";

/// A published count; `None` where the run published no such row.
fn count_of(
    run: &ComparedRun,
    date: Day,
    total: Total,
    category: Option<EthosCategory>,
) -> Option<Count> {
    let date = date.to_string();
    let category = category.map_or("all", EthosCategory::key);
    let wanted = |key: &Key| {
        key[0] == "national_category"
            && key[1] == date
            && key[3] == total.key()
            && key[6] == category
            && key[15] == "observed"
    };
    let (_, cell) = run.published.iter().find(|(key, _)| wanted(key))?;
    Some(Count {
        value: cell.value.map(|value| value.round() as i64),
        status: cell.status.clone(),
    })
}

/// Figures of the same time that both releases hold and that differ by more than rounding leaves,
/// where neither release says that they may change or were revised.
pub(super) fn contradictions(before: &ComparedRun, after: &ComparedRun) -> Vec<Text> {
    let settled = before.study.publish.status != ReleaseStatus::Provisional
        && after.study.publish.status == ReleaseStatus::Final;
    if !settled {
        return Vec::new();
    }
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    let mut first: Option<&Key> = None;
    for (key, new) in &after.published {
        let derived = key[0] == "dashboard" || key[0] == "rates";
        let Some(old) = before.published.get(key).filter(|_| !derived) else {
            continue;
        };
        if differs([before, after], old, new) {
            *found.entry(&key[1]).or_insert(0) += 1;
            first = first.or(Some(key));
        }
    }
    let Some(first) = first else {
        return Vec::new();
    };
    // One warning, however many dates it is of.
    let what: Vec<&str> = first[1..]
        .iter()
        .map(String::as_str)
        .filter(|part| !["all", "point", "country", "NL"].contains(part))
        .collect();
    let (table, what) = (&first[0], what.join(", "));
    let of = |figures: &str, of: &str| {
        let times: Vec<String> = found
            .iter()
            .map(|(time, count)| format!("{count} {figures} {of} {time}"))
            .collect();
        times.join(", ")
    };
    vec![Text::new(
        format!(
            "{} verschillen van de eerdere uitgave, en deze uitgave noemt zich niet herzien; het eerste staat in csv/{table}.csv: {what}. Zet `publish.status` op \"revised\", of zoek uit waarom.",
            of("cijfers", "van")
        ),
        format!(
            "{} differ from the earlier release, and this release does not say that it revises; the first is in csv/{table}.csv: {what}. Set `publish.status` to \"revised\", or find out why.",
            of("figures", "of")
        ),
    )]
}

fn differs(runs: [&ComparedRun; 2], old: &Cell, new: &Cell) -> bool {
    match (old.value, new.value) {
        (Some(a), Some(b)) if old.lower.is_some() || new.lower.is_some() => (a - b).abs() > 0.0,
        (Some(a), Some(b)) => {
            let (first_a, last_a) = runs[0].stands_for(a.round() as i64);
            let (first_b, last_b) = runs[1].stands_for(b.round() as i64);
            last_a < first_b || last_b < first_a
        }
        // What is withheld in one and not in the other tells of rounding and protection alone.
        _ if old.status == "suppressed" || new.status == "suppressed" => false,
        (None, None) => old.status != new.status,
        _ => true,
    }
}

/// Settings of scope and method that differ, and lists that came or went.
pub(super) fn differences(before: &Study, after: &Study) -> Vec<Difference> {
    let [old, new] = [before, after].map(settings);
    let mut keys: Vec<&(Factor, String)> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter_map(|key| {
            let of = |settings: &BTreeMap<(Factor, String), String>| {
                settings.get(key).cloned().unwrap_or_default()
            };
            let (before, after) = (of(&old), of(&new));
            (before != after).then(|| Difference {
                of: key.0,
                key: key.1.clone(),
                before,
                after,
            })
        })
        .collect()
}

/// The settings that a comparison looks at, flat.
fn settings(study: &Study) -> BTreeMap<(Factor, String), String> {
    let mut found = BTreeMap::new();
    found.insert((Factor::Data, "lists".to_owned()), study.lists().join(", "));
    let Ok(toml::Value::Table(whole)) = toml::Value::try_from(study) else {
        return found;
    };
    for (section, of) in [
        ("scope", Factor::Scope),
        ("category", Factor::Method),
        ("count", Factor::Method),
        ("strata", Factor::Method),
        ("estimate", Factor::Method),
    ] {
        if let Some(toml::Value::Table(table)) = whole.get(section) {
            for (key, value) in table {
                if !(section == "count" && key == "period_years") {
                    found.insert((of, format!("{section}.{key}")), value.to_string());
                }
            }
        }
    }
    found
}
