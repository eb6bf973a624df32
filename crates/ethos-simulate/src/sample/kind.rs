//! The kinds of mistakes a sample can have.

/// Declares the kinds: name, key, the rule that finds it, and what is done.
macro_rules! kinds {
    ($($name:ident $key:literal $rule:literal $what:literal)*) => {
        /// A kind of mistake. Each is found by one rule.
        #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum DirtKind {
            $(#[doc = $what] $name,)*
        }

        impl DirtKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its key in the truth file.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// The rule that finds it.
            pub fn rule(self) -> &'static str {
                match self { $(Self::$name => $rule,)* }
            }
        }
    };
}

kinds! {
    BsnTypo "bsn-typo" "BSN01" "One digit of the number is another."
    BsnLostZero "bsn-lost-zero" "BSN02" "The number lost its leading zero."
    BsnScientific "bsn-scientific" "BSN03" "The number as a spreadsheet shows a long one."
    BsnPlaceholder "bsn-placeholder" "BSN04" "A number that stands for not known."
    BsnBlank "bsn-blank" "BSN05" "No number."
    BsnDressed "bsn-dressed" "BSN06" "Points between the digits."
    BsnParent "bsn-parent" "BSN07" "A parent's number is none."
    OwnParent "own-parent" "BSN20" "Somebody is a parent of their own."
    ParentsSame "parents-same" "BSN21" "Both parents are one person."
    DateWrong "date-wrong" "DAT01" "A date the row needs does not exist."
    DatesSwapped "dates-swapped" "DAT02" "First and last day changed places."
    StartAhead "start-ahead" "DAT03" "It begins after the file was made."
    YearImplausible "year-implausible" "DAT04" "A year before 1900."
    StartBlank "start-blank" "DAT06" "No first day."
    DateUnusable "date-unusable" "DAT07" "A date the row can do without does not exist."
    EndAhead "end-ahead" "DAT08" "It ended after the file was made."
    EndFar "end-far" "DAT09" "An end in 9999."
    BirthPartial "birth-partial" "DAT10" "Only the year of birth."
    BornAhead "born-ahead" "DAT12" "Born after the file was made."
    BirthDefault "birth-default" "GEB01" "A birth date that stands for not known."
    VeryOld "very-old" "GEB02" "Older than a hundred."
    BornAfterStart "born-after-start" "GEB03" "Born after it began."
    ClientYoung "client-young" "GEB04" "A client of eight years old."
    YouthOld "youth-old" "GEB05" "In youth care at forty."
    PrisonerYoung "prisoner-young" "GEB06" "In prison at eight."
    StayLong "stay-long" "PER01" "A stay in shelter of more than three years."
    OpenLong "open-long" "PER02" "A stay without an end that began more than five years ago."
    PlanBackwards "plan-backwards" "PER03" "The planned end lies before the planned start."
    FarFromPlan "far-from-plan" "PER04" "It began long after it was planned."
    ReadyEarly "ready-early" "PER09" "Ready to leave before it began."
    ReadyLate "ready-late" "PER10" "Ready to leave after it ended."
    ExpectedPast "expected-past" "PER14" "Expected before the count day."
    ProviderClosed "provider-closed" "PER15" "At a provider that has closed, without an end."
    ReadyAhead "ready-ahead" "PER16" "Ready to leave after the file was made."
    PlaceUnknown "place-unknown" "GEM01" "A code no municipality ever had."
    PlaceOld "place-old" "GEM02" "The code of a municipality that ended before."
    PlaceNone "place-none" "GEM03" "The code for not known."
    PlaceBlank "place-blank" "GEM04" "No code of a municipality that must be there."
    PlaceDivided "place-divided" "GEM05" "The code of a municipality that was divided before."
    CodeUnknown "code-unknown" "COD01" "A code without which the category is not known is in no list."
    CodeUnclear "code-unclear" "COD02" "A product code that tells no category."
    CodesContradict "codes-contradict" "COD03" "Two codes that belong to different categories."
    CodeOther "code-other" "COD04" "Another code is in no list."
    ProductBlank "product-blank" "COD05" "No product code."
    SituationBlank "situation-blank" "COD06" "No living situation."
    CodeLostZero "code-lost-zero" "COD07" "A code lost its leading zero."
    LeavingUndated "leaving-undated" "CAT02" "About to leave an institution, without the day."
    LeavingLate "leaving-late" "CAT03" "Leaves an institution more than a month after the count."
    ThreatUndated "threat-undated" "CAT04" "An eviction expected, without the day."
    ThreatLate "threat-late" "CAT05" "An eviction more than a month after the count."
    ExpectedNeedless "expected-needless" "CAT06" "A day of leaving for somebody with nowhere to leave."
    LodgingLong "lodging-long" "CAT07" "With family or friends for more than two years."
    ChildOutside "child-outside" "CAT08" "A child in public space."
    EmergencyLong "emergency-long" "CAT09" "More than a year in emergency shelter."
    ReasonMissing "reason-missing" "INH01" "An end without a reason."
    ReasonNeedless "reason-needless" "INH02" "A reason without an end."
    DutchUnlawful "dutch-unlawful" "INH03" "Dutch and without a right of residence."
    ChildrenMany "children-many" "INH04" "Fifteen children."
    ParentYoung "parent-young" "INH05" "A parent of nine years old."
    LettersNone "letters-none" "LET01" "Digits among the letters of the name."
    LettersMany "letters-many" "LET02" "More letters of the name than are asked for."
    LettersDefault "letters-default" "LET03" "Letters that stand for not known."
    LettersAndAge "letters-and-age" "LET05" "Neither letters of the name nor an age."
    AgeWrong "age-wrong" "LFT01" "An age of 199."
    NumberWrong "number-wrong" "GET01" "A word where a number belongs."
    CellBlank "cell-blank" "VLD01" "A cell that must be filled is blank."
    CellRequired "cell-required" "VLD02" "A cell is blank that another cell asks for."
    RowTwice "row-twice" "DUB01" "The row stands there twice."
    SpellTwice "spell-twice" "DUB02" "The same person, first day and category once more."
    Overlap "overlap" "VBL01" "A second stay begins before the first has ended."
    TwoPlaces "two-places" "VBL02" "A second stay at the same time in another municipality."
    NeverLeft "never-left" "VBL03" "A second stay, and the first never ended."
    ShortGap "short-gap" "VBL04" "A second stay three days after the first."
    BirthDiffers "birth-differs" "VBL06" "The same person with another birth date."
    SexDiffers "sex-differs" "VBL07" "The same person with another sex."
    AfterDeath "after-death" "VBL08" "A second stay of somebody who died."
    OriginDiffers "origin-differs" "VBL09" "The same person from another municipality."
    Ragged "ragged" "RIJ01" "A cell too many or too few."
    Nul "nul" "RIJ02" "A NUL character in a cell."
    BlankLine "blank-line" "RIJ03" "A blank line after the row."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_keys_and_rules_of_their_own() {
        for (at, kind) in DirtKind::ALL.iter().enumerate() {
            for other in &DirtKind::ALL[..at] {
                assert_ne!(kind.key(), other.key());
                assert_ne!(kind.rule(), other.rule());
            }
        }
    }
}
