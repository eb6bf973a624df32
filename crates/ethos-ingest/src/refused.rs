//! Why bytes that the system gave are not read: damaged, hostile or of a kind that cannot be.
//!
//! A refusal travels as an [`io::Error`] through the readers and ends as a blocking finding on
//! the file it concerns, so that one bad member of an archive does not keep the others from
//! being read.

use std::io;

/// Why a file or a part of it is refused.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// Cut off, or not what its first bytes say.
    #[error("the file is damaged or cut off")]
    Damaged,
    /// Unpacks to far more than a delivery can be.
    #[error("the file unpacks to more than is believable")]
    Bomb,
    /// More members than an archive of deliveries has.
    #[error("the archive has too many members")]
    Members,
    /// A member's name points outside the archive.
    #[error("the name of a member leads out of the archive")]
    UnsafeName,
    /// A member is a link to another file.
    #[error("a member is a link")]
    Link,
    /// Protected by a password.
    #[error("the file is protected by a password")]
    Encrypted,
    /// Packed in a way that is not read.
    #[error("the file is packed in a way that is not read")]
    Method,
    /// A table packed in a way that is not read: its kind, and the packing.
    #[error("the {0} file is packed with {1}, which is not read")]
    Packing(&'static str, &'static str),
    /// An archive within an archive.
    #[error("there is an archive within the archive")]
    Nested,
    /// An archive without anything that could be a delivery.
    #[error("there is no table in the archive")]
    NothingInside,
    /// A cell or a piece of markup of unbelievable length.
    #[error("a cell is longer than is believable")]
    TooLong,
    /// Markup that declares entities, which no workbook does.
    #[error("the markup declares entities of its own")]
    Declarations,
    /// Must be held in memory as a whole and is too large for that.
    #[error("the file is too large to be read from here")]
    TooLarge,
}

impl Refused {
    /// The refusal that an error carries.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl From<Refused> for io::Error {
    fn from(refused: Refused) -> Self {
        Self::other(refused)
    }
}
