//! What is in a zip archive, by its directory: nothing is unpacked here and no name is ever
//! used as a path.

use std::io;

use zip::{CompressionMethod, ZipArchive};

use super::source::Source;
use crate::limits;
use crate::refused::Refused;

/// How a member is packed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Method {
    Stored,
    Deflated,
}

/// A member of an archive that can be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    /// Name, parts between `/`.
    pub(crate) name: String,
    /// Where its bytes begin in the archive.
    pub(crate) at: u64,
    pub(crate) packed: u64,
    pub(crate) size: u64,
    pub(crate) crc: u32,
    pub(crate) method: Method,
}

/// A member of an archive: to be read, or why not.
pub(crate) type Listed = Result<Entry, (String, Refused)>;

/// The members of an archive in the order of its directory, folders left out.
///
/// # Errors
/// What the system says; [`Refused`] for an archive that cannot be read as a whole.
pub(crate) fn entries(archive: &Source) -> io::Result<Vec<Listed>> {
    let damaged = |_| io::Error::from(Refused::Damaged);
    let mut zip = ZipArchive::new(archive.open_at_will()?).map_err(damaged)?;
    if zip.len() > limits::MEMBERS {
        return Err(Refused::Members.into());
    }
    let allowed = limits::unpacked(archive.packed_size());
    let (mut total, mut found) = (0_u64, Vec::new());
    for at in 0..zip.len() {
        let member = match zip.by_index_raw(at) {
            Ok(member) => member,
            Err(zip::result::ZipError::Io(error))
                if error.kind() != io::ErrorKind::UnexpectedEof =>
            {
                return Err(error);
            }
            Err(_) => return Err(Refused::Damaged.into()),
        };
        let name = String::from_utf8_lossy(member.name_raw()).replace('\\', "/");
        if name.ends_with('/') {
            continue;
        }
        total = total.saturating_add(member.size());
        if total > allowed || member.size() > limits::unpacked(member.compressed_size()) {
            return Err(Refused::Bomb.into());
        }
        let is_link = member
            .unix_mode()
            .is_some_and(|mode| mode & 0o170_000 == 0o120_000);
        let method = match member.compression() {
            CompressionMethod::Stored => Some(Method::Stored),
            CompressionMethod::Deflated => Some(Method::Deflated),
            _ => None,
        };
        found.push(if leads_out(&name) {
            Err((name, Refused::UnsafeName))
        } else if is_link {
            Err((name, Refused::Link))
        } else if member.encrypted() {
            Err((name, Refused::Encrypted))
        } else if let (Some(method), Some(start)) = (method, member.data_start()) {
            Ok(Entry {
                name,
                at: start,
                packed: member.compressed_size(),
                size: member.size(),
                crc: member.crc32(),
                method,
            })
        } else {
            Err((name, Refused::Method))
        });
    }
    Ok(found)
}

/// Whether a name, used as a path, would lead out of the folder it is unpacked in.
fn leads_out(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    name.starts_with('/')
        || drive
        || name.contains('\0')
        || name.split('/').any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out_are_known() {
        for name in [
            "../a.csv",
            "/etc/a.csv",
            "a/../../b.csv",
            "C:/a.csv",
            "a\0b.csv",
        ] {
            assert!(leads_out(name), "{name}");
        }
        for name in ["a.csv", "map/a.csv", "a..csv", "..a/b.csv"] {
            assert!(!leads_out(name), "{name}");
        }
    }
}
