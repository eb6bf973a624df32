//! A row of a file with carets beneath the cell that is wrong, as compilers show a line of a program.

use std::fmt::Write;

use ethos_model::finding::{Finding, MaskedValue, column_letters};

use crate::excerpt::Excerpt;

/// Characters of a cell that are shown; wider ones are cut.
const CELL: usize = 14;

/// Columns from which a row with carets is of use; a narrower terminal gets the cells alone.
const NARROWEST: usize = 50;

/// The rows of findings with carets beneath their cells; `None` where there is no such row to show, or no
/// room. The columns shown are those around the first finding's.
///
/// ```text
///         B         C          D
///         bsn       product    start
///    17 │ *******31 16         ******28
///       │           ^^
/// ```
pub(crate) fn carets(findings: &[&Finding], excerpt: &Excerpt, width: usize) -> Option<String> {
    let shown: Vec<(u64, usize, &[MaskedValue])> = findings
        .iter()
        .filter_map(|finding| {
            let (row, column) = (finding.row?, finding.column_number? as usize);
            let cells = excerpt.rows.get(&row)?;
            let at = column.checked_sub(1).filter(|at| *at < cells.len())?;
            Some((row, at, cells.as_slice()))
        })
        .collect();
    let &(_, at, cells) = shown.first()?;
    let columns = cells.len();
    let longest = shown.iter().map(|(row, ..)| row.to_string().len()).max()?;
    let gutter = longest.max(4);
    let room = width.checked_sub(gutter + 9)?;
    if width < NARROWEST {
        return None;
    }
    let names: Vec<String> = (0..columns)
        .map(|at| {
            excerpt
                .columns
                .get(at)
                .map_or_else(String::new, |name| cut(name))
        })
        .collect();
    let letters: Vec<String> = (1..=columns as u32).map(column_letters).collect();
    let rows: Vec<Vec<String>> = shown
        .iter()
        .map(|(.., cells)| cells.iter().map(|cell| cut(cell.as_str())).collect())
        .collect();
    let wide: Vec<usize> = (0..columns)
        .map(|at| {
            let texts = rows.iter().filter_map(|row| row.get(at));
            let all = texts.chain([&names[at], &letters[at]]);
            all.map(|text| text.chars().count())
                .max()
                .unwrap_or(0)
                .max(1)
        })
        .collect();
    let (first, last) = window(at, &wide, room);
    let line = |of: &dyn Fn(usize) -> String| {
        let mut line = String::new();
        for (at, width) in wide.iter().enumerate().take(last + 1).skip(first) {
            let _ = write!(line, "{:<width$}  ", of(at));
        }
        line
    };
    let mut text = String::new();
    let mut add = |before: &str, line: String| {
        let line = format!("      {before:>gutter$} │ {line}");
        let _ = writeln!(text, "{}", line.trim_end());
    };
    add("", line(&|at| letters[at].clone()));
    add("", line(&|at| names[at].clone()));
    for ((row, at, _), texts) in shown.iter().zip(&rows) {
        let cell = |other: usize| texts.get(other).cloned().unwrap_or_default();
        add(&row.to_string(), line(&cell));
        let under = |other: usize| {
            let length = cell(other).chars().count().max(1);
            "^".repeat(if other == *at { length } else { 0 })
        };
        add("", line(&under));
    }
    Some(text)
}

/// The columns around one for which there is room: first and last.
fn window(at: usize, wide: &[usize], room: usize) -> (usize, usize) {
    let (mut first, mut last, mut taken) = (at, at, wide[at]);
    loop {
        let left = first.checked_sub(1).map(|at| wide[at] + 2);
        let right = wide.get(last + 1).map(|wide| wide + 2);
        let fits = |more: Option<usize>| more.filter(|more| taken + more <= room);
        let leftwards = at - first <= last - at;
        match (fits(left), fits(right)) {
            (Some(more), right) if leftwards || right.is_none() => {
                taken += more;
                first -= 1;
            }
            (_, Some(more)) => {
                taken += more;
                last += 1;
            }
            _ => return (first, last),
        }
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= CELL {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(CELL - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use ethos_model::finding::Severity;

    use super::*;

    fn excerpt() -> Excerpt {
        let columns = [
            "gemeentecode",
            "bsn",
            "productcategorie",
            "startdatum",
            "einddatum",
        ];
        let cells = ["0363", "*******82", "99", "******10", ""];
        let cells = cells.map(MaskedValue::open).to_vec();
        Excerpt {
            columns: columns.map(str::to_owned).to_vec(),
            rows: [(17, cells)].into(),
        }
    }

    fn finding(row: u64, column: u32) -> Finding {
        let mut finding = Finding::new("COD01".parse().unwrap(), Severity::Error, "a.csv");
        finding.row = Some(row);
        finding.column_number = Some(column);
        finding
    }

    #[test]
    fn carets_stand_under_the_cell() {
        let wide = carets(&[&finding(17, 3)], &excerpt(), 100).unwrap();
        assert_eq!(
            wide,
            "           │ A             B          C               D           E\n\
             \x20          │ gemeentecode  bsn        productcatego…  startdatum  einddatum\n\
             \x20       17 │ 0363          *******82  99              ******10\n\
             \x20          │                          ^^\n"
        );
        let narrow = carets(&[&finding(17, 3)], &excerpt(), 50).unwrap();
        assert!(
            narrow.lines().all(|line| line.chars().count() <= 50),
            "{narrow}"
        );
        assert!(
            narrow.contains("^^") && !narrow.contains("einddatum"),
            "{narrow}"
        );
        let blank = carets(&[&finding(17, 5)], &excerpt(), 100).unwrap();
        assert!(blank.ends_with("            ^\n"), "{blank}");
    }

    #[test]
    fn what_cannot_be_shown_is_not() {
        assert_eq!(carets(&[&finding(17, 3)], &excerpt(), 49), None);
        assert_eq!(carets(&[&finding(18, 3)], &excerpt(), 100), None);
        assert_eq!(carets(&[&finding(17, 9)], &excerpt(), 100), None);
        assert_eq!(carets(&[&finding(17, 3)], &excerpt(), 3), None);
    }
}
