//! The rule book: the shipped rules, and those a user adds or puts in their place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ethos_model::date::Day;
use ethos_model::finding::RuleCode;
use ethos_model::layout::Layout;

use super::error::RuleError;
use super::observation::Observation;
use super::rule::Rule;
use super::source::{self, Source};

/// The shipped files of rules, one per subject.
const SHIPPED: [(&str, &str); 9] = [
    (
        "bestand.toml",
        include_str!("../../../../data/reference/rules/bestand.toml"),
    ),
    (
        "kop.toml",
        include_str!("../../../../data/reference/rules/kop.toml"),
    ),
    (
        "rij.toml",
        include_str!("../../../../data/reference/rules/rij.toml"),
    ),
    (
        "bsn.toml",
        include_str!("../../../../data/reference/rules/bsn.toml"),
    ),
    (
        "datum.toml",
        include_str!("../../../../data/reference/rules/datum.toml"),
    ),
    (
        "gemeente.toml",
        include_str!("../../../../data/reference/rules/gemeente.toml"),
    ),
    (
        "code.toml",
        include_str!("../../../../data/reference/rules/code.toml"),
    ),
    (
        "waarde.toml",
        include_str!("../../../../data/reference/rules/waarde.toml"),
    ),
    (
        "dubbel.toml",
        include_str!("../../../../data/reference/rules/dubbel.toml"),
    ),
];

/// Rules by code, in code order.
#[derive(Clone, Debug, Default)]
pub struct RuleBook {
    rules: Vec<Rule>,
    own_files: Vec<PathBuf>,
}

