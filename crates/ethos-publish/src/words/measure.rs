//! What each measure counts, in a sentence, for the lists of codes beside the figures.

use ethos_model::category::Language;
use ethos_model::cube::{Estimator, Measure};

/// What a measure counts.
pub(crate) fn definition(measure: Measure, language: Language) -> &'static str {
    let [nl, en] = match measure {
        Measure::Observed => [
            "Personen die een bron op dat moment in deze situatie heeft gezien, ieder één keer.",
            "Persons whom a source saw in this situation at that time, each once.",
        ],
        Measure::ObservedSmallest => [
            "Hoeveel personen er in de categorie ten minste zijn, hoe men ook kiest voor wie in meer dan één situatie is gezien.",
            "How few persons are in the category, whichever situation is chosen for those seen in several.",
        ],
        Measure::ObservedLargest => [
            "Hoeveel personen er in de categorie ten hoogste zijn, hoe men ook kiest voor wie in meer dan één situatie is gezien.",
            "How many persons are in the category, whichever situation is chosen for those seen in several.",
        ],
        Measure::ObservedChildren => [
            "Van de getelde personen wie jonger is dan 18 jaar.",
            "Of the persons observed those under 18.",
        ],
        Measure::ChildrenInvolved => [
            "Kinderen van dakloze ouders die zelf elders wonen. Zij horen niet bij de getelde personen.",
            "Children of homeless parents who live elsewhere. They are not among the persons observed.",
        ],
        Measure::ObservedTouched => [
            "Personen die een bron in welke situatie ook in dit gebied plaatst. Wie in twee gebieden is gezien, staat in beide: deze cijfers zijn niet optelbaar.",
            "Persons whom any source places in this area, in whatever situation. Someone seen in two areas is in both: these figures do not add up.",
        ],
        Measure::Added => [
            "Personen die geen lijst heeft gezien, volgens het model.",
            "Persons whom no list saw, as the model has them.",
        ],
        Measure::Estimated => [
            "Personen in totaal volgens het model: wie een lijst heeft gezien en wie geen lijst heeft gezien.",
            "Persons in all, as the model has them: those whom a list saw and those whom none did.",
        ],
        Measure::EstimatedBy(Estimator::Chao) => [
            "Personen in totaal volgens de ondergrens van Chao, naast het model.",
            "Persons in all by Chao's lower bound, beside the model.",
        ],
        Measure::EstimatedBy(Estimator::Darroch) => [
            "Personen in totaal als de kans om gezien te worden per persoon verschilt (Darroch), naast het model.",
            "Persons in all where the chance to be seen differs by person (Darroch), beside the model.",
        ],
        Measure::Synthetic => [
            "Deel van de landelijke schatting dat op grond van de getelde personen aan een gemeente is toegedeeld. Experimenteel; niet in de gemeente gemeten.",
            "Share of the national estimate given to a municipality by the persons observed. Experimental; not measured in the municipality.",
        ],
        Measure::Inhabitants => [
            "Inwoners op 1 januari, zoals zij zijn aangeleverd.",
            "Inhabitants on 1 January, as they were supplied.",
        ],
        Measure::ObservedChange => [
            "Getelde personen min die van de vorige peildatum.",
            "Persons observed less those of the reference date before.",
        ],
        Measure::ObservedChildrenChange => [
            "Getelde kinderen min die van de vorige peildatum.",
            "Children observed less those of the reference date before.",
        ],
        Measure::EstimatedChange => [
            "Geschat totaal min dat van de vorige peildatum.",
            "Estimated total less that of the reference date before.",
        ],
        Measure::Entries => [
            "Personen die in de periode dakloos zijn geworden, naar de eerste keer.",
            "Persons who became homeless in the period, by the first time.",
        ],
        Measure::NewEntries => [
            "Van wie instroomde, wie een vaste tijd daarvoor niet dakloos is gezien.",
            "Of those who entered, whom nobody saw homeless for a fixed time before.",
        ],
        Measure::Returns => [
            "Van wie instroomde, wie eerder al dakloos is gezien.",
            "Of those who entered, those seen homeless before.",
        ],
        Measure::Exits => [
            "Personen van wie een bron zegt dat hun dakloosheid in de periode eindigde, naar de laatste keer: zij gaf een einde, of dezelfde afzender leverde later weer en noemde hen niet meer. Wie is verdwenen doordat de afzender niet meer leverde, telt niet mee. Wie verder dakloos was waar niemand kijkt, lijkt wel vertrokken.",
            "Persons of whom a source says that their homelessness ended in the period, by the last time: it gave an end, or the same sender delivered again and did not name them any more. Those who disappeared because the sender stopped delivering are not among them. Those who went on being homeless where nobody looks seem to have left all the same.",
        ],
        Measure::Began => [
            "Personen voor wie in de periode een situatie van de categorie begon, al dakloos of niet. Niet optelbaar over categorieën.",
            "Persons for whom a situation of the category began in the period, homeless already or not. Does not add up over categories.",
        ],
        Measure::MovedFrom(_) => [
            "Personen van de categorie op de laatste dag die op de eerste dag in deze andere categorie waren.",
            "Persons of the category on the later day who were in this other one on the earlier day.",
        ],
        Measure::Arrived => [
            "Personen van de categorie op de laatste dag die op de eerste dag in geen categorie zijn gezien. Waar op de eerste dag een levering ontbreekt of een categorie niet is gemeten, is het getal onvolledig en kan het te hoog zijn.",
            "Persons of the category on the later day who were seen in none on the earlier day. Where a delivery is missing on the earlier day, or a category was not measured, the number is incomplete and can be too high.",
        ],
        Measure::Gone => [
            "Personen van de categorie op de eerste dag die op de laatste dag in geen categorie zijn gezien. Dat is geen uitstroom: wie niet meer is aangeleverd, telt ook mee. Waar op de laatste dag een levering ontbreekt of een categorie niet is gemeten, is het getal daarom onvolledig en kan het te hoog zijn.",
            "Persons of the category on the earlier day who were seen in none on the later day. These are no exits: those no longer delivered are among them. Where a delivery is missing on the later day, or a category was not measured, the number is therefore incomplete and can be too high.",
        ],
        Measure::ObservedPer1000 | Measure::ObservedPer10000 => [
            "Het gepubliceerde aantal getelde personen gedeeld door het aantal inwoners.",
            "The published number of persons observed divided by the inhabitants.",
        ],
        Measure::EstimatedPer1000 | Measure::EstimatedPer10000 => [
            "Het gepubliceerde geschatte totaal gedeeld door het aantal inwoners.",
            "The published estimated total divided by the inhabitants.",
        ],
    };
    language.pick(nl, en)
}
