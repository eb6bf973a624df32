//! Frequency tables in, protected tables and an attacker's audit of them out.
//!
//! Counts and the sums between them are a [`System`], made by hand with [`SystemBuilder`] or from
//! tables over variables with [`Linked`]. [`Rule`] says which counts need protection, [`round`]
//! makes every published count a multiple of a base with all sums kept, [`suppress`] withholds the
//! cheapest cells that leave nothing to work out, and [`audit`] says of each protected count
//! whether a reader of everything published could narrow it down, with a proof either way.
//! [`NoiseTable`] is the cell-key method for tables on demand, [`Plain`] protects columns of a file.
//!
//! ```
//! use ethos_disclosure::{Linked, RoundingOptions, Rule, Table, Variable, audit, round};
//! let mut place = Variable::new("place", "all");
//! let mut sex = Variable::new("sex", "all");
//! for code in ["north", "south"] {
//!     place.add("", code, "all")?;
//! }
//! for code in ["men", "women"] {
//!     sex.add("", code, "all")?;
//! }
//! let rows = [(1, 1, 3), (1, 2, 21), (2, 1, 48), (2, 2, 1)];
//! let table = Table {
//!     name: "place by sex".into(),
//!     variables: vec![0, 1],
//!     groups_only: vec![],
//!     rows: rows.map(|(place, sex, count)| (vec![place, sex], count)).to_vec(),
//! };
//! let rule = Rule::default();
//! let linked = Linked::new(vec![place, sex], &[table], None, &[], &rule)?;
//! let rounded = round(&linked.system, &RoundingOptions::default(), &[])?;
//! assert!(linked.system.adds_up(&rounded.numbers));
//! let shown = rounded.shown(&linked.system);
//! let result = audit(&linked.system, &shown, &[], &linked.requirements(&rule, false));
//! assert!(result.passed());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod audit;
mod cell_key;
mod integer;
mod knowledge;
mod lot;
mod multipliers;
mod plain;
mod room;
mod rounding;
mod rule;
mod simplex;
mod suppression;
mod system;
mod tables;
mod utility;
mod variable;

pub use audit::{Audit, Certificate, Finding, Verdict, audit, tally};
pub use cell_key::{KeyedCount, NoiseError, NoiseTable};
pub use knowledge::{Aside, Bounds, Knowledge, NO_LIMIT, Shown, guesses};
pub use plain::{
    Checked, KeyedTables, LARGEST_COUNT, LARGEST_NUMBER, Layout, Method, Outcome, Plain,
    PlainError, Published, PublishedError, PublishedRow, Request, TwiceError,
};
pub use room::{Room, RoomGroup};
pub use rounding::{
    FURTHEST, Quality, Rounded, RoundingError, RoundingOptions, round, round_until_safe, stands_for,
};
pub use rule::{Reason, Requirement, Rule};
pub use suppression::{Loss, SolvedBlock, Suppressed, SuppressionOptions, suppress};
pub use system::{Cell, Relation, Role, System, SystemBuilder, SystemError};
pub use tables::{Linked, Table, TablesError};
pub use utility::Utility;
pub use variable::{Variable, VariableError};
