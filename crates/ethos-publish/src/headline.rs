//! What is said first of every estimate, in a fixed order: scope and date; the figure and its
//! interval; who was seen and whom the model added; warnings and what another choice of the
//! model would have given; the range under declared dependence; the assumption that cannot be
//! tested.

use ethos_model::category::{Language, Total};
use ethos_model::cell::{Estimate, EstimateStatus};
use ethos_model::cube::{CubeKey, Family, Measure};
use ethos_model::date::{Day, Time};
use ethos_model::finding::Text;

use crate::protect::{Protected, RoundedEstimate, SafeFigure, round};
use crate::tables::Context;
use crate::words::label::Mark;
use crate::words::{number, scope};

/// What the cube does not say of an estimate. The figures themselves are taken from the
/// protected cube, so that a headline can never tell more than its table.
#[derive(Clone, PartialEq, Debug)]
pub struct Headline {
    /// Reference date.
    pub date: Day,
    /// Confidence level of the intervals, such as 0.95.
    pub level: f64,
    /// How the interval was made and whether it includes the choice of the model, as a fragment:
    /// `semiparametric bootstrap, choice of the model included`.
    pub interval: Text,
    /// The model in bracket notation.
    pub model: String,
    /// What the estimate would be if lists depended more than the model can see, where that
    /// was computed.
    pub dependence: Option<Dependence>,
    /// What else there is to say of dependence: what was given rather than estimated, or declared and
    /// not varied. Whole sentences, printed as they are; no count of people may stand in them.
    pub dependence_notes: Vec<Text>,
    /// Why there is no estimate, where there is none.
    pub reason: Option<Text>,
    /// What a reader has to know before using the estimate: short sentences, printed as they
    /// are. No count of people may stand in them.
    pub warnings: Vec<Text>,
    /// The estimate had another criterion chosen the model: the criterion that chose it, the
    /// other one, and the estimate under the other, unrounded, in persons.
    pub beside: Option<(String, String, f64)>,
}

/// The range of the estimate under declared dependence.
#[derive(Clone, PartialEq, Debug)]
pub struct Dependence {
    /// Lower limit over the declared dependence, persons.
    pub lower: f64,
    /// Upper limit over the declared dependence, persons; none where there is none.
    pub upper: Option<f64>,
    /// The dependence it was computed under, as a fragment: `an odds ratio from ½ to 2 between
    /// shelter and benefit`.
    pub under: Text,
}

/// A headline in words, in the order in which it must be printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeadlineWords {
    /// Reference date.
    pub date: String,
    /// Whom the figure speaks of.
    pub scope: String,
    /// The rounded figure, or that there is none.
    pub figure: String,
    /// Its interval, or why there is no figure.
    pub interval: String,
    /// Who was seen and whom the model added.
    pub seen_and_added: String,
    /// What a reader has to know before using the estimate.
    pub warnings: Vec<String>,
    /// The rounded estimate had another criterion chosen the model.
    pub beside: Option<String>,
    /// The range under declared dependence, and what else there is to say of dependence.
    pub dependence: Option<String>,
    /// The assumption that cannot be tested.
    pub assumption: String,
    /// The model in bracket notation, where there is one. Not among [`Self::lines`].
    pub model: Option<String>,
}

impl HeadlineWords {
    /// The lines in order.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!("{} · {}", self.date, self.scope),
            format!("{} ({})", self.figure, self.interval),
            self.seen_and_added.clone(),
        ];
        lines.extend(self.warnings.iter().cloned());
        lines.extend(self.beside.clone());
        lines.extend(self.dependence.clone());
        lines.push(self.assumption.clone());
        lines
    }
}

/// The protected figures a headline speaks of.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct HeadlineFigures {
    pub(crate) observed: Option<SafeFigure>,
    pub(crate) added: Option<SafeFigure>,
    pub(crate) estimated: Option<SafeFigure>,
}

impl HeadlineFigures {
    pub(crate) fn of(protected: &Protected, date: Day) -> Self {
        let get = |measure| {
            protected.get(&CubeKey::national(
                Family::NationalEstimate,
                Time::On(date),
                Total::EstimateScope,
                measure,
            ))
        };
        Self {
            observed: get(Measure::Observed),
            added: get(Measure::Added),
            estimated: get(Measure::Estimated),
        }
    }

    /// The estimate, where there is one to show.
    pub(crate) fn estimate(&self) -> Option<RoundedEstimate> {
        match self.estimated {
            Some(SafeFigure::Estimate(estimate))
                if estimate.status != EstimateStatus::NotEstimable =>
            {
                Some(estimate)
            }
            _ => None,
        }
    }
}

impl Headline {
    /// The headline in words, with the protected figures.
    pub fn words(&self, protected: &Protected, context: Context<'_>) -> HeadlineWords {
        let language = context.language();
        let figures = HeadlineFigures::of(protected, self.date);
        let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
        let (figure, interval) = match figures.estimate() {
            Some(estimate) => (
                format!(
                    "{} {}",
                    number::whole(estimate.point.unwrap_or(0), language),
                    pick("dakloze mensen", "homeless people")
                ),
                self.interval_words(&estimate, language),
            ),
            None => (
                match figures.estimated {
                    Some(SafeFigure::Suppressed) => Mark::Suppressed.meaning(language),
                    _ => pick("Er is geen schatting", "There is no estimate"),
                }
                .to_owned(),
                self.reason.as_ref().map_or_else(
                    || Mark::NotEstimable.meaning(language).to_owned(),
                    |reason| reason.in_language(language).to_owned(),
                ),
            ),
        };
        HeadlineWords {
            date: number::day(self.date, language),
            scope: scope::sentence(&context.study.scope, language),
            figure,
            interval,
            seen_and_added: seen_and_added(&figures, language),
            warnings: self
                .warnings
                .iter()
                .map(|warning| warning.in_language(language).to_owned())
                .collect(),
            beside: self
                .beside
                .as_ref()
                .filter(|_| figures.estimate().is_some())
                .and_then(|beside| beside_words(beside, &figures, context)),
            dependence: figures
                .estimate()
                .and_then(|_| self.dependence_words(&figures, context)),
            assumption: assumption(language).to_owned(),
            model: Some(self.model.clone())
                .filter(|model| !model.is_empty() && figures.estimate().is_some()),
        }
    }

