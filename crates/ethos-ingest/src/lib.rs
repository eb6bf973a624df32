//! A sender's file in, findings and spells out: decode, read, map by layout, check, classify, pseudonymise.
