//! The shared records come back from every format as they went in.

use std::collections::BTreeMap;
use std::fs;

use ethos_model::attribute::{Attributes, Birth, NationalityGroup, Origin, ResidenceStatus, Sex};
use ethos_model::capture::{CaptureCell, CaptureHistory, CaptureTable, ListSet, Stratifier};
use ethos_model::category::{EthosCategory, LivingSituation, Total};
use ethos_model::cell::{CellState, Count, Estimate, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, Place};
use ethos_model::date::{Day, Period, Time};
use ethos_model::finding::{Finding, MaskedValue, Severity, Suggestion, Text};
use ethos_model::link::Links;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::person::{Person, PersonId, RegisterPerson, Role};
use ethos_model::spell::{EndReason, LinkKey, Municipalities, RowRef, SourceId, Spell};
use ethos_model::token::Token;
use ethos_table::estimates::EstimateRow;
use ethos_table::{
    StringTable, Table, captures, cube, estimates, findings, links, persons, register, spells,
};
use proptest::prelude::*;

const EXTENSIONS: [&str; 3] = ["csv", "parquet", "arrow"];

fn token() -> impl Strategy<Value = Token> {
    any::<[u8; 16]>().prop_map(Token::from_bytes)
}

fn day() -> impl Strategy<Value = Day> {
    (-62_091..=84_370).prop_map(Day)
}

fn municipality() -> impl Strategy<Value = Option<MunicipalityCode>> {
    prop::option::of((0..=9999_u16).prop_map(|code| MunicipalityCode::from_number(code).unwrap()))
}

fn municipalities() -> impl Strategy<Value = Municipalities> {
    (
        municipality(),
        municipality(),
        municipality(),
        municipality(),
    )
        .prop_map(|(stay, responsible, registered, origin)| Municipalities {
            stay,
            responsible,
            registered,
            origin,
        })
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(
    levels: &'static [T],
) -> impl Strategy<Value = Option<T>> {
    prop::option::of(prop::sample::select(levels))
}

fn birth() -> impl Strategy<Value = Option<Birth>> {
    prop_oneof![
        Just(None),
        day().prop_map(|day| Some(Birth::On(day))),
        (any::<u8>(), day()).prop_map(|(age, on)| Some(Birth::AgedOn { age, on })),
    ]
}

fn attributes() -> impl Strategy<Value = Attributes> {
    (
        one_of(Sex::ALL),
        birth(),
        one_of(Origin::ALL),
        one_of(NationalityGroup::ALL),
        one_of(ResidenceStatus::ALL),
        prop::option::of(token()),
        [prop::option::of(token()), prop::option::of(token())],
    )
        .prop_map(
            |(sex, birth, origin, nationality, residence, household, parents)| Attributes {
                sex,
                birth,
                origin,
                nationality,
                residence,
                household,
                parents,
            },
        )
}

fn situation() -> impl Strategy<Value = Option<LivingSituation>> {
    prop::option::of(prop::sample::select(
        LivingSituation::all().collect::<Vec<_>>(),
    ))
}

fn spell() -> impl Strategy<Value = Spell> {
    let optional = || prop::option::of(day());
    (
        (any::<u16>(), any::<u32>(), any::<u32>()),
        (prop::option::of(token()), prop::option::of(token())),
        (prop::sample::select(&EthosCategory::ALL[..]), situation()),
        (
            day(),
            any::<bool>(),
            optional(),
            optional(),
            optional(),
            optional(),
        ),
        (prop::option::of(any::<u8>()), any::<u8>(), any::<u8>()),
        municipalities(),
        attributes(),
    )
        .prop_map(
            |(at, key, (category, situation), dates, numbers, municipalities, attributes)| Spell {
                source: SourceId(at.0),
                row: RowRef {
                    delivery: at.1,
                    row: at.2,
                },
                key: LinkKey {
                    person: key.0,
                    fallback: key.1,
                },
                category,
                situation,
                start: dates.0,
                start_known: dates.1,
                end: dates.2,
                observed: dates.3,
                ready_to_leave: dates.4,
                expected_on: dates.5,
                end_reason: numbers.0.map(EndReason),
                municipalities,
                attributes,
                children_with: numbers.1,
                children_elsewhere: numbers.2,
            },
        )
}

fn register_person() -> impl Strategy<Value = RegisterPerson> {
    (
        token(),
        attributes(),
        municipality(),
        prop::option::of(day()),
    )
        .prop_map(|(person, attributes, registered, as_of)| RegisterPerson {
            person,
            attributes,
            registered,
            as_of,
        })
}

fn level() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-z0-9+' -]{1,8}".prop_filter("a level", |level| level != "all"))
}

