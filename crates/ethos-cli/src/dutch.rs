//! Help and usage errors in Dutch, for the verbs that a municipality uses.
//!
//! Those verbs speak Dutch unless `--lang en` is given; so does what clap says of them. `init` speaks Dutch to a
//! municipality, and to others where they ask for it.

use std::ffi::OsString;
use std::fmt::Write;

use clap::builder::PossibleValue;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};

/// Verbs with help in Dutch, and those below them: what they do, and more of it.
const VERBS: [(&str, &str, &str); 8] = [
    (
        "check",
        "Controleer bestanden voordat u ze instuurt: wat is er mis, in welke cel, en hoe herstelt u het",
        "Er is geen studie en geen sleutel voor nodig; niets verlaat deze computer. Van waarden zijn alleen de \
         laatste twee tekens te zien. Een miljoen rijen duurt ongeveer een seconde.",
    ),
    (
        "verify",
        "Vergelijk een bewijs van controle met de bestanden waar het bij hoort",
        "Eindigt met 0 als het om deze bestanden gaat en dezelfde regels hetzelfde geven, en anders met 5.",
    ),
    (
        "explain",
        "Leg één regel uit: waarom zij er is, hoe u herstelt wat zij vindt, voorbeelden",
        "",
    ),
    (
        "init",
        "Schrijf een studie om mee te beginnen, met uitleg erin, en de sleutel van haar reeks",
        "",
    ),
    (
        "layouts",
        "Toon de indelingen van bestanden, of een ervan, of maak er een",
        "Een indeling is een TOML-bestand. Maak er zelf een: begin met `show INDELING --toml` of laat `scaffold` er \
         een maken van uw bestand, bewaar haar in de map layouts naast uw studie, verander haar, en noem haar bij \
         `layout`.",
    ),
    ("layouts show", "Toon een indeling, kolom voor kolom", ""),
    (
        "layouts scaffold",
        "Maak van een eigen bestand een indeling om mee te beginnen",
        "U krijgt de kolommen met wat erin lijkt te staan, en de codes van kolommen met weinig codes. Er staat geen \
         waarde in die van iemand kan zijn: geen datum, nummer of tekst, en alleen korte codes die vaak voorkomen.",
    ),
    (
        "layouts sample",
        "Maak een verzonnen bestand in een indeling, om mee te oefenen",
        "De nummers zijn verzonnen: zij voldoen aan de elfproef en beginnen met een 9. Een deel van de rijen heeft \
         elk een fout; het bestand ernaast, op .truth.csv, zegt welke: rij, kolom, soort, en de regel die haar \
         vindt. Hetzelfde startgetal geeft hetzelfde bestand.",
    ),
];

