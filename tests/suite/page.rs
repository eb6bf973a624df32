//! The page of a check in a real browser: it does what it offers, by keyboard too, says nothing on its
//! console and asks for nothing; and the pictures in the officer's guide are pictures of it.
//!
//! `ETHOS_PICTURES=1` takes the pictures anew; without it they are held against what they were
//! taken of.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use ethos_table::hash::sha256_bytes;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::browser::Browser;
use super::support::{Ran, command, folder, repository};

const DIRTY: &str = "GM0363_MD_2025.csv";
const CLEAN: &str = "GM0518_MD_2025.csv";

/// What the command says in the folder of these files.
fn at_home(arguments: &[&str], code: i32) -> String {
    let mut command = command(arguments);
    command.current_dir(repository().join("data/made-up"));
    Ran::of(command.output().expect("the command starts"))
        .exits(code)
        .stdout
}

/// The page of a check of these files.
fn page_of(files: &[&str], language: &str, folder: &TempDir) -> PathBuf {
    let page = folder.path().join("oordeel.html");
    let to = page.to_str().expect("a path in UTF-8");
    let arguments = [
        "check",
        "--html",
        to,
        "--fail-on",
        "never",
        "--lang",
        language,
    ];
    at_home(&[&arguments, files].concat(), 0);
    page
}

/// What the page shows: shown causes, their rules and severities, shown files, what it counts.
const SHOWN: &str = "(function () {
  function seen(what) { return Array.from(document.querySelectorAll(what)).filter(function (part) { return part.offsetParent; }); }
  var causes = seen('.cause');
  return {
    causes: causes.length,
    rules: Array.from(new Set(causes.map(function (part) { return part.dataset.rule; }))).sort(),
    severities: Array.from(new Set(causes.map(function (part) { return part.dataset.severity; }))).sort(),
    files: seen('.file').map(function (part) { return part.id; }),
    none: seen('#none').length,
    said: document.querySelector('output').textContent
  };
}())";

/// Chooses in the filter as a person does: the event follows the value.
fn choose(browser: &mut Browser, field: &str, value: &str) {
    browser.value(&format!(
        "(function () {{ var field = document.querySelector('{field}');
            if (field.type === 'checkbox') field.click(); else {{ field.value = '{value}';
            field.dispatchEvent(new Event('input', {{bubbles: true}})); }} }}())"
    ));
}

fn press_button(browser: &mut Browser, what: &str) {
    browser.value(&format!(
        "document.querySelector('[data-do={what}]').click()"
    ));
}