fn time() -> impl Strategy<Value = Time> {
    prop_oneof![
        day().prop_map(Time::On),
        (-62_091..84_000_i32, 1..370_i32).prop_map(|(start, days)| {
            Time::AnyDayIn(Period::new(Day(start), Day(start + days)).unwrap())
        }),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        Just(Place::Netherlands),
        Just(Place::UnknownMunicipality),
        municipality().prop_map(|code| code.map_or(Place::Netherlands, Place::Municipality)),
        ("[a-z]{2,6}", "[A-Za-z' ]{1,9}")
            .prop_map(|(mapping, region)| Place::Region { mapping, region }),
    ]
}

fn figure() -> impl Strategy<Value = Figure> {
    let persons = || 0..1_000_000_000_u64;
    let real = || prop::option::of(0.0..1e9);
    prop_oneof![
        persons().prop_map(|n| Figure::Count(Count::seen(n))),
        persons().prop_map(|n| Figure::Count(Count::partial(n))),
        prop::sample::select(&CellState::ALL[..])
            .prop_map(|state| Figure::Count(Count::of(state, 0))),
        (real(), real(), real()).prop_map(|(point, lower, upper)| {
            Figure::Estimate(Estimate {
                status: EstimateStatus::Ok,
                point,
                lower,
                upper,
            })
        }),
        Just(Figure::Estimate(Estimate::NONE)),
    ]
}

fn cube_row() -> impl Strategy<Value = CubeRow> {
    (
        prop::sample::select(Family::all()),
        time(),
        prop::sample::select(&Total::ALL[..]),
        place(),
        one_of(&EthosCategory::ALL),
        (
            (level(), level(), level(), level()),
            (level(), level(), level(), level()),
        ),
        prop::sample::select(&Measure::ALL[..]),
        figure(),
    )
        .prop_map(
            |(family, time, total, place, category, (levels, more), measure, figure)| CubeRow {
                key: CubeKey {
                    family,
                    time,
                    total,
                    place,
                    category,
                    sex: levels.0,
                    age: levels.1,
                    origin: levels.2,
                    region: levels.3,
                    household: more.0,
                    duration: more.1,
                    nationality: more.2,
                    residence: more.3,
                    measure,
                },
                figure,
            },
        )
}

/// Captures with up to two strata and three lists; cells in the order of levels and bits.
fn capture_table() -> impl Strategy<Value = CaptureTable> {
    // The last list cannot see the oldest.
    let cell = ((0..4_u16, 0..3_u16, 1..8_u16), 0..1_000_000_u64)
        .prop_filter("seen by a list that cannot", |((age, _, bits), _)| {
            *age != 2 || *bits < 4
        });
    prop::collection::vec(cell, 1..20).prop_map(|cells| {
        let cells: BTreeMap<_, _> = cells.into_iter().collect();
        CaptureTable {
            date: Day(20_000),
            lists: ["opvang", "bijstand", "-3"].map(String::from).to_vec(),
            strata: vec![
                stratum("age", &["18-26", "27-49", "50-64", "unknown"]),
                stratum("sex", &["male", "female", "unknown"]),
            ],
            cells: cells
                .into_iter()
                .map(|((age, sex, bits), count)| CaptureCell {
                    levels: vec![age, sex],
                    history: CaptureHistory::new(ListSet(bits)).unwrap(),
                    blind: ListSet(if age == 2 { 0b100 } else { 0 }),
                    count,
                })
                .collect(),
        }
    })
}

fn stratum(name: &str, levels: &[&str]) -> Stratifier {
    Stratifier {
        name: name.into(),
        levels: levels.iter().map(ToString::to_string).collect(),
    }
}

