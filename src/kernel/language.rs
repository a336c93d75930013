//! The two languages of texts for people.

use super::text_enum::text_enum;

text_enum! {
    /// The language of texts for people. Indonesian unless the caller prefers English.
    Language {
        /// Bahasa Indonesia.
        Indonesian = "id",
        /// English.
        English = "en",
    }
}

impl Language {
    /// Negotiates by an `Accept-Language` header; Indonesian when it is malformed or names neither language.
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = (Language::Indonesian, 0_u32);
        for part in header.split(',').take(32) {
            let mut parameters = part.split(';');
            let tag = parameters.next().unwrap_or_default().trim().to_ascii_lowercase();
            let quality =
                parameters.find_map(|parameter| parameter.trim().strip_prefix("q=")).map_or(1000, parse_quality);
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

/// A quality value in thousandths; parsed without a float.
fn parse_quality(text: &str) -> u32 {
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
        assert_eq!(Language::from_accept_language(""), Language::Indonesian);
        assert_eq!(Language::from_accept_language("de-DE,de;q=0.9"), Language::Indonesian);
        assert_eq!(Language::from_accept_language("en-US,en;q=0.9,id;q=0.8"), Language::English);
        assert_eq!(Language::from_accept_language("id;q=0.9,en;q=0.8"), Language::Indonesian);
        assert_eq!(Language::from_accept_language("en;q=0, id;q=0.1"), Language::Indonesian);
        assert_eq!(Language::from_accept_language("jv,en;q=0.5"), Language::Indonesian);
        assert_eq!(Language::from_accept_language(";;;q=,,=q;"), Language::Indonesian);
    }
}
