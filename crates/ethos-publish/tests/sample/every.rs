//! A release of a few figures in which every status occurs, with names that a format could
//! trip over: a formula, markup, quotes, semicolons.

use std::fmt::Write as _;
use std::sync::OnceLock;

use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::{CellState, Count, Estimate, EstimateStatus};
use ethos_model::cube::{
    Characteristic, Crossing, CubeKey, CubeRow, DeclaredTable, Family, Figure, Measure, Place,
    PlaceLevel,
};
use ethos_model::date::{Period, Time};
use ethos_model::finding::Text;
use ethos_model::municipality::MunicipalityRegister;
use ethos_model::population::Population;
use ethos_model::study::{Format, Study, TableSet};
use ethos_publish::Release;
use ethos_publish::dashboard::External;
use ethos_publish::rates::Inhabitants;

use super::day;

/// A region's name that is a formula and markup.
pub(crate) const NASTY: &str = "=HYPERLINK(\"x\";'y') & <b>Zaan</b>";

/// The study: every format, a licence and a publisher.
pub(crate) fn study(language: &str) -> Study {
    let mut study = super::study(language);
    study.study.name = "Telling <2026> & \"meer\"; proef".into();
    study.publish.formats = Format::ALL.to_vec();
    study.publish.tables.push(TableSet::Flows);
    study.publish.licence = Some("CC-BY-4.0".into());
    study.publish.publisher = Some("Bureau & <Zoon>".into());
    study
}

/// The release.
pub(crate) fn release(study: &Study) -> Release<'_> {
    Release {
        inhabitants: Some(Inhabitants {
            population: population(),
            per: 10_000,
        }),
        external: vec![External {
            indicator: "Regio's met een plan".into(),
            value: "41".into(),
            unit: "regio's".into(),
            date: day("2025-12-01"),
            owner: "VNG".into(),
            source: "=Dashboard".into(),
        }],
        banner: Some(Text::new("Verzonnen cijfers.", "Made-up figures.")),
        notes: vec![Text::new("Let op: <b> & \"x\".", "Mind: <b> & \"x\".")],
        ..super::bare(study, cube())
    }
}

/// Inhabitants of every municipality of 2025 and 2026: 52,100 women and men of 18–64, and others.
pub(crate) fn population() -> &'static Population {
    static POPULATION: OnceLock<Population> = OnceLock::new();
    POPULATION.get_or_init(|| {
        let mut text = String::from("gm_code,year,sex,age,inhabitants\n");
        for year in [2025, 2026] {
            for code in MunicipalityRegister::shipped().all_on(day(&format!("{year}-01-01"))) {
                for sex in ["male", "female"] {
                    for (ages, number) in [("0-17", 9_000), ("18-64", 26_050), ("65+", 9_500)] {
                        writeln!(text, "{code},{year},{sex},{ages},{number}").unwrap();
                    }
                }
            }
        }
        Population::from_csv(&text).unwrap()
    })
}

fn cube() -> Vec<CubeRow> {
    let date = Time::On(day("2026-01-01"));
    let year = Time::AnyDayIn(Period::calendar_year(2025).unwrap());
    let count = |key, count| CubeRow {
        key,
        figure: Figure::Count(count),
    };
    let mut rows = Vec::new();
    for (time, category, found) in [
        (date, None, Count::partial(1_200)),
        (date, Some(EthosCategory::PublicSpace), Count::seen(700)),
        (date, Some(EthosCategory::EmergencyShelter), Count::seen(0)),
        (
            date,
            Some(EthosCategory::TemporaryShelter),
            Count::partial(500),
        ),
        (
            date,
            Some(EthosCategory::Institution),
            Count::of(CellState::NotDelivered, 0),
        ),
        (
            date,
            Some(EthosCategory::Unconventional),
            Count::of(CellState::NotCollected, 0),
        ),
        (
            date,
            Some(EthosCategory::FamilyFriends),
            Count::of(CellState::Impossible, 0),
        ),
        (year, None, Count::partial(2_500)),
    ] {
        let key = CubeKey {
            category,
            ..CubeKey::national(
                Family::NationalCategory,
                time,
                Total::Homeless,
                Measure::Observed,
            )
        };
        rows.push(count(key, found));
    }
    let threatened = CubeKey {
        category: Some(EthosCategory::EvictionThreat),
        ..CubeKey::national(
            Family::NationalCategory,
            date,
            Total::Threatened,
            Measure::Observed,
        )
    };
    rows.push(count(threatened, Count::seen(3)));
    for (measure, found) in [
        (Measure::Entries, Count::seen(900)),
        (Measure::Exits, Count::incomplete(800)),
    ] {
        let key = CubeKey::national(Family::Flows, year, Total::Homeless, measure);
        rows.push(count(key, found));
    }
    estimates(&mut rows, date);
    crossed(&mut rows, date);
    for (mapping, region, persons) in [
        ("province", "Noord-Holland", 400),
        ("province", "unknown", 20),
        ("centre", NASTY, 300),
    ] {
        let key = CubeKey {
            place: Place::Region {
                mapping: mapping.into(),
                region: region.into(),
            },
            ..CubeKey::national(
                Family::RegionalCategory,
                date,
                Total::Homeless,
                Measure::Observed,
            )
        };
        rows.push(count(key, Count::seen(persons)));
    }
    for (place, persons) in [
        (Place::Municipality("0363".parse().unwrap()), 350),
        (Place::UnknownMunicipality, 15),
    ] {
        let key = |measure| CubeKey {
            place: place.clone(),
            ..CubeKey::national(Family::MunicipalCategory, date, Total::Homeless, measure)
        };
        rows.push(count(key(Measure::Observed), Count::seen(persons)));
        rows.push(count(
            key(Measure::ObservedTouched),
            Count::seen(persons + 30),
        ));
        rows.push(CubeRow {
            key: CubeKey {
                family: Family::MunicipalSynthetic,
                total: Total::EstimateScope,
                ..key(Measure::Synthetic)
            },
            figure: Figure::Estimate(Estimate {
                status: EstimateStatus::Ok,
                point: Some(persons as f64 * 2.1),
                lower: None,
                upper: None,
            }),
        });
    }
    rows
}

