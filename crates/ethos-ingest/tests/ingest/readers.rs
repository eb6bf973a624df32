//! Files in every form senders make them, and what is said of each defect of the text.

use std::io::Write;

use ethos_ingest::check::check_inputs;
use ethos_ingest::decode::Encoding;
use ethos_ingest::{
    CheckOptions, FileReport, Input, Reading, RejectTo, RuleBook, Verdict, check_files,
};
use ethos_model::category::Language;
use ethos_model::finding::Finding;

use crate::support::{bsn, check, check_as, codes_of, file, only, shelter, wmo};

/// Rules that a test of this file meets.
pub(crate) const MET: &[&str] = &[
    "BST17", "BST19", "KOP10", "KOP11", "RIJ07", "RIJ08", "RIJ09", "RIJ10", "RIJ12", "SPA01",
    "FRM01",
];

fn read_as(reading: Reading<'_>, text: impl Into<Vec<u8>>) -> FileReport {
    let options = CheckOptions {
        reading,
        ..CheckOptions::default()
    };
    let input = [Input::bytes("GM0363_2025.csv", text)];
    check_inputs(&input, &options, &()).unwrap().files.remove(0)
}

#[test]
fn titles_above_the_header_are_passed_over() {
    let text = format!(
        "Monitor 2025;;;;;;;;;;;\n\nGemaakt door: afdeling Zorg;;;;;;;;;;;\n{}",
        file(&[shelter(1), shelter(2).with("bsn", "x")])
    );
    let report = check(text.clone());
    assert_eq!((report.tally.accepted, report.tally.rejected), (1, 1));
    assert_eq!(report.header_row, Some(4));
    assert_eq!(only(&report, "KOP10").row, Some(4));
    assert!(
        only(&report, "KOP10")
            .message
            .nl
            .contains("in rij 4; de 2 rijen erboven")
    );
    assert_eq!(only(&report, "BSN01").row, Some(6));
    let named = Reading {
        header_row: Some(4),
        ..Reading::default()
    };
    assert_eq!(read_as(named, text.clone()).tally, report.tally);
    let wrong = Reading {
        header_row: Some(1),
        ..Reading::default()
    };
    assert_eq!(read_as(wrong, text).verdict, Verdict::Unusable);
}

#[test]
fn encoding_and_delimiter_can_be_named() {
    let text = file(&[wmo(1).with("type_aanbieder", "Zoë")]);
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let named = Reading {
        encoding: Some(Encoding::Windows1252),
        delimiter: Some(';'),
        ..Reading::default()
    };
    let report = read_as(named, latin);
    assert_eq!(
        (report.encoding, report.tally.accepted),
        (Some("Windows-1252"), 1)
    );
    let pipes = text.replace(';', "|");
    assert_eq!(check(pipes.clone()).tally.accepted, 1);
    let wrong = Reading {
        delimiter: Some(','),
        ..Reading::default()
    };
    assert_eq!(read_as(wrong, pipes).verdict, Verdict::Unusable);
}

#[test]
fn headers_again_totals_and_blank_rows_are_set_aside() {
    let header = shelter(1).header();
    let blank = ";".repeat(11);
    let text = format!(
        "{header}\n{}\n{blank}\n\n{blank}\n{}\n{header}\n{}\nTotaal;;3;;;;;;;;;\n{blank}\n{blank}\n",
        shelter(1).text(),
        shelter(2).text(),
        shelter(3).text(),
    );
    let report = check(text);
    assert_eq!((report.tally.accepted, report.tally.set_aside), (3, 5));
    assert_eq!(only(&report, "RIJ07").row, Some(7));
    assert_eq!(only(&report, "RIJ08").row, Some(9));
    let blank = only(&report, "RIJ03");
    assert_eq!(blank.row, Some(3));
    assert!(
        blank
            .message
            .nl
            .starts_with("Deze rij en de 2 rijen eronder zijn leeg"),
        "{}",
        blank.message.nl
    );
    assert!(
        only(&report, "RIJ09")
            .message
            .en
            .starts_with("Rows 10 to 11")
    );
}

