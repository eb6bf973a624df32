//! Rows in rounds of blocks: while those of one are read, those before are judged or put together,
//! and those behind are filled, so that no thread waits for another for long.

use std::io;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::part::{Job, Part, Worker};
use super::whole::File;
use crate::corrector::Corrector;
use crate::counting::Counting;
use crate::file::{Content, Meter, is_large};
use crate::findings::Counts;
use crate::input::Input;
use crate::mapping::MappingTable;
use crate::read::Supply;
use crate::rows::{RowReader, Seen, Sight};
use crate::rules::Judge;

/// How rows are shared out. What comes out does not depend on it.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Pace {
    /// Rows of a block, at most [`Self::MOST_ROWS`].
    pub(crate) rows: usize,
    /// Blocks of a round once a file turns out to be long; its first rounds are shorter, so that
    /// a short file is no burden and what needs no detail is known early.
    pub(crate) blocks: usize,
    /// Whether rows are read on several threads; else the threads read a file each.
    pub(crate) spread: bool,
}

impl Pace {
    /// Rows of a block whose lanes stay in the cache.
    pub(crate) const MOST_ROWS: usize = 1_024;

    /// The pace of a file that one thread reads.
    pub(crate) const ALONE: Self = Self {
        rows: Self::MOST_ROWS,
        blocks: 16,
        spread: false,
    };

    /// The pace of a file by its size.
    pub(crate) fn of(input: &Input) -> Self {
        Self {
            spread: is_large(input),
            ..Self::ALONE
        }
    }
}

/// Bytes from which on a round takes no further block.
const BYTES: usize = 16 << 20;

/// Reads every row below the header.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn rows<'a>(
    job: &Job<'_, 'a>,
    reader: RowReader<'_, 'a>,
    mapping: Option<&MappingTable>,
    meter: &mut Meter<'_>,
) -> io::Result<Content<'a>> {
    let Some(mut supply) = job.opened.supply(job.task.input, job.survey)? else {
        return Ok(Content::new(reader.findings));
    };
    supply.set_width(job.plan.width);
    let mut corrector = job.task.corrections.and_then(|corrections| {
        Corrector::new(
            corrections,
            (&job.task.input.name, &job.survey.sha256),
            job.opened.sheet(),
            (job.plan.layout, job.plan.columns()),
            mapping,
            job.head,
            job.skip_through + 1,
        )
    });
    let mut file = File::new(job, reader.findings.clone());
    let workers = Workers {
        first: Worker {
            judge: Judge::new(&job.chosen),
            reader: reader.without_findings(),
            counting: Counting::default(),
        },
        idle: Mutex::default(),
    };
    let pace = job.task.pace;
    let many = pace.spread && rayon::current_num_threads() > 1;
    let mut seen = Seen::default();
    let (mut first, mut second, mut third) = <(Round, Round, Round)>::default();
    // Where a round is on its way: filled, read, judged, put together and filled again.
    let (mut turn, mut reading, mut judging) = (&mut first, &mut second, &mut third);
    let text = job.survey.text_bytes();
    let mut size = 1;
    turn.fill(job, &mut supply, corrector.as_mut(), size)?;
    while turn.used + reading.used > 0 {
        (turn, reading, judging) = (judging, turn, reading);
        let before = file.findings.counts().clone();
        size = (2 * size).min(pace.blocks);
        let (read, judge) = (&mut *reading, &mut *judging);
        let mut in_order = || {
            for part in &mut turn.parts[..turn.used] {
                file.add(job, part)?;
                meter.at(part.block.taken(), text);
            }
            turn.fill(job, &mut supply, corrector.as_mut(), size)
        };
        // A file of one block is not worth a second thread.
        let spread = many && size > 2;
        let mut work = || {
            both(
                spread,
                || judge.judge(job, &workers, &before, spread),
                || read.read(job, &workers, &before, spread),
            );
        };
        let done = if spread {
            rayon::join(in_order, work).0
        } else {
            let done = in_order();
            work();
            done
        };
        done?;
        reading.find_repeats(&mut seen, spread);
    }
    for part in &mut judging.parts[..judging.used] {
        file.add(job, part)?;
    }
    let corrected = corrector.map(|corrector| corrector.end(job.plan, &mut file.findings));
    Ok(Content {
        corrected: corrected.unwrap_or_default(),
        ..file.finish(job, &supply, workers.counting())
    })
}

