//! What the action plan wants of an indicator, and whether the data can tell that it came about.
//!
//! A target is held against the latest figure once its year has come. What decides is never the
//! figure alone but what it leaves open: its limits where it is an estimate, and what protection
//! leaves of it where it is a count. The rules:
//!
//! - `below` a year: met where both limits of the change since that year lie below zero, not met where
//!   both lie above it. Two minima that lack different things, a break or other sources in between
//!   leave it open, as with every change.
//! - `zero`: not met where somebody must be there; met where an estimate leaves nobody. A count of
//!   nobody does not tell that nobody is there.
//! - `share`: for what others measure, in per cent.
//! - `untold`: no figure here can tell, and why.

use ethos_model::category::Language;
use ethos_model::cell::{CellState, EstimateStatus};
use ethos_model::date::Day;
use ethos_model::finding::Text;

use super::{Change, External, Verdict};
use crate::protect::{RoundedEstimate, SafeFigure};
use crate::words::number;

/// A target of the action plan.
#[derive(Clone, PartialEq, Debug)]
pub struct Target {
    /// The year by which it is to be met; none where the plan names none.
    pub year: Option<i16>,
    /// What is wanted.
    pub wants: Wants,
    /// The target in words, with its paragraph.
    pub words: Text,
}

/// What a target wants.
#[derive(Clone, PartialEq, Debug)]
pub enum Wants {
    /// Fewer than in this year.
    Below(i16),
    /// Nobody.
    Zero,
    /// At least this many per cent.
    Share(u64),
    /// What no figure here can tell, and why.
    Untold(Text),
}

/// Whether a target is met.
#[derive(Clone, PartialEq, Debug)]
pub enum Reached {
    /// The data tell that it is.
    Yes,
    /// The data tell that it is not.
    No,
    /// Its year has not come.
    NotDue(i16),
    /// There is no figure of this year to hold it against.
    NoFigureOf(i16),
    /// It is the figure of this year, which others are held against.
    IsFigureOf(i16),
    /// The data cannot tell, and why.
    CannotTell(Text),
}

/// A figure that another is held against, and whose it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Against {
    /// The day of the figure.
    pub date: Day,
    /// The figure.
    pub figure: SafeFigure,
    /// Whose it is, where it is not of this release.
    pub owner: Option<String>,
    /// Why a difference from it would be no change; none where it would be one.
    pub unlike: Option<Text>,
}

/// A target with what the data tell of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// The target.
    pub target: Target,
    /// Whether it is met.
    pub reached: Reached,
    /// The figure it was held against.
    pub against: Option<Against>,
}

impl Target {
    /// Whether the year of the target is still to come.
    fn is_ahead_of(&self, date: Day) -> Option<Reached> {
        self.year
            .filter(|year| date.year() < *year)
            .map(Reached::NotDue)
    }

    /// Holds a figure of this release against the target. `fewest` is what a published count stands for
    /// at least, `verdict` what can be told of the change since a figure to hold it against.
    pub(super) fn judge(
        &self,
        date: Day,
        figure: SafeFigure,
        against: Option<Against>,
        fewest: impl Fn(u64) -> u64,
        verdict: impl Fn(&Against) -> Verdict,
    ) -> Judged {
        let judged = |reached, against| Judged {
            target: self.clone(),
            reached,
            against,
        };
        if let Wants::Untold(why) = &self.wants {
            return judged(Reached::CannotTell(why.clone()), None);
        }
        if let Some(ahead) = self.is_ahead_of(date) {
            return judged(ahead, None);
        }
        match &self.wants {
            Wants::Below(year) => match against {
                None => judged(Reached::NoFigureOf(*year), None),
                Some(against) => {
                    let reached = against.unlike.clone().map_or_else(
                        || of_verdict(verdict(&against), matches!(figure, SafeFigure::Estimate(_))),
                        Reached::CannotTell,
                    );
                    judged(reached, Some(against))
                }
            },
            Wants::Zero => judged(nobody(figure, fewest), None),
            Wants::Share(_) | Wants::Untold(_) => judged(
                Reached::CannotTell(Text::new("dit is geen percentage", "this is no percentage")),
                None,
            ),
        }
    }

    /// Holds what another measured against the target; `all` are the figures of others.
    pub(super) fn judge_external(&self, own: &External, all: &[External]) -> Judged {
        let judged = |reached, against| Judged {
            target: self.clone(),
            reached,
            against,
        };
        if let Some(ahead) = self.is_ahead_of(own.date) {
            return judged(ahead, None);
        }
        let no_number = || Reached::CannotTell(Text::new("dit is geen getal", "this is no number"));
        let value = |found: &External| found.value.parse::<u64>().ok();
        match &self.wants {
            Wants::Untold(why) => judged(Reached::CannotTell(why.clone()), None),
            Wants::Zero => match value(own) {
                Some(0) => judged(Reached::Yes, None),
                Some(_) => judged(Reached::No, None),
                None => judged(no_number(), None),
            },
            Wants::Share(least) => match value(own) {
                Some(_) if !is_per_cent(&own.unit) => judged(
                    Reached::CannotTell(Text::new(
                        "de eenheid is niet `procent`, dus van hoeveel is niet bekend",
                        "the unit is not `per cent`, so that of how many is not known",
                    )),
                    None,
                ),
                Some(value) if value >= *least => judged(Reached::Yes, None),
                Some(_) => judged(Reached::No, None),
                None => judged(no_number(), None),
            },
            Wants::Below(year) if own.date.year() == *year => {
                judged(Reached::IsFigureOf(*year), None)
            }
            Wants::Below(year) => {
                let found = all.iter().find(|other| {
                    let same = |of: fn(&External) -> &String| of(other) == of(own);
                    other.date.year() == *year
                        && same(|of| &of.indicator)
                        && same(|of| &of.unit)
                        && same(|of| &of.owner)
                });
                let Some((other, then)) = found.and_then(|other| Some((other, value(other)?)))
                else {
                    return judged(Reached::NoFigureOf(*year), None);
                };
                let against = Against {
                    date: other.date,
                    figure: SafeFigure::Given(then),
                    owner: Some(other.owner.clone()),
                    unlike: None,
                };
                let reached = match value(own) {
                    Some(now) if now < then => Reached::Yes,
                    Some(_) => Reached::No,
                    None => no_number(),
                };
                judged(reached, Some(against))
            }
        }
    }
}