/// What each argument does, by its long name or, where it has none, its name between `<` and `>`; behind its verb
/// where it does something else there.
#[rustfmt::skip]
const ARGUMENTS: [(&str, &str); 57] = [
    ("init <kind>", "Voor wie: een gemeente (gemeente), een statistiekbureau (statistics) of een onderzoeker (research)"),
    ("dir", "Map voor `study.toml` en de sleutel"),
    ("year", "Jaar van de peildatum"),
    ("series", "Naam van de reeks; haar jaren delen een sleutel"),
    ("<layout>", "De indeling, zoals `monitor-dakloosheid/2025`; zonder jaar de laatste versie"),
    ("toml", "Toon het bestand van de indeling zelf, om over te nemen en te veranderen"),
    ("layouts scaffold <file>", "Het bestand"),
    ("rows", "Rijen onder de kopregel"),
    ("dirt", "Deel van de rijen met een fout: 0.3 is drie op de tien"),
    ("layouts sample format", "Vorm van het bestand: tekst (csv) of een werkmap (xlsx)"),
    ("date", "Dag waarop het bestand is gemaakt, zoals 2026-01-15 [standaard: een dag waarop de indeling geldt]"),
    ("out", "Bestand om te schrijven [standaard: genoemd zoals de indeling zegt, in deze map]"),
    ("layouts sample overwrite", "Vervang het bestand en dat met de fouten als zij er al zijn"),
    ("<paths>", "Bestanden (CSV, XLSX, ODS, Parquet; ook in een zip of gzip), mappen met bestanden, of - voor wat via een pijp binnenkomt"),
    ("<receipt>", "Het bewijs dat bij de bestanden kwam"),
    ("<code>", "Code van de regel, zoals `BSN01`"),
    ("layout", "Indeling van de bestanden, met of zonder jaar: zonder jaar bepaalt de datum van elk bestand de versie [standaard: herkend aan kop en inhoud]"),
    ("map", "Lees een kolom met een andere naam als deze; mag vaker. Het bestand kolommen.toml naast de gegevens kan hetzelfde zeggen, onder [columns]"),
    ("layout-dir", "Map waarin uw map `layouts` met eigen indelingen staat"),
    ("rules", "Map met eigen regels, naast of in plaats van de meegeleverde"),
    ("corrections", "Bestand met correcties die met de hand gemaakt zijn (een CSV: welke cel, oude en nieuwe waarde, wie, wanneer, waarom), toegepast bij het lezen; mag vaker"),
    ("encoding", "Tekencodering van tekst: utf-8, utf-16le, utf-16be of windows-1252 [standaard: herkend aan de bytes]"),
    ("delimiter", "Scheidingsteken van tekst: een teken, of `tab` [standaard: herkend aan de kop]"),
    ("sheet", "Werkblad van werkmappen, met naam of nummer [standaard: dat waarvan de kolommen bekend zijn]"),
    ("header-row", "Rij met de namen van de kolommen, 1 voor de eerste [standaard: die waarvan de namen bekend zijn]"),
    ("lang", "Taal van wat u leest"),
    ("format", "Wat er op het scherm komt: een oordeel met oorzaken (text), alle bevindingen (json, csv), SARIF 2.1.0 (sarif) of het controleverslag van het Europees Statistisch Systeem (ess)"),
    ("fail-on", "Eindig met 1 als een bevinding minstens zo ernstig is: opmerking, waarschuwing, fout, blokkerend, nooit"),
    ("show", "Zoveel cellen van elke oorzaak per bestand in de tekst (de andere vormen hebben alle bevindingen, tot een miljoen per regel en bestand; wat daarboven komt is geteld en vermeld) [standaard: 3]"),
    ("fix", "Laat zien wat zonder twijfel te herstellen is, cel voor cel, en wat een mens moet beslissen. Correcties met de hand (--corrections) gaan voor, en hun cellen blijven zoals zij zeggen"),
    ("write", "Met --fix: schrijf het herstelde bestand, een nieuw bestand naast het oude (NAAM-hersteld) of dit; bij meer bestanden een map. Wat in een zip of gzip zit komt er uitgepakt uit, Parquet als CSV. Een lijst van elke wijziging komt ernaast (.correcties.csv). De eindcode is die van de herstelde bestanden"),
    ("cleaned", "Schrijf ook de levering in de precieze vorm van haar indeling, als er niets mis is; bij meer bestanden een map. Alle gegevens staan erin"),
    ("overwrite", "Vervang wat --write of --cleaned eerder schreef"),
    ("write-corrections", "Vul in de bestanden met correcties in van welke rij elk is (sha256, rijmerk), waar die nu op een rij past: voortaan geldt zij alleen voor die rij, waar die ook heen gaat"),
    ("answers", "Bestand met antwoorden op waarschuwingen, een CSV voor een rekenblad; een waarschuwing die voor deze periode beantwoord is, is afgedaan"),
    ("write-answers", "Zet voor elke waarschuwing een rij in het bestand met antwoorden, om in te vullen; wat er al staat blijft"),
    ("period", "Periode waarvoor de antwoorden gelden [standaard: het jaar in de naam van elk bestand]"),
    ("baseline", "Bestand met aanvaarde bevindingen; die ziet u niet meer"),
    ("write-baseline", "Aanvaard wat nu gevonden is: zet het in het bestand met aanvaarde bevindingen"),
    ("previous", "Eerdere leveringen om mee te vergelijken: bestanden, een map, of cijfers die met --summary bewaard zijn; afzender en indeling bepalen wat bij wat hoort"),
    ("summary", "Schrijf ook de cijfers van elk bestand, om de levering van volgend jaar mee te vergelijken: aantallen, niets van een persoon"),
    ("overview", "Toon ook aantallen die u herkent, per categorie, product, maand, leeftijd en aanbieder, in de tekst en op de pagina: voor eigen gebruik, er staan kleine aantallen in"),
    ("frame", "CSV van verwachte afzenders: sender (of code) en, als u wilt, name, municipality, layout, period, due, from, until, contact, received en reason"),
    ("reasons", "CSV met redenen om niet te leveren: sender, reason en, als u wilt, layout en period"),
    ("on", "Dag waarop een levering te laat is of ontbreekt [standaard: vandaag]"),
    ("senders", "Schrijf ook wie wat leverde: naar een bestand op .csv, .json of .xlsx; vaker voor meer vormen"),
    ("reminders", "Schrijf ook een tekst voor elke afzender van wie de levering te laat, afwezig, fout of onbruikbaar is, in een map"),
    ("html", "Schrijf ook een pagina om in een browser te lezen, zonder netwerk"),
    ("workbook", "Schrijf het bestand ook terug als werkmap met gekleurde cellen, uitleg, en een eerste blad dat zegt wat u moet doen; bij meer bestanden een map. Alle gegevens staan erin"),
    ("receipt", "Schrijf ook een bewijs van deze controle, zonder persoonsgegevens, om mee te sturen"),
    ("reject-to", "Schrijf ook de rijen die niet te lezen zijn naar een CSV, zoals zij zijn: persoonsgegevens, alleen voor uzelf"),
    ("threads", "Aantal processorkernen; het resultaat hangt er niet van af [standaard: alle]"),
    ("seed", "Startgetal van toevalsgetallen, in plaats van het vermelde"),
    ("quiet", "Zeg niets dan fouten"),
    ("color", "Kleur op het scherm"),
    ("help", "Toon deze hulp (kort met -h)"),
    ("version", "Toon de versie"),
];

