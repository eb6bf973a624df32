//! A check for machines: JSON, CSV, SARIF and the validation report of the European Statistical System.
//!
//! Every finding is in each of them, masked as on the screen; the same check gives the same bytes.

mod csv;
mod ess;
mod json;
mod sarif;

use std::io::{self, Write};

use ethos_ingest::{CheckReport, RuleBook};

use crate::senders::Senders;

/// A form for machines.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum MachineFormat {
    /// `ethos-check/1`: files, verdicts, causes and findings.
    Json,
    /// `ethos-findings/1`: one row per finding.
    Csv,
    /// SARIF 2.1.0 (OASIS, 2020), which editors and build servers read.
    Sarif,
    /// Validation report 1.0.0 of the statistical network on validation (van der Loo and others, 2017).
    Ess,
}

/// Writes what a check found.
///
/// # Errors
/// What the writer says.
pub fn write_machine(
    report: &CheckReport,
    book: &RuleBook,
    format: MachineFormat,
    to: &mut dyn Write,
) -> io::Result<()> {
    match format {
        MachineFormat::Json => json::write(report, None, to),
        MachineFormat::Csv => csv::write(report, to),
        MachineFormat::Sarif => sarif::write(report, book, to),
        MachineFormat::Ess => ess::write(report, book, to),
    }
}

/// Writes what a check of many senders found as `ethos-check/1`, with who delivered what under `senders`.
///
/// # Errors
/// What the writer says.
pub fn write_json_with(
    report: &CheckReport,
    senders: &Senders,
    to: &mut dyn Write,
) -> io::Result<()> {
    json::write(report, Some(senders), to)
}

/// Who delivered what alone: `ethos-senders/1`.
///
/// # Errors
/// What the writer says.
pub fn write_senders(senders: &Senders, to: &mut dyn Write) -> io::Result<()> {
    #[derive(serde::Serialize)]
    struct Whole<'a> {
        schema: &'static str,
        on: ethos_model::date::Day,
        frame: bool,
        response: crate::senders::Response,
        senders: &'a [crate::senders::Sender],
        stray_reasons: &'a [crate::senders::StrayReason],
    }
    let whole = Whole {
        schema: "ethos-senders/1",
        on: senders.on,
        frame: senders.frame,
        response: senders.response,
        senders: &senders.senders,
        stray_reasons: &senders.stray_reasons,
    };
    pretty(&whole, to)
}

/// JSON, indented, with a line end.
fn pretty(value: &impl serde::Serialize, to: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, value)?;
    to.write_all(b"\n")
}

/// A list that is made while it is written, so that it is never in memory as a whole.
struct Stream<F>(F);

impl<F, I> serde::Serialize for Stream<F>
where
    F: Fn() -> I,
    I: Iterator<Item: serde::Serialize>,
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        // Without a length: counting would make every element twice.
        let mut list = serializer.serialize_seq(None)?;
        for element in (self.0)() {
            list.serialize_element(&element)?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    struct Counted<'a>(&'a Cell<usize>);

    impl Write for Counted<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.set(self.0.get() + bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_list_is_written_while_it_is_made() {
        let written = Cell::new(0);
        let elements = || {
            (0..100_u32).inspect(|at| {
                // Every element before this one is out already.
                assert!(written.get() >= 3 * *at as usize);
            })
        };
        serde_json::to_writer_pretty(Counted(&written), &Stream(elements)).unwrap();
        assert!(written.get() > 300);
    }
}
