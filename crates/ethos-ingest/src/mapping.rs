//! Category mappings: what a product code says of a person's situation. Declared, not coded.
//!
//! A mapping is found by name as a layout is: shipped, in `mappings/<name>.toml` beside the
//! study, or by a path ending in `.toml`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ethos_model::category::{EthosCategory, LivingSituation};
use ethos_model::finding::Text;
use ethos_model::layout::CategoryMapping;
use ethos_model::suggest::did_you_mean_text;

use crate::layout::{LayoutError, parse_toml};
use crate::words::{both, io_text};

const SHIPPED: [(&str, &str); 4] = [
    (
        "ethos-full-13",
        include_str!("../../../data/reference/mappings/ethos-full-13.toml"),
    ),
    (
        "ethos-light-12",
        include_str!("../../../data/reference/mappings/ethos-light-12.toml"),
    ),
    (
        "instellingen-1",
        include_str!("../../../data/reference/mappings/instellingen-1.toml"),
    ),
    (
        "iwmo-3.2",
        include_str!("../../../data/reference/mappings/iwmo-3.2.toml"),
    ),
];

/// Names of the shipped mappings.
pub fn shipped_names() -> Vec<&'static str> {
    SHIPPED.iter().map(|(name, _)| *name).collect()
}

/// The TOML text of a shipped mapping, to copy and change; `None` for an unknown name.
pub fn shipped_text(name: &str) -> Option<&'static str> {
    SHIPPED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}

/// A mapping by name, or by path where the name ends in `.toml`.
///
/// # Errors
/// [`LayoutError::NotFound`] with the nearest name; [`LayoutError::Invalid`] with file and line.
pub fn find(name: &str, study_dir: Option<&Path>) -> Result<CategoryMapping, LayoutError> {
    find_with_file(name, study_dir).map(|(mapping, _)| mapping)
}

/// [`find`], with the file of the study it was read from, if it was.
pub(crate) fn find_with_file(
    name: &str,
    study_dir: Option<&Path>,
) -> Result<(CategoryMapping, Option<PathBuf>), LayoutError> {
    if let Some(study_dir) = study_dir {
        let is_path = Path::new(name)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        let path = if is_path {
            study_dir.join(name)
        } else {
            study_dir.join("mappings").join(format!("{name}.toml"))
        };
        if path.is_file() {
            let file = crate::study::relative(study_dir, &path);
            let text = crate::held::text(&path).map_err(|error| LayoutError::Unreadable {
                file: file.clone(),
                reason: io_text(&error),
            })?;
            return parse(&text, &file).map(|mapping| (mapping, Some(path)));
        }
    }
    if let Some(text) = shipped_text(name) {
        return parse(text, name).map(|mapping| (mapping, None));
    }
    Err(LayoutError::NotFound {
        what: "category mapping",
        id: name.to_owned(),
        hint: did_you_mean_text(name, &shipped_names()),
    })
}

/// Reads and checks a mapping. `file` is what errors call it.
///
/// # Errors
/// [`LayoutError::Invalid`]: an unknown key, a code that occurs twice, a living situation that
/// does not exist or lies beneath another category.
pub fn parse(text: &str, file: &str) -> Result<CategoryMapping, LayoutError> {
    let mapping: CategoryMapping = parse_toml(text, file)?;
    check(&mapping).map_err(|reason| LayoutError::Invalid {
        file: file.to_owned(),
        line: None,
        reason,
    })?;
    Ok(mapping)
}

