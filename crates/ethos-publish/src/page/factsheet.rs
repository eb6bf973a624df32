//! One page for one municipality, to print and to talk about: its own figures, how complete they
//! are, the region and the country beside them, and what can and cannot be said.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cube::{CubeKey, Family, Measure, Place};
use ethos_model::date::{Day, Time};
use ethos_model::municipality::MunicipalityCode;
use ethos_model::region::RegionMapping;
use ethos_model::study::DisclosureMethod;
use minijinja::value::Serde;
use serde::Serialize;

use super::against::{Apart, Compared, seen_in};
use super::html_table::{MarkNote, marks};
use super::places::{self, Counted};
use super::put;
use crate::chart::dates::{self, Column};
use crate::chart::funnel;
use crate::dashboard::{Verdict, is_minimum, same_gaps};
use crate::error::PublishError;
use crate::notes;
use crate::protect::SafeFigure;
use crate::release::SafeRelease;
use crate::stands_for::in_release;
use crate::tables::PrintCell;
use crate::words::label::{self, Mark};
use crate::words::number;

/// Which municipalities get a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Factsheets {
    /// All with a row in the municipal table.
    All,
    /// These.
    Of(Vec<MunicipalityCode>),
}

impl FromStr for Factsheets {
    type Err = String;

    /// Reads `all`, or codes with commas between them.
    ///
    /// ```
    /// use ethos_publish::Factsheets;
    /// assert_eq!("all".parse(), Ok(Factsheets::All));
    /// assert!(matches!("GM0363,GM0518".parse(), Ok(Factsheets::Of(codes)) if codes.len() == 2));
    /// assert!("Amsterdam".parse::<Factsheets>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        text.split(',')
            .map(|code| {
                MunicipalityCode::parse(code).map_err(|_| {
                    format!("`{}` is no municipality code such as GM0363", code.trim())
                })
            })
            .collect::<Result<_, _>>()
            .map(Self::Of)
    }
}

/// Folder of the pages.
const FOLDER: &str = "factsheets";

/// Writes `factsheets/GM0363.html` and so on, and returns their names.
pub(crate) fn write(
    release: &SafeRelease<'_>,
    which: &Factsheets,
    dir: &Path,
) -> Result<Vec<PathBuf>, PublishError> {
    let all = Country::of(release);
    let codes: Vec<MunicipalityCode> = match which {
        Factsheets::All => all.latest().keys().copied().collect(),
        Factsheets::Of(codes) => codes.clone(),
    };
    if let Some(code) = codes.iter().find(|code| !all.latest().contains_key(*code)) {
        return Err(PublishError::NoMunicipality { code: *code });
    }
    let folder = dir.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|source| PublishError::Folder {
        path: folder.clone(),
        source,
    })?;
    let templates = super::templates()?;
    let template = templates.get_template("factsheet.html")?;
    codes
        .iter()
        .map(|code| {
            let name = format!("{code}.html");
            put(
                &folder.join(&name),
                &template.render(Serde(all.sheet(*code)))?,
            )?;
            Ok(Path::new(FOLDER).join(name))
        })
        .collect()
}

/// What all pages share.
struct Country<'a> {
    release: &'a SafeRelease<'a>,
    language: Language,
    counted: Counted,
    /// Figures of the municipal and regional tables on the latest date, by place, total and
    /// category.
    figures: BTreeMap<(Place, Total, Option<EthosCategory>), SafeFigure>,
    /// Municipalities against the date before, where there is one.
    compared: Option<(Day, Result<Compared, Apart>)>,
    regions: Vec<&'a RegionMapping>,
}

#[derive(Serialize)]
struct Sheet<'a> {
    lang: &'static str,
    nl: bool,
    study: &'a str,
    name: String,
    code: String,
    date: String,
    alarm: Option<&'static str>,
    banner: Option<&'a str>,
    /// The mark of figures that may change or take the place of others.
    status: Option<&'static str>,
    /// Status and breaks in words.
    series: Vec<String>,
    figure: String,
    /// What the figure is or why there is none.
    meaning: String,
    chart: String,
    heads: Vec<String>,
    rows: Vec<Row>,
    marks: Vec<MarkNote>,
    complete: Vec<String>,
    change: Option<String>,
    country: Option<String>,
    can: Vec<String>,
    cannot: Vec<&'static str>,
    place: &'static str,
}

