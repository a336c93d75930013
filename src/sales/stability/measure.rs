//! Dispersion of weekly figures, in whole numbers.

/// Dispersion of a series of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dispersion {
    /// The mean, rounded down.
    pub mean: i64,
    /// The standard deviation: the square root of the sample variance, rounded down.
    pub standard_deviation: i64,
    /// The coefficient of variation, in basis points, rounded down; `None` if the mean is not above zero.
    pub coefficient_of_variation: Option<i64>,
}

/// Measures the dispersion; `None` for fewer than two figures.
///
/// The sample variance is `(n Σx² − (Σx)²) / (n (n − 1))`, kept as a fraction of whole numbers until its root is taken,
/// without intermediate rounding. Figures up to 9·10^15, as many as a report has weeks, stay within 128 bits.
pub fn measure_dispersion(figures: &[i64]) -> Option<Dispersion> {
    let n = i128::try_from(figures.len()).ok().filter(|n| *n >= 2)?;
    let (mut sum, mut squares) = (0_i128, 0_i128);
    for figure in figures.iter().map(|figure| i128::from(*figure)) {
        sum = sum.checked_add(figure)?;
        squares = squares.checked_add(figure.checked_mul(figure)?)?;
    }
    let numerator = n.checked_mul(squares)?.checked_sub(sum.checked_mul(sum)?)?;
    let denominator = n.checked_mul(n.checked_sub(1)?)?;
    let variance = numerator.checked_div(denominator)?;
    let mean = sum.div_euclid(n);
    let deviation = variance.isqrt();
    // deviation / mean = sqrt(numerator · n / (n − 1)) / sum: scaled under the root, so that it is rounded once. Figures
    // whose scaled square has more than 128 bits are so large that the rounding of their root does not show.
    let variation = if sum > 0 {
        let root = match numerator.checked_mul(n.checked_mul(100_000_000)?) {
            Some(scaled) => scaled.checked_div(n.checked_sub(1)?)?.isqrt(),
            None => numerator.checked_mul(n)?.checked_div(n.checked_sub(1)?)?.isqrt().checked_mul(10_000)?,
        };
        Some(root.checked_div(sum)?)
    } else {
        None
    };
    Some(Dispersion {
        mean: i64::try_from(mean).ok()?,
        standard_deviation: i64::try_from(deviation).ok()?,
        coefficient_of_variation: variation.map(i64::try_from).transpose().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_worked_example() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sum of squared distances 32, sample variance 32/7.
        assert_eq!(
            measure_dispersion(&[2, 4, 4, 4, 5, 5, 7, 9]),
            Some(Dispersion { mean: 5, standard_deviation: 2, coefficient_of_variation: Some(4_276) })
        );
        let thousands = [2_000, 4_000, 4_000, 4_000, 5_000, 5_000, 7_000, 9_000];
        assert_eq!(
            measure_dispersion(&thousands),
            Some(Dispersion { mean: 5_000, standard_deviation: 2_138, coefficient_of_variation: Some(4_276) })
        );
        assert_eq!(
            measure_dispersion(&[100; 10]),
            Some(Dispersion { mean: 100, standard_deviation: 0, coefficient_of_variation: Some(0) })
        );
    }

    #[test]
    fn fewer_than_two_figures_have_no_dispersion() {
        assert_eq!((measure_dispersion(&[]), measure_dispersion(&[5])), (None, None));
        assert_eq!(
            measure_dispersion(&[0, 0]),
            Some(Dispersion { mean: 0, standard_deviation: 0, coefficient_of_variation: None })
        );
    }

    #[test]
    fn the_largest_figures_stay_within_bounds() {
        let max = 9_000_000_000_000_000_i64;
        let figures: Vec<i64> = (0..158).map(|week| if week % 2 == 0 { max } else { 0 }).collect();
        let dispersion = measure_dispersion(&figures).unwrap();
        assert_eq!(dispersion.mean, max / 2);
        assert!((10_000..10_100).contains(&dispersion.coefficient_of_variation.unwrap()));
    }

    proptest! {
        #[test]
        fn it_agrees_with_floating_point(figures in prop::collection::vec(0..50_000_000_i64, 2..160)) {
            let n = figures.len() as f64;
            let mean = figures.iter().sum::<i64>() as f64 / n;
            let variance = figures.iter().map(|x| (*x as f64 - mean).powi(2)).sum::<f64>() / (n - 1.0);
            let dispersion = measure_dispersion(&figures).unwrap();
            prop_assert!((dispersion.mean as f64 - mean).abs() <= 1.0);
            prop_assert!((dispersion.standard_deviation as f64 - variance.sqrt()).abs() <= 1.5, "{dispersion:?} {}", variance.sqrt());
            if let Some(variation) = dispersion.coefficient_of_variation.filter(|_| mean > 100_000.0) {
                prop_assert!((variation as f64 - variance.sqrt() / mean * 10_000.0).abs() <= 2.0);
            }
        }

        #[test]
        fn it_does_not_turn_on_the_order(figures in prop::collection::vec(0..50_000_000_i64, 2..60)) {
            let mut reversed = figures.clone();
            reversed.reverse();
            prop_assert_eq!(measure_dispersion(&figures), measure_dispersion(&reversed));
        }
    }
}