fn is_per_cent(unit: &str) -> bool {
    let unit = unit.trim().to_lowercase();
    ["%", "procent", "per cent", "percent"]
        .iter()
        .any(|word| unit.starts_with(word))
}

/// What a change tells of a target to have fewer.
fn of_verdict(verdict: Verdict, estimated: bool) -> Reached {
    match verdict {
        Verdict::Fell => Reached::Yes,
        Verdict::Rose => Reached::No,
        Verdict::CannotTell => Reached::CannotTell(Text::new(
            "minder en meer liggen beide binnen de grenzen",
            "fewer and more are both within the limits",
        )),
        other => {
            let why = |language| {
                other
                    .why(estimated, language)
                    .unwrap_or_default()
                    .to_owned()
            };
            Reached::CannotTell(Text::new(why(Language::Nl), why(Language::En)))
        }
    }
}

/// Whether nobody is left.
fn nobody(figure: SafeFigure, fewest: impl Fn(u64) -> u64) -> Reached {
    let open = |nl: &str, en: &str| Reached::CannotTell(Text::new(nl, en));
    match figure {
        SafeFigure::Estimate(RoundedEstimate {
            lower,
            upper,
            status,
            ..
        }) => match (status, lower, upper) {
            (EstimateStatus::Ok, _, Some(0)) => Reached::Yes,
            (EstimateStatus::Ok | EstimateStatus::Unbounded, Some(1..), _) => Reached::No,
            (EstimateStatus::NotEstimable, ..) => {
                open("er is geen schatting", "there is no estimate")
            }
            _ => open("0 ligt binnen de grenzen", "0 is within the limits"),
        },
        SafeFigure::Count { persons, state } if state != CellState::Incomplete => {
            if fewest(persons) > 0 {
                Reached::No
            } else {
                open(
                    "een telling ziet niet wie niemand zag",
                    "a count does not see whom nobody saw",
                )
            }
        }
        _ => open(
            "het cijfer is verborgen of ontbreekt",
            "the figure is withheld or missing",
        ),
    }
}

/// What can be told of the change since a figure of another office, of another date than the study has.
pub(super) fn since(against: &Against, figure: SafeFigure, base: u64) -> Verdict {
    match Change::between(against.figure, figure, |count| (count, count), base) {
        None => Verdict::NoComparison,
        Some(change) if change.lower > 0 => Verdict::Rose,
        Some(change) if change.upper.is_some_and(|upper| upper < 0) => Verdict::Fell,
        Some(_) => Verdict::CannotTell,
    }
}

impl Judged {
    /// Whether the target is met, in words.
    pub fn words(&self, language: Language) -> String {
        let pick = |nl: &str, en: &str| language.pick(nl, en).to_owned();
        let told = match &self.reached {
            Reached::Yes => pick("ja", "yes"),
            Reached::No => pick("nee", "no"),
            Reached::NotDue(year) => match language {
                Language::Nl => format!("nog niet te zeggen: het jaar is {year}"),
                Language::En => format!("cannot tell yet: the year is {year}"),
            },
            Reached::NoFigureOf(year) => match language {
                Language::Nl => {
                    format!("niet te zeggen: geen cijfer van {year} in deze publicatie")
                }
                Language::En => format!("cannot tell: no {year} figure in this release"),
            },
            Reached::IsFigureOf(year) => match language {
                Language::Nl => format!("dit is het cijfer van {year}"),
                Language::En => format!("this is the figure of {year}"),
            },
            Reached::CannotTell(why) => format!(
                "{}: {}",
                language.pick("niet te zeggen", "cannot tell"),
                why.in_language(language)
            ),
        };
        let Some(against) = &self.against else {
            return told;
        };
        let figure = against.figure_words(language);
        let of = against
            .owner
            .as_ref()
            .map_or_else(String::new, |owner| format!(", {owner}"));
        let date = number::day(against.date, language);
        match language {
            Language::Nl => format!("{told} (naast {figure} op {date}{of})"),
            Language::En => format!("{told} (beside {figure} on {date}{of})"),
        }
    }
}

impl Against {
    fn figure_words(&self, language: Language) -> String {
        let whole = |value| number::whole(value, language);
        match self.figure {
            SafeFigure::Estimate(RoundedEstimate {
                point: Some(point),
                lower: Some(lower),
                upper: Some(upper),
                ..
            }) => format!("{} [{}–{}]", whole(point), whole(lower), whole(upper)),
            SafeFigure::Estimate(RoundedEstimate {
                point: Some(value), ..
            })
            | SafeFigure::Count { persons: value, .. }
            | SafeFigure::Given(value) => whole(value),
            _ => language
                .pick("een verborgen cijfer", "a withheld figure")
                .to_owned(),
        }
    }
}
