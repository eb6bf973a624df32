//! Tests of the count as a whole: known answers, identities, and a second implementation.

mod captures;
mod children;
mod coverage;
mod crossed;
mod flows;
mod identities;
mod oracle;
mod refusals;
mod tables;
mod world;
