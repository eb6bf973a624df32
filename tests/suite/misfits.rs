//! What does not fit a release: a population of another year, a table nobody counted, an indicator
//! without an owner. A clear stop or a clear note.

use std::path::{Path, PathBuf};

use super::support::{Ran, arg, ethos, flat, folder, quick_study, read, swap, world, write};

const USAGE: i32 = 2;

/// Publishes the shared run again by a changed study that stands beside these files.
fn publish(dir: &Path, files: &[(&str, &str)], change: impl Fn(&str) -> String) -> (Ran, PathBuf) {
    let world = world();
    let regions = dir.join("regios");
    std::fs::create_dir_all(&regions).unwrap();
    std::fs::copy(
        world.country.join("regios/centrum.csv"),
        regions.join("centrum.csv"),
    )
    .unwrap();
    for (name, text) in files {
        write(&dir.join(name), text);
    }
    let study = dir.join("study.toml");
    let text = swap(
        &quick_study(&world.country),
        "formats = [\"csv\", \"parquet\", \"xlsx\", \"ods\", \"html\"]",
        "formats = [\"csv\"]",
    );
    write(&study, change(&text));
    let out = dir.join("uit");
    let internal = world.out.join("internal");
    let ran = ethos(&[
        "publish",
        arg(&study),
        "--from",
        arg(&internal),
        "--out",
        arg(&out),
    ]);
    (ran, out)
}

#[test]
fn a_population_of_another_year_stops_with_the_way_out() {
    let folder = folder();
    let file = (
        "inwoners.csv",
        "gm_code,year,inhabitants\nGM0363,2019,862965\n",
    );
    let (ran, out) = publish(folder.path(), &[file], |study| {
        format!("{study}\n[publish.population]\nfile = \"inwoners.csv\"\n")
    });
    let ran = ran.exits(USAGE);
    let said = flat(&ran.stderr);
    assert!(
        said.contains("inwoners.csv") && said.contains("very year"),
        "{said}"
    );
    assert!(!out.exists(), "nothing is written");
}

#[test]
fn a_line_of_the_population_that_stands_twice_is_named() {
    let folder = folder();
    let line = "GM0363,2026,862965\n";
    let text = format!("gm_code,year,inhabitants\n{line}GM0599,2026,655468\n{line}");
    let (ran, out) = publish(folder.path(), &[("inwoners.csv", &text)], |study| {
        format!("{study}\n[publish.population]\nfile = \"inwoners.csv\"\n")
    });
    let said = flat(&ran.exits(USAGE).stderr);
    assert!(
        said.contains("keep line 2 or line 4 and delete the other"),
        "{said}"
    );
    assert!(!said.contains("very year"), "{said}");
    assert!(!out.exists(), "nothing is written");
}

/// Rates of the country and of a region vanish with the inhabitants of one municipality: that is said,
/// where the command ends and in the release.
#[test]
fn inhabitants_that_lack_are_named() {
    let folder = folder();
    let text =
        "gm_code,year,inhabitants\nGM0363,2026,862965\nGM0363,2025,862000\nGM0363,2024,861000\n";
    let (ran, out) = publish(folder.path(), &[("inwoners.csv", text)], |study| {
        let study = swap(
            study,
            "formats = [\"csv\"]",
            "formats = [\"csv\", \"html\"]",
        );
        format!("{study}\n[publish.population]\nfile = \"inwoners.csv\"\n")
    });
    let said = flat(&ran.exits(0).stderr);
    let wanted = "Of 341 of the 342 municipalities the inhabitants of 2026 are not given";
    assert!(
        said.contains(wanted) && said.contains("and others"),
        "{said}"
    );
    assert!(flat(&read(&out.join("release/report.html"))).contains(wanted));
}

/// A mapping that moves a municipality is not the one that the figures were counted by.
#[test]
fn another_mapping_than_that_of_the_count_is_refused() {
    let folder = folder();
    let world = world();
    let regions = read(&world.country.join("regios/centrum.csv"));
    let moved: String = regions
        .lines()
        .map(|line| {
            if line.starts_with("GM0363") {
                line.replace("Amsterdam", "Utrecht") + "\n"
            } else {
                line.to_owned() + "\n"
            }
        })
        .collect();
    assert_ne!(regions, moved);
    let (ran, _) = publish(folder.path(), &[("andere.csv", &moved)], |study| {
        swap(study, "regios/centrum.csv", "andere.csv")
    });
    let said = flat(&ran.exits(5).stderr);
    assert!(
        said.contains("not the mapping that the figures were counted by")
            && said.contains("Utrecht"),
        "{said}"
    );
}

#[test]
fn a_table_that_was_not_counted_is_told() {
    let folder = folder();
    let (ran, out) = publish(folder.path(), &[], |study| {
        swap(
            study,
            "tables = [\"national\", \"municipal\"]",
            "tables = [\"national\", \"municipal\", \"flows\"]",
        )
    });
    let ran = ran.exits(0);
    let said = flat(&ran.stderr);
    assert!(
        said.contains("`flows`") && said.contains("Count again"),
        "{said}"
    );
    assert!(!out.join("release/csv/flows.csv").exists());
}

#[test]
fn an_indicator_without_an_owner_stops_with_its_line() {
    let folder = folder();
    let change = |study: &str| {
        swap(
            study,
            "language = \"en\"",
            "language = \"en\"\nindicators = \"i.csv\"",
        )
    };
    let text = "indicator,value,unit,date,owner,source\nPlannen,41,regio's,2025-12-01,,VNG\n";
    let (ran, _) = publish(folder.path(), &[("i.csv", text)], change);
    ran.exits(USAGE).says("line 2: `owner` is empty");
    let text =
        "indicator,value,unit,date,owner,source\nPlannen,41,regio's,2025-12-01,VNG,dashboard\n";
    let (ran, out) = publish(folder.path(), &[("i.csv", text)], change);
    ran.exits(0);
    let table = read(&out.join("release/tables/dashboard.csv"));
    assert!(table.contains("Plannen,regio's,,VNG,dashboard"), "{table}");
}
