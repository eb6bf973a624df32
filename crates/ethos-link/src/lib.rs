//! Spells in, person ids out: exact keys first.
//!
//! A [`Linker`] says which spells are of one person. [`ExactLinker`] decides by keys alone:
//!
//! 1. Spells with the same keyed hash of a citizen service number are of one person.
//! 2. A spell without a number joins the person whose spells carry the same fallback key, when
//!    exactly one number does. When none does, all spells with that fallback key and without a
//!    number are of one person. When several do, nothing tells which: the spells without a
//!    number are again of one person, and the report counts them as ambiguous.
//! 3. A spell with neither key is of a person of its own.
//!
//! The id of a person is the hash of the number where there is one (the person register has
//! the same), else the hash of the fallback key, else a token made of the row. It does not
//! depend on the order of the spells, on the number of threads or on a secret.
//!
//! ```
//! # use ethos_link::{ExactLinker, Linker, Rule};
//! # use ethos_model::{attribute::Attributes, category::EthosCategory, date::Day, spell::*, token::Token};
//! # let spell = |row, person: Option<u8>, fallback: Option<u8>| Spell {
//! #     source: SourceId(0), row: RowRef { delivery: 0, row },
//! #     key: LinkKey {
//! #         person: person.map(|n| Token::from_bytes([n; 16])),
//! #         fallback: fallback.map(|n| Token::from_bytes([n; 16])),
//! #     },
//! #     category: EthosCategory::PublicSpace, situation: None, start: Day(0), start_known: true,
//! #     end: None, observed: None, ready_to_leave: None, expected_on: None, end_reason: None,
//! #     municipalities: Municipalities::default(), attributes: Attributes::default(),
//! #     children_with: 0, children_elsewhere: 0,
//! # };
//! // A number and a fallback key, the fallback key alone, and neither.
//! let spells = [spell(2, Some(7), Some(200)), spell(3, None, Some(200)), spell(4, None, None)];
//! let linked = ExactLinker.link(&spells);
//! assert_eq!(linked.rules, [Rule::Number, Rule::JoinedByFallback, Rule::NoKey]);
//! assert_eq!(linked.links.person()[0], linked.links.person()[1]);
//! assert_eq!((linked.report.persons, linked.report.keyed_persons), (2, 1));
//! ```

mod exact;
mod ledger;
mod linker;
mod row_token;

pub use exact::ExactLinker;
pub use ledger::{FIRST_SPELL, FURTHER_SPELLS, LINK_STEP, PERSONS_STEP, steps};
pub use linker::{LinkReport, Linked, Linker, Rule};
