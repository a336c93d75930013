//! Names as they stand in addresses.

use crate::kernel::fold;

/// The longest slug, before a number is added.
const LONGEST: usize = 60;

/// The name in lower case, words joined by dashes: `Pastel sayur` is `pastel-sayur`. What has no plain letters at
/// all is `produk`.
pub(super) fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for word in fold(name).split(' ') {
        let plain: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        if plain.is_empty() || slug.len().saturating_add(plain.len()) > LONGEST {
            continue;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&plain);
    }
    if slug.is_empty() { "produk".into() } else { slug }
}

/// The slug itself, then `slug-2`, `slug-3`…: the first that is free is taken.
pub(super) fn candidates(name: &str) -> impl Iterator<Item = String> {
    let slug = slug_of(name);
    (1_u32..).map(move |number| if number == 1 { slug.clone() } else { format!("{slug}-{number}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain_words() {
        assert_eq!(slug_of("Pastel sayur"), "pastel-sayur");
        assert_eq!(slug_of("Kué  kacang (400 g)!"), "kue-kacang-400-g");
        assert_eq!(slug_of("饼干"), "produk");
        assert_eq!(candidates("Gula").nth(1).as_deref(), Some("gula-2"));
        assert!(slug_of(&"panjang ".repeat(40)).len() <= LONGEST + 8);
    }
}