#[derive(Serialize)]
struct Row {
    label: String,
    total: bool,
    cells: Vec<String>,
}

impl<'a> Country<'a> {
    fn of(release: &'a SafeRelease<'a>) -> Self {
        let counted = places::counted(release.cube());
        let mut figures = BTreeMap::new();
        let latest = counted.last_key_value().map(|(date, _)| *date);
        for row in release.cube().rows() {
            let key = &row.key;
            let plain = CubeKey {
                place: key.place.clone(),
                category: key.category,
                ..CubeKey::national(key.family, key.time, key.total, Measure::Observed)
            };
            let of_places = matches!(
                key.family,
                Family::NationalCategory | Family::RegionalCategory | Family::MunicipalCategory
            );
            if of_places && plain == *key && latest.map(Time::On) == Some(key.time) {
                figures.insert((key.place.clone(), key.total, key.category), row.figure);
            }
        }
        let compared = counted.last_key_value().and_then(|(date, now)| {
            let (earlier, then) = counted.range(..*date).next_back()?;
            let compared = Compared::of(
                release.study(),
                release.cube(),
                (*date, now),
                (*earlier, then),
            );
            Some((*earlier, compared))
        });
        let mut keys: Vec<&str> = figures
            .keys()
            .filter_map(|(place, _, _)| match place {
                Place::Region { mapping, .. } => Some(mapping.as_str()),
                _ => None,
            })
            .collect();
        keys.dedup();
        let supplied = release.context().regions;
        let regions = keys
            .into_iter()
            .filter_map(|key| {
                let own = supplied.iter().find(|mapping| mapping.key == key);
                own.or_else(|| RegionMapping::shipped(key))
            })
            .collect();
        Self {
            release,
            language: release.context().language(),
            counted,
            figures,
            compared,
            regions,
        }
    }

    /// Homeless people by municipality on the latest date.
    fn latest(&self) -> &BTreeMap<MunicipalityCode, SafeFigure> {
        static NONE: BTreeMap<MunicipalityCode, SafeFigure> = BTreeMap::new();
        self.counted.last_key_value().map_or(&NONE, |(_, now)| now)
    }

    fn cell(&self, place: &Place, total: Total, category: Option<EthosCategory>) -> PrintCell {
        let key = (place.clone(), total, category);
        PrintCell::count(self.figures.get(&key).copied())
    }

