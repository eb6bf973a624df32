use super::*;
use crate::date::Day;

const COUNTS: &str = include_str!("../../../../data/reference/municipality_counts.csv");

fn code(text: &str) -> MunicipalityCode {
    MunicipalityCode::parse(text).unwrap()
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn register() -> &'static MunicipalityRegister {
    MunicipalityRegister::shipped()
}

fn recode(from: &str, to: &str) -> Recoding {
    register().recode(code(from), day(to), &SplitShares::default(), 0)
}

fn new_years() -> impl Iterator<Item = Day> {
    let years = MunicipalityRegister::FIRST_YEAR..=MunicipalityRegister::LAST_YEAR;
    years.map(|year| Day::from_ymd(year, 1, 1).unwrap())
}

/// Even shares for everything that was divided.
fn even_shares() -> SplitShares {
    let mut rows = vec!["old,new,share".to_owned()];
    for municipality in register().iter() {
        let kind = register()
            .change_of(municipality.code)
            .map(|change| &change.kind);
        if let Some(ChangeKind::Split(parts)) = kind {
            let share = 1.0 / parts.len() as f64;
            rows.extend(
                parts
                    .iter()
                    .map(|part| format!("{},{part},{share}", municipality.code)),
            );
        }
    }
    SplitShares::from_csv(&rows.join("\n"), register()).unwrap()
}

#[test]
fn codes_are_read_in_every_spelling_and_written_in_one() {
    for text in ["GM0363", "gm0363", "Gm363", "0363", "363", " GM0363  "] {
        assert_eq!(code(text).to_string(), "GM0363");
    }
    for text in [
        "",
        "GM",
        "GM03630",
        "12345",
        "+363",
        "GM-363",
        "Amsterdam",
        "٣٦٣",
        "é3",
    ] {
        assert!(MunicipalityCode::parse(text).is_err(), "{text}");
    }
    assert_eq!(MunicipalityCode::from_number(10_000), None);
    assert_eq!(MunicipalityCode::from_number(363).unwrap().number(), 363);
    assert!(!MunicipalityCode::UNKNOWN.is_municipality());
    assert!(!code("1999").is_municipality());
    assert!(code("1998").is_municipality());
}

#[test]
fn codes_are_text_in_files_and_schemas() {
    assert_eq!(serde_json::to_string(&code("363")).unwrap(), "\"GM0363\"");
    assert_eq!(
        serde_json::from_str::<MunicipalityCode>("\"0363\"").unwrap(),
        code("363")
    );
    assert!(serde_json::from_str::<MunicipalityCode>("363").is_err());
    let schema = serde_json::to_value(schemars::schema_for!(MunicipalityCode)).unwrap();
    assert_eq!(schema["type"], "string");
}

#[test]
fn a_bad_code_is_not_repeated_in_the_message() {
    let message = MunicipalityCode::parse("123456782")
        .unwrap_err()
        .to_string();
    assert!(!message.contains("123456782") && message.contains('9'));
}

#[test]
fn the_register_has_the_published_number_of_municipalities() {
    let rows = Rows::read(COUNTS).unwrap();
    let mut years = 0;
    for row in rows.iter() {
        let date = Day::from_ymd(row.get(0).parse().unwrap(), 1, 1).unwrap();
        assert_eq!(
            register().all_on(date).len().to_string(),
            row.get(1),
            "{date}"
        );
        years += 1;
    }
    assert_eq!(years, 12);
    assert_eq!(register().all_on(day("2022-03-23")).len(), 345);
    assert_eq!(register().all_on(day("2022-03-24")).len(), 344);
    assert!(register().all_on(day("2026-01-01")).is_sorted());
}

