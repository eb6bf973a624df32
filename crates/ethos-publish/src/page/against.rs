//! The funnel plot: municipalities against what their inhabitants let expect, or, where no
//! inhabitants are given, against their own count of the date before.

use std::collections::BTreeMap;

use ethos_model::category::{Language, Total};
use ethos_model::cube::{CubeKey, Family, Measure, Place};
use ethos_model::date::{Day, Time};
use ethos_model::municipality::MunicipalityCode;
use ethos_model::study::Study;

use super::figure::{Data, Figure};
use super::places::name;
use crate::chart::funnel::{self, Dot, Words};
use crate::dashboard::{Verdict, is_minimum, same_gaps};
use crate::funnel::{Limits, Pair, Z95, Z998};
use crate::protect::{Protected, SafeFigure};
use crate::tables::PrintCell;
use crate::words::number;

/// Figures of all homeless people by municipality.
type Figures = BTreeMap<MunicipalityCode, SafeFigure>;

/// The figure of all homeless people of a municipality, at any time.
pub(super) fn seen_in(code: MunicipalityCode) -> CubeKey {
    CubeKey {
        place: Place::Municipality(code),
        ..CubeKey::national(
            Family::MunicipalCategory,
            Time::On(Day(0)),
            Total::Homeless,
            Measure::Observed,
        )
    }
}

/// Fewest municipalities that limits are drawn for.
const FEWEST: usize = 10;

/// Municipalities against their own count of the date before.
pub(super) struct Compared {
    /// How the count of all of them changed.
    ratio: f64,
    /// Code, the count before, and the count now beside what is expected of it.
    rows: Vec<(MunicipalityCode, u64, Pair)>,
    limits: Limits,
    /// How many of them are minima on both dates.
    minima: usize,
}

/// Why municipalities are not set against their own count of the date before.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Apart {
    /// No change between the two dates can be told.
    Dates(Verdict),
    /// The change of too few municipalities can be told.
    TooFew,
}

impl Apart {
    pub(super) fn why(self, language: Language) -> &'static str {
        let dates = match self {
            Self::Dates(verdict) => verdict.why(false, language),
            Self::TooFew => None,
        };
        dates.unwrap_or(language.pick(
            "te weinig gemeenten hebben op beide dagen een cijfer dat getoond is, niet nul is en waaraan hetzelfde ontbreekt",
            "too few municipalities have a figure on both days that is shown, is not zero and lacks the same",
        ))
    }
}

impl Compared {
    /// Those whose change can be told and that have people on both dates.
    pub(super) fn of(
        study: &Study,
        protected: &Protected,
        (date, now): (Day, &Figures),
        (earlier, then): (Day, &Figures),
    ) -> Result<Self, Apart> {
        if let Some(verdict) = Verdict::between(study, earlier, date) {
            return Err(Apart::Dates(verdict));
        }
        let both: Vec<(MunicipalityCode, u64, u64)> = now
            .iter()
            .filter_map(|(code, figure)| {
                let before = *then.get(code)?;
                let same = same_gaps(protected, &seen_in(*code), earlier, date);
                let (then, now) = ((earlier, before), (date, *figure));
                let hindrance = Verdict::hindrance(study, Some(then), now, same);
                let (now, then) = (shown(*figure)?, shown(before)?);
                hindrance.is_none().then_some((*code, now, then))
            })
            .collect();
        if both.len() < FEWEST {
            return Err(Apart::TooFew);
        }
        let total = |of: fn(&(MunicipalityCode, u64, u64)) -> u64| both.iter().map(of).sum::<u64>();
        let ratio = total(|row| row.1) as f64 / total(|row| row.2) as f64;
        let rows: Vec<(MunicipalityCode, u64, Pair)> = both
            .iter()
            .map(|(code, now, then)| {
                let pair = Pair {
                    expected: *then as f64 * ratio,
                    observed: *now as f64,
                };
                (*code, *then, pair)
            })
            .collect();
        let pairs: Vec<Pair> = rows.iter().map(|row| row.2).collect();
        let limits = Limits::of(&pairs, ratio);
        let minima = rows
            .iter()
            .filter(|row| now.get(&row.0).copied().is_some_and(is_minimum));
        Ok(Self {
            ratio,
            minima: minima.count(),
            rows,
            limits,
        })
    }

    /// Where a municipality lies, and whether above what is expected.
    pub(super) fn place(&self, code: MunicipalityCode) -> Option<(funnel::Place, bool)> {
        let (_, _, pair) = self.rows.iter().find(|row| row.0 == code)?;
        let above = pair.observed > pair.expected;
        Some((funnel::place(&self.limits, *pair), above))
    }
}

