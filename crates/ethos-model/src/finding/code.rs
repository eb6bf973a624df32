//! The code of a rule.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The code of a rule: three capitals for its subject and two digits, such as `BSN01`.
///
/// It is five bytes, is copied freely, and compares with text.
///
/// ```
/// use ethos_model::finding::RuleCode;
/// let code: RuleCode = "bsn01".parse().unwrap();
/// assert_eq!(code, "BSN01");
/// assert!("BSN1".parse::<RuleCode>().is_err());
/// ```
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleCode([u8; 5]);

/// A text that is no rule code.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is no rule code: write three letters and two digits, such as BSN01")]
pub struct NoRuleCode(String);

impl RuleCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        // ASCII by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The letters that stand for its subject.
    pub fn subject(&self) -> &str {
        &self.as_str()[..3]
    }
}

impl FromStr for RuleCode {
    type Err = NoRuleCode;

    fn from_str(text: &str) -> Result<Self, NoRuleCode> {
        let wrong = || NoRuleCode(text.chars().take(20).collect());
        let mut code = <[u8; 5]>::try_from(text.as_bytes()).map_err(|_| wrong())?;
        code.make_ascii_uppercase();
        let (letters, digits) = code.split_at(3);
        if letters.iter().all(u8::is_ascii_uppercase) && digits.iter().all(u8::is_ascii_digit) {
            Ok(Self(code))
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for RuleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RuleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// As the text's, so that a map by code can be asked with a text.
impl Hash for RuleCode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for RuleCode {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for RuleCode {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for RuleCode {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for RuleCode {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Serialize for RuleCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RuleCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

impl schemars::JsonSchema for RuleCode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RuleCode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Z]{3}[0-9]{2}$" })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn only_three_letters_and_two_digits_are_a_code() {
        for wrong in [
            "", "BSN", "BSN1", "BSN001", "B5N01", "BSN0x", "BSNé1", "ÉN012",
        ] {
            assert!(wrong.parse::<RuleCode>().is_err(), "{wrong}");
        }
        let code: RuleCode = "gem02".parse().unwrap();
        assert_eq!((code.as_str(), code.subject()), ("GEM02", "GEM"));
        assert_eq!(format!("{code:<7}|"), "GEM02  |");
        let counts = BTreeMap::from([(code, 3)]);
        assert_eq!(counts["GEM02"], 3);
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"GEM02\"");
        assert_eq!(serde_json::from_str::<RuleCode>("\"GEM02\"").unwrap(), code);
    }
}
