//! One-time tokens: 256 random bits in a link, or a code short enough to be read aloud. Stored as their hash,
//! bound to one purpose and one address, used up by one conditional update.

use super::account::digest;
use super::{session, store};
use crate::db::{self, Conn, Tx};
use crate::kernel::ids::AccountId;
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Duration, Entropy, Instant};

text_enum! {
    /// What a one-time token is for.
    Purpose {
        /// Shows that an address is its owner's.
        VerifyEmail = "verify_email",
        /// Sets a new password, by a link in a mail.
        ResetPassword = "reset_password",
        /// Sets a new password, by a code that an officer reads aloud.
        ResetCode = "reset_code",
    }
}

/// Letters and digits that are not taken for each other: no nought, and no letter that looks like a one.
const ALPHABET: &[u8; 32] = b"123456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// A token that is still good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OneTimeToken {
    pub(super) account: AccountId,
    pub(super) purpose: Purpose,
    /// The address it was sent to; empty for a code.
    pub(super) address: String,
}

/// A new token for a link.
pub(super) fn issue(tx: &mut Tx<'_>, now: Instant, token: &OneTimeToken, life: Duration) -> db::Result<String> {
    let secret = session::secret();
    store::insert_one_time_token(tx, now, token, &digest(&secret), now.after(life))?;
    Ok(secret)
}

/// A new token to be read aloud: `K7PQ-29XR-MW4T`, of 60 bits.
pub(super) fn issue_code(tx: &mut Tx<'_>, now: Instant, token: &OneTimeToken, life: Duration) -> db::Result<String> {
    let letters: String = Entropy::System
        .bytes::<12>()
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte & 31)))
        .map(|letter| char::from(*letter))
        .collect();
    store::insert_one_time_token(tx, now, token, &digest(&letters), now.after(life))?;
    let parts: Vec<&str> = [0..4, 4..8, 8..12].into_iter().filter_map(|part| letters.get(part)).collect();
    Ok(parts.join("-"))
}

/// The token as it was shown, if it is still good, and the hash it is kept under.
pub(super) fn find(
    conn: &mut Conn,
    now: Instant,
    shown: &str,
    purposes: &[Purpose],
) -> db::Result<Option<(OneTimeToken, Vec<u8>)>> {
    let hash = digest(&canonical(shown));
    Ok(store::one_time_token(conn, now, &hash, purposes)?.map(|token| (token, hash)))
}

/// Whether a link or code could be redeemed for one of these now.
pub(super) fn is_good(conn: &mut Conn, now: Instant, shown: &str, purposes: &[Purpose]) -> db::Result<bool> {
    Ok(find(conn, now, shown, purposes)?.is_some())
}

/// A code may be typed in small letters, with blanks and dashes, and with an I or L for a one; a link's token is taken
/// as it is.
fn canonical(shown: &str) -> String {
    let letters: String = shown.chars().filter(|letter| *letter != '-' && *letter != ' ').collect();
    if letters.len() == 12 { letters.to_ascii_uppercase().replace(['I', 'L'], "1") } else { shown.to_owned() }
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
    fn a_code_is_read_however_it_is_typed() {
        assert_eq!(canonical("k7pq-29xr-mw4t"), "K7PQ29XRMW4T");
        assert_eq!(canonical("K7PQ 29XR MW4T"), "K7PQ29XRMW4T");
        assert_eq!(canonical("i7pq-l9xr-mw41"), "17PQ19XRMW41");
        let link = session::secret();
        assert_eq!(canonical(&link), link);
    }
}
