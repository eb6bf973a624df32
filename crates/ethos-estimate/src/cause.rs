//! What of a table itself leaves models without an estimate, in words and with a way out.

use crate::incomplete::IncompleteTable;
use crate::table::CaptureTable;

/// What of a complete table leaves models without an estimate.
pub(crate) fn of_table(table: &CaptureTable) -> Option<String> {
    let shape = table.shape();
    let mut counts = vec![0.0; shape.histories()];
    for (cell, count) in table.counts().into_iter().enumerate() {
        counts[shape.history(cell) as usize] += count;
    }
    let persons = counts.into_iter().enumerate();
    let groups: Vec<Group> = persons
        .filter(|(_, count)| *count > 0.0)
        .map(|(on, _)| (on as u16, 0))
        .collect();
    of_groups(table.lists(), &groups)
}

/// The same of an incomplete one.
pub(crate) fn of_incomplete(table: &IncompleteTable) -> Option<String> {
    let used = table.patterns().iter().filter(|p| table.estimable(p.blind));
    let groups: Vec<Group> = used.map(|p| (p.on, p.blind)).collect();
    of_groups(table.lists(), &groups)
}

/// The lists that some persons are on, and those that cannot see them.
type Group = (u16, u16);

fn of_groups(lists: &[String], groups: &[Group]) -> Option<String> {
    if groups.iter().all(|(on, _)| on.count_ones() < 2) {
        return Some(
            "nobody is on two lists, so that nothing was recaptured; check the key by which the lists were \
             linked, or whether they exclude each other by rule"
                .into(),
        );
    }
    for (i, list) in lists.iter().enumerate() {
        let bit = 1_u16 << i;
        if groups
            .iter()
            .all(|(on, blind)| on & bit != 0 || blind & bit != 0)
        {
            return Some(format!(
                "everybody is on `{list}`, so that the other lists show nobody whom it missed; check whether \
                 they were drawn from it, or compare the other lists without it"
            ));
        }
    }
    let alone: Vec<String> = lists
        .iter()
        .enumerate()
        .filter(|(i, _)| {
            groups
                .iter()
                .all(|(on, _)| on >> i & 1 == 0 || on.is_power_of_two())
        })
        .map(|(_, list)| format!("`{list}`"))
        .collect();
    (!alone.is_empty()).then(|| {
        format!(
            "nobody on {} is on any other list; leave {} out, or check the key by which it was linked",
            alone.join(" or "),
            if alone.len() == 1 { "it" } else { "them" }
        )
    })
}

/// A reason followed by what of the table lies behind it, if that can be said.
pub(crate) fn with(reason: &str, cause: Option<String>) -> String {
    match cause {
        Some(cause) => format!("{reason}; {cause}"),
        None => reason.to_owned(),
    }
}

/// Why no model of a search has an estimate.
pub(crate) fn or_thin(cause: Option<String>) -> String {
    cause.unwrap_or_else(|| {
        "too few people are on several lists for any of them; group levels, take fewer covariates or leave out \
         the smallest list"
            .into()
    })
}
