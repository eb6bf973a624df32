//! A made-up release with every state a cell can have: used by the tests and by the example
//! that writes it to a folder.
#![allow(dead_code, reason = "no test uses all of it")]

pub(crate) mod every;

use std::collections::BTreeMap;

use ethos_model::capture::{CaptureCell, CaptureHistory, CaptureTable, ListSet, Stratifier};
use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::{CellState, Count, Estimate, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, Place};
use ethos_model::date::{Day, Period, Time};
use ethos_model::finding::Text;
use ethos_model::ledger::{Ledger, LedgerStep};
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister};
use ethos_model::region::RegionMapping;
use ethos_model::study::Study;
use ethos_publish::{
    CurvePoint, DateModels, Dependence, DependenceCurve, FlowLine, Headline, Method, ModelLine,
    Release, TriedModel, synthetic,
};

pub(crate) const STUDY: &str = r#"
[study]
name = "Telling dakloosheid 2026"
reference_date = [2024-01-01, 2025-01-01, 2026-01-01]
series = "telling-nl"
key_file = "telling-nl.key"

[[source]]
list = "opvang"
layout = "monitor-dakloosheid/2024"
files = "opvang/*.csv"
reports = { categories = [2, 3] }

[[source]]
list = "bijstand"
layout = "register/adresloze-bijstand"
files = "bijstand.csv"

[[source]]
list = "reclassering"
layout = "register/reclassering"
files = "reclassering.csv"

[strata]
sex = true
age = [18, 27, 50, 65]
origin = "nl-europe-outside"
region = "g4"

[estimate]
seed = 1

[publish]
synthetic_municipal = true
language = "LANGUAGE"
"#;

/// A release of these figures and nothing beside them.
pub(crate) fn bare(study: &Study, cube: Vec<CubeRow>) -> Release<'_> {
    Release {
        study,
        cube,
        regions: &[],
        inhabitants: None,
        external: Vec::new(),
        headlines: Vec::new(),
        banner: None,
        notes: Vec::new(),
        earlier: Vec::new(),
        flow: Vec::new(),
        methods: Vec::new(),
    }
}

/// The release of this made-up country, with all that is told beside its figures.
pub(crate) fn release(study: &Study) -> Release<'_> {
    Release {
        headlines: headlines(),
        notes: notes(),
        flow: flow(),
        methods: vec![method("2025-01-01"), method("2026-01-01")],
        ..bare(study, cube())
    }
}

pub(crate) fn study(language: &str) -> Study {
    Study::parse(&STUDY.replace("LANGUAGE", language)).unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A small generator of numbers that look drawn.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end.max(1)
    }
}

pub(crate) fn estimate(point: f64, below: f64, above: f64) -> Estimate {
    Estimate {
        status: EstimateStatus::Ok,
        point: Some(point),
        lower: Some(point * below),
        upper: Some(point * above),
    }
}

fn count(key: CubeKey, count: Count) -> CubeRow {
    CubeRow {
        key,
        figure: Figure::Count(count),
    }
}

fn estimated(key: CubeKey, estimate: Estimate) -> CubeRow {
    CubeRow {
        key,
        figure: Figure::Estimate(estimate),
    }
}

/// Exact counts by municipality and category on one date.
type Counts = BTreeMap<(MunicipalityCode, EthosCategory), u64>;

fn counts(date: Day, draw: &mut Draw) -> Counts {
    let mut counts = Counts::new();
    for code in MunicipalityRegister::shipped().all_on(date) {
        let large = [344, 363, 518, 599].contains(&code.number());
        let size = if large {
            900
        } else {
            1 + draw.below(9) * draw.below(9)
        };
        for (category, part) in [
            (EthosCategory::EmergencyShelter, 5),
            (EthosCategory::TemporaryShelter, 9),
            (EthosCategory::Institution, 2),
            (EthosCategory::EvictionThreat, 3),
            (EthosCategory::Unknown, 7),
        ] {
            counts.insert((code, category), draw.below(size * part / 4 + 1));
        }
    }
    counts
}

fn not_collected(category: EthosCategory) -> bool {
    use EthosCategory::{FamilyFriends, PublicSpace, Unconventional};
    matches!(category, PublicSpace | Unconventional | FamilyFriends)
}

