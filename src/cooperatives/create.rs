//! Creating and updating cooperatives.

use super::access::{AccessError, Roles};
use super::admin_area::{AdminLevel, zone_for_code};
use super::cooperative::{BankAccount, Cooperative};
use super::events::{self, CooperativeEvent};
use super::store;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, CooperativeId};
use crate::kernel::{Instant, Phone, Rupiah, Zone};
use crate::web::{Patch, Problem, Rule, StaleVersion, verb_errors};

/// A new cooperative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCooperative {
    /// The prefix of its order numbers.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The legal form.
    pub kind: String,
    /// A description of its activities.
    pub description: String,
    /// The Kemendagri code of its village.
    pub village_code: String,
    /// Street, hamlet, RT and RW.
    pub address: String,
    /// The phone number.
    pub phone: Option<Phone>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The time zone of its business days; by default that of its village.
    pub zone: Option<Zone>,
    /// The bank account for transfers.
    pub bank: Option<BankAccount>,
    /// Whether it is a demo without real sales.
    pub demo: bool,
}

/// Changes of a cooperative; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CooperativeChange {
    /// Its name.
    pub name: Option<String>,
    /// The legal form.
    pub kind: Option<String>,
    /// A description of its activities.
    pub description: Option<String>,
    /// Street, hamlet, RT and RW.
    pub address: Option<String>,
    /// The phone number.
    pub phone: Patch<Phone>,
    /// The e-mail address.
    pub email: Patch<String>,
    /// The bank account for transfers.
    pub bank: Patch<BankAccount>,
    /// Its service fee in percent of a sale.
    pub service_percent: Option<u8>,
    /// Whether it bears the loss of discarded goods.
    pub bears_discards: Option<bool>,
    /// The order amount from which a deposit is required, in rupiah.
    pub deposit_from: Patch<Rupiah>,
    /// That deposit in percent of the price.
    pub deposit_percent: Option<u8>,
    /// The number of completed orders after which a buyer pays no deposit.
    pub regular_after: Patch<i32>,
    /// Whether QRIS codes contain the amount.
    pub qris_amounts: Option<bool>,
}

verb_errors! {
    /// Why a cooperative was not created or updated.
    pub enum CooperativeError {
        /// Another cooperative has this code.
        CodeTaken => CooperativeCodeTaken,
        /// No village has this code.
        NoVillage => { Problem::invalid_field("/village_code", Rule::VillageUnknown) },
    }
    + Access(AccessError), Stale(StaleVersion), Db(db::Error)
}

/// The service fee of a new cooperative in percent, until its board changes it.
const DEFAULT_SERVICE_PERCENT: i32 = 10;

/// Creates a cooperative in a village.
pub fn create_cooperative(
    tx: &mut Tx<'_>,
    now: Instant,
    by: AccountId,
    id: CooperativeId,
    new: &NewCooperative,
) -> Result<Cooperative, CooperativeError> {
    if store::find_admin_area(tx, &new.village_code)?.is_none_or(|area| area.kind != AdminLevel::Village) {
        return Err(CooperativeError::NoVillage);
    }
    let (bank_name, bank_account, bank_holder) = split_bank_account(new.bank.clone());
    let cooperative = Cooperative {
        id,
        code: new.code.clone(),
        name: new.name.clone(),
        kind: new.kind.clone(),
        description: new.description.clone(),
        village_code: new.village_code.clone(),
        address: new.address.clone(),
        phone: new.phone.clone(),
        email: new.email.clone(),
        zone: new.zone.unwrap_or_else(|| zone_for_code(&new.village_code)),
        bank_name,
        bank_account,
        bank_holder,
        demo: new.demo,
        created_at: now,
        version: 1,
        service_percent: DEFAULT_SERVICE_PERCENT,
        bears_discards: false,
        deposit_from: None,
        deposit_percent: 0,
        regular_after: None,
        qris_amounts: false,
    };
    let taken = db::on_unique_violation("cooperatives", &["code"], CooperativeError::CodeTaken);
    store::insert_cooperative(tx, &cooperative).map_err(taken)?;
    let event = CooperativeEvent::Founded {}.about(cooperative.id).by(by).in_cooperative(cooperative.id);
    events::record(tx, now, &event)?;
    Ok(cooperative)
}

/// Updates a cooperative. Its code and zone cannot change, because order numbers and business days depend on them.
pub fn update_cooperative(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: CooperativeId,
    expected_version: i64,
    change: &CooperativeChange,
) -> Result<Cooperative, CooperativeError> {
    let current = store::find_cooperative(tx, id)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_board_or_admin(id)?;
    StaleVersion::check(Some(expected_version), current.version)?;
    let bank = change.bank.clone().or(current.bank());
    let is_bank_changed = bank != current.bank();
    let (bank_name, bank_account, bank_holder) = split_bank_account(bank);
    let changed = Cooperative {
        name: change.name.clone().unwrap_or_else(|| current.name.clone()),
        kind: change.kind.clone().unwrap_or_else(|| current.kind.clone()),
        description: change.description.clone().unwrap_or_else(|| current.description.clone()),
        address: change.address.clone().unwrap_or_else(|| current.address.clone()),
        phone: change.phone.clone().or(current.phone.clone()),
        email: change.email.clone().or(current.email.clone()),
        bank_name,
        bank_account,
        bank_holder,
        version: current.version.saturating_add(1),
        service_percent: change.service_percent.map_or(current.service_percent, i32::from),
        bears_discards: change.bears_discards.unwrap_or(current.bears_discards),
        deposit_from: change.deposit_from.clone().or(current.deposit_from),
        deposit_percent: change.deposit_percent.map_or(current.deposit_percent, i32::from),
        regular_after: change.regular_after.clone().or(current.regular_after),
        qris_amounts: change.qris_amounts.unwrap_or(current.qris_amounts),
        ..current
    };
    StaleVersion::check_saved(store::update_cooperative(tx, &changed)?, changed.version)?;
    let event = CooperativeEvent::Changed { bank_changed: is_bank_changed };
    events::record(tx, now, &event.about(id).by(by).in_cooperative(id))?;
    Ok(changed)
}

fn split_bank_account(bank: Option<BankAccount>) -> (Option<String>, Option<String>, Option<String>) {
    match bank {
        Some(bank) => (Some(bank.name), Some(bank.account), Some(bank.holder)),
        None => (None, None, None),
    }
}
