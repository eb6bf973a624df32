//! Column names that the user says stand for a field: on the command line, or in a file next to
//! the data, so that next year's delivery is read the same way. That file can say too how the
//! files beside it are read: their sheet, header row, encoding and delimiter.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ethos_model::finding::Text;
use ethos_model::layout::Layout;
use ethos_model::suggest::did_you_mean_text;
use serde::Deserialize;

use crate::error::IngestError;
use crate::head::Reading;
use crate::layout::{LayoutError, normalised, parse_toml};
use crate::said::{Said, Words};

/// Name of the file next to the data.
pub const RENAMES_FILE: &str = "kolommen.toml";

/// Which field a column of another name is: `begindatum` is `startdatum`.
///
/// ```
/// use ethos_ingest::Renames;
/// let renames = Renames::of(["Begin Datum=startdatum"]).unwrap();
/// assert_eq!(renames.field_of("begin_datum"), Some("startdatum"));
/// assert_eq!(renames.field_of("einddatum"), None);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Renames {
    /// Normalised column name to field name.
    columns: BTreeMap<String, String>,
    /// How the file is to be read beside that.
    said: Said,
}

impl Renames {
    /// These for a file of this path: those in the file next to it, and these before them. With
    /// the file they were read from.
    ///
    /// # Errors
    /// As [`Self::beside`] and [`Self::check`].
    pub(crate) fn for_file(
        &self,
        data: Option<&PathBuf>,
        layouts: &[Layout],
    ) -> Result<(Self, Option<PathBuf>), IngestError> {
        let Some(data) = data else {
            return Ok((self.clone(), None));
        };
        match Self::beside(data)? {
            None => Ok((self.clone(), None)),
            Some((beside, path)) => {
                beside.check(layouts)?;
                Ok((beside.overridden_by(self), Some(path)))
            }
        }
    }
}

/// Why a renaming cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RenamesError {
    /// It is not written as it should be.
    #[error("`{0}` does not say which column is which field; write it as begindatum=startdatum")]
    Malformed(String),
    /// No layout has the field.
    #[error("`{column}={field}`: no layout has a column `{field}`{}", hint.en)]
    NoField {
        /// The column of the file.
        column: String,
        /// The field it should be.
        field: String,
        /// A suggestion.
        hint: Text,
    },
}

/// The file next to the data.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RenamesFile {
    #[serde(default)]
    columns: BTreeMap<String, String>,
    #[serde(default)]
    reading: Words,
}

impl Renames {
    /// Reads `column=field` pairs.
    ///
    /// # Errors
    /// [`RenamesError::Malformed`] for a text without `=`, or with nothing on one of its sides.
    pub fn of<S: AsRef<str>>(pairs: impl IntoIterator<Item = S>) -> Result<Self, RenamesError> {
        let mut columns = BTreeMap::new();
        for pair in pairs {
            let pair = pair.as_ref();
            let malformed = || RenamesError::Malformed(pair.to_owned());
            let (column, field) = pair.split_once('=').ok_or_else(malformed)?;
            if column.trim().is_empty() || field.trim().is_empty() {
                return Err(malformed());
            }
            columns.insert(normalised(column), field.trim().to_owned());
        }
        Ok(Self {
            columns,
            said: Said::default(),
        })
    }

