//! Any sample, spoilt and mended, and deliveries cleaned into the layout's own form.

use super::*;

/// A sample as a spreadsheet may leave it: days its own way, zeros gone, another delimiter and encoding.
fn spoilt(layout: &Layout, text: &str, how: u32) -> Vec<u8> {
    let old = layout.file.delimiters[0];
    let new = if how & 1 == 1 { '|' } else { old };
    let names: Vec<&str> = text.lines().next().unwrap().split(old).collect();
    let kinds: Vec<FieldType> = names
        .iter()
        .map(|name| {
            let field = layout.fields.iter().find(|field| field.name == *name);
            field.map_or(FieldType::Text, |field| field.kind)
        })
        .collect();
    let mut spoilt = String::new();
    for (row, line) in text.lines().enumerate() {
        // What a sample puts between quotes stays as it is.
        if line.contains('"') || line.contains('\0') {
            continue;
        }
        let cells = line.split(old).enumerate().map(|(at, cell)| {
            let kind = kinds.get(at).copied().unwrap_or(FieldType::Text);
            let digits = !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
            match kind {
                _ if row == 0 => cell.to_owned(),
                FieldType::Date if how & 2 == 2 && digits && cell.len() == 8 => {
                    format!("{}-{}-{}", &cell[6..], &cell[4..6], &cell[..4])
                }
                FieldType::Bsn | FieldType::Municipality | FieldType::Code
                    if how & 4 == 4 && digits =>
                {
                    cell.trim_start_matches('0').to_owned()
                }
                FieldType::Integer if how & 8 == 8 && digits => format!("{cell},0"),
                FieldType::Bsn if how & 16 == 16 && row % 7 == 0 => format!("\u{a0}{cell} "),
                _ => cell.to_owned(),
            }
        });
        let cells: Vec<String> = cells.collect();
        spoilt.push_str(&cells.join(&new.to_string()));
        spoilt.push('\n');
    }
    if how & 32 == 32 {
        let wide = spoilt.encode_utf16().flat_map(u16::to_le_bytes);
        return [0xff, 0xfe].into_iter().chain(wide).collect();
    }
    spoilt.into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn fixing_twice_changes_nothing(which in 0_usize..100, how in 0_u32..64, seed in 0_u64..1_000) {
        let folder = tempfile::tempdir().unwrap();
        let layouts = layout::list(None).unwrap();
        let layout = &layouts[which % layouts.len()];
        let mapping = match &layout.category {
            CategoryRule::Mapping { name } => Some(mapping::find(name, None).unwrap()),
            _ => None,
        };
        let options = SampleOptions { rows: 60, dirt: 0.3, seed, ..SampleOptions::default() };
        let sample = Sample::new(layout, mapping.as_ref(), &options).unwrap();
        let name = sample.file_name();
        let path = folder.path().join(&name);
        sample.write(&path, &|_, _| {}).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let bytes = spoilt(layout, &text, how);
        let options = CheckOptions { layout: Some(&layout.id), ..CheckOptions::default() };
        std::fs::write(&path, &bytes).unwrap();
        let input = Input::path(name.as_str(), &path);
        let once = match mend(&input, &options, Language::Nl) {
            Ok(mended) => mended,
            // A layout without a header cannot be told where the delimiter is not its own.
            Err(MendError::Layout) => return Ok(()),
            Err(error) => panic!("{}: {error}", layout.id),
        };
        prop_assert_eq!(once.before.tally.rows(), once.after.tally.rows());
        std::fs::write(&path, once.bytes()).unwrap();
        let twice = mend(&input, &options, Language::Nl).unwrap();
        prop_assert!(twice.is_as_it_was(), "{}: {:?} {:?}", layout.id, twice.fixes, twice.changes);
        prop_assert_eq!(twice.bytes(), once.bytes());
        prop_assert_eq!(&twice.before.counts, &once.after.counts);
    }
}

/// What a study makes of a file.
fn spells(name: &str, bytes: &[u8], layout: &str) -> Vec<ethos_model::spell::Spell> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let study = format!(
        "[study]\nname = \"Proef\"\nreference_date = 2026-01-01\nseries = \"proef\"\nkey_file = \"k\"\n\
         [[source]]\nlist = \"opvang\"\nlayout = \"{layout}\"\nfiles = \"{name}\"\n"
    );
    let study = ethos_model::study::Study::parse(&study).unwrap();
    let key = ethos_ingest::SeriesKey::from_seed("proef", 1);
    let mut spells = ethos_ingest::ingest_study(&study, folder.path(), &key, &())
        .unwrap()
        .spells;
    for spell in &mut spells {
        // Rows that are left out move the others up.
        spell.row.row = 0;
    }
    spells
}

