//! A comparison, for people and for programs.

use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::finding::Text;
use ethos_model::study::ReleaseStatus;
use serde::Serialize;

use crate::parts::{Factor, Group, apportion};

/// Version of the JSON form; a breaking change gets a new number.
pub const SCHEMA: &str = "ethos-compare/2";

/// A run at a reference date.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Side {
    /// Name of the study.
    pub study: String,
    /// Version of the program that made it.
    pub program: String,
    /// Reference date.
    pub date: Day,
    /// Whether its figures may change, or take the place of others.
    pub status: ReleaseStatus,
    /// The estimate before rounding; `None` where there is none.
    pub computed: Option<f64>,
    /// The estimate as published; `None` where none is.
    pub published: Option<Published>,
    /// Its status as the cube names it; `None` where the release has no such figure.
    pub published_status: Option<String>,
}

/// A published figure.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Published {
    /// The figure.
    pub value: i64,
    /// Lower limit.
    pub lower: Option<i64>,
    /// Upper limit.
    pub upper: Option<i64>,
}

/// What of the change comes from what.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Line {
    /// The factors that were swapped together; empty for rounding.
    pub of: Group,
    /// Its part of the change.
    pub change: f64,
    /// The same in whole persons: these add up to the published change.
    pub persons: i64,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
}

/// A part of the change before rounding, with its limits.
#[derive(Clone, PartialEq, Debug)]
pub struct Swapped {
    /// What was swapped.
    pub of: Group,
    /// Its part of the change.
    pub change: f64,
    /// Its limits, lower and upper, where there are any.
    pub limits: Option<(f64, f64)>,
}

/// A setting that differs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Difference {
    /// What it is a part of.
    pub of: Factor,
    /// The setting, as in the study file.
    pub key: String,
    /// In the earlier run; empty where it is not set.
    pub before: String,
    /// In the later run.
    pub after: String,
}

/// A count as a release has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Count {
    /// The number; `None` where there is none.
    pub value: Option<i64>,
    /// Its status as the cube names it: of a minimum `partial`.
    pub status: String,
}

/// A published count of both runs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Counted {
    /// What is counted.
    pub name: Text,
    /// In the earlier run.
    pub before: Count,
    /// In the later run.
    pub after: Count,
    /// The change with the limits that rounding leaves.
    pub change: Option<Published>,
}

/// Two runs, or two years of one.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Comparison {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The earlier run.
    pub before: Side,
    /// The later run.
    pub after: Side,
    /// The change of the published estimate with its interval; `None` unless both are published.
    pub change: Option<Published>,
    /// What the change comes from; empty where it cannot be told.
    pub lines: Vec<Line>,
    /// Replicates behind the intervals of the lines.
    pub replicates: u64,
    /// Level of the intervals.
    pub level: f64,
    /// Settings that differ.
    pub differences: Vec<Difference>,
    /// Breaks in the series between the dates.
    pub breaks: Vec<(Day, Text)>,
    /// What a reader must know.
    pub notes: Vec<Text>,
    /// Figures of one date that differ although the later release does not say that it revises.
    pub contradictions: Vec<Text>,
    /// Published counts.
    pub counts: Vec<Counted>,
}

impl Published {
    /// The change from one published estimate to another, its limits recovered from theirs as if the
    /// two were drawn apart (Zou and Donner 2008).
    ///
    /// ```
    /// use ethos_compare::Published;
    /// let of = |lower, value, upper| Published { value, lower: Some(lower), upper: Some(upper) };
    /// let change = Published::change(of(1_200, 2_000, 2_400), of(4_700, 5_000, 5_600));
    /// assert_eq!((change.value, change.lower, change.upper), (3_000, Some(2_500), Some(4_000)));
    /// ```
    #[must_use]
    pub fn change(before: Self, after: Self) -> Self {
        let value = after.value.saturating_sub(before.value);
        let far = |a: Option<i64>, b: i64| a.map(|a| (a as f64 - b as f64).abs());
        let with = |mine: Option<f64>, other: Option<f64>| Some(mine?.hypot(other?).ceil() as i64);
        let down = with(
            far(after.lower, after.value),
            far(before.upper, before.value),
        );
        let up = with(
            far(after.upper, after.value),
            far(before.lower, before.value),
        );
        Self {
            value,
            lower: down.map(|down| value.saturating_sub(down)),
            upper: up.map(|up| value.saturating_add(up)),
        }
    }