/// Blocks that are read together, some of them not in use.
#[derive(Default)]
struct Round {
    parts: Vec<Part>,
    used: usize,
}

impl Round {
    /// Fills blocks with the rows that follow, as they are corrected.
    fn fill(
        &mut self,
        job: &Job<'_, '_>,
        supply: &mut Supply,
        mut corrector: Option<&mut Corrector<'_>>,
        size: usize,
    ) -> io::Result<()> {
        let mut bytes = 0;
        self.used = 0;
        while self.used < size && bytes < BYTES {
            if self.parts.len() == self.used {
                self.parts.push(Part::default());
            }
            let block = &mut self.parts[self.used].block;
            if !supply.fill(block, job.task.pace.rows)? {
                break;
            }
            if let Some(corrector) = &mut corrector {
                block.correct(corrector, job.named);
            }
            bytes += block.bytes();
            self.used += 1;
        }
        Ok(())
    }

    fn read(
        &mut self,
        job: &Job<'_, '_>,
        workers: &Workers<'_, '_>,
        before: &Counts,
        spread: bool,
    ) {
        each(self.in_use(), workers, spread, |part, worker| {
            part.read(job, worker, before);
        });
    }

    /// Looks up which rows stood before, which takes all threads: rounds come in order.
    fn find_repeats(&mut self, seen: &mut Seen, spread: bool) {
        let parts = self.in_use();
        let sights: Vec<&[Sight]> = parts.iter().map(|part| part.sights.as_slice()).collect();
        for (part, at, before) in seen.see(&sights, spread) {
            parts[part].repeats.push((at, before));
        }
    }

    fn judge(
        &mut self,
        job: &Job<'_, '_>,
        workers: &Workers<'_, '_>,
        before: &Counts,
        spread: bool,
    ) {
        each(self.in_use(), workers, spread, |part, worker| {
            part.judge(job, worker, before);
        });
    }

    fn in_use(&mut self) -> &mut [Part] {
        &mut self.parts[..self.used]
    }
}

fn both(spread: bool, one: impl FnOnce() + Send, other: impl FnOnce() + Send) {
    if spread {
        rayon::join(one, other);
    } else {
        one();
        other();
    }
}

fn each<'j, 'a>(
    parts: &mut [Part],
    workers: &Workers<'j, 'a>,
    spread: bool,
    work: impl Fn(&mut Part, &mut Worker<'j, 'a>) + Sync,
) {
    let one = |part: &mut Part| {
        let mut worker = workers.take();
        work(part, &mut worker);
        workers.give_back(worker);
    };
    if spread {
        parts.par_iter_mut().with_max_len(1).for_each(one);
    } else {
        parts.iter_mut().for_each(one);
    }
}

/// Workers that are not at work.
struct Workers<'j, 'a> {
    /// The one that the others are like.
    first: Worker<'j, 'a>,
    idle: Mutex<Vec<Worker<'j, 'a>>>,
}

impl<'j, 'a> Workers<'j, 'a> {
    fn take(&self) -> Worker<'j, 'a> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let worker = idle.pop();
        drop(idle);
        worker.unwrap_or_else(|| self.first.clone())
    }

    /// What all of them counted.
    fn counting(self) -> Counting {
        let idle = self.idle.into_inner();
        let idle = idle.unwrap_or_else(PoisonError::into_inner);
        let mut all = Counting::default();
        for worker in idle {
            all.merge(worker.counting);
        }
        all
    }

    fn give_back(&self, worker: Worker<'j, 'a>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(worker);
    }
}
