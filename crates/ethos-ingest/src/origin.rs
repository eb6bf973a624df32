//! Which file another one was made of: its log or a mark in it says so by hash, else its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use ethos_model::coverage::Delivery;

use crate::input::Input;

/// What stands behind the name of a log, which is that of the mended file: `GM0363.csv.correcties.csv`.
pub const LOG_SUFFIX: &str = ".correcties.csv";

/// What stands behind the name of a file that was mended, and of one that was marked to be mended by hand.
pub const MENDED: [&str; 2] = ["-hersteld", "-nagekeken"];

/// The name in a workbook that stands for the hash of the file it was made of.
pub const MADE_OF: &str = "_ethos_gemaakt_van";

/// What the log of a cleaned delivery says that changed: all of it, to the form of its layout.
pub const CLEANED: &str = "opgeschoond";

/// Bytes of a log in which its first rows stand.
const HEAD: u64 = 64 << 10;

/// What a file tells of those it was made of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Origin {
    /// Hash of the file that the log beside this one names, and whether this is a cleaned one.
    logged: Option<(String, bool)>,
    /// Hash of the file that a mark in this one names; a marked one that was mended after keeps it.
    marked: Option<String>,
    /// Names of those files without their extensions, from this one's name.
    stems: Vec<String>,
}

/// How a file was made of another without mending it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Made {
    /// In the exact form of its layout.
    Cleaned,
    /// With marks, to be mended by hand.
    Marked,
}

/// How a file tells that it mends another.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Mends {
    /// Its log has the other's hash.
    Surely,
    /// Its name says so: the other may have been mended since.
    ByName,
    /// It is a copy of the other.
    Copy(Made),
}

impl Origin {
    /// `marked` is the hash that a mark in the file has.
    pub(crate) fn of(input: &Input, marked: Option<String>) -> Self {
        Self {
            logged: input.file_on_disk().and_then(logged),
            marked,
            stems: mended_stems(input.name()),
        }
    }

    /// Whether this file says that it mends the other. One whose log names another file does not.
    pub(crate) fn mends(&self, other: &Delivery) -> Option<Mends> {
        if let Some((_, cleaned)) = self.logged.as_ref().filter(|(of, _)| *of == other.sha256) {
            return Some(if *cleaned {
                Mends::Copy(Made::Cleaned)
            } else {
                Mends::Surely
            });
        }
        if self.marked.as_ref() == Some(&other.sha256) {
            return Some(Mends::Copy(Made::Marked));
        }
        // The original of a marked one may have been exported anew since.
        (self.logged.is_none() && self.is_named_after(other)).then_some(Mends::ByName)
    }

    /// Whether this file's name is that of the other with more behind it.
    pub(crate) fn is_named_after(&self, other: &Delivery) -> bool {
        !self.stems.is_empty() && self.stems.contains(&stem(&other.file).to_lowercase())
    }
}

/// The name of a file without folders and extensions.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let cut = |name| str::rsplit_once(name, '.').map_or(name, |(stem, _)| stem);
    match name.rsplit_once('.') {
        Some((packed, extension)) if extension.eq_ignore_ascii_case("gz") => cut(packed),
        _ => cut(name),
    }
}

/// What a name says of the files that were mended, in small letters: `GM0363-hersteld-hersteld-2.csv` tells
/// `gm0363-hersteld` and `gm0363`.
fn mended_stems(path: &str) -> Vec<String> {
    let first = mended_stem(&stem(path).to_lowercase());
    std::iter::successors(first, |stem| mended_stem(stem)).collect()
}

fn mended_stem(stem: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // What a browser or this program puts behind a name that was taken.
    let numbered = stem
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once(" ("))
        .or_else(|| stem.rsplit_once('-'))
        .filter(|(_, number)| digits(number))
        .map_or(stem, |(rest, _)| rest);
    MENDED.iter().find_map(|suffix| {
        let original = numbered.strip_suffix(suffix)?;
        (!original.is_empty()).then(|| original.to_owned())
    })
}

/// The hash that follows the name of it in a part of a workbook.
pub(crate) fn marked(part: &[u8]) -> Option<String> {
    /// Bytes between a name and what it stands for.
    const BETWEEN: usize = 200;
    const HASH: usize = 64;
    let at = memchr::memmem::find(part, MADE_OF.as_bytes())? + MADE_OF.len();
    let behind = &part[at..part.len().min(at + BETWEEN + HASH)];
    let is_hash = |bytes: &&[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
    let hash = behind.windows(HASH).find(is_hash)?;
    Some(String::from_utf8_lossy(hash).to_lowercase())
}

/// The hash in the log beside a file, and whether that says that the file is a cleaned one.
fn logged(path: &Path) -> Option<(String, bool)> {
    let mut name = path.file_name()?.to_owned();
    name.push(LOG_SUFFIX);
    let beside = [
        path.with_file_name(name),
        path.with_extension(&LOG_SUFFIX[1..]),
    ];
    let mut head = Vec::new();
    let log = beside.iter().find_map(|path| File::open(path).ok())?;
    log.take(HEAD).read_to_end(&mut head).ok()?;
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let first = text.split(|byte| *byte == b'\n').next()?;
    let delimiter = if first.contains(&b';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text);
    let header = reader.byte_headers().ok()?;
    let at = header
        .iter()
        .position(|name| name.eq_ignore_ascii_case(b"sha256"))?;
    let record = reader.byte_records().next()?.ok()?;
    let sha256 = std::str::from_utf8(record.get(at)?).ok()?.trim();
    let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    let cleaned = record.iter().any(|cell| cell == CLEANED.as_bytes());
    is_hash.then(|| (sha256.to_lowercase(), cleaned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_was_mended() {
        for (name, original) in [
            ("a/GM0363_MD_2025-hersteld.csv", Some("gm0363_md_2025")),
            ("GM0363-hersteld (1).csv", Some("gm0363")),
            ("GM0363-Nagekeken-2.xlsx", Some("gm0363")),
            ("GM0363-hersteld.csv.gz", Some("gm0363")),
            ("GM0363.csv", None),
            ("-hersteld.csv", None),
            ("hersteld.csv", None),
            ("GM0363-2.csv", None),
        ] {
            let stems = mended_stems(name);
            assert_eq!(stems.first().map(String::as_str), original, "{name}");
        }
        let twice = mended_stems("GM0363-nagekeken-2-hersteld (1).xlsx");
        assert_eq!(twice, ["gm0363-nagekeken-2", "gm0363"]);
    }
}
