//! The key of a series: what turns an identifier into a token at the door.
//!
//! A token is the first 128 bits of HMAC-SHA-256 (RFC 2104, FIPS 198-1) under the series'
//! secret over `domain ‖ 0x00 ‖ canonical value`, where the domain is `person`, `household` or
//! `fallback`. The same number gives the same token in every study of the series, and no token
//! can be made or tried without the secret.

use std::fmt;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};

use ethos_model::token::Token;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

type HmacSha256 = Hmac<Sha256>;

/// The secret of a series of studies.
///
/// `Debug` shows the fingerprint and never the secret; there is no `Display`.
#[derive(Clone)]
pub struct SeriesKey {
    series: String,
    holder: String,
    created: String,
    secret: [u8; 32],
    person: HmacSha256,
    household: HmacSha256,
    fallback: HmacSha256,
    /// For tokens that never leave the memory of one run, in place of the above.
    passing: Option<[RandomState; 2]>,
}

/// The key file as TOML.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// Fingerprint of the secret; checked when the file is read.
    id: String,
    series: String,
    #[serde(default)]
    holder: String,
    #[serde(default)]
    created: String,
    secret: String,
}

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The operating system gave no random bytes.
    #[error("the system gave no random numbers for a new key: {0}")]
    Random(getrandom::Error),
    /// The file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file exists: a key is never overwritten, since every token made with it would be
    /// lost.
    #[error(
        "{} exists; a key is never overwritten (move it away first if the series really starts anew)",
        .0.display()
    )]
    Exists(PathBuf),
    /// The file is not a key file.
    #[error("{} is not a key file: {reason}", path.display())]
    Malformed {
        /// The key file.
        path: PathBuf,
        /// What is wrong; never a part of the secret.
        reason: &'static str,
    },
    /// The key is of another series than the study.
    #[error(
        "the key is of the series `{found}`, but the study is of `{expected}`; use that series' key file, or correct `series`"
    )]
    OtherSeries {
        /// Series in the key file.
        found: String,
        /// Series of the study.
        expected: String,
    },
}

impl SeriesKey {
    /// A new key from the operating system's randomness. `holder` and `created` are free text
    /// for whoever keeps the file.
    ///
    /// # Errors
    /// [`KeyError::Random`].
    pub fn generate(series: &str, holder: &str, created: &str) -> Result<Self, KeyError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(KeyError::Random)?;
        Ok(Self::new(series, holder, created, secret))
    }

    /// A key whose tokens are compared within one run and then forgotten: 128 bits of `SipHash`
    /// (Aumasson and Bernstein 2012) under random keys of the process, which takes a tenth of the
    /// time. It cannot be saved, and no token made with it is ever written.
    ///
    /// # Errors
    /// [`KeyError::Random`].
    pub(crate) fn passing() -> Result<Self, KeyError> {
        Ok(Self {
            passing: Some([RandomState::new(), RandomState::new()]),
            ..Self::generate("check", "", "")?
        })
    }

    /// The key of a simulated country: made from the seed, so that a simulation can be
    /// repeated. It protects nobody and says so in `holder`.
    ///
    /// ```
    /// use ethos_ingest::key::SeriesKey;
    /// let key = SeriesKey::from_seed("demo", 7);
    /// assert_eq!(key.person("123456782"), SeriesKey::from_seed("demo", 7).person("123456782"));
    /// assert_ne!(key.person("123456782"), SeriesKey::from_seed("demo", 8).person("123456782"));
    /// ```
    pub fn from_seed(series: &str, seed: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"ethos-simulated-key\0");
        hash.update(series.as_bytes());
        hash.update([0]);
        hash.update(seed.to_le_bytes());
        let holder = "nobody: a simulated country, whose key follows from its seed";
        Self::new(series, holder, "", hash.finalize().into())
    }

    fn new(series: &str, holder: &str, created: &str, secret: [u8; 32]) -> Self {
        let domain = |name: &[u8]| keyed(&secret, name);
        Self {
            series: series.to_owned(),
            holder: holder.to_owned(),
            created: created.to_owned(),
            person: domain(b"person\0"),
            household: domain(b"household\0"),
            fallback: domain(b"fallback\0"),
            secret,
            passing: None,
        }
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`KeyError::Io`], or [`KeyError::Malformed`] when it is not a key file or its
    /// fingerprint does not fit its secret.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let text = crate::held::text(path).map_err(|source| KeyError::Io {
            path: path.to_owned(),
            source,
        })?;
        let malformed = |reason| KeyError::Malformed {
            path: path.to_owned(),
            reason,
        };
        // The parser's own message could quote a line with the secret.
        let file: KeyFile = toml::from_str(&text)
            .map_err(|_| malformed("it must be TOML with id, series and secret"))?;
        let secret = secret_from_hex(&file.secret)
            .ok_or_else(|| malformed("the secret must be 64 hexadecimal digits"))?;
        let key = Self::new(&file.series, &file.holder, &file.created, secret);
        if key.id() != file.id {
            return Err(malformed(
                "its id does not fit its secret; the file was changed or damaged",
            ));
        }
        Ok(key)
    }

    /// Writes the key file, readable by its owner alone where the system can say so.
    ///
    /// # Errors
    /// [`KeyError::Exists`] when there is a file already: it is left as it is.
    pub fn save(&self, path: &Path) -> Result<(), KeyError> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let io = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::AlreadyExists => KeyError::Exists(path.to_owned()),
            _ => KeyError::Io {
                path: path.to_owned(),
                source,
            },
        };
        let mut file = options.open(path).map_err(io)?;
        file.write_all(self.to_toml().as_bytes()).map_err(io)?;
        file.sync_all().map_err(io)
    }

    fn to_toml(&self) -> String {
        let file = KeyFile {
            id: self.id(),
            series: self.series.clone(),
            holder: self.holder.clone(),
            created: self.created.clone(),
            secret: hex(&self.secret),
        };
        let body = toml::to_string(&file).expect("text fields are always TOML");
        format!(
            "# Pseudonym key of a series of studies. Keep it safe, apart from every output, and with a\n\
             # copy: without it no later year can be linked to this one, and whoever has it can make\n\
             # tokens of citizen service numbers.\n{body}"
        )
    }

    /// Checks that the key is of this series.
    ///
    /// # Errors
    /// [`KeyError::OtherSeries`].
    pub fn check_series(&self, expected: &str) -> Result<(), KeyError> {
        if self.series == expected {
            return Ok(());
        }
        Err(KeyError::OtherSeries {
            found: self.series.clone(),
            expected: expected.to_owned(),
        })
    }

    /// The series it belongs to.
    pub fn series(&self) -> &str {
        &self.series
    }

    /// Who keeps it: free text.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// When it was made: free text.
    pub fn created(&self) -> &str {
        &self.created
    }

    /// A fingerprint of 16 hexadecimal digits that tells two keys apart and reveals neither.
    pub fn id(&self) -> String {
        let mac = keyed(&self.secret, b"key-id\0").finalize().into_bytes();
        hex(&mac[..8])
    }

    /// Token of a citizen service number in its canonical form: nine digits.
    pub fn person(&self, number: &str) -> Token {
        self.token(&self.person, 0, number.as_bytes())
    }

    /// Token of a household key.
    pub fn household(&self, key: &str) -> Token {
        self.token(&self.household, 1, key.as_bytes())
    }

    /// Token of a fallback key in its canonical form.
    pub fn fallback(&self, key: &str) -> Token {
        self.token(&self.fallback, 2, key.as_bytes())
    }

    pub(crate) fn person_bytes(&self, number: &[u8; 9]) -> Token {
        self.token(&self.person, 0, number)
    }

    #[inline]
    fn token(&self, domain: &HmacSha256, number: u8, value: &[u8]) -> Token {
        let Some(states) = &self.passing else {
            return token(domain, value);
        };
        let [high, low] = states.each_ref().map(|state| {
            let mut hasher = state.build_hasher();
            hasher.write_u8(number);
            hasher.write(value);
            hasher.finish()
        });
        Token::from_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
    }
}

