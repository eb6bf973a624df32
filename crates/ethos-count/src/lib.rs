//! Spells and person ids in, persons and captures out: reference date, category priority, coverage, capture histories.
