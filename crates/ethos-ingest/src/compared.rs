//! Files of a check beside each other, beside other senders' and beside last time's.

use rayon::prelude::*;

use ethos_model::date::Period;
use ethos_model::finding::Finding;
use ethos_model::layout::family;

use crate::check::FileReport;
use crate::fields;
use crate::rules::RuleBook;
use crate::summary::Summary;

/// Adds what comparing shows to every file's findings.
pub(crate) fn compare(files: &mut [FileReport], previous: &[Summary], book: &RuleBook) {
    let found: Vec<(Vec<Finding>, Option<&Summary>)> = (0..files.len())
        .into_par_iter()
        .map(|at| findings(files, at, previous, book))
        .collect();
    for (file, (found, last)) in files.iter_mut().zip(found) {
        file.take(found);
        file.previous = last.cloned().map(Box::new);
    }
}

fn findings<'p>(
    files: &[FileReport],
    at: usize,
    previous: &'p [Summary],
    book: &RuleBook,
) -> (Vec<Finding>, Option<&'p Summary>) {
    let this = &files[at].summary;
    let Some(layout) = &this.layout else {
        return (Vec::new(), None);
    };
    let stands = |file: &&FileReport| !file.is_given_way();
    if files[at].is_given_way() {
        // Of a copy it is said of which file; all else is told there.
        let by = files[at].replaced_by.as_ref().filter(|_| files[at].is_copy);
        let same = by.and_then(|by| files.iter().find(|file| file.file == *by));
        let found = same.map(|same| book.beside_file(this, &same.summary));
        return (found.into_iter().flatten().collect(), None);
    }
    let mut found = Vec::new();
    // Of an earlier delivery it is said here, for that is what counts.
    let takes_place_of = |other: &FileReport| {
        other.replaced_by.as_ref() == Some(&files[at].file) && !other.is_copy && !other.is_origin
    };
    for (before, other) in files.iter().enumerate() {
        if takes_place_of(other) || (before < at && stands(&other)) {
            found.extend(book.beside_file(this, &other.summary));
        }
    }
    let same_layout =
        |other: &&Summary| other.layout.as_deref().map(family) == Some(family(layout));
    let others = files.iter().filter(stands).map(|file| &file.summary);
    let others = others.filter(same_layout);
    let peers: Vec<&Summary> = others.filter(|other| other.sender != this.sender).collect();
    if this.sender.is_some() && !peers.is_empty() {
        found.extend(book.against_peers(this, &peers));
    }
    let last = previous
        .iter()
        .filter(same_layout)
        .filter(|last| is_same_sender(last, this))
        .filter(|last| last.sha256 != this.sha256 && is_before(last, this))
        .max_by_key(|last| (last.period.map(Period::end), last.made));
    // A file that gave no rows differs from anything; why it did not has been said.
    if let Some(last) = last
        && this.tally.accepted > 0
    {
        found.extend(book.against_previous(this, last));
    }
    (found, last)
}

/// Why a delivery was not compared with any of those given as previous ones.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Uncompared<'a> {
    /// One of them is the very file.
    Same(&'a Summary),
    /// One of its sender and layout is of a later period, or was made later.
    Later(&'a Summary),
    /// None is of its sender and layout.
    NoneOf,
}

impl<'a> Uncompared<'a> {
    /// Of a delivery that was not.
    pub fn of(this: &Summary, previous: &'a [Summary]) -> Self {
        if let Some(same) = previous.iter().find(|last| last.sha256 == this.sha256) {
            return Self::Same(same);
        }
        let family_of =
            |summary: &Summary| summary.layout.as_deref().map(|id| family(id).to_owned());
        let later = previous.iter().find(|last| {
            this.layout.is_some()
                && family_of(last) == family_of(this)
                && is_same_sender(last, this)
        });
        later.map_or(Self::NoneOf, Self::Later)
    }
}

/// Whether two deliveries are of one sender: of one municipality, by whatever code it went then;
/// of institutions, which no code tells, those whose file names are alike but for their dates.
fn is_same_sender(last: &Summary, this: &Summary) -> bool {
    match (last.sender, this.sender) {
        (Some(last), Some(this)) => fields::latest(last) == fields::latest(this),
        (None, None) => {
            let (last, this) = (undated(&last.file), undated(&this.file));
            last.chars().any(char::is_alphabetic) && last == this
        }
        _ => false,
    }
}

/// The name of a file without its folders, its extension, and what tells when: years, half-years,
/// dates, numbers of two digits.
fn undated(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty() && !tells_when(part))
        .collect::<Vec<_>>()
        .join("_")
}

