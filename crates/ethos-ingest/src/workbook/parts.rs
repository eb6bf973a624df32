//! The parts of a workbook: the members of the archive that it is.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use crate::input::{Entry, Source, entries};
use crate::refused::Refused;

use super::xml::Xml;

/// A part, opened.
pub(super) type Part = Xml<Box<dyn Read + Send>>;

/// The parts by name.
pub(super) struct Parts {
    archive: Arc<Source>,
    /// By name in lower case, as names of parts are compared.
    parts: BTreeMap<String, Result<Entry, Refused>>,
}

impl Parts {
    pub(super) fn open(source: &Source) -> io::Result<Self> {
        let archive = source.settled()?;
        let mut parts = BTreeMap::new();
        for member in entries(&archive)? {
            let (name, part) = match member {
                Ok(entry) => (entry.name.to_lowercase(), Ok(entry)),
                Err((name, refused)) => (name.to_lowercase(), Err(refused)),
            };
            parts.insert(name, part);
        }
        Ok(Self {
            archive: Arc::new(archive),
            parts,
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.parts.contains_key(&name.to_lowercase())
    }

    /// Opens a part; `None` when there is none of this name.
    pub(super) fn part(&self, name: &str) -> io::Result<Option<Part>> {
        Ok(self.open_part(name)?.map(Xml::new))
    }

    /// The first bytes of a part.
    pub(super) fn beginning(&self, name: &str, most: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(part) = self.open_part(name)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        part.take(most).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn open_part(&self, name: &str) -> io::Result<Option<Box<dyn Read + Send>>> {
        let Some(part) = self.parts.get(&name.to_lowercase()) else {
            return Ok(None);
        };
        let entry = part.clone()?;
        let source = Source::Member(Arc::clone(&self.archive), entry);
        source.open().map(Some)
    }
}
