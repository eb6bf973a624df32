//! What a sender is to do with a file, in a sentence.

use ethos_ingest::{FileReport, Mendable, Verdict};
use ethos_model::category::Language;
use ethos_model::finding::Severity;

use crate::cause::Cause;
use crate::terminal::grouped;

/// Stable key of a verdict.
pub fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "clean",
        Verdict::Usable => "usable",
        Verdict::Mend => "mend",
        Verdict::Unusable => "unusable",
    }
}

/// The verdict on a file with the number of causes behind it: `Nog niet versturen: 2 oorzaken
/// blokkeren dit bestand.`
pub fn verdict_sentence(file: &FileReport, causes: &[Cause<'_>], language: Language) -> String {
    let count = |severity| {
        causes
            .iter()
            .filter(|cause| cause.severity == severity)
            .count()
    };
    let (blocking, errors, warnings) = (
        count(Severity::Blocking),
        count(Severity::Error),
        count(Severity::Warning),
    );
    let dutch = |count: usize| if count == 1 { "oorzaak" } else { "oorzaken" };
    let english = |count: usize| if count == 1 { "cause" } else { "causes" };
    if let Some(by) = file.replaced_by.as_ref().filter(|_| file.is_given_way()) {
        return match language {
            Language::Nl if file.is_copy => {
                format!("Dit bestand is een kopie van {by}. Dat telt, en dit niet.")
            }
            Language::En if file.is_copy => {
                format!("This file is a copy of {by}. That one counts, and this one does not.")
            }
            Language::Nl => format!(
                "Dit bestand telt niet mee: {by} komt ervoor in de plaats. U hoeft hier niets te doen."
            ),
            Language::En => {
                format!(
                    "This file does not count: {by} takes its place. There is nothing to do here."
                )
            }
        };
    }
    // What is lost is lost, whether or not a finding says so.
    if let Some(said) = unsaid(file, blocking, errors, language) {
        return said;
    }
    match (file.verdict, language) {
        (Verdict::Clean, Language::Nl) => "Klaar om te versturen: dit bestand is in orde.".into(),
        (Verdict::Clean, Language::En) => "Ready to send: this file is in order.".into(),
        (Verdict::Usable, Language::Nl) => format!(
            "Dit bestand kan worden verstuurd. Kijk eerst {warnings} {} van waarschuwingen na.",
            dutch(warnings)
        ),
        (Verdict::Usable, Language::En) => format!(
            "This file can be sent. Look at {warnings} {} of warnings first.",
            english(warnings)
        ),
        (Verdict::Mend, Language::Nl) => format!(
            "Nog niet versturen: herstel eerst {errors} {}. Anders tellen die rijen of cellen niet mee.",
            dutch(errors)
        ),
        (Verdict::Mend, Language::En) => format!(
            "Do not send yet: mend {errors} {} first. Their rows or cells do not count otherwise.",
            english(errors)
        ),
        (Verdict::Unusable, Language::Nl) => format!(
            "Nog niet versturen: {blocking} {} maakt dit bestand onbruikbaar. Begin daarmee.",
            dutch(blocking)
        )
        .replace("oorzaken maakt", "oorzaken maken"),
        (Verdict::Unusable, Language::En) => format!(
            "Do not send yet: {blocking} {} that nothing can be read past. Start there.",
            english(blocking)
        ),
    }
}

/// What mending what is certain would come to: `Van de 186 bevindingen …`; `None` where nothing is, or that
/// was not tried.
pub fn mendable_sentence(file: &FileReport, language: Language) -> Option<String> {
    let Mendable {
        of: all,
        findings,
        left,
        verdict,
    } = file.mendable?;
    let shown: u64 = file.counts.values().sum();
    if shown == 0 && file.verdict < Verdict::Mend {
        // All of it was accepted or answered, and nothing is lost.
        return None;
    }
    // Which of those that are left can be mended is not known.
    let hidden = shown < all;
    let number = |count| grouped(count, language);
    // Of those that are left, what only shows in the mended file.
    let new = left.saturating_sub(all.saturating_sub(findings));
    let shows = match (language, new, left) {
        (_, 0, _) => String::new(),
        (Language::Nl, 1, 1) => ", die pas na het herstellen te zien is".to_owned(),
        (Language::Nl, 1, _) => ", waarvan 1 die pas na het herstellen te zien is".to_owned(),
        (Language::Nl, new, _) => format!(
            ", waarvan {} die pas na het herstellen te zien zijn",
            number(new)
        ),
        (Language::En, 1, 1) => ", which only shows once the file is mended".to_owned(),
        (Language::En, 1, _) => ", 1 of which only shows once the file is mended".to_owned(),
        (Language::En, new, _) => format!(
            ", {} of which only show once the file is mended",
            number(new)
        ),
    };
    Some(match language {
        Language::Nl => {
            let what = match all {
                all if hidden => format!(
                    "Van de {} bevindingen, met die u aanvaardde of toelichtte erbij, {} er {} vanzelf te herstellen",
                    number(all),
                    if findings == 1 { "is" } else { "zijn" },
                    number(findings)
                ),
                1 => "Deze bevinding is vanzelf te herstellen".to_owned(),
                2 if findings >= 2 => "Beide bevindingen zijn vanzelf te herstellen".to_owned(),
                all if findings >= all => {
                    format!(
                        "Alle {} bevindingen zijn vanzelf te herstellen",
                        number(all)
                    )
                }
                all => format!(
                    "Van de {} bevindingen {} er {} vanzelf te herstellen",
                    number(all),
                    if findings == 1 { "is" } else { "zijn" },
                    number(findings)
                ),
            };
            let then = match (verdict, left) {
                (Verdict::Clean, 0) => "Daarna is het bestand in orde.".to_owned(),
                (Verdict::Clean | Verdict::Usable, _) => {
                    "Daarna kan het bestand worden verstuurd.".to_owned()
                }
                (_, 1) => format!("Daarna is er 1 bevinding om zelf naar te kijken{shows}."),
                (_, left) => format!(
                    "Daarna zijn er {} bevindingen om zelf naar te kijken{shows}.",
                    number(left)
                ),
            };
            format!(
                "{what}: zet --fix achter de opdracht om te zien hoe, en --fix --write voor een hersteld bestand. {then}"
            )
        }
        Language::En => {
            let what = match all {
                all if hidden => format!(
                    "{} of the {} findings, those that were accepted or answered included, can be mended with certainty",
                    number(findings),
                    number(all)
                ),
                1 => "This finding can be mended with certainty".to_owned(),
                2 if findings >= 2 => "Both findings can be mended with certainty".to_owned(),
                all if findings >= all => {
                    format!("All {} findings can be mended with certainty", number(all))
                }
                all => format!(
                    "{} of the {} findings can be mended with certainty",
                    number(findings),
                    number(all)
                ),
            };
            let then = match (verdict, left) {
                (Verdict::Clean, 0) => "The file is in order then.".to_owned(),
                (Verdict::Clean | Verdict::Usable, _) => "The file can be sent then.".to_owned(),
                (_, 1) => format!("There is 1 finding to look at then{shows}."),
                (_, left) => format!(
                    "There are {} findings to look at then{shows}.",
                    number(left)
                ),
            };
            format!(
                "{what}: add --fix to the command to see how, and --fix --write for a mended file. {then}"
            )
        }
    })
}

/// The verdict on rows that are lost while no finding that is left says why: it was accepted before, or its
/// rule is switched off or softened.
fn unsaid(file: &FileReport, blocking: usize, errors: usize, language: Language) -> Option<String> {
    let lost = file.lost_rows();
    let rows = grouped(lost, language);
    Some(match (file.verdict, language) {
        (Verdict::Unusable, Language::Nl) if blocking == 0 => {
            "Nog niet versturen: dit bestand is onbruikbaar. De regel die zegt waarom, is uitgezet of verzacht.".into()
        }
        (Verdict::Unusable, Language::En) if blocking == 0 => {
            "Do not send yet: this file cannot be used. The rule that says why is switched off or softened.".into()
        }
        (Verdict::Mend, Language::Nl) if errors == 0 => format!(
            "Nog niet versturen: {rows} {} niet mee. Waarom staat hier niet: die fouten zijn eerder aanvaard, of hun regel \
             is uitgezet of verzacht.",
            if lost == 1 { "rij telt" } else { "rijen tellen" }
        ),
        (Verdict::Mend, Language::En) if errors == 0 => format!(
            "Do not send yet: {rows} {} not count. Why is not said here: these errors were accepted before, or their rule \
             is switched off or softened.",
            if lost == 1 { "row does" } else { "rows do" }
        ),
        _ => return None,
    })
}
