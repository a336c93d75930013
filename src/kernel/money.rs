//! Money in whole rupiah, without floats.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;
use serde::{Deserialize, Serialize};

/// Whole rupiah. Arithmetic is checked and never wraps.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
    utoipa::ToSchema,
)]
#[serde(transparent)]
#[diesel(sql_type = BigInt)]
#[schema(value_type = i64, minimum = 0, maximum = 9_000_000_000_000_000_i64, example = 2500)]
pub struct Rupiah(pub i64);

/// An amount is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount is out of bounds")]
pub struct AmountError;

impl Rupiah {
    /// Zero.
    pub const ZERO: Rupiah = Rupiah(0);
    /// The largest total of a line: a trillion rupiah.
    pub const MAX_LINE: Rupiah = Rupiah(1_000_000_000_000);
    /// The largest sum.
    pub const MAX_SUM: Rupiah = Rupiah(9_000_000_000_000_000);

    /// The sum; an error beyond [`Rupiah::MAX_SUM`].
    pub fn plus(self, other: Rupiah) -> Result<Rupiah, AmountError> {
        self.0.checked_add(other.0).map(Rupiah).filter(|sum| sum.0.abs() <= Self::MAX_SUM.0).ok_or(AmountError)
    }

    /// The difference, which may be negative; an error beyond [`Rupiah::MAX_SUM`].
    pub fn minus(self, other: Rupiah) -> Result<Rupiah, AmountError> {
        self.plus(other.negated())
    }

    /// The amount with the opposite sign.
    #[must_use]
    pub fn negated(self) -> Rupiah {
        Rupiah(self.0.saturating_neg())
    }

    /// A percentage of the amount, rounded half away from zero to whole rupiah.
    pub fn percent(self, percent: u8) -> Rupiah {
        let scaled = i128::from(self.0).saturating_mul(i128::from(percent));
        Rupiah(i64::try_from(super::split::divide_rounding(scaled, 100)).unwrap_or(Self::MAX_SUM.0))
    }

    /// The sum; an error beyond [`Rupiah::MAX_SUM`].
    pub fn sum(amounts: impl IntoIterator<Item = Rupiah>) -> Result<Rupiah, AmountError> {
        amounts.into_iter().try_fold(Rupiah::ZERO, Rupiah::plus)
    }
}

/// Formats as `Rp15.000`.
impl std::fmt::Display for Rupiah {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}Rp")?;
        for (position, digit) in digits.chars().enumerate() {
            let left = digits.len().saturating_sub(position);
            if position > 0 && left.is_multiple_of(3) {
                f.write_str(".")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Rupiah
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Rupiah
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Rupiah)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rupiah_are_written_with_dots_between_thousands() {
        assert_eq!(Rupiah(0).to_string(), "Rp0");
        assert_eq!(Rupiah(950).to_string(), "Rp950");
        assert_eq!(Rupiah(15_000).to_string(), "Rp15.000");
        assert_eq!(Rupiah(-1_250_000).to_string(), "-Rp1.250.000");
    }

    #[test]
    fn a_sum_out_of_bounds_is_an_error() {
        assert_eq!(Rupiah::MAX_SUM.plus(Rupiah(1)), Err(AmountError));
        assert_eq!(Rupiah(i64::MAX).plus(Rupiah(i64::MAX)), Err(AmountError));
    }

    #[test]
    fn a_percentage_is_rounded_half_up() {
        assert_eq!(Rupiah(125).percent(30), Rupiah(38));
        assert_eq!(Rupiah(125_000).percent(10), Rupiah(12_500));
    }

    proptest! {
        /// No other whole number of rupiah is nearer, and a tie is rounded away from zero.
        #[test]
        fn a_percentage_is_the_nearest_rupiah(amount in -Rupiah::MAX_SUM.0..=Rupiah::MAX_SUM.0, percent in 0..=100_u8) {
            let part = i128::from(Rupiah(amount).percent(percent).0);
            let exact_in_hundredths = i128::from(amount) * i128::from(percent);
            let off = part * 100 - exact_in_hundredths;
            prop_assert!(off.abs() <= 50, "{part} is {off} hundredths off");
            prop_assert!(off.abs() < 50 || part.abs() * 100 > exact_in_hundredths.abs(), "a tie goes away from zero");
            prop_assert_eq!(Rupiah(-amount).percent(percent), Rupiah(amount).percent(percent).negated());
            prop_assert!(part.abs() <= i128::from(amount).abs());
        }

        /// The result is monotonic; 0 and 100 percent are exact.
        #[test]
        fn percentages_are_monotonic(amount in 0..=Rupiah::MAX_LINE.0, percent in 0..100_u8) {
            prop_assert!(Rupiah(amount).percent(percent) <= Rupiah(amount).percent(percent + 1));
            prop_assert_eq!(Rupiah(amount).percent(100), Rupiah(amount));
            prop_assert_eq!(Rupiah(amount).percent(0), Rupiah::ZERO);
        }
    }
}
