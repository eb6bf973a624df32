//! What to write in place of a cell.

use std::fmt;

use serde::{Serialize, Serializer};

use super::MaskedValue;

/// A value to write in place of a cell's.
///
/// It is kept whole for whoever writes the mended file; shown, serialised and debugged it is
/// masked, unless it was declared to tell nothing of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Suggestion {
    value: String,
    personal: bool,
}

impl Suggestion {
    /// A value that may be somebody's: a number, a date.
    pub fn personal(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            personal: true,
        }
    }

    /// A value that tells nothing of a person: a municipality, a code of a list.
    pub fn open(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            personal: false,
        }
    }

    /// The value whole: to be written into the sender's own file and nowhere else.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The value as it may be shown.
    ///
    /// ```
    /// use ethos_model::finding::Suggestion;
    /// assert_eq!(Suggestion::personal("012345672").shown().as_str(), "*******72");
    /// assert_eq!(Suggestion::open("0363").shown().as_str(), "0363");
    /// ```
    pub fn shown(&self) -> MaskedValue {
        if self.personal {
            MaskedValue::of(&self.value)
        } else {
            MaskedValue::open(&self.value)
        }
    }
}

impl fmt::Debug for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Suggestion({:?})", self.shown().as_str())
    }
}

impl Serialize for Suggestion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.shown().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_value_is_never_shown_whole() {
        let number = Suggestion::personal("012345672");
        assert_eq!(number.value(), "012345672");
        for shown in [
            format!("{number:?}"),
            serde_json::to_string(&number).unwrap(),
        ] {
            assert!(!shown.contains("12345") && shown.contains("72"), "{shown}");
        }
    }
}