/// The funnel plot of counts against inhabitants.
pub(super) fn rates(
    (date, now): (Day, &Figures),
    inhabitants: &BTreeMap<MunicipalityCode, u64>,
    step: u64,
    language: Language,
) -> Option<Figure> {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let both: Vec<(MunicipalityCode, u64, u64)> = now
        .iter()
        .filter_map(|(code, figure)| {
            let persons = shown(*figure)?;
            let live = inhabitants.get(code).filter(|number| **number > 0)?;
            Some((*code, persons, *live))
        })
        .collect();
    if both.len() < FEWEST {
        return None;
    }
    let persons: u64 = both.iter().map(|row| row.1).sum();
    let live: u64 = both.iter().map(|row| row.2).sum();
    let rate = persons as f64 / live as f64;
    let rows: Vec<(MunicipalityCode, u64, Pair)> = both
        .iter()
        .map(|(code, persons, live)| {
            let pair = Pair {
                expected: *live as f64 * rate,
                observed: *persons as f64,
            };
            (*code, *live, pair)
        })
        .collect();
    let pairs: Vec<Pair> = rows.iter().map(|row| row.2).collect();
    let limits = Limits::of(&pairs, 0.0);
    let title = format!(
        "{}, {}",
        pick(
            "Geteld naar inwoners, per gemeente",
            "Counted by inhabitants, by municipality"
        ),
        number::day(date, language)
    );
    let words = Words {
        title: &title,
        across: pick(
            "verwacht aantal: inwoners × het aantal per inwoner van alle gemeenten samen",
            "expected: inhabitants × the number per inhabitant of all municipalities together",
        ),
        up: pick("geteld ÷ verwacht", "counted ÷ expected"),
    };
    let headers = [pick("Inwoners", "Inhabitants"), pick("Geteld", "Counted")];
    let per = number::decimal(rate * 10_000.0, 1, language);
    let known = Known {
        step,
        drawn: rows.len(),
        all: now.len(),
        left_out: pick(
            "waar een cijfer verborgen is, nul is of ontbreekt",
            "of which a figure is withheld, zero or missing",
        ),
    };
    Some(
        plot(&rows, limits, words, headers, language)
            .titled(pick(
                "Waar meer of minder mensen zijn geteld dan inwoners doen verwachten",
                "Where more or fewer people were counted than inhabitants let expect",
            ))
            .lead(pick(
                "Een ranglijst van gemeenten laat vooral toeval zien: in kleine gemeenten springt elk cijfer. Hier is elke gemeente afgezet tegen het aantal dat zij zou hebben als dakloze mensen gelijk over alle inwoners waren verdeeld. Wie erbuiten ligt, verdient een vraag, geen oordeel: opvang staat vaak in de centrumgemeente, en er kan meer of minder zijn geleverd.",
                "A ranking of municipalities shows chance for the most part: in small ones every figure jumps. Here each is set against the number it would have if homeless people were spread evenly over all inhabitants. One beyond deserves a question and no verdict: shelters often stand in the centre municipality, and more or less may have been delivered.",
            ))
            .note(match language {
                Language::Nl => format!("In de getekende gemeenten samen zijn {per} mensen per 10.000 inwoners geteld."),
                Language::En => format!("In the municipalities drawn {per} people were counted per 10,000 inhabitants."),
            })
            .note(known.note(limits, language)),
    )
}

/// The funnel plot of the change since the date before.
pub(super) fn change(
    study: &Study,
    protected: &Protected,
    (date, now): (Day, &Figures),
    (earlier, then): (Day, &Figures),
    step: u64,
) -> Result<Figure, Apart> {
    let language = study.publish.language;
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let compared = Compared::of(study, protected, (date, now), (earlier, then))?;
    let (since, until) = (number::day(earlier, language), number::day(date, language));
    let title = match language {
        Language::Nl => format!("Verandering per gemeente van {since} naar {until}"),
        Language::En => format!("Change by municipality from {since} to {until}"),
    };
    let words = Words {
        title: &title,
        across: pick(
            "verwacht aantal: de vorige telling × de landelijke verandering",
            "expected: the count before × the change of the country",
        ),
        up: pick("geteld ÷ verwacht", "counted ÷ expected"),
    };
    let whole = number::decimal((compared.ratio - 1.0) * 100.0, 1, language);
    let known = Known {
        step,
        drawn: compared.rows.len(),
        all: now.len(),
        left_out: pick(
            "waar een cijfer verborgen is, nul is of ontbreekt, of waar niet op beide dagen hetzelfde ontbreekt",
            "of which a figure is withheld, zero or missing, or of which not the same is missing on both days",
        ),
    };
    let minima = compared.minima;
    let figure =
        plot(&compared.rows, compared.limits, words, [&since, &until], language)
            .titled(pick(
                "Waar verandert meer dan toeval verklaart",
                "Where more changes than chance explains",
            ))
            .lead(pick(
                "Een ranglijst van gemeenten laat vooral toeval zien: in kleine gemeenten springt elk cijfer. Hier is elke gemeente afgezet tegen zichzelf: haar vorige telling, vermenigvuldigd met de verandering in het hele land. Wie binnen de trechter ligt, wijkt niet meer af dan toeval kan. Wie erbuiten ligt, verdient een vraag, geen oordeel: er kan ook meer of minder zijn geleverd.",
                "A ranking of municipalities shows chance for the most part: in small ones every figure jumps. Here each is set against itself: its count before, times the change of the whole country. Within the funnel none differs by more than chance can make it. One beyond deserves a question and no verdict: more or less may have been delivered.",
            ))
            .note(match language {
                Language::Nl => format!("Inwoneraantallen zijn bij deze studie niet gegeven; daarom staat hier de verandering en niet het aantal per inwoner. De getekende gemeenten samen veranderden {whole}%."),
                Language::En => format!("This study was given no numbers of inhabitants; so this shows the change and no rate. The municipalities drawn changed by {whole}% together."),
            })
            .note(known.note(compared.limits, language));
    Ok(match (minima, language) {
        (0, _) => figure,
        (_, Language::Nl) => figure.note(format!(
            "Bij {minima} gemeenten zijn beide cijfers een minimum: wat toen en nu niet gemeten is, telt niet mee."
        )),
        (_, Language::En) => figure.note(format!(
            "Of {minima} municipalities both figures are minima: what was not measured then and now is not in them."
        )),
    })
}

