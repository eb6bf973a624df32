//! The dashboard in the page: the table of the files with fewer columns, the indicators of others
//! apart.

use ethos_model::category::Language;
use ethos_model::cube::Family;
use serde::Serialize;

use super::html_table::HtmlTable;
use crate::release::SafeRelease;
use crate::tables::{PrintCell, PrintTable};
use crate::words::number;

/// Columns of the printed table: what the figures are and tell, and of whom and for what they are.
const OWN: [usize; 12] = [1, 2, 11, 12, 13, 14, 15, 16, 17, 18, 19, 10];
const MEANING: [usize; 6] = [1, 2, 3, 4, 7, 8];
const OTHERS: [usize; 8] = [2, 11, 3, 0, 5, 6, 7, 8];
const NUMBER: usize = 1;

/// The section.
#[derive(Serialize)]
pub(super) struct Indicators {
    lead: &'static str,
    own: Option<HtmlTable>,
    meaning: Option<HtmlTable>,
    others: Option<HtmlTable>,
}

/// The section of a release that has indicators.
pub(super) fn section(release: &SafeRelease<'_>, tables: &[PrintTable]) -> Option<Indicators> {
    let language = release.context().language();
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let table = tables
        .iter()
        .find(|table| table.family == Family::Dashboard)?;
    let numbered = |table: &PrintTable, wanted: bool| {
        let mut some = table.clone();
        some.rows
            .retain(|row| (row.cells[NUMBER] != PrintCell::Blank) == wanted);
        some
    };
    let own = numbered(table, true);
    let others = numbered(table, false);
    let date = release.study().study.reference_dates.iter().max().copied();
    let when = date.map_or_else(String::new, |date| number::day(date, language));
    Some(Indicators {
        lead: pick(
            "Wat er gevraagd wordt over het Nationaal Actieplan, met bij elk cijfer of de gegevens een verandering kunnen zeggen.",
            "What is asked of the National Action Plan, each figure with whether the data can tell a change.",
        ),
        own: html(
            &own,
            &OWN,
            "kern",
            &format!("{}, {when}", table.title),
            language,
        ),
        meaning: html(
            &PrintTable {
                about: Vec::new(),
                ..own
            },
            &MEANING,
            "kern-over",
            pick(
                "Over wie de indicatoren gaan, en of hun doel is gehaald",
                "Of whom the indicators are, and whether their target is met",
            ),
            language,
        ),
        others: html(
            &PrintTable {
                about: Vec::new(),
                ..others
            },
            &OTHERS,
            "van-anderen",
            pick("Indicatoren van anderen", "Indicators of others"),
            language,
        ),
    })
}

fn html(
    table: &PrintTable,
    columns: &[usize],
    id: &str,
    caption: &str,
    language: Language,
) -> Option<HtmlTable> {
    if table.rows.is_empty() {
        return None;
    }
    let mut table = table.clone();
    table.columns = columns
        .iter()
        .map(|at| table.columns[*at].clone())
        .collect();
    for row in &mut table.rows {
        row.cells = columns.iter().map(|at| row.cells[*at].clone()).collect();
    }
    Some(HtmlTable::of(&table, id, caption, false, language))
}