#[test]
fn names_validity_and_span() {
    assert_eq!(register().name(code("0417")), Some("Laren"));
    assert_eq!(register().cbs_name(code("0417")), Some("Laren (NH.)"));
    assert_eq!(register().cbs_name(code("0457")), Some("Weesp"));
    assert_eq!(register().name(MunicipalityCode::UNKNOWN), None);
    assert!(register().valid_on(code("0457"), day("2022-03-23")));
    assert!(!register().valid_on(code("0457"), day("2022-03-24")));
    assert!(register().covers(day("2015-01-01")) && !register().covers(day("2027-01-01")));
}

#[test]
fn changes_are_followed_to_their_end() {
    let to = "2026-01-01";
    let successor = |text, since| Recoding::Successor {
        code: code(text),
        since: day(since),
    };
    assert_eq!(recode("GM0363", to), Recoding::Same);
    // Millingen aan de Rijn into Groesbeek, Groesbeek renamed Berg en Dal.
    assert_eq!(
        recode("GM0265", "2015-01-01"),
        successor("GM0241", "2015-01-01")
    );
    assert_eq!(recode("GM0265", to), successor("GM1945", "2016-01-01"));
    assert_eq!(recode("GM1921", to), successor("GM1940", "2015-07-01"));
    assert_eq!(recode("GM1921", "2015-01-01"), Recoding::Same);
    // In the course of the year.
    assert_eq!(recode("GM0457", "2022-01-01"), Recoding::Same);
    assert_eq!(
        recode("GM0457", "2022-03-24"),
        successor("GM0363", "2022-03-24")
    );
}

#[test]
fn divided_municipalities_need_a_share() {
    let parts = |from: &str| match recode(from, "2026-01-01") {
        Recoding::Split { parts, .. } => parts
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" "),
        other => panic!("{from}: {other:?}"),
    };
    assert_eq!(parts("GM0140"), "GM0080 GM1900 GM1949");
    assert_eq!(parts("GM0053"), "GM1966 GM1969");
    assert_eq!(parts("GM0788"), "GM0757 GM0824 GM0855 GM0865");
    assert_eq!(parts("GM1671"), "GM0796 GM0828");
    assert_eq!(recode("GM0788", "2020-01-01"), Recoding::Same);
}

#[test]
fn declared_shares_send_a_person_always_to_the_same_part() {
    let text = "old;new;share\nGM0053;GM1969;0,25\nGM0053;GM1966;0,75\n";
    let shares = SplitShares::from_csv(text, register()).unwrap();
    let mut first_part = 0_u32;
    for person in 0..10_000_u64 {
        let draw = person.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let found = register().recode(code("GM0053"), day("2026-01-01"), &shares, draw);
        assert_eq!(
            found,
            register().recode(code("GM0053"), day("2019-01-01"), &shares, draw)
        );
        first_part += u32::from(found.resolve(code("GM0053")) == Some(code("GM1966")));
    }
    assert!((7_450..7_550).contains(&first_part), "{first_part}");
    assert_eq!(shares.pick(code("GM0053"), 0), Some(code("GM1966")));
    assert_eq!(shares.pick(code("GM0053"), u64::MAX), Some(code("GM1969")));
    assert_eq!(shares.pick(code("GM0140"), 0), None);
}

#[test]
fn wrong_shares_have_their_error() {
    let read = |rows: &str| {
        SplitShares::from_csv(&format!("old,new,share\n{rows}"), register()).unwrap_err()
    };
    assert!(matches!(
        read("GM0363,GM0457,1"),
        SharesError::NotASplit { line: 2, .. }
    ));
    assert!(matches!(
        read("GM0053,GM0363,1"),
        SharesError::NotAPart { line: 2, .. }
    ));
    assert!(matches!(
        read("GM0053,GM1966,1.2"),
        SharesError::Share { line: 2 }
    ));
    assert!(matches!(
        read("GM0053,GM1966,NaN"),
        SharesError::Share { line: 2 }
    ));
    assert!(matches!(
        read("GM0053,?,1"),
        SharesError::Code { line: 2, .. }
    ));
    assert!(matches!(
        read("GM0053,GM1966,0.5\nGM0053,GM1966,0.5"),
        SharesError::Twice { line: 3, .. }
    ));
    assert!(matches!(
        read("GM0053,GM1966,0.5\nGM0053,GM1969,0.4"),
        SharesError::Sum { .. }
    ));
    assert_eq!(
        SplitShares::from_csv("old,new\n", register())
            .unwrap_err()
            .to_string(),
        "the header has no column `share`; it has old, new",
    );
}

