//! The school's contract: agreed prices, called off by a standing order, paid by a monthly invoice.

use super::live::{Act, Today, broken, later};
use super::market::CONTRACTED_FOR;
use crate::contracts::{self, Buyer, ContractAction, NewContract};
use crate::cooperatives::Roles;
use crate::db::Tx;
use crate::kernel::ids::{ContractId, InvoiceId};
use crate::kernel::{Instant, Rupiah, Weekdays};
use crate::payments::Method;
use crate::web::Problem;

/// What the school pays for a pastel, in rupiah.
const PRICE: i64 = 2_300;
/// What the school may have open, in rupiah.
const LIMIT: i64 = 5_000_000;
/// How many days after an invoice it pays.
const PAYS_AFTER: i64 = 9;

impl Today<'_> {
    /// The board draws the contract of the first buyer up for the first product, and the buyer accepts it.
    pub(super) fn agree(&self, tx: &mut Tx<'_>, weekdays: Weekdays) -> Result<Option<ContractId>, Problem> {
        let now = self.at(5 * 60);
        let (shop, _, _) = self.shop(0)?;
        let (Some(buyer), Some(product)) = (self.world.buyers.first(), shop.products.first()) else { return Ok(None) };
        let drawing = NewContract {
            id: tx.id(now),
            buyer: Buyer::Account(buyer.account),
            starts_on: self.day,
            ends_on: later(self.until, CONTRACTED_FOR),
            weekdays,
            lines: vec![(*product, Rupiah(PRICE))],
            credit_limit: Rupiah(LIMIT),
            term_days: 14,
            note: Some("Kantin sekolah".into()),
        };
        let (contract, _) = contracts::propose(tx, now, &self.world.board(), &drawing).map_err(broken)?;
        let roles = Roles::of(tx, buyer.account)?;
        contracts::step(tx, now, &roles, contract.id, ContractAction::Accept, None).map_err(broken)?;
        Ok(Some(contract.id))
    }

    /// An invoice has come: it is paid in time.
    pub(super) fn owe(&mut self, invoice: InvoiceId) {
        self.note(later(self.day, PAYS_AFTER), 10 * 60, Act::PayInvoice { invoice });
    }

    /// The treasurer finds the transfer for an invoice, whatever of it is left to pay.
    pub(super) fn pay(&self, tx: &mut Tx<'_>, now: Instant, id: InvoiceId) -> Result<(), Problem> {
        let Some(invoice) = contracts::find_invoice(tx, id)? else { return Ok(()) };
        let open = contracts::open_of(tx, &invoice).map_err(broken)?;
        if open > Rupiah::ZERO {
            contracts::pay(tx, now, &self.world.treasurer(), id, Method::Transfer, open).map_err(broken)?;
        }
        Ok(())
    }
}
