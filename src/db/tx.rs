//! An open transaction.

use std::ops::{Deref, DerefMut};

use diesel::Connection;
use diesel::connection::TransactionManager;

use super::{Conn, Error};
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

    /// Does a part of the work in a savepoint: when it fails nothing of it stays, and the transaction can go on. Errors
    /// that call for another try of the whole transaction are to be handed on.
    pub fn within<T, E: From<Error>>(&mut self, part: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        type Manager = <Conn as Connection>::TransactionManager;
        Manager::begin_transaction(self.conn).map_err(Error::from)?;
        let outcome = part(&mut Tx::new(self.conn, self.entropy));
        let ended = match outcome {
            Ok(_) => Manager::commit_transaction(self.conn),
            Err(_) => Manager::rollback_transaction(self.conn),
        };
        ended.map_err(Error::from)?;
        outcome
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
