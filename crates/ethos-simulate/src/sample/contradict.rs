//! Mistakes in which cells of one row contradict each other, or what anybody would expect.

use ethos_model::category::EthosCategory;
use ethos_model::date::Day;
use ethos_model::layout::{FieldType, LayoutKind, Target};

use super::columns::Shape;
use super::dirt::Struck;
use super::kind::DirtKind;
use super::row::{Row, RowMaker};
use crate::streams::Stream;

/// Whether rows of a layout can have a mistake of this kind.
pub(super) fn can_strike(kind: DirtKind, shape: &Shape) -> bool {
    let spells = shape.kind == LayoutKind::Spells;
    let count_day = shape.kind == LayoutKind::CountDay;
    let has = |targets: &[Target]| targets.iter().all(|target| shape.at(*target).is_some());
    let of = |family: &str| shape.family == family;
    let some = |fits: &dyn Fn(EthosCategory) -> bool| {
        shape
            .in_scope
            .iter()
            .any(|scenario| fits(scenario.category))
    };
    let dated = spells && has(&[Target::Start, Target::FileDate]);
    match kind {
        DirtKind::OwnParent | DirtKind::ParentsSame => {
            shape.kind == LayoutKind::PersonRegister && has(&[Target::Parent1, Target::Parent2])
        }
        DirtKind::BirthDefault => has(&[Target::BirthDate]),
        DirtKind::VeryOld | DirtKind::BornAfterStart => dated && has(&[Target::BirthDate]),
        DirtKind::ClientYoung => of("monitor-dakloosheid") && has(&[Target::BirthDate]),
        DirtKind::YouthOld => {
            // The rule reads the living situation from its column.
            some(&|category| category == EthosCategory::Institution)
                && shape.at(Target::Product).is_none()
                && has(&[Target::Situation])
                && (has(&[Target::BirthDate]) || has(&[Target::Age]))
        }
        DirtKind::PrisonerYoung => of("detentie") && has(&[Target::BirthDate]),
        DirtKind::StayLong => dated && has(&[Target::End]) && some(&is_shelter),
        DirtKind::EmergencyLong => {
            dated && has(&[Target::End]) && some(&|c| c == EthosCategory::EmergencyShelter)
        }
        DirtKind::OpenLong => dated && has(&[Target::End]),
        DirtKind::PlanBackwards => has(&[Target::PlannedStart, Target::PlannedEnd]),
        DirtKind::FarFromPlan => spells && has(&[Target::PlannedStart, Target::Start]),
        DirtKind::ReadyEarly => spells && has(&[Target::ReadyToLeave, Target::Start]),
        DirtKind::ReadyLate => spells && has(&[Target::ReadyToLeave, Target::End]),
        DirtKind::ReadyAhead => spells && has(&[Target::ReadyToLeave, Target::FileDate]),
        DirtKind::ExpectedPast
        | DirtKind::LeavingUndated
        | DirtKind::LeavingLate
        | DirtKind::ThreatUndated
        | DirtKind::ThreatLate
        | DirtKind::ExpectedNeedless => count_day && has(&[Target::ExpectedOn]),
        DirtKind::LodgingLong => count_day && has(&[Target::Start]),
        DirtKind::ChildOutside => {
            count_day && has(&[Target::ChildrenWith]) && some(&|c| c == EthosCategory::PublicSpace)
        }
        DirtKind::ProviderClosed => has(&[Target::End]) && text_provider(shape).is_some(),
        DirtKind::ReasonMissing => {
            (of("gmsd") || shape.id == "monitor-dakloosheid/2024")
                && has(&[Target::End, Target::EndReason])
        }
        DirtKind::ReasonNeedless => spells && has(&[Target::End, Target::EndReason]),
        DirtKind::DutchUnlawful => has(&[Target::Nationality, Target::Residence]),
        DirtKind::ChildrenMany => has(&[Target::ChildrenWith]),
        DirtKind::ParentYoung => count_day && has(&[Target::ChildrenWith, Target::Age]),
        DirtKind::LettersNone | DirtKind::LettersMany | DirtKind::LettersDefault => {
            count_day && has(&[Target::NameLetters])
        }
        DirtKind::LettersAndAge => count_day && has(&[Target::NameLetters, Target::Age]),
        _ => false,
    }
}

fn is_shelter(category: EthosCategory) -> bool {
    matches!(category.number(), Some(1..=3))
}

fn text_provider(shape: &Shape) -> Option<usize> {
    shape
        .at(Target::Provider)
        .filter(|at| shape.columns[*at].kind == FieldType::Text)
}

