//! The one source of the present moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::Instant;

/// Tells the time: the machine's, or a driven one for tests and the demo.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is moved; microseconds since the epoch.
    Driven(Arc<AtomicI64>),
}

impl Clock {
    /// A clock standing at this moment.
    pub fn standing_at(now: Instant) -> Self {
        Clock::Driven(Arc::new(AtomicI64::new(now.micros())))
    }

    /// The present moment.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the machine's clock")]
    pub fn now(&self) -> Instant {
        match self {
            Clock::System => Instant::from_utc(chrono::Utc::now()),
            Clock::Driven(micros) => Instant::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a driven clock to this moment; the machine's clock cannot be moved and stays.
    pub fn set(&self, now: Instant) {
        if let Clock::Driven(micros) = self {
            micros.store(now.micros(), Ordering::SeqCst);
        }
    }

    /// Moves a driven clock forward.
    pub fn advance(&self, by: chrono::Duration) {
        self.set(self.now().after(by));
    }
}
