//! The words every part of ethos-light shares: categories, municipalities, dates, spells, cells, schemas, ledger.