#[test]
fn blank_lines_at_the_end_are_told_but_for_a_single_empty_one() {
    let whole = file(&[shelter(1), shelter(2)]);
    let blank = ";".repeat(11);
    for (end, rows) in [
        (String::new(), None),
        ("\n".to_owned(), None),
        ("\r\n".to_owned(), None),
        ("\n\n".to_owned(), Some("Rows 4 to 5")),
        ("\n".repeat(5_000), Some("Rows 4 to 5003")),
        ("  \n".to_owned(), Some("Row 4 is")),
        (format!("{blank}\n"), Some("Row 4 is")),
        (format!("\n{blank}\n\n\n"), Some("Rows 4 to 7")),
    ] {
        let report = check(format!("{whole}{end}"));
        assert_eq!(report.tally.accepted, 2);
        assert_eq!(report.tally.set_aside, 0);
        match rows {
            None => assert_eq!(report.findings, [], "{end:?}"),
            Some(rows) => {
                let told = &only(&report, "RIJ09").message.en;
                assert!(told.starts_with(rows), "{end:?}: {told}");
            }
        }
    }
}

#[test]
fn files_that_were_cut_off_are_known() {
    let whole = file(&[shelter(1), shelter(2)]);
    let report = check(&whole.as_bytes()[..whole.len() - 20]);
    assert_eq!(only(&report, "RIJ12").row, Some(3));
    assert_eq!((report.tally.accepted, report.tally.set_aside), (1, 1));
    // Without its last line end a file may be whole.
    assert_eq!(check(whole.trim_end()).findings, []);
    let copy = [whole.as_bytes(), &[0; 4096]].concat();
    let report = check(copy);
    assert_eq!(report.tally.accepted, 2);
    assert!(only(&report, "BST19").message.en.contains("4096"));
}

#[test]
fn unbelievable_widths_and_lengths_end_in_a_finding() {
    let names: Vec<String> = (0..100_000).map(|n| format!("kolom_{n}")).collect();
    let report = check(names.join(";") + "\n1;2\n");
    assert_eq!(report.verdict, Verdict::Unusable);
    only(&report, "KOP11");
    let long = format!(
        "{}\n{}{}\n",
        shelter(1).header(),
        shelter(1).text(),
        "x".repeat(20 << 20)
    );
    let report = check(long);
    assert_eq!(only(&report, "RIJ10").row, Some(2));
    assert_eq!(report.verdict, Verdict::Unusable);
    let report = check(vec![b'x'; 40 << 20]);
    assert_eq!(only(&report, "RIJ10").row, Some(1));
}

#[test]
fn extensions_are_judged() {
    let text = file(&[shelter(1)]);
    let report = check_as(None, "GM0363_2025.xlsx", text);
    assert_eq!(
        (codes_of(&report), report.tally.accepted),
        (vec!["BST17"], 1)
    );
}

#[test]
fn rows_that_cannot_be_read_are_kept_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let rejected = folder.path().join("apart.csv");
    let header = shelter(1).header();
    let text = format!(
        "{header}\n{}\n=1+1;{};\"=2+2\"\n{}\n\n{}\n",
        shelter(1).text(),
        bsn(9),
        shelter(2).with("bsn", "x").text(),
        shelter(3).text()
    );
    let to = |language| CheckOptions {
        reject_to: Some(RejectTo {
            path: &rejected,
            language,
        }),
        ..CheckOptions::default()
    };
    let input = [
        Input::bytes("GM0363_2025.csv", text),
        Input::bytes("GM0599_2025.csv", format!("{header}\nTotaal;1;2\"\"3\n")),
    ];
    let report = check_inputs(&input, &to(Language::En), &()).unwrap();
    report.ledger.check().unwrap();
    let written = std::fs::read_to_string(&rejected).unwrap();
    assert_eq!(
        written,
        format!(
            "file,sheet,row,seen,raw\n\
             \"GM0363_2025.csv\",\"\",3,row.ragged,\"'=1+1;{};\"\"'=2+2\"\"\"\n\
             \"GM0599_2025.csv\",\"\",2,row.ragged,\"Totaal;1;2\"\"\"\"3\"\n",
            bsn(9)
        )
    );
    // In Dutch it opens in a Dutch spreadsheet, and says in words what is the matter.
    check_inputs(&input, &to(Language::Nl), &()).unwrap();
    let written = std::fs::read_to_string(&rejected).unwrap();
    let title = RuleBook::shipped()
        .find("RIJ01")
        .unwrap()
        .title(Language::Nl);
    assert!(
        written.starts_with(&format!(
            "\u{feff}bestand;blad;rij;regel;reden;inhoud\n\
             \"GM0363_2025.csv\";\"\";3;RIJ01;\"{title}\";\"'=1+1;"
        )),
        "{written}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = rejected.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Nothing is written that is not asked for.
    check_inputs(&input, &CheckOptions::default(), &()).unwrap();
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
}

