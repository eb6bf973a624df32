//! Sentences in the lines of a terminal, continued beneath where they began.

/// Characters of a line at least: a narrower terminal breaks lines itself.
const NARROWEST: usize = 40;

/// The lines of a text at words, the first indented by `first` blanks and the others by `then`. What stands
/// between back quotes stays together where it fits, and a word longer than a line stays whole.
pub(crate) fn wrapped(text: &str, first: usize, then: usize, width: usize) -> Vec<String> {
    let width = width.max(NARROWEST);
    let mut lines = Vec::new();
    let mut line = " ".repeat(first);
    let mut length = first;
    let mut empty = true;
    for word in words(text) {
        let wide = word.chars().count();
        if !empty && length + 1 + wide > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(then)));
            length = then;
            empty = true;
        }
        if !empty {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += wide;
        empty = false;
    }
    if !empty {
        lines.push(line);
    }
    lines
}

/// Adds the lines of a text, each ended.
pub(crate) fn write_wrapped(to: &mut String, text: &str, first: usize, then: usize, width: usize) {
    for line in wrapped(text, first, then, width) {
        to.push_str(&line);
        to.push('\n');
    }
}

/// Words, of which one between back quotes may hold blanks.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut quoted = false;
        let end = rest.char_indices().find(|(_, c)| {
            quoted ^= *c == '`';
            c.is_whitespace() && !quoted
        });
        // A quote that is never closed quotes nothing.
        let end = match end {
            None if quoted => rest.find(char::is_whitespace).unwrap_or(rest.len()),
            None => rest.len(),
            Some((at, _)) => at,
        };
        let word;
        (word, rest) = rest.split_at(end);
        rest = rest.trim_start();
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_on_beneath_where_it_began() {
        let text = "een twee drie vier vijf zes zeven acht negen tien elf";
        assert_eq!(
            wrapped(text, 2, 6, 40),
            [
                "  een twee drie vier vijf zes zeven acht",
                "      negen tien elf"
            ]
        );
        assert_eq!(wrapped("", 2, 6, 40), Vec::<String>::new());
        let long = "x".repeat(60);
        assert_eq!(
            wrapped(&format!("a {long} b"), 0, 2, 40),
            ["a".to_owned(), format!("  {long}"), "  b".to_owned()]
        );
    }

    #[test]
    fn what_is_quoted_stays_together() {
        assert_eq!(
            wrapped(
                "kolom met de naam van de aanbieder `datum van einde` ok",
                0,
                0,
                45
            ),
            ["kolom met de naam van de aanbieder", "`datum van einde` ok"]
        );
        assert_eq!(words("a `b c").collect::<Vec<_>>(), ["a", "`b", "c"]);
    }
}
