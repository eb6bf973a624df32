//! Cells of a table as the values of a record, with the place in every error.

use ethos_model::attribute::{Attributes, Birth, NationalityGroup, Origin, ResidenceStatus, Sex};
use ethos_model::category::EthosCategory;
use ethos_model::date::Day;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::token::Token;

use crate::error::{TableError, TableErrorKind};
use crate::table::{Table, TextColumn};

/// A column of a table under its name.
#[derive(Copy, Clone)]
pub(super) struct Field<'t, C> {
    table: &'t Table,
    name: &'static str,
    cells: C,
}

pub(super) type TextField<'t> = Field<'t, &'t TextColumn>;
pub(super) type IntegerField<'t> = Field<'t, &'t [Option<i64>]>;
pub(super) type RealField<'t> = Field<'t, &'t [Option<f64>]>;
pub(super) type DateField<'t> = Field<'t, &'t [Option<Day>]>;
pub(super) type BooleanField<'t> = Field<'t, &'t [Option<bool>]>;

impl Table {
    pub(super) fn text_field(&self, name: &'static str) -> Result<TextField<'_>, TableError> {
        Ok(Field {
            table: self,
            name,
            cells: self.text(name)?,
        })
    }

    pub(super) fn integer_field(&self, name: &'static str) -> Result<IntegerField<'_>, TableError> {
        Ok(Field {
            table: self,
            name,
            cells: self.integers(name)?,
        })
    }

    pub(super) fn real_field(&self, name: &'static str) -> Result<RealField<'_>, TableError> {
        Ok(Field {
            table: self,
            name,
            cells: self.reals(name)?,
        })
    }

    pub(super) fn date_field(&self, name: &'static str) -> Result<DateField<'_>, TableError> {
        Ok(Field {
            table: self,
            name,
            cells: self.dates(name)?,
        })
    }

    pub(super) fn boolean_field(&self, name: &'static str) -> Result<BooleanField<'_>, TableError> {
        Ok(Field {
            table: self,
            name,
            cells: self.booleans(name)?,
        })
    }
}

impl<C> Field<'_, C> {
    pub(super) fn wrong(&self, row: usize, error: TableError) -> TableError {
        self.table.locate(error, row, self.name)
    }

    fn needed<T>(&self, row: usize, value: Option<T>) -> Result<T, TableError> {
        value.ok_or_else(|| self.wrong(row, TableErrorKind::Null.into()))
    }
}

impl<'t> TextField<'t> {
    pub(super) fn get(&self, row: usize) -> Option<&'t str> {
        self.cells.get(row)
    }

    pub(super) fn optional<T>(
        &self,
        row: usize,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, TableError> {
        match self.get(row) {
            None => Ok(None),
            Some(text) => match parse(text) {
                Some(value) => Ok(Some(value)),
                None => Err(self.wrong(row, TableError::value(expected, text))),
            },
        }
    }

    pub(super) fn required<T>(
        &self,
        row: usize,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, TableError> {
        let value = self.optional(row, expected, parse)?;
        self.needed(row, value)
    }

    pub(super) fn string(&self, row: usize) -> Result<String, TableError> {
        self.needed(row, self.get(row)).map(str::to_owned)
    }

    pub(super) fn token(&self, row: usize) -> Result<Option<Token>, TableError> {
        self.optional(row, "32 hexadecimal digits", Token::from_hex)
    }

    pub(super) fn needed_token(&self, row: usize) -> Result<Token, TableError> {
        self.required(row, "32 hexadecimal digits", Token::from_hex)
    }

    pub(super) fn municipality(&self, row: usize) -> Result<Option<MunicipalityCode>, TableError> {
        self.optional(row, "a municipality code such as GM0363", |text| {
            MunicipalityCode::parse(text).ok()
        })
    }

    pub(super) fn category(&self, row: usize) -> Result<EthosCategory, TableError> {
        self.required(row, "the key of an ETHOS Light category", |text| {
            text.parse().ok()
        })
    }
}

impl IntegerField<'_> {
    pub(super) fn optional<T: TryFrom<i64>>(
        &self,
        row: usize,
        expected: &'static str,
    ) -> Result<Option<T>, TableError> {
        let Some(number) = self.cells[row] else {
            return Ok(None);
        };
        T::try_from(number).map(Some).map_err(|_| {
            let error = TableError::value(expected, &number.to_string());
            self.wrong(row, error)
        })
    }

    pub(super) fn required<T: TryFrom<i64>>(
        &self,
        row: usize,
        expected: &'static str,
    ) -> Result<T, TableError> {
        let value = self.optional(row, expected)?;
        self.needed(row, value)
    }
}

impl RealField<'_> {
    pub(super) fn get(&self, row: usize) -> Option<f64> {
        self.cells[row]
    }

    pub(super) fn required(&self, row: usize) -> Result<f64, TableError> {
        self.needed(row, self.get(row))
    }
}

impl DateField<'_> {
    pub(super) fn get(&self, row: usize) -> Option<Day> {
        self.cells[row]
    }

    pub(super) fn required(&self, row: usize) -> Result<Day, TableError> {
        self.needed(row, self.get(row))
    }
}

impl BooleanField<'_> {
    pub(super) fn required(&self, row: usize) -> Result<bool, TableError> {
        self.needed(row, self.cells[row])
    }
}

/// The columns that tell of a person, as spells and the register share them.
pub(super) struct AttributeFields<'t> {
    sex: TextField<'t>,
    birth_date: DateField<'t>,
    age: IntegerField<'t>,
    age_on: DateField<'t>,
    origin: TextField<'t>,
    nationality: TextField<'t>,
    residence: TextField<'t>,
    household: TextField<'t>,
    parents: [TextField<'t>; 2],
}

impl<'t> AttributeFields<'t> {
    pub(super) fn of(table: &'t Table) -> Result<Self, TableError> {
        Ok(Self {
            sex: table.text_field("sex")?,
            birth_date: table.date_field("birth_date")?,
            age: table.integer_field("age")?,
            age_on: table.date_field("age_on")?,
            origin: table.text_field("origin")?,
            nationality: table.text_field("nationality")?,
            residence: table.text_field("residence")?,
            household: table.text_field("household")?,
            parents: [table.text_field("parent_1")?, table.text_field("parent_2")?],
        })
    }

    pub(super) fn read(&self, row: usize) -> Result<Attributes, TableError> {
        Ok(Attributes {
            sex: self.sex.optional(row, "a sex key", Sex::from_key)?,
            birth: self.birth(row)?,
            origin: self
                .origin
                .optional(row, "an origin key", Origin::from_key)?,
            nationality: self.nationality.optional(
                row,
                "a nationality group key",
                NationalityGroup::from_key,
            )?,
            residence: self.residence.optional(
                row,
                "a residence status key",
                ResidenceStatus::from_key,
            )?,
            household: self.household.token(row)?,
            parents: [self.parents[0].token(row)?, self.parents[1].token(row)?],
        })
    }

    fn birth(&self, row: usize) -> Result<Option<Birth>, TableError> {
        let age = self.age.optional(row, "an age in years")?;
        match (self.birth_date.get(row), age, self.age_on.get(row)) {
            (None, None, None) => Ok(None),
            (Some(day), None, None) => Ok(Some(Birth::On(day))),
            (None, Some(age), Some(on)) => Ok(Some(Birth::AgedOn { age, on })),
            _ => Err(self.age.wrong(
                row,
                TableError::conflict(
                    "give either birth_date, or age with the day it holds on in age_on",
                ),
            )),
        }
    }
}