fn check(mapping: &CategoryMapping) -> Result<(), Text> {
    let mut seen = BTreeSet::new();
    for code in &mapping.codes {
        let name = &code.code;
        if !seen.insert(name.to_uppercase()) {
            return Err(both!(
                "de code `{name}` staat er twee keer",
                "the code `{name}` occurs twice"
            ));
        }
        if let Some(situation) = &code.situation {
            let known: Vec<&str> = LivingSituation::all().map(LivingSituation::code).collect();
            let Some(found) = LivingSituation::from_code(situation) else {
                let hint = did_you_mean_text(situation, &known);
                return Err(Text::new(
                    format!(
                        "code `{name}` heeft de situatie `{situation}`, en die bestaat niet{}",
                        hint.nl
                    ),
                    format!(
                        "code `{name}` has the situation `{situation}`, which does not exist{}",
                        hint.en
                    ),
                ));
            };
            if Some(found.category()) != code.category {
                return Err(both!(
                    "code `{name}` heeft de situatie `{situation}`, en die hoort bij {}",
                    "code `{name}` has the situation `{situation}`, which belongs to {}",
                    found.category()
                ));
            }
        }
        if code.only_when_ready_to_leave && code.category != Some(EthosCategory::Institution) {
            return Err(both!(
                "code `{name}` vraagt een datum uitstroomgereed, en is niet van de categorie instelling",
                "code `{name}` needs a ready-to-leave date, but is not in category institution"
            ));
        }
    }
    Ok(())
}

/// What a product code stands for, ready to look up.
#[derive(Clone, Debug)]
pub(crate) struct MappingTable {
    codes: Vec<(String, MappedTo)>,
    /// The codes as numbers, to look for.
    packed: Vec<Option<u64>>,
    /// Length of the longest code: shorter digits have lost their leading zeros.
    width: usize,
}

/// What one code stands for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum MappedTo {
    OutOfScope,
    Category {
        category: EthosCategory,
        situation: Option<LivingSituation>,
        only_when_ready_to_leave: bool,
    },
}

impl MappingTable {
    pub(crate) fn new(mapping: &CategoryMapping) -> Self {
        let codes: Vec<(String, MappedTo)> = mapping
            .codes
            .iter()
            .map(|code| {
                let to =
                    code.category
                        .map_or(MappedTo::OutOfScope, |category| MappedTo::Category {
                            category,
                            situation: code
                                .situation
                                .as_deref()
                                .and_then(LivingSituation::from_code),
                            only_when_ready_to_leave: code.only_when_ready_to_leave,
                        });
                (code.code.clone(), to)
            })
            .collect();
        let width = codes.iter().map(|(code, _)| code.len()).max().unwrap_or(0);
        let packed = codes.iter().map(|(code, _)| packed(code.as_bytes()));
        Self {
            packed: packed.collect(),
            codes,
            width,
        }
    }

    /// Its codes, for a finding.
    pub(crate) fn known(&self) -> String {
        let codes: Vec<&str> = self.codes.iter().map(|(code, _)| code.as_str()).collect();
        codes.join(", ")
    }

    /// What the code stands for, and the code itself where leading zeros had to be put back.
    pub(crate) fn get(&self, code: &[u8]) -> Option<(MappedTo, Option<Vec<u8>>)> {
        let found = |code: &[u8]| {
            let at = match packed(code) {
                Some(number) => self.packed.iter().position(|known| *known == Some(number)),
                None => (self.codes.iter())
                    .position(|(known, _)| known.as_bytes().eq_ignore_ascii_case(code)),
            };
            at.map(|at| self.codes[at].1)
        };
        if let Some(to) = found(code) {
            return Some((to, None));
        }
        let padded = padded(code, self.width)?;
        found(&padded).map(|to| (to, Some(padded)))
    }
}

/// A short code as a number, the same in any case; `None` for a longer one. Different codes are
/// different numbers.
#[inline]
pub(crate) fn packed(code: &[u8]) -> Option<u64> {
    if code.len() > 7 {
        return None;
    }
    let upper = |byte: &u8| u64::from(byte.to_ascii_uppercase());
    let bytes = code.iter().fold(0, |sum, byte| sum << 8 | upper(byte));
    Some((code.len() as u64) << 56 | bytes)
}

