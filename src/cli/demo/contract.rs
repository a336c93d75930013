//! The school's contract: agreed prices, orders by a standing order, monthly invoices.

use super::market::CONTRACT_DAYS;
use super::today::{Act, Today, broken, later};
use crate::contracts::{self, Buyer, ContractAction, NewContract};
use crate::cooperatives::Roles;
use crate::db::Tx;
use crate::kernel::ids::{ContractId, InvoiceId};
use crate::kernel::{Instant, Rupiah, Weekdays};
use crate::payments::Method;
use crate::web::Problem;

/// The agreed price of a pastel, in rupiah.
const PRICE: i64 = 2_300;

/// The credit limit, in rupiah.
const LIMIT: i64 = 5_000_000;

/// The number of days after which the school pays an invoice.
const PAYMENT_DELAY_DAYS: i64 = 9;

impl Today<'_> {
    /// The board proposes a contract with the first buyer for the first product, and the buyer accepts it.
    pub(super) fn agree(&self, tx: &mut Tx<'_>, weekdays: Weekdays) -> Result<Option<ContractId>, Problem> {
        let now = self.at(5 * 60);
        let (shop, _, _) = self.shop(0)?;
        let (Some(buyer), Some(product)) = (self.world.buyers.first(), shop.products.first()) else { return Ok(None) };
        let new_contract = NewContract {
            id: tx.id(now),
            buyer: Buyer::Account(buyer.account),
            starts_on: self.day,
            ends_on: later(self.until, CONTRACT_DAYS),
            weekdays,
            lines: vec![(*product, Rupiah(PRICE))],
            credit_limit: Rupiah(LIMIT),
            term_days: 14,
            note: Some("Kantin sekolah".into()),
        };
        let (contract, _) = contracts::propose(tx, now, &self.world.board(), &new_contract).map_err(broken)?;
        let roles = Roles::load(tx, buyer.account)?;
        contracts::transition(tx, now, &roles, contract.id, ContractAction::Accept, None).map_err(broken)?;
        Ok(Some(contract.id))
    }

    /// Schedules the payment of an invoice, before it is due.
    pub(super) fn schedule_invoice_payment(&mut self, invoice: InvoiceId) {
        self.schedule(later(self.day, PAYMENT_DELAY_DAYS), 10 * 60, Act::PayInvoice { invoice });
    }

    /// The treasurer records a transfer of the open amount of an invoice.
    pub(super) fn pay(&self, tx: &mut Tx<'_>, now: Instant, id: InvoiceId) -> Result<(), Problem> {
        let Some(invoice) = contracts::find_invoice(tx, id)? else { return Ok(()) };
        let open = contracts::compute_open_amount(tx, &invoice).map_err(broken)?;
        if open > Rupiah::ZERO {
            contracts::record_payment(tx, now, &self.world.treasurer(), id, Method::Transfer, open).map_err(broken)?;
        }
        Ok(())
    }
}
