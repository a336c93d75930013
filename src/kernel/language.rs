//! Which of the two languages a person reads.

use super::text_enum::text_enum;

text_enum! {
    /// A language for people. Indonesian unless the caller prefers English.
    Language {
        /// Bahasa Indonesia.
        Indonesian = "id",
        /// English.
        English = "en",
    }
}

impl Language {
    /// The better of the two by an `Accept-Language` header; anything unreadable means Indonesian.
    pub fn preferred(header: &str) -> Self {
        let mut best = (Language::Indonesian, 0_u32);
        for part in header.split(',').take(32) {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
            let quality = pieces.find_map(|piece| piece.trim().strip_prefix("q=")).map_or(1000, thousandths);
            let language = match tag.split('-').next() {
                Some("id" | "in" | "jv" | "su" | "ms") => Language::Indonesian,
                Some("en") => Language::English,
                _ => continue,
            };
            if quality > best.1 {
                best = (language, quality);
            }
        }
        best.0
    }
}

/// A quality value in thousandths, without a float.
fn thousandths(text: &str) -> u32 {
    match text.trim().split_once('.') {
        None if text.trim() == "1" => 1000,
        Some(("1", _)) => 1000,
        Some(("0", fraction)) => format!("{fraction:0<3}").get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indonesian_is_the_default_and_english_the_second() {
        assert_eq!(Language::preferred(""), Language::Indonesian);
        assert_eq!(Language::preferred("de-DE,de;q=0.9"), Language::Indonesian);
        assert_eq!(Language::preferred("en-US,en;q=0.9,id;q=0.8"), Language::English);
        assert_eq!(Language::preferred("id;q=0.9,en;q=0.8"), Language::Indonesian);
        assert_eq!(Language::preferred("en;q=0, id;q=0.1"), Language::Indonesian);
        assert_eq!(Language::preferred("jv,en;q=0.5"), Language::Indonesian);
        assert_eq!(Language::preferred(";;;q=,,=q;"), Language::Indonesian);
    }
}
