//! The estimate of a study as a command on its capture table.

use ethos_model::capture::CaptureTable;
use ethos_model::study::{EstimateSection, Preset, Study};

use super::estimates;

/// The options of `ethos estimate` that say what the study says, each after a blank: covariates, lists,
/// model or search, dependence, interval, replicates, level, seed, date.
pub(crate) fn options(study: &Study, section: &EstimateSection, captures: &CaptureTable) -> String {
    let settings = estimates::spoken(&estimates::settings(study, section, section.seed), captures);
    let mut out = Options(String::new());
    let strata: Vec<&str> = captures.strata.iter().map(|s| s.name.as_str()).collect();
    out.list("--strata", &strata);
    if !section.lists.is_empty() {
        let lists: Vec<&str> = captures.lists.iter().map(String::as_str).collect();
        out.list("--lists", &lists);
    }
    out.named(
        "--preset",
        Some(section.preset).filter(|p| *p != Preset::default()),
    );
    out.text("--model", section.model.as_deref());
    out.named("--search", section.search);
    out.named("--criterion", section.criterion);
    out.value("--max-order", section.max_order);
    out.value("--p-value", section.p_value);
    for set in &settings.forced {
        out.text("--depends", Some(&set.join(":")));
    }
    for held in &section.odds_ratio {
        if held.lists.iter().all(|name| captures.lists.contains(name)) {
            out.text(
                "--odds-ratio",
                Some(&format!("{}={}", held.lists.join(":"), held.value)),
            );
        }
    }
    for one in &settings.dependence {
        let range = format!("{}={}..{}", one.lists.join(":"), one.lower, one.upper);
        out.text("--dependence", Some(&range));
    }
    out.flag("--panel", section.panel);
    out.named("--interval", section.interval);
    out.flag("--reselect", section.reselect == Some(true));
    out.flag("--no-reselect", section.reselect == Some(false));
    out.flag("--no-borrow", settings.no_borrow);
    out.value("--replicates", section.replicates);
    out.value("--level", section.level);
    out.value("--seed", section.seed);
    out.value("--max-seconds", section.max_seconds);
    out.value("--date", Some(captures.date));
    out.0
}

struct Options(String);

impl Options {
    fn flag(&mut self, name: &str, given: bool) {
        if given {
            self.0.push(' ');
            self.0.push_str(name);
        }
    }

    /// A value, in quotes where a shell would take it apart.
    fn text(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        self.flag(name, true);
        self.0.push(' ');
        let plain = |c: char| c.is_alphanumeric() || "-_.,:=/".contains(c);
        if !value.is_empty() && value.chars().all(plain) {
            self.0.push_str(value);
        } else {
            self.0.push('\'');
            self.0.push_str(&value.replace('\'', "'\\''"));
            self.0.push('\'');
        }
    }

    fn value(&mut self, name: &str, value: Option<impl ToString>) {
        self.text(name, value.map(|v| v.to_string()).as_deref());
    }

    fn list(&mut self, name: &str, values: &[&str]) {
        if !values.is_empty() {
            self.text(name, Some(&values.join(",")));
        }
    }

    /// A choice by the name that the study file has for it, which is the option's.
    fn named(&mut self, name: &str, value: Option<impl serde::Serialize>) {
        let word = value.and_then(|v| serde_json::to_value(v).ok());
        self.text(name, word.as_ref().and_then(|w| w.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::date::Day;

    #[test]
    fn everything_that_the_study_sets_is_in_the_command() {
        let text = include_str!("../../templates/statistics.toml")
            .replace("@YEAR@", "2026")
            .replace("@LAST@", "2025")
            .replace("@SERIES@", "reeks")
            .replace(
                "preset = \"honest\"",
                "preset = \"cbs-like\"\ninterval = \"semiparametric\"\nlevel = 0.9\nmodel = \"[12,13]\"\npanel = true",
            );
        let study = Study::parse(&text).expect("a study");
        let section = study.estimate.as_ref().expect("an estimate");
        let captures = CaptureTable {
            date: Day::parse("2026-01-01").expect("a day"),
            lists: ["opvang", "bijstand", "reclassering"]
                .map(String::from)
                .to_vec(),
            strata: Vec::new(),
            cells: Vec::new(),
        };
        assert_eq!(
            options(&study, section, &captures),
            " --preset cbs-like --model '[12,13]' --depends opvang:bijstand --panel --interval semiparametric \
             --replicates 2000 --level 0.9 --seed 20260101 --date 2026-01-01"
        );
    }
}
