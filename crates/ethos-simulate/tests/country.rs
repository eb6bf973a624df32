//! A simulated country as it lies in its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ethos_model::date::Day;
use ethos_model::region::RegionMapping;
use ethos_model::study::Study;
use ethos_simulate::{CountryOptions, SimulateError, Truth, simulate};

fn options(seed: u64, dirt: f64) -> CountryOptions {
    CountryOptions {
        seed,
        scale: 0.02,
        dirt,
        ..CountryOptions::default()
    }
}

/// A country without dirt, made once.
fn clean() -> &'static (tempfile::TempDir, Truth) {
    static CLEAN: OnceLock<(tempfile::TempDir, Truth)> = OnceLock::new();
    CLEAN.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let truth = simulate(&options(11, 0.0), &dir.path().join("land"), &|_, _| {}).unwrap();
        (dir, truth)
    })
}

fn land() -> PathBuf {
    clean().0.path().join("land")
}

/// Every file below a folder with its bytes.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, dir: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(dir, dir, &mut found);
    found
}

/// Rows of a clean file by column name.
fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_path(path)
        .unwrap();
    let header = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            header
                .iter()
                .map(String::from)
                .zip(row.iter().map(String::from))
                .collect()
        })
        .collect()
}

/// Rows of every clean file of a folder whose name starts with `GM`.
fn tables(folder: &str) -> Vec<BTreeMap<String, String>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(land().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("GM")
    });
    paths.sort();
    paths.iter().flat_map(|path| table(path)).collect()
}

/// The day of a filled field.
fn day(text: &str) -> Option<Day> {
    (!text.is_empty()).then(|| Day::parse(text).unwrap_or_else(|| panic!("`{text}`")))
}

#[test]
fn a_seed_gives_its_bytes_and_another_seed_others() {
    let dir = tempfile::tempdir().unwrap();
    let make = |name: &str, seed| {
        let path = dir.path().join(name);
        simulate(&options(seed, 0.03), &path, &|_, _| {}).unwrap();
        files(&path)
    };
    let (first, again, other) = (make("a", 1), make("b", 1), make("c", 2));
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        again.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &first {
        assert!(again[name] == *bytes, "{name} differs");
    }
    for name in [
        "registers/personen.csv",
        "truth/truth.json",
        "simulatie.key",
    ] {
        assert!(
            other[name] != first[name],
            "{name} is the same for another seed"
        );
    }
    // A second simulation into the same folder replaces the first whole.
    assert_eq!(make("a", 2), other);
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mine.txt"), "x").unwrap();
    let error = simulate(&options(1, 0.0), dir.path(), &|_, _| {}).unwrap_err();
    assert!(matches!(error, SimulateError::Folder(_)), "{error}");
    assert_eq!(files(dir.path()).len(), 1);
}

#[test]
fn a_study_that_was_changed_by_hand_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let land = dir.path().join("land");
    let make = || simulate(&options(1, 0.0), &land, &|_, _| {});
    make().unwrap();
    let study = land.join("study.toml");
    let changed = fs::read_to_string(&study).unwrap() + "# mine\n";
    fs::write(&study, &changed).unwrap();
    let error = make().unwrap_err();
    assert!(
        error.to_string().contains("study.toml was changed by hand"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&study).unwrap(), changed);
}

