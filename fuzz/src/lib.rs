//! What the targets share: a check of bytes, what must hold of every report, and a workbook of
//! which one part is the fuzzer's.

use std::io::{Cursor, Write};

use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, CheckReport, Input, Reading};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The layout that most targets read by: recognising one takes longer than reading a small file.
pub const LAYOUT: &str = "register/adresloze-bijstand";

/// Checks a file. Whatever is in it, there is a report, every row has one outcome, and findings
/// say something.
pub fn check(name: &str, bytes: &[u8], layout: Option<&str>, reading: Reading<'_>) -> CheckReport {
    let options = CheckOptions {
        layout,
        reading,
        ..CheckOptions::default()
    };
    let input = [Input::bytes(name, bytes)];
    let report = check_inputs(&input, &options, &()).expect("bytes in memory can be read");
    report.ledger.check().expect("a balanced ledger");
    for file in &report.files {
        let rows = file.tally.rows();
        assert!(rows == 0 || file.layout.is_some() || file.tally.set_aside == rows);
        for finding in &file.findings {
            assert!(!finding.message.nl.is_empty() && !finding.message.en.is_empty());
            assert!(!finding.message.en.contains("{}"));
        }
    }
    report
}

/// The parts of a small workbook that are in order.
pub const PARTS: [(&str, &[u8]); 9] = [
    (
        "_rels/.rels",
        br#"<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        br#"<workbook><sheets><sheet name="B" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/><Relationship Id="r3" Type="x/styles" Target="f.xml"/></Relationships>"#,
    ),
    (
        "xl/s.xml",
        br#"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row><row><c><v>123456782</v></c><c s="2"><v>363</v></c><c s="1"><v>45667</v></c></row></sheetData><legacyDrawing r:id="n2"/></worksheet>"#,
    ),
    (
        "xl/t.xml",
        br"<sst><si><t>bsn</t></si><si><t>gemeentecode</t></si><si><t>ingangsdatum</t></si><si><t>einddatum</t></si></sst>",
    ),
    (
        "xl/f.xml",
        br#"<styleSheet><numFmts><numFmt numFmtId="170" formatCode="0000"/></numFmts><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>"#,
    ),
    (
        "[Content_Types].xml",
        br#"<Types><Default Extension="xml" ContentType="application/xml"/></Types>"#,
    ),
    (
        "xl/_rels/s.xml.rels",
        br#"<Relationships><Relationship Id="n1" Type="x/comments" Target="comments1.xml"/><Relationship Id="n2" Type="x/vmlDrawing" Target="box1.vml"/></Relationships>"#,
    ),
    (
        "xl/comments1.xml",
        br#"<comments><authors><author>A</author></authors><commentList><comment ref="B2" authorId="0"><text><t>x</t></text></comment></commentList></comments>"#,
    ),
];

/// An archive of these parts.
pub fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, options).expect("a part begun");
        writer.write_all(bytes).expect("a part written");
    }
    writer.finish().expect("an archive").into_inner()
}

/// A workbook of which one part is the fuzzer's: which one, the first byte says.
pub fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let (which, part) = bytes.split_first()?;
    Some(match usize::from(*which) % (PARTS.len() + 1) {
        0 => packed(&[("content.xml", part)]),
        which => {
            let mut parts = PARTS;
            parts[which - 1].1 = part;
            packed(&parts)
        }
    })
}
