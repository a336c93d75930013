//! Proposes contracts to regular buyers, by the board.

use super::contract::{Contract, ContractLine, ContractStatus};
use super::error::ContractError;
use super::events::{self, ContractEvent, contract_event};
use super::store;
use crate::accounts::{self, AccountStatus, Login};
use crate::catalogue::{self, ProductStatus};
use crate::cooperatives::{self, CooperativePermit};
use crate::db::Tx;
use crate::kernel::ids::{AccountId, ContractId, ProductId};
use crate::kernel::{Day, Duration, Instant, Rupiah, Weekdays};
use crate::web::{FieldError, FieldErrors, Rule};

/// Maximum number of products of a contract.
pub const MAX_LINES: usize = 50;
/// Maximum period, in days.
pub const MAX_PERIOD_DAYS: i64 = 366;
/// Maximum payment term, in days.
pub const MAX_TERM_DAYS: i64 = 90;
/// Maximum credit limit, in rupiah.
pub const MAX_CREDIT_LIMIT: i64 = 1_000_000_000;
/// Maximum price per unit, in rupiah.
pub const MAX_UNIT_PRICE: i64 = 100_000_000;

/// The buyer of a new contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Buyer {
    /// By account id.
    Account(AccountId),
    /// By the e-mail address or mobile number the account signs in with.
    Login(String),
}

impl Buyer {
    fn pointer(&self) -> &'static str {
        match self {
            Buyer::Account(_) => "/account",
            Buyer::Login(_) => "/contact",
        }
    }
}

/// A contract to propose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContract {
    /// Id of the contract to create.
    pub id: ContractId,
    /// The buyer.
    pub buyer: Buyer,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Day,
    /// Weekdays for which goods can be ordered.
    pub weekdays: Weekdays,
    /// Products with the agreed price per unit.
    pub lines: Vec<(ProductId, Rupiah)>,
    /// Credit limit in rupiah: maximum total of orders that are not paid.
    pub credit_limit: Rupiah,
    /// Payment term: days from the issue of an invoice until it is due.
    pub term_days: i32,
    /// Note for both parties.
    pub note: Option<String>,
}

/// Creates a contract and proposes it to the buyer. `Invalid` when the account, period or a product does not fit.
pub fn propose(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    new: &NewContract,
) -> Result<(Contract, Vec<ContractLine>), ContractError> {
    let today = cooperatives::load_zone(tx, permit.cooperative)?.day_of(now);
    let mut errors = FieldErrors::default();
    let account = match &new.buyer {
        Buyer::Account(account) => accounts::find_account(tx, *account)?,
        Buyer::Login(login) => accounts::find_account_by_login(tx, &Login::parse(login))?,
    };
    let account = account.filter(|account| account.status == AccountStatus::Active);
    errors.require(account.is_some(), new.buyer.pointer(), Rule::AccountUnknown);
    let days = new.ends_on.signed_duration_since(new.starts_on);
    errors.require(new.ends_on >= new.starts_on, "/ends_on", Rule::EndsBefore);
    errors.require(days <= Duration::days(MAX_PERIOD_DAYS), "/ends_on", Rule::TooLong);
    errors.require(new.ends_on >= today, "/ends_on", Rule::DayPast);
    errors.require(!new.weekdays.is_empty(), "/weekdays", FieldError::Required);
    let lines = build_lines(tx, now, permit, new, &mut errors)?;
    let Some(account) = account.filter(|_| errors.is_empty()) else { return Err(ContractError::Invalid(errors)) };
    let contract = Contract {
        id: new.id,
        cooperative: permit.cooperative,
        buyer: account.id,
        drawn_by: permit.account,
        status: ContractStatus::Proposed,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        weekdays: new.weekdays,
        credit_limit: new.credit_limit,
        term_days: new.term_days,
        note: new.note.clone(),
        invoiced_through: None,
        created_at: now,
        answered_at: None,
        closed_at: None,
        version: 1,
    };
    store::insert_contract(tx, &contract, &lines)?;
    events::record(tx, now, &contract_event(ContractEvent::Proposed, &contract).by(permit.account))?;
    Ok((contract, lines))
}

fn build_lines(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    new: &NewContract,
    errors: &mut FieldErrors,
) -> Result<Vec<ContractLine>, ContractError> {
    let ids: Vec<ProductId> = new.lines.iter().map(|(product, _)| *product).collect();
    let products = catalogue::find_many_of_any_status(tx, &ids)?;
    let mut lines: Vec<ContractLine> = Vec::with_capacity(new.lines.len());
    for (index, (product, unit_price)) in new.lines.iter().enumerate() {
        let pointer = format!("/lines/{index}/product");
        let is_sold = products.iter().any(|row| {
            row.id == *product && row.cooperative == permit.cooperative && row.status == ProductStatus::Published
        });
        errors.require(is_sold, &pointer, Rule::UnknownReference);
        errors.require(lines.iter().all(|line| line.product != *product), &pointer, Rule::LineTwice);
        lines.push(ContractLine {
            id: tx.id(now),
            cooperative: permit.cooperative,
            contract: new.id,
            product: *product,
            position: i32::try_from(index).unwrap_or(i32::MAX),
            unit_price: *unit_price,
        });
    }
    Ok(lines)
}