impl fmt::Debug for SeriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeriesKey")
            .field("id", &self.id())
            .field("series", &self.series)
            .finish_non_exhaustive()
    }
}

fn keyed(secret: &[u8; 32], domain: &[u8]) -> HmacSha256 {
    let mut mac = HmacSha256::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(domain);
    mac
}

fn token(domain: &HmacSha256, value: &[u8]) -> Token {
    let mut mac = domain.clone();
    mac.update(value);
    let full = mac.finalize().into_bytes();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&full[..16]);
    Token::from_bytes(bytes)
}

/// Lowercase hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn secret_from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut secret = [0; 32];
    for (at, byte) in secret.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_hmac_sha_256() {
        // HMAC-SHA-256 with a secret of zeros over "person\0" "123456782", computed with
        // Python's hmac module.
        let key = SeriesKey::new("s", "", "", [0; 32]);
        assert_eq!(
            key.person("123456782").to_hex(),
            "3a86d8fd050e07573b38ea4b7540fa9c"
        );
        assert_eq!(key.person_bytes(b"123456782"), key.person("123456782"));
    }

    #[test]
    fn domains_are_apart() {
        let key = SeriesKey::from_seed("s", 1);
        assert_ne!(key.person("1"), key.household("1"));
        assert_ne!(key.person("1"), key.fallback("1"));
    }

    #[test]
    fn a_passing_key_tells_values_and_domains_apart() {
        let key = SeriesKey::passing().unwrap();
        assert_eq!(key.person("123456782"), key.person_bytes(b"123456782"));
        assert_ne!(key.person("123456782"), key.person("123456783"));
        assert_ne!(key.person("1"), key.household("1"));
        assert_ne!(key.person("1"), SeriesKey::passing().unwrap().person("1"));
    }

    #[test]
    fn a_key_file_round_trips_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.key");
        let key = SeriesKey::generate("s", "CBS", "2026-01-01").unwrap();
        key.save(&path).unwrap();
        let read = SeriesKey::load(&path).unwrap();
        assert_eq!((read.id(), read.series()), (key.id(), "s"));
        assert_eq!((read.holder(), read.created()), ("CBS", "2026-01-01"));
        assert_eq!(read.person("123456782"), key.person("123456782"));
        assert!(matches!(key.save(&path), Err(KeyError::Exists(_))));
        assert_ne!(SeriesKey::generate("s", "", "").unwrap().id(), key.id());
        assert!(key.check_series("s").is_ok() && key.check_series("t").is_err());
    }

    #[test]
    fn no_message_shows_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.key");
        let key = SeriesKey::from_seed("s", 3);
        let secret = hex(&key.secret);
        assert!(!format!("{key:?}").contains(&secret[..8]));
        for text in [
            key.to_toml().replace(&key.id(), "0000000000000000"),
            key.to_toml().replace("secret = \"", "secret = \"zz"),
            format!("{}\nsecret = \"{secret}\"", key.to_toml()),
        ] {
            fs::write(&path, text).unwrap();
            let error = SeriesKey::load(&path).unwrap_err();
            assert!(!error.to_string().contains(&secret[..8]), "{error}");
            assert!(!format!("{error:?}").contains(&secret[..8]), "{error:?}");
        }
    }
}