/// Names of values.
const VALUES: [(&str, &str); 21] = [
    ("YEAR", "JAAR"),
    ("NAME", "NAAM"),
    ("SHARE", "DEEL"),
    ("DAY", "DAG"),
    ("FILE", "BESTAND"),
    ("DIR", "MAP"),
    ("FILE|DIR", "BESTAND|MAP"),
    ("LAYOUT", "INDELING"),
    ("COLUMN=FIELD", "KOLOM=VELD"),
    ("ENCODING", "CODERING"),
    ("CHAR", "TEKEN"),
    ("SHEET", "BLAD"),
    ("ROW", "RIJ"),
    ("LANG", "TAAL"),
    ("FORMAT", "VORM"),
    ("SEVERITY", "ERNST"),
    ("PERIOD", "PERIODE"),
    ("DATE", "DAG"),
    ("SEED", "GETAL"),
    ("WHEN", "WANNEER"),
    ("RECEIPT", "BEWIJS"),
];

const TEMPLATE: &str = "{about-with-newline}\nGebruik: {usage}\n\n{all-args}";

/// The verb whose help and errors are to be Dutch, if these arguments ask for one of those.
pub(crate) fn verb(arguments: &[OsString], all: &Command) -> Option<&'static str> {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let asked = words
        .iter()
        .skip(1)
        .find(|word| all.find_subcommand(word).is_some())?;
    let english =
        words.contains(&"--lang=en") || words.windows(2).any(|pair| pair == ["--lang", "en"]);
    let dutch =
        words.contains(&"--lang=nl") || words.windows(2).any(|pair| pair == ["--lang", "nl"]);
    // A study is begun in English but by a municipality.
    let speaks = *asked != "init" || dutch || words.contains(&"gemeente");
    VERBS
        .iter()
        .map(|(name, ..)| *name)
        .find(|name| name == asked && !english && speaks)
}

/// The command line, with the help of `verb` in Dutch.
pub(crate) fn command(all: Command, verb: &str) -> Command {
    all.mut_args(|argument| translated(argument, "", "Voor elke opdracht"))
        .mut_subcommand(verb, |command| spoken(command, verb))
}

