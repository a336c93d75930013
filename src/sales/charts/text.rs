//! Text and numbers in charts: short, and without markup.

use crate::kernel::Rupiah;

const MAX_NAME_CHARS: usize = 48;

/// Removes control and direction characters from a name and shortens it.
pub(super) fn sanitize(name: &str) -> String {
    let is_visible = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            && !matches!(letter, '\u{feff}' | '\u{fff0}'..='\u{ffff}')
    };
    let to_space = |letter: char| if letter.is_whitespace() { ' ' } else { letter };
    let text: String = name.chars().map(to_space).filter(is_visible).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= MAX_NAME_CHARS {
        return text;
    }
    let short: String = text.chars().take(MAX_NAME_CHARS.saturating_sub(1)).collect();
    format!("{}…", short.trim_end())
}

/// A number on an axis: `25.000`, `1,2 jt`, `3 M`.
pub(super) fn short_amount(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let size = amount.unsigned_abs();
    let (tenth, word) = match size {
        1_000_000_000.. => (100_000_000_u64, "M"),
        1_000_000.. => (100_000, "jt"),
        _ => return Rupiah(amount).to_string().replacen("Rp", "", 1),
    };
    let tenths = size.saturating_add(tenth.div_euclid(2)).div_euclid(tenth);
    let whole = Rupiah(i64::try_from(tenths.div_euclid(10)).unwrap_or(i64::MAX)).to_string().replacen("Rp", "", 1);
    match tenths.rem_euclid(10) {
        0 => format!("{sign}{whole} {word}"),
        rest => format!("{sign}{whole},{rest} {word}"),
    }
}

/// Basis points as a percentage: `45,6 %`.
pub(super) fn format_percent(share: i64) -> String {
    let tenths = share.saturating_add(5).div_euclid(10);
    format!("{},{} %", tenths.div_euclid(10), tenths.rem_euclid(10))
}

/// Escapes text between two tags.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_written_as_indonesians_write_them() {
        for (amount, text) in [
            (0, "0"),
            (25_000, "25.000"),
            (-25_000, "-25.000"),
            (999_999, "999.999"),
            (1_000_000, "1 jt"),
            (1_249_999, "1,2 jt"),
            (-1_250_000, "-1,3 jt"),
            (12_000_000, "12 jt"),
            (3_400_000_000, "3,4 M"),
            (5_000_000_000_000, "5.000 M"),
        ] {
            assert_eq!(short_amount(amount), text);
        }
        assert_eq!([format_percent(4_556), format_percent(10_000), format_percent(0)], ["45,6 %", "100,0 %", "0,0 %"]);
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(sanitize("Pastel\u{0}\u{202e} sayur\n  pedas"), "Pastel sayur pedas");
        assert_eq!(sanitize(&"a".repeat(200)).chars().count(), MAX_NAME_CHARS);
        assert_eq!(escape("<script>&"), "&lt;script&gt;&amp;");
    }

    proptest! {
        #[test]
        fn whatever_people_write_is_drawn_as_text(name in any::<String>(), amount in any::<i64>(), share in any::<i64>()) {
            let text = sanitize(&name);
            prop_assert!(text.chars().count() <= MAX_NAME_CHARS && !text.chars().any(char::is_control));
            prop_assert!(!escape(&name).contains(['<', '>']));
            prop_assert!(!short_amount(amount).is_empty() && !format_percent(share).is_empty());
        }
    }
}