/// The rows of one place in a family of categories.
fn of_place(
    rows: &mut Vec<CubeRow>,
    family: Family,
    time: Time,
    place: &Place,
    counts: &BTreeMap<EthosCategory, u64>,
    state: CellState,
) {
    let key = |total, category| CubeKey {
        place: place.clone(),
        category,
        ..CubeKey::national(family, time, total, Measure::Observed)
    };
    let mut homeless = 0;
    for category in EthosCategory::ALL {
        let persons = counts.get(&category).copied().unwrap_or(0);
        let cell = if not_collected(category) {
            Count::of(CellState::NotCollected, 0)
        } else {
            Count::of(state, persons)
        };
        if category.total() == Total::Homeless {
            homeless += persons;
        }
        rows.push(count(key(category.total(), Some(category)), cell));
    }
    rows.push(count(key(Total::Homeless, None), Count::partial(homeless)));
}

fn characteristics(rows: &mut Vec<CubeRow>, time: Time, homeless: u64) {
    let family = Family::NationalCharacteristics;
    let base = CubeKey::national(family, time, Total::Homeless, Measure::Observed);
    rows.push(count(base.clone(), Count::partial(homeless)));
    let children = homeless * 22 / 100;
    let ages = [
        ("0-17", children),
        ("18-26", homeless * 15 / 100),
        ("27-49", homeless * 38 / 100),
        ("50-64", homeless * 18 / 100),
        ("65+", 4),
    ];
    let known: u64 = ages.iter().map(|(_, persons)| persons).sum();
    for (age, persons) in ages.into_iter().chain([("unknown", homeless - known)]) {
        let key = CubeKey {
            age: Some(age.into()),
            ..base.clone()
        };
        rows.push(count(key, Count::partial(persons)));
    }
    for (sex, persons) in [
        ("male", homeless * 70 / 100),
        ("female", homeless - homeless * 70 / 100 - 3),
        ("unknown", 3),
    ] {
        let key = CubeKey {
            sex: Some(sex.into()),
            ..base.clone()
        };
        rows.push(count(key, Count::partial(persons)));
    }
}

/// The estimate by characteristic: an unknown origin of a few persons, one level without an
/// upper limit, one that cannot be estimated.
fn estimates(rows: &mut Vec<CubeRow>, date: Day, seen: u64, all: f64) {
    let base = |measure| {
        CubeKey::national(
            Family::NationalEstimate,
            Time::On(date),
            Total::EstimateScope,
            measure,
        )
    };
    let n = seen as f64;
    let mut put = |change: &dyn Fn(&mut CubeKey), seen: u64, all: Estimate| {
        let key = |measure| {
            let mut key = base(measure);
            change(&mut key);
            key
        };
        let minus = |value: Option<f64>| value.map(|value| (value - seen as f64).max(0.0));
        let added = Estimate {
            status: all.status,
            point: minus(all.point),
            lower: minus(all.lower),
            upper: minus(all.upper),
        };
        rows.push(count(key(Measure::Observed), Count::seen(seen)));
        rows.push(estimated(key(Measure::Added), added));
        rows.push(estimated(key(Measure::Estimated), all));
    };
    put(&|_| (), seen, estimate(all, 0.905, 1.137));
    let men = seen * 82 / 100;
    put(
        &|key| key.sex = Some("male".into()),
        men,
        estimate(all * 0.83, 0.9, 1.15),
    );
    put(
        &|key| key.sex = Some("female".into()),
        seen - men,
        estimate(all * 0.17, 0.8, 1.4),
    );
    let young = seen * 20 / 100;
    let middle = seen * 61 / 100;
    put(
        &|key| key.age = Some("18-26".into()),
        young,
        estimate(all * 0.2, 0.85, 1.25),
    );
    put(
        &|key| key.age = Some("27-49".into()),
        middle,
        estimate(all * 0.61, 0.9, 1.15),
    );
    put(
        &|key| key.age = Some("50-64".into()),
        seen - young - middle,
        Estimate {
            status: EstimateStatus::Unbounded,
            upper: None,
            ..estimate(all * 0.19, 0.85, 1.25)
        },
    );
    let (dutch, europe) = (seen * 54 / 100, seen * 9 / 100);
    put(
        &|key| key.origin = Some("netherlands".into()),
        dutch,
        estimate(all * 0.54, 0.9, 1.2),
    );
    put(
        &|key| key.origin = Some("europe".into()),
        europe,
        estimate(all * 0.09, 0.7, 1.7),
    );
    put(
        &|key| key.origin = Some("outside_europe".into()),
        seen - dutch - europe - 6,
        estimate(all * 0.37, 0.85, 1.3),
    );
    put(
        &|key| key.origin = Some("unknown".into()),
        6,
        Estimate::NONE,
    );
    let shelter = seen * 3 / 10;
    for (category, seen) in [
        (EthosCategory::EmergencyShelter, shelter),
        (EthosCategory::Unknown, seen - shelter),
    ] {
        put(&|key| key.category = Some(category), seen, Estimate::NONE);
    }
    put(
        &|key| key.region = Some("g4".into()),
        seen * 33 / 100,
        estimate(n * 0.33 * all / n, 0.8, 1.2),
    );
    put(
        &|key| key.region = Some("other".into()),
        seen - seen * 33 / 100,
        estimate(n * 0.67 * all / n, 0.9, 1.2),
    );
}

