//! The notes that go with every release: what the figures are, how they were protected, what
//! the marks mean. Used by the workbook and the page alike.

use ethos_model::category::{EthosCategory, Language};
use ethos_model::date::Day;
use ethos_model::study::{DisclosureMethod, PublishSection, ReleaseStatus, SeriesBreak, Study};

use crate::protect::Protected;
use crate::words::label::Mark;
use crate::words::{label, number};

/// A note with a heading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// Heading.
    pub title: String,
    /// Text.
    pub text: String,
}

impl Note {
    fn new(title: &str, text: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
        }
    }
}

/// Said above everything else where small counts are neither withheld nor rounded.
pub fn alarm(settings: &PublishSection) -> Option<&'static str> {
    let disclosure = &settings.disclosure;
    (disclosure.threshold <= 1 && disclosure.base <= 1).then(|| {
        settings.language.pick(
            "Niet beschermd: kleine aantallen staan er zoals ze zijn; niet geschikt om te publiceren",
            "Not protected: small counts are shown as they are; not fit for publication",
        )
    })
}

/// The mark of a release whose figures may change, or take the place of others.
pub fn status_mark(settings: &PublishSection) -> Option<Mark> {
    match settings.status {
        ReleaseStatus::Provisional => Some(Mark::Provisional),
        ReleaseStatus::Final => None,
        ReleaseStatus::Revised => Some(Mark::Revised),
    }
}

/// What a reader of a series must know: whether figures may change, and its breaks.
pub fn on_series(settings: &PublishSection) -> Vec<String> {
    on_series_since(settings, None)
}

/// The same, without the breaks up to a day: those of a page that shows no earlier figures, nor stands
/// beside one that does.
pub fn on_series_since(settings: &PublishSection, day: Option<Day>) -> Vec<String> {
    let language = settings.language;
    let status = status_mark(settings)
        .map(|mark| format!("{} {}", mark.shorthand(language), mark.meaning(language)));
    let breaks = settings
        .breaks
        .iter()
        .filter(|found| day.is_none_or(|day| found.from > day))
        .map(|found| on_break(found, language));
    status.into_iter().chain(breaks).collect()
}

/// A break in the series, in words.
pub fn on_break(found: &SeriesBreak, language: Language) -> String {
    let sign = Mark::Break.shorthand(language);
    let day = number::day(found.from, language);
    let text = language.pick(&found.nl, &found.en);
    match language {
        Language::Nl => format!("{sign} Breuk in de reeks vanaf {day}: {text}"),
        Language::En => format!("{sign} Break in the series from {day}: {text}"),
    }
}

/// The breaks in the series between two dates.
pub fn breaks_between(
    settings: &PublishSection,
    before: Day,
    after: Day,
) -> impl Iterator<Item = &SeriesBreak> {
    let mut breaks: Vec<&SeriesBreak> = settings.breaks.iter().collect();
    breaks.sort_by_key(|found| found.from);
    breaks
        .into_iter()
        .filter(move |found| before < found.from && found.from <= after)
}

/// Whether a break lies between a date and the one before it among these.
pub fn opens_after_break(settings: &PublishSection, dates: &[Day], date: Day) -> bool {
    let before = dates.iter().filter(|other| **other < date).max();
    before.is_some_and(|before| breaks_between(settings, *before, date).next().is_some())
}

/// That the study asks for tables which the count did not make.
pub fn not_counted(tables: &[&str], language: Language) -> String {
    let tables = tables.join("`, `");
    match language {
        Language::Nl => format!(
            "De studie vraagt om `{tables}`, maar de telling heeft dat niet gemaakt: het staat niet in deze publicatie. Tel opnieuw met `ethos run` of `ethos count`."
        ),
        Language::En => format!(
            "The study asks for `{tables}`, which the count did not make: it is not in this release. Count again with `ethos run` or `ethos count`."
        ),
    }
}

/// That figures of an earlier release cannot stand for what is counted now.
pub fn revised(protected: &Protected, language: Language) -> Option<Note> {
    let many = protected.audit().revised.len();
    let figures = number::whole(many as u64, language);
    (many > 0).then(|| match language {
        Language::Nl => Note::new(
            "Herziene cijfers",
            format!(
                "{figures} {} uit een eerdere publicatie {} niet meer met wat nu is geteld. Gebruik de cijfers van deze publicatie.",
                if many == 1 { "cijfer" } else { "cijfers" },
                if many == 1 { "klopt" } else { "kloppen" },
            ),
        ),
        Language::En => Note::new(
            "Revised figures",
            format!(
                "{figures} {} of an earlier release {} not agree with what is counted now. Use the figures of this release.",
                if many == 1 { "figure" } else { "figures" },
                if many == 1 { "does" } else { "do" },
            ),
        ),
    })
}