#[test]
fn the_filters_show_what_was_chosen_and_everything_again() {
    let Some(mut browser) = Browser::or_skip("the filters of the page") else {
        return;
    };
    let folder = folder();
    browser.open(&page_of(&[DIRTY, CLEAN], "nl", &folder), 1100);
    let all = browser.value(SHOWN);
    let count = all["causes"].as_u64().expect("causes");
    assert!(count > 5, "{all}");
    assert_eq!(all["files"], json!(["f1", "f2"]));
    assert_eq!(all["said"], format!("{count} van {count} oorzaken"));

    choose(&mut browser, "select[name=rule]", "Onbekende code");
    let one = browser.value(SHOWN);
    assert_eq!(one["rules"], json!(["COD01"]));
    assert_eq!(
        one["files"],
        json!(["f1"]),
        "a file without it is out of the way"
    );
    let causes = one["causes"].as_u64().expect("causes");
    assert_eq!(one["said"], format!("{causes} van {count} oorzaken"));

    press_button(&mut browser, "clear");
    assert_eq!(browser.value(SHOWN), all);

    choose(&mut browser, "[value=warning]", "");
    let graver = browser.value(SHOWN);
    assert_eq!(graver["severities"], json!(["error"]));
    choose(&mut browser, "[value=error]", "");
    let nothing = browser.value(SHOWN);
    assert_eq!(
        (&nothing["causes"], &nothing["none"]),
        (&json!(0), &json!(1))
    );
    press_button(&mut browser, "clear");

    choose(&mut browser, "select[name=file]", "f2");
    let clean = browser.value(SHOWN);
    assert_eq!(
        (&clean["files"], &clean["causes"]),
        (&json!(["f2"]), &json!(0))
    );
    choose(&mut browser, "select[name=file]", "f1");
    assert_eq!(browser.value(SHOWN)["files"], json!(["f1"]));
    press_button(&mut browser, "clear");

    choose(&mut browser, "[name=text]", "EINDDATUM ");
    let found = browser.value(SHOWN);
    assert!(found["causes"].as_u64() > Some(0) && found["causes"].as_u64() < Some(count));
    press_button(&mut browser, "clear");

    let open = "document.querySelectorAll('.cause details[open]').length";
    press_button(&mut browser, "open");
    assert_eq!(browser.value(open), json!(count));
    press_button(&mut browser, "close");
    assert_eq!(browser.value(open), json!(0));
    browser.value("window.dispatchEvent(new Event('beforeprint'))");
    assert_eq!(browser.value(open), json!(count), "everything is printed");
    browser.value("window.dispatchEvent(new Event('afterprint'))");
    assert_eq!(browser.value(open), json!(0));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn everything_can_be_done_by_keyboard() {
    let Some(mut browser) = Browser::or_skip("the keyboard on the page") else {
        return;
    };
    let folder = folder();
    browser.open(&page_of(&[DIRTY], "nl", &folder), 1100);
    let focus = "(function () { var at = document.activeElement; return at.tagName + ' ' +
        (at.name || at.className || at.getAttribute('data-do') || '') + ' ' + (at.value || ''); }())";
    browser.press("Tab");
    assert_eq!(
        browser.value(focus),
        "A skip ",
        "the first stop leads past the filter"
    );
    let mut stops: Vec<String> = Vec::new();
    for _ in 0..200 {
        browser.press("Tab");
        let at = browser
            .value(focus)
            .as_str()
            .expect("a stop")
            .trim()
            .to_owned();
        if at.starts_with("BODY") || at == "A skip" {
            break;
        }
        let ring = browser.value("getComputedStyle(document.activeElement).outlineStyle");
        assert_ne!(ring, "none", "{at} shows that it has the focus");
        if at.ends_with("error") {
            browser.press(" ");
            assert_eq!(browser.value(SHOWN)["severities"], json!(["warning"]));
            browser.press(" ");
        }
        if at == "SUMMARY" {
            let open = "document.activeElement.parentElement.open";
            let before = browser.value(open);
            browser.press("Enter");
            assert_ne!(browser.value(open), before, "Enter opens and closes");
            browser.press(" ");
            assert_eq!(browser.value(open), before, "and so does the space bar");
        }
        if at.starts_with("INPUT text") {
            browser.types("bsn");
            assert!(browser.value(SHOWN)["causes"].as_u64() > Some(0));
            press_button(&mut browser, "clear");
        }
        stops.push(at);
    }
    let count = |what: &str| stops.iter().filter(|stop| stop.starts_with(what)).count();
    let causes = browser.value("document.querySelectorAll('details').length");
    assert_eq!(json!(count("SUMMARY")), causes, "{stops:?}");
    assert!(
        count("INPUT severity") >= 2 && count("SELECT rule") == 1,
        "{stops:?}"
    );
    assert_eq!((count("INPUT text"), count("BUTTON")), (1, 3), "{stops:?}");
    assert_eq!(
        count("DIV cells"),
        3,
        "tables that are open can be scrolled: {stops:?}"
    );
}

