//! One delivered file: its rows, and the way its sender writes files.

use ethos_model::date::Day;

use crate::country::calendar;
use crate::streams::Stream;

/// How letters become bytes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Utf8,
    /// UTF-8 behind a byte order mark.
    MarkedUtf8,
    Windows1252,
}

/// How a sender writes a file. All of it can be read back without loss.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Style {
    pub(crate) delimiter: u8,
    pub(crate) encoding: Encoding,
    pub(crate) carriage_return: bool,
    /// Dates as 2026-01-01 rather than 20260101.
    pub(crate) iso_dates: bool,
}

impl Style {
    /// What the layouts ask for: semicolons, UTF-8, compact dates.
    pub(crate) const PLAIN: Self = Self {
        delimiter: b';',
        encoding: Encoding::Utf8,
        carriage_return: false,
        iso_dates: false,
    };

    /// The habits of a sender; plain where nothing is to be wrong.
    pub(crate) fn draw(stream: &mut Stream, dirt: f64) -> Self {
        let style = Self {
            delimiter: stream.pick(&[(b';', 0.8), (b',', 0.13), (b'\t', 0.07)]),
            encoding: stream.pick(&[
                (Encoding::Utf8, 0.7),
                (Encoding::MarkedUtf8, 0.18),
                (Encoding::Windows1252, 0.12),
            ]),
            carriage_return: stream.chance(0.4),
            iso_dates: stream.chance(0.2),
        };
        if dirt > 0.0 { style } else { Self::PLAIN }
    }

    pub(crate) fn date(self, day: Day) -> String {
        let compact = calendar::compact(day);
        if self.iso_dates {
            let (year, rest) = (compact / 10_000, compact % 10_000);
            format!("{year:04}-{:02}-{:02}", rest / 100, rest % 100)
        } else {
            format!("{compact:08}")
        }
    }

    pub(crate) fn date_or_blank(self, day: Option<Day>) -> String {
        day.map_or_else(String::new, |day| self.date(day))
    }
}

/// The bytes of a file: a header and rows, of which some may be ragged and an empty one is a
/// blank line.
pub(crate) fn render(header: &[&str], rows: &[Vec<String>], style: Style) -> Vec<u8> {
    let mut text = line(header, style);
    let mut buffer = Vec::new();
    let mut writer = writer(&mut buffer, style);
    for row in rows {
        if row.is_empty() {
            // The csv writer has no blank line; a marker stands for one until the end.
            let _ = writer.write_record([BLANK]);
        } else {
            let _ = writer.write_record(row);
        }
    }
    drop(writer);
    text.extend_from_slice(&buffer);
    encode(&String::from_utf8_lossy(&text), style)
}

/// Stands for a blank line while the file is being made.
const BLANK: &str = "\u{1}";

fn writer(buffer: &mut Vec<u8>, style: Style) -> csv::Writer<&mut Vec<u8>> {
    csv::WriterBuilder::new()
        .delimiter(style.delimiter)
        .flexible(true)
        .from_writer(buffer)
}

fn line(header: &[&str], style: Style) -> Vec<u8> {
    let mut buffer = Vec::new();
    let _ = writer(&mut buffer, style).write_record(header);
    buffer
}

fn encode(text: &str, style: Style) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 8);
    if style.encoding == Encoding::MarkedUtf8 {
        bytes.extend_from_slice("\u{feff}".as_bytes());
    }
    for character in text.chars() {
        match character {
            '\u{1}' => {}
            '\n' if style.carriage_return => bytes.extend_from_slice(b"\r\n"),
            _ if style.encoding != Encoding::Windows1252 => {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            // Windows-1252 is Latin-1 for every letter that the names here use.
            _ => bytes.push(u8::try_from(u32::from(character)).unwrap_or(b'?')),
        }
    }
    bytes
}

/// A table of ours with commas: expected senders, a region mapping.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    render(
        header,
        rows,
        Style {
            delimiter: b',',
            ..Style::PLAIN
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<String>> {
        vec![vec!["é".into(), "1,5".into()], vec![], vec!["x".into()]]
    }

    #[test]
    fn a_style_is_written_as_it_says() {
        assert_eq!(
            render(&["a", "b"], &rows(), Style::PLAIN),
            "a;b\né;1,5\n\nx\n".as_bytes()
        );
        let windows = Style {
            delimiter: b',',
            encoding: Encoding::Windows1252,
            carriage_return: true,
            ..Style::PLAIN
        };
        assert_eq!(
            render(&["a", "b"], &rows(), windows),
            b"a,b\r\n\xe9,\"1,5\"\r\n\r\nx\r\n"
        );
        let marked = Style {
            encoding: Encoding::MarkedUtf8,
            ..Style::PLAIN
        };
        assert!(render(&["a"], &[], marked).starts_with(b"\xef\xbb\xbfa"));
    }

    #[test]
    fn dates_follow_the_style() {
        let day = Day::from_ymd(2026, 1, 5).unwrap();
        assert_eq!(Style::PLAIN.date(day), "20260105");
        assert_eq!(
            Style {
                iso_dates: true,
                ..Style::PLAIN
            }
            .date(day),
            "2026-01-05"
        );
        assert_eq!(Style::PLAIN.date_or_blank(None), "");
    }
}