    /// The range under declared dependence, then the rest.
    fn dependence_words(&self, figures: &HeadlineFigures, context: Context<'_>) -> Option<String> {
        let range = self
            .dependence
            .as_ref()
            .and_then(|dependence| dependence.words(figures, context));
        let notes = self
            .dependence_notes
            .iter()
            .map(|note| note.in_language(context.language()).to_owned());
        let sentences: Vec<String> = range.into_iter().chain(notes).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    /// `95%-interval: 27.800 tot 34.900; bootstrap …`.
    fn interval_words(&self, estimate: &RoundedEstimate, language: Language) -> String {
        let level = number::percent(self.level, language);
        let mut words = format!(
            "{level}{}: {}",
            language.pick("-interval", " interval"),
            range(estimate, language)
        );
        let method = self.interval.in_language(language);
        if !method.is_empty() {
            words.push_str("; ");
            words.push_str(method);
        }
        words
    }
}

impl Dependence {
    fn words(&self, figures: &HeadlineFigures, context: Context<'_>) -> Option<String> {
        let language = context.language();
        let base = u64::from(context.study.publish.round_estimates.national);
        let floor = figures.observed.and_then(SafeFigure::value).unwrap_or(0);
        let status = match self.upper {
            Some(_) => EstimateStatus::Ok,
            None => EstimateStatus::Unbounded,
        };
        let rounded = round::round(
            &Estimate {
                status,
                point: Some(self.lower),
                lower: Some(self.lower),
                upper: self.upper,
            },
            base,
            floor,
        );
        rounded.lower?;
        Some(format!(
            "{} ({}): {}.",
            language.pick(
                "Als lijsten anders samenhangen dan het model aanneemt",
                "If lists depend on each other in other ways than the model assumes"
            ),
            self.under.in_language(language),
            range(&rounded, language)
        ))
    }
}

/// `By AIC instead of BIC: 31,100.` Nothing where the people seen are withheld: the figure could
/// fall below them.
fn beside_words(
    (chosen, other, point): &(String, String, f64),
    figures: &HeadlineFigures,
    context: Context<'_>,
) -> Option<String> {
    let language = context.language();
    let base = u64::from(context.study.publish.round_estimates.national);
    let Some(SafeFigure::Count { persons: seen, .. }) = figures.observed else {
        return None;
    };
    let estimate = Estimate {
        status: EstimateStatus::Ok,
        point: Some(*point),
        lower: None,
        upper: None,
    };
    let point = number::whole(round::round(&estimate, base, seen).point?, language);
    Some(match language {
        Language::Nl => format!("Met {other} in plaats van {chosen}: {point}."),
        Language::En => format!("By {other} instead of {chosen}: {point}."),
    })
}

/// `27.800 tot 34.900`, or `27.800 of meer, zonder bovengrens`.
pub(crate) fn range(estimate: &RoundedEstimate, language: Language) -> String {
    let lower = number::whole(estimate.lower.unwrap_or(0), language);
    match estimate.upper {
        Some(upper) => format!(
            "{lower} {} {}",
            language.pick("tot", "to"),
            number::whole(upper, language)
        ),
        None => format!(
            "{lower} {}",
            language.pick("of meer, geen bovengrens", "or more, no upper limit")
        ),
    }
}

fn seen_and_added(figures: &HeadlineFigures, language: Language) -> String {
    let seen = match figures.observed {
        Some(SafeFigure::Count { persons, .. }) => number::whole(persons, language),
        Some(SafeFigure::Suppressed) => Mark::Suppressed.shorthand(language).to_owned(),
        _ => Mark::NotCollected.shorthand(language).to_owned(),
    };
    let added = match figures.added {
        Some(SafeFigure::Estimate(estimate)) if estimate.status != EstimateStatus::NotEstimable => {
            Some(format!(
                "{} ({})",
                number::whole(estimate.point.unwrap_or(0), language),
                range(&estimate, language)
            ))
        }
        _ => None,
    };
    match (added, language) {
        (Some(added), Language::Nl) => format!(
            "{seen} mensen zijn gezien door ten minste één lijst; {added} zijn door het model bijgeschat."
        ),
        (Some(added), Language::En) => format!(
            "{seen} people were seen by at least one list; {added} were added by the model."
        ),
        (None, Language::Nl) => format!("{seen} mensen zijn gezien door ten minste één lijst."),
        (None, Language::En) => format!("{seen} people were seen by at least one list."),
    }
}

/// What no table can show.
pub fn assumption(language: Language) -> &'static str {
    language.pick(
        "Niet te toetsen: wie op geen enkele lijst staat, is nooit gezien. Het model neemt aan dat de samenhang tussen de lijsten, binnen groepen met dezelfde kenmerken, voor deze mensen dezelfde is als voor wie wel gezien is. Geen enkele tabel kan dat bewijzen of weerleggen.",
        "Not testable: those on no list were never seen. The model assumes that the lists hang together for them, within groups of the same characteristics, as they do for those who were seen. No table can prove or disprove that.",
    )
}
