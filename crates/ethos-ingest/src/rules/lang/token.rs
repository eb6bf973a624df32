//! The words of an expression.

use std::ops::Range;

use ethos_model::date::Day;
use ethos_model::finding::Text;
use winnow::LocatingSlice;
use winnow::ascii::{digit1, multispace0};
use winnow::combinator::{alt, delimited, eof, opt, repeat_till, terminated};
use winnow::prelude::*;
use winnow::token::{one_of, take_till, take_while};

use super::Mistake;
use crate::words::both;

/// Longest expression, in bytes.
pub(super) const LONGEST: usize = 4_000;

/// A word of an expression.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Token {
    /// A number, such as `0.5`.
    Number(f64),
    /// A day, such as `2025-01-31`.
    Day(Day),
    /// A text between quotes.
    Text(String),
    /// A name or keyword.
    Word(String),
    /// An operator or bracket.
    Symbol(&'static str),
    /// Behind the last.
    End,
}

impl Token {
    /// The word as a message shows it.
    pub(super) fn shown(&self) -> Text {
        let shown = match self {
            Self::Number(number) => format!("`{number}`"),
            Self::Day(day) => format!("`{day}`"),
            Self::Text(text) => format!("\"{text}\""),
            Self::Word(word) => format!("`{word}`"),
            Self::Symbol(symbol) => format!("`{symbol}`"),
            Self::End => return Text::new("het eind", "the end"),
        };
        Text::new(shown.clone(), shown)
    }
}

/// A word and where it stands, in bytes.
pub(super) type Placed = (Token, Range<usize>);

type Input<'i> = LocatingSlice<&'i str>;

/// The words of a text, the end among them.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Mistake> {
    if text.len() > LONGEST {
        let reason = both!(
            "een uitdrukking heeft hoogstens {LONGEST} tekens",
            "an expression has at most {LONGEST} characters"
        );
        return Err(Mistake::new(0..text.len(), reason));
    }
    let word = terminated(token.with_span(), multispace0);
    let mut all = (multispace0, repeat_till(0.., word, eof))
        .map(|(_, (words, _)): (&str, (Vec<Placed>, &str))| words);
    let mut words = all.parse(LocatingSlice::new(text)).map_err(|error| {
        let at = error.char_span();
        let rest: String = text
            .get(at.start..)
            .unwrap_or("")
            .chars()
            .take(12)
            .collect();
        let reason = if rest.starts_with('"') {
            Text::new(
                "een tekst is niet afgesloten met een aanhalingsteken",
                "a text is not closed with a quote",
            )
        } else {
            both!(
                "`{rest}` is geen woord van de taal van regels",
                "`{rest}` is no word of the rule language"
            )
        };
        Mistake::new(at, reason)
    })?;
    words.push((Token::End, text.len()..text.len()));
    Ok(words)
}

fn token(input: &mut Input<'_>) -> ModalResult<Token> {
    alt((day, number, quoted, name, symbol)).parse_next(input)
}

/// `2025-01-31`: before numbers, so that it is no subtraction.
fn day(input: &mut Input<'_>) -> ModalResult<Token> {
    let digits = |count: usize| take_while(count..=count, |c: char| c.is_ascii_digit());
    (digits(4), '-', digits(2), '-', digits(2))
        .take()
        .verify_map(|text: &str| Day::parse_iso(text).map(Token::Day))
        .parse_next(input)
}

fn number(input: &mut Input<'_>) -> ModalResult<Token> {
    (digit1, opt(('.', digit1)))
        .take()
        .parse_to::<f64>()
        .map(Token::Number)
        .parse_next(input)
}

fn quoted(input: &mut Input<'_>) -> ModalResult<Token> {
    let double = delimited('"', take_till(0.., '"'), '"');
    let single = delimited('\'', take_till(0.., '\''), '\'');
    alt((double, single))
        .map(|text: &str| Token::Text(text.to_owned()))
        .parse_next(input)
}

fn name(input: &mut Input<'_>) -> ModalResult<Token> {
    let first = one_of(|c: char| c.is_alphabetic() || c == '_');
    let rest = take_while(0.., |c: char| c.is_alphanumeric() || c == '_');
    (first, rest)
        .take()
        .map(|word: &str| Token::Word(word.to_owned()))
        .parse_next(input)
}

/// Operators and brackets, the longer ones first.
const SYMBOLS: [&str; 15] = [
    "<=", ">=", "!=", "==", "=", "<", ">", "+", "-", "*", "/", "(", ")", ",", ".",
];

fn symbol(input: &mut Input<'_>) -> ModalResult<Token> {
    alt(SYMBOLS)
        .verify_map(|text: &str| SYMBOLS.into_iter().find(|symbol| *symbol == text))
        .map(|symbol| Token::Symbol(if symbol == "==" { "=" } else { symbol }))
        .parse_next(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Token> {
        let placed = tokens(text).unwrap();
        placed.into_iter().map(|(token, _)| token).collect()
    }

    #[test]
    fn days_are_no_subtractions() {
        let day = Day::parse("2025-01-31").unwrap();
        assert_eq!(
            words(" end<= 2025-01-31 "),
            [
                Token::Word("end".into()),
                Token::Symbol("<="),
                Token::Day(day),
                Token::End,
            ]
        );
        assert_eq!(words("2025-1-3").len(), 6);
        assert_eq!(words("0.5 'a\"b'")[1], Token::Text("a\"b".into()));
        assert_eq!(tokens("a  b").unwrap()[1].1, 3..4);
    }

    #[test]
    fn what_is_no_word_is_named() {
        for (text, words, at) in [
            ("end ? start", "`? start` is no word", 4),
            ("end = \"x", "not closed", 6),
            ("a;b", "`;b`", 1),
        ] {
            let mistake = tokens(text).unwrap_err();
            assert!(mistake.reason.en.contains(words), "{}", mistake.reason.en);
            assert_eq!(mistake.span.start, at, "{text}");
        }
        assert!(tokens(&"a ".repeat(3_000)).is_err());
    }
}
