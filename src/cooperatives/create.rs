//! Founding a cooperative and changing what it says of itself.

use super::access::{AccessError, Roles};
use super::admin_area::{AdminLevel, zone_of};
use super::cooperative::{BankAccount, Cooperative};
use super::store;
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, CooperativeId};
use crate::kernel::{Instant, Phone, Rupiah, Zone};
use crate::web::{Code, FieldError, FieldErrors, Patch, Problem, StaleVersion};

/// What a new cooperative says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCooperative {
    /// The id a client made for it.
    pub id: Option<CooperativeId>,
    /// The letters that begin its order numbers.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is in law.
    pub kind: String,
    /// What it does.
    pub description: String,
    /// The village it sits in.
    pub village_code: String,
    /// Street, hamlet, RT and RW.
    pub address: String,
    /// Where it can be called.
    pub phone: Option<Phone>,
    /// Where it can be written to.
    pub email: Option<String>,
    /// The zone of its business days; that of its village, when unsaid.
    pub zone: Option<Zone>,
    /// Where transfers go.
    pub bank: Option<BankAccount>,
    /// Whether it is an example and sells nothing.
    pub demo: bool,
}

/// What changes about a cooperative.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CooperativeChange {
    /// Its name.
    pub name: Option<String>,
    /// What it is in law.
    pub kind: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Street, hamlet, RT and RW.
    pub address: Option<String>,
    /// Where it can be called.
    pub phone: Patch<Phone>,
    /// Where it can be written to.
    pub email: Patch<String>,
    /// Where transfers go.
    pub bank: Patch<BankAccount>,
    /// What it keeps of a sale, in percent.
    pub service_percent: Option<u8>,
    /// Whether it pays the groups for what is thrown away.
    pub bears_discards: Option<bool>,
    /// From how much on a deposit is asked for.
    pub deposit_from: Patch<Rupiah>,
    /// How much of the price it is, in percent.
    pub deposit_percent: Option<u8>,
    /// After how many completed orders none is asked for any more.
    pub regular_after: Patch<i32>,
    /// Whether QRIS codes are shown with the amount filled in.
    pub qris_amounts: Option<bool>,
}

/// Why a cooperative could not be founded or changed.
#[derive(Debug, thiserror::Error)]
pub enum CooperativeError {
    /// The caller may not.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// It was changed by someone else.
    #[error(transparent)]
    Stale(#[from] StaleVersion),
    /// Another cooperative has this code.
    #[error("the code is taken")]
    CodeTaken,
    /// No village has this code.
    #[error("no village has this code")]
    NoVillage,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<CooperativeError> for Problem {
    fn from(error: CooperativeError) -> Self {
        match error {
            CooperativeError::Access(denied) => denied.into(),
            CooperativeError::Stale(stale) => stale.into(),
            CooperativeError::CodeTaken => Problem::new(Code::CooperativeCodeTaken),
            CooperativeError::NoVillage => {
                let fault = FieldError::Rule {
                    code: "village-unknown",
                    id: "Kode desa ini tidak ada. Cari desanya di daftar tempat.",
                    en: "No village has this code. Look the village up among the places.",
                };
                Problem::new(Code::BodyInvalid).with_faults(FieldErrors::one("/village_code", fault))
            }
            CooperativeError::Db(error) => error.into(),
        }
    }
}

/// What a cooperative keeps of a sale until its board decides otherwise, in percent.
const SERVICE_PERCENT: i32 = 10;

/// Founds a cooperative.
pub fn found(
    tx: &mut Tx<'_>,
    now: Instant,
    by: AccountId,
    new: &NewCooperative,
) -> Result<Cooperative, CooperativeError> {
    if store::place(tx, &new.village_code)?.is_none_or(|place| place.kind != AdminLevel::Village) {
        return Err(CooperativeError::NoVillage);
    }
    let (bank_name, bank_account, bank_holder) = apart(new.bank.clone());
    let cooperative = Cooperative {
        id: new.id.unwrap_or_else(|| tx.id(now)),
        code: new.code.clone(),
        name: new.name.clone(),
        kind: new.kind.clone(),
        description: new.description.clone(),
        village_code: new.village_code.clone(),
        address: new.address.clone(),
        phone: new.phone.clone(),
        email: new.email.clone(),
        zone: new.zone.unwrap_or_else(|| zone_of(&new.village_code)),
        bank_name,
        bank_account,
        bank_holder,
        demo: new.demo,
        created_at: now,
        version: 1,
        service_percent: SERVICE_PERCENT,
        bears_discards: false,
        deposit_from: None,
        deposit_percent: 0,
        regular_after: None,
        qris_amounts: false,
    };
    store::insert_cooperative(tx, &cooperative).map_err(|error| {
        if db::violated(&error, "cooperatives", &["code"]) { CooperativeError::CodeTaken } else { error.into() }
    })?;
    let event = Event::new("cooperative.founded", cooperative.id).by(by).in_cooperative(cooperative.id);
    events::record(tx, now, &event)?;
    Ok(cooperative)
}

/// Changes what a cooperative says of itself. Its code and zone stay: order numbers and business days hang on them.
pub fn change_cooperative(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    id: CooperativeId,
    expected: i64,
    change: &CooperativeChange,
) -> Result<Cooperative, CooperativeError> {
    let it = store::cooperative(tx, id)?.ok_or(AccessError::Hidden)?;
    let by = roles.require_board(id)?;
    StaleVersion::check(Some(expected), it.version)?;
    let bank = change.bank.clone().or(it.bank());
    let bank_changed = bank != it.bank();
    let (bank_name, bank_account, bank_holder) = apart(bank);
    let changed = Cooperative {
        name: change.name.clone().unwrap_or_else(|| it.name.clone()),
        kind: change.kind.clone().unwrap_or_else(|| it.kind.clone()),
        description: change.description.clone().unwrap_or_else(|| it.description.clone()),
        address: change.address.clone().unwrap_or_else(|| it.address.clone()),
        phone: change.phone.clone().or(it.phone.clone()),
        email: change.email.clone().or(it.email.clone()),
        bank_name,
        bank_account,
        bank_holder,
        version: it.version.saturating_add(1),
        service_percent: change.service_percent.map_or(it.service_percent, i32::from),
        bears_discards: change.bears_discards.unwrap_or(it.bears_discards),
        deposit_from: change.deposit_from.clone().or(it.deposit_from),
        deposit_percent: change.deposit_percent.map_or(it.deposit_percent, i32::from),
        regular_after: change.regular_after.clone().or(it.regular_after),
        qris_amounts: change.qris_amounts.unwrap_or(it.qris_amounts),
        ..it
    };
    if !store::update_cooperative(tx, &changed)? {
        return Err(StaleVersion { current: changed.version }.into());
    }
    let event = Event::new("cooperative.changed", id).by(by).in_cooperative(id);
    events::record(tx, now, &event.with("bank_changed", bank_changed))?;
    Ok(changed)
}

fn apart(bank: Option<BankAccount>) -> (Option<String>, Option<String>, Option<String>) {
    match bank {
        Some(bank) => (Some(bank.name), Some(bank.account), Some(bank.holder)),
        None => (None, None, None),
    }
}
