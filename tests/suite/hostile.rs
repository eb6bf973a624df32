//! Folders, links, pipes and names made to do harm: an error or a finding, in bounded time and memory. The
//! command runs within limits that the system keeps, so a test that runs away is ended and fails.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use super::support::{Ran, arg, command, folder, write};

const FINDINGS: i32 = 1;
const INPUT: i32 = 3;

/// Kilobytes of memory and seconds of processor that a command may take.
const MEMORY: u64 = 4_000_000;
const SECONDS: u64 = 300;

const HEAD: &str = "bsn;gemeentecode;ingangsdatum;einddatum\n";

/// Runs the command within the limits, with this input on a pipe where there is one.
fn bounded(arguments: &[&str], input: Option<&str>) -> Ran {
    let under_test = command(&[] as &[&str]);
    let feed = input.map_or_else(|| "exec".to_owned(), |feed| format!("{feed} |"));
    let script = format!("ulimit -v {MEMORY}; ulimit -t {SECONDS}; {feed} \"$@\"");
    let ran = Command::new("sh")
        .args(["-c", &script, "sh"])
        .arg(under_test.get_program())
        .args(arguments)
        .current_dir(super::support::repository())
        .stdin(Stdio::null())
        .env("RAYON_NUM_THREADS", "2")
        .output()
        .expect("sh starts");
    let ran = Ran::of(ran);
    assert!(!ran.stderr.contains("met a bug"), "{}", ran.stderr);
    ran
}

fn is_root() -> bool {
    // Whoever may do everything can read everything.
    let folder = folder();
    let path = folder.path().join("x");
    write(&path, "x");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    File::open(&path).is_ok()
}

#[test]
fn a_folder_of_tricks_is_read_to_its_end() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    write(
        &at("goed/GM0363_AB_2025.csv"),
        format!("{HEAD}123456782;0363;20250110;\n"),
    );
    symlink("zelf.csv", at("zelf.csv")).unwrap();
    symlink("b.csv", at("a.csv")).unwrap();
    symlink("a.csv", at("b.csv")).unwrap();
    symlink("/dev/zero", at("nul.csv")).unwrap();
    symlink(".", at("kring")).unwrap();
    symlink("..", at("goed/terug")).unwrap();
    symlink("nergens", at("weg.csv")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(at("pijp.csv"))
            .status()
            .unwrap()
            .success()
    );
    symlink("pijp.csv", at("naar_pijp.csv")).unwrap();
    fs::create_dir(at("map.csv")).unwrap();
    fs::create_dir(at("map.xlsx")).unwrap();
    write(&at("leeg.csv"), "");
    write(&at("regel\n\u{1b}[2Jeinde.csv"), HEAD);
    let ran = bounded(
        &[
            "check",
            arg(folder.path()),
            "--layout",
            "register/adresloze-bijstand",
        ],
        None,
    );
    assert_eq!(ran.code, Some(FINDINGS), "{}", ran.stderr);
    assert!(ran.stdout.contains("GM0363_AB_2025.csv"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("pijp.csv"), "{}", ran.stdout);
    // What a link hides is told: a delivery may be behind it.
    let said = super::support::flat(&ran.stdout);
    for trick in ["zelf.csv", "weg.csv", "a.csv"] {
        assert!(said.contains(trick), "{trick}: {said}");
    }
    assert!(
        said.contains("is een koppeling die nergens heen leidt"),
        "{said}"
    );
    assert!(
        said.contains("nul.csv") && said.contains("is een koppeling naar een plek buiten de map"),
        "{said}"
    );
    // A name may hold anything, and a terminal is told nothing by it.
    assert!(
        !ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'),
        "{}",
        ran.stdout
    );
    // Every output is a file of its own as well, of a sender whose file's name is odd.
    for format in ["json", "csv", "sarif", "ess"] {
        let ran = bounded(&["check", arg(folder.path()), "--format", format], None);
        assert_eq!(ran.code, Some(FINDINGS), "{}", ran.stderr);
        assert!(!ran.stdout.contains('\u{1b}'), "{format}");
    }
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    symlink("zelf.csv", at("zelf.csv")).unwrap();
    symlink("nergens", at("weg.csv")).unwrap();
    fs::create_dir(at("map.csv")).unwrap();
    write(&at("dicht.csv"), HEAD);
    fs::set_permissions(at("dicht.csv"), fs::Permissions::from_mode(0o0)).unwrap();
    let long = "x".repeat(300) + ".csv";
    let longer = format!("{}x.csv", "y/".repeat(3_000));
    let mut paths = vec![arg(folder.path()).to_owned() + "/map.csv", long, longer];
    for name in [
        "zelf.csv",
        "weg.csv",
        "map.csv/../../nergens/x.csv",
        "dicht.csv/x.csv",
    ] {
        paths.push(arg(&at(name)).to_owned());
    }
    if !is_root() {
        paths.push(arg(&at("dicht.csv")).to_owned());
    }
    for path in &paths {
        let ran = bounded(&["check", path], None);
        assert_eq!(ran.code, Some(INPUT), "{path}: {}", ran.stderr);
        assert!(ran.stdout.is_empty() && ran.stderr.len() < 20_000, "{path}");
    }
    // Beside a delivery they are errors too, and never a wait.
    let good = at("GM0363_AB_2025.csv");
    write(&good, format!("{HEAD}123456782;0363;20250110;\n"));
    for option in [
        "--corrections",
        "--answers",
        "--baseline",
        "--frame",
        "--previous",
        "--rules",
    ] {
        for name in ["zelf.csv", "weg.csv"] {
            let ran = bounded(
                &[
                    "check",
                    arg(&good),
                    option,
                    arg(&at(name)),
                    "--fail-on",
                    "never",
                ],
                None,
            );
            assert!(
                matches!(ran.code, Some(2 | INPUT)),
                "{option} {name}: {:?} {}",
                ran.code,
                ran.stderr
            );
        }
    }
}

