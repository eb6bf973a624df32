//! Inhabitants by municipality and year, as a user supplies them: what rates are divided by.

use std::collections::BTreeMap;

use crate::attribute::{AgeRange, Sex};
use crate::date::Day;
use crate::municipality::{CodeError, MunicipalityCode, MunicipalityRegister};
use crate::municipality::{Rows, RowsError};

/// Nobody is older.
const OLDEST: u8 = 150;

/// Why a population file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PopulationError {
    /// The file is no table with these columns.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// A code that is no municipality code.
    #[error("line {line}: {source}")]
    Code {
        /// Line in the file.
        line: u64,
        /// What is wrong with it.
        source: CodeError,
    },
    /// A municipality of another year.
    #[error(
        "line {line}: {code} was no municipality on 1 January {year}; give the inhabitants of the municipalities of that day"
    )]
    OtherYear {
        /// Line in the file.
        line: u64,
        /// The code.
        code: MunicipalityCode,
        /// The year of the row.
        year: i16,
    },
    /// A year that is none.
    #[error("line {line}: `{text}` is no year such as 2026")]
    Year {
        /// Line in the file.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// A sex that is none.
    #[error("line {line}: `{text}` is no sex; write male or female")]
    Sex {
        /// Line in the file.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// An age that is none.
    #[error("line {line}: `{text}` is no age such as 18, 18-26 or 65+")]
    Age {
        /// Line in the file.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// A number of inhabitants that is none.
    #[error("line {line}: `{text}` is no whole number of inhabitants")]
    Inhabitants {
        /// Line in the file.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// Two rows of one municipality, year and sex speak of the same ages.
    #[error("line {line}: these ages of {code} in {year} stand on line {first} as well")]
    Twice {
        /// Line in the file.
        line: u64,
        /// The code.
        code: MunicipalityCode,
        /// The year.
        year: i16,
        /// The line where they stand first.
        first: u64,
    },
    /// The file has no figures of the year of a reference date.
    #[error(
        "it has no inhabitants of {wanted}, only of {}; rates of {wanted} need the inhabitants on 1 January {wanted}",
        listed(years)
    )]
    Missing {
        /// The year that is asked for.
        wanted: i16,
        /// The years in the file.
        years: Vec<i16>,
    },
}

fn listed(years: &[i16]) -> String {
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    if years.is_empty() {
        "no year".into()
    } else {
        years.join(", ")
    }
}

#[derive(Clone, Debug)]
struct Cell {
    line: u64,
    sex: Option<Sex>,
    first: u8,
    last: u8,
    inhabitants: u64,
}

/// Inhabitants by municipality, year and, where the file tells, sex and age.
#[derive(Clone, Debug, Default)]
pub struct Population {
    cells: BTreeMap<(i16, MunicipalityCode), Vec<Cell>>,
}

impl Population {
    /// Reads a table with the columns `gm_code`, `year` and `inhabitants`, and if wanted `sex`
    /// (`male`, `female`) and `age` (`18`, `18-26`, `65+`). Other columns are ignored. Inhabitants
    /// are those on 1 January of the year.
    ///
    /// ```
    /// use ethos_model::population::Population;
    /// let text = "gm_code,year,age,inhabitants\nGM0363,2026,0-17,160000\nGM0363,2026,18+,790000\n";
    /// let population = Population::from_csv(text)?;
    /// let amsterdam = ["GM0363".parse().unwrap()];
    /// assert_eq!(population.inhabitants(2026, &amsterdam, None, None), Some(950_000));
    /// let adults = Some("18+".parse().unwrap());
    /// assert_eq!(population.inhabitants(2026, &amsterdam, None, adults), Some(790_000));
    /// assert!(population.check_year(2025).is_err());
    /// # Ok::<(), ethos_model::population::PopulationError>(())
    /// ```
    ///
    /// # Errors
    /// A column that is missing, a cell that is no code, year, age or number, a municipality that
    /// did not exist on 1 January of the year, ages that stand twice.
    pub fn from_csv(text: &str) -> Result<Self, PopulationError> {
        let rows = Rows::read(text)?;
        let (code_at, year_at) = (rows.column("gm_code")?, rows.column("year")?);
        let inhabitants_at = rows.column("inhabitants")?;
        let (sex_at, age_at) = (rows.optional("sex"), rows.optional("age"));
        let register = MunicipalityRegister::shipped();
        let mut existing: BTreeMap<i16, Vec<MunicipalityCode>> = BTreeMap::new();
        let mut population = Self::default();
        for row in rows.iter() {
            let line = row.line;
            let code = MunicipalityCode::parse(row.get(code_at))
                .map_err(|source| PopulationError::Code { line, source })?;
            let text = row.get(year_at);
            let no_year = || PopulationError::Year {
                line,
                text: text.to_owned(),
            };
            let year: i16 = text.parse().map_err(|_| no_year())?;
            let day = Day::from_ymd(year, 1, 1).ok_or_else(no_year)?;
            let codes = existing.entry(year).or_insert_with(|| register.all_on(day));
            if register.covers(day) && codes.binary_search(&code).is_err() {
                return Err(PopulationError::OtherYear { line, code, year });
            }
            let sex = match sex_at.map_or("", |at| row.get(at)) {
                "" => None,
                text => Some(Sex::from_key(text).ok_or_else(|| PopulationError::Sex {
                    line,
                    text: text.to_owned(),
                })?),
            };
            let (first, last) = match age_at.map_or("", |at| row.get(at)) {
                "" => (0, OLDEST),
                text => ages(text).ok_or_else(|| PopulationError::Age {
                    line,
                    text: text.to_owned(),
                })?,
            };
            let text = row.get(inhabitants_at);
            let inhabitants = text.parse().map_err(|_| PopulationError::Inhabitants {
                line,
                text: text.to_owned(),
            })?;
            let cells = population.cells.entry((year, code)).or_default();
            let overlaps = |cell: &&Cell| {
                (cell.sex == sex || cell.sex.is_none() || sex.is_none())
                    && cell.first <= last
                    && first <= cell.last
            };
            if let Some(other) = cells.iter().find(overlaps) {
                return Err(PopulationError::Twice {
                    line,
                    code,
                    year,
                    first: other.line,
                });
            }
            cells.push(Cell {
                line,
                sex,
                first,
                last,
                inhabitants,
            });
        }
        Ok(population)
    }

    /// Whether the file has figures of a year.
    ///
    /// # Errors
    /// It has none.
    pub fn check_year(&self, wanted: i16) -> Result<(), PopulationError> {
        let mut years: Vec<i16> = self.cells.keys().map(|(year, _)| *year).collect();
        years.dedup();
        if years.contains(&wanted) {
            Ok(())
        } else {
            Err(PopulationError::Missing { wanted, years })
        }
    }

    /// The inhabitants of these municipalities on 1 January of the year, of one sex or both, and
    /// of these ages or all; `None` where the file does not hold exactly them.
    pub fn inhabitants(
        &self,
        year: i16,
        codes: &[MunicipalityCode],
        sex: Option<Sex>,
        ages: Option<AgeRange>,
    ) -> Option<u64> {
        let (first, last) = ages.map_or((0, OLDEST), |ages| {
            (ages.first(), ages.last().unwrap_or(OLDEST))
        });
        let mut sum = 0_u64;
        for code in codes {
            let cells = self.cells.get(&(year, *code))?;
            for wanted in [Sex::Male, Sex::Female] {
                if sex.is_some_and(|sex| sex != wanted) {
                    continue;
                }
                sum += of_code(cells, wanted, sex.is_none(), first, last)?;
            }
        }
        (!codes.is_empty()).then_some(sum)
    }
}

/// Inhabitants of one sex and these ages, cells of both sexes together counted with the men.
fn of_code(cells: &[Cell], sex: Sex, both: bool, first: u8, last: u8) -> Option<u64> {
    let (mut sum, mut years) = (0_u64, 0_u32);
    for cell in cells
        .iter()
        .filter(|cell| cell.sex.is_none_or(|of| of == sex))
    {
        if cell.last < first || last < cell.first {
            continue;
        }
        if cell.first < first || last < cell.last || (cell.sex.is_none() && !both) {
            return None;
        }
        years += u32::from(cell.last - cell.first) + 1;
        if cell.sex.is_some() || sex == Sex::Male {
            sum += cell.inhabitants;
        }
    }
    // Every age from first to last, once.
    (years == u32::from(last - first) + 1).then_some(sum)
}

fn ages(text: &str) -> Option<(u8, u8)> {
    if let Ok(age) = text.parse::<u8>() {
        return (age <= OLDEST).then_some((age, age));
    }
    let range: AgeRange = text.parse().ok()?;
    let last = range.last().unwrap_or(OLDEST);
    (last <= OLDEST).then_some((range.first(), last))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &str = "gm_code,year,sex,age,inhabitants\n\
        GM0363,2026,male,0-17,10\nGM0363,2026,male,18-64,30\nGM0363,2026,male,65+,5\n\
        GM0363,2026,female,0-17,11\nGM0363,2026,female,18-64,32\nGM0363,2026,female,65+,7\n\
        GM0599,2026,,,100\n";

    fn refused(text: &str) -> String {
        Population::from_csv(text).err().unwrap().to_string()
    }

    #[test]
    fn only_what_the_file_holds_exactly_is_told() {
        let population = Population::from_csv(BOTH).unwrap();
        let amsterdam = "GM0363".parse().unwrap();
        let rotterdam = "GM0599".parse().unwrap();
        let of = |codes: &[MunicipalityCode], sex, ages: Option<&str>| {
            let ages = ages.map(|ages| ages.parse().unwrap());
            population.inhabitants(2026, codes, sex, ages)
        };
        assert_eq!(of(&[amsterdam], None, None), Some(95));
        assert_eq!(of(&[amsterdam, rotterdam], None, None), Some(195));
        assert_eq!(of(&[amsterdam], Some(Sex::Female), Some("18-64")), Some(32));
        assert_eq!(of(&[amsterdam], None, Some("18+")), Some(74));
        assert_eq!(
            of(&[amsterdam], None, Some("18-26")),
            None,
            "a part of a band"
        );
        assert_eq!(of(&[rotterdam], Some(Sex::Female), None), None);
        assert_eq!(of(&[rotterdam], None, Some("18-64")), None);
        assert_eq!(of(&["GM0344".parse().unwrap()], None, None), None);
        assert_eq!(of(&[], None, None), None);
    }

    #[test]
    fn a_file_of_another_year_is_told() {
        let population = Population::from_csv(BOTH).unwrap();
        assert!(population.check_year(2026).is_ok());
        let error = population.check_year(2025).unwrap_err().to_string();
        assert!(
            error.contains("no inhabitants of 2025, only of 2026"),
            "{error}"
        );
        // Weesp became a part of Amsterdam in 2022.
        let error = refused("gm_code,year,inhabitants\nGM0457,2026,20000\n");
        assert!(
            error.contains("line 2") && error.contains("GM0457"),
            "{error}"
        );
        assert!(Population::from_csv("gm_code,year,inhabitants\nGM0457,2021,20000\n").is_ok());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let head = "gm_code,year,sex,age,inhabitants\n";
        for (row, word) in [
            ("Amsterdam,2026,,,1", "line 2"),
            ("GM0363,last year,,,1", "no year"),
            ("GM0363,2026,m,,1", "male or female"),
            ("GM0363,2026,,old,1", "no age"),
            ("GM0363,2026,,,1.5", "whole number"),
            ("GM0363,2026,,0-20,1\nGM0363,2026,,18-64,1", "line 2"),
            ("GM0363,2026,,,1\nGM0363,2026,male,,1", "line 2"),
        ] {
            let error = refused(&format!("{head}{row}\n"));
            assert!(error.contains(word), "{row}: {error}");
        }
        assert!(refused("gm_code,inhabitants\n").contains("year"));
    }
}