/// A verb, and those below it, with help in Dutch.
fn spoken(command: Command, verb: &str) -> Command {
    let (_, about, more) = VERBS
        .iter()
        .find(|(name, ..)| *name == verb)
        .unwrap_or(&VERBS[0]);
    let mut command = command
        .about(*about)
        .long_about(if more.is_empty() {
            (*about).to_owned()
        } else {
            format!("{about}\n\n{more}")
        })
        .help_template(TEMPLATE)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .subcommand_help_heading("Opdrachten")
        .args([
            flag("help", 'h', ArgAction::Help),
            flag("version", 'V', ArgAction::Version),
        ])
        .mut_args(|argument| {
            let heading = if argument.is_positional() {
                "Argumenten"
            } else {
                "Opties"
            };
            translated(argument, verb, heading)
        });
    let mut usage = format!("ethos {verb} [OPTIES]");
    for argument in command.get_positionals() {
        let _ = write!(usage, " {argument}");
    }
    if command.has_subcommands() {
        let _ = write!(usage, "\n         ethos {verb} <OPDRACHT>");
    }
    command = command.override_usage(usage);
    for (below, ..) in VERBS {
        if let Some((_, name)) = below.rsplit_once(' ').filter(|(above, _)| *above == verb) {
            command = command.mut_subcommand(name, |command| spoken(command, below));
        }
    }
    command
}

fn flag(name: &'static str, short: char, action: ArgAction) -> Arg {
    Arg::new(name).long(name).short(short).action(action)
}

fn name(argument: &Arg) -> String {
    argument
        .get_long()
        .map_or_else(|| format!("<{}>", argument.get_id()), str::to_owned)
}

/// What an argument of a verb does, and the name by which that is found.
fn dutch(verb: &str, name: &str) -> Option<(&'static str, &'static str)> {
    let find = |wanted: &str| ARGUMENTS.into_iter().find(|(own, _)| *own == wanted);
    find(&format!("{verb} {name}")).or_else(|| find(name))
}

fn translated(argument: Arg, verb: &str, heading: &'static str) -> Arg {
    let Some((_, text)) = dutch(verb, &name(&argument)) else {
        return argument;
    };
    if !argument.get_action().takes_values() {
        return argument.help(text).long_help(text).help_heading(heading);
    }
    let mut help = text.to_owned();
    let possible = argument.get_possible_values();
    if !possible.is_empty() {
        let names: Vec<&str> = possible.iter().map(PossibleValue::get_name).collect();
        let _ = write!(help, " [mogelijk: {}]", names.join(", "));
    }
    if let [value] = argument.get_default_values() {
        let _ = write!(help, " [standaard: {}]", value.to_string_lossy());
    }
    let values: Vec<&'static str> = argument
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .filter_map(|own| {
            let own = VALUES.iter().find(|(name, _)| *name == own.as_str());
            own.map(|(_, dutch)| *dutch)
        })
        .collect();
    let argument = argument
        .help(help.clone())
        .long_help(help)
        .help_heading(heading)
        .hide_default_value(true)
        .hide_possible_values(true);
    if values.is_empty() {
        argument
    } else {
        argument.value_names(values)
    }
}

