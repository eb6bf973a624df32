use std::collections::BTreeMap;

use super::*;

fn layout(tables: &[&[usize]]) -> Layout {
    Layout {
        columns: vec!["place".into(), "category".into()],
        tables: tables.iter().map(|columns| columns.to_vec()).collect(),
        hierarchies: BTreeMap::new(),
        total: "total".into(),
    }
}

fn counted(rows: &[(&str, &str, i64)]) -> Vec<(Vec<String>, i64)> {
    rows.iter()
        .map(|(place, category, count)| (vec![(*place).into(), (*category).into()], *count))
        .collect()
}

const COUNTS: [(&str, &str, i64); 4] =
    [("A", "x", 40), ("A", "y", 3), ("B", "x", 22), ("B", "y", 7)];

fn plain(tables: &[&[usize]]) -> Plain {
    let rule = Rule::default();
    Plain::new(layout(tables), &counted(&COUNTS), &[], &rule).unwrap()
}

fn request() -> Request {
    Request {
        method: Method::ControlledRounding,
        base: 5,
        rule: Rule::default(),
        seed: 1,
    }
}

fn file(columns: &[&str], rows: &[(&[&str], Option<i64>)]) -> Published {
    let of = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    Published {
        file: "out.csv".into(),
        columns: of(columns),
        rows: rows
            .iter()
            .enumerate()
            .map(|(at, (codes, number))| PublishedRow {
                line: format!("line {}", at + 2),
                codes: of(codes),
                number: *number,
            })
            .collect(),
        method: Method::ControlledRounding,
        base: 5,
        threshold: 10,
    }
}

/// The audit and the protection refuse the same file for the same reason.
fn refused(plain: &Plain, file: &Published) -> String {
    let audit = plain.audit(&request(), file, &[]).unwrap_err();
    match plain.protect(&request(), std::slice::from_ref(file)) {
        Err(PlainError::Published(error)) => assert_eq!(error, audit),
        other => panic!("{other:?}"),
    }
    audit.to_string()
}

#[test]
fn a_published_table_that_is_not_understood_is_no_table_that_passes() {
    let all = plain(&[&[0, 1]]);
    let both = ["place", "category"];
    let text = refused(&all, &file(&both, &[]));
    assert!(text.contains("out.csv has no lines"), "{text}");
    let other = file(&both, &[(&["A", "x"], Some(40)), (&["a", "y"], Some(5))]);
    let text = refused(&all, &other);
    assert!(
        text.contains("out.csv, line 3: `a` is no code of `place`"),
        "{text}"
    );
    let text = refused(&all, &file(&both, &[(&["TOT", "TOT"], Some(70))]));
    assert!(text.contains("`TOT` is no code") && text.contains("--total"));
    let twice = file(&both, &[(&["A", "x"], Some(40)), (&["A", "x"], Some(45))]);
    let text = refused(&all, &twice);
    assert!(text.contains("line 3: place = A, category = x stands at line 2"));
    // A cell outside the tables of the request: nobody protected it.
    let margins = plain(&[&[0], &[1]]);
    let text = refused(&margins, &file(&both, &[(&["A", "y"], Some(5))]));
    assert!(text.contains("line 2") && text.contains("--table place,category"));
    // By another method a reader would know more than is reckoned with.
    let exact = file(&both, &[(&["A", "x"], Some(40)), (&["A", "y"], Some(3))]);
    let text = refused(&all, &exact);
    assert!(
        text.contains("line 3: 3 is no multiple of the base 5"),
        "{text}"
    );
    let mut threshold = exact.clone();
    threshold.method = Method::Threshold;
    assert!(refused(&all, &threshold).contains("not made by threshold"));
    let withheld = file(&both, &[(&["A", "x"], None)]);
    let text = refused(&all, &withheld);
    assert!(text.contains("line 2: the number is withheld"), "{text}");
    // A column more would have its codes taken for the whole.
    let sex = file(&["place", "sex"], &[(&["A", "men"], Some(40))]);
    let text = refused(&all, &sex);
    assert!(text.contains("`sex` is no column") && text.contains("place, category"));
}

#[test]
fn the_table_to_be_audited_has_every_column_an_earlier_one_need_not() {
    let all = plain(&[&[0, 1]]);
    let places = file(&["place"], &[(&["A"], Some(45)), (&["B"], Some(30))]);
    let text = all.audit(&request(), &places, &[]).unwrap_err().to_string();
    assert!(text.contains("no column `category`"), "{text}");
    // Not split by category, it says what all of a place are.
    let revised = file(&["place"], &[(&["A"], Some(90))]);
    let made = |earlier| all.protect(&request(), &[earlier]).unwrap().revised;
    assert!(made(places).is_empty());
    assert_eq!(made(revised), ["place = A"]);
}

