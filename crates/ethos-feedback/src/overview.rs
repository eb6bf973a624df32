//! The counts of a delivery that its sender can recognise ("op orde"): per category, product, month, age and
//! provider, beside the previous delivery where there is one.
//!
//! Small counts stay as they are: they are the sender's own, and whoever shows them says that they are not to
//! be shared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use ethos_ingest::summary::category_key;
use ethos_ingest::{FileReport, Summary, layout, mapping};
use ethos_model::category::{EthosCategory, Language};
use ethos_model::date::{Day, Period};
use ethos_model::layout::{CategoryRule, LayoutKind};
use serde::Serialize;

use crate::summaries::base_name;
use crate::terminal::grouped;

/// Months shown where no period is known.
const MONTHS: i32 = 12;

/// The overview of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Overview {
    /// What it is, and that it is not to be shared.
    pub note: String,
    /// Its tables.
    pub parts: Vec<Part>,
}

/// A table of an overview. The first column names what is counted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Part {
    /// Title.
    pub title: String,
    /// Headings of the columns.
    pub columns: Vec<String>,
    /// One text per column.
    pub rows: Vec<Vec<String>>,
}

/// The overview of a file; `None` when no row of it counts, or its rows are no situations.
pub fn overview(file: &FileReport, language: Language) -> Option<Overview> {
    let now = &file.summary;
    if now.tally.accepted == 0 || now.kind == Some(LayoutKind::PersonRegister) {
        return None;
    }
    let words = Words {
        language,
        last: file.previous.as_deref(),
    };
    let mut parts = vec![words.together(now)];
    parts.extend(words.counts(
        language.pick("Per categorie", "By category"),
        now,
        true,
        |s| words.categories(s),
    ));
    let products = product_names(now.layout.as_deref());
    parts.extend(
        words.counts(language.pick("Per product", "By product"), now, true, |s| {
            let named = s.products.iter().map(|(code, count)| {
                let name = products.get(code);
                (
                    name.map_or_else(|| code.clone(), |name| format!("{code} {name}")),
                    *count,
                )
            });
            named.collect()
        }),
    );
    parts.extend(words.months(now));
    parts.extend(words.counts(
        language.pick(
            "Per leeftijd (op de eerste dag)",
            "By age (on the first day)",
        ),
        now,
        true,
        |s| words.with_unknown(&s.ages),
    ));
    parts.extend(words.counts(
        language.pick("Per aanbieder", "By provider"),
        now,
        false,
        |s| words.with_rare(&s.providers),
    ));
    Some(Overview {
        note: words.note(),
        parts,
    })
}

/// The overview as text for a terminal.
pub fn overview_text(overview: &Overview) -> String {
    let mut text = format!("  {}\n", overview.note);
    for part in &overview.parts {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(part.columns.iter());
        for row in &part.rows {
            table.add_row(row.iter());
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let _ = writeln!(text, "\n  {}", part.title);
        for line in table.to_string().lines() {
            let _ = writeln!(text, "   {}", line.trim_end());
        }
    }
    text
}

/// The lines of an overview for the first sheet of a workbook: rows and categories.
pub(crate) fn front_lines(file: &FileReport, language: Language) -> Vec<String> {
    let Some(overview) = overview(file, language) else {
        return Vec::new();
    };
    let mut lines = vec![overview.note];
    for part in overview.parts.iter().take(2) {
        let counts: Vec<String> = part
            .rows
            .iter()
            .map(|row| match row.get(2).filter(|_| file.previous.is_some()) {
                Some(last) if !last.is_empty() => format!(
                    "{} {} ({} {last})",
                    row[0],
                    row[1],
                    language.pick("vorige levering", "previous delivery")
                ),
                _ => format!("{} {}", row[0], row[1]),
            })
            .collect();
        lines.push(format!("{}: {}", part.title, counts.join(" · ")));
    }
    lines
}

/// The names of product codes in a shipped layout's mapping.
fn product_names(id: Option<&str>) -> BTreeMap<String, String> {
    let names = || {
        let layout = layout::find(id?, None).ok()?;
        let CategoryRule::Mapping { name } = &layout.category else {
            return None;
        };
        let codes = mapping::find(name, None).ok()?.codes.into_iter();
        Some(codes.map(|code| (code.code, code.name)).collect())
    };
    names().unwrap_or_default()
}

/// What an overview says, beside a previous delivery or not.
struct Words<'a> {
    language: Language,
    last: Option<&'a Summary>,
}

