//! The tables that cross a crate border, in files: CSV, Parquet and Arrow, written atomically, checked against their schema.