/// What holds for every release; first that nothing is protected, where nothing is.
pub fn standing(settings: &PublishSection, protected: &Protected) -> Vec<Note> {
    let language = settings.language;
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let disclosure = &settings.disclosure;
    let whole = |value: u32| number::whole(u64::from(value), language);
    let rounded = disclosure.method == DisclosureMethod::ControlledRounding;
    let protection = match (disclosure.threshold > 1, disclosure.base > 1, language) {
        (_, true, Language::Nl) if rounded => format!(
            "Alle aantallen zijn afgerond op een veelvoud van {}, zo dat alle tabellen optellen. Een 0 kan een klein aantal zijn en een klein aantal kan 0 zijn. Nagerekend is dat niemand een aantal onder {} uit deze tabellen en eerdere publicaties nauwkeurig kan afleiden.",
            whole(disclosure.base),
            whole(disclosure.threshold)
        ),
        (_, true, Language::En) if rounded => format!(
            "All counts are rounded to a multiple of {} so that all tables add up. A 0 can be a small count, and a small count can be 0. It was checked that nobody can work out a count below {} closely from these tables and earlier releases.",
            whole(disclosure.base),
            whole(disclosure.threshold)
        ),
        (true, _, Language::Nl) => format!(
            "Aantallen van 1 tot {} staan er niet in ([c]). Andere aantallen zijn afgerond op een veelvoud van {}. Waar een verborgen aantal te berekenen zou zijn, is een tweede aantal verborgen of het totaal. Dat is nagerekend over alle tabellen samen. Een 0 die is nagekeken staat er als 0.",
            whole(disclosure.threshold),
            whole(disclosure.base)
        ),
        (true, _, Language::En) => format!(
            "Counts from 1 to below {} are withheld ([c]). Other counts are rounded to a multiple of {}. Where a withheld count could be worked out, a second count is withheld, or the total. That was checked over all tables together. A 0 that was looked for is shown as 0.",
            whole(disclosure.threshold),
            whole(disclosure.base)
        ),
        (false, true, Language::Nl) => format!(
            "Aantallen zijn afgerond op een veelvoud van {}; geen enkel aantal is verborgen.",
            whole(disclosure.base)
        ),
        (false, true, Language::En) => format!(
            "Counts are rounded to a multiple of {}; none is withheld.",
            whole(disclosure.base)
        ),
        (false, false, _) => pick(
            "Aantallen zijn niet afgerond en niet verborgen.",
            "Counts are neither rounded nor withheld.",
        )
        .to_owned(),
    };
    let report = protected.report();
    let withheld = report.small + report.secondary;
    let share = if report.cells == 0 {
        0.0
    } else {
        withheld as f64 / report.cells as f64
    };
    let share = number::percent((share * 100.0).round() / 100.0, language);
    let alarm = alarm(settings).map(|alarm| {
        Note::new(
            pick("Let op: niet beschermd", "Mind: not protected"),
            format!("{alarm}."),
        )
    });
    let notes = [
        Note::new(
            pick("Drie totalen", "Three totals"),
            pick(
                "Dakloze mensen (categorie 1–6 en situatie onbekend), mensen die dreigen dakloos te worden (categorie 7), en de mensen over wie de schatting gaat. Geen enkel getal telt mensen uit twee daarvan bij elkaar op.",
                "Homeless people (categories 1–6 and situation unknown), people threatened with homelessness (category 7), and the people the estimate speaks of. No figure adds people of two of them.",
            ),
        ),
        Note::new(
            pick("Geteld en geschat", "Counted and estimated"),
            pick(
                "Geteld is wie een bron heeft gezien. Bijgeschat is wie naar verwachting door geen lijst is gezien; dat volgt uit hoe de lijsten elkaar overlappen. Een categorie wordt alleen geschat als lijsten die categorie kunnen zien; anders staat er ‘niet te schatten’.",
                "Counted are those a source saw. Added are those whom no list is expected to have seen, which follows from how the lists overlap. A category is estimated only where lists can see it; elsewhere it reads ‘not estimable’.",
            ),
        ),
        Note::new(
            pick(
                "Wat niet gemeten is, is niet nul",
                "What was not measured is not zero",
            ),
            if rounded {
                pick(
                    "Een 0 betekent: er is gekeken, en er is niemand gezien of maar een enkeling. Waar niemand kon kijken of niet is geleverd, staat een teken.",
                    "A 0 means: somebody looked, and saw nobody or only a few. Where nobody could look, or nothing was delivered, a mark stands.",
                )
            } else {
                pick(
                    "Een 0 betekent: er is gekeken en niemand gezien. Waar niemand kon kijken of niet is geleverd, staat een teken.",
                    "A 0 means: somebody looked and saw nobody. Where nobody could look, or nothing was delivered, a mark stands.",
                )
            },
        ),
        Note::new(
            pick("Bescherming van mensen", "Protection of people"),
            format!(
                "{protection} {}",
                match language {
                    Language::Nl =>
                        format!("In deze publicatie is {share} van de getelde cellen verborgen."),
                    Language::En =>
                        format!("In this release {share} of the counted cells are withheld."),
                }
            ),
        ),
        Note::new(
            pick("Afronding", "Rounding"),
            if rounded {
                pick(
                    "Getelde aantallen zijn zo afgerond dat delen optellen tot hun totaal; een getal kan hoger of lager zijn dan wat is geteld, ook een ondergrens. Een schatting valt nooit lager uit dan het gepubliceerde aantal.",
                    "Counts were rounded so that parts add up to their total; a number can be above or below what was counted, a minimum too. No estimate falls below the published count.",
                )
            } else {
                pick(
                    "Elk getal is apart afgerond; delen tellen daardoor niet altijd op tot hun totaal. Een schatting valt nooit lager uit dan wat is gezien.",
                    "Each figure was rounded on its own, so parts need not add up to their total. No estimate falls below what was seen.",
                )
            },
        ),
    ];
    let revised = revised(protected, language);
    alarm.into_iter().chain(revised).chain(notes).collect()
}