    /// The change of a count, with what rounding leaves open: each figure stands for some count from
    /// the first to the last of its span.
    ///
    /// ```
    /// use ethos_compare::Published;
    /// // Rounded to the nearest 5.
    /// let change = Published::change_of_count(500, 340, [(498, 502), (338, 342)]);
    /// assert_eq!((change.value, change.lower, change.upper), (-160, Some(-164), Some(-156)));
    /// ```
    #[must_use]
    pub fn change_of_count(before: i64, after: i64, spans: [(i64, i64); 2]) -> Self {
        let [(first_before, last_before), (first_after, last_after)] = spans;
        Self {
            value: after.saturating_sub(before),
            lower: Some(first_after.saturating_sub(last_before)),
            upper: Some(last_after.saturating_sub(first_before)),
        }
    }
}

impl Comparison {
    /// The lines of a change from the parts before rounding, with rounding as the last; whole persons
    /// that add up to the published change.
    pub fn lines_of(parts: Vec<Swapped>, published: i64) -> Vec<Line> {
        let computed: f64 = parts.iter().map(|part| part.change).sum();
        let rounding = Swapped {
            of: Group(Vec::new()),
            change: published as f64 - computed,
            limits: None,
        };
        let all: Vec<_> = parts.into_iter().chain([rounding]).collect();
        let changes: Vec<f64> = all.iter().map(|part| part.change).collect();
        all.into_iter()
            .zip(apportion(&changes, published))
            .map(|(part, persons)| Line {
                of: part.of,
                change: part.change,
                persons,
                lower: part.limits.map(|limits| limits.0),
                upper: part.limits.map(|limits| limits.1),
            })
            .collect()
    }

    /// The comparison as JSON, indented, with a final newline.
    ///
    /// # Errors
    /// A number that JSON does not have: a mistake of this crate.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }

    /// One row a line and a count. `before` and `after` hold numbers alone; what stands in their
    /// place, or that they are minima, is in the columns of their status.
    pub fn to_csv(&self) -> String {
        let mut text =
            String::from("kind,what,before,before_status,after,after_status,change,lower,upper\n");
        let mut row = |cells: [String; 9]| {
            let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        };
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let point = |side: &Side| number(side.published.map(|figure| figure.value));
        let status = |side: &Side| side.published_status.clone().unwrap_or_default();
        row([
            "estimate".into(),
            "estimated".into(),
            point(&self.before),
            status(&self.before),
            point(&self.after),
            status(&self.after),
            number(self.change.map(|change| change.value)),
            number(self.change.and_then(|change| change.lower)),
            number(self.change.and_then(|change| change.upper)),
        ]);
        let real = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        for line in &self.lines {
            row([
                "part".into(),
                line.key(),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
                line.change.to_string(),
                real(line.lower),
                real(line.upper),
            ]);
        }
        for count in &self.counts {
            row([
                "count".into(),
                count.name.en.clone(),
                number(count.before.value),
                count.before.status.clone(),
                number(count.after.value),
                count.after.status.clone(),
                number(count.change.map(|change| change.value)),
                number(count.change.and_then(|change| change.lower)),
                number(count.change.and_then(|change| change.upper)),
            ]);
        }
        text
    }
}

/// A cell of a CSV file.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

impl Factor {
    /// Stable key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Scope => "scope",
            Self::Method => "method",
        }
    }

    /// Name in the given language.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Data => language.pick("gegevens", "data"),
            Self::Scope => language.pick("afbakening", "scope"),
            Self::Method => language.pick("methode", "method"),
        }
    }
}