fn tells_when(part: &str) -> bool {
    let digits = part.bytes().all(|byte| byte.is_ascii_digit());
    match part.len() {
        1 | 2 if digits => true,
        2 => part == "h1" || part == "h2",
        4 if digits => part.starts_with("19") || part.starts_with("20"),
        6 => part.starts_with("20") && (part.ends_with("h1") || part.ends_with("h2")),
        8 => digits,
        _ => false,
    }
}

/// Whether a delivery is of an earlier period or, where that is not told of both, made earlier.
/// What cannot be told is taken for earlier: the user said that it is the previous one.
fn is_before(last: &Summary, this: &Summary) -> bool {
    match (last.period, this.period) {
        (Some(last), Some(this)) if last != this => last.end() <= this.end(),
        _ => match (last.made, this.made) {
            (Some(last), Some(this)) => last <= this,
            _ => true,
        },
    }
}

#[cfg(test)]
mod tests {
    use ethos_model::municipality::MunicipalityCode;

    use super::*;

    fn of(file: &str, sender: Option<&str>) -> Summary {
        Summary {
            file: file.to_owned(),
            sender: sender.map(|code| MunicipalityCode::parse(code).unwrap()),
            ..Summary::default()
        }
    }

    #[test]
    fn why_a_delivery_was_not_compared_is_told() {
        let made = |sha256: &str, layout: &str, sender: &str| Summary {
            sha256: sha256.to_owned(),
            layout: Some(layout.to_owned()),
            ..of("a.csv", Some(sender))
        };
        let this = made("1", "gmsd/2015", "GM0363");
        let of = |previous: &[Summary]| format!("{:?}", Uncompared::of(&this, previous));
        assert!(of(&[made("2", "gmsd/2015", "GM0363"), this.clone()]).starts_with("Same"));
        assert!(of(&[made("2", "gmsd/2024", "GM0363")]).starts_with("Later"));
        assert_eq!(of(&[made("2", "gmsd/2024", "GM0599")]), "NoneOf");
        assert_eq!(of(&[made("2", "register/x", "GM0363")]), "NoneOf");
    }

    #[test]
    fn senders_are_the_same_by_code_or_by_the_name_of_their_files() {
        let same = |a: &Summary, b: &Summary| is_same_sender(a, b);
        // Weesp went into Amsterdam.
        assert!(same(&of("a", Some("GM0457")), &of("b", Some("GM0363"))));
        assert!(!same(&of("a", Some("GM0599")), &of("a", Some("GM0363"))));
        assert!(!same(&of("LDH.csv", None), &of("LDH.csv", Some("GM0363"))));
        let (last, this) = ("2024/LDH_MD_2024_H1.csv", "2025/ldh_md_2025.xlsx");
        assert!(same(&of(last, None), &of(this, None)));
        assert!(!same(&of("LDH_2024.csv", None), &of("HVO_2025.csv", None)));
        assert!(!same(
            &of("OP017_2024.csv", None),
            &of("OP018_2025.csv", None)
        ));
        // Nothing but dates tells nothing.
        assert!(!same(&of("2024.csv", None), &of("2025.csv", None)));
    }
}