impl Words<'_> {
    fn pick(&self, nl: &str, en: &str) -> String {
        self.language.pick(nl, en).to_owned()
    }

    fn note(&self) -> String {
        let mut note = self.pick(
            "Klopt het beeld? Dit zijn de aantallen die meetellen. Intern, niet delen: ook kleine aantallen staan \
             erin.",
            "Is the picture right? These are the numbers that count. Internal, do not share: small numbers are in it \
             too.",
        );
        if let Some(last) = self.last {
            let _ = write!(
                note,
                " {} {}.",
                self.language.pick(
                    "Ernaast staat de vorige levering:",
                    "Beside it is the previous delivery:"
                ),
                base_name(&last.file)
            );
        }
        note
    }

    fn number(&self, count: u64) -> String {
        grouped(count, self.language)
    }

    /// Columns of a table of counts.
    fn columns(&self) -> Vec<String> {
        let mut columns = vec![String::new(), self.pick("nu", "now")];
        if self.last.is_some() {
            columns.push(self.pick("vorige", "previous"));
            columns.push(self.pick("verschil", "difference"));
        }
        columns
    }

    /// A row of a table of counts.
    fn row(&self, name: String, now: u64, last: Option<u64>) -> Vec<String> {
        let mut row = vec![name, self.number(now)];
        if self.last.is_some() {
            row.push(last.map_or_else(String::new, |last| self.number(last)));
            row.push(last.map_or_else(String::new, |last| self.difference(now, last)));
        }
        row
    }

    /// `+12 (+8%)`.
    fn difference(&self, now: u64, last: u64) -> String {
        let sign = if now < last { '-' } else { '+' };
        let by = now.abs_diff(last);
        if by == 0 {
            return "0".to_owned();
        }
        let mut text = format!("{sign}{}", self.number(by));
        if last > 0 {
            let share = (100.0 * by as f64 / last as f64).round();
            let _ = write!(text, " ({sign}{share}%)");
        }
        text
    }

    fn together(&self, now: &Summary) -> Part {
        let row = |nl: &str, en: &str, of: &dyn Fn(&Summary) -> Option<u64>| {
            Some(self.row(self.pick(nl, en), of(now)?, self.last.and_then(of)))
        };
        let mut rows: Vec<Vec<String>> = [
            row("rijen die meetellen", "rows that count", &|s| {
                Some(s.tally.accepted)
            }),
            row("verschillende personen", "different persons", &|s| {
                s.persons
            }),
            row("rijen zonder BSN", "rows without a number", &|s| {
                Some(s.without_number)
            }),
            // Where nobody's sex or age is known, 0 would say that there are none.
            row("vrouwen", "women", &|s| {
                (s.sexes > 0 || s.women > 0).then_some(s.women)
            }),
            row("kinderen (onder 18)", "children (under 18)", &|s| {
                s.median_age.map(|_| s.children)
            }),
        ]
        .into_iter()
        .flatten()
        .collect();
        if now.kind != Some(LayoutKind::CountDay) {
            rows.extend(row(
                "loopt nog (zonder einddatum)",
                "going on (without an end)",
                &|s| Some(s.open),
            ));
            rows.extend(row("beëindigd", "ended", &|s| Some(s.ended)));
            rows.extend(row(
                "middelste verblijf in dagen",
                "median stay in days",
                &|s| s.median_stay.map(|days| days.round() as u64),
            ));
        }
        rows.extend(row("middelste leeftijd", "median age", &|s| {
            s.median_age.map(|age| age.round() as u64)
        }));
        Part {
            title: self.pick("Samen", "Together"),
            columns: self.columns(),
            rows,
        }
    }

    /// A table of counts by name, or in the order of `of` with what there is no more at its end; none where
    /// nothing is counted.
    fn counts(
        &self,
        title: &str,
        now: &Summary,
        sorted: bool,
        of: impl Fn(&Summary) -> Vec<(String, u64)>,
    ) -> Option<Part> {
        let here = of(now);
        let before = self.last.map(&of).unwrap_or_default();
        let find = |counts: &[(String, u64)], name: &str| {
            let found = counts.iter().find(|(other, _)| other == name);
            found.map_or(0, |(_, count)| *count)
        };
        let mut rows: Vec<Vec<String>> = here
            .iter()
            .map(|(name, count)| {
                self.row(name.clone(), *count, self.last.map(|_| find(&before, name)))
            })
            .collect();
        for (name, count) in &before {
            if here.iter().all(|(other, _)| other != name) {
                rows.push(self.row(name.clone(), 0, Some(*count)));
            }
        }
        if sorted {
            rows.sort();
        }
        (!rows.is_empty()).then(|| Part {
            title: title.to_owned(),
            columns: self.columns(),
            rows,
        })
    }

    fn categories(&self, summary: &Summary) -> Vec<(String, u64)> {
        let counted = EthosCategory::ALL.into_iter().filter_map(|category| {
            let count = *summary.categories.get(category_key(category))?;
            let name = category.name(self.language);
            let name = match category.number() {
                Some(number) => format!("{number} {name}"),
                None => name.to_owned(),
            };
            Some((name, count))
        });
        counted.collect()
    }

    fn with_unknown(&self, counts: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
        let named = counts.iter().map(|(name, count)| match name.as_str() {
            "unknown" => (self.pick("onbekend", "unknown"), *count),
            _ => (name.clone(), *count),
        });
        named.collect()
    }

    fn with_rare(&self, counts: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
        let mut named: Vec<(String, u64)> = counts
            .iter()
            .map(|(name, count)| match name.as_str() {
                "…" => (
                    self.pick(
                        "andere, met minder dan 10 rijen",
                        "others, with fewer than 10 rows",
                    ),
                    *count,
                ),
                _ => (name.clone(), *count),
            })
            .collect();
        named.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        named
    }

    /// Months beside the same months a year before.
    fn months(&self, now: &Summary) -> Option<Part> {
        type Counts = BTreeMap<String, u64>;
        type Of = fn(&Summary) -> &Counts;
        let counted: Vec<(String, Of)> = if now.kind == Some(LayoutKind::CountDay) {
            vec![(self.pick("gezien", "seen"), |s| &s.seen_in)]
        } else {
            vec![
                (self.pick("open op de 1e", "open on the 1st"), |s| {
                    &s.open_on
                }),
                (self.pick("begonnen", "begun"), |s| &s.months),
                (self.pick("beëindigd", "ended"), |s| &s.ended_in),
            ]
        };
        let months: Vec<String> = if now.kind == Some(LayoutKind::CountDay) {
            now.seen_in.keys().cloned().collect()
        } else {
            months_of(now)
        };
        if months.is_empty() || counted.iter().all(|(_, of)| of(now).is_empty()) {
            return None;
        }
        let mut columns = vec![self.pick("maand", "month")];
        for (name, _) in &counted {
            columns.push(name.clone());
            if self.last.is_some() {
                columns.push(self.pick("jaar eerder", "year before"));
            }
        }
        let count = |counts: &Counts, month: &str| counts.get(month).copied().unwrap_or(0);
        let rows = months.iter().map(|month| {
            let mut row = vec![month.clone()];
            let before = year_before(month);
            for (_, of) in &counted {
                row.push(self.number(count(of(now), month)));
                if let Some(last) = self.last {
                    row.push(self.number(count(of(last), &before)));
                }
            }
            row
        });
        Some(Part {
            title: self.pick("Per maand", "By month"),
            columns,
            rows: rows.collect(),
        })
    }
}