#[test]
fn everything_a_study_names_is_there() {
    let truth = &clean().1;
    assert!(
        *truth == Truth::read(&land()).unwrap(),
        "the truth reads back as another"
    );
    let names: Vec<String> = files(&land()).into_keys().collect();
    for file in ["study.toml", "telling.toml"] {
        let text = fs::read_to_string(land().join(file)).unwrap();
        let study = Study::parse(&text).unwrap();
        assert!(land().join(&study.study.key_file).exists());
        let registers = study
            .person_registers
            .iter()
            .map(|register| &register.files);
        for pattern in study
            .sources
            .iter()
            .map(|source| &source.files)
            .chain(registers)
        {
            let (before, after) = pattern.split_once('*').unwrap_or((pattern, ""));
            let found = names
                .iter()
                .filter(|n| n.starts_with(before) && n.ends_with(after));
            assert!(found.count() > 0, "{pattern}");
        }
        for source in &study.sources {
            if let Some(frame) = source
                .reports
                .municipalities
                .as_deref()
                .filter(|m| *m != "national")
            {
                assert!(land().join(frame).exists(), "{frame}");
            }
        }
        let text = fs::read_to_string(land().join("regios/centrum.csv")).unwrap();
        let mapping = RegionMapping::from_csv("centre", "c", "c", &text).unwrap();
        for date in &study.study.reference_dates {
            mapping.check_covers(*date).unwrap();
        }
        assert_eq!(mapping.levels_on(study.study.reference_dates[0]).len(), 43);
    }
    let opvang = names
        .iter()
        .filter(|name| name.starts_with("leveringen/opvang/"))
        .count();
    assert_eq!(
        opvang,
        43 * 3 - 2,
        "one sender does not deliver the last two years"
    );
    let gaps: Vec<usize> = truth
        .dates
        .iter()
        .map(|date| date.not_delivered.len())
        .collect();
    assert_eq!(gaps, [0, 0, 1]);
    let sender = &truth.dates[2].not_delivered[0];
    for (year, there) in [(2024, true), (2025, false), (2026, false)] {
        let file = format!("leveringen/opvang/{sender}_MD_{year}.csv");
        assert_eq!(names.contains(&file), there, "{file}");
    }
}

/// Numbers on a list on a date, read back from the files: those whose spell covers it.
fn on_list(
    rows: &[BTreeMap<String, String>],
    start: &str,
    end: &str,
    date: Day,
) -> BTreeSet<String> {
    rows.iter()
        .filter(|row| {
            let last = day(&row[end]);
            day(&row[start]).unwrap() <= date && last.is_none_or(|last| date <= last)
        })
        .filter(|row| {
            row.get("woonsituatie")
                .is_none_or(|situation| situation == "D")
        })
        .map(|row| row["bsn"].clone())
        .filter(|bsn| !bsn.is_empty())
        .collect()
}

#[test]
fn the_files_hold_the_histories_of_the_truth() {
    let truth = &clean().1;
    let register: BTreeMap<String, BTreeMap<String, String>> =
        table(&land().join("registers/personen.csv"))
            .into_iter()
            .map(|row| (row["bsn"].clone(), row))
            .collect();
    let shelter = tables("leveringen/opvang");
    let benefit = table(&land().join("registers/bijstand.csv"));
    let probation = table(&land().join("registers/reclassering.csv"));
    for date in &truth.dates {
        let lists = [
            on_list(&shelter, "startdatum", "einddatum", date.date),
            on_list(&benefit, "ingangsdatum", "einddatum", date.date),
            on_list(&probation, "startdatum", "einddatum", date.date),
        ];
        let everyone: BTreeSet<&String> = lists.iter().flatten().collect();
        let mut histories: BTreeMap<String, u64> = BTreeMap::new();
        for bsn in everyone {
            let person = &register[bsn];
            let age = date
                .date
                .age_of(day(&person["geboortedatum"]).unwrap())
                .unwrap();
            let long = shelter.iter().any(|row| {
                let (start, last) = (day(&row["startdatum"]).unwrap(), day(&row["einddatum"]));
                row["bsn"] == *bsn
                    && row["productcategorie"] == "16"
                    && start <= date.date
                    && last.is_none_or(|last| date.date <= last)
                    && date.date.0 - start.0 + 1 > 92
            });
            if person["gemeentecode"] == "1999" || !(18..65).contains(&age) || long {
                continue;
            }
            let history: String = lists
                .iter()
                .map(|list| if list.contains(bsn) { '1' } else { '0' })
                .collect();
            *histories.entry(history).or_insert(0) += 1;
        }
        let mut expected = date.histories.clone();
        expected.remove("000");
        expected.retain(|_, count| *count > 0);
        // Stale benefits are on the list and not in the truth; here they stand alone.
        let stale = histories.get_mut("010").unwrap();
        *stale -= date.stale;
        assert_eq!(histories, expected, "{}", date.date);
    }
}

