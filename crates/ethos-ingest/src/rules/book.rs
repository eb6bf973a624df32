//! The rule book: the shipped rules, and those a user adds or puts in their place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ethos_model::date::Day;
use ethos_model::finding::{RuleCode, Text};
use ethos_model::layout::Layout;

use super::error::RuleError;
use super::example::GoodRow;
use super::known::KnownNames;
use super::lang;
use super::observation::Observation;
use super::parameter::Parameter;
use super::rule::Rule;
use super::source::{self, Draft};
use crate::layout;
use crate::words::{both, io_text};

/// The shipped files of rules, one per subject.
const SHIPPED: [(&str, &str); 19] = [
    (
        "voorbeelden.toml",
        include_str!("../../../../data/reference/rules/voorbeelden.toml"),
    ),
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
        "werkmap.toml",
        include_str!("../../../../data/reference/rules/werkmap.toml"),
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
        "teken.toml",
        include_str!("../../../../data/reference/rules/teken.toml"),
    ),
    (
        "dubbel.toml",
        include_str!("../../../../data/reference/rules/dubbel.toml"),
    ),
    (
        "persoon.toml",
        include_str!("../../../../data/reference/rules/persoon.toml"),
    ),
    (
        "periode.toml",
        include_str!("../../../../data/reference/rules/periode.toml"),
    ),
    (
        "verblijf.toml",
        include_str!("../../../../data/reference/rules/verblijf.toml"),
    ),
    (
        "categorie.toml",
        include_str!("../../../../data/reference/rules/categorie.toml"),
    ),
    (
        "inhoud.toml",
        include_str!("../../../../data/reference/rules/inhoud.toml"),
    ),
    (
        "correctie.toml",
        include_str!("../../../../data/reference/rules/correctie.toml"),
    ),
    (
        "vergelijk.toml",
        include_str!("../../../../data/reference/rules/vergelijk.toml"),
    ),
];

