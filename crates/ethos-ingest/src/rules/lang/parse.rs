//! From words to an expression.
//!
//! ```text
//! or         = and ( "or" and )*
//! and        = not ( "and" not )*
//! not        = "not" not | comparison
//! comparison = sum ( op sum | "is" "not"? "blank" | "not"? "in" list | "not"? "matches" text )?
//! sum        = product ( ( "+" | "-" ) product )*
//! product    = factor ( ( "*" | "/" ) factor )*
//! factor     = "-" factor | number | day | text | name ( "." name )? list? | "(" or ")"
//! ```

use ethos_model::finding::Text;

use super::Mistake;
use super::syntax::{Arithmetic, Comparison, Expr, Kind};
use super::token::{Placed, Token, tokens};
use crate::words::both;

/// Deepest nesting of an expression.
const DEEPEST: usize = 40;

/// Most operators of an expression: `a or b or c` is a tree as deep as it is long, and what walks
/// it has a stack.
const MOST_OPERATORS: usize = 200;

const KEYWORDS: [&str; 7] = ["and", "or", "not", "in", "is", "blank", "matches"];

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expr, Mistake> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
        operators: 0,
    };
    let expr = parser.or()?;
    match parser.peek() {
        Token::End => Ok(expr),
        _ => Err(parser.unexpected("`and`, `or` of het eind", "`and`, `or` or the end")),
    }
}