/// The persons of a capture table by the names of their levels.
fn by_name(table: &CaptureTable) -> BTreeMap<(Vec<String>, CaptureHistory, ListSet), u64> {
    table
        .cells
        .iter()
        .map(|cell| {
            let levels = cell
                .levels
                .iter()
                .zip(&table.strata)
                .map(|(level, stratum)| stratum.levels[usize::from(*level)].clone())
                .collect();
            ((levels, cell.history, cell.blind), cell.count)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn spells_and_their_links_come_back(
        written in prop::collection::vec(spell(), 0..8),
        ids in prop::collection::vec((token(), any::<bool>()), 8),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (person, keyed): (Vec<_>, Vec<_>) =
            ids.into_iter().take(written.len()).map(|(id, keyed)| (PersonId(id), keyed)).unzip();
        let link = Links::new(person, keyed).unwrap();
        for extension in EXTENSIONS {
            let path = folder.path().join(format!("spells.{extension}"));
            spells::write(&path, &written).unwrap();
            prop_assert_eq!(&spells::read(&path).unwrap(), &written);
            let path = folder.path().join(format!("links.{extension}"));
            links::write(&path, &written, &link).unwrap();
            prop_assert_eq!(&links::read(&path, &written).unwrap(), &link);
        }
    }

    #[test]
    fn registers_come_back_sorted(mut written in prop::collection::vec(register_person(), 0..8)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.parquet");
        register::write(&path, &written).unwrap();
        written.sort_by_key(|person| person.person);
        prop_assert_eq!(register::read(&path).unwrap(), written);
    }

    #[test]
    fn cubes_come_back(written in prop::collection::vec(cube_row(), 0..12)) {
        let folder = tempfile::tempdir().unwrap();
        for extension in EXTENSIONS {
            let path = folder.path().join(format!("cube.{extension}"));
            cube::write(&path, &written).unwrap();
            prop_assert_eq!(&cube::read(&path).unwrap(), &written);
        }
    }

    #[test]
    fn captures_come_back(written in capture_table()) {
        let folder = tempfile::tempdir().unwrap();
        for extension in EXTENSIONS {
            let path = folder.path().join(format!("captures.{extension}"));
            let later = CaptureTable { date: Day(20_365), ..written.clone() };
            captures::write(&path, &[written.clone(), later]).unwrap();
            let back = captures::read(&path, Some(&written.lists)).unwrap();
            prop_assert_eq!(&back[0].lists, &written.lists);
            prop_assert_eq!(back.len(), 2);
            prop_assert_eq!((back[0].date, back[1].date), (Day(20_000), Day(20_365)));
            prop_assert_eq!(by_name(&back[0]), by_name(&written));
            prop_assert_eq!(by_name(&back[1]), by_name(&written));
        }
    }
}

fn dense_captures() -> CaptureTable {
    let mut table = CaptureTable {
        date: Day::parse("2026-01-01").unwrap(),
        lists: vec!["a".into(), "b".into()],
        strata: vec![
            stratum("age", &["50-64", "18-26", "unknown"]),
            stratum("region", &["g4", "other"]),
        ],
        cells: Vec::new(),
    };
    for age in 0..3 {
        for region in 0..2 {
            for bits in 1..4 {
                table.cells.push(CaptureCell {
                    levels: vec![age, region],
                    history: CaptureHistory::new(ListSet(bits)).unwrap(),
                    blind: ListSet::EMPTY,
                    count: u64::from(age * 100 + region * 10 + bits),
                });
            }
        }
    }
    table
}

#[test]
fn captures_find_their_lists_and_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("captures.csv");
    let written = [dense_captures()];
    captures::write(&path, &written).unwrap();
    assert_eq!(captures::read(&path, None).unwrap(), written);
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with("reference_date,age,region,a,b,count\n2026-01-01,50-64,g4,1,0,1\n"),
        "{text}"
    );
    let empty = captures::to_table(&[]).unwrap();
    assert_eq!(empty.rows(), 0);
}