    fn sheet(&self, code: MunicipalityCode) -> Sheet<'a> {
        let language = self.language;
        let name = places::name(code, language);
        let here = Place::Municipality(code);
        let date = self.counted.last_key_value().map(|(date, _)| *date);
        let when = date.map_or_else(String::new, |date| number::day(date, language));
        let own = self.cell(&here, Total::Homeless, None);
        let (heads, columns) = self.columns(code, &name, date);
        let rows = self.rows(&columns);
        let used: Vec<Mark> = Mark::ALL
            .into_iter()
            .filter(|mark| {
                let sign = mark.shorthand(language);
                rows.iter()
                    .any(|row| row.cells.iter().any(|cell| cell.ends_with(sign)))
            })
            .collect();
        let publish = &self.release.study().publish;
        let days: Vec<Day> = self.counted.keys().copied().collect();
        let by_date: Vec<Column> = self
            .counted
            .iter()
            .map(|(date, figures)| Column {
                date: date.year().to_string(),
                cell: PrintCell::count(figures.get(&code).copied()),
                after_break: notes::opens_after_break(publish, &days, *date),
            })
            .collect();
        let kept = by_date.len().saturating_sub(5);
        Sheet {
            lang: language.pick("nl", "en"),
            nl: language == Language::Nl,
            study: &self.release.study().study.name,
            chart: dates::draw(
                "dates",
                language.pick("Geteld per peildatum", "Counted by reference date"),
                &by_date[kept..],
                language,
            ),
            code: code.to_string(),
            alarm: self.release.alarm(),
            banner: self.release.banner(),
            status: notes::status_mark(publish).map(|mark| mark.shorthand(language)),
            series: notes::on_series_since(
                publish,
                days.get(kept).map(|first| first.plus_months(-12)),
            ),
            figure: match &own {
                PrintCell::Number { value, .. } => number::whole(*value, language),
                other => other.text(language),
            },
            meaning: meaning(&own, publish.disclosure.method, language),
            heads,
            rows,
            marks: marks(&used, language),
            complete: self.complete(&here),
            change: self.change(code),
            country: self.estimate(),
            can: can(&own, self.most_in_zero(), &name, &when, language),
            cannot: cannot(language),
            place: self.release.study().count.municipality.name(language),
            name,
            date: when,
        }
    }

    /// The municipality, its regions and the country: headers and places.
    fn columns(
        &self,
        code: MunicipalityCode,
        name: &str,
        date: Option<Day>,
    ) -> (Vec<String>, Vec<Place>) {
        let mut heads = vec![name.to_owned()];
        let mut places = vec![Place::Municipality(code)];
        for mapping in &self.regions {
            let Some(region) = date.and_then(|date| mapping.level_of(code, date)) else {
                continue;
            };
            let place = Place::Region {
                mapping: mapping.key.clone(),
                region: region.to_owned(),
            };
            heads.push(format!(
                "{} ({})",
                label::place(&place, self.language),
                self.language.pick(&mapping.name_nl, &mapping.name_en)
            ));
            places.push(place);
        }
        heads.push(label::place(&Place::Netherlands, self.language));
        places.push(Place::Netherlands);
        (heads, places)
    }

    /// A row for every category, those of homeless people under their total.
    fn rows(&self, places: &[Place]) -> Vec<Row> {
        let row = |label: String, total: Total, category: Option<EthosCategory>, bold: bool| Row {
            label,
            total: bold,
            cells: places
                .iter()
                .map(|place| self.cell(place, total, category).text(self.language))
                .collect(),
        };
        let name = |category| label::category(category, self.language);
        let mut rows = vec![row(
            Total::Homeless.name(self.language).to_owned(),
            Total::Homeless,
            None,
            true,
        )];
        let (threatened, homeless): (Vec<_>, Vec<_>) = EthosCategory::ALL
            .into_iter()
            .partition(|category| category.total() == Total::Threatened);
        for category in homeless.into_iter().chain(threatened) {
            let bold = category.total() == Total::Threatened;
            rows.push(row(name(category), category.total(), Some(category), bold));
        }
        rows.retain(|row| row.cells.iter().any(|cell| !cell.is_empty()));
        rows
    }

    /// What of the municipality was counted whole, in part or not at all.
    fn complete(&self, here: &Place) -> Vec<String> {
        let language = self.language;
        let mut by_state: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for category in EthosCategory::ALL {
            let state = match self.cell(here, category.total(), Some(category)) {
                PrintCell::Number { partial: false, .. } => 0,
                PrintCell::Number { partial: true, .. } => 1,
                PrintCell::Mark(Mark::NotDelivered) => 2,
                PrintCell::Mark(Mark::NotCollected) => 3,
                PrintCell::Mark(Mark::Suppressed) => 4,
                _ => continue,
            };
            let short = category.number().map_or_else(
                || category.name(language).to_lowercase(),
                |number| number.to_string(),
            );
            by_state.entry(state).or_default().push(short);
        }
        let says = [
            ("Volledig geteld: categorie", "Counted in full: category"),
            (
                "Deels geteld, een ondergrens: categorie",
                "Counted in part, a minimum: category",
            ),
            (
                "Niet geleverd, terwijl dat kon: categorie",
                "Not delivered, though it could have been: category",
            ),
            (
                "Door geen bron van deze studie te zien: categorie",
                "Seen by no source of this study: category",
            ),
            (
                "Verborgen om mensen te beschermen: categorie",
                "Withheld to protect people: category",
            ),
        ];
        by_state
            .into_iter()
            .map(|(state, names)| {
                let (nl, en) = says[state];
                format!("{} {}.", language.pick(nl, en), names.join(", "))
            })
            .collect()
    }

    /// Whether the count changed by more than chance explains, or why that cannot be told.
    fn change(&self, code: MunicipalityCode) -> Option<String> {
        let (earlier, compared) = self.compared.as_ref()?;
        let language = self.language;
        let since = number::day(*earlier, language);
        let figure = |date| Some((date, *self.counted.get(&date)?.get(&code)?));
        let now = figure(*self.counted.last_key_value()?.0)?;
        let same = same_gaps(self.release.cube(), &seen_in(code), *earlier, now.0);
        let hindrance = Verdict::hindrance(self.release.study(), figure(*earlier), now, same);
        let told = match (hindrance, compared) {
            (Some(verdict), _) => Err(verdict.why(false, language)),
            (None, Err(apart)) => Err(Some(apart.why(language))),
            (None, Ok(compared)) => compared.place(code).ok_or(None),
        };
        let (place, above) = match told {
            Ok(place) => place,
            Err(why) => {
                let why = why.unwrap_or(language.pick(
                    "een van de twee cijfers is 0",
                    "one of the two figures is 0",
                ));
                return Some(match language {
                    Language::Nl => {
                        format!("De verandering sinds {since} is niet meetbaar: {why}.")
                    }
                    Language::En => {
                        format!("The change since {since} is not measurable: {why}.")
                    }
                });
            }
        };
        let told = match (place, above, language) {
            (funnel::Place::Inside, _, Language::Nl) => format!(
                "Sinds {since} veranderde het aantal niet meer dan toeval kan verklaren, afgezet tegen de verandering in het hele land."
            ),
            (funnel::Place::Inside, _, Language::En) => format!(
                "Since {since} the count changed by no more than chance can explain, beside the change of the whole country."
            ),
            (_, true, Language::Nl) => format!(
                "Sinds {since} is het aantal meer gestegen (of minder gedaald) dan in het hele land en dan toeval meestal verklaart. Vraag na of er meer is geleverd."
            ),
            (_, true, Language::En) => format!(
                "Since {since} the count rose by more (or fell by less) than in the whole country, and than chance mostly explains. Ask whether more was delivered."
            ),
            (_, false, Language::Nl) => format!(
                "Sinds {since} is het aantal meer gedaald (of minder gestegen) dan in het hele land en dan toeval meestal verklaart. Vraag na of er minder is geleverd."
            ),
            (_, false, Language::En) => format!(
                "Since {since} the count fell by more (or rose by less) than in the whole country, and than chance mostly explains. Ask whether less was delivered."
            ),
        };
        Some(if is_minimum(now.1) {
            let minima = language.pick(
                "Beide cijfers zijn een minimum: wat toen en nu niet gemeten is, telt niet mee.",
                "Both figures are minima: what was not measured then and now is not in them.",
            );
            format!("{told} {minima}")
        } else {
            told
        })
    }

    /// The most people that a published 0 can stand for.
    fn most_in_zero(&self) -> u64 {
        let disclosure = &self.release.study().publish.disclosure;
        in_release(self.release.cube(), disclosure, 0).1
    }

    /// The estimate of the country, which is not one of the municipality.
    fn estimate(&self) -> Option<String> {
        let headlines = self.release.headlines();
        let headline = headlines.first()?;
        let words = headline.words(self.release.cube(), self.release.context());
        Some(format!(
            "{}: {} ({}).",
            words.date, words.figure, words.interval
        ))
    }
}

