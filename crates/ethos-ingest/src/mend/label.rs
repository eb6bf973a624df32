//! Labels in the place of codes: `man` where the code is `1`.

use std::sync::OnceLock;

use ethos_model::attribute::{NationalityGroup, Origin, ResidenceStatus, Sex, UNKNOWN};
use ethos_model::category::Language;
use ethos_model::layout::Target;

use super::step::Field;
use crate::layout::code_meaning;

/// The code that a cell is the label of, where it is that of one code, or of several that mean the same: then
/// the first of them. Codes that decide whether a row counts are not told from words.
pub(super) fn code_of(cell: &str, field: Field<'_>) -> Option<String> {
    let target = field.target();
    if field.mapping.is_some() || matches!(target, Some(Target::Product | Target::Situation)) {
        return None;
    }
    let cell = plain(cell);
    let codes = field.declared.codes.iter();
    let in_words = |meaning: &str| {
        let words = both(|language| code_meaning(field.declared, meaning, language));
        words.iter().any(|words| plain(words) == cell)
    };
    let mut fitting =
        codes.filter(|(code, meaning)| is_label(&cell, code, meaning, target) || in_words(meaning));
    let (code, meaning) = fitting.next()?;
    let same = fitting.all(|(_, other)| other == meaning);
    same.then(|| code.clone())
}

/// Whether a text is what a code stands for, in either language.
fn is_label(text: &str, code: &str, meaning: &str, target: Option<Target>) -> bool {
    let is = |label: &str| plain(label) == text;
    let level = |names: Option<[&str; 2]>| names.is_some_and(|names| names.into_iter().any(is));
    let by_target = match target {
        Some(Target::Sex) => {
            let also: &[&str] = match meaning {
                "male" => &["mannelijk", "m"],
                "female" => &["vrouwelijk", "v", "f"],
                _ => &[],
            };
            also.contains(&text) || level(Sex::from_key(meaning).map(|l| both(|in_| l.name(in_))))
        }
        Some(Target::Origin) => level(Origin::from_key(meaning).map(|l| both(|in_| l.name(in_)))),
        Some(Target::Nationality) => {
            level(NationalityGroup::from_key(meaning).map(|l| both(|in_| l.name(in_))))
        }
        Some(Target::Residence) => {
            level(ResidenceStatus::from_key(meaning).map(|l| both(|in_| l.name(in_))))
        }
        Some(Target::EndReason) => end_reasons()
            .iter()
            .any(|(known, names)| known == code && names.iter().any(|name| is(name))),
        _ => false,
    };
    by_target || is(meaning) || (meaning == UNKNOWN && text == "onbekend")
}

fn both<N>(name: impl Fn(Language) -> N) -> [N; 2] {
    [name(Language::Nl), name(Language::En)]
}

/// A label without what people write differently: capitals and blanks.
fn plain(label: &str) -> String {
    let words = label.split(|c: char| c.is_whitespace() || c == '_');
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// Codes and names of the reasons of ending, of iWmo code list WMO588.
fn end_reasons() -> &'static [(String, [String; 2])] {
    const LIST: &str = include_str!("../../../../data/reference/wmo588_end_reasons.csv");
    static REASONS: OnceLock<Vec<(String, [String; 2])>> = OnceLock::new();
    REASONS.get_or_init(|| {
        let mut reader = csv::Reader::from_reader(LIST.as_bytes());
        let records = reader.records().flatten();
        records
            .map(|record| {
                let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
                (cell(0), [cell(1), cell(2)])
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laid::field;
    use crate::layout;

    #[test]
    fn a_label_is_written_as_the_one_code_it_is_of() {
        let layout = layout::find("ethos-telling/2025", None).unwrap();
        let delivery = layout::find("monitor-dakloosheid/2025", None).unwrap();
        let code = |layout: &ethos_model::layout::Layout, target: Target, cell: &str| {
            let fields = layout.fields.iter();
            let at = fields
                .map(|field| field.maps_to)
                .position(|at| at == Some(target));
            code_of(cell, field(layout, None, at.unwrap()))
        };
        let sex = |cell| code(&layout, Target::Sex, cell);
        assert_eq!(sex("man").as_deref(), Some("1"));
        assert_eq!(sex(" VROUW").as_deref(), Some("2"));
        assert_eq!(sex("Onbekend").as_deref(), Some("0"));
        assert_eq!(sex("anders"), None);
        let reason = |cell| code(&delivery, Target::EndReason, cell);
        assert_eq!(reason("overlijden").as_deref(), Some("02"));
        assert_eq!(reason("Ended as  planned").as_deref(), Some("19"));
        assert_eq!(reason("weg"), None);
        // As `ethos layouts show` and the samples call it.
        let social = layout::find("gmsd/2015", None).unwrap();
        let died = social
            .fields
            .iter()
            .find(|field| field.name == "reden_einde");
        let (died, _) = died
            .unwrap()
            .codes
            .iter()
            .find(|(_, meaning)| *meaning == "died")
            .unwrap();
        assert_eq!(
            code(&social, Target::EndReason, "Overleden").as_ref(),
            Some(died)
        );
        // `EU` is a code of both; `europa (exclusief nederland)` is a label of one.
        let origin = |cell| code(&layout, Target::Origin, cell);
        assert_eq!(origin("Buiten Europa").as_deref(), Some("BE"));
        // Where somebody slept decides the category.
        assert_eq!(code(&layout, Target::Situation, "3b"), None);
    }
}
