//! Files in a folder of deliveries that are none: who was expected, regions, our own lists, and documents in a
//! form that is not read.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes in which a header is looked for.
const HEAD: u64 = 4_096;

/// Columns of the rows that could not be read, in Dutch.
const REJECTS: [&str; 6] = ["bestand", "blad", "rij", "regel", "reden", "inhoud"];

/// A file in a folder that is no delivery.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Aside {
    /// The file.
    pub file: String,
    /// What it is.
    pub kind: AsideKind,
}

/// What a file beside deliveries is, by its header.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AsideKind {
    /// Who is expected to deliver: `sender,municipality…` or `sender,…,due…`.
    Frame,
    /// Why senders do not deliver: `sender,reason`.
    Reasons,
    /// Which region a municipality is in: `gm_code,region`.
    Regions,
    /// Answers to warnings.
    Answers,
    /// Corrections made by hand, or the log of what was mended.
    Corrections,
    /// Rows that could not be read.
    Rejects,
    /// Findings of a check.
    Findings,
    /// An overview of who delivered.
    Overview,
    /// The mistakes that were put into a sample file on purpose.
    Mistakes,
    /// A text to remind a sender with.
    Reminder,
    /// A picture or a scan, which nobody can read a table of.
    Picture,
    /// A document, which may hold a table.
    Document,
    /// An archive in a form that is not unpacked.
    Packed,
    /// A file of a kind that is not known.
    Unknown,
}

impl AsideKind {
    /// What a file is that is not read, where somebody may have meant it as a delivery; `None` for what systems
    /// leave behind, for what says of itself that it is to be read by people, and for what this program writes
    /// and takes beside deliveries.
    pub(crate) fn unread(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let hidden = name.starts_with(['.', '~']) || name.ends_with('~');
        let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
        let to_read = ["readme", "leesmij", "lees mij", "lees_mij", "lees-mij"];
        let of_system = ["thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"];
        if hidden
            || to_read.iter().any(|start| stem.starts_with(start))
            || of_system.contains(&name.as_str())
        {
            return None;
        }
        match extension {
            "tmp" | "temp" | "part" | "partial" | "crdownload" | "lock" | "toml" | "key"
            | "html" | "htm" | "sarif" => None,
            "json" if is_ours(path) => None,
            "pdf" | "png" | "jpg" | "jpeg" | "gif" | "bmp" | "tif" | "tiff" | "heic" | "webp"
            | "svg" | "xps" => Some(Self::Picture),
            "doc" | "docx" | "docm" | "dot" | "dotx" | "odt" | "rtf" | "pages" | "ppt" | "pptx"
            | "odp" | "msg" | "eml" => Some(Self::Document),
            "7z" | "rar" | "tar" | "tgz" | "bz2" | "xz" | "zst" => Some(Self::Packed),
            _ => Some(Self::Unknown),
        }
    }

    /// What a file on disk is if it is no delivery. Only text is looked at.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let mut head = Vec::new();
        File::open(path)
            .ok()?
            .take(HEAD)
            .read_to_end(&mut head)
            .ok()?;
        Self::of_head(&head)
    }

    /// What a text is by its first line.
    fn of_head(head: &[u8]) -> Option<Self> {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
        let line = std::str::from_utf8(line).ok()?.to_ascii_lowercase();
        if line.starts_with("onderwerp: ") || line.starts_with("subject: ") {
            return Some(Self::Reminder);
        }
        let cells: Vec<&str> = line
            .split([';', ',', '\t'])
            .map(|cell| cell.trim().trim_matches('"'))
            .collect();
        let has = |names: &[&str]| names.iter().any(|name| cells.contains(name));
        let sender = has(&["sender", "afzender"]);
        let of_sender = [
            "municipality",
            "gemeente",
            "layout",
            "indeling",
            "period",
            "periode",
            "name",
            "naam",
            "contact",
            "received",
            "ontvangen",
        ];
        let due = has(&["due", "uiterlijk"]);
        // A delivery is about persons.
        if has(&["bsn"]) {
            return None;
        }
        let overview = |status: &str, verdict: &str| has(&[status]) && has(&[verdict]);
        Some(if has(&["kenmerk"]) && has(&["toelichting"]) {
            Self::Answers
        } else if sender && (overview("status", "verdict") || overview("stand", "oordeel")) {
            Self::Overview
        } else if sender && !due && !has(&of_sender[..2]) && has(&["reason", "reden"]) {
            Self::Reasons
        } else if (sender && (due || has(&of_sender))) || (due && has(&["code"])) {
            Self::Frame
        } else if has(&["code"]) && has(&["reason", "reden"]) {
            Self::Reasons
        } else if has(&["gm_code"]) && has(&["region"]) {
            Self::Regions
        } else if has(&["bestand"]) && has(&["oud"]) && has(&["waarom"]) {
            Self::Corrections
        } else if (has(&["seen"]) && has(&["raw"])) || cells == REJECTS {
            Self::Rejects
        } else if has(&["fingerprint"]) && has(&["severity"]) {
            Self::Findings
        } else if has(&["column_number"]) && has(&["kind"]) && has(&["rule"]) {
            Self::Mistakes
        } else {
            return None;
        })
    }
}

