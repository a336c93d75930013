//! Offices: who governs a cooperative, keeps its money, supervises it and mentors its groups.

use super::access::{AccessError, Office, Roles};
use super::store;
use crate::accounts::{self, AccountStatus, Login};
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::ids::{AccountId, AssignmentId, CooperativeId};
use crate::kernel::{Instant, Language};
use crate::web::{Code, FieldError, FieldErrors, Problem};

/// A person's office in a cooperative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// In which cooperative.
    pub cooperative: CooperativeId,
    /// Whose.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// As what.
    pub office: Office,
    /// Since when.
    pub assigned_at: Instant,
}

/// A person that letters go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Whose account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// Their confirmed address.
    pub email: Option<String>,
    /// The language they read.
    pub language: Language,
}

/// Who shall hold an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignee {
    /// The person with this account.
    Account(AccountId),
    /// The person who signs in by this address or number.
    Login(String),
}

/// Why an office could not be given or ended.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// The caller may not.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// There is no such account.
    #[error("there is no such account")]
    NoAccount,
    /// They hold this office already.
    #[error("they hold this office already")]
    Held,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<AssignError> for Problem {
    fn from(error: AssignError) -> Self {
        match error {
            AssignError::Access(denied) => denied.into(),
            AssignError::NoAccount => {
                let fault = FieldError::Rule {
                    code: "account-unknown",
                    id: "Belum ada akun dengan kontak ini. Mintalah orangnya mendaftar dahulu.",
                    en: "There is no account with this contact yet. Ask the person to register first.",
                };
                Problem::new(Code::BodyInvalid).with_faults(FieldErrors::one("/contact", fault))
            }
            AssignError::Held => Problem::new(Code::OfficeHeld),
            AssignError::Db(error) => error.into(),
        }
    }
}

/// Administrators give and end board and agency; the board everything else.
fn may_assign(roles: &Roles, cooperative: CooperativeId, office: Office) -> Result<AccountId, AccessError> {
    let account = roles.actor()?;
    let by_admin = matches!(office, Office::Board | Office::Agency);
    if (by_admin && roles.admin) || (!by_admin && roles.holds(Office::Board, cooperative)) {
        Ok(account)
    } else if roles.admin || roles.oversees(cooperative) {
        Err(AccessError::Forbidden)
    } else {
        Err(AccessError::Hidden)
    }
}

/// Gives a person an office. It bites on their next request.
pub fn assign(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    assignee: &Assignee,
    office: Office,
) -> Result<Assignment, AssignError> {
    if store::cooperative(tx, cooperative)?.is_none() {
        return Err(AccessError::Hidden.into());
    }
    let by = may_assign(roles, cooperative, office)?;
    let account = match assignee {
        Assignee::Account(account) => accounts::account(tx, *account)?,
        Assignee::Login(login) => accounts::account_by_login(tx, &Login::read(login))?,
    }
    .filter(|account| account.status == AccountStatus::Active)
    .ok_or(AssignError::NoAccount)?;
    let (account, name) = (account.id, account.name);
    let assignment = Assignment { id: tx.id(now), cooperative, account, name, office, assigned_at: now };
    store::insert_assignment(tx, &assignment, by).map_err(|error| {
        if db::violated(&error, "assignments", &["account_id", "cooperative_id", "role"]) {
            AssignError::Held
        } else {
            error.into()
        }
    })?;
    let event = Event::new("office.assigned", assignment.id).by(by).in_cooperative(cooperative);
    events::record(tx, now, &event.with("account", account).with("office", office))?;
    Ok(assignment)
}

/// Ends an office. Its holder may lay it down, except that only administrators end a board's.
pub fn unassign(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    assignment: AssignmentId,
) -> Result<(), AssignError> {
    let held = store::assignments_in(tx, cooperative)?.into_iter().find(|held| held.id == assignment);
    let held = held.ok_or(AccessError::Hidden)?;
    let by = match may_assign(roles, cooperative, held.office) {
        Err(AccessError::Forbidden) if roles.account == Some(held.account) && held.office != Office::Board => {
            held.account
        }
        allowed => allowed?,
    };
    if !store::end_assignment(tx, assignment, now)? {
        return Err(AccessError::Hidden.into());
    }
    let event = Event::new("office.ended", assignment).by(by).in_cooperative(cooperative);
    events::record(tx, now, &event.with("account", held.account).with("office", held.office))?;
    Ok(())
}