#[test]
fn an_audit_says_how_many_cells_it_read() {
    let all = plain(&[&[0, 1]]);
    let made = all.protect(&request(), &[]).unwrap();
    let rows: Vec<(Vec<String>, Option<i64>)> = all
        .to_csv(&made.shown)
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let codes = cells[..2].iter().map(|code| (*code).to_owned());
            (codes.collect(), cells[2].parse().ok())
        })
        .collect();
    let mut whole = file(&["place", "category"], &[]);
    whole.rows = rows
        .into_iter()
        .map(|(codes, number)| PublishedRow {
            line: "line".into(),
            codes,
            number,
        })
        .collect();
    let found = all.audit(&request(), &whole, &[]).unwrap();
    assert_eq!((found.read, found.outcome.cells), (9, 9));
    assert!(found.outcome.passed() && found.wrong.is_empty());
    whole.rows.truncate(4);
    assert_eq!(all.audit(&request(), &whole, &[]).unwrap().read, 4);
}

/// A rounding that could not stay within a base of every count is read as what it is: up to three
/// bases further, and told; four bases away is another count.
#[test]
fn a_number_a_base_or_more_away_is_told_and_one_four_bases_away_is_wrong() {
    let margins = plain(&[&[0]]);
    let audited = |a: i64| {
        let whole = file(
            &["place", "category"],
            &[
                (&["A", "total"], Some(a)),
                (&["B", "total"], Some(30)),
                (&["total", "total"], Some(a + 30)),
            ],
        );
        margins.audit(&request(), &whole, &[]).unwrap()
    };
    // A counts 43, everyone 72.
    for (a, beyond) in [(45, 0), (50, 2), (55, 2)] {
        let found = audited(a);
        assert!(found.wrong.is_empty(), "{a}: {:?}", found.wrong);
        assert_eq!(found.outcome.beyond.len(), beyond, "{a}");
    }
    assert_eq!(audited(50).outcome.beyond[0], "everyone");
    let wrong = audited(65).wrong;
    assert_eq!(wrong.len(), 2, "{wrong:?}");
}

#[test]
fn a_total_that_is_too_small_is_named_with_what_to_do() {
    let fails = |rows: &[(&str, &str, i64)]| {
        let rule = Rule::default();
        Plain::new(layout(&[&[0, 1]]), &counted(rows), &[], &rule)
            .unwrap_err()
            .to_string()
    };
    let mut rows = COUNTS.to_vec();
    rows.push(("A", "total", 30));
    let text = fails(&rows);
    assert!(
        text.contains("the line `place = A, category = total` counts 30")
            && text.contains("by `category` together 43")
            && text.contains("mend that total"),
        "{text}"
    );
    // More persons than the parts hold: then the whole has to be said as well.
    rows[4] = ("A", "total", 50);
    let text = fails(&rows);
    assert!(
        text.contains("`place = total, category = total` adds up to 72")
            && text.contains("by `place` to 79")
            && text.contains("add a line"),
        "{text}"
    );
    rows.push(("total", "total", 79));
    let rule = Rule::default();
    assert!(Plain::new(layout(&[&[0, 1]]), &counted(&rows), &[], &rule).is_ok());
}

#[test]
fn no_count_is_larger_than_what_an_audit_can_read() {
    let rule = Rule::default();
    let made =
        |rows: &[(&str, &str, i64)]| Plain::new(layout(&[&[0, 1]]), &counted(rows), &[], &rule);
    let half = LARGEST_COUNT / 2;
    let most = [("A", "x", half), ("A", "y", 4), ("B", "x", half - 4)];
    let plain = made(&most).unwrap();
    let outcome = plain.protect(&request(), &[]).unwrap();
    assert!(outcome.passed());
    let largest = outcome.shown.iter().filter_map(|shown| match shown {
        Shown::Number { value, .. } => Some(*value),
        Shown::Withheld => None,
    });
    assert!(largest.max().unwrap() <= LARGEST_NUMBER);
    let more = [("A", "x", half), ("A", "y", 4), ("B", "x", half)];
    let error = made(&more).unwrap_err();
    assert!(matches!(&error, PlainError::TooLarge { cell, .. } if cell == "everyone"));
}

#[test]
fn a_hierarchy_of_other_codes_is_told() {
    let mut layout = layout(&[&[0, 1]]);
    let tree = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(code, above)| ((*code).into(), (*above).into()))
            .collect()
    };
    let fails = |layout: &Layout| {
        let rule = Rule::default();
        match Plain::new(layout.clone(), &counted(&COUNTS), &[], &rule) {
            Err(PlainError::Variable(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    layout
        .hierarchies
        .insert(0, tree(&[("Z", "R"), ("R", "total")]));
    let error = fails(&layout);
    assert!(matches!(&error, VariableError::Unused { variable } if variable == "place"));
    layout
        .hierarchies
        .insert(0, tree(&[("A", "R"), ("A", "S")]));
    let text = fails(&layout).to_string();
    assert!(text.contains("a column of its own"), "{text}");
}