/// The whole made-up cube.
pub(crate) fn cube() -> Vec<CubeRow> {
    let mut rows = Vec::new();
    let mut draw = Draw(7);
    let dates = [
        ("2024-01-01", 32_980.0),
        ("2025-01-01", 33_410.0),
        ("2026-01-01", 31_755.0),
    ];
    for (text, all) in dates {
        let date = day(text);
        let time = Time::On(date);
        let counts = counts(date, &mut draw);
        let mut national: BTreeMap<EthosCategory, u64> = BTreeMap::new();
        let mut provinces: BTreeMap<&str, BTreeMap<EthosCategory, u64>> = BTreeMap::new();
        for code in MunicipalityRegister::shipped().all_on(date) {
            let here: BTreeMap<EthosCategory, u64> = EthosCategory::ALL
                .into_iter()
                .map(|category| {
                    (
                        category,
                        counts.get(&(code, category)).copied().unwrap_or(0),
                    )
                })
                .collect();
            let province = RegionMapping::province().level_of(code, date).unwrap();
            for (category, persons) in &here {
                *national.entry(*category).or_insert(0) += persons;
                *provinces
                    .entry(province)
                    .or_default()
                    .entry(*category)
                    .or_insert(0) += persons;
            }
            let state = match code.number() % 17 {
                3 => CellState::NotDelivered,
                4 => CellState::Partial,
                _ => CellState::Seen,
            };
            of_place(
                &mut rows,
                Family::MunicipalCategory,
                time,
                &Place::Municipality(code),
                &here,
                state,
            );
        }
        let nowhere = BTreeMap::from([
            (EthosCategory::Unknown, 37),
            (EthosCategory::EmergencyShelter, 4),
        ]);
        for (category, persons) in &nowhere {
            *national.entry(*category).or_insert(0) += persons;
        }
        let unplaced = Place::Region {
            mapping: "province".into(),
            region: "unknown".into(),
        };
        for (family, place) in [
            (Family::MunicipalCategory, Place::UnknownMunicipality),
            (Family::RegionalCategory, unplaced),
        ] {
            of_place(&mut rows, family, time, &place, &nowhere, CellState::Seen);
        }
        for (province, counts) in &provinces {
            let place = Place::Region {
                mapping: "province".into(),
                region: (*province).into(),
            };
            of_place(
                &mut rows,
                Family::RegionalCategory,
                time,
                &place,
                counts,
                CellState::Partial,
            );
        }
        of_place(
            &mut rows,
            Family::NationalCategory,
            time,
            &Place::Netherlands,
            &national,
            CellState::Partial,
        );
        let homeless: u64 = national
            .iter()
            .filter(|(category, _)| category.total() == Total::Homeless)
            .map(|(_, persons)| persons)
            .sum();
        for category in [
            None,
            Some(EthosCategory::EmergencyShelter),
            Some(EthosCategory::TemporaryShelter),
            Some(EthosCategory::Institution),
            Some(EthosCategory::Unknown),
        ] {
            let persons = category.map_or(homeless, |category| national[&category]);
            for (measure, value) in [
                (Measure::ObservedSmallest, persons - persons / 30),
                (Measure::ObservedLargest, persons + persons / 25),
                (Measure::ObservedChildren, persons * 22 / 100),
                (Measure::ChildrenInvolved, persons / 90),
            ] {
                let key = CubeKey {
                    category,
                    ..CubeKey::national(Family::NationalCategory, time, Total::Homeless, measure)
                };
                rows.push(count(key, Count::partial(value)));
            }
        }
        characteristics(&mut rows, time, homeless);
        let mut in_scope = synthetic::SeenByMunicipality::new();
        for ((code, category), persons) in &counts {
            if *category != EthosCategory::EvictionThreat {
                *in_scope.entry((*code, vec!["male".into()])).or_insert(0) += persons / 3;
                *in_scope.entry((*code, vec!["female".into()])).or_insert(0) += persons / 18;
            }
        }
        let seen: u64 = in_scope.values().sum();
        estimates(&mut rows, date, seen, all);
        let year = Time::AnyDayIn(Period::calendar_year(date.year() - 1).unwrap());
        let more: BTreeMap<_, _> = national
            .iter()
            .map(|(category, persons)| (*category, persons * 17 / 10))
            .collect();
        of_place(
            &mut rows,
            Family::NationalCategory,
            year,
            &Place::Netherlands,
            &more,
            CellState::Partial,
        );

        let population = BTreeMap::from([
            (vec!["male".to_owned()], estimate(all * 0.83, 0.9, 1.2)),
            (vec!["female".to_owned()], estimate(all * 0.17, 0.9, 1.2)),
        ]);
        rows.extend(synthetic::shares(time, &in_scope, &population));
    }
    rows
}

