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
    /// A link in a folder to a place outside it.
    #[error("it is a link that leads out of the folder")]
    LeadsOut,
    /// A link in a folder to nothing, or to itself.
    #[error("it is a link that leads nowhere")]
    LeadsNowhere,
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
    #[error(
        "it is too large to be read into memory this way (more than 2 GB); save it as a file of its own (CSV) and name \
         that"
    )]
    TooLarge,
}

impl Refused {
    /// Why, in Dutch and with the way out.
    pub(crate) fn in_dutch(self) -> String {
        match self {
            Self::Damaged => "het bestand is beschadigd of niet helemaal gekopieerd",
            Self::Bomb => "het bestand pakt uit tot meer dan een levering kan zijn",
            Self::Members => "er zitten te veel bestanden in de zip",
            Self::UnsafeName => "de naam van een bestand in de zip wijst naar een andere map",
            Self::Link => "een bestand in de zip is een koppeling",
            Self::LeadsOut => "het is een koppeling naar buiten de map",
            Self::LeadsNowhere => "het is een koppeling die nergens heen leidt",
            Self::Encrypted => "het bestand is beveiligd met een wachtwoord; haal dat eraf",
            Self::Method => "het bestand is ingepakt op een manier die niet wordt gelezen",
            Self::Packing(kind, packing) => {
                return format!("{kind} met {packing} wordt niet gelezen; lever het als CSV");
            }
            Self::Nested => "er zit nog een ingepakt bestand in de zip",
            Self::NothingInside => "er zit geen levering in de zip",
            Self::TooLong => "een cel of rij is langer dan een levering kan hebben",
            Self::Declarations => "de werkmap bevat eigen declaraties, die geen rekenprogramma schrijft",
            Self::TooLarge => {
                "het is te groot om zo in het geheugen te lezen (meer dan 2 GB); sla het op als los bestand (CSV) en \
                 noem dat bestand"
            }
        }
        .to_owned()
    }

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