struct Parser {
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
    operators: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        // The last token is the end, which is never passed.
        self.tokens
            .get(self.at)
            .map_or(&Token::End, |(token, _)| token)
    }

    fn span_start(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |(_, span)| span.start)
    }

    /// Where the last word taken ends.
    fn end(&self) -> usize {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.map_or(0, |(_, span)| span.end)
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let here = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        if here {
            self.at += 1;
        }
        here
    }

    fn is_word(&self, ahead: usize, word: &str) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some((Token::Word(found), _)) if found == word)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let here = self.is_word(0, word);
        if here {
            self.at += 1;
        }
        here
    }

    fn unexpected(&self, nl: &str, en: &str) -> Mistake {
        let span = self
            .tokens
            .get(self.at)
            .map_or(0..0, |(_, span)| span.clone());
        let found = self.peek().shown();
        let reason = Text::new(
            format!("er staat {} waar {nl} hoort", found.nl),
            format!("{} stands where {en} should", found.en),
        );
        Mistake::new(span, reason)
    }

    fn expect(&mut self, symbol: &str) -> Result<(), Mistake> {
        if self.take_symbol(symbol) {
            Ok(())
        } else {
            let wanted = format!("`{symbol}`");
            Err(self.unexpected(&wanted, &wanted))
        }
    }

    fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Mistake>,
    ) -> Result<T, Mistake> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let at = self.span_start();
            let reason = Text::new(
                "de uitdrukking heeft te veel haakjes in elkaar",
                "the expression is nested too deep",
            );
            return Err(Mistake::new(at..at, reason));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Counts an operator that makes the tree deeper.
    fn operator(&mut self) -> Result<(), Mistake> {
        self.operators += 1;
        if self.operators > MOST_OPERATORS {
            let at = self.span_start();
            let reason = both!(
                "de uitdrukking heeft meer dan {MOST_OPERATORS} bewerkingen; gebruik `in (…)` voor een lijst, of maak meer regels",
                "the expression has more than {MOST_OPERATORS} operators; use `in (…)` for a list, or make several rules"
            );
            return Err(Mistake::new(at..at, reason));
        }
        Ok(())
    }

    fn placed(&self, from: usize, kind: Kind) -> Expr {
        Expr {
            kind,
            span: from..self.end(),
        }
    }

    fn or(&mut self) -> Result<Expr, Mistake> {
        let from = self.span_start();
        let mut left = self.and()?;
        while self.take_word("or") {
            self.operator()?;
            let right = self.and()?;
            left = self.placed(from, Kind::Or(Box::new(left), Box::new(right)));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, Mistake> {
        let from = self.span_start();
        let mut left = self.not()?;
        while self.take_word("and") {
            self.operator()?;
            let right = self.not()?;
            left = self.placed(from, Kind::And(Box::new(left), Box::new(right)));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expr, Mistake> {
        let from = self.span_start();
        if self.take_word("not") {
            let inner = self.deeper(Self::not)?;
            return Ok(self.placed(from, Kind::Not(Box::new(inner))));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expr, Mistake> {
        let from = self.span_start();
        let left = Box::new(self.sum()?);
        let not = self.is_word(0, "not") && (self.is_word(1, "in") || self.is_word(1, "matches"));
        self.at += usize::from(not);
        let kind = if self.take_word("is") {
            let not = self.take_word("not");
            if !self.take_word("blank") {
                return Err(self.unexpected("`blank`", "`blank`"));
            }
            Kind::Blank { value: left, not }
        } else if self.take_word("in") {
            let list = if matches!(self.peek(), Token::Word(_)) {
                vec![self.factor()?]
            } else {
                self.expect("(")?;
                self.list()?
            };
            Kind::In {
                value: left,
                list,
                not,
            }
        } else if self.take_word("matches") {
            Kind::Matches {
                value: left,
                pattern: Box::new(self.factor()?),
                not,
            }
        } else if let Some(comparison) = self.comparison_sign() {
            let right = Box::new(self.sum()?);
            if self.comparison_sign().is_some() {
                self.at -= 1;
                return Err(self.unexpected(
                    "`and` (a < b < c schrijft u als a < b and b < c)",
                    "`and` (a < b < c is written a < b and b < c)",
                ));
            }
            Kind::Compare(comparison, left, right)
        } else {
            return Ok(*left);
        };
        Ok(self.placed(from, kind))
    }

    fn comparison_sign(&mut self) -> Option<Comparison> {
        let Token::Symbol(symbol) = *self.peek() else {
            return None;
        };
        let all = [
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ];
        let found = all.into_iter().find(|sign| sign.symbol() == symbol)?;
        self.at += 1;
        Some(found)
    }

    fn sum(&mut self) -> Result<Expr, Mistake> {
        let from = self.span_start();
        let mut left = self.product()?;
        loop {
            let sign = match self.peek() {
                Token::Symbol("+") => Arithmetic::Plus,
                Token::Symbol("-") => Arithmetic::Minus,
                _ => return Ok(left),
            };
            self.at += 1;
            self.operator()?;
            let right = self.product()?;
            let kind = Kind::Arithmetic(sign, Box::new(left), Box::new(right));
            left = self.placed(from, kind);
        }
    }

    fn product(&mut self) -> Result<Expr, Mistake> {
        let from = self.span_start();
        let mut left = self.factor()?;
        loop {
            let sign = match self.peek() {
                Token::Symbol("*") => Arithmetic::Times,
                Token::Symbol("/") => Arithmetic::Over,
                _ => return Ok(left),
            };
            self.at += 1;
            self.operator()?;
            let right = self.factor()?;
            let kind = Kind::Arithmetic(sign, Box::new(left), Box::new(right));
            left = self.placed(from, kind);
        }
    }

    fn factor(&mut self) -> Result<Expr, Mistake> {
        let from = self.span_start();
        let kind = match self.peek().clone() {
            Token::Symbol("-") => {
                self.at += 1;
                Kind::Negative(Box::new(self.deeper(Self::factor)?))
            }
            Token::Symbol("(") => {
                self.at += 1;
                let mut inner = self.deeper(Self::or)?;
                self.expect(")")?;
                inner.span = from..self.end();
                return Ok(inner);
            }
            Token::Number(number) => {
                self.take();
                Kind::Number(number)
            }
            Token::Day(day) => {
                self.take();
                Kind::Day(day)
            }
            Token::Text(text) => {
                self.take();
                Kind::Text(text)
            }
            Token::Word(word) if !KEYWORDS.contains(&word.as_str()) => {
                self.take();
                self.named(word)?
            }
            _ => {
                return Err(self.unexpected(
                    "een veld, een getal, een dag of een tekst",
                    "a field, a number, a day or a text",
                ));
            }
        };
        Ok(self.placed(from, kind))
    }

    /// What follows a name: a name of its own, arguments, or nothing.
    fn named(&mut self, first: String) -> Result<Kind, Mistake> {
        let (of, name) = if self.take_symbol(".") {
            match self.take() {
                Token::Word(name) => (Some(first), name),
                _ => {
                    return Err(
                        self.unexpected("een naam achter de punt", "a name after the point")
                    );
                }
            }
        } else {
            (None, first)
        };
        if !self.take_symbol("(") {
            return Ok(Kind::Name { of, name });
        }
        let arguments = self.deeper(Self::list)?;
        Ok(Kind::Call {
            of,
            name,
            arguments,
        })
    }

    /// Expressions up to the closing bracket, with commas between.
    fn list(&mut self) -> Result<Vec<Expr>, Mistake> {
        let mut list = Vec::new();
        if self.take_symbol(")") {
            return Ok(list);
        }
        loop {
            list.push(self.deeper(Self::or)?);
            if self.take_symbol(")") {
                return Ok(list);
            }
            self.expect(",")?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(expr: &Expr) -> String {
        let list = |list: &[Expr]| list.iter().map(shape).collect::<Vec<_>>().join(" ");
        let of = |of: &Option<String>| of.as_ref().map(|of| format!("{of}.")).unwrap_or_default();
        match &expr.kind {
            Kind::Number(number) => number.to_string(),
            Kind::Day(day) => day.to_string(),
            Kind::Text(text) => format!("{text:?}"),
            Kind::Name { of: whose, name } => format!("{}{name}", of(whose)),
            Kind::Call {
                of: whose,
                name,
                arguments,
            } => format!("({}{name}: {})", of(whose), list(arguments)),
            Kind::Negative(inner) => format!("(neg {})", shape(inner)),
            Kind::Arithmetic(sign, a, b) => format!("({sign:?} {} {})", shape(a), shape(b)),
            Kind::Compare(sign, a, b) => format!("({} {} {})", sign.symbol(), shape(a), shape(b)),
            Kind::In {
                value,
                list: of,
                not,
            } => format!("(in{not} {} [{}])", shape(value), list(of)),
            Kind::Blank { value, not } => format!("(blank{not} {})", shape(value)),
            Kind::Matches {
                value,
                pattern,
                not,
            } => format!("(matches{not} {} {})", shape(value), shape(pattern)),
            Kind::Not(inner) => format!("(not {})", shape(inner)),
            Kind::And(a, b) => format!("(and {} {})", shape(a), shape(b)),
            Kind::Or(a, b) => format!("(or {} {})", shape(a), shape(b)),
        }
    }

    #[test]
    fn operators_bind_as_one_expects() {
        for (text, expected) in [
            (
                "end < start and not end is blank or x = 1",
                "(or (and (< end start) (not (blankfalse end))) (= x 1))",
            ),
            (
                "a - b - 2 * c > -3",
                "(> (Minus (Minus a b) (Times 2 c)) (neg 3))",
            ),
            ("(a or b) and c", "(and (or a b) c)"),
            (
                "product not in (\"16\", '17')",
                "(intrue product [\"16\" \"17\"])",
            ),
            ("product in night", "(infalse product [night])"),
            (
                "age(birth_date, start) >= 18 and previous.end is not blank",
                "(and (>= (age: birth_date start) 18) (blanktrue previous.end))",
            ),
            ("last.category(2) = 0", "(= (last.category: 2) 0)"),
            ("count(a = 1) > 2", "(> (count: (= a 1)) 2)"),
        ] {
            assert_eq!(shape(&parse(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_are_placed() {
        for (text, at, words) in [
            ("end <", 5, "the end stands where a field"),
            ("end < and", 6, "`and` stands where a field"),
            ("(end < start", 12, "`)` should"),
            ("a < b < c", 6, "a < b and b < c"),
            ("end start", 4, "`and`, `or` or the end"),
            ("end is empty", 7, "`blank` should"),
            ("previous.", 9, "a name after the point"),
            ("f(a b)", 4, "`,` should"),
        ] {
            let mistake = parse(text).unwrap_err();
            assert!(
                mistake.reason.en.contains(words),
                "{text}: {}",
                mistake.reason.en
            );
            assert_eq!(mistake.span.start, at, "{text}");
        }
        for deep in [
            "(".repeat(1_000),
            "not ".repeat(900),
            "-".repeat(1_000),
            "f(".repeat(900),
        ] {
            assert!(parse(&deep).unwrap_err().reason.en.contains("too deep"));
        }
    }
}
