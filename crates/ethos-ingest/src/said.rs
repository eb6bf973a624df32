//! What a study, or a file next to the data, says of how files are to be read.

use ethos_model::finding::Text;
use serde::Deserialize;

use crate::decode::Encoding;
use crate::head::Reading;
use crate::words::both;

/// How files are to be read, in words: the keys `sheet`, `header_row`, `encoding` and `delimiter`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Words {
    pub(crate) sheet: Option<String>,
    pub(crate) header_row: Option<u64>,
    pub(crate) encoding: Option<String>,
    pub(crate) delimiter: Option<String>,
}

/// How files are to be read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Said {
    sheet: Option<String>,
    header_row: Option<u64>,
    encoding: Option<Encoding>,
    delimiter: Option<char>,
}

impl Said {
    /// What the words mean.
    ///
    /// # Errors
    /// A fragment that names the key at fault and what it may be.
    pub(crate) fn of(words: Words) -> Result<Self, Text> {
        let encoding = words.encoding.map(|name| {
            let encoding = Encoding::from_name(&name);
            encoding.ok_or_else(|| {
                both!(
                    "`encoding = \"{name}\"`: bekend zijn utf-8, utf-16le, utf-16be en windows-1252",
                    "`encoding = \"{name}\"`: {ENCODINGS}"
                )
            })
        });
        let delimiter = words.delimiter.map(|text| {
            let delimiter = delimiter(&text);
            delimiter.map_err(|reason| {
                both!(
                    "`delimiter = \"{text}\"`: een teken zoals ; , of |, of het woord tab",
                    "`delimiter = \"{text}\"`: {reason}"
                )
            })
        });
        if words.header_row == Some(0) {
            return Err(Text::new(
                "`header_row = 0`: de eerste rij van een bestand is rij 1",
                "`header_row = 0`: the first row of a file is row 1",
            ));
        }
        Ok(Self {
            sheet: words.sheet,
            header_row: words.header_row,
            encoding: encoding.transpose()?,
            delimiter: delimiter.transpose()?,
        })
    }

    /// For a reader; what is said here stands behind what `first` says.
    pub(crate) fn after<'a>(&'a self, first: Reading<'a>) -> Reading<'a> {
        Reading {
            encoding: first.encoding.or(self.encoding),
            delimiter: first.delimiter.or(self.delimiter),
            sheet: first.sheet.or(self.sheet.as_deref()),
            header_row: first.header_row.or(self.header_row),
        }
    }
}

/// The encodings that can be named.
pub const ENCODINGS: &str = "known are utf-8, utf-16le, utf-16be and windows-1252";

/// The delimiter that a user names: one character that no cell is made of, or `tab`.
///
/// ```
/// use ethos_ingest::delimiter;
/// assert_eq!(delimiter("tab"), Ok('\t'));
/// assert_eq!(delimiter(";"), Ok(';'));
/// assert!(delimiter("a").is_err());
/// ```
///
/// # Errors
/// A fragment that says what can be one.
pub fn delimiter(text: &str) -> Result<char, &'static str> {
    let usable =
        |c: &char| c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '"' | '\n' | '\r');
    let mut letters = text.chars();
    match (text, letters.next().filter(usable), letters.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        (_, Some(delimiter), None) => Ok(delimiter),
        _ => Err("one character such as ; , or |, or the word tab"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_understood_and_what_is_said_first_stands() {
        let said = Said::of(Words {
            sheet: Some("Export".into()),
            header_row: Some(3),
            encoding: Some("CP1252".into()),
            delimiter: Some("tab".into()),
        })
        .unwrap();
        let first = Reading {
            delimiter: Some(';'),
            ..Reading::default()
        };
        let reading = said.after(first);
        assert_eq!(reading.delimiter, Some(';'));
        assert_eq!(reading.encoding, Some(Encoding::Windows1252));
        assert_eq!(
            (reading.sheet, reading.header_row),
            (Some("Export"), Some(3))
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_can() {
        let refused = |words: Words| Said::of(words).unwrap_err().en;
        let words = Words::default;
        let encoding = Some("ebcdic".to_owned());
        assert!(
            refused(Words {
                encoding,
                ..words()
            })
            .contains("windows-1252")
        );
        let delimiter = Some("ab".to_owned());
        assert!(
            refused(Words {
                delimiter,
                ..words()
            })
            .contains("the word tab")
        );
        let header_row = Some(0);
        assert!(
            refused(Words {
                header_row,
                ..words()
            })
            .contains("row 1")
        );
    }
}
