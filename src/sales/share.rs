//! Shares, in basis points: hundredths of a percent.

/// A part of a whole in basis points, rounded down; `None` if the whole is not above zero.
pub fn basis_points(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    let points = i128::from(part).saturating_mul(10_000).div_euclid(i128::from(whole));
    i64::try_from(points).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_down_and_nothing_has_none() {
        assert_eq!((basis_points(1, 0), basis_points(1, 3), basis_points(3, 3)), (None, Some(3_333), Some(10_000)));
    }
}
