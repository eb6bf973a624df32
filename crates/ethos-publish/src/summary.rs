//! What a terminal prints at the end of a run.

use ethos_model::cube::Family;

use crate::notes;
use crate::release::SafeRelease;
use crate::tables::{self, PrintTable};

/// Headlines and one small table, protected.
#[derive(Clone, PartialEq, Debug)]
pub struct Summary {
    /// To be said before all else where small counts are neither withheld nor rounded.
    pub alarm: Option<String>,
    /// A block of lines for every reference date with an estimate, the latest first. The order of
    /// the lines is fixed.
    pub headlines: Vec<Vec<String>>,
    /// Observed people by category at the latest time, where the release holds them; else the
    /// estimate by characteristic.
    pub table: Option<PrintTable>,
    /// What to read before that table where it holds observed people beside an estimate.
    pub table_note: Option<String>,
}

impl Summary {
    pub(crate) fn of(release: &SafeRelease<'_>) -> Self {
        let headlines = release
            .headlines()
            .iter()
            .map(|headline| headline.words(release.cube(), release.context()).lines())
            .collect::<Vec<_>>();
        let table = [Family::NationalCategory, Family::NationalEstimate]
            .into_iter()
            .find_map(|family| tables::of_family(release.cube(), family, release.context()))
            .and_then(|table| {
                let latest = table.latest()?;
                let mut small = table.at(latest);
                let when = crate::words::number::time(latest, release.context().language());
                small.title = format!("{}, {when}", table.title);
                Some(small)
            });
        let table_note = table
            .as_ref()
            .filter(|table| table.family == Family::NationalCategory && !headlines.is_empty())
            .map(|_| notes::observed_apart(release.context().language()).to_owned());
        Self {
            alarm: release.alarm().map(str::to_owned),
            headlines,
            table,
            table_note,
        }
    }
}
