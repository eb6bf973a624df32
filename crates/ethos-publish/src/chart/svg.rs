//! Writing SVG elements.

use std::fmt::Write;

/// A picture being drawn. Coordinates are in units of the view box; the page scales it.
pub(super) struct Svg {
    body: String,
    width: f64,
    height: f64,
    id: String,
    class: &'static str,
}

/// Where a text hangs on its coordinate.
#[derive(Copy, Clone)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Average width of a letter, in parts of its size. Deliberately wide: it is used to keep
/// labels apart.
const LETTER: f64 = 0.56;

impl Svg {
    /// An empty picture; `id` must be unique in its page.
    pub(super) fn new(id: &str, class: &'static str, width: f64, height: f64) -> Self {
        Self {
            body: String::new(),
            width,
            height,
            id: id.into(),
            class,
        }
    }

    pub(super) fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            short(x),
            short(y),
            short(width.max(0.0)),
            short(height.max(0.0))
        );
    }

    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let _ = write!(
            self.body,
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
            short(from.0),
            short(from.1),
            short(to.0),
            short(to.1)
        );
    }

    pub(super) fn circle(&mut self, class: &str, x: f64, y: f64, radius: f64) {
        let _ = write!(
            self.body,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            short(x),
            short(y),
            short(radius)
        );
    }

    /// A line through points, or the area they enclose when the class fills it.
    pub(super) fn path(&mut self, class: &str, points: &[(f64, f64)], closed: bool) {
        let mut data = String::new();
        for (at, (x, y)) in points.iter().enumerate() {
            let _ = write!(
                data,
                "{}{} {}",
                if at == 0 { "M" } else { "L" },
                short(*x),
                short(*y)
            );
        }
        if closed {
            data.push('Z');
        }
        let _ = write!(self.body, "<path class=\"{class}\" d=\"{data}\"/>");
    }

    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = write!(
            self.body,
            "<text class=\"{class}\" x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            short(x),
            short(y),
            escape(text)
        );
    }

    /// The hatching that marks what was estimated and not seen; fill with class `unseen`.
    pub(super) fn hatching(&mut self) {
        self.pattern("hatch", 45, 7.0, 2.4);
    }

    /// A rectangle in that hatching.
    pub(super) fn hatched(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let _ = write!(
            self.body,
            "<rect class=\"unseen\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"url(#{}-hatch)\"/>",
            short(x),
            short(y),
            short(width.max(0.0)),
            short(height.max(0.0)),
            self.id
        );
    }

    /// Lines that do not hang together, as one element.
    pub(super) fn segments(&mut self, class: &str, segments: &[[(f64, f64); 2]]) {
        let mut data = String::new();
        for [from, to] in segments {
            let _ = write!(
                data,
                "M{} {}L{} {}",
                short(from.0),
                short(from.1),
                short(to.0),
                short(to.1)
            );
        }
        if !data.is_empty() {
            let _ = write!(self.body, "<path class=\"{class}\" d=\"{data}\"/>");
        }
    }

    /// A shape that [`Self::place`] puts down many times.
    pub(super) fn shape(&mut self, points: &[(f64, f64)]) {
        let _ = write!(self.body, "<defs><path id=\"{}-shape\" d=\"", self.id);
        for (at, (x, y)) in points.iter().enumerate() {
            let _ = write!(
                self.body,
                "{}{} {}",
                if at == 0 { "M" } else { "L" },
                short(*x),
                short(*y)
            );
        }
        self.body.push_str("Z\"/></defs>");
    }

    /// The shape at a place, with words that show when a pointer rests on it; `pattern` is one of
    /// [`Self::pattern`].
    pub(super) fn place(
        &mut self,
        class: &str,
        pattern: Option<&str>,
        (x, y): (f64, f64),
        words: &str,
    ) {
        let fill = pattern.map_or_else(String::new, |name| {
            format!(" fill=\"url(#{}-{name})\"", self.id)
        });
        let _ = write!(
            self.body,
            "<g class=\"{class}\"{fill}><title>{}</title><use href=\"#{}-shape\" x=\"{}\" y=\"{}\"/></g>",
            escape(words),
            self.id,
            short(x),
            short(y)
        );
    }

    /// A circle with words that show when a pointer rests on it.
    pub(super) fn dot(&mut self, class: &str, x: f64, y: f64, radius: f64, words: &str) {
        let _ = write!(
            self.body,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"><title>{}</title></circle>",
            short(x),
            short(y),
            short(radius),
            escape(words)
        );
    }

    /// Stripes at an angle, by a name; the style sheet colours `NAME-ground` and `NAME-line`.
    pub(super) fn pattern(&mut self, name: &str, angle: i32, step: f64, line: f64) {
        let (step, line) = (short(step), short(line));
        let _ = write!(
            self.body,
            "<defs><pattern id=\"{}-{name}\" width=\"{step}\" height=\"{step}\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate({angle})\"><rect class=\"{name}-ground\" width=\"{step}\" height=\"{step}\"/><rect class=\"{name}-line\" width=\"{line}\" height=\"{step}\"/></pattern></defs>",
            self.id
        );
    }

    /// The finished element with its words for those who do not see it.
    pub(super) fn finish(self, title: &str, description: &str) -> String {
        format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" style=\"--w:{width}px\"><title id=\"{id}-title\">{title}</title><desc id=\"{id}-desc\">{description}</desc>{body}</svg>",
            class = self.class,
            width = short(self.width),
            height = short(self.height),
            id = self.id,
            title = escape(title),
            description = escape(description),
            body = self.body
        )
    }
}

/// An upper bound of how wide a text will be.
pub(super) fn width_of(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * LETTER
}

/// A text cut to a width, with an ellipsis where something was cut.
pub(super) fn fitted(text: &str, size: f64, width: f64) -> String {
    let room = (width / (size * LETTER)).floor().max(1.0) as usize;
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A coordinate with at most one decimal.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" {
        "0".into()
    } else {
        text.into()
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        let mut svg = Svg::new("a", "chart", 10.0, 10.0);
        svg.text("t", 1.0, 2.04, Anchor::Start, "<script>&\u{7}\"");
        let out = svg.finish("x < y", "");
        assert!(out.contains(">&lt;script&gt;&amp; &quot;</text>"), "{out}");
        assert!(out.contains("y=\"2\"") && out.contains("x &lt; y"));
    }

    #[test]
    fn long_labels_are_cut() {
        assert_eq!(fitted("kort", 10.0, 100.0), "kort");
        let cut = fitted("een erg lang opschrift", 10.0, 60.0);
        assert!(cut.ends_with('…') && width_of(&cut, 10.0) <= 60.0, "{cut}");
    }
}