#[test]
fn a_file_that_is_set_aside_whole_is_named_among_the_rows_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let rejected = folder.path().join("apart.csv");
    let header = shelter(1).header();
    let row = |n| shelter(n).text();
    let other = shelter(3).with("gemeentecode", "0599");
    let inputs = [
        // A header that nothing knows, a table in one cell, two of which nothing tells which counts, a good one.
        Input::bytes("a.csv", "x;y\n1;2\n3;4\n"),
        Input::bytes(
            "GM0344_MD_2025.csv",
            format!("\"{header}\"\n\"{}\"\n", row(1)),
        ),
        Input::bytes("GM0363_MD_2025.csv", format!("{header}\n{}\nx;y\n", row(1))),
        Input::bytes("GM0363_MD_2025_b.csv", format!("{header}\n{}\n", row(2))),
        Input::bytes(
            "GM0599_MD_2025.csv",
            format!("{header}\n{}\nx;y\n", other.text()),
        ),
    ];
    for (language, said) in [
        (Language::Nl, "het hele bestand: "),
        (Language::En, "the whole file: "),
    ] {
        let options = CheckOptions {
            reject_to: Some(RejectTo {
                path: &rejected,
                language,
            }),
            ..CheckOptions::default()
        };
        let report = check_inputs(&inputs, &options, &()).unwrap();
        let written = std::fs::read_to_string(&rejected).unwrap();
        for (file, code) in report
            .files
            .iter()
            .zip(["KOP04", "KOP13", "BST18", "BST18", ""])
        {
            let of_file = |line: &&str| line.contains(&format!("\"{}\"", file.file));
            let lines: Vec<&str> = written.lines().filter(of_file).collect();
            // Every row set aside is in a line of its own, or in that of its file.
            match lines.iter().find(|line| line.contains(said)) {
                Some(whole) => {
                    let rows = file.tally.set_aside;
                    assert!(whole.contains(&format!("{said}{rows} r")), "{whole}");
                    assert!(language == Language::En || whole.contains(code), "{whole}");
                }
                None => assert_eq!(lines.len() as u64, file.tally.set_aside, "{written}"),
            }
            assert_eq!(
                code.is_empty(),
                !lines.iter().any(|line| line.contains(said))
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn folders_are_read_once_whatever_links_there_are() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("a")).unwrap();
    let mut csv = std::fs::File::create(at("a/GM0363_2025.csv")).unwrap();
    csv.write_all(file(&[shelter(1)]).as_bytes()).unwrap();
    symlink(folder.path(), at("a/loop")).unwrap();
    symlink(at("a"), at("b")).unwrap();
    symlink(at("nowhere"), at("gone.csv")).unwrap();
    symlink("/dev/zero", at("endless.csv")).unwrap();
    std::fs::write(at("~$GM0363.xlsx"), "lock").unwrap();
    let report = check_files(&[folder.path().to_owned()], &CheckOptions::default(), &()).unwrap();
    let names: Vec<&str> = report.files.iter().map(|file| file.file.as_str()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names[0].ends_with("a/GM0363_2025.csv"));
    assert!(names[1].ends_with("endless.csv") && names[2].ends_with("gone.csv"));
    assert_eq!(report.files[0].tally.accepted, 1);
    for file in &report.files[1..] {
        assert_eq!(codes_of(file), ["BST15"]);
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused_and_named() {
    use std::os::unix::fs::symlink;
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let secret = other.path().join("GM0599_2025.csv");
    std::fs::write(&secret, file(&[shelter(1)])).unwrap();
    symlink(&secret, folder.path().join("GM0363_2025.csv")).unwrap();
    symlink(other.path(), folder.path().join("map")).unwrap();
    // A link to what is no table is nobody's delivery, wherever it leads.
    symlink("/etc/passwd", folder.path().join("leesmij")).unwrap();
    let report = check_files(&[folder.path().to_owned()], &CheckOptions::default(), &()).unwrap();
    assert_eq!(report.files.len(), 2);
    for file in &report.files {
        assert_eq!(codes_of(file), ["BST15"]);
        assert_eq!((file.tally.rows(), file.verdict), (0, Verdict::Unusable));
        let said = &file.findings[0].message.nl;
        assert!(
            said.contains("koppeling naar een plek buiten de map"),
            "{said}"
        );
    }
    // Named by the user it is read: then it is where they say.
    let named = folder.path().join("GM0363_2025.csv");
    let report = check_files(&[named], &CheckOptions::default(), &()).unwrap();
    assert_eq!(report.files[0].tally.accepted, 1);
}

#[test]
fn a_line_without_an_end_from_a_pipe_is_refused_before_it_fills_the_memory() {
    // A reader that counts what is taken of it: ten gigabytes of one cell.
    struct Endless(u64);
    impl std::io::Read for Endless {
        fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
            let left = (10_u64 << 30) - self.0;
            let many = room.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            room[..many].fill(b'a');
            self.0 += many as u64;
            Ok(many)
        }
    }
    let mut pipe = Endless(0);
    let input = Input::pipe("-", &mut pipe).unwrap();
    assert!(pipe.0 < 1 << 30, "{}", pipe.0);
    let report = check_inputs(&[input], &CheckOptions::default(), &()).unwrap();
    assert_eq!(codes_of(&report.files[0]), ["BST10"]);
}

#[test]
fn a_pipe_is_read_as_a_file() {
    let text = file(&[shelter(1)]);
    let input = [Input::pipe("-", text.as_bytes()).unwrap()];
    let report = check_inputs(&input, &CheckOptions::default(), &()).unwrap();
    assert_eq!(
        (report.files[0].tally.accepted, codes_of(&report.files[0])),
        (1, vec![])
    );
}

#[test]
fn blanks_and_formulas_at_the_ends_of_cells_are_told_of_each() {
    let plain = check(file(&[shelter(1), shelter(2)]));
    assert!(
        !codes_of(&plain)
            .iter()
            .any(|code| *code == "SPA01" || *code == "FRM01")
    );
    // A blank around a value is read as if it were not there; one that no reader takes away is not.
    let odd = check(file(&[
        shelter(1)
            .with("gemeente_verblijf", " 0363")
            .with("reden_einde", "19\u{a0}"),
        shelter(2)
            .with("gemeente_verblijf", "0363 ")
            .with("gemeente_herkomst", "=0363"),
    ]));
    assert_eq!(odd.tally.accepted, 2);
    assert_eq!(places(&odd, "SPA01"), ["H2", "I2", "I3"]);
    let formula = only(&odd, "FRM01");
    assert_eq!(formula.address().as_deref(), Some("J3"));
    assert_eq!(formula.value.as_str(), "*****");
    // A sign alone stands for nothing, and no spreadsheet makes anything of it.
    let signs = check(file(&[
        shelter(1).with("gemeente_herkomst", "-"),
        shelter(2).with("gemeente_herkomst", "+"),
    ]));
    assert_eq!(places(&signs, "FRM01"), [""; 0]);
}

/// Row and column of each finding of a code.
fn places(report: &FileReport, code: &str) -> Vec<String> {
    let of = report
        .findings
        .iter()
        .filter(|finding| finding.code == code);
    of.filter_map(Finding::address).collect()
}

#[test]
fn every_quote_in_the_wrong_place_is_told_and_shifts_no_row() {
    let good = shelter(1).text();
    for (cell, seen) in [
        ("2\"4", "2\"4"),
        ("\"2\"4", "24"),
        ("\"\"24", "24"),
        ("24\"", "24\""),
        ("\"24", "\"24"),
        ("\"24\" \"", "24 \""),
        ("\"2\"\"4\"\"\"x", "2\"4\"x"),
    ] {
        let text = format!(
            "{}\n{}\n{good}\n{}\n",
            shelter(1).header(),
            shelter(2).with("type_opvang", cell).text(),
            shelter(3).with("bsn", "x").text(),
        );
        let report = check(text);
        assert_eq!(places(&report, "RIJ11"), ["E2"], "{cell}");
        let told = only(&report, "RIJ11").value.as_str();
        assert_eq!(told.chars().count(), seen.chars().count(), "{cell}: {told}");
        assert_eq!(only(&report, "BSN01").row, Some(4), "{cell}");
        assert_eq!((report.tally.accepted, report.tally.rejected), (2, 1));
    }
    // Two in one row, two in one cell, one in the header, and one in a row that is set aside for it.
    let text = format!(
        "{}\n{}\n{}\n{}\n{good}\n",
        shelter(1).header().replace("geslacht", "\"geslacht\" "),
        shelter(2)
            .with("type_opvang", "2\"4")
            .with("reden_einde", "\"19\"x")
            .text(),
        shelter(3).with("type_opvang", "\"2\"4\"").text(),
        shelter(4).with("type_opvang", "2\"4;").text(),
    );
    let report = check(text);
    assert_eq!(places(&report, "RIJ11"), ["E2", "H2", "E3", "E4"]);
    assert_eq!(only(&report, "RIJ01").row, Some(4));
    assert_eq!((report.tally.accepted, report.tally.set_aside), (3, 1));
    let header = shelter(1).header().replace("geslacht", "gesl\"acht");
    let report = check(format!("{header}\n{good}\n"));
    assert_eq!(places(&report, "RIJ11"), ["L1"]);
}

#[test]
fn the_other_cells_of_a_row_with_an_open_quote_are_read_as_anywhere() {
    let row = shelter(2)
        .with("bsn", &format!("\"{}\"", bsn(2)))
        .with("type_opvang", "\"24\"")
        .with("gemeente_herkomst", "\"03\"\"\"\"63\"")
        .with("geslacht", "\"M");
    let report = check(format!(
        "{}\n{}\n{}\n",
        row.header(),
        row.text(),
        shelter(3).text()
    ));
    assert_eq!(places(&report, "RIJ11"), ["L2"]);
    // The sex is what the quote spoils, and nothing else.
    assert_eq!(codes_of(&report), ["GEM01", "COD04", "RIJ11"]);
    // Two quotes between quotes are one: two of four stay, of a code without a place in any list.
    assert_eq!(only(&report, "GEM01").value.as_str(), "****63");
    assert_eq!(report.tally.accepted, 2);
}

/// A carriage return by itself ends no line where lines end otherwise: it is in its cell, with or
/// without quotes. Behind a row it is of a line end made twice, and a blank.
#[test]
fn a_carriage_return_by_itself_is_a_line_break_in_its_cell() {
    let rows = [
        wmo(1).with("type_aanbieder", "a\rb"),
        wmo(2)
            .with("type_aanbieder", "\"a\" \r")
            .with("leveringsvorm", "Z\rIN"),
        wmo(3)
            .with("type_aanbieder", "a\rb")
            .with("leveringsvorm", "\"ZIN"),
        wmo(4),
    ];
    let text: String = rows.iter().map(|row| row.text() + "\r\r\n").collect();
    let report = check(format!("{}\r\n{text}", wmo(1).header()));
    assert_eq!(places(&report, "RIJ06"), ["E2", "E3", "H3", "E4"]);
    assert_eq!(places(&report, "RIJ11"), ["H4"]);
    assert_eq!(places(&report, "SPA01"), ["N2", "E3", "N3", "N4", "N5"]);
    assert_eq!(report.tally.accepted, 4);
}

#[test]
fn every_line_break_in_a_cell_is_told_in_a_text_and_in_a_workbook() {
    let row = wmo(1)
        .with("intensiteit", "\"a\nb\"")
        .with("type_aanbieder", "\"c\r\n\"");
    let text = format!(
        "{}\n{}\n{}\n",
        row.header(),
        row.text(),
        wmo(2).with("bsn", "x").text()
    );
    let report = check(text);
    assert_eq!(places(&report, "RIJ06"), ["E2", "K2"]);
    assert_eq!(only(&report, "BSN01").row, Some(3));
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let plain = wmo(2).with("bsn", "x").text();
    for (at, line) in [row.header(), row.text(), plain].iter().enumerate() {
        for (column, cell) in line
            .split(';')
            .enumerate()
            .filter(|(_, cell)| !cell.is_empty())
        {
            let cell = cell.trim_matches('"');
            sheet.write_string(at as u32, column as u16, cell).unwrap();
        }
    }
    let report = check_as(None, "GM0363_2025.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(
        places(&report, "RIJ06"),
        ["E2", "K2"],
        "{:?}",
        report.findings
    );
    assert_eq!(only(&report, "BSN01").row, Some(3));
    assert_eq!((report.tally.accepted, report.tally.rejected), (1, 1));
    // A break in a name of a column belongs to it: it is told, and the column is known.
    let header = wmo(1).header().replace("intensiteit", "\"inten\nsiteit\"");
    let report = check(format!("{header}\n{}\n", wmo(1).text()));
    assert_eq!(places(&report, "RIJ06"), ["K1"]);
}
