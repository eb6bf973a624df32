//! What the reader itself sees in a file: the closed list that `observes` of a rule names.
//!
//! The reader decides what becomes of a file, row or cell; the rule that observes it says how
//! grave it is and in which words. Without such a rule it is done all the same, and not told.

use ethos_model::category::Language;
use ethos_model::finding::Text;
use ethos_model::suggest::did_you_mean_text;

/// What an observation points at.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A column, in the header.
    Column,
    /// A row.
    Row,
    /// A cell.
    Cell,
}

impl Place {
    /// Its name.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::File => language.pick("bestand", "file"),
            Self::Column => language.pick("kolom", "column"),
            Self::Row => language.pick("rij", "row"),
            Self::Cell => language.pick("cel", "cell"),
        }
    }
}

/// What the reader makes of it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Consequence {
    /// The file cannot be used: every row is set aside.
    FileUnusable,
    /// The row is set aside: it cannot be read as a row.
    RowSetAside,
    /// The row is rejected.
    RowRejected,
    /// The row does not count: another one stands for it.
    RowLeftOut,
    /// The cell is emptied; the row stays.
    CellEmptied,
    /// The cell is read as what it must have been.
    CellMended,
    /// Nothing: everything is used as it stands.
    Kept,
}

impl Consequence {
    /// What becomes of it, in words.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::FileUnusable => language.pick("bestand niet te gebruiken", "file cannot be used"),
            Self::RowSetAside => language.pick("rij apart gezet", "row set aside"),
            Self::RowRejected => language.pick("rij afgekeurd", "row rejected"),
            Self::RowLeftOut => language.pick("rij telt niet mee", "row left out"),
            Self::CellEmptied => language.pick("cel leeg gemaakt", "cell emptied"),
            Self::CellMended => language.pick("cel hersteld", "cell mended"),
            Self::Kept => language.pick("niets", "nothing"),
        }
    }
}

/// Declares the observations: name, key, place, consequence, whether message and fix of a rule
/// have a detail for their `{}`, and what it is in Dutch and English.
macro_rules! observations {
    ($($name:ident $key:literal $place:ident $consequence:ident $message:literal $fix:literal
        $nl:literal $en:literal)*) => {
        /// Something the reader sees.
        #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Observation {
            $(#[doc = $en] $name,)*
        }

        impl Observation {
            /// All of them, by subject.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its key, as `observes` names it.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// What it points at.
            pub fn place(self) -> Place {
                match self { $(Self::$name => Place::$place,)* }
            }

            /// What the reader makes of it.
            pub fn consequence(self) -> Consequence {
                match self { $(Self::$name => Consequence::$consequence,)* }
            }

            /// Whether there is a detail for `{}` in the message, and in the fix.
            pub fn has_detail(self) -> (bool, bool) {
                match self { $(Self::$name => ($message, $fix),)* }
            }

            /// What is seen.
            pub fn meaning(self) -> Text {
                match self { $(Self::$name => Text::new($nl, $en),)* }
            }
        }
    };
}

impl Observation {
    /// Whether it tells that there is nothing in a cell.
    pub(crate) fn is_of_blank(self) -> bool {
        matches!(
            self,
            Self::CellBlank
                | Self::CellRequired
                | Self::BsnBlank
                | Self::DateStartBlank
                | Self::MunicipalityBlank
                | Self::CodeProductBlank
                | Self::CodeSituationBlank
        )
    }

    /// Whether a row of data is lost for it. Blank rows, totals and the header once more are none.
    pub(crate) fn loses_data(self) -> bool {
        match self.consequence() {
            Consequence::RowRejected => true,
            Consequence::RowSetAside => {
                matches!(self, Self::RowRagged | Self::RowNul | Self::RowCutOff)
            }
            _ => false,
        }
    }
}