/// Landmarks, names and order of headings; and for every text the contrast with what is behind it.
pub(super) const LEGIBLE: &str = "(function () {
  var wrong = [];
  function one(what) { if (document.querySelectorAll(what).length !== 1) wrong.push('not one ' + what); }
  ['html[lang]', 'main', 'h1', 'body > header', 'body > footer', 'head > title'].forEach(one);
  document.querySelectorAll('input, select').forEach(function (field) {
    if (!field.labels || field.labels.length !== 1 || !field.labels[0].textContent.trim()) wrong.push('no label on ' + field.name);
  });
  document.querySelectorAll('button, a, summary, th').forEach(function (part) {
    if (!part.textContent.trim()) wrong.push('nothing in ' + part.outerHTML);
  });
  document.querySelectorAll('section, nav, form, [role=region]').forEach(function (part) {
    var by = part.getAttribute('aria-labelledby');
    var name = by ? (document.getElementById(by) || {}).textContent : part.getAttribute('aria-label');
    if (!name || !name.trim()) wrong.push('no name on ' + part.tagName);
  });
  var ids = Array.from(document.querySelectorAll('[id]')).map(function (part) { return part.id; });
  if (new Set(ids).size !== ids.length) wrong.push('an id twice');
  var level = 1;
  document.querySelectorAll('h1, h2, h3').forEach(function (head) {
    var now = Number(head.tagName[1]);
    if (now > level + 1) wrong.push('a level is left out before ' + head.textContent);
    level = now;
  });
  function colour(text) { var n = text.match(/[0-9.]+/g).map(Number); return {rgb: n.slice(0, 3), a: n.length > 3 ? n[3] : 1}; }
  function light(rgb) {
    var l = rgb.map(function (v) { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
  }
  document.querySelectorAll('details').forEach(function (part) { part.open = true; });
  var walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  var tried = 0;
  while (walker.nextNode()) {
    var part = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !part.offsetParent || part.closest('script, style, .skip, option')) continue;
    var behind = part, back;
    do { back = colour(getComputedStyle(behind).backgroundColor); behind = behind.parentElement; } while (back.a === 0 && behind);
    var ink = light(colour(getComputedStyle(part).color).rgb), paper = light(back.a === 0 ? [255, 255, 255] : back.rgb);
    var ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    tried += 1;
    if (ratio < 4.5) wrong.push(ratio.toFixed(2) + ' for ' + part.className + ' ' + walker.currentNode.data.trim().slice(0, 30));
  }
  if (tried < 50) wrong.push('only ' + tried + ' texts were tried');
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) wrong.push('wider than the screen');
  return wrong;
}())";

#[test]
fn the_page_is_legible_in_light_and_dark_wide_and_narrow_and_on_paper() {
    let Some(mut browser) = Browser::or_skip("contrast and landmarks of the page") else {
        return;
    };
    let folder = folder();
    for language in ["nl", "en"] {
        let page = page_of(&[DIRTY, CLEAN], language, &folder);
        for (media, scheme, width) in [
            ("screen", "light", 1100),
            ("screen", "dark", 1100),
            ("screen", "dark", 360),
            ("screen", "light", 360),
            ("print", "light", 700),
            ("print", "dark", 700),
        ] {
            browser.shows(media, scheme);
            browser.open(&page, width);
            let wrong = browser.value(LEGIBLE);
            assert_eq!(wrong, json!([]), "{language} {media} {scheme} {width}");
        }
    }
}

