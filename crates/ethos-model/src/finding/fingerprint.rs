//! What makes a finding the same finding in a later file.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Finding;

/// A mark by which a finding is known again in a later version of the file.
///
/// It is made of the rule, the column, the value as shown (masked where it is personal) and,
/// of findings alike in these, the ordinal number in the file: of nothing that is not in the
/// finding as everyone may see it. Neither the file's name nor the row is in it, since next
/// year's file has another name and other rows.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The mark of a finding that is the `ordinal`-th, from 1, of those alike in its file.
    pub fn of(finding: &Finding, ordinal: u64) -> Self {
        let mut state = FNV_OFFSET;
        let column = finding.column.as_deref().unwrap_or_default();
        for part in [finding.code.as_str(), column, finding.value.as_str()] {
            for byte in part.bytes().chain([0x1f]) {
                state = (state ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
            }
        }
        for byte in ordinal.to_le_bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        }
        Self(state)
    }
}

/// The 64-bit hash of Fowler, Noll and Vo, variant 1a: short, and the same on every machine.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
