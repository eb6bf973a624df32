//! Any bytes give findings, never a panic, and every row ends in one outcome.

use proptest::prelude::*;

use crate::support::{check_as, file, form, person, shelter, wmo};

const LAYOUTS: [Option<&str>; 5] = [
    None,
    Some("gmsd/2015"),
    Some("monitor-dakloosheid/2025"),
    Some("ethos-telling/2025"),
    Some("register/personen"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_balance(bytes in proptest::collection::vec(any::<u8>(), 0..400), layout in 0..5_usize) {
        let report = check_as(LAYOUTS[layout], "x.csv", bytes);
        prop_assert!(report.findings.iter().all(|finding| !finding.message.nl.is_empty()));
    }

    #[test]
    fn damaged_files_balance(
        which in 0..4_usize,
        damage in proptest::collection::vec((0..2000_usize, any::<u8>(), 0..3_u8), 0..12),
    ) {
        let rows = match which {
            0 => file(&[shelter(1), shelter(2), shelter(3)]),
            1 => file(&[wmo(1), wmo(2)]),
            2 => file(&[form(1), form(2)]),
            _ => file(&[person(1), person(2)]),
        };
        let mut bytes = rows.into_bytes();
        for (at, byte, how) in damage {
            let at = at % bytes.len();
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        check_as(None, "GM0363_2025.csv", bytes);
    }

    #[test]
    fn cells_of_anything_balance(cells in proptest::collection::vec("[0-9A-Za-z;\"\n\r,. é€\u{0}-]{0,30}", 1..8), layout in 1..5_usize) {
        let header = match layout {
            1 => wmo(1).header(),
            2 => shelter(1).header(),
            3 => form(1).header(),
            _ => person(1).header(),
        };
        let text = format!("{header}\n{}\n", cells.join("\n"));
        check_as(LAYOUTS[layout], "x.csv", text);
    }
}

#[test]
fn many_rows_keep_their_numbers() {
    let mut rows: Vec<_> = (0..20_000)
        .map(|n| {
            shelter(n % 400).with(
                "startdatum",
                if n % 2 == 0 { "20250110" } else { "20250111" },
            )
        })
        .collect();
    rows[15_000] = shelter(1).with("bsn", "x");
    let report = check_as(None, "GM0363_2025.csv", file(&rows));
    let bad: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.code == "BSN01")
        .collect();
    assert_eq!(bad.len(), 1);
    assert_eq!(bad[0].row, Some(15_002));
    assert_eq!(report.tally.rows(), 20_000);
}
