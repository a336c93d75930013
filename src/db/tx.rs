//! Open transactions.

use std::ops::{Deref, DerefMut};

use diesel::Connection;
use diesel::connection::TransactionManager;

use super::{Conn, Error};
use crate::kernel::ids::Id;
use crate::kernel::{Entropy, Instant};

/// An open write transaction. It dereferences to [`Conn`].
pub struct Tx<'a> {
    conn: &'a mut Conn,
    entropy: &'a Entropy,
}

impl<'a> Tx<'a> {
    pub(super) fn new(conn: &'a mut Conn, entropy: &'a Entropy) -> Self {
        Tx { conn, entropy }
    }

    /// A new id with this timestamp.
    pub fn id<T: Id>(&self, now: Instant) -> T {
        self.entropy.id(now)
    }

    /// Runs `work` in a savepoint: an error rolls back only the savepoint. Errors for which the whole transaction is
    /// retried must be propagated by the caller.
    pub fn savepoint<T, E: From<Error>>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        type Manager = <Conn as Connection>::TransactionManager;
        Manager::begin_transaction(self.conn).map_err(Error::from)?;
        let outcome = work(&mut Tx::new(self.conn, self.entropy));
        let ended = match outcome {
            Ok(_) => Manager::commit_transaction(self.conn),
            Err(_) => Manager::rollback_transaction(self.conn),
        };
        ended.map_err(Error::from)?;
        outcome
    }

    /// The source of random bytes.
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
