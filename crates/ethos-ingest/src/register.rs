//! The rows of all person registers as one: sorted, one per person and date.

use ethos_model::person::RegisterPerson;
use rayon::slice::ParallelSliceMut;

/// The rows of one file.
pub(crate) struct RegisterFile {
    /// Position of its section among the person registers.
    pub(crate) section: usize,
    pub(crate) name: String,
    pub(crate) rows: Vec<RegisterPerson>,
}

/// Rows of a file that did not stay.
#[derive(Copy, Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Lost {
    /// Another row of the person and date says the same.
    pub(crate) repeated: u64,
    /// A later row of the person and date says otherwise.
    pub(crate) conflicting: u64,
}

pub(crate) struct Merged {
    pub(crate) rows: Vec<RegisterPerson>,
    /// For each file.
    pub(crate) lost: Vec<Lost>,
}

/// Takes the rows of all files: by token and date, and of rows of one person and date the last.
pub(crate) fn merge(files: &mut [RegisterFile]) -> Merged {
    let mut rows: Vec<(RegisterPerson, u32)> = Vec::new();
    for (at, file) in files.iter_mut().enumerate() {
        let taken = std::mem::take(&mut file.rows);
        rows.extend(taken.into_iter().map(|row| (row, at as u32)));
    }
    rows.par_sort_by_key(|(row, _)| (row.person, row.as_of));
    let mut merged = Merged {
        rows: Vec::with_capacity(rows.len()),
        lost: vec![Lost::default(); files.len()],
    };
    for same in rows.chunk_by(|(a, _), (b, _)| (a.person, a.as_of) == (b.person, b.as_of)) {
        let Some(((last, _), earlier)) = same.split_last() else {
            continue;
        };
        for (row, file) in earlier {
            let lost = &mut merged.lost[*file as usize];
            if row == last {
                lost.repeated += 1;
            } else {
                lost.conflicting += 1;
            }
        }
        merged.rows.push(*last);
    }
    merged
}

#[cfg(test)]
mod tests {
    use ethos_model::attribute::Attributes;
    use ethos_model::date::Day;
    use ethos_model::municipality::MunicipalityCode;
    use ethos_model::token::Token;

    use super::*;

    fn row(person: u8, day: &str, code: u16) -> RegisterPerson {
        RegisterPerson {
            person: Token::from_bytes([person; 16]),
            attributes: Attributes::default(),
            registered: MunicipalityCode::from_number(code),
            as_of: Day::parse(day),
        }
    }

    fn file(rows: Vec<RegisterPerson>) -> RegisterFile {
        RegisterFile {
            section: 0,
            name: "r.csv".into(),
            rows,
        }
    }

    #[test]
    fn one_row_per_person_and_date_stays() {
        let mut files = [
            file(vec![
                row(2, "2025-01-01", 363),
                row(1, "2025-01-01", 363),
                row(1, "2024-01-01", 599),
            ]),
            file(vec![
                row(1, "2025-01-01", 363),
                row(2, "2025-01-01", 599),
                row(1, "", 344),
            ]),
        ];
        let merged = merge(&mut files);
        assert_eq!(
            merged.rows,
            [
                row(1, "", 344),
                row(1, "2024-01-01", 599),
                row(1, "2025-01-01", 363),
                row(2, "2025-01-01", 599),
            ]
        );
        let lost = Lost {
            repeated: 1,
            conflicting: 1,
        };
        assert_eq!(merged.lost, [lost, Lost::default()]);
    }
}
