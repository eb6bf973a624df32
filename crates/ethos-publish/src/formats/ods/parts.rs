//! The parts of an OpenDocument archive beside its content.

use std::fmt::Write as _;

use super::super::book::Book;
use super::super::xml::escape;
use super::MIME;

const VERSION: &str = "1.3";

/// The start of a part.
pub(super) fn opening(element: &str) -> String {
    const SPACES: [(&str, &str); 10] = [
        ("office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
        ("table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
        ("text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
        ("style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"),
        (
            "number",
            "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
        ),
        (
            "fo",
            "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        ),
        ("config", "urn:oasis:names:tc:opendocument:xmlns:config:1.0"),
        ("meta", "urn:oasis:names:tc:opendocument:xmlns:meta:1.0"),
        ("xlink", "http://www.w3.org/1999/xlink"),
        // The names of view settings are in this space; without it they are not read.
        ("ooo", "http://openoffice.org/2004/office"),
    ];
    let mut text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{element}");
    for (prefix, space) in SPACES {
        // Writing into a string does not fail.
        let _ = write!(text, " xmlns:{prefix}=\"{space}\"");
    }
    let _ = writeln!(
        text,
        " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" office:version=\"{VERSION}\">"
    );
    text
}

/// Font, language and paper.
pub(super) fn styles(book: &Book) -> String {
    let mut text = opening("office:document-styles");
    let country = if book.language == "nl" { "NL" } else { "GB" };
    let _ = write!(
        text,
        "<office:font-face-decls><style:font-face style:name=\"Calibri\" xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\" svg:font-family=\"Calibri, Carlito, sans-serif\"/></office:font-face-decls><office:styles><style:default-style style:family=\"table-cell\"><style:text-properties style:font-name=\"Calibri\" fo:font-size=\"11pt\" fo:language=\"{}\" fo:country=\"{country}\"/></style:default-style><style:style style:name=\"Default\" style:family=\"table-cell\"/></office:styles><office:automatic-styles>",
        book.language
    );
    for (name, orientation, width, height) in [
        ("upright", "portrait", 210, 297),
        ("across", "landscape", 297, 210),
    ] {
        let _ = write!(
            text,
            "<style:page-layout style:name=\"{name}\"><style:page-layout-properties fo:page-width=\"{width}mm\" fo:page-height=\"{height}mm\" style:print-orientation=\"{orientation}\" style:scale-to-X=\"1\" style:scale-to-Y=\"0\"/></style:page-layout>"
        );
    }
    text.push_str("</office:automatic-styles><office:master-styles><style:master-page style:name=\"Default\" style:page-layout-name=\"upright\"/><style:master-page style:name=\"Landscape\" style:page-layout-name=\"across\"/></office:master-styles></office:document-styles>\n");
    text
}

/// What stays in sight when a reader scrolls.
pub(super) fn settings(book: &Book) -> String {
    let mut text = opening("office:document-settings");
    text.push_str("<office:settings><config:config-item-set config:name=\"ooo:view-settings\"><config:config-item-map-indexed config:name=\"Views\"><config:config-item-map-entry><config:config-item config:name=\"ViewId\" config:type=\"string\">view1</config:config-item><config:config-item-map-named config:name=\"Tables\">");
    for sheet in &book.sheets {
        let _ = write!(
            text,
            "<config:config-item-map-entry config:name=\"{}\"><config:config-item config:name=\"ShowGrid\" config:type=\"boolean\">false</config:config-item>",
            escape(&sheet.name)
        );
        if let Some(table) = &sheet.table {
            let (row, column) = (table.header + 1, table.frozen);
            // 2 is frozen; the lower right part is the one that scrolls.
            for (name, kind, value) in [
                (
                    "HorizontalSplitMode",
                    "short",
                    if column > 0 { 2 } else { 0 },
                ),
                ("VerticalSplitMode", "short", 2),
                ("HorizontalSplitPosition", "int", column),
                ("VerticalSplitPosition", "int", row),
                ("ActiveSplitRange", "short", if column > 0 { 3 } else { 2 }),
                ("PositionLeft", "int", 0),
                ("PositionRight", "int", column),
                ("PositionTop", "int", 0),
                ("PositionBottom", "int", row),
            ] {
                let _ = write!(
                    text,
                    "<config:config-item config:name=\"{name}\" config:type=\"{kind}\">{value}</config:config-item>"
                );
            }
        }
        text.push_str("</config:config-item-map-entry>");
    }
    let first = book.sheets.first().map_or("", |sheet| sheet.name.as_str());
    let _ = writeln!(
        text,
        "</config:config-item-map-named><config:config-item config:name=\"ActiveTable\" config:type=\"string\">{}</config:config-item></config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings></office:document-settings>",
        escape(first)
    );
    text
}

/// Title, language and date of the document.
pub(super) fn meta(book: &Book) -> String {
    let mut text = opening("office:document-meta");
    let _ = writeln!(
        text,
        "<office:meta><meta:generator>ethos-light</meta:generator><dc:title>{}</dc:title><dc:subject>ETHOS Light</dc:subject><dc:language>{}</dc:language><meta:creation-date>{}T00:00:00</meta:creation-date></office:meta></office:document-meta>",
        escape(&book.title),
        book.language,
        book.date
    );
    text
}

pub(super) fn manifest() -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"{VERSION}\"><manifest:file-entry manifest:full-path=\"/\" manifest:version=\"{VERSION}\" manifest:media-type=\"{MIME}\"/>"
    );
    for part in ["content.xml", "styles.xml", "settings.xml", "meta.xml"] {
        let _ = write!(
            text,
            "<manifest:file-entry manifest:full-path=\"{part}\" manifest:media-type=\"text/xml\"/>"
        );
    }
    text.push_str("</manifest:manifest>\n");
    text
}
