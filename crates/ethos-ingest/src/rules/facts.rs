//! What is known of a file before its rows are read, and what is asked of a text.

use ethos_model::date::Day;
use ethos_model::finding::Text;
use ethos_model::municipality::MunicipalityCode;
use regex::bytes::{Regex, RegexBuilder};

use super::lang::value::{self, MISSING};
use super::lang::{Fact, Feature};
use crate::words::both;

/// The facts of a file.
#[derive(Clone, Default, Debug)]
pub(crate) struct Facts {
    pub(crate) name: String,
    pub(crate) encoding: String,
    pub(crate) delimiter: Option<char>,
    pub(crate) layout: String,
    pub(crate) columns: usize,
    /// The day that decides which rules are in force.
    pub(crate) day: Option<Day>,
    pub(crate) made: Option<Day>,
    pub(crate) period_start: Option<Day>,
    pub(crate) period_end: Option<Day>,
    pub(crate) sender: Option<MunicipalityCode>,
    /// Whether the file is called as the layout says; `None` where it says nothing.
    pub(crate) name_fits: Option<bool>,
}

impl Facts {
    /// A feature of a fact as a value.
    pub(crate) fn lane(&self, fact: Fact, feature: &Feature) -> f64 {
        let name = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let delimiter = match self.delimiter {
            Some('\t') => "tab".to_owned(),
            other => other.map(String::from).unwrap_or_default(),
        };
        let text = match fact {
            Fact::Name => name,
            Fact::Extension => name.rsplit_once('.').map_or("", |(_, extension)| extension),
            Fact::Encoding => &self.encoding,
            Fact::Delimiter => &delimiter,
            Fact::Layout => &self.layout,
            Fact::NameFits => {
                let fits = self
                    .name_fits
                    .map_or(MISSING, |fits| f64::from(u8::from(fits)));
                return plain(fits, feature);
            }
            Fact::Columns => return plain(self.columns as f64, feature),
            Fact::Made => return plain(value::of_day(self.made), feature),
            Fact::PeriodStart => return plain(value::of_day(self.period_start), feature),
            Fact::PeriodEnd => return plain(value::of_day(self.period_end), feature),
            Fact::Sender => {
                let code = self.sender.map_or(MISSING, |code| f64::from(code.number()));
                return plain(code, feature);
            }
        };
        let regex = match feature {
            Feature::Value => return value::of_text(text.as_bytes()),
            Feature::Matches(text) => pattern(text).ok(),
            _ => None,
        };
        of_text(text.as_bytes(), feature, regex.as_ref())
    }
}

/// A feature of what is no text.
fn plain(value: f64, feature: &Feature) -> f64 {
    match feature {
        Feature::Value => value,
        Feature::Blank => f64::from(u8::from(value.is_nan())),
        _ => MISSING,
    }
}

/// What is asked of a text beside its value. Of a blank one only that can be told.
pub(super) fn of_text(text: &[u8], feature: &Feature, regex: Option<&Regex>) -> f64 {
    let yes = |holds: bool| f64::from(u8::from(holds));
    if *feature == Feature::Blank {
        return yes(text.is_empty());
    }
    if text.is_empty() {
        return MISSING;
    }
    match feature {
        Feature::Value | Feature::Blank => value::of_text(text),
        // Bytes that begin a character.
        Feature::Length => text.iter().filter(|byte| *byte & 0xc0 != 0x80).count() as f64,
        Feature::Digits => text.iter().filter(|byte| byte.is_ascii_digit()).count() as f64,
        Feature::Letters => String::from_utf8_lossy(text)
            .chars()
            .filter(|c| c.is_alphabetic())
            .count() as f64,
        Feature::Matches(_) => regex.map_or(MISSING, |regex| yes(regex.is_match(text))),
    }
}

/// A pattern (a regular expression, which matching can never take long with).
pub(super) fn pattern(text: &str) -> Result<Regex, Text> {
    RegexBuilder::new(text)
        .unicode(false)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| {
            let reason = error.to_string();
            let last = reason.lines().last().unwrap_or_default();
            both!(
                "het patroon is niet te lezen: {}",
                "the pattern cannot be read: {}",
                last.trim_start_matches("error: ")
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_asked_like_cells() {
        let facts = Facts {
            name: "leveringen/GM0363_MD_2025.CSV".into(),
            delimiter: Some('\t'),
            ..Facts::default()
        };
        let ask = |fact, feature| facts.lane(fact, &feature);
        assert_eq!(ask(Fact::Extension, Feature::Value), value::of_text(b"csv"));
        assert_eq!(ask(Fact::Delimiter, Feature::Value), value::of_text(b"tab"));
        assert_eq!(ask(Fact::Name, Feature::Length), 18.0);
        let matches = |text: &str| ask(Fact::Name, Feature::Matches(text.into()));
        assert_eq!(matches(r"^GM\d{4}_"), 1.0);
        assert_eq!(matches("leveringen"), 0.0);
        assert_eq!(ask(Fact::Made, Feature::Blank), 1.0);
        assert!(ask(Fact::Sender, Feature::Value).is_nan());
        assert!(pattern("(").unwrap_err().en.contains("unclosed"));
        assert!(pattern(&"(a{1000}){1000}".repeat(3)).is_err());
    }
}
