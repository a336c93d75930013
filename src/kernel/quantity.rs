//! Quantities: fixed-point decimals in thousandths of a product's unit, parsed from text and never through a float.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Rupiah;
use super::money::AmountError;
use super::split::divide_rounding;

/// A quantity in the product's unit: a decimal with at most three places, stored in thousandths. Parsed ones are from zero
/// to [`Quantity::MAX`]; a difference may be negative.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, AsExpression, FromSqlRow, utoipa::ToSchema,
)]
#[diesel(sql_type = BigInt)]
#[schema(value_type = f64, minimum = 0, maximum = 1_000_000, example = 30)]
pub struct Quantity(i64);

/// Why a text is not a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a plain decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// More than three decimal places.
    #[error("more than three decimal places")]
    TooManyDecimals,
    /// Below zero or above a million.
    #[error("outside 0 to 1000000")]
    OutOfBounds,
}

impl QuantityError {
    /// All variants.
    pub const ALL: [QuantityError; 3] =
        [QuantityError::NotANumber, QuantityError::TooManyDecimals, QuantityError::OutOfBounds];
}

impl Quantity {
    /// Zero.
    pub const ZERO: Quantity = Quantity(0);
    /// The largest quantity: a million units.
    pub const MAX: Quantity = Quantity(1_000_000_000);

    /// A quantity of whole units.
    pub const fn from_units(units: i64) -> Self {
        Quantity(units.saturating_mul(1000))
    }

    /// A quantity from thousandths of a unit.
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Quantity(thousandths)
    }

    /// The quantity in thousandths of a unit.
    pub const fn as_thousandths(self) -> i64 {
        self.0
    }

    /// Whether it is greater than zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The sum; saturates far beyond [`Quantity::MAX`].
    #[must_use]
    pub const fn plus(self, other: Quantity) -> Quantity {
        Quantity(self.0.saturating_add(other.0))
    }

    /// The difference, which may be negative.
    #[must_use]
    pub const fn minus(self, other: Quantity) -> Quantity {
        Quantity(self.0.saturating_sub(other.0))
    }

    /// Whether this is a multiple of `step`. Everything is a multiple of zero.
    pub const fn is_multiple_of(self, step: Quantity) -> bool {
        match self.0.checked_rem(step.0) {
            Some(rest) => rest == 0,
            None => true,
        }
    }

    /// The next multiple of `step`; unchanged for a step of zero.
    #[must_use]
    pub const fn round_up_to(self, step: Quantity) -> Quantity {
        match self.0.checked_rem(step.0) {
            Some(rest) if rest != 0 => Quantity(self.0.saturating_add(step.0.saturating_sub(rest))),
            _ => self,
        }
    }

    /// The price of this quantity at a unit price, rounded half up to whole rupiah; an error beyond [`Rupiah::MAX_LINE`].
    pub fn total_at(self, unit_price: Rupiah) -> Result<Rupiah, AmountError> {
        let product = i128::from(self.0).saturating_mul(i128::from(unit_price.0));
        let rounded = i64::try_from(divide_rounding(product, 1000)).map_err(|_| AmountError)?;
        if rounded.abs() <= Rupiah::MAX_LINE.0 { Ok(Rupiah(rounded)) } else { Err(AmountError) }
    }

    /// The sum.
    pub fn sum(quantities: impl IntoIterator<Item = Quantity>) -> Quantity {
        quantities.into_iter().fold(Quantity::ZERO, Quantity::plus)
    }
}

impl std::str::FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if text.starts_with('-') && plain(&whole.replacen('-', "", 1)) && plain(fraction) {
            return Err(QuantityError::OutOfBounds);
        }
        if whole.is_empty() || !plain(whole) || !plain(fraction) || text.ends_with('.') {
            return Err(QuantityError::NotANumber);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 3 {
            return Err(QuantityError::TooManyDecimals);
        }
        let whole: i64 = whole.parse().map_err(|_| QuantityError::OutOfBounds)?;
        let fraction: i64 = format!("{fraction:0<3}").parse().map_err(|_| QuantityError::NotANumber)?;
        whole
            .checked_mul(1000)
            .and_then(|thousandths| thousandths.checked_add(fraction))
            .map(Quantity)
            .filter(|quantity| *quantity <= Quantity::MAX)
            .ok_or(QuantityError::OutOfBounds)
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (self.0.unsigned_abs().wrapping_div(1000), self.0.unsigned_abs().wrapping_rem(1000));
        let text = format!("{sign}{whole}.{fraction:03}");
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error;
        self.to_string().parse::<serde_json::Number>().map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        number.as_str().parse().map_err(serde::de::Error::custom)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Quantity
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Quantity
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(bytes).map(Quantity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantities_are_parsed_from_text() {
        assert_eq!("1.5".parse(), Ok(Quantity(1500)));
        assert_eq!("30".parse(), Ok(Quantity::from_units(30)));
        assert_eq!("0.001".parse(), Ok(Quantity(1)));
        assert_eq!("2.5000".parse(), Ok(Quantity(2500)));
        assert_eq!("1.0005".parse::<Quantity>(), Err(QuantityError::TooManyDecimals));
        assert_eq!("-1".parse::<Quantity>(), Err(QuantityError::OutOfBounds));
        assert_eq!("1000001".parse::<Quantity>(), Err(QuantityError::OutOfBounds));
        for odd in ["", ".5", "5.", "1e3", "NaN", "--1", "1,5", "+5"] {
            assert_eq!(odd.parse::<Quantity>(), Err(QuantityError::NotANumber), "{odd}");
        }
    }

    #[test]
    fn rounding_up_goes_to_the_next_step_and_no_further() {
        let (step, half) = (Quantity::from_units(5), Quantity::from_thousandths(500));
        assert_eq!(Quantity::from_units(10).round_up_to(step), Quantity::from_units(10));
        assert_eq!(Quantity::from_thousandths(10_001).round_up_to(step), Quantity::from_units(15));
        assert_eq!(Quantity::from_thousandths(10_001).round_up_to(half), Quantity::from_thousandths(10_500));
        assert_eq!(Quantity::from_units(7).round_up_to(Quantity::ZERO), Quantity::from_units(7));
    }

    #[test]
    fn json_numbers_never_pass_through_a_float() {
        let quantity: Quantity = serde_json::from_str("0.3").unwrap();
        assert_eq!(quantity, Quantity(300));
        assert_eq!(serde_json::to_string(&Quantity(1500)).unwrap(), "1.5");
        assert!(serde_json::from_str::<Quantity>("\"1.5\"").is_err());
        assert!(serde_json::from_str::<Quantity>("1.00050").is_err());
    }

    proptest! {
        #[test]
        fn text_and_json_round_trip(thousandths in 0..=1_000_000_000_i64) {
            let quantity = Quantity(thousandths);
            prop_assert_eq!(quantity.to_string().parse(), Ok(quantity));
            let json = serde_json::to_string(&quantity).unwrap();
            prop_assert_eq!(serde_json::from_str::<Quantity>(&json).unwrap(), quantity);
        }

        #[test]
        fn costs_are_exact_to_half_a_rupiah(
            thousandths in 0..=1_000_000_000_i64, price in 0..=1_000_000_i64,
        ) {
            let exact = i128::from(thousandths) * i128::from(price);
            let cost = i128::from(Quantity(thousandths).total_at(Rupiah(price)).unwrap().0);
            prop_assert!((cost * 1000 - exact).abs() <= 500);
            if thousandths % 1000 == 0 {
                prop_assert_eq!(cost * 1000, exact);
            }
        }
    }
}