pub(crate) fn headlines() -> Vec<Headline> {
    ["2024-01-01", "2025-01-01", "2026-01-01"]
        .map(|text| Headline {
            date: day(text),
            level: 0.95,
            interval: Text::new(
                "percentielen van een semiparametrische bootstrap met 2.000 herhalingen, de keuze van het model inbegrepen",
                "percentiles of a semiparametric bootstrap with 2,000 replicates, the choice of the model included",
            ),
            model: "[12,13,23]".into(),
            dependence: (text == "2026-01-01").then(|| Dependence {
                lower: 26_120.0,
                upper: Some(39_870.0),
                under: Text::new(
                    "een oddsratio van ½ tot 2 tussen opvang en bijstand",
                    "an odds ratio from ½ to 2 between shelter and benefit",
                ),
            }),
            dependence_notes: Vec::new(),
            reason: None,
            warnings: Vec::new(),
            beside: None,
        })
        .to_vec()
}

pub(crate) fn notes() -> Vec<Text> {
    vec![
        Text::new(
            "Wie in een register zonder categorie staat (bijstand, reclassering), telt als ‘situatie onbekend’ & niet als nul.",
            "People in a register without a category (benefit, probation) count as ‘situation unknown’ & not as zero.",
        ),
        Text::new(
            "Van 44 verwachte centrumgemeenten leverden er 41.",
            "Of 44 expected centre municipalities 41 delivered.",
        ),
    ]
}

pub(crate) fn flow() -> Vec<FlowLine> {
    [
        ("Rijen gelezen", "Rows read", 48_213),
        ("Rijen gebruikt", "Rows used", 45_301),
        ("waarvan van één afzender", "of which of one sender", 45_297),
        ("Verschillende mensen", "Different people", 21_877),
        ("Met een zeldzame fout", "With a rare error", 4),
    ]
    .map(|(nl, en, count)| FlowLine {
        label: Text::new(nl, en),
        count,
        left: Text::new(
            "dubbel, vervangen of onbruikbaar",
            "duplicate, replaced or unusable",
        ),
        figure: None,
    })
    .to_vec()
}

/// How the estimate of a date was made, from [`captures`] and [`models`].
pub(crate) fn method(date: &str) -> Method {
    let mut overlaps = vec![0; 7];
    for cell in captures(date).cells {
        overlaps[usize::from(cell.history.bits()) - 1] += cell.count;
    }
    let models = models(date);
    let best = models.models[0].criterion;
    let curve = |names: [&str; 2], slope: f64| DependenceCurve {
        lists: names.map(String::from).to_vec(),
        points: [0.5, 0.75, 1.0, 1.5, 2.0, 3.0]
            .map(|odds_ratio| CurvePoint {
                odds_ratio,
                estimate: Some(31_755.0 * (1.0 + slope * (odds_ratio - 1.0))),
                rejected: odds_ratio > 2.5,
            })
            .to_vec(),
    };
    Method {
        date: day(date),
        lists: ["opvang", "bijstand", "reclassering"]
            .map(String::from)
            .to_vec(),
        overlaps: (1..).zip(overlaps).collect(),
        criterion: models.criterion,
        models: models
            .models
            .into_iter()
            .map(|line| TriedModel {
                notation: line.notation,
                difference: line.criterion - best,
                weight: line.weight,
                estimate: line.estimate.point,
                lower: line.estimate.lower,
                upper: line.estimate.upper,
                selected: line.selected,
            })
            .collect(),
        curves: vec![
            curve(["opvang", "reclassering"], 0.21),
            curve(["bijstand", "reclassering"], -0.06),
            curve(["opvang", "bijstand"], 0.2),
        ],
    }
}

