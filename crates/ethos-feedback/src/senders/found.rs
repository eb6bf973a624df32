//! Which of the checked files is whose delivery.

use std::collections::BTreeMap;

use ethos_ingest::FileReport;
use ethos_model::date::{Day, Period};
use ethos_model::layout::family;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister, SplitShares};

use super::expected::{Expectations, Expected};
use crate::summaries::base_name;

/// Files of one sender, layout and period, and what is expected of it. No files: nothing came.
pub(super) struct Group<'a> {
    pub(super) expected: Option<&'a Expected>,
    /// Code of the sender; the name of the file where nothing tells who sent it.
    pub(super) sender: String,
    pub(super) layout: Option<String>,
    pub(super) period: Option<Period>,
    pub(super) files: Vec<&'a FileReport>,
}

/// Groups the files of a check by what is expected on a day, and those that are not expected by sender.
pub(super) fn groups<'a>(
    files: &'a [FileReport],
    expectations: &'a Expectations,
    on: Day,
) -> Vec<Group<'a>> {
    let valid: Vec<&Expected> = expectations
        .list
        .iter()
        .filter(|expected| {
            // Who was expected to report on a period is asked at its end.
            let day = expected
                .period
                .map_or(on, |period| period.end().plus_days(-1));
            expected.on(day)
        })
        .collect();
    let mut of_expected: Vec<Vec<&FileReport>> = vec![Vec::new(); valid.len()];
    let mut others: BTreeMap<(String, String, Option<Period>), Vec<&FileReport>> = BTreeMap::new();
    for file in files {
        let whose = |ask: &dyn Fn(&Expected) -> bool| {
            valid
                .iter()
                .position(|expected| is_by(expected, file) && ask(expected))
        };
        // A file that nothing recognised is the sender's try at something that has not come.
        let at = whose(&|expected| fits(expected, file)).or_else(|| {
            let none = |expected: &Expected| {
                let at = valid
                    .iter()
                    .position(|other| std::ptr::eq(*other, expected));
                at.is_some_and(|at| of_expected[at].is_empty()) && in_period(expected, file)
            };
            file.layout.is_none().then(|| whose(&none)).flatten()
        });
        if let Some(at) = at {
            of_expected[at].push(file);
        } else {
            let sender = match file.summary.sender {
                Some(code) => latest(code).to_string(),
                None => base_name(&file.file).to_owned(),
            };
            let layout = file.layout.as_deref().map_or("", family).to_owned();
            others
                .entry((sender, layout, file.summary.period))
                .or_default()
                .push(file);
        }
    }
    let mut groups = Vec::new();
    for (expected, files) in valid.into_iter().zip(of_expected) {
        let mut parts: BTreeMap<(String, Option<Period>), Vec<&FileReport>> = BTreeMap::new();
        for file in files {
            let layout = expected.layout.as_deref().or(file.layout.as_deref());
            let period = expected.period.or(file.summary.period);
            let layout = layout.map_or("", family).to_owned();
            parts.entry((layout, period)).or_default().push(file);
        }
        if parts.is_empty() {
            parts.insert((String::new(), expected.period), Vec::new());
        }
        for ((_, period), files) in parts {
            groups.push(Group {
                expected: Some(expected),
                sender: expected.sender.clone(),
                layout: expected.layout.clone().or_else(|| layout_of(&files)),
                period,
                files,
            });
        }
    }
    for ((sender, _, period), files) in others {
        groups.push(Group {
            expected: None,
            sender,
            layout: layout_of(&files),
            period,
            files,
        });
    }
    groups
}

fn layout_of(files: &[&FileReport]) -> Option<String> {
    files.iter().find_map(|file| file.layout.clone())
}

/// Whether the sender of a file is the one expected: by its municipality, or by its code in the file's path.
fn is_by(expected: &Expected, file: &FileReport) -> bool {
    match (expected.municipality(), file.summary.sender) {
        (Some(expected), Some(sender)) => latest(expected) == latest(sender),
        (Some(_), None) => false,
        (None, _) => {
            let (code, path) = (words(&expected.sender), words(&file.file));
            !code.is_empty() && path.windows(code.len()).any(|part| part == code)
        }
    }
}

fn fits(expected: &Expected, file: &FileReport) -> bool {
    let layout = match (&expected.layout, &file.layout) {
        (None, _) => true,
        (Some(expected), Some(layout)) => family(expected) == family(layout),
        (Some(_), None) => false,
    };
    layout && in_period(expected, file)
}

fn in_period(expected: &Expected, file: &FileReport) -> bool {
    match (expected.period, file.summary.period) {
        (Some(expected), Some(period)) => expected == period,
        _ => true,
    }
}

/// The code that a place goes by in the last year that is known.
pub(super) fn latest(code: MunicipalityCode) -> MunicipalityCode {
    let day = Day::from_ymd(MunicipalityRegister::LAST_YEAR, 12, 31).unwrap_or(Day(0));
    let recoding = MunicipalityRegister::shipped().recode(code, day, &SplitShares::default(), 0);
    recoding.resolve(code).unwrap_or(code)
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_institutions_are_whole_words_of_a_path() {
        assert_eq!(words("LDH-RM"), ["ldh", "rm"]);
        let path = words("leveringen/LDH_RM/2025.csv");
        assert!(path.windows(2).any(|part| part == words("ldh-rm")));
        assert!(
            !words("LDHRM_2025.csv")
                .windows(2)
                .any(|part| part == words("ldh-rm"))
        );
    }
}
