//! Files of a check beside each other, beside other senders' and beside last time's.

use rayon::prelude::*;

use ethos_model::finding::Finding;

use crate::check::FileReport;
use crate::rules::RuleBook;
use crate::summary::Summary;

/// Adds what comparing shows to every file's findings.
pub(crate) fn compare(files: &mut [FileReport], previous: &[Summary], book: &RuleBook) {
    let found: Vec<Vec<Finding>> = (0..files.len())
        .into_par_iter()
        .map(|at| findings(files, at, previous, book))
        .collect();
    for (file, found) in files.iter_mut().zip(found) {
        file.take(found);
    }
}

fn findings(
    files: &[FileReport],
    at: usize,
    previous: &[Summary],
    book: &RuleBook,
) -> Vec<Finding> {
    let this = &files[at].summary;
    let Some(layout) = &this.layout else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for other in &files[..at] {
        found.extend(book.beside_file(this, &other.summary));
    }
    let same_layout = |other: &&Summary| {
        let family = |id: &str| id.rsplit_once('/').map_or(id, |(name, _)| name).to_owned();
        other.layout.as_deref().map(family) == Some(family(layout))
    };
    let others = files.iter().map(|file| &file.summary).filter(same_layout);
    let peers: Vec<&Summary> = others.filter(|other| other.sender != this.sender).collect();
    if this.sender.is_some() && !peers.is_empty() {
        found.extend(book.against_peers(this, &peers));
    }
    if let Some(last) = previous
        .iter()
        .filter(same_layout)
        .filter(|last| last.sender.is_some() && last.sender == this.sender)
        .filter(|last| last.sha256 != this.sha256 && is_before(last, this))
        .max_by_key(|last| (last.period.map(ethos_model::date::Period::end), last.made))
    {
        found.extend(book.against_previous(this, last));
    }
    found
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
