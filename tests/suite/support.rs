//! The command under test, folders to run it in, and one simulated country that tests share.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use ethos_table::StringTable;
use tempfile::TempDir;

/// What a run of the command left behind.
pub(crate) struct Ran {
    /// Exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Checks the exit code; shows everything when it is another.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        assert!(!self.stderr.contains("met a bug"), "{}", self.stderr);
        self
    }

    /// Checks that standard error says this, line breaks and frames apart.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        let said = flat(&self.stderr);
        assert!(said.contains(words), "`{words}` is not in:\n{said}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}:\n{}", self.stdout))
    }
}

/// Text without frames, in one line. A word that was broken at a hyphen is put together.
pub(crate) fn flat(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || "│×╰─╭".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// The command under test, in the root of the repository and with nothing of the user's terminal.
pub(crate) fn command<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ethos-under-test"));
    command
        .args(arguments)
        .current_dir(repository())
        .stdin(Stdio::null())
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS")
        .env_remove("RAYON_NUM_THREADS");
    command
}

/// Runs the command under test.
pub(crate) fn ethos<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Ran {
    Ran::of(command(arguments).output().expect("the command starts"))
}

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the repository")
}

/// A file of published data.
pub(crate) fn published(name: &str) -> String {
    format!("data/published/{name}.csv")
}

/// Where this process keeps its folders. What an earlier one left there is removed first.
fn room() -> &'static Path {
    static ROOM: OnceLock<PathBuf> = OnceLock::new();
    ROOM.get_or_init(|| {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR"));
        for entry in fs::read_dir(all).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(id) = name.strip_prefix("suite-")
                && Path::new("/proc").is_dir()
                && !Path::new("/proc").join(id).exists()
            {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let room = all.join(format!("suite-{}", std::process::id()));
        fs::create_dir_all(&room).expect("the target folder is ours to write in");
        room
    })
}

/// A folder for one test, removed at its end.
pub(crate) fn folder() -> TempDir {
    TempDir::new_in(room()).expect("the target folder is ours to write in")
}

/// A folder of this name that several tests read.
pub(crate) fn keep(name: &str) -> PathBuf {
    room().join(name)
}

/// Writes a file, and the folders above it.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).unwrap();
    fs::write(path, bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A path as an argument.
pub(crate) fn arg(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

/// Every file below a folder with its bytes, by its path in the folder.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, prefix: &str, into: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{name}/"), into);
            } else {
                into.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(folder, "", &mut all);
    all
}

/// The names of the files and folders in a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Whether a file's name ends in this kind.
pub(crate) fn is_kind(name: &str, kind: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it == kind)
}

/// Copies a folder with all below it.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        write(&to.join(name), bytes);
    }
}

/// The rows of a delimited table, each by the names of its columns.
pub(crate) fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let table = StringTable::read(path).unwrap_or_else(|e| panic!("{e}"));
    (0..table.rows())
        .map(|row| {
            let cell = |at: usize| table.columns()[at].get(row).unwrap_or("").to_owned();
            let named = table.names().iter().enumerate();
            named.map(|(at, name)| (name.clone(), cell(at))).collect()
        })
        .collect()
}

/// Replaces a part of a text that must be there.
#[track_caller]
pub(crate) fn swap(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "`{from}` is not in:\n{text}");
    text.replace(from, to)
}

/// A simulated country and its runs, made once and only read.
pub(crate) struct World {
    /// The country; `quick.toml` is its study with fewer covariates and replicates.
    pub(crate) country: PathBuf,
    /// Output of the registers study.
    pub(crate) out: PathBuf,
    /// What the run of the registers study printed.
    pub(crate) ran: Ran,
    /// Output of the count day.
    pub(crate) telling: PathBuf,
    /// What the run of the count day printed.
    pub(crate) telling_ran: Ran,
}

/// Size of the shared country, as a share of the Netherlands.
pub(crate) const SCALE: &str = "0.05";

/// The study of a simulated country made quick: fewer covariates, so that few people give an
/// estimate, and few replicates.
pub(crate) fn quick_study(country: &Path) -> String {
    let study = read(&country.join("study.toml"));
    let study = swap(&study, "replicates = 1000", "replicates = 40");
    let study = swap(&study, "\nage = [18, 27, 50, 65]\n", "\n");
    swap(&study, "\norigin = \"nl-europe-outside\"\n", "\n")
}

/// The shared country.
pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let country = room().join("country");
        ethos(&["simulate", "--quiet", "--scale", SCALE, arg(&country)]).exits(0);
        let study = country.join("quick.toml");
        write(&study, quick_study(&country));
        let (out, telling) = (room().join("out"), room().join("out-telling"));
        let run = |study: &Path, out: &Path| ethos(&["run", arg(study), "--out", arg(out)]);
        let ran = run(&study, &out).exits(0);
        let telling_ran = run(&country.join("telling.toml"), &telling).exits(0);
        World {
            country,
            out,
            ran,
            telling,
            telling_ran,
        }
    })
}