observations! {
    FileEmpty "file.empty" File FileUnusable false false
        "Het bestand is leeg: er is ook geen kopregel."
        "The file is empty: there is no header either."
    FileNoRows "file.no-rows" File Kept false false
        "Het bestand heeft een kopregel en geen rijen."
        "The file has a header and no rows."
    FileEncoding "file.encoding" File Kept true false
        "Het bestand is geen UTF-8. `{}`: de tekencodering waarin het is gelezen."
        "The file is not UTF-8. `{}`: the encoding it was read in."
    FileNotText "file.not-text" File FileUnusable true true
        "Het bestand is geen tekst of tabel. `{}`: wat het dan is; in de oplossing: wat u ermee doet."
        "The file is no text or table. `{}`: what it is; in the fix: what to do with it."
    FileDamaged "file.damaged" File FileUnusable false false
        "Het bestand is beschadigd of afgebroken."
        "The file is damaged or cut off."
    FileTooLarge "file.too-large" File FileUnusable true false
        "Het bestand is uitgepakt, of in een deel ervan, groter dan geloofwaardig is. `{}`: wat."
        "The file unpacks to more than is believable, or a part of it does. `{}`: which."
    FileEncrypted "file.encrypted" File FileUnusable false false
        "Het bestand is beveiligd met een wachtwoord."
        "The file is protected by a password."
    FilePacking "file.packing" File FileUnusable true true
        "Het bestand is ingepakt op een manier die niet wordt gelezen. `{}`: hoe, en in de oplossing hoe wel."
        "The file is packed in a way that is not read. `{}`: how, and in the fix how else."
    FileNested "file.nested" File FileUnusable false false
        "In het zip-bestand zit nog een ingepakt bestand."
        "There is another packed file in the archive."
    FileNothingInside "file.nothing-inside" File FileUnusable false false
        "In het zip-bestand zit geen levering."
        "There is no delivery in the archive."
    FileUnsafeName "file.unsafe-name" File FileUnusable true true
        "Een bestand in een zip, of een koppeling in een map, wijst naar een plek erbuiten of nergens heen. `{}`: hoe, en in de oplossing hoe het wel kan."
        "A file in an archive, or a link in a folder, points to a place outside it or nowhere. `{}`: how, and in the fix how else."
    FileDeclarations "file.declarations" File FileUnusable false false
        "De werkmap bevat eigen declaraties (DTD), die geen rekenprogramma schrijft."
        "The workbook holds declarations of its own (DTD), which no spreadsheet writes."
    FileExtension "file.extension" File Kept true false
        "De extensie hoort bij een ander soort bestand. `{}`: wat het is."
        "The extension is of another kind of file. `{}`: what it is."
    FileNulTail "file.nul-tail" File Kept true false
        "Het bestand eindigt op NUL-tekens, als na een afgebroken kopie. `{}`: hoeveel."
        "The file ends in NUL characters, as after a broken copy. `{}`: how many."
    SheetChosen "sheet.chosen" File Kept true false
        "Van een werkmap met meer bladen is er een gelezen. `{}`: welk."
        "Of a workbook with several sheets one was read. `{}`: which."
    SheetRival "sheet.rival" File Kept true false
        "Nog een blad lijkt een levering en is niet gelezen. `{}`: welk."
        "Another sheet looks like a delivery and was not read. `{}`: which."
    SheetHidden "sheet.hidden" File Kept true false
        "Het gelezen blad is verborgen. `{}`: welk."
        "The sheet that was read is hidden. `{}`: which."
    SheetHiddenUnread "sheet.hidden-unread" File Kept true false
        "Een verborgen blad waarop iets staat, is niet gelezen. `{}`: welk."
        "A hidden sheet with something on it was not read. `{}`: which."
    SheetMissing "sheet.missing" File FileUnusable false true
        "Het gevraagde blad bestaat niet. `{}` in de oplossing: de bladen."
        "The sheet asked for does not exist. `{}` in the fix: the sheets."
    SheetFormulas "sheet.formulas" Cell Kept false false
        "Een cel van een werkmap heeft een formule; haar laatst berekende waarde is gelezen."
        "A cell of a workbook has a formula; its last computed value was read."
    SheetMerged "sheet.merged" Cell Kept true false
        "Cellen zijn samengevoegd; alleen de eerste heeft een waarde. `{}`: welke."
        "Cells are merged; only the first has a value. `{}`: which."
    FileSenderUnclear "file.sender-unclear" File Kept false false
        "De afzender in de bestandsnaam is niet die in de rijen."
        "The sender in the file's name is not the one in the rows."
    FileManyRows "file.many-rows" File Kept false false
        "Het bestand heeft meer dan 8 miljoen rijen: regels over de rijen van een persoon worden niet gevraagd."
        "The file has more than 8 million rows: rules about the rows of a person are not asked."
    FileReplaced "file.replaced" File RowLeftOut true false
        "Een latere levering van dezelfde afzender en periode vervangt het bestand, of een die ervan is gemaakt. `{}`: die levering."
        "A later delivery of the same sender and period replaces the file, or one that was made of it. `{}`: that delivery."
    FileSameDay "file.same-day" File Kept true false
        "Twee leveringen van dezelfde afzender zijn op dezelfde dag gemaakt. `{}`: de andere."
        "Two deliveries of one sender were made on the same day. `{}`: the other one."
    FileTied "file.tied" File FileUnusable true false
        "Nog een levering van dezelfde afzender en periode is even oud: geen van beide telt. `{}`: de andere."
        "Another delivery of the same sender and period is of the same age: neither counts. `{}`: the other."
    FileRestated "file.restated" File RowLeftOut true false
        "Een latere levering van dezelfde afzender geeft rijen opnieuw op. `{}`: hoeveel."
        "A later delivery of the same sender states rows again. `{}`: how many."
    LayoutUnclear "layout.unclear" File FileUnusable false true
        "De kopregel past bij geen indeling, of bij meer dan een. `{}` in de oplossing: de naaste."
        "The header fits no layout, or more than one. `{}` in the fix: the nearest."
    HeaderRowBlank "header.row-blank" File FileUnusable true false
        "De rij die als kopregel is genoemd, is leeg of is er niet. `{}`: welke rij."
        "The row that was said to name the columns is blank or not there. `{}`: which row."
    HeaderOneCell "header.one-cell" Column FileUnusable true true
        "Alle kolommen staan in een cel. `{}`: waar en met welk teken ertussen; in de oplossing: hoe u ze scheidt."
        "All columns stand in one cell. `{}`: where and with which sign between them; in the fix: how to part them."
    HeaderMissing "header.missing" Column FileUnusable true true
        "Een verplichte kolom ontbreekt. `{}`: welke; in de oplossing: een kolom die erop lijkt."
        "A required column is missing. `{}`: which; in the fix: a column that looks like it."
    LayoutDay "layout.out-of-date" File Kept true false
        "De indeling waarnaar is gevraagd, geldt niet op de dag van het bestand. `{}`: die dag."
        "The layout asked for does not hold on the day of the file. `{}`: that day."
    HeaderUnknown "header.unknown" Column Kept false true
        "Een kolom hoort niet bij de indeling. `{}` in de oplossing: waarop zij lijkt."
        "A column is not part of the layout. `{}` in the fix: what it looks like."
    HeaderAlike "header.alike" Column Kept false true
        "Een kolom hoort niet bij de indeling en lijkt op een kolom die er wel bij hoort en ontbreekt. `{}` in de oplossing: welke."
        "A column is not part of the layout and looks like one that is and is missing. `{}` in the fix: which."
    HeaderRenamed "header.renamed" Column Kept true false
        "Een kolom staat onder een andere bekende naam. `{}`: de naam in de indeling."
        "A column has another known name. `{}`: its name in the layout."
    HeaderTwice "header.twice" Column FileUnusable true false
        "Een kolom staat twee keer in de kopregel. `{}`: welke."
        "A column occurs twice in the header. `{}`: which."
    HeaderOrder "header.order" File Kept true false
        "De kolommen staan in een andere volgorde dan in de indeling. `{}`: de eerste die anders staat."
        "The columns stand in another order than in the layout. `{}`: the first that does."
    HeaderContent "header.content" Column Kept true false
        "Bijna niets in een kolom is wat de indeling vraagt. `{}`: hoeveel cellen niet, van de eerste."
        "Nearly nothing in a column is what the layout asks for. `{}`: how many of the first cells."
    HeaderWidth "header.width" Column FileUnusable true false
        "Een bestand zonder kopregel heeft een ander aantal kolommen. `{}`: hoeveel het er moeten zijn."
        "A file without a header has another number of columns. `{}`: how many there must be."
    HeaderTooWide "header.too-wide" Column FileUnusable true false
        "De kopregel heeft meer kolommen dan een rekenblad. `{}`: hoeveel een rekenblad er heeft."
        "The header has more columns than a spreadsheet. `{}`: how many a spreadsheet has."
    HeaderBelow "header.below" Column Kept true false
        "Boven de kopregel staan andere rijen. `{}`: waar de kopregel staat en hoeveel rijen erboven."
        "There are other rows above the header. `{}`: where the header is and how many rows are above."
    RowRagged "row.ragged" Row RowSetAside true true
        "Een rij heeft te veel of te weinig cellen. `{}`: hoeveel, en hoeveel het er moeten zijn; in de oplossing: waardoor dat komt."
        "A row has too many or too few cells. `{}`: how many, and how many there must be; in the fix: where that comes from."
    RowNul "row.nul" Row RowSetAside false false
        "Een rij bevat NUL-tekens."
        "A row holds NUL characters."
    RowBlank "row.blank" Row RowSetAside true false
        "Rijen tussen de andere zijn leeg. `{}`: welke."
        "Rows among the others are blank. `{}`: which."
    RowQuoteOpen "row.quote-open" Row FileUnusable false false
        "Een aanhalingsteken wordt nergens gesloten."
        "A quote is never closed."
    RowTooLong "row.too-long" Row FileUnusable false false
        "Een rij is langer dan 16 miljoen tekens."
        "A row is longer than 16 million characters."
    RowCutOff "row.cut-off" Row RowSetAside false false
        "De laatste rij heeft te weinig cellen en geen regeleinde: het bestand is afgebroken."
        "The last row has too few cells and no line end: the file was cut off."
    RowShifted "row.shifted" Row RowRejected true false
        "Meer dan een waarde van een rij staat in de kolom naast de hare. `{}`: links of rechts ervan."
        "More than one value of a row stands in the column beside its own. `{}`: left or right of it."
    RowCrossed "row.crossed" Row Kept false false
        "Waarden van een rij staan onder elkaars kop."
        "Values of a row stand under each other's heading."
    RowHeaderAgain "row.header-again" Row RowSetAside false false
        "De kopregel staat nog eens tussen de rijen."
        "The header stands among the rows once more."
    RowTotals "row.totals" Row RowSetAside false false
        "Een rij met totalen."
        "A row of totals."
    RowBlankBehind "row.blank-behind" File Kept true false
        "Achter de laatste rij staan lege rijen. `{}`: hoeveel."
        "There are blank rows behind the last one. `{}`: how many."
    CellStrayQuote "cell.stray-quote" Cell Kept false false
        "Een aanhalingsteken midden in een cel, of een dat niet wordt gesloten."
        "A quote within a cell, or one that is not closed."
    CellBeyond "cell.beyond" Cell Kept false false
        "Een gevulde cel voorbij de laatste kolom van de kopregel."
        "A filled cell beyond the last column of the header."
    CellNoValue "cell.no-value" Cell CellEmptied false false
        "Een formule die nooit is berekend."
        "A formula that was never computed."
    CellFailed "cell.failed" Cell CellEmptied false false
        "Een formule met een foutwaarde (#N/B, #VERW!)."
        "A formula with an error value (#N/A, #REF!)."
    RowTrailingBlank "row.trailing-blank" File Kept true false
        "Rijen hebben lege cellen voorbij de laatste kolom. `{}`: hoeveel rijen."
        "Rows have blank cells beyond the last column. `{}`: how many rows."
    CellLineBreak "cell.line-break" Cell Kept false false
        "Er staat een regeleinde binnen een cel."
        "There is a line break within a cell."
    DoubleRow "double.row" Row RowLeftOut true false
        "Een rij is gelijk aan een eerdere. `{}`: het nummer van die rij."
        "A row equals an earlier one. `{}`: the number of that row."
    DoubleSpell "double.spell" Row Kept true false
        "Twee rijen gaan over dezelfde persoon, eerste dag en categorie. `{}`: het nummer van de eerste."
        "Two rows are about one person, first day and category. `{}`: the number of the first."
    BsnWrong "bsn.wrong" Cell RowRejected false false
        "Een persoonsnummer heeft geen negen cijfers of voldoet niet aan de elfproef."
        "A person's number does not have nine digits or fails the eleven test."
    BsnLostZero "bsn.lost-zero" Cell CellMended false false
        "Een nummer van acht cijfers voldoet met een nul ervoor aan de elfproef."
        "A number of eight digits passes the eleven test with a zero in front."
    BsnScientific "bsn.scientific" Cell RowRejected true false
        "Een nummer staat in wetenschappelijke notatie (1,23E+08). `{}`: of alle cijfers er nog staan."
        "A number is in scientific notation (1.23E+08). `{}`: whether all its digits are there."
    BsnZeroDoubtful "bsn.zero-doubtful" Column Kept true false
        "Nummers van acht cijfers, en de andere nummers van de kolom zeggen dat er geen nul hoeft te ontbreken. `{}`: waarom."
        "Numbers of eight digits, and the others of the column tell that it need not be a zero that is missing. `{}`: why."
    BsnTest "bsn.test-number" Cell Kept false false
        "Een nummer dat voor tests en voorbeelden is bedacht, zoals 111111110."
        "A number that is made up for tests and examples, such as 111111110."
    BsnPlaceholder "bsn.placeholder" Cell CellEmptied false false
        "Een nummer staat voor onbekend: nullen, negens of een ander enkel cijfer, 123456789."
        "A number stands for not known: zeros, nines or another single digit, 123456789."
    BsnBlank "bsn.blank" Cell Kept false false
        "De cel voor het persoonsnummer is leeg."
        "The cell of the person's number is blank."
    BsnDressed "bsn.dressed" Cell CellMended false false
        "Rond of tussen de negen cijfers staan punten, spaties of aanhalingstekens."
        "There are points, blanks or quotes around or between the nine digits."
    BsnParentWrong "bsn.parent-wrong" Cell CellEmptied false false
        "Het nummer van een ouder of een ander nummer naast dat van de persoon klopt niet."
        "The number of a parent, or another one beside the person's, is wrong."
    BsnRegisterWithout "bsn.register-without" Row RowRejected false false
        "Een rij van een personenregister heeft geen bruikbaar nummer."
        "A row of a person register has no usable number."
    DateWrong "date.wrong" Cell RowRejected false false
        "Een datum die de rij nodig heeft, is geen datum."
        "A date the row cannot do without is not a date."
    DateImplausible "date.implausible" Cell RowRejected false false
        "Een datum die de rij nodig heeft, ligt voor 1900 of na 2099."
        "A date the row cannot do without is before 1900 or after 2099."
    DateEmptied "date.emptied" Cell CellEmptied true true
        "Een andere datum is geen datum, onvolledig, of niet te gebruiken. `{}`: waarom; in de oplossing: hoe het wel moet."
        "Another date is not a date, incomplete, or not usable. `{}`: why; in the fix: how it should be."
    DateHalfConverted "date.half-converted" Column Kept true false
        "Echte datums hebben nooit een dag boven de 12 en datums die tekst zijn altijd: dag en maand zijn verwisseld. `{}`: de aantallen."
        "Real dates never have a day beyond 12 and dates that are text always do: day and month were swapped. `{}`: the numbers."
    DateNone "date.none" Row RowRejected false false
        "Een rij heeft geen enkele datum waarop ze kan gelden."
        "A row has no date on which it could hold."
    DateStartBlank "date.start-blank" Cell Kept true false
        "De startdatum is leeg en wordt vervangen. `{}`: waardoor."
        "The start date is blank and was replaced. `{}`: by what."
    DateEndBeforeStart "date.end-before-start" Cell RowRejected false false
        "De einddatum ligt voor de startdatum."
        "The end is before the start."
    DateStartAfterFile "date.start-after-file" Cell RowRejected true false
        "De startdatum ligt na de dag waarop het bestand is gemaakt. `{}`: die dag."
        "The start is after the day the file was made. `{}`: that day."
    DateEndAfterFile "date.end-after-file" Cell Kept true false
        "De einddatum ligt na de dag waarop het bestand is gemaakt. `{}`: die dag."
        "The end is after the day the file was made. `{}`: that day."
    DateOpenEnd "date.open-end" Cell CellMended false false
        "De einddatum ligt in 2100 of later en staat voor geen einde."
        "The end is in 2100 or later and stands for no end."
    DatePartial "date.partial" Cell CellMended false false
        "Van een geboortedatum is de dag of de maand niet bekend (00)."
        "A birth date without a known day or month (00)."
    DateBirthLate "date.birth-late" Cell CellEmptied true false
        "De geboortedatum ligt na de dag waarop de rij geldt. `{}`: die dag."
        "The birth date is after the day on which the row holds. `{}`: that day."
    DateNewYearBirths "date.new-year-births" File Kept true false
        "Opvallend veel geboortedatums zijn een 1 januari. `{}`: hoeveel van de hoeveel."
        "Remarkably many birth dates are a 1 January. `{}`: how many of how many."
    MunicipalityUnknown "municipality.unknown" Cell CellEmptied false false
        "Een gemeentecode bestaat niet."
        "A municipality code does not exist."
    MunicipalityOutOfDate "municipality.out-of-date" Cell Kept true true
        "Een gemeentecode bestaat op de dag niet meer of nog niet. `{}`: de dag; in de oplossing: de opvolger."
        "A municipality code does not exist on the day. `{}`: the day; in the fix: its successor."
    MunicipalityDivided "municipality.divided" Cell Kept true true
        "Een gemeente is opgedeeld. `{}`: de dag; in de oplossing: de gemeenten waarin."
        "A municipality was divided. `{}`: the day; in the fix: among which."
    MunicipalityNoPlace "municipality.no-place" Cell CellEmptied false false
        "De code 0000 of 1999: geen gemeente."
        "The code 0000 or 1999: no municipality."
    MunicipalityBlank "municipality.blank" Cell Kept false false
        "Een verplichte gemeentecode is leeg."
        "A required municipality code is blank."
    CodeUnknown "code.unknown" Cell RowRejected false true
        "De code die de situatie bepaalt, bestaat niet. `{}` in de oplossing: de bekende codes."
        "The code that tells the situation does not exist. `{}` in the fix: the known codes."
    CodeHidden "code.hidden" Cell RowRejected false false
        "De code die de situatie bepaalt, staat in de lijst, maar om de code staan tekens die niemand ziet."
        "The code that tells the situation is in the list, but there are characters around it that nobody sees."
    CodeUnclear "code.unclear" Cell Kept false false
        "De productcategorie zegt niet welke situatie het is."
        "The product category does not tell the situation."
    CodeContradicts "code.contradicts" Cell Kept false false
        "Het soort opvang hoort bij een andere categorie dan de productcategorie."
        "The type of shelter belongs to another category than the product category."
    CodeEmptied "code.emptied" Cell CellEmptied false true
        "Een andere code bestaat niet. `{}` in de oplossing: de bekende codes."
        "Another code does not exist. `{}` in the fix: the known codes."
    CodeHiddenEmptied "code.hidden-emptied" Cell CellEmptied false false
        "Een andere code staat in de lijst, maar om de code staan tekens die niemand ziet."
        "Another code is in the list, but there are characters around it that nobody sees."
    CodeProductBlank "code.product-blank" Cell RowRejected false false
        "De productcategorie is leeg."
        "The product category is blank."
    CodeSituationBlank "code.situation-blank" Cell Kept false false
        "De woonsituatie is leeg."
        "The living situation is blank."
    CodeLostZero "code.lost-zero" Cell CellMended false false
        "Een code bestaat met voorloopnullen wel."
        "A code exists with leading zeros."
    AgeWrong "age.wrong" Cell CellEmptied false false
        "Een leeftijd is geen heel getal van 0 tot en met 120."
        "An age is no whole number from 0 to 120."
    NumberWrong "number.wrong" Cell CellEmptied false false
        "Een cel die een getal moet bevatten, bevat geen bruikbaar getal."
        "A cell that should hold a number holds no usable one."
    CellRequired "cell.required-when" Cell Kept true false
        "Een cel is leeg die gevuld moet zijn om wat een andere cel zegt. `{}`: wat die zegt."
        "A cell is blank that must be filled for what another cell says. `{}`: what it says."
    CellDamaged "cell.damaged" Cell Kept true false
        "Een cel bevat tekens die niet zijn geschreven: verloren, of in een andere tekencodering gelezen. `{}`: wat."
        "A cell holds characters that were not written: lost, or read in another encoding. `{}`: which."
    KeyDamaged "key.damaged" Cell CellEmptied true false
        "Een cel waaraan iemand wordt herkend (letters van de naam, huishouden) bevat tekens die niet zijn geschreven. `{}`: wat."
        "A cell by which somebody is known again (letters of the name, household) holds characters that were not written. `{}`: which."
    CellBlank "cell.blank" Cell Kept false false
        "Een verplichte cel is leeg."
        "A required cell is blank."
    CellPadded "cell.padded" Cell Kept false false
        "Om de waarde van een cel staan spaties of onzichtbare tekens."
        "There are blanks or invisible characters around the value of a cell."
    CellFormula "cell.formula" Cell Kept false false
        "Een cel van een tekstbestand begint als een formule."
        "A cell of a text file begins as a formula does."
    CorrectionApplied "correction.applied" File Kept true false
        "Cellen zijn verbeterd volgens een correctiebestand. `{}`: hoeveel."
        "Cells were corrected by a file of corrections. `{}`: how many."
    CorrectionMismatch "correction.mismatch" Cell Kept false false
        "Een cel heeft niet de oude waarde die een correctie noemt; de correctie is niet uitgevoerd."
        "A cell does not hold the old value a correction names; the correction was not applied."
    CorrectionUnusable "correction.unusable" Cell Kept true false
        "Een correctie kan niet worden uitgevoerd. `{}`: waarom."
        "A correction cannot be applied. `{}`: why."
    CorrectionUnproven "correction.unproven" Cell Kept true false
        "Een correctie wordt niet uitgevoerd omdat niet zeker is dat deze rij nog de rij is waarvoor zij is gemaakt. `{}`: waarom."
        "A correction is not applied, for it is not certain that this row is still the one it was made for. `{}`: why."
    CorrectionNowhere "correction.nowhere" File Kept true false
        "Een correctie noemt een bestand, rij, kolom of blad dat er niet is. `{}`: welke."
        "A correction names a file, row, column or sheet that is not there. `{}`: which."
    RegisterConflicting "register.conflicting" File RowLeftOut true false
        "Rijen van een personenregister spreken latere rijen tegen. `{}`: hoeveel."
        "Rows of a person register contradict later ones. `{}`: how many."
}

impl Observation {
    /// The observation with this key.
    ///
    /// # Errors
    /// A fragment that names the nearest key.
    pub fn from_key(key: &str) -> Result<Self, Text> {
        let found = Self::ALL.iter().find(|known| known.key() == key);
        found.copied().ok_or_else(|| {
            let keys: Vec<&str> = Self::ALL.iter().map(|known| known.key()).collect();
            let hint = did_you_mean_text(key, &keys);
            Text::new(
                format!("er is geen waarneming `{key}`{}", hint.nl),
                format!("there is no observation `{key}`{}", hint.en),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_found() {
        for (at, seen) in Observation::ALL.iter().enumerate() {
            assert_eq!(*seen as usize, at);
            assert_eq!(Observation::from_key(seen.key()), Ok(*seen));
            let meaning = seen.meaning();
            assert_ne!(meaning.nl, meaning.en);
            let (message, fix) = seen.has_detail();
            assert_eq!(meaning.en.contains("{}"), message || fix, "{}", seen.key());
        }
        let error = Observation::from_key("bsn.lostzero").unwrap_err();
        assert!(
            error.en.ends_with("did you mean `bsn.lost-zero`?"),
            "{error:?}"
        );
    }
}
