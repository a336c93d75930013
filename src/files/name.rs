//! Names of stored files.

use sha2::{Digest, Sha256};

use crate::kernel::{Entropy, hex};

/// A generated file name: hex digits, at most one dash, one dot. It cannot escape the directory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileName(String);

/// Hex digits of a stem: 128 bits of the content's hash.
const STEM_LENGTH: usize = 32;

impl FileName {
    /// Parses a name of the form `{32 hex digits}[-{digits}].{extension}`.
    pub fn parse(text: &str) -> Option<FileName> {
        let (stem, extension) = text.split_once('.')?;
        let (hash, size) = stem.split_once('-').unwrap_or((stem, "0"));
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_valid = hash.len() == STEM_LENGTH
            && hash.bytes().all(lower_hex)
            && (1..=5).contains(&size.len())
            && size.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(extension, "jpg" | "webp");
        is_valid.then(|| FileName(text.to_owned()))
    }

    /// The hash of these contents, the stem of the files' names: a truncated SHA-256.
    pub fn content_hash<'a>(contents: impl IntoIterator<Item = &'a [u8]>) -> String {
        let mut digest = Sha256::new();
        for content in contents {
            digest.update(u64::try_from(content.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(content);
        }
        hex(digest.finalize().iter().take(STEM_LENGTH / 2))
    }

    /// An unguessable name, for private images.
    pub fn random(entropy: &Entropy) -> FileName {
        FileName(format!("{}.jpg", entropy.uuid().simple()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The media type of the content.
    pub fn content_type(&self) -> &'static str {
        if self.0.ends_with(".webp") { "image/webp" } else { "image/jpeg" }
    }

    /// The subdirectory: the first two digits.
    pub(super) fn folder(&self) -> &str {
        self.0.get(..2).unwrap_or("00")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_generated_names_are_valid() {
        let stem = FileName::content_hash([b"picture".as_slice()]);
        assert!(FileName::parse(&format!("{stem}-160.webp")).is_some());
        assert!(FileName::parse(&format!("{stem}.jpg")).is_some());
        let odd = [
            String::new(),
            "../../etc/passwd".into(),
            format!("../{stem}.jpg"),
            format!("{stem}-160.svg"),
            format!("{stem}-160.webp.exe"),
            format!("{stem}-1/0.webp"),
            format!("{stem}-160.webp\0"),
            format!("{}-160.webp", stem.to_uppercase()),
            "%2e%2e%2f.jpg".into(),
        ];
        for name in odd {
            assert_eq!(FileName::parse(&name), None, "{name:?}");
        }
    }

    #[test]
    fn random_names_are_valid_and_unique() {
        let names = [FileName::random(&Entropy::System), FileName::random(&Entropy::System)];
        assert_ne!(names[0], names[1]);
        assert!(names.iter().all(|name| FileName::parse(name.as_str()).as_ref() == Some(name)));
    }

    proptest! {
        #[test]
        fn no_name_escapes_the_directory(text in "\\PC{0,60}") {
            if let Some(name) = FileName::parse(&text) {
                prop_assert!(!name.as_str().contains(['/', '\\']) && !name.as_str().contains(".."));
            }
        }
    }
}