/// The months that a delivery speaks of: those of the period in its name, else the last twelve with something
/// in them. None after the one in which it was made.
fn months_of(summary: &Summary) -> Vec<String> {
    if let Some(period) = summary.period {
        return months_in(period, summary.made);
    }
    let known: BTreeSet<&String> = summary
        .months
        .keys()
        .chain(summary.open_on.keys())
        .collect();
    let Some(last) = known.last() else {
        return Vec::new();
    };
    let Some(first) = Day::parse_iso(&format!("{last}-01")) else {
        return Vec::new();
    };
    Period::new(first.plus_months(1 - MONTHS), first.plus_months(1))
        .map(|period| months_in(period, summary.made))
        .unwrap_or_default()
}

/// The months of a period, up to the one in which a delivery was made.
pub(crate) fn months_in(period: Period, made: Option<Day>) -> Vec<String> {
    let mut months = Vec::new();
    let mut day = period.start();
    let end = made.map_or(period.end(), |made| period.end().min(made.plus_days(1)));
    while day < end && months.len() < 120 {
        months.push(format!("{:04}-{:02}", day.year(), day.month()));
        let Some(first) = Day::from_ymd(day.year(), day.month(), 1) else {
            break;
        };
        day = first.plus_months(1);
    }
    months
}

/// The same month a year before.
pub(crate) fn year_before(month: &str) -> String {
    match month.split_once('-') {
        Some((year, rest)) => match year.parse::<i32>() {
            Ok(year) => format!("{}-{rest}", year - 1),
            Err(_) => String::new(),
        },
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_end_with_the_one_in_which_a_delivery_was_made() {
        let year = Period::calendar_year(2025).unwrap();
        assert_eq!(months_in(year, None).len(), 12);
        let made = Day::parse("2025-03-01");
        assert_eq!(months_in(year, made), ["2025-01", "2025-02", "2025-03"]);
        assert_eq!(year_before("2025-03"), "2024-03");
    }

    #[test]
    fn differences_are_told_as_counts_and_shares() {
        let words = Words {
            language: Language::Nl,
            last: None,
        };
        assert_eq!(words.difference(1_500, 1_000), "+500 (+50%)");
        assert_eq!(words.difference(0, 8), "-8 (-100%)");
        assert_eq!(words.difference(3, 0), "+3");
        assert_eq!(words.difference(3, 3), "0");
    }
}
