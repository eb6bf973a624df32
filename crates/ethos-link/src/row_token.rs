//! A token for a spell without any key, made of the row it was read from.

use ethos_model::spell::RowRef;
use ethos_model::token::Token;

/// What the second half of every such token is. A hash has the same half once in 2⁶⁴.
const TAG: u64 = u64::from_be_bytes(*b"ethosrow");

/// The token of a row: different rows have different tokens. It hides nothing, because a row
/// reference says nothing of a person.
pub(crate) fn row_token(row: RowRef) -> Token {
    let place = u64::from(row.delivery) << 32 | u64::from(row.row);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&scatter(place).to_be_bytes());
    bytes[8..].copy_from_slice(&TAG.to_be_bytes());
    Token::from_bytes(bytes)
}

/// Spreads neighbouring rows over all numbers, one to one, so that buckets and draws by a
/// token's first half treat these persons like any other: the finaliser of `SplitMix64`
/// (Steele, Lea and Flood 2014, OOPSLA, figure 16), whose steps can each be undone.
fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finaliser_is_the_published_one() {
        // First output of SplitMix64 with seed 0: the generator adds the constant, then mixes.
        assert_eq!(scatter(0), 0xE220_A839_7B1D_CDAF);
    }

    #[test]
    fn rows_differ_and_spread() {
        let mut tokens: Vec<Token> = (0..100)
            .flat_map(|delivery| (0..100).map(move |row| row_token(RowRef { delivery, row })))
            .collect();
        tokens.sort_unstable();
        tokens.dedup();
        assert_eq!(tokens.len(), 10_000);
        let mut buckets = [0_u32; 16];
        for token in &tokens {
            buckets[(token.leading() >> 60) as usize] += 1;
        }
        assert!(
            buckets.iter().all(|count| (500..750).contains(count)),
            "{buckets:?}"
        );
    }
}
