//! How files of a layout are called.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::date::Day;
use crate::municipality::MunicipalityCode;

/// A pattern of a file's name without folders: text in which `{gemeente}`, `{jaar}`,
/// `{periode}` and `{datum}` stand for parts of it and `*` for anything. Case does not matter.
///
/// ```
/// use ethos_model::layout::FileName;
/// let name = FileName::new("{gemeente}_MD_{jaar}.csv").unwrap();
/// assert!(name.matches("GM0363_MD_2025.csv"));
/// assert!(!name.matches("Opvang 2025 definitief.csv"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct FileName {
    text: String,
    parts: Vec<Part>,
}

/// What fills a pattern.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct FileNameParts {
    /// The municipality that delivers.
    pub municipality: MunicipalityCode,
    /// The year the file is about.
    pub year: i16,
    /// The day it was made.
    pub made: Day,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Text(String),
    Municipality,
    Year,
    Period,
    Day,
    Anything,
}

const NAMED: [(&str, Part); 4] = [
    ("gemeente", Part::Municipality),
    ("jaar", Part::Year),
    ("periode", Part::Period),
    ("datum", Part::Day),
];

const MOST_WILDCARDS: usize = 3;

impl FileName {
    /// Reads a pattern.
    ///
    /// # Errors
    /// A part between braces that does not exist, a brace that is not closed, or a folder.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() || text.contains(['/', '\\']) {
            return Err(format!(
                "`{text}` is no pattern of a file name; leave folders out"
            ));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let next = rest.find(['{', '*']).unwrap_or(rest.len());
            if next > 0 {
                parts.push(Part::Text(rest[..next].to_lowercase()));
            }
            rest = &rest[next..];
            if let Some(after) = rest.strip_prefix('*') {
                parts.push(Part::Anything);
                rest = after;
            } else if let Some(after) = rest.strip_prefix('{') {
                let Some((name, after)) = after.split_once('}') else {
                    return Err(format!("`{text}` has a brace that is not closed"));
                };
                let Some((_, part)) = NAMED.iter().find(|(known, _)| *known == name) else {
                    return Err(format!(
                        "`{{{name}}}` is no part of a file name; use {{gemeente}}, {{jaar}}, \
                         {{periode}} or {{datum}}"
                    ));
                };
                parts.push(part.clone());
                rest = after;
            }
        }
        // Each wildcard multiplies the ways in which a name may fit.
        if parts.iter().filter(|part| **part == Part::Anything).count() > MOST_WILDCARDS {
            return Err(format!("`{text}` has more than {MOST_WILDCARDS} `*`"));
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a file is called so; folders before the name do not matter.
    pub fn matches(&self, path: &str) -> bool {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        follows(&self.parts, &name.to_lowercase())
    }

    /// A name by the pattern; anything (`*`) is left out.
    pub fn fill(&self, with: &FileNameParts) -> String {
        let mut name = String::new();
        let mut rest = self.text.as_str();
        for part in &self.parts {
            match part {
                // The text keeps the case it was written in.
                Part::Text(text) => {
                    let count = text.chars().count();
                    let end = rest
                        .char_indices()
                        .nth(count)
                        .map_or(rest.len(), |(at, _)| at);
                    name.push_str(&rest[..end]);
                    rest = &rest[end..];
                    continue;
                }
                Part::Municipality => name.push_str(&with.municipality.to_string()),
                Part::Year | Part::Period => name.push_str(&with.year.to_string()),
                Part::Day => name.push_str(&super::DateForm::Compact.write(with.made)),
                Part::Anything => {
                    rest = &rest[1..];
                    continue;
                }
            }
            rest = rest.split_once('}').map_or("", |(_, after)| after);
        }
        name
    }
}

/// Whether a lower-case name follows the parts of a pattern.
fn follows(parts: &[Part], name: &str) -> bool {
    let Some((part, others)) = parts.split_first() else {
        return name.is_empty();
    };
    let digits = |text: &str, count: usize| {
        text.len() >= count && text.as_bytes()[..count].iter().all(u8::is_ascii_digit)
    };
    match part {
        Part::Text(text) => name
            .strip_prefix(text.as_str())
            .is_some_and(|rest| follows(others, rest)),
        Part::Municipality => {
            let code = name.strip_prefix("gm").unwrap_or(name);
            digits(code, 4) && follows(others, &code[4..])
        }
        Part::Year => digits(name, 4) && follows(others, &name[4..]),
        Part::Period => {
            let half = |rest: &str| {
                let rest = rest.strip_prefix('_').unwrap_or(rest);
                ["h1", "h2"]
                    .iter()
                    .any(|half| rest.strip_prefix(half).is_some_and(|r| follows(others, r)))
            };
            digits(name, 4) && (follows(others, &name[4..]) || half(&name[4..]))
        }
        Part::Day => {
            let iso = |text: &str| {
                text.get(..10)
                    .is_some_and(|day| Day::parse_iso(day).is_some())
            };
            (digits(name, 8) && follows(others, &name[8..]))
                || (iso(name) && follows(others, &name[10..]))
        }
        // Two wildcards in a row are one; the last one takes the whole rest.
        Part::Anything => match others.iter().position(|part| *part != Part::Anything) {
            None => true,
            Some(at) => name
                .char_indices()
                .map(|(at, _)| at)
                .chain([name.len()])
                .any(|from| follows(&others[at..], &name[from..])),
        },
    }
}

impl TryFrom<String> for FileName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::new(&text)
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        FileName::new(pattern).unwrap().matches(name)
    }

    #[test]
    fn names_follow_their_pattern() {
        assert!(matches(
            "{gemeente}_MD_{jaar}.csv",
            "map/gm0363_md_2025.CSV"
        ));
        assert!(!matches("{gemeente}_MD_{jaar}.csv", "GM0363_MD_25.csv"));
        assert!(matches(
            "{gemeente}_Wmo_{periode}*.csv",
            "GM0363_Wmo_2025_H1_v2.csv"
        ));
        assert!(matches("{gemeente}_Wmo_{periode}.csv", "0363_Wmo_2025.csv"));
        assert!(matches("x_{datum}.csv", "x_2026-01-15.csv"));
        assert!(matches("x_{datum}.csv", "x_20260115.csv"));
        assert!(!matches("x_{datum}.csv", "x_202601.csv"));
        assert!(matches("*", "é.csv") && matches("**x*", "éxé") && !matches("*x", "xy"));
    }

    #[test]
    fn a_name_is_made_by_its_pattern() {
        let parts = FileNameParts {
            municipality: MunicipalityCode::from_number(363).unwrap(),
            year: 2025,
            made: Day::from_ymd(2026, 1, 15).unwrap(),
        };
        let name = |pattern: &str| FileName::new(pattern).unwrap().fill(&parts);
        assert_eq!(name("{gemeente}_MD_{jaar}*.csv"), "GM0363_MD_2025.csv");
        assert_eq!(name("Éx-{datum}-{periode}"), "Éx-20260115-2025");
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        assert!(FileName::new("{jaren}").unwrap_err().contains("{jaar}"));
        assert!(FileName::new("{jaar").unwrap_err().contains("not closed"));
        assert!(
            FileName::new("*a*b*c*")
                .unwrap_err()
                .contains("more than 3")
        );
        assert!(FileName::new("a/b").is_err() && FileName::new(" ").is_err());
    }
}