/// Whether data in JSON were written by this program, as their first bytes say: `"schema": "ethos-receipt/1"`.
fn is_ours(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && memchr::memmem::find(&head, b"ethos-").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_been_meant_as_a_delivery_is_told_by_its_name() {
        use AsideKind::{Document, Packed, Picture, Unknown};
        for (name, kind) in [
            ("k/notitie.docx", Some(Document)),
            ("k/Levering.PDF", Some(Picture)),
            ("k/GM0431.MD", Some(Unknown)),
            ("k/GM0431_MD_2025", Some(Unknown)),
            ("k/GM0431_MD_2025.xlsb", Some(Unknown)),
            ("k/levering.json", Some(Unknown)),
            ("k/levering.7z", Some(Packed)),
            ("k/.DS_Store", None),
            ("k/~$GM0431.docx", None),
            ("k/.~lock.a.ods#", None),
            ("k/Thumbs.db", None),
            ("k/README", None),
            ("k/LEESMIJ.docx", None),
            ("k/oordeel.html", None),
            ("k/kolommen.toml", None),
            ("k/a.csv.tmp", None),
        ] {
            assert_eq!(AsideKind::unread(Path::new(name)), kind, "{name}");
        }
    }

    #[test]
    fn tables_beside_deliveries_are_told_by_their_header() {
        let of = |head: &str| AsideKind::of_head(head.as_bytes());
        assert_eq!(
            of("sender,municipality,from,until\nGM0363,GM0363,,\n"),
            Some(AsideKind::Frame)
        );
        assert_eq!(
            of("\u{feff}Afzender;Naam;Indeling;Uiterlijk\r\n"),
            Some(AsideKind::Frame)
        );
        assert_eq!(of("code,name,layout,due"), Some(AsideKind::Frame));
        assert_eq!(of("afzender;reden"), Some(AsideKind::Reasons));
        assert_eq!(
            of(
                "\u{feff}afzender;indeling;kenmerk;periode;wat;aantal;eerdere toelichting;toelichting\n"
            ),
            Some(AsideKind::Answers)
        );
        assert_eq!(of("sender,layout,reason"), Some(AsideKind::Reasons));
        assert_eq!(
            of("bestand;rij;kolom;oud;nieuw;wie;wanneer;waarom"),
            Some(AsideKind::Corrections)
        );
        assert_eq!(of("gm_code,region\n"), Some(AsideKind::Regions));
        assert_eq!(of("file,sheet,row,seen,raw\n"), Some(AsideKind::Rejects));
        assert_eq!(
            of("\u{feff}bestand;blad;rij;regel;reden;inhoud\n"),
            Some(AsideKind::Rejects)
        );
        assert_eq!(
            of(
                "\u{feff}afzender;naam;indeling;periode;uiterlijk;stand;reden;binnen op;volgens;oordeel\n"
            ),
            Some(AsideKind::Overview)
        );
        assert_eq!(
            of("row,column,column_number,kind,rule"),
            Some(AsideKind::Mistakes)
        );
        assert_eq!(
            of("Onderwerp: Uw levering; 2025\n"),
            Some(AsideKind::Reminder)
        );
        for delivery in [
            "onderwerp;bsn",
            "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;startdatum;einddatum;reden",
            "code;startdatum;einddatum",
            "afzender;bsn;indeling",
            "",
            "PK\u{3}\u{4}",
        ] {
            assert_eq!(of(delivery), None, "{delivery}");
        }
    }
}
