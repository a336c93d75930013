//! Offices in a cooperative: assigning and ending them.

use diesel::prelude::*;

use super::access::{AccessError, Roles};
use super::events::{self, CooperativeEvent};
use super::roles::Office;
use super::store;
use crate::accounts::{self, AccountStatus, Login};
use crate::db::schema::assignments;
use crate::db::{self, Tx};
use crate::kernel::ids::{AccountId, AssignmentId, CooperativeId};
use crate::kernel::{Instant, Language};
use crate::web::{Problem, Rule, verb_errors};

/// A person's office in a cooperative.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assignments)]
pub struct Assignment {
    /// The assignment's id.
    pub id: AssignmentId,
    /// The cooperative.
    pub cooperative_id: CooperativeId,
    /// The holder's account.
    pub account_id: AccountId,
    /// The holder's name.
    #[diesel(select_expression = crate::db::schema::accounts::name, skip_insertion)]
    pub name: String,
    /// The office.
    pub role: Office,
    /// When it was assigned.
    pub assigned_at: Instant,
}

/// A recipient of mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// The verified e-mail address.
    pub email: Option<String>,
    /// The language of mails.
    pub language: Language,
}

/// The person an office is assigned to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignee {
    /// By account.
    Account(AccountId),
    /// By e-mail address or phone number of the account.
    Login(String),
}

verb_errors! {
    /// Why an office was not assigned or ended.
    pub enum AssignError {
        /// There is no such active account.
        NoAccount => { Problem::invalid_field("/contact", Rule::AccountUnknown) },
        /// They hold this office already.
        Held => OfficeHeld,
    }
    + Access(AccessError), Db(db::Error)
}

/// Administrators assign and end board and agency; the board all other offices.
fn require_assigner(roles: &Roles, cooperative: CooperativeId, office: Office) -> Result<AccountId, AccessError> {
    let account = roles.require_account()?;
    let can_assign = match office {
        Office::Board | Office::Agency => roles.admin,
        _ => roles.has_office(Office::Board, cooperative),
    };
    AccessError::check(can_assign, roles.admin || roles.has_any_office(cooperative))?;
    Ok(account)
}

/// Assigns an office. It takes effect on the person's next request.
pub fn assign_office(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    assignee: &Assignee,
    office: Office,
) -> Result<Assignment, AssignError> {
    store::find_cooperative(tx, cooperative)?.ok_or(AccessError::Hidden)?;
    let by = require_assigner(roles, cooperative, office)?;
    let account = match assignee {
        Assignee::Account(account) => accounts::find_account(tx, *account)?,
        Assignee::Login(login) => accounts::find_account_by_login(tx, &Login::parse(login))?,
    }
    .filter(|account| account.status == AccountStatus::Active)
    .ok_or(AssignError::NoAccount)?;
    let assignment = Assignment {
        id: tx.id(now),
        cooperative_id: cooperative,
        account_id: account.id,
        name: account.name,
        role: office,
        assigned_at: now,
    };
    let held = db::on_unique_violation("assignments", &["account_id", "cooperative_id", "role"], AssignError::Held);
    store::insert_assignment(tx, &assignment, by).map_err(held)?;
    let event = CooperativeEvent::OfficeAssigned { account: account.id, office }.about(assignment.id);
    events::record(tx, now, &event.by(by).in_cooperative(cooperative))?;
    Ok(assignment)
}

/// Ends an office. Its holder may resign, but only administrators end the office of a board member.
pub fn end_office(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    cooperative: CooperativeId,
    assignment: AssignmentId,
) -> Result<(), AssignError> {
    let current = store::list_assignments(tx, cooperative)?.into_iter().find(|current| current.id == assignment);
    let current = current.ok_or(AccessError::Hidden)?;
    let (account, office) = (current.account_id, current.role);
    let by = match require_assigner(roles, cooperative, office) {
        Err(AccessError::Forbidden) if roles.account == Some(account) && office != Office::Board => account,
        result => result?,
    };
    AccessError::hide_unless(store::end_assignment(tx, assignment, now)?)?;
    let event = CooperativeEvent::OfficeEnded { account, office };
    events::record(tx, now, &event.about(assignment).by(by).in_cooperative(cooperative))?;
    Ok(())
}