#[test]
fn children_have_parents_and_households_in_the_register() {
    let rows = table(&land().join("registers/personen.csv"));
    let by_number: BTreeMap<&str, &BTreeMap<String, String>> =
        rows.iter().map(|row| (row["bsn"].as_str(), row)).collect();
    assert_eq!(by_number.len(), rows.len(), "every number once");
    let children: Vec<_> = rows
        .iter()
        .filter(|row| !row["bsn_ouder1"].is_empty())
        .collect();
    let date = clean().1.dates.last().unwrap().date;
    let (mut with, mut elsewhere, mut both) = (0, 0, 0);
    for child in &children {
        let parent = by_number[child["bsn_ouder1"].as_str()];
        let age = |row: &BTreeMap<String, String>| {
            date.age_of(day(&row["geboortedatum"]).unwrap()).unwrap()
        };
        assert!(age(child) < 18 && age(parent) >= age(child) + 17);
        if parent["huishouden"] == child["huishouden"] {
            with += 1;
        } else {
            elsewhere += 1;
        }
        both += u64::from(!child["bsn_ouder2"].is_empty());
    }
    assert!(
        with > 300 && elsewhere > 50 && both > 10,
        "{with} {elsewhere} {both}"
    );
}

#[test]
fn the_count_day_is_its_truth() {
    let truth = &clean().1.count_day;
    let forms = tables("telling");
    assert_eq!(forms.len() as u64, truth.forms);
    assert_eq!(truth.municipalities, 124);
    let found = (truth.found_adults + truth.found_children) as f64;
    assert!((0.9..1.1).contains(&(found / (36_000.0 * 0.02))), "{found}");
    assert_eq!(truth.found_categories.len(), 7);
    assert!(truth.present as f64 > found);
    for form in &forms {
        assert_eq!(form["teldatum"], "20250408");
        assert!(form["leeftijd"].parse::<u8>().unwrap() >= 18);
        if form["situatie"] == "7a" {
            let expected = day(&form["verwacht_op"]).unwrap();
            let from = truth.date.unwrap();
            assert!(expected > from && expected < from.plus_months(1));
        }
    }
}

#[test]
fn dirt_is_what_the_truth_says() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("land");
    let truth = simulate(&options(5, 0.1), &path, &|_, _| {}).unwrap();
    for kind in [
        "bsn_typo",
        "bsn_excel",
        "bsn_leading_zero",
        "unknown_code",
        "bad_date",
        "old_municipality",
        "duplicate",
        "ragged",
        "replaced_delivery",
    ] {
        assert!(
            truth.dirty.get(kind).is_some_and(|count| *count > 0),
            "{kind}"
        );
    }
    let all = files(&path);
    let municipal: Vec<&Vec<u8>> = all
        .iter()
        .filter(|(name, _)| name.starts_with("leveringen/") || name.starts_with("telling/"))
        .map(|(_, bytes)| bytes)
        .collect();
    let holds = |part: &[u8]| {
        municipal
            .iter()
            .any(|bytes| bytes.windows(part.len()).any(|window| window == part))
    };
    assert!(holds(b"E+08") && holds(b"\xef\xbb\xbf") && holds(b"\r\n") && holds(b"\t"));
    assert!(
        municipal
            .iter()
            .any(|bytes| std::str::from_utf8(bytes).is_err())
    );
    assert!(all.keys().any(|name| name.ends_with("_v2.csv")));
    // The same people: dirt has streams of its own.
    let clean = simulate(&options(5, 0.0), &dir.path().join("clean"), &|_, _| {}).unwrap();
    assert_eq!(clean.dates, truth.dates);
    assert!(clean.dirty.is_empty());
}

#[test]
fn steps_are_counted_to_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let seen = std::cell::RefCell::new(Vec::new());
    let options = CountryOptions {
        scale: 0.002,
        years: vec![2026],
        ..CountryOptions::default()
    };
    let truth = simulate(&options, &dir.path().join("land"), &|done, total| {
        seen.borrow_mut().push((done, total));
    })
    .unwrap();
    let seen = seen.into_inner();
    assert!(
        seen.windows(2)
            .all(|pair| pair[0].0 < pair[1].0 && pair[0].1 == pair[1].1)
    );
    assert_eq!(seen.last().map(|(done, total)| done == total), Some(true));
    assert_eq!(truth.dates[0].scope, 66);
}
