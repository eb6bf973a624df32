//! Which file a mended one was made of: its log says so by hash, else its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use ethos_model::coverage::Delivery;

use crate::input::Input;

/// What stands behind the name of a log, which is that of the mended file: `GM0363.csv.correcties.csv`.
pub const LOG_SUFFIX: &str = ".correcties.csv";

/// What stands behind the name of a file that was mended, and of one that was marked to be mended by hand.
pub const MENDED: [&str; 2] = ["-hersteld", "-nagekeken"];

/// Bytes of a log in which its first rows stand.
const HEAD: u64 = 64 << 10;

/// What a file tells of the one it was made of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Origin {
    /// Hash of that file, from the log beside this one.
    sha256: Option<String>,
    /// Name of that file without its extension, from this one's name.
    stem: Option<String>,
}

/// How a file tells that it mends another.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Mends {
    /// Its log has the other's hash.
    Surely,
    /// Its name says so: the other may have been mended since.
    ByName,
}

impl Origin {
    pub(crate) fn of(input: &Input) -> Self {
        Self {
            sha256: input.file_on_disk().and_then(logged),
            stem: mended_stem(input.name()),
        }
    }

    /// Whether this file says that it mends the other. One whose log names another file does not.
    pub(crate) fn mends(&self, other: &Delivery) -> Option<Mends> {
        if let Some(sha256) = &self.sha256 {
            return (*sha256 == other.sha256).then_some(Mends::Surely);
        }
        let of_other = stem(&other.file).to_lowercase();
        (self.stem.as_ref()? == &of_other).then_some(Mends::ByName)
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

/// What a name says of the file that was mended, in small letters: `GM0363-hersteld-2.csv` tells `gm0363`.
fn mended_stem(path: &str) -> Option<String> {
    let stem = stem(path).to_lowercase();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // What a browser or this program puts behind a name that was taken.
    let numbered = stem
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once(" ("))
        .or_else(|| stem.rsplit_once('-'))
        .filter(|(_, number)| digits(number))
        .map_or(stem.as_str(), |(rest, _)| rest);
    MENDED.iter().find_map(|suffix| {
        let original = numbered.strip_suffix(suffix)?;
        (!original.is_empty()).then(|| original.to_owned())
    })
}

/// The hash in the log beside a file.
fn logged(path: &Path) -> Option<String> {
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
    is_hash.then(|| sha256.to_lowercase())
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
            assert_eq!(mended_stem(name).as_deref(), original, "{name}");
        }
    }
}
