//! Words and numbers in pictures: short, and nothing that could be more than text.

use crate::kernel::Rupiah;

/// The most letters of a name in a picture.
const LONGEST: usize = 48;

/// A name as it is drawn: no control letters, none that turn the direction of what follows, and not too long.
pub(super) fn clean(name: &str) -> String {
    let is_drawn = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            && !matches!(letter, '\u{feff}' | '\u{fff0}'..='\u{ffff}')
    };
    let spaced = |letter: char| if letter.is_whitespace() { ' ' } else { letter };
    let text: String = name.chars().map(spaced).filter(is_drawn).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LONGEST {
        return text;
    }
    let short: String = text.chars().take(LONGEST.saturating_sub(1)).collect();
    format!("{}…", short.trim_end())
}

/// A number as it stands on an axis: `25.000`, `1,2 jt`, `3 M`.
pub(super) fn short(amount: i64) -> String {
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

/// A share in hundredths of a percent, as people read it: `45,6 %`.
pub(super) fn percent(share: i64) -> String {
    let tenths = share.saturating_add(5).div_euclid(10);
    format!("{},{} %", tenths.div_euclid(10), tenths.rem_euclid(10))
}

/// Text between two tags.
pub(super) fn escaped(text: &str) -> String {
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
            assert_eq!(short(amount), text);
        }
        assert_eq!([percent(4_556), percent(10_000), percent(0)], ["45,6 %", "100,0 %", "0,0 %"]);
    }

    #[test]
    fn a_name_is_one_short_line() {
        assert_eq!(clean("Pastel\u{0}\u{202e} sayur\n  pedas"), "Pastel sayur pedas");
        assert_eq!(clean(&"a".repeat(200)).chars().count(), LONGEST);
        assert_eq!(escaped("<script>&"), "&lt;script&gt;&amp;");
    }

    proptest! {
        #[test]
        fn whatever_people_write_is_drawn_as_text(name in any::<String>(), amount in any::<i64>(), share in any::<i64>()) {
            let text = clean(&name);
            prop_assert!(text.chars().count() <= LONGEST && !text.chars().any(char::is_control));
            prop_assert!(!escaped(&name).contains(['<', '>']));
            prop_assert!(!short(amount).is_empty() && !percent(share).is_empty());
        }
    }
}