/// What is wrong with the arguments, in Dutch. What is not a mistake of arguments has no words here.
pub(crate) fn mistake(error: &Error, verb: &str) -> Option<String> {
    let of = |kind| error.get(kind).map(ToString::to_string);
    let argument = of(ContextKind::InvalidArg).unwrap_or_default();
    let value = of(ContextKind::InvalidValue).unwrap_or_default();
    let said = match error.kind() {
        ErrorKind::UnknownArgument => format!("`{argument}` is geen optie van `ethos {verb}`"),
        ErrorKind::InvalidValue if value.is_empty() => format!("bij `{argument}` hoort een waarde"),
        ErrorKind::InvalidValue => match of(ContextKind::ValidValue) {
            Some(valid) => format!("`{value}` kan niet bij `{argument}`; wel: {valid}"),
            None => format!("`{value}` kan niet bij `{argument}`"),
        },
        ErrorKind::ValueValidation if argument.starts_with("--layout-dir") => format!(
            "in `{value}` staat geen map `layouts`; zet uw indelingen in zo'n map, en noem de map waar die in staat"
        ),
        // Why not is said in English by whatever read it; the help says what can stand there.
        ErrorKind::ValueValidation => format!("`{value}` kan niet bij `{argument}`"),
        ErrorKind::ArgumentConflict => match of(ContextKind::PriorArg) {
            Some(other) if other != argument => {
                format!("`{argument}` kan niet samen met `{other}`")
            }
            _ => format!("`{argument}` mag maar één keer"),
        },
        ErrorKind::MissingRequiredArgument => format!("er ontbreekt: {argument}"),
        ErrorKind::TooManyValues => format!("`{value}` is te veel bij `{argument}`"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            format!("bij `{argument}` hoort een waarde")
        }
        _ => return None,
    };
    let meant = of(ContextKind::SuggestedArg).map_or_else(String::new, |other| {
        format!("\n  tip: bedoelt u `{other}`?")
    });
    Some(format!(
        "fout: {said}{meant}\n\nAlle opties: ethos {verb} --help\n"
    ))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    fn asked(line: &str) -> Option<&'static str> {
        verb(&words(line), &Cli::command())
    }

    #[test]
    fn a_verb_speaks_dutch_unless_english_is_asked_for() {
        assert_eq!(asked("ethos check --help"), Some("check"));
        assert_eq!(asked("ethos --threads 2 check x.csv"), Some("check"));
        assert_eq!(asked("ethos help check"), Some("check"));
        assert_eq!(asked("ethos check --lang en --help"), None);
        assert_eq!(asked("ethos check --lang=en x.csv"), None);
        assert_eq!(asked("ethos run check"), None);
        assert_eq!(asked("ethos layouts sample --help"), Some("layouts"));
        assert_eq!(asked("ethos layouts --lang en sample"), None);
        assert_eq!(asked("ethos init gemeente"), Some("init"));
        assert_eq!(asked("ethos init --lang=nl --help"), Some("init"));
        assert_eq!(asked("ethos init gemeente --lang en"), None);
        assert_eq!(asked("ethos init --help"), None);
        assert_eq!(asked("ethos"), None);
    }

    #[test]
    fn every_argument_has_words_and_every_word_an_argument() {
        let mut used = std::collections::BTreeSet::from(["help", "version"]);
        for (verb, ..) in VERBS {
            let mut all = Cli::command();
            all.build();
            let command = verb.split(' ').fold(&all, |command, name| {
                let below = command.find_subcommand(name);
                below.unwrap_or_else(|| panic!("{verb} is no verb"))
            });
            for argument in command.get_arguments() {
                let name = name(argument);
                let known = dutch(verb, &name);
                let (known, _) = known.unwrap_or_else(|| panic!("{verb}: {name} has no Dutch"));
                used.insert(known);
                for value in argument.get_value_names().unwrap_or_default() {
                    let value = value.as_str();
                    let any = argument.get_action().takes_values();
                    assert!(
                        !any || value == "N"
                            || VALUES.iter().any(|(own, _)| *own == value)
                            || name.starts_with('<'),
                        "{verb}: {name} takes {value}"
                    );
                }
            }
        }
        for (name, _) in ARGUMENTS {
            assert!(used.contains(name), "{name} is no argument");
        }
    }

    #[test]
    fn mistakes_are_told_in_dutch() {
        let said = |line: &str| {
            let error = command(Cli::command(), "check")
                .try_get_matches_from(words(line))
                .unwrap_err();
            mistake(&error, "check").unwrap_or_else(|| panic!("{line}: {error:?}"))
        };
        assert!(said("ethos check x.csv --wrokbook").contains("bedoelt u `--workbook`"));
        assert!(said("ethos check").contains("er ontbreekt: <BESTAND|MAP>..."));
        assert!(said("ethos check x.csv --format pdf").contains("wel: text, json"));
        assert!(said("ethos check x.csv --header-row 0").contains("--header-row <RIJ>"));
        assert!(said("ethos check x.csv --write-answers").contains("--answers"));
        assert!(said("ethos check x.csv --html a --html b").contains("maar één keer"));
        assert!(said("ethos check x.csv --html").contains("hoort een waarde"));
        let without = said("ethos check x.csv --layout-dir /nergens");
        assert!(without.contains("geen map `layouts`"), "{without}");
    }
}
