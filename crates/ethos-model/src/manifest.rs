//! The run manifest: everything needed to make the same output again. It holds no clock, host,
//! thread count or absolute path.

use serde::{Deserialize, Serialize};

/// What a run was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `ethos-manifest/1`.
    pub schema: String,
    /// Version of the program.
    pub program: String,
    /// Name of the study.
    pub study: String,
    /// Id of the series' key: a keyed fingerprint that tells two keys apart and reveals neither.
    pub key_id: String,
    /// Seed of every random stream; `None` when nothing random was asked for.
    pub seed: Option<u64>,
    /// Every file read, relative to the study, in reading order.
    pub inputs: Vec<FileHash>,
    /// Every file written, relative to the output folder, sorted.
    pub outputs: Vec<FileHash>,
}

/// A file and the SHA-256 of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileHash {
    /// Relative path with `/` between parts.
    pub file: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}
