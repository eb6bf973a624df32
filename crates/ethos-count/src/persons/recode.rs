//! Municipality codes of the files as codes of the date.

use ethos_model::date::Day;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister, Recoding, SplitShares};

/// What became of a person's municipality.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RecodeOutcome {
    /// The code is in use on the date.
    AsGiven,
    /// The code of another year, followed through a merger or a change of code.
    Recoded,
    /// Of a divided municipality, placed by the declared shares.
    Shared,
    /// Of a divided municipality without declared shares: unknown.
    Divided,
    /// A code younger than the date whose area was several municipalities then: unknown.
    Younger,
    /// No municipality since 2015 had the code: unknown.
    NoSuchCode,
    /// No source tells a municipality (0000 and 1999 are none).
    NoneGiven,
}

impl RecodeOutcome {
    /// Every outcome, in ledger order.
    pub const ALL: [Self; 7] = [
        Self::AsGiven,
        Self::Recoded,
        Self::Shared,
        Self::Divided,
        Self::Younger,
        Self::NoSuchCode,
        Self::NoneGiven,
    ];

    /// Name of the outcome in the ledger.
    pub fn key(self) -> &'static str {
        match self {
            Self::AsGiven => "code of the date",
            Self::Recoded => "recoded to the date",
            Self::Shared => "placed by declared shares",
            Self::Divided => "unknown: divided and no shares declared",
            Self::Younger => "unknown: code younger than the date",
            Self::NoSuchCode => "unknown: no such code",
            Self::NoneGiven => "unknown: none given",
        }
    }
}

#[derive(Copy, Clone)]
enum Slot {
    Known(MunicipalityCode, RecodeOutcome),
    ByShares,
    Not(RecodeOutcome),
}

/// Recodes municipalities to one date. Making it looks at every possible code once; a look-up is
/// then an index.
///
/// ```
/// use ethos_count::persons::{RecodeOutcome, Recoder};
/// use ethos_model::{date::Day, municipality::{MunicipalityCode, SplitShares}};
/// let shares = SplitShares::default();
/// let recoder = Recoder::new(Day::parse("2026-01-01").unwrap(), &shares);
/// let weesp = MunicipalityCode::parse("GM0457").ok();
/// let (code, outcome) = recoder.recode(weesp, 0);
/// assert_eq!(code.unwrap().to_string(), "GM0363");
/// assert_eq!(outcome, RecodeOutcome::Recoded);
/// ```
pub struct Recoder<'a> {
    date: Day,
    shares: &'a SplitShares,
    slots: Vec<Slot>,
}

impl<'a> Recoder<'a> {
    /// Recodes to this date with these declared shares.
    pub fn new(date: Day, shares: &'a SplitShares) -> Self {
        let register = MunicipalityRegister::shipped();
        let slots = (0..=9999)
            .filter_map(MunicipalityCode::from_number)
            .map(|code| match register.recode(code, date, shares, 0) {
                Recoding::Same => Slot::Known(code, RecodeOutcome::AsGiven),
                Recoding::Successor { code, .. } | Recoding::Predecessor { code, .. } => {
                    Slot::Known(code, RecodeOutcome::Recoded)
                }
                Recoding::Shared { .. } => Slot::ByShares,
                Recoding::Split { .. } => Slot::Not(RecodeOutcome::Divided),
                Recoding::Future { .. } => Slot::Not(RecodeOutcome::Younger),
                Recoding::NotAMunicipality => Slot::Not(RecodeOutcome::NoneGiven),
                Recoding::Unknown => Slot::Not(RecodeOutcome::NoSuchCode),
            })
            .collect();
        Self {
            date,
            shares,
            slots,
        }
    }

    /// The code of the date. `draw` places people of a divided municipality: the leading bits of
    /// the person's token, so that a person goes to the same part in every table.
    pub fn recode(
        &self,
        code: Option<MunicipalityCode>,
        draw: u64,
    ) -> (Option<MunicipalityCode>, RecodeOutcome) {
        let Some(code) = code else {
            return (None, RecodeOutcome::NoneGiven);
        };
        match self.slots.get(usize::from(code.number())).copied() {
            Some(Slot::Known(code, outcome)) => (Some(code), outcome),
            Some(Slot::ByShares) => {
                let register = MunicipalityRegister::shipped();
                let found = register
                    .recode(code, self.date, self.shares, draw)
                    .resolve(code);
                (
                    found,
                    found.map_or(RecodeOutcome::Divided, |_| RecodeOutcome::Shared),
                )
            }
            Some(Slot::Not(outcome)) => (None, outcome),
            None => (None, RecodeOutcome::NoSuchCode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn code(text: &str) -> Option<MunicipalityCode> {
        MunicipalityCode::parse(text).ok()
    }

    #[test]
    fn each_fate_has_its_outcome() {
        let shares = SplitShares::default();
        let recoder = Recoder::new(day("2026-01-01"), &shares);
        let of = |text| recoder.recode(code(text), 7);
        assert_eq!(of("0363"), (code("0363"), RecodeOutcome::AsGiven));
        assert_eq!(of("0457"), (code("0363"), RecodeOutcome::Recoded));
        assert_eq!(of("0053"), (None, RecodeOutcome::Divided));
        assert_eq!(of("9998"), (None, RecodeOutcome::NoSuchCode));
        assert_eq!(of("0000"), (None, RecodeOutcome::NoneGiven));
        assert_eq!(of("1999"), (None, RecodeOutcome::NoneGiven));
        assert_eq!(recoder.recode(None, 0), (None, RecodeOutcome::NoneGiven));
        let before = Recoder::new(day("2022-01-01"), &shares);
        assert_eq!(
            before.recode(code("0457"), 0),
            (code("0457"), RecodeOutcome::AsGiven)
        );
    }

    #[test]
    fn declared_shares_place_people_by_their_draw() {
        let text = "old,new,share\nGM0053,GM1966,0.6\nGM0053,GM1969,0.4\n";
        let shares = SplitShares::from_csv(text, MunicipalityRegister::shipped()).unwrap();
        let recoder = Recoder::new(day("2019-01-01"), &shares);
        assert_eq!(
            recoder.recode(code("0053"), 0),
            (code("1966"), RecodeOutcome::Shared)
        );
        assert_eq!(
            recoder.recode(code("0053"), u64::MAX),
            (code("1969"), RecodeOutcome::Shared)
        );
    }
}