    /// The file [`RENAMES_FILE`] in the folder of a data file, if there is one.
    ///
    /// # Errors
    /// The file cannot be read, or is no table `[columns]` of `column = "field"` with perhaps a
    /// table `[reading]`.
    pub fn beside(data: &Path) -> Result<Option<(Self, PathBuf)>, IngestError> {
        let path = data.with_file_name(RENAMES_FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let text = crate::held::text(&path).map_err(|error| LayoutError::Unreadable {
            file: RENAMES_FILE.to_owned(),
            reason: crate::words::io_text(&error),
        })?;
        let file: RenamesFile = parse_toml(&text, RENAMES_FILE)?;
        let pairs = file.columns.into_iter();
        let columns = pairs
            .map(|(column, field)| (normalised(&column), field))
            .collect();
        let said = Said::of(file.reading).map_err(|reason| IngestError::Reading {
            place: RENAMES_FILE.to_owned(),
            reason,
        })?;
        Ok(Some((Self { columns, said }, path)))
    }

    /// How the file is to be read, where that is not said in another place first.
    pub(crate) fn after<'a>(&'a self, first: Reading<'a>) -> Reading<'a> {
        self.said.after(first)
    }

    /// The field that a column of this name is, if it was said.
    pub fn field_of(&self, column: &str) -> Option<&str> {
        if self.columns.is_empty() {
            return None;
        }
        self.columns.get(&normalised(column)).map(String::as_str)
    }

    /// Of these names, normalised, those that are renamed.
    pub(crate) fn named_in(&self, names: &[String]) -> Vec<String> {
        let named = |name: &String| self.field_of(name).map(|_| normalised(name));
        names.iter().filter_map(named).collect()
    }

    /// The columns that are renamed, normalised.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// Whether nothing is renamed.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// These, and those of `over` in their place where both name a column.
    #[must_use]
    pub fn overridden_by(mut self, over: &Self) -> Self {
        let over = over.columns.iter();
        self.columns
            .extend(over.map(|(column, field)| (column.clone(), field.clone())));
        self
    }

    /// Checks that every field named is one of some layout.
    ///
    /// # Errors
    /// [`RenamesError::NoField`], with the nearest field.
    pub fn check(&self, layouts: &[Layout]) -> Result<(), RenamesError> {
        let fields = || layouts.iter().flat_map(|layout| &layout.fields);
        for (column, field) in &self.columns {
            let known = |name: &String| normalised(name) == normalised(field);
            if fields().any(|declared| known(&declared.name) || declared.aliases.iter().any(known))
            {
                continue;
            }
            let mut names: Vec<&str> = fields().map(|field| field.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            // With all layouts in play a list of every field would help nobody.
            let hint = match ethos_model::suggest::nearest(field, &names) {
                None if layouts.len() > 1 => Text::default(),
                _ => did_you_mean_text(field, &names),
            };
            return Err(RenamesError::NoField {
                column: column.clone(),
                field: field.clone(),
                hint,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::layout;

    #[test]
    fn renames_are_read_from_pairs_and_from_the_file_next_to_the_data() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("a.csv");
        assert!(Renames::beside(&data).unwrap().is_none());
        let file = folder.path().join(RENAMES_FILE);
        fs::write(
            &file,
            "[columns]\n\"Begin datum\" = \"startdatum\"\nbsnr = \"bsn\"\n",
        )
        .unwrap();
        let (renames, path) = Renames::beside(&data).unwrap().unwrap();
        assert_eq!(path, file);
        assert_eq!(renames.field_of("begin-datum"), Some("startdatum"));
        let over = Renames::of(["bsnr=organisatie"]).unwrap();
        assert_eq!(
            renames.overridden_by(&over).field_of("BSNR"),
            Some("organisatie")
        );
        fs::write(&file, "[reading]\nsheet = \"Export\"\nheader_row = 2\n").unwrap();
        let (said, _) = Renames::beside(&data).unwrap().unwrap();
        let reading = said.after(Reading::default());
        assert_eq!(
            (reading.sheet, reading.header_row),
            (Some("Export"), Some(2))
        );
        fs::write(&file, "[reading]\nencoding = \"x\"\n").unwrap();
        let message = Renames::beside(&data).unwrap_err().to_string();
        assert!(message.contains("kolommen.toml: `encoding"), "{message}");
        fs::write(&file, "[column]\na = \"b\"\n").unwrap();
        let message = Renames::beside(&data).unwrap_err().to_string();
        assert!(message.contains("did you mean `columns`"), "{message}");
        for wrong in ["a", "=b", "a="] {
            assert!(Renames::of([wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_field_that_no_layout_has_is_refused() {
        let layouts = [layout::find("register/adresloze-bijstand", None).unwrap()];
        let check = |pair: &str| Renames::of([pair]).unwrap().check(&layouts);
        assert!(check("begin=ingangsdatum").is_ok());
        let message = check("begin=ingangsdatm").unwrap_err().to_string();
        assert!(message.contains("did you mean `ingangsdatum`"), "{message}");
    }
}
