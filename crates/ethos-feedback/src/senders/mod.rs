//! Many senders: who delivered what, in time or not, usable or not, and what to write to those who did not.
//!
//! | file | part |
//! |---|---|
//! | `expected` | who is expected: a dated table with due dates, and reasons for not delivering |
//! | `found` | which of the checked files is whose delivery |
//! | `table` | the overview: a row per sender, layout and period, with the response |
//! | `months` | which months of the period hold records, by municipality |
//! | `text` | the overview for a terminal |
//! | `rows` | the overview as CSV and workbook |
//! | `reminder` | what to write to a sender |

mod expected;
mod found;
mod months;
mod reminder;
mod rows;
mod table;
mod text;

pub use expected::{Expectations, Expected, StrayReason};
pub use months::{MonthCount, Place};
pub use reminder::{Reminder, reminders};
pub use rows::{write_csv, write_xlsx};
pub use table::{ReceivedBy, Response, Sender, SenderFile, Senders, Status, senders};
pub use text::senders_text;
pub(crate) use text::{cells, headings, notes, response_line};
