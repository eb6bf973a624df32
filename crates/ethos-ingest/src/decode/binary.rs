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
            Self::Other => ("een binair bestand", "a binary file"),
        }
    }
}

pub(super) fn known_binary(head: &[u8]) -> Option<Binary> {
    let known = [
        (b"PK\x03\x04".as_slice(), Binary::Workbook),
        (b"PK\x05\x06", Binary::Workbook),
        (b"PAR1", Binary::Parquet),
        (b"ARROW1", Binary::Arrow),
        (b"%PDF-", Binary::Pdf),
    ];
    if let Some((_, binary)) = known.into_iter().find(|(start, _)| head.starts_with(start)) {
        return Some(binary);
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
