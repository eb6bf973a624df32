//! What a reader of the figures must know, in Dutch and English.

use ethos_model::finding::Text;

/// A remark on the figures. It holds counts and names of lists, never anything of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// Stable code, such as `list_absent`.
    pub code: &'static str,
    /// The date or period it is about, as in [`ethos_model::date::Time::label`]; `None` for the
    /// whole count.
    pub time: Option<String>,
    /// The remark.
    pub text: Text,
}

impl Note {
    /// A remark on the figures of a date, a period or the whole count.
    pub fn new(code: &'static str, time: Option<String>, nl: String, en: String) -> Self {
        Self {
            code,
            time,
            text: Text::new(nl, en),
        }
    }
}
