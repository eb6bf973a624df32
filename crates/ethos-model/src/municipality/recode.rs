//! A code of one year as a code of another.

use std::collections::BTreeSet;

use super::{ChangeKind, MunicipalityCode, MunicipalityRegister, SplitShares};
use crate::date::Day;

/// What a code means on another day. Exactly one of these holds for every code and day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recoding {
    /// The code is in use on that day. (Its area may have grown: see
    /// [`MunicipalityRegister::absorbed_between`].)
    Same,
    /// The municipality went, whole, into this one; through several changes if need be.
    Successor {
        /// The code of that day.
        code: MunicipalityCode,
        /// The day of the last change on the way.
        since: Day,
    },
    /// The code is younger than that day, and the same area had this older code then.
    Predecessor {
        /// The code of that day.
        code: MunicipalityCode,
        /// The first day the older code was no longer in use.
        until: Day,
    },
    /// The municipality was divided and no share was declared for it: nobody can say where a
    /// person went.
    Split {
        /// The day of the division.
        since: Day,
        /// The municipalities of that day that hold a part, in code order.
        parts: Vec<MunicipalityCode>,
    },
    /// The municipality was divided, and the declared shares and the draw of this person lead
    /// to this part.
    Shared {
        /// The code of that day.
        code: MunicipalityCode,
        /// The day of the last change on the way.
        since: Day,
    },
    /// The code is younger than that day, and its area was several municipalities then.
    Future {
        /// First day of the code.
        since: Day,
    },
    /// `0000` or `1999`.
    NotAMunicipality,
    /// No municipality since 2015 had this code.
    Unknown,
}

impl Recoding {
    /// The code of that day for the code that was asked for; `None` when there is not exactly
    /// one.
    pub fn resolve(&self, asked: MunicipalityCode) -> Option<MunicipalityCode> {
        match *self {
            Self::Same => Some(asked),
            Self::Successor { code, .. }
            | Self::Predecessor { code, .. }
            | Self::Shared { code, .. } => Some(code),
            Self::Split { .. } | Self::Future { .. } | Self::NotAMunicipality | Self::Unknown => {
                None
            }
        }
    }
}

impl MunicipalityRegister {
    /// The meaning of `code` on the day `to`.
    ///
    /// Mergers and renames are followed to their end. A municipality that was divided needs a
    /// declared share; then `draw` decides, so that the same draw always leads to the same
    /// part. Give every person the same draw in every table: the leading bits of the person's
    /// token, or of the household's where a household must stay together.
    ///
    /// Backwards only a change of code can be undone. Where several municipalities became one,
    /// the answer is [`Recoding::Future`].
    pub fn recode(
        &self,
        code: MunicipalityCode,
        to: Day,
        shares: &SplitShares,
        draw: u64,
    ) -> Recoding {
        if !code.is_municipality() {
            return Recoding::NotAMunicipality;
        }
        match self.get(code) {
            None => Recoding::Unknown,
            Some(found) if found.valid_on(to) => Recoding::Same,
            Some(found) => match found.valid_from {
                Some(since) if to < since => self.backwards(code, since, to),
                _ => self.forwards(code, to, shares, draw),
            },
        }
    }

    fn forwards(
        &self,
        code: MunicipalityCode,
        to: Day,
        shares: &SplitShares,
        draw: u64,
    ) -> Recoding {
        let mut at = code;
        let mut shared = false;
        while let Some(change) = self.change_of(at) {
            let since = change.date;
            at = match &change.kind {
                ChangeKind::Merger(next) | ChangeKind::Rename(next) => *next,
                ChangeKind::Split(parts) => {
                    let Some(part) = shares.pick(at, draw) else {
                        let parts = parts.iter().flat_map(|&part| self.heirs_on(part, to));
                        let parts = parts.collect::<BTreeSet<_>>().into_iter().collect();
                        return Recoding::Split { since, parts };
                    };
                    shared = true;
                    part
                }
            };
            if self.valid_on(at, to) {
                return if shared {
                    Recoding::Shared { code: at, since }
                } else {
                    Recoding::Successor { code: at, since }
                };
            }
        }
        Recoding::Unknown
    }

    /// The municipalities of the day `to` that hold the area of `code`, or a part of it.
    fn heirs_on(&self, code: MunicipalityCode, to: Day) -> Vec<MunicipalityCode> {
        if self.valid_on(code, to) {
            return vec![code];
        }
        let heirs = self
            .change_of(code)
            .map_or(&[][..], |change| change.kind.heirs());
        heirs
            .iter()
            .flat_map(|&heir| self.heirs_on(heir, to))
            .collect()
    }

    fn backwards(&self, code: MunicipalityCode, since: Day, to: Day) -> Recoding {
        let future = Recoding::Future { since };
        let (mut at, mut start) = (code, since);
        loop {
            let mut origins = self.origins_of(at).filter(|(_, change)| change.date > to);
            let (Some((old, change)), None) = (origins.next(), origins.next()) else {
                return future;
            };
            if change.date != start || !matches!(change.kind, ChangeKind::Rename(_)) {
                return future;
            }
            let Some(found) = self.get(old) else {
                return future;
            };
            match found.valid_from {
                Some(from) if to < from => (at, start) = (old, from),
                _ if self.origins_of(old).any(|(_, change)| change.date > to) => return future,
                _ => {
                    return Recoding::Predecessor {
                        code: old,
                        until: change.date,
                    };
                }
            }
        }
    }
}
