//! The rows of the rule table, in code order by subject. `{}` in a message takes a detail that is
//! never a personal value: a column name, a row number, a date of the file, a list of codes.

use ethos_model::finding::Severity::{Blocking, Error, Note, Warning};

use super::Rule;

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: "BSN01",
        severity: Error,
        title: ["BSN klopt niet", "Number is not a BSN"],
        message: [
            "Dit is geen burgerservicenummer: het heeft geen negen cijfers of voldoet niet aan de elfproef. De rij is afgekeurd.",
            "This is not a citizen service number: it does not have nine digits or fails the eleven test. The row is rejected.",
        ],
        fix: [
            "Neem het nummer opnieuw over uit het bronsysteem. Is het niet bekend, laat de cel dan leeg.",
            "Copy the number again from the source system. Leave the cell blank if it is not known.",
        ],
    },
    Rule {
        code: "BSN02",
        severity: Warning,
        title: ["BSN zonder voorloopnul", "BSN lost its leading zero"],
        message: [
            "Het nummer heeft acht cijfers; met een nul ervoor voldoet het aan de elfproef. De nul is teruggezet.",
            "The number has eight digits and passes the eleven test with a zero in front. The zero was put back.",
        ],
        fix: [
            "Exporteer de kolom als tekst, zodat voorloopnullen blijven staan.",
            "Export the column as text so that leading zeros stay.",
        ],
    },
    Rule {
        code: "BSN03",
        severity: Error,
        title: ["BSN door Excel verminkt", "BSN mangled by a spreadsheet"],
        message: [
            "Excel heeft het nummer in wetenschappelijke notatie gezet; de cijfers zijn verloren. De rij is afgekeurd.",
            "A spreadsheet turned the number into scientific notation; its digits are lost. The row is rejected.",
        ],
        fix: [
            "Maak de export opnieuw en sla het bestand niet op met Excel, of zet de kolom eerst op Tekst.",
            "Export again and do not save the file from a spreadsheet, or set the column to Text first.",
        ],
    },
    Rule {
        code: "BSN04",
        severity: Warning,
        title: ["BSN is opvulling", "BSN is a placeholder"],
        message: [
            "Dit nummer staat voor onbekend. De rij telt mee als een rij zonder nummer.",
            "This number stands for not known. The row counts as one without a number.",
        ],
        fix: [
            "Laat de cel leeg als het nummer niet bekend is.",
            "Leave the cell blank when the number is not known.",
        ],
    },
    Rule {
        code: "BSN05",
        severity: Warning,
        title: ["BSN ontbreekt", "BSN is missing"],
        message: [
            "De rij heeft geen burgerservicenummer en kan niet met andere lijsten worden gekoppeld.",
            "The row has no citizen service number and cannot be linked to other lists.",
        ],
        fix: [
            "Vul het nummer in als het bekend is.",
            "Fill in the number if it is known.",
        ],
    },
    Rule {
        code: "BSN06",
        severity: Note,
        title: ["BSN met andere tekens", "BSN with other characters"],
        message: [
            "Rond of tussen de negen cijfers staan andere tekens; ze zijn weggelaten.",
            "There are other characters around or between the nine digits; they were left out.",
        ],
        fix: [
            "Lever alleen de negen cijfers.",
            "Deliver the nine digits alone.",
        ],
    },
    Rule {
        code: "BSN07",
        severity: Warning,
        title: [
            "BSN van een ouder onbruikbaar",
            "A parent's BSN is not usable",
        ],
        message: [
            "Het nummer van deze ouder voldoet niet en is leeg gemaakt. Het kind kan niet bij deze ouder worden geteld.",
            "The number of this parent is not valid and was emptied. The child cannot be counted with this parent.",
        ],
        fix: [
            "Neem het nummer opnieuw over uit het bronsysteem.",
            "Copy the number again from the source system.",
        ],
    },
    Rule {
        code: "BSN08",
        severity: Error,
        title: ["Registerrij zonder BSN", "Register row without a BSN"],
        message: [
            "Een rij van het personenregister zonder bruikbaar burgerservicenummer hoort bij niemand. De rij is afgekeurd.",
            "A row of the person register without a usable citizen service number belongs to nobody. The row is rejected.",
        ],
        fix: [
            "Vul het nummer in of laat de rij weg.",
            "Fill in the number or leave the row out.",
        ],
    },
    Rule {
        code: "DAT01",
        severity: Error,
        title: ["Geen datum", "Not a date"],
        message: [
            "Dit is geen bestaande datum in de vorm JJJJMMDD of JJJJ-MM-DD. De rij is afgekeurd.",
            "This is no existing date written as YYYYMMDD or YYYY-MM-DD. The row is rejected.",
        ],
        fix: [
            "Schrijf de datum als 20250131 of 2025-01-31.",
            "Write the date as 20250131 or 2025-01-31.",
        ],
    },
    Rule {
        code: "DAT02",
        severity: Error,
        title: ["Einde voor begin", "End before start"],
        message: [
            "De laatste dag ligt voor de eerste dag. De rij is afgekeurd.",
            "The last day lies before the first. The row is rejected.",
        ],
        fix: [
            "Controleer beide datums; misschien zijn ze verwisseld.",
            "Check both dates; they may be swapped.",
        ],
    },
    Rule {
        code: "DAT03",
        severity: Error,
        title: [
            "Begin na het maken van het bestand",
            "Start after the file was made",
        ],
        message: [
            "De eerste dag ligt na {}, de dag waarop het bestand is gemaakt of geteld. De rij is afgekeurd.",
            "The first day lies after {}, the day on which the file was made or the count held. The row is rejected.",
        ],
        fix: [
            "Lever alleen wat al begonnen is, of verbeter de datum.",
            "Deliver only what has begun, or correct the date.",
        ],
    },
    Rule {
        code: "DAT04",
        severity: Error,
        title: ["Onwaarschijnlijke datum", "Implausible date"],
        message: [
            "De datum ligt voor 1900 of meer dan honderd jaar in de toekomst. De rij is afgekeurd.",
            "The date lies before 1900 or more than a hundred years ahead. The row is rejected.",
        ],
        fix: [
            "Verbeter het jaartal, of laat een onbekende datum leeg.",
            "Correct the year, or leave an unknown date blank.",
        ],
    },
    Rule {
        code: "DAT05",
        severity: Note,
        title: [
            "Veel verjaardagen op 1 januari",
            "Many birthdays on 1 January",
        ],
        message: [
            "{} zijn 1 januari. Dat is vaak een ingevulde waarde voor een onbekende geboortedag; leeftijden kunnen er tot een jaar naast zitten.",
            "{} are 1 January. That often stands for an unknown day of birth; ages may be off by up to a year.",
        ],
        fix: [
            "Lever een onbekende dag of maand als 00 (JJJJ0000).",
            "Deliver an unknown day or month as 00 (YYYY0000).",
        ],
    },
    Rule {
        code: "DAT06",
        severity: Warning,
        title: ["Begindatum ontbreekt", "Start date is missing"],
        message: [
            "De eerste dag ontbreekt; {} is in de plaats genomen en geldt als onbekend begin.",
            "The first day is missing; {} was taken in its place and counts as an unknown start.",
        ],
        fix: ["Vul de eerste dag in.", "Fill in the first day."],
    },
    Rule {
        code: "DAT07",
        severity: Warning,
        title: ["Datum onbruikbaar", "Date is not usable"],
        message: [
            "Dit is geen bestaande of aannemelijke datum; de cel is leeg gemaakt en de rij telt mee.",
            "This is no existing or plausible date; the cell was emptied and the row stays.",
        ],
        fix: [
            "Schrijf de datum als 20250131 of 2025-01-31.",
            "Write the date as 20250131 or 2025-01-31.",
        ],
    },
    Rule {
        code: "DAT08",
        severity: Warning,
        title: [
            "Einde na het maken van het bestand",
            "End after the file was made",
        ],
        message: [
            "De laatste dag ligt na {}, de dag waarop het bestand is gemaakt. De datum blijft staan.",
            "The last day lies after {}, the day on which the file was made. The date stays.",
        ],
        fix: [
            "Lever het werkelijke einde; laat het leeg zolang er geen einde is.",
            "Deliver the actual end; leave it blank while there is none.",
        ],
    },
    Rule {
        code: "DAT09",
        severity: Note,
        title: ["Einde in de verre toekomst", "End in the far future"],
        message: [
            "De laatste dag ligt in 2100 of later en wordt gelezen als geen einde.",
            "The last day lies in 2100 or later and is read as no end.",
        ],
        fix: [
            "Laat de cel leeg zolang er geen einde is.",
            "Leave the cell blank while there is no end.",
        ],
    },
    Rule {
        code: "DAT10",
        severity: Note,
        title: ["Geboortedatum deels bekend", "Birth date known in part"],
        message: [
            "De dag of de maand is niet bekend; het midden van de maand of het jaar is genomen.",
            "The day or the month is not known; the middle of the month or the year was taken.",
        ],
        fix: [
            "Vul de geboortedatum aan als die bekend is.",
            "Complete the birth date if it is known.",
        ],
    },
    Rule {
        code: "DAT11",
        severity: Error,
        title: ["Geen bruikbare datum", "No usable date"],
        message: [
            "De rij heeft geen datum waarop de situatie bestond. De rij is afgekeurd.",
            "The row has no date on which the situation existed. The row is rejected.",
        ],
        fix: ["Vul de eerste dag in.", "Fill in the first day."],
    },
    Rule {
        code: "DAT12",
        severity: Error,
        title: ["Geboren na de peildatum", "Born after the file's date"],
        message: [
            "De geboortedatum ligt na {}. De cel is leeg gemaakt en de rij telt mee zonder leeftijd.",
            "The birth date lies after {}. The cell was emptied and the row stays without an age.",
        ],
        fix: ["Verbeter de geboortedatum.", "Correct the birth date."],
    },
    Rule {
        code: "GEM01",
        severity: Error,
        title: [
            "Gemeentecode bestaat niet",
            "Municipality code does not exist",
        ],
        message: [
            "Geen gemeente had sinds 2015 deze code. De cel is leeg gemaakt en de rij telt mee zonder deze gemeente.",
            "No municipality has had this code since 2015. The cell was emptied and the row stays without this municipality.",
        ],
        fix: [
            "Gebruik de viercijferige code van het CBS, zoals 0363.",
            "Use the four-digit code of Statistics Netherlands, such as 0363.",
        ],
    },
    Rule {
        code: "GEM02",
        severity: Warning,
        title: [
            "Gemeentecode niet geldig op de datum",
            "Municipality code not valid on the date",
        ],
        message: [
            "De code bestond niet op {}. De code blijft staan en wordt bij het tellen omgezet.",
            "The code did not exist on {}. It stays and is recoded when counting.",
        ],
        fix: [
            "Gebruik de code van dat moment: {}.",
            "Use the code of that time: {}.",
        ],
    },
    Rule {
        code: "GEM03",
        severity: Note,
        title: ["Geen gemeente", "Not a municipality"],
        message: [
            "0000 (onbekend) en 1999 (niet-ingezetenen) zijn geen gemeenten. De cel is leeg gemaakt.",
            "0000 (unknown) and 1999 (non-residents) are not municipalities. The cell was emptied.",
        ],
        fix: [
            "Laat de cel leeg als de gemeente niet bekend is.",
            "Leave the cell blank when the municipality is not known.",
        ],
    },
    Rule {
        code: "GEM04",
        severity: Warning,
        title: ["Gemeente ontbreekt", "Municipality is missing"],
        message: [
            "De gemeentecode is leeg; de rij telt mee zonder deze gemeente.",
            "The municipality code is blank; the row stays without this municipality.",
        ],
        fix: [
            "Vul de viercijferige code van het CBS in.",
            "Fill in the four-digit code of Statistics Netherlands.",
        ],
    },
    Rule {
        code: "GEM05",
        severity: Warning,
        title: [
            "Gemeentecode van een opgedeelde gemeente",
            "Code of a divided municipality",
        ],
        message: [
            "De gemeente met deze code is opgedeeld en bestond niet meer op {}. Zonder opgegeven aandelen tellen haar mensen mee onder gemeente onbekend.",
            "The municipality with this code was divided and no longer existed on {}. Without declared shares its people are counted under municipality unknown.",
        ],
        fix: [
            "Gebruik de huidige code ({}) of geef aandelen op met `split_shares` in [count].",
            "Use the present code ({}) or declare shares with `split_shares` in [count].",
        ],
    },
    Rule {
        code: "COD01",
        severity: Error,
        title: ["Onbekende code", "Unknown code"],
        message: [
            "Deze code staat niet in de codelijst, zodat de situatie niet te bepalen is. De rij is afgekeurd.",
            "This code is not in the code list, so the situation cannot be told. The row is rejected.",
        ],
        fix: ["Gebruik een van: {}.", "Use one of: {}."],
    },
    Rule {
        code: "COD02",
        severity: Note,
        title: [
            "Code zegt niets over de situatie",
            "Code does not tell the situation",
        ],
        message: [
            "Met deze code is de categorie niet te bepalen; de rij telt mee als situatie onbekend.",
            "The category cannot be told from this code; the row counts as situation unknown.",
        ],
        fix: [
            "Gebruik een preciezere code als die er is (16 opvang, 17 spoedopvang).",
            "Use a more precise code where there is one (16 shelter, 17 emergency shelter).",
        ],
    },
    Rule {
        code: "COD03",
        severity: Warning,
        title: ["Codes spreken elkaar tegen", "Codes contradict each other"],
        message: [
            "Het soort opvang hoort bij een andere categorie dan de productcategorie. De productcategorie is gevolgd.",
            "The type of shelter belongs to another category than the product category. The product category was followed.",
        ],
        fix: ["Controleer beide codes.", "Check both codes."],
    },
    Rule {
        code: "COD04",
        severity: Warning,
        title: ["Onbekende code, leeg gemaakt", "Unknown code, emptied"],
        message: [
            "Deze code staat niet in de codelijst; de cel is leeg gemaakt en de rij telt mee.",
            "This code is not in the code list; the cell was emptied and the row stays.",
        ],
        fix: ["Gebruik een van: {}.", "Use one of: {}."],
    },
    Rule {
        code: "COD05",
        severity: Error,
        title: ["Productcategorie ontbreekt", "Product category is missing"],
        message: [
            "Zonder productcategorie is de situatie niet te bepalen. De rij is afgekeurd.",
            "Without a product category the situation cannot be told. The row is rejected.",
        ],
        fix: ["Vul de code in.", "Fill in the code."],
    },
    Rule {
        code: "COD06",
        severity: Warning,
        title: ["Woonsituatie ontbreekt", "Living situation is missing"],
        message: [
            "De woonsituatie is leeg; de rij telt mee als situatie onbekend.",
            "The living situation is blank; the row counts as situation unknown.",
        ],
        fix: [
            "Vul de code in, of de code voor onbekend.",
            "Fill in the code, or the one for unknown.",
        ],
    },
    Rule {
        code: "COD07",
        severity: Warning,
        title: ["Code zonder voorloopnul", "Code lost its leading zero"],
        message: [
            "De code is korter dan in de codelijst; met voorloopnullen bestaat hij wel. De nullen zijn teruggezet.",
            "The code is shorter than in the code list and exists with leading zeros. They were put back.",
        ],
        fix: [
            "Exporteer de kolom als tekst, zodat voorloopnullen blijven staan.",
            "Export the column as text so that leading zeros stay.",
        ],
    },
    Rule {
        code: "LFT01",
        severity: Warning,
        title: ["Onwaarschijnlijke leeftijd", "Implausible age"],
        message: [
            "De leeftijd is geen heel getal van 0 tot en met 120; de cel is leeg gemaakt en de rij telt mee.",
            "The age is no whole number from 0 to 120; the cell was emptied and the row stays.",
        ],
        fix: [
            "Vul de leeftijd in hele jaren in.",
            "Fill in the age in completed years.",
        ],
    },
    Rule {
        code: "GET01",
        severity: Warning,
        title: ["Geen getal", "Not a number"],
        message: [
            "Dit is geen bruikbaar getal; de cel is leeg gemaakt en de rij telt mee.",
            "This is no usable number; the cell was emptied and the row stays.",
        ],
        fix: [
            "Vul een getal zonder tekst in.",
            "Fill in a number without text.",
        ],
    },
    Rule {
        code: "VLD01",
        severity: Warning,
        title: ["Verplichte cel leeg", "Required cell is blank"],
        message: [
            "Deze cel moet gevuld zijn; de rij telt mee zonder deze waarde.",
            "This cell must be filled; the row stays without this value.",
        ],
        fix: ["Vul de cel.", "Fill in the cell."],
    },
    Rule {
        code: "KOP01",
        severity: Blocking,
        title: ["Kolom ontbreekt", "Column is missing"],
        message: [
            "De verplichte kolom `{}` staat niet in de kopregel. Het bestand kan niet worden gebruikt.",
            "The required column `{}` is not in the header. The file cannot be used.",
        ],
        fix: [
            "Voeg de kolom toe, of geef haar de juiste naam{}.",
            "Add the column, or give it the right name{}.",
        ],
    },
    Rule {
        code: "KOP02",
        severity: Note,
        title: ["Onbekende kolom", "Unknown column"],
        message: [
            "Deze kolom hoort niet bij de indeling en wordt niet gelezen.",
            "This column is not part of the layout and is not read.",
        ],
        fix: [
            "Laat de kolom weg; lever niet meer gegevens dan nodig.",
            "Leave the column out; deliver no more data than needed.",
        ],
    },
    Rule {
        code: "KOP03",
        severity: Note,
        title: ["Kolom onder een andere naam", "Column under another name"],
        message: [
            "De kolom is herkend als `{}`.",
            "The column was recognised as `{}`.",
        ],
        fix: [
            "Gebruik de naam uit de indeling.",
            "Use the name of the layout.",
        ],
    },
    Rule {
        code: "KOP04",
        severity: Blocking,
        title: ["Indeling niet herkend", "Layout not recognised"],
        message: [
            "De kopregel past bij geen bekende indeling, of bij meer dan een. Het bestand kan niet worden gebruikt.",
            "The header fits no known layout, or more than one. The file cannot be used.",
        ],
        fix: [
            "Noem de indeling zelf (--layout), of controleer de kopregel. Het dichtst bij: {}.",
            "Name the layout yourself (--layout), or check the header. Nearest: {}.",
        ],
    },
    Rule {
        code: "KOP05",
        severity: Blocking,
        title: ["Kolom staat er twee keer", "Column occurs twice"],
        message: [
            "De kolom `{}` staat meer dan eens in de kopregel. Het bestand kan niet worden gebruikt.",
            "The column `{}` occurs more than once in the header. The file cannot be used.",
        ],
        fix: ["Laat een van beide weg.", "Leave one of them out."],
    },
    Rule {
        code: "KOP06",
        severity: Blocking,
        title: ["Aantal kolommen klopt niet", "Wrong number of columns"],
        message: [
            "Een bestand zonder kopregel in deze indeling heeft {} kolommen. Het bestand kan niet worden gebruikt.",
            "A file without a header in this layout has {} columns. The file cannot be used.",
        ],
        fix: [
            "Lever alle kolommen in de volgorde van de indeling.",
            "Deliver every column in the order of the layout.",
        ],
    },
    Rule {
        code: "RIJ01",
        severity: Error,
        title: ["Te veel of te weinig cellen", "Too many or too few cells"],
        message: [
            "De rij heeft {} cellen. De rij is apart gezet; andere rijen zijn er niet door verschoven.",
            "The row has {} cells. The row was set aside; it did not shift any other row.",
        ],
        fix: [
            "Zet tekst waarin het scheidingsteken voorkomt tussen dubbele aanhalingstekens.",
            "Put text that contains the delimiter between double quotes.",
        ],
    },
    Rule {
        code: "RIJ02",
        severity: Error,
        title: ["Rij onleesbaar", "Row is not readable"],
        message: [
            "De rij bevat tekens die in tekst niet voorkomen (NUL). De rij is apart gezet.",
            "The row holds characters that do not occur in text (NUL). The row was set aside.",
        ],
        fix: ["Maak de export opnieuw.", "Export the file again."],
    },
    Rule {
        code: "RIJ03",
        severity: Note,
        title: ["Lege rij", "Blank row"],
        message: [
            "De rij is leeg en is apart gezet.",
            "The row is blank and was set aside.",
        ],
        fix: ["Laat lege rijen weg.", "Leave blank rows out."],
    },
    Rule {
        code: "RIJ04",
        severity: Blocking,
        title: ["Aanhalingsteken niet gesloten", "Quote is not closed"],
        message: [
            "Een cel in deze rij begint met een aanhalingsteken dat nergens wordt gesloten: alles erna hoort bij die cel. Het bestand kan niet worden gebruikt.",
            "A cell in this row begins with a quote that is never closed: everything after it belongs to that cell. The file cannot be used.",
        ],
        fix: [
            "Sluit het aanhalingsteken, of haal het weg.",
            "Close the quote, or take it away.",
        ],
    },
    Rule {
        code: "RIJ05",
        severity: Note,
        title: ["Lege cellen aan het eind", "Blank cells at the end"],
        message: [
            "{} hebben lege cellen voorbij de laatste kolom; die zijn niet gelezen.",
            "{} have blank cells beyond the last column; they were not read.",
        ],
        fix: [
            "Laat scheidingstekens aan het eind van een rij weg.",
            "Leave delimiters at the end of a row out.",
        ],
    },
    Rule {
        code: "RIJ06",
        severity: Note,
        title: ["Regeleinden in cellen", "Line breaks within cells"],
        message: [
            "Er staan regeleinden binnen cellen. Rijnummers tellen rijen, zoals een rekenblad, en niet regels van het bestand.",
            "There are line breaks within cells. Row numbers count rows, as a spreadsheet does, and not lines of the file.",
        ],
        fix: [
            "Niets te doen; let erop als u het bestand in een teksteditor opent.",
            "Nothing to do; keep it in mind when opening the file in a text editor.",
        ],
    },
    Rule {
        code: "DUB01",
        severity: Warning,
        title: ["Rij staat er twee keer", "Row occurs twice"],
        message: [
            "De rij is gelijk aan rij {}. Alleen de eerste telt.",
            "The row equals row {}. Only the first counts.",
        ],
        fix: ["Lever elke rij een keer.", "Deliver each row once."],
    },
    Rule {
        code: "DUB02",
        severity: Warning,
        title: [
            "Zelfde persoon, begin en categorie",
            "Same person, start and category",
        ],
        message: [
            "Rij {} is over dezelfde persoon met dezelfde eerste dag en categorie. Beide tellen als een persoon.",
            "Row {} is about the same person with the same first day and category. Both count as one person.",
        ],
        fix: [
            "Controleer of het een dubbele registratie is.",
            "Check whether it is a double registration.",
        ],
    },
    Rule {
        code: "BST01",
        severity: Warning,
        title: ["Geen rijen", "No rows"],
        message: [
            "Het bestand heeft een kopregel en geen rijen. Het geldt als een levering van nul personen.",
            "The file has a header and no rows. It counts as a delivery of no persons.",
        ],
        fix: [
            "Controleer of de export compleet is.",
            "Check whether the export is complete.",
        ],
    },
    Rule {
        code: "BST02",
        severity: Note,
        title: ["Andere tekencodering", "Other encoding"],
        message: ["Het bestand is gelezen als {}.", "The file was read as {}."],
        fix: [
            "Lever in UTF-8 als dat kan.",
            "Deliver in UTF-8 if possible.",
        ],
    },
    Rule {
        code: "BST03",
        severity: Note,
        title: [
            "Vervangen door een latere levering",
            "Replaced by a later delivery",
        ],
        message: [
            "{} is een latere levering van dezelfde afzender en periode en vervangt dit bestand geheel.",
            "{} is a later delivery of the same sender and period and replaces this file whole.",
        ],
        fix: [
            "Niets te doen als dat de bedoeling was.",
            "Nothing to do if that was intended.",
        ],
    },
    Rule {
        code: "BST04",
        severity: Blocking,
        title: ["Geen tekstbestand", "Not a text file"],
        message: [
            "Dit is {} en geen tekstbestand (CSV). Het bestand kan niet worden gebruikt.",
            "This is {} and not a text file (CSV). The file cannot be used.",
        ],
        fix: [
            "Sla het op als CSV UTF-8 (gescheiden door puntkomma) en lever dat.",
            "Save it as CSV UTF-8 and deliver that.",
        ],
    },
    Rule {
        code: "BST05",
        severity: Warning,
        title: ["Afzender onduidelijk", "Sender is unclear"],
        message: [
            "De gemeentecode in de bestandsnaam is niet die in de rijen. De rijen zijn gevolgd als ze het eens zijn, anders de naam.",
            "The municipality code in the file name is not the one in the rows. The rows were followed where they agree, else the name.",
        ],
        fix: [
            "Geef het bestand de naam van de leverende gemeente.",
            "Name the file after the delivering municipality.",
        ],
    },
    Rule {
        code: "BST06",
        severity: Warning,
        title: ["Twee leveringen van een dag", "Two deliveries of one day"],
        message: [
            "{} is van dezelfde afzender en op dezelfde dag gemaakt.",
            "{} is of the same sender and made on the same day.",
        ],
        fix: [
            "Zet de periode in de bestandsnaam, of lever een van beide.",
            "Put the period in the file name, or deliver one of them.",
        ],
    },
    Rule {
        code: "BST07",
        severity: Note,
        title: ["Later opnieuw opgegeven", "Restated later"],
        message: [
            "{} zijn in een latere levering van dezelfde afzender opnieuw opgegeven; de latere geldt.",
            "{} were restated in a later delivery of the same sender; the later one counts.",
        ],
        fix: ["Niets te doen.", "Nothing to do."],
    },
    Rule {
        code: "BST08",
        severity: Blocking,
        title: ["Leeg bestand", "Empty file"],
        message: [
            "Het bestand is leeg: er is ook geen kopregel.",
            "The file is empty: there is no header either.",
        ],
        fix: ["Maak de export opnieuw.", "Export the file again."],
    },
    Rule {
        code: "REG01",
        severity: Note,
        title: ["Tegenstrijdige registerrijen", "Conflicting register rows"],
        message: [
            "{} gaan over iemand van wie een latere rij met dezelfde peildatum iets anders zegt; de laatste geldt.",
            "{} are about someone of whom a later row of the same date says otherwise; the last one counts.",
        ],
        fix: [
            "Lever een rij per persoon en peildatum.",
            "Deliver one row per person and date.",
        ],
    },
];
