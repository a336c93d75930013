//! Sending what waits in the outbox.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::mailer::{Mailer, Sending};
use super::store::{self, Outgoing};
use crate::db::{self, Db, Tx};
use crate::kernel::ids::MailId;
use crate::kernel::{Duration, Entropy, Instant};

/// After how long a letter that cannot be delivered is given up.
const PATIENCE: Duration = Duration::days(3);

/// A letter that is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Which letter.
    pub id: MailId,
    /// What kind of letter.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i32,
}

/// Told of each letter that is given up, in the transaction that gives it up.
pub type OnDead = fn(&mut Tx<'_>, Instant, &DeadLetter) -> db::Result<()>;

/// Why nothing was delivered.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The mail server cannot be reached, or refuses us; letters wait.
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Sends a part of what waits, and tells how many letters were settled, one way or another. It blocks.
///
/// Each letter is claimed under a committed lease, sent, and marked: two instances never send the same one, and one
/// that dies between sending and marking sends a second copy with the same Message-ID. What stays on this machine is
/// marked together, in one transaction instead of one for each letter.
pub fn deliver(db: &Db, now: Instant, mailer: &Mailer, on_dead: OnDead) -> Result<usize, DeliveryError> {
    if mailer.is_resting(now) || !db.read_blocking::<_, db::Error>(|conn| store::is_one_due(conn, now))? {
        return Ok(0);
    }
    if let Err(error) = mailer.knock(now) {
        give_up_the_oldest(db, now, on_dead, &error)?;
        return Err(DeliveryError::Unreachable(error));
    }
    let at_most = mailer.batch();
    let letters = db.write_blocking::<_, db::Error, _>(move |tx| store::claim(tx, now, at_most))?;
    if mailer.is_local() {
        // Nobody is waited for: one by one, and marked together.
        let mut left = Vec::new();
        for letter in &letters {
            match sent(mailer, letter) {
                Sending::Sent => left.push((letter.id, letter.attempt)),
                sending => settle(db, now, letter, sending, on_dead)?,
            }
        }
        db.write_blocking::<_, db::Error, _>(move |tx| {
            left.iter().try_for_each(|(id, attempt)| store::sent(tx, now, *id, *attempt).map(drop))
        })?;
    } else {
        std::thread::scope(|scope| {
            let settle = |letter| settle(db, now, letter, sent(mailer, letter), on_dead);
            let sendings: Vec<_> = letters.iter().map(|letter| scope.spawn(move || settle(letter))).collect();
            sendings.into_iter().try_for_each(|sending| sending.join().unwrap_or_else(|panic| resume_unwind(panic)))
        })?;
    }
    Ok(letters.len())
}

/// Sends a letter. One that breaks what composes it harms no other, and is not tried again.
fn sent(mailer: &Mailer, letter: &Outgoing) -> Sending {
    catch_unwind(AssertUnwindSafe(|| mailer.send(letter)))
        .unwrap_or_else(|_| Sending::Never("composing it panicked".into()))
}

/// Notes how it went.
fn settle(db: &Db, now: Instant, letter: &Outgoing, sending: Sending, on_dead: OnDead) -> Result<(), db::Error> {
    let (id, attempt) = (letter.id, letter.attempt);
    let old = now.since(letter.created_at) >= PATIENCE;
    let (error, dead) = match sending {
        Sending::Sent => {
            tracing::debug!(mail = %id, kind = letter.kind, "a letter has left");
            db.write_blocking::<_, db::Error, _>(move |tx| store::sent(tx, now, id, attempt))?;
            return Ok(());
        }
        Sending::Later(error) => (error, old),
        Sending::Never(error) => (error, true),
    };
    if dead {
        let dead = DeadLetter { id, kind: letter.kind.clone(), attempts: attempt };
        return give_up(db, now, dead, error, on_dead);
    }
    tracing::warn!(mail = %id, kind = letter.kind, attempt, error, "a letter waits");
    let again = now.after(rest(attempt, db.entropy()));
    db.write_blocking::<_, db::Error, _>(move |tx| store::put_back(tx, id, attempt, again, &error))?;
    Ok(())
}

fn give_up(db: &Db, now: Instant, dead: DeadLetter, error: String, on_dead: OnDead) -> Result<(), db::Error> {
    tracing::error!(mail = %dead.id, kind = dead.kind, attempts = dead.attempts, error, "a letter is given up");
    db.write_blocking::<_, db::Error, _>(move |tx| {
        if store::give_up(tx, now, dead.id, dead.attempts, &error)? {
            on_dead(tx, now, &dead)?;
        }
        Ok(())
    })
}

/// While the server is away nothing is tried, but patience ends all the same.
fn give_up_the_oldest(db: &Db, now: Instant, on_dead: OnDead, error: &str) -> Result<(), db::Error> {
    let before = now.before(PATIENCE);
    for (id, kind, attempts) in db.read_blocking::<_, db::Error>(|conn| store::waiting_since(conn, now, before))? {
        give_up(db, now, DeadLetter { id, kind, attempts }, error.to_owned(), on_dead)?;
    }
    Ok(())
}

/// How long a letter rests after its nth failed try: a minute, doubling, at most six hours; a fifth more or less, so
/// that letters refused together do not come back together.
fn rest(attempts: i32, entropy: &Entropy) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(12);
    let seconds = 60_i64.saturating_mul(1_i64 << doublings).min(6 * 3600);
    let chance = i64::from(u16::from_be_bytes(entropy.bytes()));
    let percent = 80_i64.saturating_add(chance % 41);
    Duration::milliseconds(seconds.saturating_mul(10).saturating_mul(percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_rest_from_a_minute_to_six_hours_a_fifth_more_or_less() {
        let entropy = Entropy::seeded(7);
        for (attempts, seconds) in [(1, 60), (2, 120), (3, 240), (9, 15_360), (10, 21_600), (90, 21_600)] {
            for _ in 0..200 {
                let rest = rest(attempts, &entropy);
                assert!(rest >= Duration::milliseconds(seconds * 800), "{rest}");
                assert!(rest <= Duration::milliseconds(seconds * 1200), "{rest}");
            }
        }
    }
}
