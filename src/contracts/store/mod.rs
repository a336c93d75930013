//! All SQL of contracts and their invoices. Whoever orders under a contract, asks for money by it or takes some holds its
//! row first.

mod contracts;
mod invoices;

pub use contracts::*;
pub use invoices::*;