/// A device that never ends, named by mistake: as a delivery or in the place of a list.
#[test]
fn what_never_ends_is_not_read_for_ever() {
    let folder = folder();
    let good = folder.path().join("GM0363_AB_2025.csv");
    write(&good, format!("{HEAD}123456782;0363;20250110;\n"));
    for option in [
        "--corrections",
        "--answers",
        "--baseline",
        "--frame",
        "--previous",
    ] {
        let ran = bounded(
            &[
                "check",
                arg(&good),
                option,
                "/dev/zero",
                "--fail-on",
                "never",
                "--period",
                "2025",
            ],
            None,
        );
        assert!(
            matches!(ran.code, Some(2 | INPUT)),
            "{option}: {:?} {}",
            ran.code,
            ran.stderr
        );
    }
}

/// One cell that has no end, from a pipe and on disk.
#[test]
fn a_cell_of_any_length_takes_bounded_memory() {
    let pipe = |script: &str| {
        let arguments = ["check", "-", "--layout", "register/adresloze-bijstand"];
        let ran = bounded(&arguments, Some(script));
        assert!(
            matches!(ran.code, Some(FINDINGS | INPUT)),
            "{:?} {}",
            ran.code,
            ran.stderr
        );
    };
    let head = HEAD.trim_end();
    pipe(&format!(
        "(echo '{head}'; head -c 100000000 /dev/zero | tr '\\0' 1)"
    ));
    pipe(&format!(
        "(echo '{head}'; printf '\"'; head -c 100000000 /dev/zero | tr '\\0' 1)"
    ));
    let folder = folder();
    let sparse = folder.path().join("GM0363_AB_2025.csv");
    write(&sparse, format!("{HEAD}123456782;0363;20250110;"));
    File::options()
        .append(true)
        .open(&sparse)
        .unwrap()
        .set_len(200 << 20)
        .unwrap();
    let ran = bounded(&["check", arg(Path::new(&sparse))], None);
    assert_eq!(ran.code, Some(FINDINGS), "{}", ran.stderr);
}
