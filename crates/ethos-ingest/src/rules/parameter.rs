//! Thresholds and lists that rules name, which a user may set otherwise.

use std::fmt;

use ethos_model::date::Day;
use ethos_model::finding::Text;
use serde::Serialize;

use crate::words::both;

/// A named value of the rule book.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Parameter {
    /// Its value.
    pub value: ParameterValue,
    /// What it is.
    pub meaning: Text,
    /// The file of rules that set it last.
    pub file: String,
}

/// What a parameter may be.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum ParameterValue {
    /// A number.
    Number(f64),
    /// A day.
    Day(Day),
    /// A text, such as a code.
    Text(String),
    /// Several of these, for `in`.
    List(Vec<ParameterValue>),
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Day(day) => write!(f, "{day}"),
            Self::Text(text) => f.write_str(text),
            Self::List(list) => {
                for (at, item) in list.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}

impl ParameterValue {
    /// A value as TOML writes it.
    pub(super) fn from_toml(value: &toml::Value) -> Result<Self, Text> {
        Ok(match value {
            toml::Value::Integer(number) => Self::Number(*number as f64),
            toml::Value::Float(number) if number.is_finite() => Self::Number(*number),
            toml::Value::String(text) => Self::Text(text.clone()),
            toml::Value::Datetime(date) => Self::Day(
                Day::parse_iso(&date.to_string())
                    .ok_or_else(|| both!("`{date}` is geen dag", "`{date}` is not a day"))?,
            ),
            toml::Value::Array(items) => Self::List(
                items
                    .iter()
                    .map(|item| match Self::from_toml(item)? {
                        Self::List(_) => Err(Text::new(
                            "in een lijst staan geen lijsten",
                            "a list holds no lists",
                        )),
                        item => Ok(item),
                    })
                    .collect::<Result<_, _>>()?,
            ),
            _ => {
                return Err(Text::new(
                    "een parameter is een getal, een tekst, een dag of een lijst daarvan",
                    "a parameter is a number, a text, a day or a list of these",
                ));
            }
        })
    }

    /// Whether a user may put the other value in its place.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}
