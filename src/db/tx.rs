//! An open transaction.

use std::ops::{Deref, DerefMut};

use super::Conn;
use crate::kernel::ids::Id;
use crate::kernel::{Entropy, Instant};

/// An open transaction: the only thing that verbs write through. It reads as a [`Conn`] does.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    entropy: &'a Entropy,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn, entropy: &'a Entropy) -> Self {
        Tx { conn, entropy }
    }

    /// A new id made at this moment.
    pub fn id<T: Id>(&self, now: Instant) -> T {
        self.entropy.id(now)
    }

    /// The source of secrets.
    pub fn entropy(&self) -> &'a Entropy {
        self.entropy
    }
}

impl Deref for Tx<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn
    }
}