pub(crate) fn captures(date: &str) -> CaptureTable {
    let counts = [4_310, 3_890, 612, 905, 88, 141, 41];
    CaptureTable {
        date: day(date),
        lists: ["opvang", "bijstand", "reclassering"]
            .map(String::from)
            .to_vec(),
        strata: vec![Stratifier {
            name: "sex".into(),
            levels: vec!["male".into(), "female".into()],
        }],
        cells: (0..2_u16)
            .flat_map(|sex| {
                (1..8_u16).map(move |bits| CaptureCell {
                    levels: vec![sex],
                    history: CaptureHistory::new(ListSet(bits)).unwrap(),
                    blind: ListSet::EMPTY,
                    count: counts[usize::from(bits) - 1] / u64::from(1 + 3 * sex),
                })
            })
            .collect(),
    }
}

pub(crate) fn models(date: &str) -> DateModels {
    let line = |notation: &str, criterion, weight, point: f64, selected| ModelLine {
        notation: notation.into(),
        parameters: 7,
        criterion,
        weight: Some(weight),
        estimate: estimate(point, 0.87, 1.19),
        selected,
    };
    DateModels {
        date: day(date),
        criterion: "BIC".into(),
        unseen: estimate(22_170.0, 0.86, 1.2),
        population: estimate(31_755.0, 0.905, 1.137),
        level: 0.95,
        models: vec![
            line("[12,13,23]", 1_204.1, 0.612, 31_755.0, true),
            line("[12,13]", 1_205.9, 0.249, 28_420.0, false),
            line("[12,23]", 1_207.3, 0.124, 34_100.0, false),
            line("[13,23]", 1_212.0, 0.012, 24_900.0, false),
            line("[12,3]", 1_219.4, 0.003, 21_600.0, false),
            ModelLine {
                estimate: Estimate::NONE,
                ..line("[1,23]", 1_230.0, 0.0, 1.0, false)
            },
            line("[1,2,3]", 1_251.8, 0.0, 19_150.0, false),
        ],
        remarks: vec!["De term opvang × bijstand is opgelegd: die lijsten hangen samen.".into()],
    }
}

pub(crate) fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    for (name, accepted, others) in [
        (
            "read opvang",
            28_100,
            [
                ("rejected", 212),
                ("superseded", 1_450),
                ("out of scope", 940),
            ],
        ),
        (
            "read bijstand",
            13_900,
            [("rejected", 61), ("duplicate", 44), ("set aside", 12)],
        ),
        (
            "read reclassering",
            3_301,
            [("rejected", 39), ("out of scope", 2_870), ("duplicate", 9)],
        ),
    ] {
        let input = accepted + others.iter().map(|(_, count)| count).sum::<u64>();
        let mut step = LedgerStep::new(name, "rows", input).with("accepted", accepted);
        for (outcome, count) in others {
            step.add(outcome, count);
        }
        ledger.push(step);
    }
    ledger.push(
        LedgerStep::new("person register register/personen", "rows", 41_000)
            .with("accepted", 41_000),
    );
    ledger.push(
        LedgerStep::new("link", "spells", 45_301)
            .taking("read opvang", "accepted")
            .taking("read bijstand", "accepted")
            .taking("read reclassering", "accepted")
            .with("persons", 21_877)
            .with("further of person", 23_424),
    );
    for (date, on) in [
        ("2024-01-01", 17_950),
        ("2025-01-01", 18_204),
        ("2026-01-01", 17_640),
    ] {
        ledger.push(
            LedgerStep::new(format!("persons {date}"), "persons", 21_877)
                .taking("link", "persons")
                .with("on the date", on)
                .with("not on the date", 21_877 - on),
        );
    }
    ledger.check().unwrap();
    ledger
}
