//! One cell, on its way into a table or out of it.

use std::borrow::Cow;

use ethos_model::date::Day;

/// A cell's value.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    /// An empty cell.
    Null,
    /// Text.
    Text(Cow<'a, str>),
    /// Whole number.
    Integer(i64),
    /// Finite number.
    Real(f64),
    /// Day from 1800-01-01 up to 2200-12-31.
    Date(Day),
    /// Truth value.
    Boolean(bool),
}

impl Value<'_> {
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Null => "an empty cell",
            Self::Text(_) => "text",
            Self::Integer(_) => "a whole number",
            Self::Real(_) => "a real number",
            Self::Date(_) => "a date",
            Self::Boolean(_) => "true or false",
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<Day> for Value<'_> {
    fn from(day: Day) -> Self {
        Self::Date(day)
    }
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Self::Boolean(truth)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
