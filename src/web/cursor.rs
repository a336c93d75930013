//! Cursors of lists: the key of a page's last row, signed, so that rows are neither skipped nor repeated when the list
//! grows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::{Code, Problem};
use super::signer::Signer;

/// Bytes of a cursor's signature.
const SIGNATURE_LENGTH: usize = 16;

/// A cursor after the row with this key. `list` names the list and its filter; a cursor of another list is rejected.
pub(super) fn encode_cursor<K: Serialize>(signer: &Signer, list: &str, key: &K) -> String {
    let mut bytes = serde_json::to_vec(key).unwrap_or_default();
    let signature = signer.sign(&format!("cursor {list}"), &bytes);
    bytes.extend(signature.iter().take(SIGNATURE_LENGTH));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The key of a cursor of this list.
pub(super) fn decode_cursor<K: DeserializeOwned>(signer: &Signer, list: &str, cursor: &str) -> Result<K, Problem> {
    let invalid = || Problem::new(Code::CursorInvalid);
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
    let key_length = bytes.len().saturating_sub(SIGNATURE_LENGTH);
    let (key, signature) = bytes.split_at_checked(key_length).ok_or_else(invalid)?;
    if !signer.verify(&format!("cursor {list}"), key, signature) {
        return Err(invalid());
    }
    serde_json::from_slice(key).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signer() -> Signer {
        Signer::new([7; 32])
    }

    proptest! {
        #[test]
        fn a_cursor_is_valid_only_unaltered_and_only_for_its_list(name in ".{0,40}", number: i64, flip in 0..60_usize) {
           let cursor = encode_cursor(&signer(), "products", &(name.clone(), number));
           prop_assert_eq!(decode_cursor::<(String, i64)>(&signer(), "products", &cursor).unwrap(), (name, number));
           prop_assert!(decode_cursor::<(String, i64)>(&signer(), "orders", &cursor).is_err());
           prop_assert!(decode_cursor::<(String, i64)>(&Signer::new([8; 32]), "products", &cursor).is_err());
           let mut bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
           let index = flip % bytes.len();
           bytes[index] ^= 1;
           let altered = URL_SAFE_NO_PAD.encode(bytes);
           prop_assert!(decode_cursor::<(String, i64)>(&signer(), "products", &altered).is_err());
        }

        #[test]
        fn decoding_never_panics(text in "\\PC{0,80}") {
           prop_assert!(decode_cursor::<(String, i64)>(&signer(), "products", &text).is_err());
        }
    }
}
