//! When a cell must be filled, by what another cell of the row says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::Text;

/// A condition on another column of the same row: exactly one of `is`, `is_not` and `filled`.
///
/// ```
/// use ethos_model::layout::Condition;
/// let condition = Condition {
///     field: "reden".into(), is: vec!["31".into(), "38".into()], is_not: vec![], filled: None,
/// };
/// assert!(condition.holds("38") && !condition.holds("") && !condition.holds("19"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Name of the other field.
    pub field: String,
    /// The cell holds one of these codes; case does not matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<String>,
    /// The cell is filled, and with none of these codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is_not: Vec<String>,
    /// The cell is filled (`true`) or blank (`false`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filled: Option<bool>,
}

impl Condition {
    /// Whether exactly one test is given.
    pub fn is_clear(&self) -> bool {
        let tests = [
            !self.is.is_empty(),
            !self.is_not.is_empty(),
            self.filled.is_some(),
        ];
        tests.into_iter().filter(|given| *given).count() == 1
    }

    /// The condition in words: `einddatum` is filled.
    pub fn in_words(&self) -> Text {
        let field = &self.field;
        let words = |is: &str, is_not: &str, or: &str, filled: &str, blank: &str| {
            let list = |codes: &[String]| codes.join(&format!(" {or} "));
            match self.filled {
                Some(true) => format!("`{field}` {filled}"),
                Some(false) => format!("`{field}` {blank}"),
                None if !self.is.is_empty() => format!("`{field}` {is} {}", list(&self.is)),
                None => format!("`{field}` {is_not} {}", list(&self.is_not)),
            }
        };
        Text::new(
            words("is", "is niet", "of", "is gevuld", "is leeg"),
            words("is", "is not", "or", "is filled", "is blank"),
        )
    }

    /// Whether a cell of the other column meets the condition. Blanks around it do not matter.
    pub fn holds(&self, cell: &str) -> bool {
        self.holds_bytes(cell.as_bytes())
    }

    /// [`holds`](Self::holds) on the bytes of a cell.
    pub fn holds_bytes(&self, cell: &[u8]) -> bool {
        let cell = cell.trim_ascii();
        let among = |codes: &[String]| {
            codes
                .iter()
                .any(|code| code.as_bytes().eq_ignore_ascii_case(cell))
        };
        match self.filled {
            Some(filled) => filled != cell.is_empty(),
            None if !self.is.is_empty() => among(&self.is),
            None => !cell.is_empty() && !among(&self.is_not),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(text: &str) -> Condition {
        toml::from_str(&format!("field = \"x\"\n{text}")).unwrap()
    }

    #[test]
    fn each_test_asks_what_it_says() {
        let is = condition("is = [\"15\", \"4b\"]");
        assert!(is.is_clear() && is.holds("15") && is.holds(" 4B ") && !is.holds("5"));
        let is_not = condition("is_not = [\"15\"]");
        assert!(is_not.holds("16") && !is_not.holds("15") && !is_not.holds(" "));
        let filled = condition("filled = true");
        assert!(filled.holds("x") && !filled.holds(""));
        assert_eq!(is.in_words().nl, "`x` is 15 of 4b");
        assert_eq!(filled.in_words().en, "`x` is filled");
        let blank = condition("filled = false");
        assert!(blank.holds("") && !blank.holds("x"));
    }

    #[test]
    fn two_tests_or_none_are_not_clear() {
        assert!(!condition("").is_clear());
        assert!(!condition("is = [\"1\"]\nfilled = true").is_clear());
    }
}
