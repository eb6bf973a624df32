//! The charts of the report and the factsheets: they show what the protected cube shows, and
//! nothing that it withholds.

#[path = "sample/mod.rs"]
mod sample;

use std::fs;

use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cell::{CellState, Count};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, Place};
use ethos_model::date::Time;
use ethos_model::study::{Format, Study};
use ethos_publish::protect::SafeFigure;
use ethos_publish::tables::PrintCell;
use ethos_publish::{Factsheets, PublishError, Release};
use sample::release;

fn study(language: &str) -> Study {
    let mut study = sample::study(language);
    study.publish.formats = vec![Format::Html];
    study
}

/// No factsheets.
fn none() -> Factsheets {
    Factsheets::Of(Vec::new())
}

/// The report and these factsheets.
fn written(release: &Release<'_>, which: &Factsheets) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let safe = release.protect().unwrap();
    safe.write(dir.path()).unwrap();
    safe.write_factsheets(which, dir.path()).unwrap();
    let page = fs::read_to_string(dir.path().join("report.html")).unwrap();
    (dir, page)
}

#[test]
fn map_and_factsheets_read_as_the_protected_cube_does() {
    let study = study("nl");
    let release = release(&study);
    let (dir, page) = written(&release, &Factsheets::All);
    let safe = release.protect().unwrap();
    let date = Time::On(sample::day("2026-01-01"));
    let (mut numbers, mut withheld) = (0, 0);
    for row in safe.cube().family(Family::MunicipalCategory) {
        let Place::Municipality(code) = row.key.place else {
            continue;
        };
        let plain = CubeKey {
            place: row.key.place.clone(),
            ..CubeKey::national(row.key.family, date, Total::Homeless, Measure::Observed)
        };
        if plain != row.key {
            continue;
        }
        let text = PrintCell::count(Some(row.figure)).text(Language::Nl);
        let cells = format!("<td>{code}</td><td class=\"n\">{text}</td>");
        assert!(
            page.contains(&cells),
            "{cells} is not in the table of the map"
        );
        let path = dir.path().join(format!("factsheets/{code}.html"));
        let sheet = fs::read_to_string(path).unwrap();
        assert!(
            sheet.contains(&format!("<td class=\"n\">{text}</td>")),
            "{code}"
        );
        match row.figure {
            SafeFigure::Suppressed => {
                withheld += 1;
                assert!(sheet.contains("<p class=\"figure\">[c]</p>"), "{code}");
            }
            _ => numbers += 1,
        }
    }
    let names = fs::read_dir(dir.path().join("factsheets")).unwrap().count();
    assert_eq!(names, 342);
    assert!(numbers > 50 && withheld > 5, "{numbers} {withheld}");
    assert_eq!(page.matches("url(#map-withheld)").count(), withheld);
    // Every total of the sample is a minimum on both dates.
    assert!(page.contains("id=\"funnel-title\"") && page.contains("beide cijfers een minimum"));
}

/// A number that only unprotected figures hold is nowhere in the files.
#[test]
fn exact_figures_of_the_method_are_in_no_file() {
    for language in ["nl", "en"] {
        let study = study(language);
        let release = release(&study);
        let (_dir, page) = written(&release, &none());
        let method = sample::method("2026-01-01");
        for (lists, persons) in &method.overlaps {
            let thousands = format!("{}.{:03}", persons / 1000, persons % 1000);
            for exact in [persons.to_string(), thousands.replace('.', ","), thousands] {
                if persons % 100 != 0 && *persons > 1_000 {
                    assert!(!page.contains(&exact), "{exact} of lists {lists} is told");
                }
            }
        }
        assert!(page.contains("overlap-title") && page.contains("sensitivity-title"));
    }
}

#[test]
fn a_small_overlap_that_could_be_told_is_withheld() {
    let study = study("en");
    let mut release = release(&study);
    for method in &mut release.methods {
        method.lists.truncate(2);
        method.overlaps = vec![(1, 5_400), (2, 4_900), (3, 7)];
    }
    let (_dir, page) = written(&release, &none());
    assert!(page.contains("The counts of the combinations are withheld"));
    assert!(page.contains("ladder-title"), "the models may be shown");
    let (_, picture) = page.split_once("id=\"overlap-title\"").unwrap();
    let (picture, _) = picture.split_once("</svg>").unwrap();
    assert!(!picture.contains("class=\"seen\"") && picture.contains("class=\"unseen\""));
}

#[test]
fn without_the_people_seen_there_is_no_method() {
    let study = study("en");
    let mut release = release(&study);
    release.methods.clear();
    let (_dir, page) = written(&release, &none());
    assert!(!page.contains("id=\"hoe\"") && page.contains("id=\"stroom-van\""));
}

#[test]
fn small_steps_on_the_way_to_people_are_left_out() {
    let study = study("en");
    let release = release(&study);
    let lines = release.protect().unwrap().flow().len();
    // One differs by 4 from the line before it, one is 4.
    assert_eq!((release.flow.len(), lines), (5, 3));
    let safe = release.protect().unwrap();
    let flow = safe.flow();
    for pair in flow.windows(2) {
        let (_, left) = pair[1].left.unwrap();
        assert_eq!(pair[0].count - pair[1].count, left, "it adds up");
    }
}

/// Where a table crosses category with sex and age, there is a panel a category.
#[test]
fn category_by_sex_by_age_is_drawn() {
    let study = study("en");
    let mut release = release(&study);
    let date = Time::On(sample::day("2026-01-01"));
    for (at, category) in [EthosCategory::EmergencyShelter, EthosCategory::PublicSpace]
        .into_iter()
        .enumerate()
    {
        for (sex, persons) in [("male", 800), ("female", 3)] {
            for age in ["18-26", "27-49", "unknown"] {
                release.cube.push(CubeRow {
                    key: CubeKey {
                        category: Some(category),
                        sex: Some(sex.into()),
                        age: Some(age.into()),
                        ..CubeKey::national(
                            Family::NationalCategory,
                            date,
                            Total::Homeless,
                            Measure::Observed,
                        )
                    },
                    figure: Figure::Count(if at == 0 {
                        match age {
                            "unknown" => Count::partial(persons),
                            _ => Count::seen(persons),
                        }
                    } else {
                        Count::of(CellState::NotCollected, 0)
                    }),
                });
            }
        }
    }
    let (_dir, page) = written(&release, &none());
    let (_, chart) = page.split_once("id=\"multiples-title\"").expect("a chart");
    let (chart, _) = chart.split_once("</svg>").unwrap();
    assert_eq!(
        chart.matches("class=\"seen\"").count(),
        3,
        "men of every age"
    );
    assert!(chart.contains("[c]"), "three women are withheld: {chart}");
    assert!(
        !chart.contains("1 Public space</text>"),
        "nobody could look"
    );
    assert!(page.contains("Categories that no source can see have no panel"));
    assert!(page.contains("Figures with [min] in the table are minima."));
    assert!(page.contains(">800 [min]</td>"), "the mark of the table");
}

#[test]
fn a_municipality_that_is_not_there_has_no_factsheet() {
    let study = study("nl");
    let release = release(&study);
    let dir = tempfile::tempdir().unwrap();
    let gone = "GM0363,GM0003".parse().unwrap();
    let error = release
        .protect()
        .unwrap()
        .write_factsheets(&gone, dir.path())
        .unwrap_err();
    assert!(matches!(error, PublishError::NoMunicipality { code } if code.number() == 3));
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        0,
        "nothing is written"
    );
}