#[test]
fn captures_that_are_none_are_refused() {
    let read = |text: &str| {
        let table = StringTable::from_delimited(text.as_bytes()).unwrap();
        captures::from_strings(&table, None)
            .unwrap_err()
            .to_string()
    };
    let said = read("reference_date,sex,a,b,count\n2026-01-01,m,1,0,3\n2026-01-01,m,0,0,3\n");
    assert!(
        said.contains("line 3") && said.contains("no list saw"),
        "{said}"
    );
    let said = read("reference_date,a,b,count\n2026-01-01,1,1,-3\n");
    assert!(said.contains("column `count`"), "{said}");
    let said = read("reference_date,sex,count\n2026-01-01,m,3\n");
    assert!(said.contains("0 columns are lists"), "{said}");
    let said = read("date,a,count\n2026-01-01,1,3\n");
    assert!(said.contains("column `reference_date`"), "{said}");
    // A blank is "cannot see", which this table cannot hold; the column is not taken for one.
    let said = read("reference_date,a,b,count\n2026-01-01,1,,3\n");
    assert!(said.contains("0 columns are lists"), "{said}");

    let mut wrong = dense_captures();
    wrong.lists[0] = "age".into();
    assert!(captures::to_table(&[wrong]).is_err());
    let mut wrong = dense_captures();
    wrong.cells[0].levels[1] = 9;
    assert!(captures::to_table(&[wrong]).is_err());
    let mut wrong = dense_captures();
    wrong.lists.pop();
    assert!(captures::to_table(&[wrong.clone()]).is_err());
    assert!(captures::to_table(&[dense_captures(), wrong]).is_err());
}

#[test]
fn links_of_other_spells_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("links.parquet");
    let spell = |row| {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut spell = proptest::strategy::ValueTree::current(
            &proptest::strategy::Strategy::new_tree(&spell(), &mut runner).unwrap(),
        );
        spell.row = RowRef { delivery: 0, row };
        spell
    };
    let link = Links::new(vec![PersonId(Token::from_bytes([1; 16]))], vec![true]).unwrap();
    links::write(&path, &[spell(2)], &link).unwrap();
    assert!(links::read(&path, &[spell(2)]).is_ok());
    let error = links::read(&path, &[spell(3)]).unwrap_err().to_string();
    assert!(error.contains("link the spells again"), "{error}");
    assert!(links::write(&path, &[spell(2), spell(3)], &link).is_err());
}

#[test]
fn a_wrong_cell_is_named_and_a_token_hidden() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.csv");
    let person = RegisterPerson {
        person: Token::from_bytes([0xab; 16]),
        attributes: Attributes {
            birth: Some(Birth::On(Day(0))),
            ..Attributes::default()
        },
        registered: None,
        as_of: None,
    };
    register::write(&path, &[person]).unwrap();
    let good = fs::read_to_string(&path).unwrap();
    let said = |from: &str, to: &str| {
        fs::write(&path, good.replace(from, to)).unwrap();
        register::read(&path).unwrap_err().to_string()
    };
    let text = said(&"ab".repeat(16), "abcdefgh");
    assert!(
        text.ends_with("register.csv, line 2, column `person`: expected 32 hexadecimal digits, found `******gh`"),
        "{text}"
    );
    let text = said("1970-01-01,,", "1970-01-01,30,");
    assert!(text.contains("line 2") && text.contains("age_on"), "{text}");
}

