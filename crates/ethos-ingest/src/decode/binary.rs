//! Kinds of files that are not text, told from their first bytes.

/// A kind of file that is not text.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Binary {
    Workbook,
    OldWorkbook,
    /// A workbook within the container that spreadsheets encrypt into.
    Encrypted,
    Parquet,
    Arrow,
    Pdf,
    /// A web page, or markup of another kind, which some systems call `.xls`.
    Markup,
    /// A photo, scan or other picture.
    Picture,
    /// Files packed in another way than in a zip.
    Archive,
    Other,
}

impl Binary {
    /// What it is called, in Dutch and English.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Workbook => ("een zip-bestand", "a zip archive"),
            Self::OldWorkbook => (
                "een Excel-werkmap van voor 2007 (.xls) of een ander Office-bestand",
                "an Excel workbook from before 2007 (.xls) or another Office file",
            ),
            Self::Encrypted => (
                "een werkmap met een wachtwoord",
                "a workbook with a password",
            ),
            Self::Parquet => ("een beschadigd Parquet-bestand", "a damaged Parquet file"),
            Self::Arrow => ("een beschadigd Arrow-bestand", "a damaged Arrow file"),
            Self::Pdf => ("een pdf", "a PDF"),
            Self::Markup => ("een webpagina of XML-bestand", "a web page or XML file"),
            Self::Picture => (
                "een foto of andere afbeelding",
                "a photo or another picture",
            ),
            Self::Archive => (
                "een ingepakt bestand (tar, 7z, rar, bz2, xz of zst)",
                "a packed file (tar, 7z, rar, bz2, xz or zst)",
            ),
            Self::Other => ("een binair bestand", "a binary file"),
        }
    }

    /// What a sender does with it, in Dutch and English.
    pub(crate) fn fix(self) -> (&'static str, &'static str) {
        match self {
            Self::Picture => (
                "Een afbeelding is niet te lezen. Lever het bestand waarvan zij is gemaakt: een Excel-werkmap (.xlsx) of \
                 een CSV",
                "A picture cannot be read. Deliver the file it was made of: an Excel workbook (.xlsx) or a CSV",
            ),
            Self::Archive => (
                "Pak het uit en lever de bestanden die erin zitten, los of in een zip",
                "Unpack it and deliver the files in it, one by one or in a zip",
            ),
            Self::Parquet | Self::Arrow => (
                "Maak de export opnieuw; het bestand is waarschijnlijk niet helemaal opgeslagen of gekopieerd",
                "Export the file again; it was probably not saved or copied whole",
            ),
            _ => (
                "Open het in Excel en sla het op als Excel-werkmap (.xlsx) of als CSV UTF-8, en lever dat",
                "Open it in Excel and save it as an Excel workbook (.xlsx) or as CSV UTF-8, and deliver that",
            ),
        }
    }
}

/// Whether bytes hold more signs that no text has than damage explains.
pub(super) fn is_no_text(head: &[u8]) -> bool {
    /// Bytes below which nothing is said.
    const ENOUGH: usize = 64;
    let odd = |byte: &&u8| **byte < b' ' && !matches!(**byte, 0 | b'\t' | b'\n' | b'\r' | 0x0c);
    head.len() >= ENOUGH && head.iter().filter(odd).count() > head.len() / 20
}

pub(super) fn known_binary(head: &[u8]) -> Option<Binary> {
    let known = [
        (b"PK\x03\x04".as_slice(), Binary::Workbook),
        (b"PK\x05\x06", Binary::Workbook),
        (b"PAR1", Binary::Parquet),
        (b"ARROW1", Binary::Arrow),
        (b"%PDF-", Binary::Pdf),
        (b"\xff\xd8\xff", Binary::Picture),
        (b"\x89PNG\r\n", Binary::Picture),
        (b"GIF87a", Binary::Picture),
        (b"GIF89a", Binary::Picture),
        (b"II*\0", Binary::Picture),
        (b"MM\0*", Binary::Picture),
        (b"7z\xbc\xaf\x27\x1c", Binary::Archive),
        (b"Rar!\x1a\x07", Binary::Archive),
        (b"\xfd7zXZ\0", Binary::Archive),
        (b"\x28\xb5\x2f\xfd", Binary::Archive),
        (b"BZh", Binary::Archive),
    ];
    if let Some((_, binary)) = known.into_iter().find(|(start, _)| head.starts_with(start)) {
        return Some(binary);
    }
    // What phones make, and the name that every member of a tar begins with.
    let at = |from: usize, mark: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(mark));
    if at(4, b"ftyphei") || at(4, b"ftypmif1") || at(8, b"WEBPVP8") {
        return Some(Binary::Picture);
    }
    if at(257, b"ustar") {
        return Some(Binary::Archive);
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        let stream: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let encrypted = memchr::memmem::find(head, &stream).is_some();
        return Some(if encrypted {
            Binary::Encrypted
        } else {
            Binary::OldWorkbook
        });
    }
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    let starts = [
        b"<!doctype".as_slice(),
        b"<html",
        b"<?xml",
        b"<table",
        b"<head",
        b"<meta",
    ];
    let is_markup = starts.iter().any(|start| {
        text.get(..start.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(start))
    });
    is_markup.then_some(Binary::Markup)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_told_by_how_it_begins() {
        let mut tar = vec![b'a'; 600];
        tar[257..262].copy_from_slice(b"ustar");
        for (head, binary) in [
            (
                b"\xff\xd8\xff\xe0\0\x10JFIF".as_slice(),
                Some(Binary::Picture),
            ),
            (b"\x89PNG\r\n\x1a\n", Some(Binary::Picture)),
            (b"\0\0\0\x18ftypheic", Some(Binary::Picture)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Binary::Picture)),
            (tar.as_slice(), Some(Binary::Archive)),
            (b"7z\xbc\xaf\x27\x1c\0\x04", Some(Binary::Archive)),
            (b"%PDF-1.7", Some(Binary::Pdf)),
            (b"bsn;startdatum\n", None),
            (b"", None),
        ] {
            assert_eq!(known_binary(head), binary, "{head:?}");
        }
        let noise: Vec<u8> = (0..200_u8).map(|byte| byte.wrapping_mul(37)).collect();
        assert!(is_no_text(&noise));
        assert!(!is_no_text(
            &[b"bsn;\x1f\n".as_slice(), &[b'a'; 200]].concat()
        ));
        assert!(!is_no_text(&[0; 100]) && !is_no_text(b"\x01\x02"));
    }
}
