//! Marks by which a workbook that we made is known again: which sheet in it is ours, and of which file it was
//! made. A sheet is not ours for its name: a sender may have one that is called the same.

use ethos_ingest::origin::MADE_OF;

/// The name that stands for the first cell of our sheet. A spreadsheet keeps it when the sheet gets another
/// name or place.
pub(super) const SHEET: &str = "_ethos_wat_moet_ik_doen";

/// The name that stands for the hash of the file that the workbook was made of.
pub(super) const FILE: &str = MADE_OF;

/// Characters that the name of a sheet has at most.
const LONGEST: usize = 31;

/// The sheet that a reference is in: `'Wat moet ik doen'!$A$1`, `$'Wat moet ik doen'.$A$1`.
pub(super) fn sheet_in(reference: &str) -> Option<String> {
    let text = reference.trim().trim_start_matches('$');
    if let Some(quoted) = text.strip_prefix('\'') {
        let mut name = String::new();
        let mut letters = quoted.chars().peekable();
        loop {
            match letters.next()? {
                '\'' if letters.peek() == Some(&'\'') => {
                    letters.next();
                    name.push('\'');
                }
                '\'' => return Some(name),
                letter => name.push(letter),
            }
        }
    }
    let (name, _) = text.split_once(['!', '.'])?;
    // What is left of a sheet that was taken away.
    (!name.is_empty() && !name.starts_with('#')).then(|| name.to_owned())
}

/// A name for our sheet that no other sheet has: spreadsheets know capitals and small letters as the same.
pub(super) fn free_name<'n>(wanted: &str, others: impl Iterator<Item = &'n str> + Clone) -> String {
    let mut name = wanted.to_owned();
    let mut number = 2;
    while others
        .clone()
        .any(|other| other.to_lowercase() == name.to_lowercase())
    {
        let behind = format!(" ({number})");
        let most = LONGEST - behind.chars().count();
        name = wanted.chars().take(most).collect::<String>() + &behind;
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_tells_its_sheet() {
        for (reference, sheet) in [
            ("'Wat moet ik doen'!$A$1", Some("Wat moet ik doen")),
            ("$'Wat moet ik doen'.$A$1", Some("Wat moet ik doen")),
            ("'Opvang d''A'!$A$1", Some("Opvang d'A")),
            ("Blad1!A1", Some("Blad1")),
            ("$Blad1.$A$1", Some("Blad1")),
            ("#REF!$A$1", None),
            ("#REF!", None),
            ("'half", None),
            ("", None),
        ] {
            assert_eq!(sheet_in(reference).as_deref(), sheet, "{reference}");
        }
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let others = ["wat moet ik DOEN", "Blad1", "Wat moet ik doen (2)"];
        let name = |wanted| free_name(wanted, others.into_iter());
        assert_eq!(name("Wat moet ik doen"), "Wat moet ik doen (3)");
        assert_eq!(name("What to do"), "What to do");
        let long = "Een naam van eenendertig tekens";
        let taken = free_name(long, [long].into_iter());
        assert_eq!((taken.chars().count(), taken.ends_with(" (2)")), (31, true));
    }
}