impl Line {
    /// Stable key: the factors, or `rounding`.
    pub fn key(&self) -> String {
        if self.of.0.is_empty() {
            return "rounding".into();
        }
        let keys: Vec<&str> = self.of.0.iter().map(|factor| factor.key()).collect();
        keys.join("+")
    }

    /// Name in the given language.
    pub fn name(&self, language: Language) -> String {
        if self.of.0.is_empty() {
            return language.pick("afronding", "rounding").into();
        }
        let names: Vec<&str> = self
            .of
            .0
            .iter()
            .map(|factor| factor.name(language))
            .collect();
        names.join(language.pick(" en ", " and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_add_up_to_the_published_change() {
        let part = |factor, change, limits| Swapped {
            of: Group(vec![factor]),
            change,
            limits,
        };
        let lines = Comparison::lines_of(
            vec![
                part(Factor::Data, 1_234.4, Some((200.0, 2_300.0))),
                part(Factor::Scope, 0.0, None),
                part(Factor::Method, -310.7, None),
            ],
            900,
        );
        let persons: Vec<i64> = lines.iter().map(|line| line.persons).collect();
        assert_eq!(persons, [1_235, 0, -311, -24]);
        assert_eq!(persons.iter().sum::<i64>(), 900);
        assert_eq!(lines[3].key(), "rounding");
        let change: f64 = lines.iter().map(|line| line.change).sum();
        assert!((change - 900.0).abs() < 1e-9);
    }

    #[test]
    fn an_estimate_without_an_upper_limit_leaves_the_rise_open() {
        let before = Published {
            value: 2_000,
            lower: Some(1_200),
            upper: Some(2_400),
        };
        let after = Published {
            value: 5_000,
            lower: Some(4_700),
            upper: None,
        };
        let change = Published::change(before, after);
        assert_eq!((change.lower, change.upper), (Some(2_500), None));
        // To less than a base of 5 away, and not at all.
        let change = Published::change_of_count(100, 110, [(96, 104), (110, 110)]);
        assert_eq!((change.lower, change.upper), (Some(6), Some(14)));
    }

    #[test]
    fn columns_of_numbers_hold_numbers_alone() {
        let side = |status: &str, value| Side {
            study: "Count".into(),
            program: "0.1.0".into(),
            date: Day::parse("2026-01-01").unwrap(),
            status: ReleaseStatus::Final,
            computed: None,
            published: value,
            published_status: Some(status.into()),
        };
        let count = |value, status: &str| Count {
            value,
            status: status.into(),
        };
        let found = Comparison {
            schema: SCHEMA,
            before: side("not_estimable", None),
            after: side(
                "unbounded",
                Some(Published {
                    value: 900,
                    lower: Some(800),
                    upper: None,
                }),
            ),
            change: None,
            lines: Vec::new(),
            replicates: 0,
            level: 0.95,
            differences: Vec::new(),
            breaks: Vec::new(),
            notes: Vec::new(),
            contradictions: Vec::new(),
            counts: vec![Counted {
                name: Text::new("1 Buiten, op straat", "1 Outdoors, in the street"),
                before: count(Some(33_410), "partial"),
                after: count(None, "not_collected"),
                change: None,
            }],
        };
        let csv = found.to_csv();
        let rows: Vec<&str> = csv.lines().collect();
        assert_eq!(
            rows,
            [
                "kind,what,before,before_status,after,after_status,change,lower,upper",
                "estimate,estimated,,not_estimable,900,unbounded,,,",
                "count,\"1 Outdoors, in the street\",33410,partial,,not_collected,,,",
            ]
        );
        let json = found.to_json().unwrap();
        assert!(
            json.contains("\"value\": 33410,\n        \"status\": \"partial\""),
            "{json}"
        );
    }
}
