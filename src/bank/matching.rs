//! Which line is whose transfer: one to one, or nobody's for now.

use super::mapping::Read;
use crate::kernel::ids::PaymentId;
use crate::kernel::{Day, Duration, Rupiah};

/// A transfer that is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Awaited {
    /// The payment.
    pub(super) payment: PaymentId,
    /// What is to arrive, to the rupiah.
    pub(super) arrives: Rupiah,
    /// The business day on which it was announced.
    pub(super) since: Day,
    /// The number of its order.
    pub(super) number: String,
}

/// What a line is found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// This transfer, and no other; and no other line is it.
    Matched(PaymentId),
    /// It could be any of these, or another line could be it as well.
    Several(Vec<PaymentId>),
    /// No awaited transfer comes to that.
    None,
}

/// A transfer may be a day older on the bank's calendar, and arrive up to so many days after it was announced.
const WINDOW: (i64, i64) = (1, 30);

/// Finds for each line the transfer that it is. The amount must be the same and the day within the window; where several
/// fit, the number of the order in the bank's words decides. A transfer that two lines could be is neither's. The outcome
/// does not depend on the order of either.
pub(super) fn match_lines(lines: &[Read], awaited: &[Awaited]) -> Vec<Outcome> {
    let candidates: Vec<Vec<&Awaited>> = lines.iter().map(|line| candidates(line, awaited)).collect();
    let claims = |payment: PaymentId| {
        candidates.iter().filter(|fit| matches!(fit.as_slice(), [one] if one.payment == payment)).count()
    };
    let outcome = |fit: &Vec<&Awaited>| {
        let mut payments: Vec<PaymentId> = fit.iter().map(|one| one.payment).collect();
        payments.sort_unstable();
        match payments.as_slice() {
            [] => Outcome::None,
            [one] if claims(*one) == 1 => Outcome::Matched(*one),
            _ => Outcome::Several(payments),
        }
    };
    candidates.iter().map(outcome).collect()
}

fn candidates<'a>(line: &Read, awaited: &'a [Awaited]) -> Vec<&'a Awaited> {
    let is_in_time = |one: &&Awaited| {
        let days = line.booked_on.signed_duration_since(one.since);
        days >= Duration::days(WINDOW.0.saturating_neg()) && days <= Duration::days(WINDOW.1)
    };
    let fit: Vec<&Awaited> = awaited.iter().filter(|one| one.arrives == line.amount).filter(is_in_time).collect();
    let words = bare(&line.description);
    let named: Vec<&Awaited> = fit.iter().copied().filter(|one| words.contains(&bare(&one.number))).collect();
    if named.len() == 1 { named } else { fit }
}

/// Letters and digits only: banks drop the rest.
fn bare(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entropy, Instant};
    use proptest::prelude::*;

    fn line(day: &str, amount: i64, description: &str) -> Read {
        Read { line: 1, booked_on: day.parse().unwrap(), amount: Rupiah(amount), description: description.into() }
    }

    fn awaited(since: &str, arrives: i64, number: &str) -> Awaited {
        Awaited {
            payment: Entropy::System.id(Instant::EPOCH),
            arrives: Rupiah(arrives),
            since: since.parse().unwrap(),
            number: number.into(),
        }
    }

    #[test]
    fn a_line_is_the_one_transfer_that_comes_to_it() {
        let one = awaited("2026-11-22", 146_644, "CIH-2611-0042");
        let other = awaited("2026-11-22", 146_645, "CIH-2611-0043");
        let outcome = match_lines(&[line("2026-11-23", 146_644, "TRF")], &[one.clone(), other]);
        assert_eq!(outcome, [Outcome::Matched(one.payment)]);
    }

    #[test]
    fn where_several_fit_the_number_of_the_order_decides() {
        let (one, other) =
            (awaited("2026-11-22", 50_000, "CIH-2611-0042"), awaited("2026-11-22", 50_000, "CIH-2611-0043"));
        let both = [one.clone(), other.clone()];
        let named = match_lines(&[line("2026-11-23", 50_000, "trf cih26110043 sari")], &both);
        assert_eq!(named, [Outcome::Matched(other.payment)]);
        let mut payments = vec![one.payment, other.payment];
        payments.sort_unstable();
        assert_eq!(match_lines(&[line("2026-11-23", 50_000, "TRF")], &both), [Outcome::Several(payments)]);
    }

    #[test]
    fn a_transfer_that_two_lines_could_be_is_neithers() {
        let one = awaited("2026-11-22", 50_000, "CIH-2611-0042");
        let twice = [line("2026-11-23", 50_000, "A"), line("2026-11-23", 50_000, "B")];
        let several = Outcome::Several(vec![one.payment]);
        assert_eq!(match_lines(&twice, &[one]), [several.clone(), several]);
    }

    #[test]
    fn what_arrived_long_before_or_long_after_is_another() {
        let one = awaited("2026-11-22", 50_000, "CIH-2611-0042");
        for (day, fits) in [("2026-11-20", false), ("2026-11-21", true), ("2026-12-22", true), ("2026-12-23", false)] {
            let outcome = match_lines(&[line(day, 50_000, "")], std::slice::from_ref(&one));
            assert_eq!(outcome == [Outcome::Matched(one.payment)], fits, "{day}");
        }
    }

    proptest! {
        /// No payment is matched twice, every match fits to the rupiah, and the order of the lines changes nothing.
        #[test]
        fn matches_are_one_to_one_and_do_not_depend_on_the_order(
            amounts in prop::collection::vec(1..12_i64, 0..20),
            arrives in prop::collection::vec(1..12_i64, 0..20),
            turn in 0..20_usize,
        ) {
            let lines: Vec<Read> = amounts.iter().map(|amount| line("2026-11-23", *amount, "")).collect();
            let awaited: Vec<Awaited> = arrives.iter().map(|amount| awaited("2026-11-23", *amount, "CIH-1")).collect();
            let outcomes = match_lines(&lines, &awaited);
            let mut seen = Vec::new();
            for (line, outcome) in lines.iter().zip(&outcomes) {
                if let Outcome::Matched(payment) = outcome {
                    prop_assert!(!seen.contains(payment));
                    seen.push(*payment);
                    let one = awaited.iter().find(|one| one.payment == *payment).unwrap();
                    prop_assert_eq!(one.arrives, line.amount);
                }
            }
            let (mut turned, mut expected) = (lines, outcomes);
            if !turned.is_empty() {
                let by = turn % turned.len();
                turned.rotate_left(by);
                expected.rotate_left(by);
            }
            prop_assert_eq!(match_lines(&turned, &awaited), expected);
        }
    }
}
