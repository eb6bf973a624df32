//! The report of a release and its factsheets in a real browser: on a phone and on a desk they say
//! nothing on their console, ask for nothing and do not run over the edge; every chart has words
//! and figures; on paper they are as long as they ought to be.

use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use super::browser::Browser;
use super::page::LEGIBLE;
use super::support::{arg, ethos, folder, read, swap, world, write};

/// The report and factsheets of the shared country by a study like its own, in a language.
fn published_by(study: &str, language: &str, factsheets: &str) -> (TempDir, PathBuf) {
    let world = world();
    let folder = folder();
    let other = if language == "nl" { "en" } else { "nl" };
    let study = study.replace(
        &format!("language = \"{other}\""),
        &format!("language = \"{language}\""),
    );
    // Paths of a study are from where it stands.
    let path = tempfile::Builder::new()
        .suffix(".toml")
        .tempfile_in(&world.country)
        .unwrap();
    write(path.path(), study);
    let out = folder.path().join("out");
    ethos(&[
        "publish",
        arg(path.path()),
        "--from",
        arg(&world.out.join("internal")),
        "--out",
        arg(&out),
        "--formats",
        "html",
        factsheets,
    ])
    .exits(0);
    let release = out.join("release");
    (folder, release)
}

/// The release of the shared country with all factsheets, in a language.
fn published(language: &str) -> (TempDir, PathBuf) {
    let study = read(&world().country.join("quick.toml"));
    published_by(&study, language, "--factsheets")
}

/// What is wrong with the charts of a page: pictures without words, or without figures.
const CHARTS: &str = "(function () {
  var wrong = [];
  document.querySelectorAll('svg.chart').forEach(function (svg) {
    ['title', 'desc'].forEach(function (tag) {
      var part = svg.querySelector(':scope > ' + tag);
      if (!part || part.textContent.trim().length < 3) wrong.push('no ' + tag + ' in ' + svg.outerHTML.slice(0, 80));
    });
    if (svg.querySelector('text') && /NaN|inf/.test(svg.innerHTML)) wrong.push('no number in ' + svg.outerHTML.slice(0, 80));
    var figure = svg.closest('figure');
    var data = figure && figure.nextElementSibling;
    if (document.body.classList.contains('sheet')) return;
    if (!data || !data.matches('details.data')) { wrong.push('no figures behind ' + svg.id + figure.id); return; }
    if (data.querySelectorAll('tbody tr').length < 1) wrong.push('no rows behind ' + figure.id);
    var file = data.querySelector('a[download]');
    if (!file || file.href.indexOf('data:text/csv') !== 0) wrong.push('no file behind ' + figure.id);
  });
  return wrong;
}())";

#[track_caller]
fn sound(browser: &mut Browser, page: &Path) {
    for width in [360, 1280] {
        browser.open(page, width);
        let over = browser
            .value("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert!(
            over.as_i64().is_some_and(|over| over <= 0),
            "{} runs {over} px over at {width} px",
            page.display()
        );
        let asked = browser.requests();
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert_eq!(browser.complaints(), Vec::<String>::new());
        assert_eq!(browser.value(CHARTS), json!([]), "{}", page.display());
    }
}

#[test]
fn the_report_is_whole_on_a_phone_a_desk_and_paper() {
    for language in ["nl", "en"] {
        let (_folder, release) = published(language);
        let Some(mut browser) = Browser::or_skip("the report in a browser") else {
            return;
        };
        let page = release.join("report.html");
        sound(&mut browser, &page);
        let charts = browser.value("document.querySelectorAll('svg.chart').length");
        assert!(charts.as_u64().is_some_and(|n| n >= 7), "{charts} charts");
        for id in ["map", "overlap", "ladder", "flow", "series"] {
            let there = format!("document.getElementById('{id}-title') !== null");
            assert_eq!(browser.value(&there), json!(true), "{id}");
        }
        let seen = browser.value(LEGIBLE);
        assert_eq!(seen, json!([]), "{language}");
        browser.open(&page, 1280);
        let sheets = browser.sheets();
        assert!((6..=26).contains(&sheets), "{sheets} sheets of paper");
    }
}

