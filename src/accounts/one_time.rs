//! One-time tokens: 256 random bits in a link, or a code short enough to be read aloud. Stored as a hash, bound to one
//! purpose and one address, redeemed by one conditional update.

use diesel::prelude::*;

use super::account::digest;
use super::{session, store};
use crate::db::schema::one_time_tokens;
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::AccountId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Duration, Entropy, Instant};

text_enum! {
    /// The purpose of a one-time token.
    Purpose {
        /// Verifies an e-mail address.
        VerifyEmail = "verify_email",
        /// Resets a password by a link in a mail.
        ResetPassword = "reset_password",
        /// Resets a password by a code that an officer reads aloud.
        ResetCode = "reset_code",
    }
}

/// Characters that are not mistaken for each other: no 0, O, I or L.
const ALPHABET: &[u8; 32] = b"123456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// A redeemable token.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = one_time_tokens)]
pub(super) struct OneTimeToken {
    #[diesel(column_name = account_id)]
    pub(super) account: AccountId,
    pub(super) purpose: Purpose,
    /// The address it was sent to; empty for a code.
    pub(super) address: String,
}

/// Issues a token for a link.
pub(super) fn issue(tx: &mut Tx<'_>, now: Instant, token: &OneTimeToken, ttl: Duration) -> db::Result<String> {
    let secret = session::generate_secret();
    store::insert_one_time_token(tx, now, token, &digest(&secret), now.after(ttl))?;
    Ok(secret)
}

/// Issues a code of 60 bits to be read aloud: `K7PQ-29XR-MW4T`.
pub(super) fn issue_code(tx: &mut Tx<'_>, now: Instant, token: &OneTimeToken, ttl: Duration) -> db::Result<String> {
    let letters: String = Entropy::System
        .bytes::<12>()
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte & 31)))
        .map(|letter| char::from(*letter))
        .collect();
    store::insert_one_time_token(tx, now, token, &digest(&letters), now.after(ttl))?;
    let parts: Vec<&str> = [0..4, 4..8, 8..12].into_iter().filter_map(|part| letters.get(part)).collect();
    Ok(parts.join("-"))
}

/// The redeemable token that was presented, and its stored hash.
pub(super) fn find(
    conn: &mut Conn,
    now: Instant,
    presented: &str,
    purposes: &[Purpose],
) -> db::Result<Option<(OneTimeToken, Vec<u8>)>> {
    let hash = digest(&normalize(presented));
    Ok(store::find_one_time_token(conn, now, &hash, purposes)?.map(|token| (token, hash)))
}

/// Whether a link or code could be redeemed now for one of these purposes.
pub(super) fn is_redeemable(conn: &mut Conn, now: Instant, presented: &str, purposes: &[Purpose]) -> db::Result<bool> {
    Ok(find(conn, now, presented, purposes)?.is_some())
}

/// Codes are normalized: upper case, no blanks and dashes, I and L as 1. Tokens of links stay unchanged.
fn normalize(presented: &str) -> String {
    let letters: String = presented.chars().filter(|letter| *letter != '-' && *letter != ' ').collect();
    if letters.len() == 12 { letters.to_ascii_uppercase().replace(['I', 'L'], "1") } else { presented.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_a_code_is_as_likely_as_any_other() {
        let different: std::collections::BTreeSet<&u8> = ALPHABET.iter().collect();
        assert_eq!(different.len(), 32);
        assert!(!["0", "O", "I", "L"].iter().any(|letter| ALPHABET.contains(&letter.as_bytes()[0])));
    }

    #[test]
    fn a_code_is_normalized_however_it_is_typed() {
        assert_eq!(normalize("k7pq-29xr-mw4t"), "K7PQ29XRMW4T");
        assert_eq!(normalize("K7PQ 29XR MW4T"), "K7PQ29XRMW4T");
        assert_eq!(normalize("i7pq-l9xr-mw41"), "17PQ19XRMW41");
        let link = session::generate_secret();
        assert_eq!(normalize(&link), link);
    }
}
