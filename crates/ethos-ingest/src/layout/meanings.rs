//! What the codes of a layout stand for, in words.

use ethos_model::category::{Language, LivingSituation};
use ethos_model::layout::{Field, Target};

const MEANINGS: &str = include_str!("../../../../data/reference/code_meanings.csv");

/// What a code of a field stands for. A layout has it as a key or in English; in Dutch where the shipped
/// table has the word, else as the layout has it.
///
/// ```
/// use ethos_ingest::layout::{code_meaning, find};
/// use ethos_model::category::Language;
/// let layout = find("gmsd/2015", None).unwrap();
/// let field = layout.fields.iter().find(|field| field.name == "reden_einde").unwrap();
/// assert_eq!(code_meaning(field, "died", Language::Nl), "overleden");
/// assert_eq!(code_meaning(field, "died", Language::En), "died");
/// ```
pub fn code_meaning(field: &Field, meaning: &str, language: Language) -> String {
    if field.maps_to == Some(Target::Situation)
        && let Some(situation) = LivingSituation::from_code(meaning)
    {
        return situation.name(language).to_owned();
    }
    match language {
        Language::Nl => dutch(meaning).unwrap_or(meaning).to_owned(),
        Language::En => meaning.replace(['_', '-'], " "),
    }
}

fn dutch(meaning: &str) -> Option<&'static str> {
    let mut rows = MEANINGS
        .lines()
        .skip(1)
        .filter_map(|row| row.split_once(','));
    let (_, nl) = rows.find(|(known, _)| *known == meaning)?;
    Some(nl.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;

    #[test]
    fn every_code_of_a_shipped_layout_has_dutch_words() {
        for layout in layout::list(None).unwrap() {
            for field in &layout.fields {
                for meaning in field.codes.values() {
                    let words = code_meaning(field, meaning, Language::Nl);
                    let told = dutch(meaning).is_some() || words != *meaning;
                    assert!(told, "{} {}: {meaning}", layout.id, field.name);
                }
            }
        }
    }
}