/// The keyboard reaches everything that opens or moves.
#[test]
fn the_report_is_usable_by_keyboard() {
    let (_folder, release) = published("nl");
    let Some(mut browser) = Browser::or_skip("the report by keyboard") else {
        return;
    };
    browser.open(&release.join("report.html"), 1280);
    let first = |browser: &mut Browser| browser.value("document.activeElement.className");
    browser.press("Tab");
    assert_eq!(first(&mut browser), json!("skip"));
    browser.value("document.querySelector('#waar details.data > summary').focus()");
    browser.press("Enter");
    let open = "document.querySelector('#waar details.data').open";
    assert_eq!(browser.value(open), json!(true));
    let reached = browser.value(
        "Array.from(document.querySelectorAll('.scroll')).every(function (part) { return part.tabIndex === 0; })",
    );
    assert_eq!(reached, json!(true));
}

#[test]
fn a_factsheet_is_one_sheet_of_paper() {
    for language in ["nl", "en"] {
        let (_folder, release) = published(language);
        let Some(mut browser) = Browser::or_skip("factsheets in a browser") else {
            return;
        };
        let sheets = std::fs::read_dir(release.join("factsheets"))
            .unwrap()
            .count();
        assert_eq!(sheets, 342);
        // The longest name, a capital, and a small island.
        for code in ["GM0363", "GM1966", "GM0096"] {
            let page = release.join(format!("factsheets/{code}.html"));
            sound(&mut browser, &page);
            assert_eq!(browser.sheets(), 1, "{code} in {language}");
        }
    }
}

/// A year in which much is to be said first: provisional figures, breaks between all dates, a study with a long
/// name.
#[test]
fn a_factsheet_of_a_difficult_year_is_one_sheet_of_paper() {
    let text = read(&world().country.join("quick.toml"));
    let mut text = swap(
        &text,
        "name = \"Simulated country\"",
        "name = \"Telling dakloosheid naar ETHOS Light, regio Midden-Nederland en omstreken 2026\"",
    );
    text = swap(
        &text,
        "[publish]\n",
        "[publish]\nstatus = \"provisional\"\n",
    );
    let breaks = [2024, 2025, 2026].map(|year| {
        format!(
            "[[publish.break]]\nfrom = {year}-01-01\n\
             nl = \"Mensen die tijdelijk in een hotel verblijven tellen vanaf deze peildatum als noodopvang en niet meer als tijdelijke opvang.\"\n\
             en = \"From this date people who stay in a hotel for a time count as in emergency shelter and no longer as in temporary accommodation.\"\n"
        )
    });
    text.push_str(&breaks.concat());
    for language in ["nl", "en"] {
        let (_folder, release) =
            published_by(&text, language, "--factsheets=GM0845,GM0297,GM0796,GM1966");
        // The browser is given little time: it starts when there is something to see.
        let Some(mut browser) = Browser::or_skip("factsheets with much above them") else {
            return;
        };
        for code in ["GM0845", "GM0297", "GM0796", "GM1966"] {
            let page = release.join(format!("factsheets/{code}.html"));
            sound(&mut browser, &page);
            assert_eq!(browser.sheets(), 1, "{code} in {language}");
        }
    }
}

#[test]
fn factsheets_of_some_municipalities_only() {
    let world = world();
    let folder = folder();
    let publish = |which: &str, out: &str| {
        ethos(&[
            "publish",
            arg(&world.country.join("quick.toml")),
            "--from",
            arg(&world.out.join("internal")),
            "--out",
            arg(&folder.path().join(out)),
            "--formats",
            "html",
            which,
        ])
    };
    publish("--factsheets=GM0363,GM0518", "two").exits(0);
    let names = super::support::entries(&folder.path().join("two/release/factsheets"));
    assert_eq!(names, ["GM0363.html", "GM0518.html"]);
    publish("--factsheets=GM0003", "none").exits(2);
    publish("--factsheets=Amsterdam", "none").exits(2);
    assert!(!folder.path().join("none").exists());
    publish("--factsheets=GM0363,GM0518", "again").exits(0);
    for page in ["report.html", "factsheets/GM0363.html"] {
        let of = |out: &str| read(&folder.path().join(out).join("release").join(page));
        assert_eq!(of("two"), of("again"), "{page}");
    }
}
