//! The study files of a simulated country, its key and the texts that lie beside them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::country::Country;

/// The series of a simulated country.
pub(crate) const SERIES: &str = "simulatie";

const STUDY: &str = include_str!("../templates/study.toml");
const COUNT_DAY: &str = include_str!("../templates/telling.toml");
const README: &str = include_str!("../templates/LEESMIJ.md");
/// The text beside the truth.
pub(crate) const TRUTH: &str = include_str!("../templates/truth.md");

/// A template with the country's choices filled in.
fn fill(template: &str, country: &Country) -> String {
    let dates: Vec<String> = country.dates.iter().map(ToString::to_string).collect();
    let years = &country.options.years;
    let language = country.options.language;
    let count = match years.len().checked_sub(2) {
        Some(at) => format!(
            "# Also everyone homeless on any day of the last whole year.\n[count]\nperiod_years = [{}]\n\n",
            years[at]
        ),
        None => String::new(),
    };
    template
        .replace("@DATES@", &dates.join(", "))
        .replace("@COUNT@", &count)
        .replace("@LANGUAGE@", language.pick("nl", "en"))
        .replace(
            "@NAME@",
            language.pick("Gesimuleerd land", "Simulated country"),
        )
        .replace(
            "@COUNT_DAY@",
            language.pick(
                "ETHOS-teldag, gesimuleerd land",
                "ETHOS count day, simulated country",
            ),
        )
        .replace(
            "@CENTRE@",
            language.pick("Centrumregio (voorbeeld)", "Centre region (example)"),
        )
        .replace(
            "@DRAWN@",
            &years
                .last()
                .map_or_else(String::new, |year| format!("{year}-02-28")),
        )
        .replace("@DAY@", &country.count_day.to_string())
        .replace("@MUNICIPALITIES@", "124")
        .replace("@SERIES@", SERIES)
        .replace("@SEED@", &country.options.seed.to_string())
        .replace("@SCALE@", &country.options.scale.to_string())
        .replace("@DIRT@", &(country.options.dirt * 100.0).to_string())
}

/// `study.toml`: registers and deliveries.
pub(crate) fn registers(country: &Country) -> String {
    fill(STUDY, country)
}

/// `telling.toml`: the count day.
pub(crate) fn count_day(country: &Country) -> String {
    fill(COUNT_DAY, country)
}

/// `LEESMIJ.md`.
pub(crate) fn readme(country: &Country) -> String {
    fill(README, country)
}

/// The key file of the series. The secret follows from the seed: everyone who simulates the
/// country has it, and the file says so.
///
/// The secret is SHA-256 over a label, the series and the seed; the id is the first 64 bits of
/// HMAC-SHA-256 under it, as the loader of key files checks.
pub(crate) fn key_file(seed: u64) -> String {
    let mut hash = Sha256::new();
    hash.update(b"ethos-simulated-key\0");
    hash.update(SERIES.as_bytes());
    hash.update([0]);
    hash.update(seed.to_le_bytes());
    let secret: [u8; 32] = hash.finalize().into();
    let id = Hmac::<Sha256>::new_from_slice(&secret).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(b"key-id\0");
            mac.finalize().into_bytes()[..8].to_vec()
        },
    );
    format!(
        "# Pseudonym key of a simulated country. It follows from the seed and protects nobody; never use\n\
         # it for real people.\n\
         id = \"{}\"\nseries = \"{SERIES}\"\n\
         holder = \"nobody: a simulated country, whose key follows from its seed\"\n\
         created = \"\"\nsecret = \"{}\"\n",
        hex(&id),
        hex(&secret)
    )
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::CountryOptions;
    use ethos_model::study::Study;

    fn country(years: &[i16]) -> Country {
        let years = years.to_vec();
        Country::new(&CountryOptions {
            scale: 0.001,
            years,
            ..CountryOptions::default()
        })
    }

    #[test]
    fn both_studies_are_studies() {
        for years in [&[2026][..], &[2023, 2025], &[2024, 2025, 2026]] {
            let country = country(years);
            let study = Study::parse(&registers(&country)).unwrap();
            assert_eq!(study.study.reference_dates, country.dates);
            assert_eq!(study.lists(), crate::assumption::LISTS);
            assert_eq!(
                study.forced_pairs().into_iter().collect::<Vec<_>>(),
                [(0, 1)]
            );
            assert_eq!(study.strata.names(), ["sex", "age", "origin", "region"]);
            assert_eq!(study.count.period_years.len(), usize::from(years.len() > 1));
            let counted = Study::parse(&count_day(&country)).unwrap();
            assert_eq!(counted.study.reference_dates, [country.count_day]);
            assert!(counted.estimate.is_none());
            assert!(!readme(&country).contains('@') && !registers(&country).contains('@'));
        }
    }

    #[test]
    fn the_key_has_the_fingerprint_of_its_secret() {
        // Computed with Python's hashlib and hmac.
        let text = key_file(7);
        assert!(text.contains("id = \"c5c78c7c5bc63003\""), "{text}");
        assert!(text.contains("secret = \"082aad523ad74a35"), "{text}");
        let file: toml::Table = toml::from_str(&text).unwrap();
        assert_eq!(file["series"].as_str(), Some(SERIES));
        assert_ne!(key_file(7), key_file(8));
    }
}
