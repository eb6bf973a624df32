//! From a file to the deliveries in it: a zip archive has one for each of its tables.

use std::io::{self, Read};
use std::sync::Arc;

use super::archive::{Listed, entries};
use super::folder::may_be_table;
use super::source::Source;
use super::{Input, printable};
use crate::error::IngestError;
use crate::refused::Refused;

/// Replaces an archive by its members and a gzip file by what it holds; other files stay. What
/// cannot be unpacked becomes an input that is refused.
///
/// # Errors
/// What the system says of the file.
fn expand(input: Input) -> io::Result<Vec<Input>> {
    let refuse = |input: Input, refused| {
        Ok(vec![Input {
            refused: Some(refused),
            ..input
        }])
    };
    // What was taken out of an archive already is not unpacked again.
    if input.refused.is_some() || matches!(input.source, Source::Member(..) | Source::Gzip(_)) {
        return Ok(vec![input]);
    }
    match packing(&input.source)? {
        Packing::None => Ok(vec![input]),
        Packing::Gzip => {
            let inner = Source::Gzip(Arc::new(input.source.clone()));
            match packing(&inner) {
                // A packed workbook is a workbook.
                Ok(Packing::None) => Ok(vec![Input::new(input.name, inner)]),
                Ok(Packing::Gzip | Packing::Zip(_)) => refuse(input, Refused::Nested),
                Err(error) => match Refused::of(&error) {
                    Some(refused) => refuse(input, refused),
                    None => Err(error),
                },
            }
        }
        Packing::Zip(Err(refused)) => refuse(input, refused),
        Packing::Zip(Ok(members)) => {
            let archive = Arc::new(input.source.clone());
            let mut inputs = Vec::new();
            for member in members {
                match member {
                    Ok(entry) if !may_be_table(&entry.name) => {}
                    Ok(entry) => {
                        let name = format!("{}/{}", input.name, short(&entry.name));
                        let mut found =
                            Input::new(name, Source::Member(Arc::clone(&archive), entry));
                        found.refused = match packing(&found.source) {
                            Ok(Packing::None) => None,
                            Ok(Packing::Gzip | Packing::Zip(_)) => Some(Refused::Nested),
                            Err(error) => match Refused::of(&error) {
                                Some(refused) => Some(refused),
                                None => return Err(error),
                            },
                        };
                        inputs.push(found);
                    }
                    Err((name, refused)) => {
                        let name = format!("{}/{}", input.name, short(&name));
                        let mut unread = Input::new(name, Source::memory(Vec::new()));
                        unread.refused = Some(refused);
                        inputs.push(unread);
                    }
                }
            }
            if inputs.is_empty() {
                return refuse(input, Refused::NothingInside);
            }
            inputs.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(inputs)
        }
    }
}

/// [`expand`] for each of the inputs.
///
/// # Errors
/// [`IngestError::Io`] with the file that the system cannot read.
pub(crate) fn expand_all(inputs: Vec<Input>) -> Result<Vec<Input>, IngestError> {
    let mut expanded = Vec::with_capacity(inputs.len());
    for input in inputs {
        let file = input.name.clone();
        expanded.extend(expand(input).map_err(|source| IngestError::Io { file, source })?);
    }
    Ok(expanded)
}

/// How a file is packed.
enum Packing {
    None,
    Gzip,
    /// A zip archive that is no workbook.
    Zip(Result<Vec<Listed>, Refused>),
}

fn packing(source: &Source) -> io::Result<Packing> {
    let mut first = Vec::new();
    source.open()?.take(4).read_to_end(&mut first)?;
    if first.starts_with(b"\x1f\x8b") {
        return Ok(Packing::Gzip);
    }
    if !matches!(first.as_slice(), b"PK\x03\x04" | b"PK\x05\x06") {
        return Ok(Packing::None);
    }
    let members = match entries(source) {
        Ok(members) => members,
        Err(error) => {
            return match Refused::of(&error) {
                Some(refused) => Ok(Packing::Zip(Err(refused))),
                None => Err(error),
            };
        }
    };
    let is_workbook = members.iter().flatten().any(|entry| {
        matches!(
            entry.name.as_str(),
            "[Content_Types].xml" | "xl/workbook.xml" | "content.xml"
        )
    });
    Ok(if is_workbook {
        Packing::None
    } else {
        Packing::Zip(Ok(members))
    })
}

/// A member's name as it may be shown.
fn short(name: &str) -> String {
    printable(name).chars().take(200).collect()
}
