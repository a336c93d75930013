//! The only source of the current time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::Instant;

/// The system clock, or a manual one for tests and the demo.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system clock.
    System,
    /// A clock that changes only when it is set; microseconds since the epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A manual clock at this time.
    pub fn fixed_at(now: Instant) -> Self {
        Clock::Manual(Arc::new(AtomicI64::new(now.micros())))
    }

    /// The current time.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the machine's clock")]
    pub fn now(&self) -> Instant {
        match self {
            Clock::System => Instant::from_utc(chrono::Utc::now()),
            Clock::Manual(micros) => Instant::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Sets a manual clock; no effect on the system clock.
    pub fn set(&self, now: Instant) {
        if let Clock::Manual(micros) = self {
            micros.store(now.micros(), Ordering::SeqCst);
        }
    }

    /// Advances a manual clock; no effect on the system clock.
    pub fn advance(&self, by: chrono::Duration) {
        self.set(self.now().after(by));
    }
}