#[test]
fn a_cleaned_delivery_gives_the_same_spells() {
    let mut compared = 0;
    for layout in layout::list(None).unwrap() {
        if layout.kind == ethos_model::layout::LayoutKind::PersonRegister {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let mapping = match &layout.category {
            CategoryRule::Mapping { name } => Some(mapping::find(name, None).unwrap()),
            _ => None,
        };
        let options = SampleOptions {
            rows: 80,
            dirt: 0.3,
            ..SampleOptions::default()
        };
        let sample = Sample::new(&layout, mapping.as_ref(), &options).unwrap();
        let name = sample.file_name();
        let path = folder.path().join(&name);
        sample.write(&path, &|_, _| {}).unwrap();
        let original = std::fs::read(&path).unwrap();
        let input = Input::path(name.as_str(), &path);
        let options = CheckOptions {
            layout: Some(&layout.id),
            ..CheckOptions::default()
        };
        let checked = check_inputs(std::slice::from_ref(&input), &options, &()).unwrap();
        let laid = LaidOut::open(&input, &options).unwrap().unwrap();
        let mut cleaned = Vec::new();
        write_cleaned(&laid, &checked.files[0], &mut cleaned).unwrap();
        let before = spells(&name, &original, &layout.id);
        assert_eq!(before, spells(&name, &cleaned, &layout.id), "{}", layout.id);
        assert!(before.len() > 30, "{}", layout.id);
        compared += 1;
    }
    assert!(compared > 5);
}

#[test]
fn a_cleaned_delivery_is_the_layouts_own_form() {
    let folder = tempfile::tempdir().unwrap();
    // Columns in another order and under other names, days and codes as people write them.
    let text = "BSN|gemeentecode|aanmaakdatum_bestand|productcategorie|type_opvang|startdatum|einddatum|reden_einde|gemeente_verblijf|opmerking\n\
        123456782|GM0363|2026-01-15|16|24|2025-01-10|2025-03-20|19|0363|=1+1\n\
        \n\
        1112.22.333|363|2026-01-15|16|24|2025-01-11|2025-03-20|19|0363|x\n";
    let path = folder.path().join("GM0363_MD_2025.csv");
    std::fs::write(&path, text).unwrap();
    let options = CheckOptions::default();
    let check = |path: &Path| {
        let input = Input::path("GM0363_MD_2025.csv", path);
        check_inputs(&[input], &options, &())
            .unwrap()
            .files
            .remove(0)
    };
    let before = check(&path);
    let clean = |path: &Path| {
        let input = Input::path("GM0363_MD_2025.csv", path);
        let laid = LaidOut::open(&input, &options).unwrap().unwrap();
        let mut bytes = Vec::new();
        let cleaned = write_cleaned(&laid, &check(path), &mut bytes).unwrap();
        assert!(
            assumed(laid.layout(), Language::Nl)
                .unwrap()
                .contains("aangenomen zijn")
        );
        (cleaned, String::from_utf8(bytes).unwrap())
    };
    let (cleaned, bytes) = clean(&path);
    assert_eq!((cleaned.rows, cleaned.left_out), (2, 1));
    assert_eq!(cleaned.columns_left_out, ["opmerking"]);
    // Lines above the header are no rows that are left out.
    for above in ["\n", "\n\nLevering Amsterdam\n\n"] {
        std::fs::write(&path, format!("{above}{text}")).unwrap();
        assert_eq!(clean(&path).0, cleaned, "{above:?}");
    }
    let rows: Vec<&str> = bytes.lines().collect();
    assert!(
        rows[0].starts_with("aanmaakdatum_bestand;gemeentecode;bsn;"),
        "{bytes}"
    );
    assert!(
        rows[1].starts_with("20260115;0363;123456782;16;24;20250110;20250320;19;"),
        "{bytes}"
    );
    assert!(
        rows[2].starts_with("20260115;0363;111222333;16;24;20250111;"),
        "{bytes}"
    );
    std::fs::write(&path, &bytes).unwrap();
    let after = check(&path);
    assert_eq!(after.tally.accepted, before.tally.accepted);
    let of_form = |code: &str| ["KOP", "RIJ", "BST"].contains(&&code[..3]) || code == "BSN06";
    let left: Vec<String> = after
        .counts
        .keys()
        .map(ToString::to_string)
        .filter(|code| of_form(code))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    // A second time it is the same.
    assert_eq!(clean(&path).1, bytes);
    can_be_cleaned(&after, Language::Nl).unwrap();
    std::fs::write(&path, mangled()).unwrap();
    let refused = can_be_cleaned(&check(&path), Language::Nl).unwrap_err();
    assert!(
        refused.to_string().starts_with("Nog niet versturen"),
        "{refused}"
    );
}
