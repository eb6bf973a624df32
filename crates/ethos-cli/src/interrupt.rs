//! Ctrl-C leaves no half file: what is being staged is removed before the program ends.

/// Removes every unfinished file and folder and ends with 130 when the user interrupts.
pub(crate) fn install() {
    // A second handler cannot be set twice in one process; the first one stays.
    let _ = ctrlc::set_handler(|| {
        ethos_table::atomic::remove_unfinished();
        #[allow(clippy::exit, reason = "the only way out of a signal handler's thread")]
        std::process::exit(130);
    });
}
