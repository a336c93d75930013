//! Delivery of the letters in the outbox.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::mailer::{Mailer, SendOutcome};
use super::store::{self, OutgoingLetter};
use crate::db::{self, Db, Tx};
use crate::kernel::ids::MailId;
use crate::kernel::{Duration, Entropy, Instant};

/// How long delivery of a letter is retried before it is given up.
const MAX_DELIVERY_AGE: Duration = Duration::days(3);

/// An undeliverable letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The letter's id.
    pub id: MailId,
    /// The letter's kind.
    pub kind: String,
    /// The number of attempts.
    pub attempts: i32,
}

/// Called for each dead letter, in the transaction that gives it up.
pub type DeadLetterHandler = fn(&mut Tx<'_>, Instant, &DeadLetter) -> db::Result<()>;

/// Why no letter was delivered.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The mail server cannot be reached or rejects our login; letters stay queued.
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Delivers due letters, at most `Mailer::batch_size` per call, and returns their number. Blocks.
///
/// Each letter is claimed under a committed lease, sent, and marked: two instances never send the same one, and after a
/// crash between sending and marking a second copy has the same Message-ID. Letters for local transports are marked in
/// one transaction.
pub fn deliver(db: &Db, now: Instant, mailer: &Mailer, on_dead: DeadLetterHandler) -> Result<usize, DeliveryError> {
    if mailer.is_backing_off(now) || !db.read_blocking::<_, db::Error>(|conn| store::has_due_letter(conn, now))? {
        return Ok(0);
    }
    if let Err(error) = mailer.check_connection(now) {
        give_up_expired(db, now, on_dead, &error)?;
        return Err(DeliveryError::Unreachable(error));
    }
    let limit = mailer.batch_size();
    let letters = db.write_blocking::<_, db::Error, _>(move |tx| store::claim(tx, now, limit))?;
    if mailer.is_local() {
        // Local transports are fast: letters are sent one by one and marked together.
        let mut sent = Vec::new();
        for letter in &letters {
            match send_letter(mailer, letter) {
                SendOutcome::Sent => sent.push((letter.id, letter.attempt)),
                outcome => record_outcome(db, now, letter, outcome, on_dead)?,
            }
        }
        db.write_blocking::<_, db::Error, _>(move |tx| {
            sent.iter().try_for_each(|(id, attempt)| store::mark_sent(tx, now, *id, *attempt).map(drop))
        })?;
    } else {
        std::thread::scope(|scope| {
            let deliver_one = |letter| record_outcome(db, now, letter, send_letter(mailer, letter), on_dead);
            let threads: Vec<_> = letters.iter().map(|letter| scope.spawn(move || deliver_one(letter))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
        })?;
    }
    Ok(letters.len())
}

/// Sends a letter. A panic affects only this letter, which is not retried.
fn send_letter(mailer: &Mailer, letter: &OutgoingLetter) -> SendOutcome {
    catch_unwind(AssertUnwindSafe(|| mailer.send(letter)))
        .unwrap_or_else(|_| SendOutcome::Permanent("composing it panicked".into()))
}

fn record_outcome(
    db: &Db,
    now: Instant,
    letter: &OutgoingLetter,
    outcome: SendOutcome,
    on_dead: DeadLetterHandler,
) -> Result<(), db::Error> {
    let (id, attempt) = (letter.id, letter.attempt);
    let is_expired = now.since(letter.created_at) >= MAX_DELIVERY_AGE;
    let (error, is_dead) = match outcome {
        SendOutcome::Sent => {
            tracing::debug!(mail = %id, kind = letter.kind, "a letter was sent");
            db.write_blocking::<_, db::Error, _>(move |tx| store::mark_sent(tx, now, id, attempt))?;
            return Ok(());
        }
        SendOutcome::Temporary(error) => (error, is_expired),
        SendOutcome::Permanent(error) => (error, true),
    };
    if is_dead {
        let dead = DeadLetter { id, kind: letter.kind.clone(), attempts: attempt };
        return give_up(db, now, dead, error, on_dead);
    }
    tracing::warn!(mail = %id, kind = letter.kind, attempt, error, "a letter will be retried");
    let retry_at = now.after(retry_delay(attempt, db.entropy()));
    db.write_blocking::<_, db::Error, _>(move |tx| store::schedule_retry(tx, id, attempt, retry_at, &error))?;
    Ok(())
}

fn give_up(
    db: &Db,
    now: Instant,
    dead: DeadLetter,
    error: String,
    on_dead: DeadLetterHandler,
) -> Result<(), db::Error> {
    tracing::error!(mail = %dead.id, kind = dead.kind, attempts = dead.attempts, error, "a letter is given up");
    db.write_blocking::<_, db::Error, _>(move |tx| {
        if store::give_up(tx, now, dead.id, dead.attempts, &error)? {
            on_dead(tx, now, &dead)?;
        }
        Ok(())
    })
}

/// Gives up letters beyond the maximum age also while the server is unreachable, when nothing is sent.
fn give_up_expired(db: &Db, now: Instant, on_dead: DeadLetterHandler, error: &str) -> Result<(), db::Error> {
    let before = now.before(MAX_DELIVERY_AGE);
    for (id, kind, attempts) in
        db.read_blocking::<_, db::Error>(|conn| store::list_pending_created_before(conn, now, before))?
    {
        give_up(db, now, DeadLetter { id, kind, attempts }, error.to_owned(), on_dead)?;
    }
    Ok(())
}

/// The delay after the nth failed attempt: a minute, doubling up to six hours, with 20 percent jitter, so that letters
/// that were rejected together are not retried together.
fn retry_delay(attempts: i32, entropy: &Entropy) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(12);
    let seconds = 60_i64.saturating_mul(1_i64 << doublings).min(6 * 3600);
    let random = i64::from(u16::from_be_bytes(entropy.bytes()));
    let percent = 80_i64.saturating_add(random % 41);
    Duration::milliseconds(seconds.saturating_mul(10).saturating_mul(percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_from_a_minute_to_six_hours_with_jitter() {
        let entropy = Entropy::seeded(7);
        for (attempts, seconds) in [(1, 60), (2, 120), (3, 240), (9, 15_360), (10, 21_600), (90, 21_600)] {
            for _ in 0..200 {
                let delay = retry_delay(attempts, &entropy);
                assert!(delay >= Duration::milliseconds(seconds * 800), "{delay}");
                assert!(delay <= Duration::milliseconds(seconds * 1200), "{delay}");
            }
        }
    }
}