#[test]
fn the_page_asks_for_nothing_and_complains_of_nothing() {
    let Some(mut browser) = Browser::or_skip("requests and errors of the page") else {
        return;
    };
    let folder = folder();
    let page = page_of(&[DIRTY, CLEAN], "nl", &folder);
    browser.open(&page, 1100);
    let own = format!("file://{}", page.display());
    assert_eq!(
        browser.requests(),
        [own],
        "the page itself and nothing else"
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
    // Its own policy refuses what a stray script would do.
    let fetched = browser.value(
        "fetch('http://127.0.0.1:9/').then(function () { return 'sent'; }, function () { return 'refused'; })",
    );
    assert_eq!(fetched, "refused");
    let refused = browser.complaints().join("\n");
    assert!(refused.contains("Content Security Policy"), "{refused}");
}

#[test]
fn the_page_can_be_read_without_scripts() {
    let Some(mut browser) = Browser::or_skip("the page without scripts") else {
        return;
    };
    let folder = folder();
    let page = page_of(&[DIRTY], "nl", &folder);
    browser.ask(
        "Emulation.setScriptExecutionDisabled",
        json!({"value": true}),
    );
    browser.open(&page, 1100);
    browser.ask(
        "Emulation.setScriptExecutionDisabled",
        json!({"value": false}),
    );
    let hidden = browser.value("document.getElementById('filter').hidden");
    assert_eq!(hidden, Value::Bool(true), "no filter that would do nothing");
    let causes = browser.value(
        "Array.from(document.querySelectorAll('.cause')).filter(function (part) { return !part.offsetParent; }).length",
    );
    assert_eq!(causes, json!(0), "and everything is there");
}

/// The terminal as a page: what the command printed, in the colours it used.
fn terminal(command: &str, said: &str) -> String {
    let mut body = String::new();
    let mut open = false;
    let mut rest = said;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        body.push_str(&escaped(before));
        let (code, behind) = after.split_once('m').expect("a colour");
        if open {
            body.push_str("</b>");
        }
        open = code != "0";
        if open {
            let _ = write!(body, "<b class=\"c{}\">", code.replace(';', "-"));
        }
        rest = behind;
    }
    body.push_str(&escaped(rest));
    format!(
        "<!doctype html><meta charset=\"utf-8\"><style>body{{margin:0;background:#fff}}\
         pre{{margin:0;padding:14px 18px;background:#14181f;color:#e8ebf0;font:14px/1.45 'DejaVu Sans Mono',monospace;white-space:pre-wrap}}\
         b{{font-weight:700}}.c31,.c1-31{{color:#ff8d80}}.c33,.c1-33{{color:#f2c14e}}.c32,.c1-32{{color:#84d3a0}}.c34,.c1-34{{color:#8fbaf5}}i{{color:#aab3c0;font-style:normal}}</style>\
         <pre><i>$</i> {}\n{body}</pre>\n",
        escaped(command)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The pictures of the guide: name, page it is of, width, greatest height.
fn pictures(folder: &TempDir) -> Vec<(&'static str, PathBuf, u32, u32)> {
    let page = page_of(&[DIRTY], "nl", folder);
    let said = at_home(&["check", DIRTY, "--color", "always"], 1);
    let shown = folder.path().join("terminal.html");
    // The picture shows the beginning, as a screen does.
    let first: Vec<&str> = said.lines().take(30).collect();
    fs::write(
        &shown,
        terminal(&format!("ethos check {DIRTY}"), &first.join("\n")),
    )
    .expect("a page of the terminal");
    vec![
        ("oordeel.png", shown, 1000, 2000),
        ("pagina.png", page, 1000, 1150),
    ]
}

/// What each picture was taken of.
const TAKEN: &str = "docs/img/pictures.txt";

#[test]
fn the_pictures_in_the_guide_show_what_is_so() {
    let folder = folder();
    let list: Vec<_> = pictures(&folder)
        .into_iter()
        .map(|(name, page, width, height)| {
            let text = fs::read(&page).expect("the page that was made");
            let line = format!("{}  {name}\n", sha256_bytes(&text));
            (name, page, width, height, line)
        })
        .collect();
    let marks: String = list.iter().map(|(.., line)| line.as_str()).collect();
    let taken = repository().join(TAKEN);
    if std::env::var_os("ETHOS_PICTURES").is_some() {
        let Some(mut browser) = Browser::or_skip("taking the pictures of the guide") else {
            panic!("pictures are taken with a browser");
        };
        for (name, page, width, height, _) in &list {
            browser.open(page, *width);
            let picture = browser.picture(*height);
            fs::write(repository().join("docs/img").join(name), picture).expect("a picture");
        }
        fs::write(&taken, &marks).expect("what they were taken of");
    }
    let guide = fs::read_to_string(repository().join("docs/gemeente.md")).expect("the guide");
    for (name, ..) in &list {
        assert!(
            guide.contains(&format!("(img/{name})")),
            "the guide shows {name}"
        );
        let picture = fs::read(repository().join("docs/img").join(name)).expect("a picture");
        assert!(picture.starts_with(b"\x89PNG"), "{name} is a picture");
    }
    let known = fs::read_to_string(&taken).unwrap_or_default();
    assert_eq!(
        known, marks,
        "the pictures are of something else than is so now; take them anew:\n\
         ETHOS_PICTURES=1 cargo test -p ethos-tests --test suite pictures"
    );
}
