//! Slugs: product names for URLs.

use crate::kernel::normalize_for_search;

/// The longest slug before a number is appended, in bytes.
const MAX_LENGTH: usize = 60;

/// The name in lower case with words joined by dashes: `Pastel sayur` becomes `pastel-sayur`. A name without ASCII
/// letters or digits becomes `produk`.
pub(super) fn slugify(name: &str) -> String {
    let mut slug = String::new();
    for word in normalize_for_search(name).split(' ') {
        let plain: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        if plain.is_empty() || slug.len().saturating_add(plain.len()) > MAX_LENGTH {
            continue;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&plain);
    }
    if slug.is_empty() { "produk".into() } else { slug }
}

/// The slug itself, then `slug-2`, `slug-3`…; the caller uses the first free one.
pub(super) fn candidates(name: &str) -> impl Iterator<Item = String> {
    let slug = slugify(name);
    (1_u32..).map(move |number| if number == 1 { slug.clone() } else { format!("{slug}-{number}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_ascii_words_joined_by_dashes() {
        assert_eq!(slugify("Pastel sayur"), "pastel-sayur");
        assert_eq!(slugify("Kué  kacang (400 g)!"), "kue-kacang-400-g");
        assert_eq!(slugify("饼干"), "produk");
        assert_eq!(candidates("Gula").nth(1).as_deref(), Some("gula-2"));
        assert!(slugify(&"panjang ".repeat(40)).len() <= MAX_LENGTH + 8);
    }
}
