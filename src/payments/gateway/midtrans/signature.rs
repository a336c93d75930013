//! Signatures of Midtrans: a hash of the message and a shared key.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha512};

use crate::kernel::hex;

/// Verifies the signature of a notification in constant time; `gross_amount` is the text as sent.
pub(super) fn is_signature(
    sent: &str,
    order_id: &str,
    status_code: &str,
    gross_amount: &str,
    secret: &SecretString,
) -> bool {
    let mut digest = Sha512::new();
    for part in [order_id, status_code, gross_amount, secret.expose_secret()] {
        digest.update(part.as_bytes());
    }
    let expected = hex(&digest.finalize());
    let pairs = expected.bytes().zip(sent.bytes());
    let differing = pairs.fold(0, |difference, (expected, sent)| difference | (expected ^ sent.to_ascii_lowercase()));
    expected.len() == sent.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = "a586256fe00e930dbe09b7c81b39685b3905978cb6fdca18e6cd015ae7582a92\
                          543cf2ef0ffaff052354f24912ea7fee9fb2e1e99e5d593603f5edf2e58710c6";

    fn is_ours(sent: &str, order_id: &str, code: &str, amount: &str, key: &str) -> bool {
        is_signature(sent, order_id, code, amount, &SecretString::from(key))
    }

    #[test]
    fn the_signature_is_the_one_that_midtrans_makes() {
        assert!(is_ours(SIGNED, "ORD-2611-0001", "200", "147356.00", "SB-Mid-server-CONTOH"));
        assert!(is_ours(&SIGNED.to_uppercase(), "ORD-2611-0001", "200", "147356.00", "SB-Mid-server-CONTOH"));
    }

    #[test]
    fn whatever_is_altered_breaks_it() {
        let key = "SB-Mid-server-CONTOH";
        assert!(!is_ours(SIGNED, "ORD-2611-0002", "200", "147356.00", key));
        assert!(!is_ours(SIGNED, "ORD-2611-0001", "201", "147356.00", key));
        assert!(!is_ours(SIGNED, "ORD-2611-0001", "200", "147356", key), "the amount is signed as it was sent");
        assert!(!is_ours(SIGNED, "ORD-2611-0001", "200", "147356.00", "SB-Mid-server-CONTOH2"));
        assert!(!is_ours(&SIGNED[..127], "ORD-2611-0001", "200", "147356.00", key));
        assert!(!is_ours(&format!("{SIGNED}0"), "ORD-2611-0001", "200", "147356.00", key));
        assert!(!is_ours("", "ORD-2611-0001", "200", "147356.00", key));
    }
}