/// A row in which something is to contradict.
pub(super) struct Contradiction<'a> {
    pub(super) maker: &'a RowMaker,
    pub(super) row: &'a mut Row,
    pub(super) stream: &'a mut Stream,
}

impl Contradiction<'_> {
    /// Strikes the row; `None` when it cannot have this mistake.
    pub(super) fn strike(mut self, kind: DirtKind) -> Option<Struck> {
        let at = self.target(kind)?;
        let number = self.row.scenario.category.number();
        let only = |categories: &[u8]| number.filter(|number| categories.contains(number));
        let (made, start, end) = (self.maker.made, self.row.times.start, self.row.times.end);
        match kind {
            DirtKind::OwnParent => {
                let own = self.row.cells[self.at(Target::Person)?].clone();
                self.row.cells[at] = own;
            }
            DirtKind::ParentsSame => {
                let first = self.at(Target::Parent1)?;
                if self.row.cells[first].is_empty() {
                    return None;
                }
                let cell = self.row.cells[first].clone();
                self.row.cells[at] = cell;
            }
            DirtKind::BirthDefault => self.write(at, b"19000101"),
            DirtKind::VeryOld => self.day(at, start.plus_months(-12 * 105 - 1)),
            DirtKind::BornAfterStart => {
                if start >= made {
                    return None;
                }
                self.day(at, start.plus_days(1));
            }
            DirtKind::ClientYoung => {
                only(&[2, 3])?;
                self.day(at, start.plus_months(-100));
            }
            DirtKind::PrisonerYoung => self.day(at, start.plus_months(-100)),
            DirtKind::YouthOld => {
                if self.row.scenario.living?.code() != "4c" {
                    return None;
                }
                match (self.at(Target::Age), self.at(Target::BirthDate)) {
                    (Some(age), _) => self.write(age, b"40"),
                    (None, birth) => self.day(birth?, start.plus_months(-480)),
                }
            }
            DirtKind::StayLong => {
                only(&[1, 2, 3])?;
                self.moved_start(end?.plus_days(-1_150))?;
            }
            DirtKind::EmergencyLong => {
                only(&[2])?;
                self.moved_start(end?.plus_days(-400))?;
            }
            DirtKind::OpenLong => {
                if end.is_some() {
                    return None;
                }
                self.moved_start(made.plus_days(-1_900))?;
            }
            DirtKind::PlanBackwards => self.day(at, start.plus_days(-60)),
            DirtKind::FarFromPlan => {
                let planned = self.at(Target::PlannedStart)?;
                self.day(planned, start.plus_days(-250));
            }
            DirtKind::ReadyEarly => {
                self.row.times.ready?;
                self.day(at, start.plus_days(-20));
            }
            DirtKind::ReadyLate => {
                self.row.times.ready?;
                let last = self.at(Target::End)?;
                let day = start.plus_days(20);
                self.day(last, day);
                self.day(at, day.plus_days(5));
                self.reason();
            }
            DirtKind::ReadyAhead => {
                self.row.times.ready?;
                self.day(at, made.plus_days(5));
            }
            DirtKind::ExpectedPast => {
                self.row.times.expected?;
                self.day(at, made.plus_days(-9));
            }
            DirtKind::LeavingUndated => {
                only(&[4])?;
                self.row.cells[at].clear();
            }
            DirtKind::LeavingLate => {
                only(&[4])?;
                self.day(at, made.plus_days(60));
            }
            DirtKind::ThreatUndated => {
                only(&[7])?;
                self.row.cells[at].clear();
            }
            DirtKind::ThreatLate => {
                only(&[7])?;
                self.day(at, made.plus_days(60));
            }
            DirtKind::ExpectedNeedless => {
                only(&[1, 2, 3, 5, 6])?;
                self.day(at, made.plus_days(10));
            }
            DirtKind::LodgingLong => {
                only(&[6])?;
                self.day(at, made.plus_days(-900));
            }
            DirtKind::ChildOutside => {
                only(&[1])?;
                let children = self.at(Target::ChildrenWith)?;
                self.write(children, b"1");
            }
            DirtKind::ProviderClosed => {
                if end.is_some() {
                    return None;
                }
                let provider = text_provider(&self.maker.shape)?;
                self.write(provider, "Opvang Het Veer (gesloten)".as_bytes());
            }
            DirtKind::ReasonMissing => {
                end?;
                self.row.cells[at].clear();
            }
            DirtKind::ReasonNeedless => {
                if !self.row.cells[self.at(Target::End)?].is_empty() {
                    return None;
                }
                let code = self.code(at);
                self.write(at, &code);
            }
            DirtKind::DutchUnlawful => {
                let nationality = self.at(Target::Nationality)?;
                let dutch = self.standing_for(nationality, "dutch")?;
                let unlawful = self.standing_for(at, "unlawful")?;
                self.write(nationality, &dutch);
                self.write(at, &unlawful);
            }
            DirtKind::ChildrenMany => self.write(at, b"15"),
            DirtKind::ParentYoung => {
                let children = self.at(Target::ChildrenWith)?;
                self.write(children, b"1");
                self.write(at, b"9");
            }
            DirtKind::LettersNone => self.write(at, b"A1B2"),
            DirtKind::LettersMany => self.write(at, b"ABDEFG"),
            DirtKind::LettersDefault => self.write(at, b"XX"),
            DirtKind::LettersAndAge => {
                let age = self.at(Target::Age)?;
                self.row.cells[age].clear();
                self.row.cells[at].clear();
            }
            _ => return None,
        }
        Some(Struck::Row(Some(at)))
    }

    /// The column that the rule points at.
    fn target(&self, kind: DirtKind) -> Option<usize> {
        let target = match kind {
            DirtKind::OwnParent => Target::Parent1,
            DirtKind::ParentsSame => Target::Parent2,
            DirtKind::BirthDefault
            | DirtKind::VeryOld
            | DirtKind::BornAfterStart
            | DirtKind::ClientYoung
            | DirtKind::PrisonerYoung => Target::BirthDate,
            DirtKind::StayLong | DirtKind::OpenLong | DirtKind::ProviderClosed => Target::End,
            DirtKind::EmergencyLong => Target::Product,
            DirtKind::PlanBackwards => Target::PlannedEnd,
            DirtKind::FarFromPlan | DirtKind::LodgingLong => Target::Start,
            DirtKind::ReadyEarly | DirtKind::ReadyLate | DirtKind::ReadyAhead => {
                Target::ReadyToLeave
            }
            DirtKind::ExpectedPast
            | DirtKind::LeavingUndated
            | DirtKind::LeavingLate
            | DirtKind::ThreatUndated
            | DirtKind::ThreatLate
            | DirtKind::ExpectedNeedless => Target::ExpectedOn,
            DirtKind::ChildOutside | DirtKind::YouthOld => Target::Situation,
            DirtKind::ReasonMissing | DirtKind::ReasonNeedless => Target::EndReason,
            DirtKind::DutchUnlawful => Target::Residence,
            DirtKind::ChildrenMany => Target::ChildrenWith,
            DirtKind::ParentYoung => Target::Age,
            DirtKind::LettersNone
            | DirtKind::LettersMany
            | DirtKind::LettersDefault
            | DirtKind::LettersAndAge => Target::NameLetters,
            _ => return None,
        };
        self.at(target)
    }

    fn at(&self, target: Target) -> Option<usize> {
        self.maker.shape.at(target)
    }

    fn write(&mut self, at: usize, text: &[u8]) {
        let cell = &mut self.row.cells[at];
        cell.clear();
        cell.extend_from_slice(text);
    }

    fn day(&mut self, at: usize, day: Day) {
        self.row.cells[at].clear();
        self.maker.days.push(day, &mut self.row.cells[at]);
    }

    /// Begins earlier, as long as the person was born by then.
    fn moved_start(&mut self, start: Day) -> Option<()> {
        if start < self.row.times.birth.plus_months(12 * 14) {
            return None;
        }
        let at = self.at(Target::Start)?;
        self.day(at, start);
        if let Some(planned) = self.at(Target::PlannedStart) {
            self.day(planned, start);
        }
        Some(())
    }

    /// A reason for an end that was given to a row without one.
    fn reason(&mut self) {
        if let Some(at) = self.at(Target::EndReason) {
            let code = self.code(at);
            self.write(at, &code);
        }
    }

    fn code(&mut self, at: usize) -> Vec<u8> {
        let codes: Vec<_> = self.maker.shape.columns[at].living_codes().collect();
        if codes.is_empty() {
            return b"19".to_vec();
        }
        self.stream.one_of(&codes).to_vec()
    }

    fn standing_for(&self, at: usize, level: &str) -> Option<Vec<u8>> {
        let codes = &self.maker.shape.columns[at].codes;
        let found = codes.iter().find(|(_, to)| to == level)?;
        Some(found.0.to_vec())
    }
}