/// What the figure of a municipality is.
fn meaning(cell: &PrintCell, method: DisclosureMethod, language: Language) -> String {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    match cell {
        PrintCell::Number { value: 0, .. } if method == DisclosureMethod::ControlledRounding => {
            pick(
                "Er is niemand gezien, of maar een enkeling: dit getal is afgerond.",
                "Nobody was seen, or only a few people: this number is rounded.",
            )
            .to_owned()
        }
        PrintCell::Number { value: 0, partial } => if *partial {
            pick(
                "Er is deels gekeken en niemand gezien.",
                "Somebody looked in part and saw nobody.",
            )
        } else {
            pick(
                "Er is gekeken en niemand gezien.",
                "Somebody looked and saw nobody.",
            )
        }
        .to_owned(),
        PrintCell::Number { partial: true, .. } => pick(
            "dakloze mensen geteld; een ondergrens, want niet alles is gemeten of geleverd",
            "homeless people counted; a minimum, as not all was measured or delivered",
        )
        .to_owned(),
        PrintCell::Mark(mark) => mark.meaning(language).to_owned(),
        _ => pick("dakloze mensen geteld", "homeless people counted").to_owned(),
    }
}

/// What can be said with the figures of a municipality. `most_in_zero` is the most people that a 0
/// can stand for.
fn can(
    cell: &PrintCell,
    most_in_zero: u64,
    name: &str,
    when: &str,
    language: Language,
) -> Vec<String> {
    let mut lines = Vec::new();
    let whole = |value| number::whole(value, language);
    let fewer = whole(most_in_zero + 1);
    let said = match (cell, language) {
        (PrintCell::Number { value: 0, .. }, Language::Nl) if most_in_zero > 0 => Some(format!(
            "“Op {when} zagen de bronnen van deze studie in {name} weinig dakloze mensen of geen: minder dan {fewer}.”"
        )),
        (PrintCell::Number { value: 0, .. }, Language::En) if most_in_zero > 0 => Some(format!(
            "“On {when} the sources of this study saw few homeless people in {name} or none: fewer than {fewer}.”"
        )),
        (PrintCell::Number { value: 0, partial }, Language::Nl) => Some(format!(
            "“Op {when} zagen de bronnen van deze studie in {name} geen dakloze mensen{}.”",
            if *partial {
                ", maar niet alles is gemeten of geleverd"
            } else {
                ""
            }
        )),
        (PrintCell::Number { value: 0, partial }, Language::En) => Some(format!(
            "“On {when} the sources of this study saw no homeless people in {name}{}.”",
            if *partial {
                ", but not all was measured or delivered"
            } else {
                ""
            }
        )),
        (PrintCell::Number { value, .. }, Language::Nl) => Some(format!(
            "“Op {when} zagen de bronnen van deze studie in {name} ten minste ongeveer {} dakloze mensen (afgerond).”",
            whole(*value)
        )),
        (PrintCell::Number { value, .. }, Language::En) => Some(format!(
            "“On {when} the sources of this study saw at least about {} homeless people in {name} (rounded).”",
            whole(*value)
        )),
        (PrintCell::Mark(Mark::Suppressed), Language::Nl) => Some(format!(
            "“Hoeveel dakloze mensen de bronnen van deze studie op {when} in {name} zagen, wordt niet getoond om mensen te beschermen; dat zegt niet of het er veel of weinig zijn.”"
        )),
        (PrintCell::Mark(Mark::Suppressed), Language::En) => Some(format!(
            "“How many homeless people the sources of this study saw in {name} on {when} is withheld to protect people; that does not say whether they are many or few.”"
        )),
        _ => None,
    };
    lines.extend(said);
    lines.push(match language {
        Language::Nl => "“Wie in opvang of bij een loket is geweest, kan geteld zijn. Wie nergens kwam, is dat niet.”".to_owned(),
        Language::En => "“Those who came to a shelter or a desk can have been counted. Those who came nowhere were not.”".to_owned(),
    });
    lines
}

/// What cannot be said with them.
fn cannot(language: Language) -> Vec<&'static str> {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    vec![
        pick(
            "Hoeveel dakloze mensen er in deze gemeente echt zijn: dit is een telling, geen schatting. De landelijke schatting is niet naar een gemeente om te rekenen.",
            "How many homeless people there really are in this municipality: this is a count and no estimate. The national estimate cannot be turned into one of a municipality.",
        ),
        pick(
            "Dat het hier beter of slechter gaat dan elders: gemeenten leveren niet hetzelfde, en opvang staat vaak in de centrumgemeente.",
            "That things are better or worse here than elsewhere: municipalities do not deliver the same, and shelters often stand in the centre municipality.",
        ),
        pick(
            "Dat een teken een nul is: [c], [n] en [x] betekenen iets anders.",
            "That a mark is a zero: [c], [n] and [x] mean something else.",
        ),
    ]
}