/// Rounding makes a 0 of persons who were seen, and a release of that is read as an earlier one.
#[test]
fn a_published_cube_is_read_as_it_was_rounded() {
    let rows = [(12, 2), (3, 4)].map(|(persons, day)| CubeRow {
        key: CubeKey::national(
            Family::NationalCategory,
            Time::On(Day(20_450 + day)),
            Total::Homeless,
            Measure::Observed,
        ),
        figure: Figure::Count(Count::seen(persons)),
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cube.csv");
    cube::write(&path, &rows).unwrap();
    let read_with = |number: &str, status: &str| {
        let text = std::fs::read_to_string(&path).unwrap();
        let changed = folder.path().join("published.csv");
        let text = text.replace(",3,,,seen", &format!(",{number},,,{status}"));
        std::fs::write(&changed, text).unwrap();
        let read = cube::read_published(&changed).map_err(|error| error.to_string());
        read.map(|read| {
            read.into_iter()
                .map(|(_, number)| number)
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(read_with("0", "seen").unwrap(), [Some(12), Some(0)]);
    assert_eq!(read_with("", "suppressed").unwrap(), [Some(12), None]);
    assert_eq!(read_with("", "not_estimable").unwrap(), [Some(12)]);
    assert!(
        read_with("2.5", "seen")
            .unwrap_err()
            .contains("whole number")
    );
    assert!(read_with("5", "sen").unwrap_err().contains("status"));
}

#[test]
fn a_cube_contradicting_itself_is_refused() {
    let key = CubeKey::national(
        Family::NationalCategory,
        Time::On(Day(20_454)),
        Total::Homeless,
        Measure::Observed,
    );
    let table = cube::to_table(&[CubeRow {
        key: key.clone(),
        figure: Figure::Count(Count::seen(12)),
    }])
    .unwrap();
    let with = |column: &str, value: ethos_table::Value<'static>| {
        let at = table
            .schema()
            .columns
            .iter()
            .position(|c| c.name == column)
            .unwrap();
        let mut row: Vec<_> = table.row(0).collect();
        row[at] = value;
        let mut changed = Table::new(table.schema().clone());
        changed.push_row(row).unwrap();
        cube::from_table(&changed)
    };
    assert!(with("value", 13.0.into()).is_ok());
    for (column, value, said) in [
        ("value", 12.5.into(), "whole number"),
        ("value", 0.0.into(), "contradict"),
        ("status", "not_collected".into(), "contradict"),
        ("status", "suppressed".into(), "withheld"),
        ("status", "seeen".into(), "status"),
        ("lower", 1.0.into(), "no limits"),
        ("time_kind", "period".into(), "period for two"),
        ("place", "BE".into(), "expected NL"),
        ("table", "national".into(), "key of a table"),
    ] {
        let error = with(column, value).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    let row = |place| CubeRow {
        key: CubeKey {
            place,
            ..key.clone()
        },
        figure: Figure::Count(Count::seen(1)),
    };
    assert!(
        cube::to_table(&[row(Place::Region {
            mapping: "country".into(),
            region: "x".into()
        })])
        .is_err()
    );
}

#[test]
fn estimates_come_back_and_infinity_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let row = EstimateRow {
        date: Day::parse("2026-01-01").unwrap(),
        by: "population".into(),
        observed: 1200,
        unobserved: Some(3913.5),
        estimate: Some(5113.5),
        se: Some(0.1 + 0.2),
        lower: Some(2805.0),
        upper: None,
        level: 0.95,
        interval: "profile".into(),
        status: EstimateStatus::Unbounded,
        model: "[12,13,23]".into(),
    };
    for extension in EXTENSIONS {
        let path = folder.path().join(format!("estimates.{extension}"));
        estimates::write(&path, std::slice::from_ref(&row)).unwrap();
        assert_eq!(estimates::read(&path).unwrap(), std::slice::from_ref(&row));
    }
    let unbounded = EstimateRow {
        upper: Some(f64::INFINITY),
        ..row
    };
    let error = estimates::to_table(&[unbounded]).unwrap_err().to_string();
    assert!(error.contains("column `upper`"), "{error}");
}

#[test]
fn persons_and_findings_are_written_in_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("persons.csv");
    let person = Person {
        id: PersonId(Token::from_bytes([1; 16])),
        keyed: true,
        role: Role::WithParent,
        category: EthosCategory::FamilyFriends,
        situation: LivingSituation::from_code("6a"),
        categories_seen: 0,
        municipalities: Municipalities {
            stay: MunicipalityCode::from_number(363),
            origin: MunicipalityCode::from_number(14),
            ..Municipalities::default()
        },
        sex: Some(Sex::Female),
        age: Some(7),
        origin: Some(Origin::Europe),
        nationality: Some(NationalityGroup::Dutch),
        residence: Some(ResidenceStatus::Registered),
        household: None,
        lists: ListSet(5),
        capture: ListSet(4),
    };
    let year = Time::AnyDayIn(Period::calendar_year(2025).unwrap());
    persons::write(&path, &[(year, std::slice::from_ref(&person))]).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap().lines().nth(1),
        Some(
            "2025-01-01/2026-01-01,01010101010101010101010101010101,true,with_parent,\
             family_friends,6a,GM0363,,,GM0014,female,7,europe,dutch,registered,5,4"
        )
    );

    let path = folder.path().join("findings.csv");
    let finding = Finding {
        row: Some(17),
        column: Some("bsn".into()),
        column_number: Some(3),
        value: MaskedValue::of("123456789"),
        message: Text::new("fout nummer", "wrong number").into(),
        fix: Text::new("verbeter", "mend").into(),
        suggestion: Some(Suggestion::personal("012345672")),
        ..Finding::new(
            "BSN01".parse().unwrap(),
            Severity::Error,
            "leveringen/GM0363.csv",
        )
    };
    findings::write(&path, &[finding]).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap().lines().nth(1),
        Some(
            "leveringen/GM0363.csv,,17,bsn,C17,error,BSN01,*******89,fout nummer,wrong number,\
             verbeter,mend,*******72,0000000000000000"
        )
    );
}