impl RuleBook {
    /// The shipped rules.
    ///
    /// ```
    /// use ethos_ingest::RuleBook;
    /// use ethos_model::finding::Severity;
    /// let book = RuleBook::shipped();
    /// assert_eq!(book.find("bsn01").unwrap().severity, Severity::Error);
    /// assert!(book.find("BSN99").is_none());
    /// ```
    pub fn shipped() -> &'static Self {
        static BOOK: OnceLock<RuleBook> = OnceLock::new();
        // That the shipped files can be read is tested.
        BOOK.get_or_init(|| Self::read_shipped().unwrap_or_default())
    }

    fn read_shipped() -> Result<Self, RuleError> {
        let mut book = Self::default();
        for (name, text) in SHIPPED {
            book.add(text, name)?;
        }
        Ok(book)
    }

    /// The shipped rules with those of a folder: each `.toml` file in it, by name. A rule with
    /// a code that is known changes that rule, and need only say what is different; with
    /// `off = true` it is switched off.
    ///
    /// # Errors
    /// [`RuleError`] with file and line: a file that cannot be read, a key that does not exist
    /// (with a suggestion), a rule that is not whole or contradicts itself.
    pub fn with_folder(folder: &Path) -> Result<Self, RuleError> {
        let mut book = Self::shipped().clone();
        let unreadable = |path: &Path, error: std::io::Error| RuleError {
            unreadable: true,
            ..RuleError::new(&name_of(path), None, error.to_string())
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
            let path = entry.map_err(|error| unreadable(folder, error))?.path();
            let is_toml = path
                .extension()
                .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
            if is_toml && path.is_file() {
                files.push(path);
            }
        }
        files.sort();
        for path in files {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            book.add(&text, &name_of(&path))?;
            book.own_files.push(path);
        }
        Ok(book)
    }

    /// The book for a study: the shipped rules, with those of its folder `rules` if it has one.
    ///
    /// # Errors
    /// As [`Self::with_folder`].
    pub fn of_study(study_dir: &Path) -> Result<Self, RuleError> {
        let folder = study_dir.join("rules");
        if folder.is_dir() {
            Self::with_folder(&folder)
        } else {
            Ok(Self::shipped().clone())
        }
    }

    /// Adds the rules of a file's text. `file` is what errors call it.
    ///
    /// # Errors
    /// As [`Self::with_folder`].
    pub fn add(&mut self, text: &str, file: &str) -> Result<(), RuleError> {
        let Source { rules } = source::parse(text, file)?;
        let mut by_code: BTreeMap<RuleCode, Rule> = std::mem::take(&mut self.rules)
            .into_iter()
            .map(|rule| (rule.code, rule))
            .collect();
        let mut here = Vec::new();
        for rule in rules {
            let code = *rule.id.get_ref();
            let start = rule.id.span().start;
            if here.contains(&code) {
                let reason = format!("rule {code} occurs twice in this file");
                return Err(RuleError::at(file, text, start, reason));
            }
            here.push(code);
            if rule.off {
                if by_code.remove(&code).is_none() {
                    let reason = format!("there is no rule {code} to switch off");
                    return Err(RuleError::at(file, text, start, reason));
                }
                continue;
            }
            let resolved = rule.resolve(by_code.get(&code), file, text)?;
            by_code.insert(code, resolved);
        }
        self.rules = by_code.into_values().collect();
        Ok(())
    }

    /// Every rule, by code.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this code, in any case.
    pub fn find(&self, code: &str) -> Option<&Rule> {
        let code: RuleCode = code.parse().ok()?;
        let at = self.rules.binary_search_by_key(&code, |rule| rule.code);
        at.ok().map(|at| &self.rules[at])
    }

    /// The user's own files of rules.
    pub(crate) fn own_files(&self) -> &[PathBuf] {
        &self.own_files
    }

    /// For each observation, the position of the rule that tells it for files of a layout made
    /// on a day: the first by code, should there be several.
    pub(crate) fn observers(&self, layout: Option<&Layout>, day: Option<Day>) -> Vec<Option<u16>> {
        let mut observers = vec![None; Observation::ALL.len()];
        for (at, rule) in self.rules.iter().enumerate() {
            let observer = &mut observers[rule.observes as usize];
            if observer.is_none() && rule.is_for(layout, day) {
                *observer = u16::try_from(at).ok();
            }
        }
        observers
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use ethos_model::finding::Severity;

    use super::*;
    use crate::rules::{Detail, Place};

    #[test]
    fn the_shipped_rules_are_whole() {
        let book = RuleBook::read_shipped().unwrap();
        for seen in Observation::ALL {
            let told = book.rules().iter().filter(|rule| rule.observes == *seen);
            assert_eq!(told.count(), 1, "{}", seen.key());
        }
        for rule in book.rules() {
            for text in [&rule.title, &rule.message, &rule.fix] {
                assert_ne!(text.nl, text.en, "{}", rule.code);
                let details = [&text.nl, &text.en].map(|words| words.matches("{}").count());
                assert_eq!(details[0], details[1], "{}", rule.code);
            }
        }
    }

    #[test]
    fn details_fill_message_and_fix() {
        let rule = RuleBook::shipped().find("GEM02").unwrap();
        let detail = Detail::of("2026-01-01").mended("GM0363");
        let finding = rule.finding("a.csv", &Place::default(), &detail);
        assert!(finding.message.nl.contains("2026-01-01"));
        assert!(finding.fix.en.contains("GM0363"));
        assert!(!finding.message.en.contains("{}"));
    }

    fn with(text: &str) -> Result<RuleBook, String> {
        let mut book = RuleBook::shipped().clone();
        book.add(text, "mijn.toml")
            .map_err(|error| error.to_string())?;
        Ok(book)
    }

    #[test]
    fn a_user_changes_adds_and_switches_off() {
        let book = with(
            "[[rule]]\nid = \"BSN05\"\nseverity = \"error\"\n[[rule]]\nid = \"KOP02\"\noff = true\n",
        )
        .unwrap();
        let rule = book.find("BSN05").unwrap();
        assert_eq!(
            (rule.severity, rule.file.as_str()),
            (Severity::Error, "mijn.toml")
        );
        assert_eq!(rule.title, RuleBook::shipped().find("BSN05").unwrap().title);
        assert!(book.find("KOP02").is_none());
        let observers = book.observers(None, None);
        assert_eq!(observers[Observation::HeaderUnknown as usize], None);
    }

    #[test]
    fn mistakes_in_rules_are_named() {
        for (text, line, words) in [
            (
                "[[rule]]\nid = \"BSN05\"\nseverty = \"error\"",
                3,
                "did you mean `severity`",
            ),
            (
                "[[rule]]\nid = \"BSN05\"\nseverity = \"eror\"",
                3,
                "did you mean `error`",
            ),
            ("[[rule]]\nid = \"BSN5\"", 2, "three letters and two digits"),
            (
                "[[rule]]\nid = \"XYZ01\"\nobserves = \"bsn.blank\"",
                2,
                "has no `severity`",
            ),
            (
                "\n[[rule]]\nid = \"BSN05\"\nobserves = \"bsn.blnk\"",
                4,
                "did you mean `bsn.blank`",
            ),
            (
                "[[rule]]\nid = \"XYZ01\"\noff = true",
                2,
                "no rule XYZ01 to switch off",
            ),
            (
                "[[rule]]\nid = \"BSN05\"\n[[rule]]\nid = \"BSN05\"",
                4,
                "occurs twice",
            ),
            (
                "[[rule]]\nid = \"BSN05\"\nfix = { nl = \"{}\", en = \"x\" }",
                2,
                "no detail",
            ),
            (
                "[[rule]]\nid = \"BSN05\"\nvalid_from = 2025-01-01\nvalid_until = 2025-01-01",
                2,
                "not after",
            ),
        ] {
            let error = with(text).unwrap_err();
            assert!(
                error.starts_with(&format!("mijn.toml, line {line}: ")),
                "{error}"
            );
            assert!(error.contains(words), "{error}");
        }
    }
}
