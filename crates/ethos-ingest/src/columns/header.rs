//! A header matched to a layout, with findings for what does not fit.

use ethos_model::date::Day;
use ethos_model::finding::{MaskedValue, Suggestion as CellValue, Text, column_letters};
use ethos_model::layout::{Layout, Required, family};

use super::fit::{column_fit, fields_of};
use super::suggest::{Suggestion, suggestions};
use crate::detect::Column;
use crate::findings::{Findings, masked, shown};
use crate::head::Head;
use crate::layout::normalised;
use crate::mapping::MappingTable;
use crate::rules::{Detail, Observation, Place};

/// Filled cells below which what is in a column is no finding.
const ENOUGH: usize = 10;

/// A header and the layout it is matched to.
struct Matching<'a> {
    layout: &'a Layout,
    head: &'a Head,
    /// For each cell, the field it names.
    found: Vec<Option<usize>>,
    suggestions: Vec<Suggestion>,
    /// Without a header the first row is somebody's data: its cells are not to be shown.
    is_header: bool,
}

/// Finds the field of each column by its name; `None` when the file cannot be used.
pub(crate) fn by_name(
    layout: &Layout,
    mapping: Option<&MappingTable>,
    head: &Head,
    findings: &mut Findings<'_>,
) -> Option<Vec<Column>> {
    let found = fields_of(layout, &head.names);
    let suggestions = suggestions(layout, mapping, &head.names, &head.sample, &found);
    let known = found.iter().flatten().count();
    let alike = suggestions.iter().filter(|pair| pair.by_name).count();
    let matching = Matching {
        is_header: 2 * (known + alike) >= head.cells.len().max(1),
        layout,
        head,
        found,
        suggestions,
    };
    let columns = matching.known(findings);
    matching.unknown(findings);
    let complete = matching.missing(findings);
    if let Some(columns) = &columns {
        matching.order(columns, findings);
        matching.content(columns, mapping, findings);
    }
    columns.filter(|_| complete)
}

/// What the columns of a file look like in the layout that is nearest to it, where that cannot be told from the
/// header: as a sentence for each, and the options that say so. Where nothing tells the file's day, they leave the
/// version of the layout to the rows.
pub(crate) fn nearest(
    layout: &Layout,
    day: Option<Day>,
    mapping: Option<&MappingTable>,
    head: &Head,
) -> Option<Text> {
    let found = fields_of(layout, &head.names);
    let known = found.iter().flatten().count();
    let suggestions = suggestions(layout, mapping, &head.names, &head.sample, &found);
    let by_name = suggestions.iter().filter(|pair| pair.by_name).count();
    // Where most is somebody's data, or nothing is like it, nothing is shown.
    if by_name == 0 || 2 * (known + by_name.min(MOST_NEAR)) < head.cells.len().min(2 * MOST_NEAR) {
        return None;
    }
    let (mut pairs, by_content): (Vec<&Suggestion>, Vec<&Suggestion>) =
        suggestions.iter().partition(|pair| pair.by_name);
    pairs.extend(by_content);
    pairs.truncate(MOST_NEAR);
    let (mut nl, mut en, mut options) = (Vec::new(), Vec::new(), Vec::new());
    for pair in pairs {
        let column = shown(&head.cells[pair.at]);
        let (column, field) = (column.as_str(), &layout.fields[pair.field].name);
        if column.contains('*') {
            continue;
        }
        nl.push(format!("kolom `{column}` lijkt op `{field}`"));
        en.push(format!("column `{column}` looks like `{field}`"));
        options.push(renaming(column, field));
    }
    let (options, id) = (options.join(" "), &layout.id);
    let named = match day {
        Some(_) => id,
        None => family(id),
    };
    (!nl.is_empty()).then(|| {
        Text::new(
            format!(
                ". In {id}: {}. Klopt dat, controleer dan met --layout {named} {options}",
                nl.join(", ")
            ),
            format!(
                ". In {id}: {}. If so, check with --layout {named} {options}",
                en.join(", ")
            ),
        )
    })
}

/// Columns of the nearest layout that are told at most.
const MOST_NEAR: usize = 12;

/// The option that reads a column as a field.
fn renaming(column: &str, field: &str) -> String {
    if column.contains([' ', '\t']) {
        format!("--map \"{column}={field}\"")
    } else {
        format!("--map {column}={field}")
    }
}

