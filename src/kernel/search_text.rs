//! Normalization of text for search.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower-cases, removes accents, and replaces everything but letters and digits by single spaces.
///
/// Both databases search the folded text, so that `Kué  KACANG!` finds `kue kacang` on either.
pub fn normalize_for_search(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let letters = text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase);
    for letter in letters {
        if letter.is_alphanumeric() {
            folded.push(letter);
        } else if !folded.ends_with(' ') && !folded.is_empty() {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_punctuation_do_not_matter() {
        assert_eq!(normalize_for_search("  Kué  KACANG!! "), "kue kacang");
        assert_eq!(normalize_for_search("Gula-semut 1 kg"), "gula semut 1 kg");
        assert_eq!(normalize_for_search("\u{ff30}astel"), "pastel");
        assert_eq!(normalize_for_search("***"), "");
    }
}
