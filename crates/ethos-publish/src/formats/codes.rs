//! The code lists of the cube: `codes/<list>.csv`, columns of [`schema::codes`].

use std::path::{Path, PathBuf};

use ethos_model::cube::Measure;
use ethos_model::finding::Text;
use ethos_model::schema;
use ethos_table::{Table, TableError, Value};

use super::codebook::{self, Axis, Code, Dim};
use super::{families, folder};
use crate::error::PublishError;
use crate::release::SafeRelease;
use crate::words::measure::definition;

/// A code list in its file.
pub(super) struct List {
    /// Its key, which columns refer to.
    pub(super) key: &'static str,
    /// What it lists.
    pub(super) title: Text,
    /// The file, relative to the release.
    pub(super) file: PathBuf,
    /// Whether a kind belongs to the code.
    pub(super) kinds: bool,
}

/// Writes the code lists of a release.
pub(super) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<Vec<List>, PublishError> {
    folder(dir, "codes")?;
    let mut lists = Vec::new();
    let mut put = |key: &'static str, title: Text, codes: &[Code]| -> Result<(), PublishError> {
        let file = PathBuf::from(format!("codes/{key}.csv"));
        table(codes)?.write(&dir.join(&file))?;
        lists.push(List {
            key,
            title,
            file,
            kinds: codes.iter().any(|code| code.level.0.is_some()),
        });
        Ok(())
    };
    let tables: Vec<Code> = families(release)
        .map(|(family, _)| {
            let name = codebook::of_both(|language| family.title(language).into());
            codebook::listed(family.key(), name)
        })
        .collect();
    put("table", Text::new("Tabellen", "Tables"), &tables)?;
    for dim in Dim::ALL {
        let axis = Axis::of(dim, release.cube().rows().iter());
        put(dim.key(), dim.name(), &axis.codes)?;
    }
    put("measure", Text::new("Maten", "Measures"), &measures())?;
    put(
        "status",
        Text::new("Statussen", "Statuses"),
        &codebook::statuses(),
    )?;
    Ok(lists)
}

/// The measures. Their StatLine codes are those of the figure itself; its limits have their own.
pub(super) fn measures() -> Vec<Code> {
    Measure::ALL
        .into_iter()
        .map(|measure| {
            let field = codebook::Field {
                measure,
                limit: codebook::Limit::Point,
            };
            Code {
                statline: field.statline(),
                about: Some(codebook::of_both(|language| {
                    definition(measure, language).into()
                })),
                ..codebook::listed(measure.key(), field.name())
            }
        })
        .collect()
}

fn table(codes: &[Code]) -> Result<Table, TableError> {
    let mut table = Table::new(schema::codes());
    for code in codes {
        let about = |pick: fn(&Text) -> &String| code.about.as_ref().map(pick).map(String::as_str);
        let values: [Value<'_>; 8] = [
            code.level.0.as_deref().into(),
            code.level.1.as_str().into(),
            code.name.nl.as_str().into(),
            code.name.en.as_str().into(),
            about(|text| &text.nl).into(),
            about(|text| &text.en).into(),
            code.statline.as_str().into(),
            code.sdmx.as_str().into(),
        ];
        table.push_row(values)?;
    }
    Ok(table)
}
