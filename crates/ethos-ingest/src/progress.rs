//! Progress of reading, for whoever shows it.

/// Is told how far reading is, from several threads at once. `()` shows nothing.
pub trait Progress: Sync {
    /// Reading begins; this many bytes are to be read.
    fn begin(&self, bytes: u64);
    /// This many more bytes were read.
    fn advance(&self, bytes: u64);
}

impl Progress for () {
    fn begin(&self, _bytes: u64) {}
    fn advance(&self, _bytes: u64) {}
}