#[test]
fn only_a_change_of_code_is_undone() {
    let predecessor = |text, until| Recoding::Predecessor {
        code: code(text),
        until: day(until),
    };
    assert_eq!(
        recode("GM1940", "2015-01-01"),
        predecessor("GM1921", "2015-07-01")
    );
    assert_eq!(
        recode("GM1945", "2015-06-01"),
        predecessor("GM0241", "2016-01-01")
    );
    // In 2014 the area of Berg en Dal was three municipalities.
    assert_eq!(
        recode("GM1945", "2014-06-01"),
        Recoding::Future {
            since: day("2016-01-01")
        }
    );
    assert_eq!(
        recode("GM1992", "2022-01-01"),
        Recoding::Future {
            since: day("2023-01-01")
        }
    );
}

#[test]
fn codes_that_are_no_municipality() {
    assert_eq!(recode("0000", "2026-01-01"), Recoding::NotAMunicipality);
    assert_eq!(recode("1999", "2026-01-01"), Recoding::NotAMunicipality);
    assert_eq!(recode("9998", "2026-01-01"), Recoding::Unknown);
}

#[test]
fn growth_of_a_code_can_be_seen() {
    let absorbed =
        |text, first, last| register().absorbed_between(code(text), day(first), day(last));
    assert_eq!(
        absorbed("GM0363", "2022-01-01", "2023-01-01"),
        [code("GM0457")]
    );
    assert_eq!(absorbed("GM0363", "2022-03-24", "2026-01-01"), []);
    // Berg en Dal through Groesbeek, which counts itself only once as the same area.
    assert_eq!(
        absorbed("GM1945", "2014-12-31", "2026-01-01"),
        [code("GM0265"), code("GM0282")]
    );
    assert_eq!(absorbed("GM1945", "2015-01-01", "2026-01-01"), []);
}

/// Every code of the register has exactly one outcome on every 1 January, the outcome is true
/// to its name, and together the outcomes reach every municipality of that day.
#[test]
fn every_code_recodes_to_one_outcome_on_every_first_of_january() {
    let shares = even_shares();
    for date in new_years() {
        let current = register().all_on(date);
        let mut reached = std::collections::BTreeSet::new();
        for municipality in register().iter() {
            let code = municipality.code;
            let outcome = register().recode(code, date, &SplitShares::default(), 7);
            let started = municipality.valid_from.is_none_or(|from| from <= date);
            let ended = municipality.valid_to.is_some_and(|to| to <= date);
            match &outcome {
                Recoding::Same => assert!(started && !ended),
                Recoding::Successor { since, .. } => assert!(ended && *since <= date),
                Recoding::Predecessor { until, .. } => assert!(!started && *until > date),
                Recoding::Split { since, parts } => {
                    assert!(ended && *since <= date && parts.len() > 1);
                    assert!(parts.iter().all(|part| current.contains(part)));
                    let shared = register().recode(code, date, &shares, 7);
                    let Recoding::Shared { code: part, .. } = shared else {
                        panic!("{code} on {date}: {shared:?}");
                    };
                    assert!(parts.contains(&part));
                }
                Recoding::Future { since } => assert!(!started && *since > date),
                other => panic!("{code} on {date}: {other:?}"),
            }
            if let Some(found) = outcome.resolve(code) {
                assert!(current.contains(&found), "{code} on {date} gives {found}");
                reached.insert(found);
            }
        }
        assert!(current.iter().all(|code| reached.contains(code)));
    }
}
