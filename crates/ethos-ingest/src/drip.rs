//! A reader that gives a byte at a time, so that tests meet every boundary.

use std::io::{self, Read};

pub(crate) struct Drip<'a>(pub(crate) &'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else {
            return Ok(0);
        };
        room[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}
