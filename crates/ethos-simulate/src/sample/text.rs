//! Words for the cells that hold text.

use crate::streams::Stream;

/// Providers and organisations. None of them exists.
const ORGANISATIONS: [&str; 8] = [
    "Opvang De Brug",
    "Stichting Onderdak",
    "Sociaal wijkteam Noord",
    "Huis aan de Gracht",
    "Inloop De Haven",
    "Gemeente, afdeling zorg",
    "Woonbegeleiding Zuid",
    "Team Toegang",
];

/// Words for any other text.
const WORDS: [&str; 6] = ["A", "B", "C", "ZIN", "PGB", "1 etmaal"];

const LETTERS: &[u8] = b"ABDEFGHJKLMNPRSTVW";

pub(super) fn organisation(stream: &mut Stream) -> &'static str {
    stream.one_of::<&str>(&ORGANISATIONS)
}

pub(super) fn word(stream: &mut Stream) -> &'static str {
    stream.one_of::<&str>(&WORDS)
}

/// Letters of a name that nobody has.
pub(super) fn letters(stream: &mut Stream, cell: &mut Vec<u8>) {
    for _ in 0..4 {
        cell.push(*stream.one_of(LETTERS));
    }
}