/// A declared table with every state, and one by municipality.
fn crossed(rows: &mut Vec<CubeRow>, time: Time) {
    let of = |of, by: &[Characteristic]| {
        let declared = DeclaredTable {
            of,
            by: by.to_vec(),
        };
        Family::Crossed(Crossing::try_from(&declared).unwrap())
    };
    let mut put = |family, place: Place, levels: &[(Characteristic, &str)], found| {
        let mut key = CubeKey {
            place,
            ..CubeKey::national(family, time, Total::Homeless, Measure::Observed)
        };
        for (of, level) in levels {
            key.set_level(*of, Some((*level).into()));
        }
        rows.push(CubeRow {
            key,
            figure: Figure::Count(found),
        });
    };
    let (group, status) = (Characteristic::Nationality, Characteristic::Residence);
    let national = of(PlaceLevel::National, &[group, status]);
    for (levels, found) in [
        (vec![], Count::partial(1_200)),
        (vec![(group, "dutch")], Count::partial(1_000)),
        (vec![(group, "eu")], Count::partial(193)),
        (vec![(group, "other")], Count::partial(7)),
        (
            vec![(group, "eu"), (status, "registered")],
            Count::partial(140),
        ),
        (
            vec![(group, "eu"), (status, "unlawful")],
            Count::partial(53),
        ),
        (
            vec![(group, "unknown"), (status, "lawful_not_registered")],
            Count::of(CellState::NotCollected, 0),
        ),
    ] {
        put(national, Place::Netherlands, &levels, found);
    }
    let municipal = of(PlaceLevel::Municipal, &[Characteristic::Sex]);
    let amsterdam = Place::Municipality("0363".parse().unwrap());
    for (levels, persons) in [
        (vec![], 350),
        (vec![(Characteristic::Sex, "male")], 250),
        (vec![(Characteristic::Sex, "female")], 100),
    ] {
        put(municipal, amsterdam.clone(), &levels, Count::seen(persons));
    }
}

/// An estimate with its limits, one without an upper limit, and one that is not there.
fn estimates(rows: &mut Vec<CubeRow>, time: Time) {
    let whole = super::estimate(31_755.0, 0.905, 1.137);
    for (sex, seen, all) in [
        (None, 9_000, whole),
        (
            Some("male"),
            8_000,
            Estimate {
                status: EstimateStatus::Unbounded,
                upper: None,
                ..whole
            },
        ),
        (Some("female"), 1_000, Estimate::NONE),
    ] {
        let key = |measure| CubeKey {
            sex: sex.map(String::from),
            ..CubeKey::national(
                Family::NationalEstimate,
                time,
                Total::EstimateScope,
                measure,
            )
        };
        rows.push(CubeRow {
            key: key(Measure::Observed),
            figure: Figure::Count(Count::seen(seen)),
        });
        rows.push(CubeRow {
            key: key(Measure::Estimated),
            figure: Figure::Estimate(all),
        });
    }
}