/// Digits with leading zeros up to the width; `None` where there is nothing to put back.
pub(crate) fn padded(code: &[u8], width: usize) -> Option<Vec<u8>> {
    if code.is_empty() || code.len() >= width || !code.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut text = vec![b'0'; width - code.len()];
    text.extend_from_slice(code);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_mapping_says_what_its_codes_stand_for() {
        let table = MappingTable::new(&find("iwmo-3.2", None).unwrap());
        let category = |code: &str| match table.get(code.as_bytes()).unwrap().0 {
            MappedTo::OutOfScope => None,
            MappedTo::Category { category, .. } => Some(category),
        };
        assert_eq!(category("16"), Some(EthosCategory::TemporaryShelter));
        assert_eq!(category("17"), Some(EthosCategory::EmergencyShelter));
        assert_eq!(category("18"), Some(EthosCategory::Unknown));
        for code in 1..=14 {
            assert_eq!(category(&format!("{code:02}")), None);
        }
        assert!(matches!(
            table.get(b"15"),
            Some((
                MappedTo::Category {
                    category: EthosCategory::Institution,
                    situation: Some(situation),
                    only_when_ready_to_leave: true,
                },
                None
            )) if situation.code() == "4d"
        ));
        assert_eq!(
            table.get(b"1"),
            Some((MappedTo::OutOfScope, Some(b"01".to_vec())))
        );
        assert_eq!(table.get(b"19"), None);
        assert_eq!(table.get(b""), None);
    }

    #[test]
    fn codes_are_numbers_by_which_they_are_told_apart() {
        assert_eq!(packed(b"gm0363"), packed(b"GM0363"));
        let codes = [
            b"".as_slice(),
            b"0",
            b"00",
            b"1",
            b"a",
            b"aa",
            b"\0",
            b"\0a",
        ];
        for (at, code) in codes.iter().enumerate() {
            assert!(
                codes[..at]
                    .iter()
                    .all(|other| packed(other) != packed(code))
            );
        }
        assert_eq!(packed(b"12345678"), None);
    }

    #[test]
    fn shipped_mappings_are_valid_and_carry_their_name() {
        for name in shipped_names() {
            assert_eq!(find(name, None).unwrap().id, name);
        }
    }

    #[test]
    fn full_ethos_becomes_ethos_light() {
        let table = MappingTable::new(&find("ethos-full-13", None).unwrap());
        let category = |code: &str| match table.get(code.as_bytes()).unwrap().0 {
            MappedTo::OutOfScope => None,
            MappedTo::Category { category, .. } => category.number(),
        };
        // The thirteen categories, in their order.
        let light: Vec<Option<u8>> = (1..=13).map(|code| category(&code.to_string())).collect();
        let expected = [1, 2, 3, 3, 0, 4, 0, 6, 7, 0, 5, 0, 0];
        assert_eq!(light, expected.map(|n| (n > 0).then_some(n)));
        assert_eq!((category("6.1"), category("8.2")), (Some(4), None));
        let situations = MappingTable::new(&find("ethos-light-12", None).unwrap());
        for number in 1..=13 {
            let found = situations.get(number.to_string().as_bytes()).unwrap().0;
            assert!(matches!(found, MappedTo::Category { .. }), "{number}");
        }
    }

    #[test]
    fn mistakes_in_a_mapping_are_named() {
        let text = shipped_text("iwmo-3.2").unwrap();
        let refused = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            parse(&text.replacen(from, to, 1), "mine.toml")
                .unwrap_err()
                .to_string()
        };
        assert!(refused("\"02\"", "\"01\"").contains("occurs twice"));
        assert!(refused("\"2a\"", "\"3a\"").contains("belongs to temporary_shelter"));
        assert!(refused("\"2a\"", "\"2z\"").contains("does not exist"));
        let message = find("iwmo-3.1", None).unwrap_err().to_string();
        assert!(message.contains("did you mean `iwmo-3.2`"), "{message}");
    }
}
