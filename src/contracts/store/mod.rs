//! All SQL of contracts and their invoices. Ordering, invoicing and payment lock the contract's row first.

mod contracts;
mod invoices;

pub use contracts::*;
pub use invoices::*;