/// What the note under a plot tells.
struct Known {
    step: u64,
    drawn: usize,
    all: usize,
    /// Why the others are not drawn.
    left_out: &'static str,
}

impl Known {
    fn note(&self, limits: Limits, language: Language) -> String {
        let spread = number::decimal(limits.dispersion, 2, language);
        let (step, all, others) = (self.step, self.all, self.all - self.drawn);
        let why = self.left_out;
        match language {
            Language::Nl => format!(
                "Grenzen volgens Spiegelhalter (2005), op de schaal van de wortel; de spreiding is {spread} maal die van toeval alleen (φ, nooit minder dan 1), en de grenzen zijn daarmee verbreed. Aantallen zijn afgerond op {step}, wat bij kleine gemeenten meetelt. Niet getekend: {others} van de {all} gemeenten, {why}."
            ),
            Language::En => format!(
                "Limits after Spiegelhalter (2005), on the scale of the square root; the spread is {spread} times that of chance alone (φ, never below 1), and the limits are widened by it. Counts are rounded to {step}, which matters for small municipalities. Not drawn: {others} of {all} municipalities, {why}."
            ),
        }
    }
}

/// The plot and its figures. A row is a municipality, what its expectation rests on, and its
/// count beside that expectation; the headers are those of the second and of the count.
fn plot(
    rows: &[(MunicipalityCode, u64, Pair)],
    limits: Limits,
    words: Words<'_>,
    headers: [&str; 2],
    language: Language,
) -> Figure {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let mut dots: Vec<(MunicipalityCode, u64, Dot)> = rows
        .iter()
        .map(|(code, basis, pair)| {
            let name = name(*code, language);
            (*code, *basis, Dot { name, pair: *pair })
        })
        .collect();
    dots.sort_by(|a, b| a.2.name.cmp(&b.2.name).then(a.0.cmp(&b.0)));
    let drawn: Vec<Dot> = dots.iter().map(|dot| dot.2.clone()).collect();
    let svg = funnel::draw(&drawn, &limits, words, language);
    let text = |value: f64, decimals| PrintCell::Text(number::decimal(value, decimals, language));
    let span = |(low, high): (f64, f64)| {
        PrintCell::Text(format!(
            "{}–{}",
            number::decimal(low, 2, language),
            number::decimal(high, 2, language)
        ))
    };
    let rows: Vec<Vec<PrintCell>> = dots
        .iter()
        .map(|(code, basis, dot)| {
            let Pair { expected, observed } = dot.pair;
            vec![
                PrintCell::Text(dot.name.clone()),
                PrintCell::Text(code.to_string()),
                PrintCell::number(*basis),
                PrintCell::number(observed as u64),
                text(expected, 1),
                text(observed / expected, 2),
                span(limits.at(expected, Z95)),
                span(limits.at(expected, Z998)),
            ]
        })
        .collect();
    let columns = [
        (pick("Gemeente", "Municipality"), false),
        ("Code", false),
        (headers[0], true),
        (headers[1], true),
        (pick("Verwacht", "Expected"), true),
        (pick("Geteld ÷ verwacht", "Counted ÷ expected"), true),
        (pick("95%-grenzen", "95% limits"), true),
        (pick("99,8%-grenzen", "99.8% limits"), true),
    ];
    let data = Data::new("funnel", words.title, &columns, &rows, language);
    Figure::new("trechter", svg, data)
        .key(
            "k-limit95",
            pick("binnen de 95%-grenzen", "within the 95% limits"),
        )
        .key(
            "k-limit998",
            pick("binnen de 99,8%-grenzen", "within the 99.8% limits"),
        )
        .key("k-far", pick("erbuiten", "beyond"))
        .sideways(pick("Trechterplot", "Funnel plot"))
}

/// A figure that is a number above zero.
fn shown(figure: SafeFigure) -> Option<u64> {
    match figure {
        SafeFigure::Count { persons, .. } if persons > 0 => Some(persons),
        _ => None,
    }
}