/// Rules by code, in code order, and the parameters they name.
#[derive(Clone, Debug, Default)]
pub struct RuleBook {
    rules: Vec<Rule>,
    parameters: BTreeMap<String, Parameter>,
    drafts: BTreeMap<RuleCode, Draft>,
    good_rows: BTreeMap<String, GoodRow>,
    names: KnownNames,
    own_files: Vec<PathBuf>,
    /// Rows up to which rules about persons are asked, where an example says other than usual.
    most_rows: Option<usize>,
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
        let layouts = layout::list(None).map_err(|error| RuleError::of_layouts(&error))?;
        let mut book = Self {
            names: KnownNames::of(&layouts),
            ..Self::default()
        };
        for (name, text) in SHIPPED {
            book.take(text, name)?;
        }
        book.resolve()?;
        Ok(book)
    }

    /// Rows of a file up to which rules of scope `person` are asked.
    pub(crate) fn most_rows(&self) -> usize {
        self.most_rows.unwrap_or(super::engine::MOST_ROWS)
    }

    /// The book with another bound on the rows of such rules.
    pub(super) fn with_most_rows(mut self, most: usize) -> Self {
        self.most_rows = Some(most);
        self
    }

    /// The shipped rules with those of a folder: each `.toml` file in it, by name. A rule with
    /// a code that is known changes that rule, and need only say what is different; with
    /// `off = true` it is switched off. Rules may name the fields of the shipped layouts and,
    /// where a folder is given, of the layouts in it (see [`layout`](crate::layout)).
    ///
    /// # Errors
    /// [`RuleError`] with file and line: a file that cannot be read, a key that does not exist
    /// (with a suggestion), a rule that is not whole or contradicts itself, an expression that
    /// cannot be read.
    pub fn with_folder(folder: &Path, layout_dir: Option<&Path>) -> Result<Self, RuleError> {
        let mut book = Self::with_layouts(layout_dir)?;
        let unreadable = |path: &Path, error: std::io::Error| RuleError {
            unreadable: true,
            ..RuleError::new(&name_of(path), None, io_text(&error))
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
        let mut said: BTreeMap<RuleCode, String> = BTreeMap::new();
        for path in files {
            let text = crate::held::text(&path).map_err(|error| unreadable(&path, error))?;
            let name = name_of(&path);
            for code in book.take(&text, &name)? {
                // Which of two files would hold is no question for their names.
                if let Some(first) = said.insert(code, name.clone()) {
                    let reason = both!(
                        "regel {code} staat ook in {first}; laat hem in een van beide staan",
                        "rule {code} is in {first} too; keep it in one of them"
                    );
                    return Err(RuleError::new(&name, None, reason));
                }
            }
            book.own_files.push(path);
        }
        book.resolve()?;
        Ok(book)
    }

    /// The shipped rules, which know the fields of a folder's layouts too.
    ///
    /// # Errors
    /// [`RuleError`]: a layout in the folder cannot be used.
    pub fn with_layouts(layout_dir: Option<&Path>) -> Result<Self, RuleError> {
        let mut book = Self::shipped().clone();
        if layout_dir.is_some() {
            let layouts =
                layout::list(layout_dir).map_err(|error| RuleError::of_layouts(&error))?;
            book.names = KnownNames::of(&layouts);
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
            Self::with_folder(&folder, Some(study_dir))
        } else {
            Ok(Self::shipped().clone())
        }
    }

    /// Adds the rules of a file's text. `file` is what errors call it.
    ///
    /// # Errors
    /// As [`Self::with_folder`].
    pub fn add(&mut self, text: &str, file: &str) -> Result<(), RuleError> {
        self.take(text, file)?;
        self.resolve()
    }

    /// Takes what a file says, and tells of which rules; [`Self::resolve`] makes rules of it.
    fn take(&mut self, text: &str, file: &str) -> Result<Vec<RuleCode>, RuleError> {
        let source = source::parse(text, file)?;
        for (name, parameter) in source.parameters {
            let span = parameter.span();
            let wrong = |reason: Text| {
                let reason = Text::new(
                    format!("parameter `{name}`: {}", reason.nl),
                    format!("parameter `{name}`: {}", reason.en),
                );
                RuleError::at(file, text, span.start, reason)
            };
            let taken = lang::field_of(&name, &self.names).is_ok()
                || lang::facts().iter().any(|fact| fact.name == name)
                || lang::MEASURES.iter().any(|measure| measure.name == name);
            if taken {
                return Err(wrong(Text::new(
                    "een veld, feit of maat heet al zo",
                    "a field, fact or measure has this name",
                )));
            }
            let resolved = parameter
                .get_ref()
                .resolve(self.parameters.get(&name), file)
                .map_err(wrong)?;
            self.parameters.insert(name, resolved);
        }
        let mut here = Vec::new();
        for rule in source.rules {
            let code = *rule.id.get_ref();
            let start = rule.id.span().start;
            if here.contains(&code) {
                let reason = both!(
                    "regel {code} staat twee keer in dit bestand",
                    "rule {code} occurs twice in this file"
                );
                return Err(RuleError::at(file, text, start, reason));
            }
            here.push(code);
            let before = self.drafts.remove(&code);
            if rule.off {
                if before.is_none() {
                    let reason = both!(
                        "er is geen regel {code} om uit te zetten",
                        "there is no rule {code} to switch off"
                    );
                    return Err(RuleError::at(file, text, start, reason));
                }
                continue;
            }
            self.drafts.insert(code, rule.over(before, file, text));
        }
        for row in source.good_rows {
            self.good_rows.insert(row.layout.clone(), row);
        }
        Ok(here)
    }

    fn resolve(&mut self) -> Result<(), RuleError> {
        self.rules = self
            .drafts
            .values()
            .map(|draft| draft.resolve(&self.parameters, &self.names))
            .collect::<Result<_, _>>()?;
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

    /// Fields that only layouts of the user's own have, with what they hold.
    pub(super) fn own_fields(&self) -> Vec<(&str, lang::Type)> {
        self.names.beyond(&Self::shipped().names)
    }

    /// The parameters, by name.
    pub fn parameters(&self) -> &BTreeMap<String, Parameter> {
        &self.parameters
    }

    /// The row in which nothing is wrong, of a layout's examples.
    pub(super) fn good_row(&self, layout: &str) -> Option<&GoodRow> {
        self.good_rows.get(layout)
    }

    /// The user's own files of rules.
    pub(crate) fn own_files(&self) -> &[PathBuf] {
        &self.own_files
    }

    /// The rule that tells an observation.
    pub fn telling(&self, seen: Observation) -> Option<&Rule> {
        let told = |rule: &&Rule| rule.observes() == Some(seen);
        self.rules.iter().find(told)
    }

    /// For each observation, the position of the rule that tells it for files of a layout made
    /// on a day: the first by code, should there be several.
    pub(crate) fn observers(&self, layout: Option<&Layout>, day: Option<Day>) -> Vec<Option<u16>> {
        let mut observers = vec![None; Observation::ALL.len()];
        for (at, rule) in self.rules.iter().enumerate() {
            let Some(seen) = rule.observes() else {
                continue;
            };
            let observer = &mut observers[seen as usize];
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
    use ethos_model::category::Language;
    use ethos_model::finding::Severity;

    use super::*;
    use crate::rules::{Detail, Place};

    #[test]
    fn two_files_of_ones_own_do_not_say_different_things_of_a_rule() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, severity: &str| {
            let text = format!("[[rule]]\nid = \"BSN05\"\nseverity = \"{severity}\"\n");
            fs::write(folder.path().join(name), text).unwrap();
        };
        write("a.toml", "error");
        let book = RuleBook::with_folder(folder.path(), None).unwrap();
        assert_eq!(book.find("BSN05").unwrap().severity, Severity::Error);
        write("b.toml", "note");
        let error = RuleBook::with_folder(folder.path(), None).unwrap_err();
        assert!(error.to_string().contains("a.toml too"), "{error}");
    }

    #[test]
    fn mistakes_in_rules_are_told_in_dutch() {
        const WORDS: &str = "severity = \"warning\"\ntitle = { nl = \"a\", en = \"b\" }\n\
            message = { nl = \"a\", en = \"b\" }\nfix = { nl = \"a\", en = \"b\" }\n";
        let rule = |what: &str| format!("[[rule]]\nid = \"XYZ01\"\n{what}\n{WORDS}");
        for (text, says) in [
            (
                rule("find = \"end < 'x'\""),
                "een dag wordt vergeleken met een tekst",
            ),
            (
                rule("find = \"end < strt\""),
                "er is geen veld, feit of parameter `strt`; bedoelt u `start`?",
            ),
            (
                rule("find = \"end\""),
                "dit is een dag, en een regel vindt waar iets geldt",
            ),
            (
                rule("find = \"end < \""),
                "er staat het eind waar een veld, een getal, een dag of een tekst hoort",
            ),
            (
                rule("find = \"end ? start\""),
                "is geen woord van de taal van regels",
            ),
            (
                rule("find = \"product matches '('\""),
                "het patroon is niet te lezen",
            ),
            (
                rule("find = \"ages(end) > 3\""),
                "er is geen functie `ages`",
            ),
            (
                rule("find = \"days(end) > 3\""),
                "`days` neemt 2 waarden, en heeft er 1",
            ),
            (
                rule("observes = \"bsn.blnk\""),
                "er is geen waarneming `bsn.blnk`; bedoelt u `bsn.blank`?",
            ),
            (rule(""), "ontbreken allebei"),
            (
                rule("find = \"end < start\"\nshows = \"days(2000-01-01, birth_date)\""),
                "hieruit is iemands dag terug te rekenen",
            ),
            (
                rule("find = \"end < start\"\nshows = \"1000 - days(start, 2020-01-01)\""),
                "hieruit is iemands dag terug te rekenen",
            ),
            (
                rule("find = \"end < start\"\nshows = \"100 * month(end) + day(end)\""),
                "hieruit is iemands dag terug te rekenen",
            ),
            (
                rule("find = \"end < start\"\nshows = \"days(birth_date, start)\""),
                "hieruit is iemands dag terug te rekenen",
            ),
            (
                rule("find = \"end < start\"\nvalid_from = 2026-01-01\nvalid_until = 2025-01-01"),
                "hij geldt tot 2025-01-01",
            ),
            (
                rule("find = \"end < start\"\nsevrity = \"note\""),
                "er is geen sleutel `sevrity`",
            ),
            (
                rule("find = \"end < start\"") + &rule("find = \"end < start\""),
                "staat twee keer in dit bestand",
            ),
            (
                "[[rule]]\nid = \"XYZ01\"\noff = true\n".to_owned(),
                "er is geen regel XYZ01 om uit te zetten",
            ),
            (
                "[[rule]]\nid = \"XYZ01\"\nfind = \"end < start\"\n".to_owned(),
                "er staat geen `",
            ),
            ("[parameters.start]\nvalue = 3\n".to_owned(), "heet al zo"),
            (
                "[parameters.nieuw]\nvalue = 3\n".to_owned(),
                "heeft een `meaning` nodig",
            ),
        ] {
            let error = RuleBook::shipped()
                .clone()
                .add(&text, "mijn.toml")
                .unwrap_err();
            let said = error.words(Language::Nl);
            assert!(said.contains(says), "`{says}` is not in: {said}");
        }
        let gone = RuleBook::with_folder(Path::new("/nergens"), None).unwrap_err();
        assert!(gone.words(Language::Nl).contains("bestaat niet"), "{gone}");
    }

    #[test]
    fn the_shipped_rules_are_whole() {
        let book = RuleBook::read_shipped().unwrap();
        for seen in Observation::ALL {
            let told = book
                .rules()
                .iter()
                .filter(|rule| rule.observes() == Some(*seen));
            assert_eq!(told.count(), 1, "{}", seen.key());
        }
        assert!(book.rules().len() >= 80, "{}", book.rules().len());
        for rule in book.rules() {
            assert!(!rule.source.is_empty(), "{}", rule.code);
            for text in [&rule.title, &rule.message, &rule.why, &rule.fix] {
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
