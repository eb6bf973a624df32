//! Tests: a file says the same however its rows are shared out among threads.

use ethos_model::layout::Layout;
use ethos_model::spell::SourceId;
use ethos_simulate::{Sample, SampleOptions};
use proptest::prelude::*;
use proptest::sample::Index;

use super::Pace;
use crate::columns::Renames;
use crate::file::{self, Task};
use crate::head::Reading;
use crate::input::Input;
use crate::key::SeriesKey;
use crate::layout;
use crate::mapping::{self, MappingTable};
use crate::rules::RuleBook;

/// Text that does something to the rows around it.
const ODD: [&str; 14] = [
    "\"",
    "\"\"",
    "\n",
    "\r\n\r\n",
    "\"a\nb\"",
    ";\"x\ny;\"\"z\";",
    ";",
    ";;;;;;;;;;;;;;;;;;;\n",
    "\0",
    "\n;;;;;;;\n",
    "totaal;;;\n",
    "é€",
    "\n\n\n\n\n",
    "\r",
];

/// The rows of a sample, with dirt.
fn sample(layout: &Layout, mapping: Option<&str>, seed: u64) -> String {
    let mapping = mapping.map(|name| mapping::find(name, None).unwrap());
    let options = SampleOptions {
        rows: 150,
        dirt: 0.3,
        seed,
        ..SampleOptions::default()
    };
    let sample = Sample::new(layout, mapping.as_ref(), &options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(sample.file_name());
    sample.write(&path, &|_, _| {}).unwrap();
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

/// Everything a file says, as text.
fn said(bytes: &[u8], layout: &Layout, pace: Pace, limit: usize, book: &RuleBook) -> String {
    let input = Input::bytes("GM0363_2025.csv", bytes);
    let mapping = match &layout.category {
        ethos_model::layout::CategoryRule::Mapping { name } => {
            Some(MappingTable::new(&mapping::find(name, None).unwrap()))
        }
        _ => None,
    };
    let task = Task {
        input: &input,
        layouts: std::slice::from_ref(layout),
        mappings: &[mapping],
        book,
        renames: &Renames::default(),
        key: &SeriesKey::from_seed("pace", 1),
        source: SourceId(0),
        delivery: 0,
        as_of: None,
        reading: Reading::default(),
        rejects: None,
        corrections: None,
        limit,
        keep: true,
        pace,
    };
    let result = file::read(&task, &()).unwrap();
    assert_eq!(result.tally.rows(), result.delivery.rows);
    format!(
        "{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}",
        result.tally,
        result.findings,
        result.counts,
        result.spells,
        result.register,
        result.summary
    )
}

fn encoded(text: &str, wide: bool, breaks: bool) -> Vec<u8> {
    let text = if breaks {
        text.replace('\n', "\r\n")
    } else {
        text.to_owned()
    };
    if wide {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    } else {
        text.into_bytes()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn a_file_says_the_same_at_every_pace(
        seed in 0..1_000_u64,
        register in any::<bool>(),
        odd in proptest::collection::vec((any::<Index>(), any::<Index>()), 0..12),
        repeated in proptest::collection::vec(any::<Index>(), 0..4),
        wide in any::<bool>(),
        breaks in any::<bool>(),
        rows in 1..40_usize,
        blocks in 1..6_usize,
        limit in prop_oneof![Just(2_usize), Just(usize::MAX)],
    ) {
        let id = if register { "register/personen" } else { "gmsd/2015" };
        let layout = layout::find(id, None).unwrap();
        let mut text = sample(&layout, (!register).then_some("iwmo-3.2"), seed);
        for at in repeated {
            let lines: Vec<&str> = text.lines().collect();
            let again = format!("{}\n", at.get(&lines));
            text.push_str(&again);
        }
        // Odd text goes below the header.
        let body = text.find('\n').unwrap() + 1;
        for (what, place) in odd {
            let mut at = body + place.index(text.len() - body);
            while !text.is_char_boundary(at) {
                at += 1;
            }
            text.insert_str(at, ODD[what.index(ODD.len())]);
        }
        let bytes = encoded(&text, wide, breaks);
        let book = RuleBook::shipped();
        let whole = Pace { rows: Pace::MOST_ROWS, blocks: 1, spread: false };
        let expected = said(&bytes, &layout, whole, limit, book);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        for spread in [false, true] {
            let pace = Pace { rows, blocks, spread };
            let found = pool.install(|| said(&bytes, &layout, pace, limit, book));
            prop_assert!(found == expected, "{pace:?}\n{found}\n{expected}");
        }
    }
}