/// Every category with its definition.
pub fn definitions(language: Language) -> Vec<Note> {
    EthosCategory::ALL
        .into_iter()
        .map(|category| {
            Note::new(
                &label::category(category, language),
                label::definition(category, language),
            )
        })
        .collect()
}

/// What a source of the study can see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sight {
    /// Name of the source.
    pub source: String,
    /// Whether it is a list of the estimate, and which.
    pub list: String,
    /// Categories it reports.
    pub categories: String,
    /// Places it reports on, and whom it cannot see.
    pub reach: String,
}

/// What each source of a study can see, as the study declares it.
pub fn sights(study: &Study) -> Vec<Sight> {
    let language = study.publish.language;
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    study
        .sources
        .iter()
        .map(|source| {
            let numbers: Vec<String> = source
                .reports
                .categories
                .iter()
                .map(ToString::to_string)
                .collect();
            let places = match source.reports.municipalities.as_deref() {
                Some("national") => pick("heel Nederland", "the whole country"),
                None | Some("senders") => {
                    pick("gemeenten die leverden", "municipalities that delivered")
                }
                Some(_) => pick("verwachte afzenders", "expected senders"),
            };
            let ages = source.coverage.ages.map_or_else(String::new, |ages| {
                format!("; {} {ages}", pick("alleen leeftijd", "only ages"))
            });
            Sight {
                source: source.title().to_owned(),
                list: source.list.clone().unwrap_or_else(|| {
                    pick("geen lijst, wel geteld", "no list, only counted").into()
                }),
                categories: if numbers.is_empty() {
                    pick("geen: situatie onbekend", "none: situation unknown").into()
                } else {
                    numbers.join(", ")
                },
                reach: format!("{places}{ages}"),
            }
        })
        .collect()
}

/// That observed people and the estimate are two populations, to stand before the table of the former.
pub fn observed_apart(language: Language) -> &'static str {
    language.pick(
        "Deze tabel gaat over andere mensen dan de schatting: iedereen die een bron heeft gezien, van alle leeftijden en uit alle bronnen. Vergelijk haar niet met de schatting.",
        "This table is of other people than the estimate: everyone whom a source has seen, of all ages and from all sources. Do not compare it with the estimate.",
    )
}

/// Where figures beside the study's own come from, and where the categories do.
pub fn sources(language: Language) -> Vec<String> {
    vec![
        language
            .pick(
                "Gepubliceerde reeks: CBS, Dakloze mensen; persoonskenmerken (StatLine 80799ned) en nieuwsberichten van het CBS; dakloze mensen van 18 tot 65 jaar op 1 januari, 2009–2024. Over 2019 is geen cijfer gepubliceerd; vanaf 2020 is het derde register een ander. Van 2024 is geen marge gevonden.",
                "Published series: Statistics Netherlands (CBS), homeless people by personal characteristics (StatLine 80799ned) and news releases of CBS; homeless people aged 18 to 65 on 1 January, 2009–2024. No figure was published for 2019; from 2020 on the third register is another one. No margin was found for 2024.",
            )
            .to_owned(),
        language
            .pick(
                "Indeling: ETHOS Light (FEANTSA), categorie 1–6; categorie 7 is een toevoeging van de Belgische en Nederlandse tellingen.",
                "Classification: ETHOS Light (FEANTSA), categories 1–6; category 7 is an addition of the Belgian and Dutch counts.",
            )
            .to_owned(),
    ]
}
