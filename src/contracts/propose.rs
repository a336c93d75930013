//! The board draws up a contract with a steady buyer.

use super::contract::{Contract, ContractLine, ContractStatus};
use super::error::ContractError;
use super::events::contract_event;
use super::store;
use crate::accounts::{self, AccountStatus, Login};
use crate::catalogue::{self, ProductStatus};
use crate::cooperatives::{self, AccessError, CooperativePermit};
use crate::db::Tx;
use crate::events;
use crate::kernel::ids::{AccountId, ContractId, ProductId};
use crate::kernel::{Day, Duration, Instant, Rupiah, Weekdays};
use crate::web::{FieldError, FieldErrors};

/// The most products of a contract.
pub const MOST_LINES: usize = 50;
/// The longest period, in days.
pub const LONGEST: i64 = 366;
/// The longest term of payment, in days.
pub const LONGEST_TERM: i64 = 90;
/// The most that may be open.
pub const MOST_CREDIT: i64 = 1_000_000_000;
/// The highest price of a unit.
pub const MOST_PRICE: i64 = 100_000_000;

/// With whom a contract is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Buyer {
    /// The person or office with this account.
    Account(AccountId),
    /// Whoever signs in by this address or number.
    Login(String),
}

impl Buyer {
    /// Where the request names them.
    fn pointer(&self) -> &'static str {
        match self {
            Buyer::Account(_) => "/account",
            Buyer::Login(_) => "/contact",
        }
    }
}

/// A contract to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContract {
    /// Its id, new.
    pub id: ContractId,
    /// With whom.
    pub buyer: Buyer,
    /// From which day on.
    pub starts_on: Day,
    /// Until which day.
    pub ends_on: Day,
    /// On which weekdays.
    pub weekdays: Weekdays,
    /// Which products, at which price of a unit.
    pub lines: Vec<(ProductId, Rupiah)>,
    /// How much may be open.
    pub credit_limit: Rupiah,
    /// How many days after it is issued an invoice is due.
    pub term_days: i32,
    /// What both should know.
    pub note: Option<String>,
}

/// Draws a contract up and proposes it to the buyer.
pub fn propose(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    new: &NewContract,
) -> Result<(Contract, Vec<ContractLine>), ContractError> {
    let cooperative = cooperatives::find_cooperative(tx, permit.cooperative)?.ok_or(AccessError::Hidden)?;
    let mut errors = FieldErrors::default();
    let account = match &new.buyer {
        Buyer::Account(account) => accounts::account(tx, *account)?,
        Buyer::Login(login) => accounts::account_by_login(tx, &Login::read(login))?,
    };
    let account = account.filter(|account| account.status == AccountStatus::Active);
    errors.require(account.is_some(), new.buyer.pointer(), NO_ACCOUNT);
    let days = new.ends_on.signed_duration_since(new.starts_on);
    errors.require(new.ends_on >= new.starts_on, "/ends_on", ENDS_BEFORE);
    errors.require(days <= Duration::days(LONGEST), "/ends_on", TOO_LONG);
    errors.require(new.ends_on >= cooperative.zone.day_of(now), "/ends_on", OVER);
    errors.require(!new.weekdays.is_empty(), "/weekdays", FieldError::Required);
    let lines = lines(tx, now, permit, new, &mut errors)?;
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
    events::record(tx, now, &contract_event("contract.proposed", &contract).by(permit.account))?;
    Ok((contract, lines))
}

fn lines(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: &CooperativePermit,
    new: &NewContract,
    errors: &mut FieldErrors,
) -> Result<Vec<ContractLine>, ContractError> {
    let ids: Vec<ProductId> = new.lines.iter().map(|(product, _)| *product).collect();
    let known = catalogue::find_many_of_any_status(tx, &ids)?;
    let mut lines: Vec<ContractLine> = Vec::with_capacity(new.lines.len());
    for (place, (product, unit_price)) in new.lines.iter().enumerate() {
        let pointer = format!("/lines/{place}/product");
        let sold = known.iter().any(|it| {
            it.id == *product && it.cooperative == permit.cooperative && it.status == ProductStatus::Published
        });
        errors.require(sold, &pointer, NOT_THERE);
        errors.require(lines.iter().all(|other| other.product != *product), &pointer, TWICE);
        lines.push(ContractLine {
            id: tx.id(now),
            cooperative: permit.cooperative,
            contract: new.id,
            product: *product,
            position: i32::try_from(place).unwrap_or(i32::MAX),
            unit_price: *unit_price,
        });
    }
    Ok(lines)
}

const NO_ACCOUNT: FieldError = FieldError::Rule {
    code: "account-unknown",
    id: "Belum ada akun dengan kontak ini. Mintalah pembelinya mendaftar dahulu.",
    en: "There is no account with this contact yet. Ask the buyer to register first.",
};
const NOT_THERE: FieldError =
    FieldError::Rule { code: "not-there", id: "Yang disebut di sini tidak ada.", en: "What this names is not there." };
const TWICE: FieldError = FieldError::Rule {
    code: "line-twice",
    id: "Barang ini sudah ada di baris lain.",
    en: "This product stands in another line already.",
};
const ENDS_BEFORE: FieldError =
    FieldError::Rule { code: "ends-before", id: "Akhirnya mendahului awalnya.", en: "It ends before it begins." };
const TOO_LONG: FieldError = FieldError::Rule {
    code: "too-long",
    id: "Kontrak berlaku paling lama satu tahun.",
    en: "A contract lasts no longer than a year.",
};
const OVER: FieldError = FieldError::Rule { code: "day-past", id: "Hari ini sudah lewat.", en: "That day is over." };