impl Matching<'_> {
    fn show(&self, at: usize) -> MaskedValue {
        let name = &self.head.cells[at];
        if self.is_header {
            shown(name)
        } else {
            masked(name.as_bytes())
        }
    }

    fn place<'p>(&self, at: usize, name: &'p str) -> Place<'p> {
        Place {
            row: Some(self.head.row),
            column: Some((name, at as u32 + 1)),
            value: self.show(at),
        }
    }

    /// The columns that name a field; `None` when two name one.
    fn known(&self, findings: &mut Findings<'_>) -> Option<Vec<Column>> {
        let mut columns: Vec<Column> = Vec::new();
        let mut once = true;
        for (at, field) in self.found.iter().enumerate() {
            let Some(field) = *field else {
                continue;
            };
            let declared = self.layout.fields[field].name.as_str();
            if columns.iter().any(|column| column.field == field) {
                once = false;
                findings.add_on(Observation::HeaderTwice, Some(number_of(at)), || {
                    (self.place(at, declared), Detail::of(declared))
                });
                continue;
            }
            if normalised(&self.head.cells[at]) != normalised(declared) {
                findings.add_on(Observation::HeaderRenamed, Some(number_of(at)), || {
                    (self.place(at, declared), Detail::of(declared))
                });
            }
            columns.push(Column { at, field });
        }
        once.then_some(columns)
    }

    fn unknown(&self, findings: &mut Findings<'_>) {
        for (at, field) in self.found.iter().enumerate() {
            if field.is_some() || self.head.cells[at].is_empty() {
                continue;
            }
            let pair = self.suggestions.iter().find(|pair| pair.at == at);
            // What may be a required column that is missing is told there: it is not to be left out.
            if self.is_header
                && pair.is_some_and(|pair| {
                    self.layout.fields[pair.field].required != Required::Optional
                })
            {
                continue;
            }
            let pair = pair.filter(|_| self.is_header);
            let seen = match pair {
                Some(_) => Observation::HeaderAlike,
                None => Observation::HeaderUnknown,
            };
            findings.add_on(seen, Some(number_of(at)), || {
                (self.place(at, ""), self.detail("", pair))
            });
        }
    }

    /// Tells every required column that is missing; false when there is one.
    fn missing(&self, findings: &mut Findings<'_>) -> bool {
        let mut complete = true;
        for (at, field) in self.layout.fields.iter().enumerate() {
            if field.required == Required::Optional || self.found.contains(&Some(at)) {
                continue;
            }
            complete = false;
            let pair = self.suggestions.iter().find(|pair| pair.field == at);
            let pair = pair.filter(|_| self.is_header);
            let number = pair.map(|pair| number_of(pair.at));
            findings.add_on(Observation::HeaderMissing, number, || {
                let place = match pair {
                    Some(pair) => self.place(pair.at, ""),
                    None => Place {
                        row: Some(self.head.row),
                        ..Place::default()
                    },
                };
                (place, self.detail(&field.name, pair))
            });
        }
        complete
    }

    /// What fills a finding's texts, with the field's name to write in the header.
    fn detail(&self, message: &str, pair: Option<&Suggestion>) -> Detail {
        let name = pair.map(|pair| &self.layout.fields[pair.field].name);
        Detail {
            fix: pair.map(|pair| self.looks_like(pair)).unwrap_or_default(),
            ..Detail::of(message).suggesting(name.map(CellValue::open))
        }
    }

    /// What a column looks like, and how to accept it.
    fn looks_like(&self, pair: &Suggestion) -> Text {
        let field = &self.layout.fields[pair.field].name;
        let shown = self.show(pair.at);
        let column = shown.as_str();
        if column.contains('*') {
            // It is somebody's number or date where a name should be: nothing to write in a command.
            let letters = column_letters(pair.at as u32 + 1);
            return Text::new(
                format!(
                    ": wat in kolom {letters} staat, lijkt op `{field}`. Zet die naam in cel {letters}{}",
                    self.head.row
                ),
                format!(
                    ": what is in column {letters} looks like `{field}`. Put that name into cell {letters}{}",
                    self.head.row
                ),
            );
        }
        let rename = renaming(column, field);
        if pair.by_name {
            Text::new(
                format!(
                    ": kolom `{column}` lijkt op `{field}`. Klopt dat, controleer dan met {rename}"
                ),
                format!(": column `{column}` looks like `{field}`. If it is, check with {rename}"),
            )
        } else {
            Text::new(
                format!(
                    ": wat in kolom `{column}` staat, lijkt op `{field}`. Klopt dat, controleer dan met {rename}"
                ),
                format!(
                    ": what is in column `{column}` looks like `{field}`. If it is, check with {rename}"
                ),
            )
        }
    }

    /// Tells when the columns stand in another order than in the layout; they are read by name.
    fn order(&self, columns: &[Column], findings: &mut Findings<'_>) {
        let first = columns
            .windows(2)
            .find(|pair| pair[1].field < pair[0].field);
        if let Some(pair) = first {
            let field = &self.layout.fields[pair[1].field].name;
            findings.add_to_file(Observation::HeaderOrder, Detail::of(field));
        }
    }

    /// Tells columns in whose first rows nearly nothing is what the layout asks for.
    fn content(
        &self,
        columns: &[Column],
        mapping: Option<&MappingTable>,
        findings: &mut Findings<'_>,
    ) {
        for column in columns {
            let field = &self.layout.fields[column.field];
            let Some(fit) = column_fit(field, mapping, &self.head.sample, column.at) else {
                continue;
            };
            if fit.filled >= ENOUGH && 10 * fit.fitting < fit.filled {
                findings.add_on(
                    Observation::HeaderContent,
                    Some(number_of(column.at)),
                    || {
                        let (filled, wrong) = (fit.filled, fit.filled - fit.fitting);
                        let detail = Detail::text(
                            format!("{wrong} van de eerste {filled}"),
                            format!("{wrong} of the first {filled}"),
                        );
                        (self.place(column.at, &field.name), detail)
                    },
                );
            }
        }
    }
}

/// The number of a column by its place, 1 for the first.
fn number_of(at: usize) -> u32 {
    at as u32 + 1
}

/// Takes columns in the order of a layout without a header; `None` when there are too many or
/// too few.
pub(crate) fn by_position(
    layout: &Layout,
    head: &Head,
    findings: &mut Findings<'_>,
) -> Option<Vec<Column>> {
    let cells = head.cells.as_slice();
    let most = layout.fields.len();
    let optional = layout
        .fields
        .iter()
        .rev()
        .take_while(|field| field.required == Required::Optional)
        .count();
    if !(most - optional..=most).contains(&cells.len()) {
        findings.add(Observation::HeaderWidth, || {
            let place = Place {
                row: Some(head.row),
                ..Place::default()
            };
            (place, Detail::of(most.to_string()))
        });
        return None;
    }
    Some(
        (0..cells.len())
            .map(|at| Column { at, field: at })
            .collect(),
    )
}
