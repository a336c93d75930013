//! What officers and companions do for people whom they know: let those without mail back in, and say that a number
//! is theirs.

use super::access::{AccessError, MemberRole, Office, Roles};
use super::group::{Group, Membership};
use super::store;
use crate::accounts::{self, Account, AccountStatus, ResetCode};
use crate::db::{self, Tx};
use crate::events::{self, Event};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, GroupId, MembershipId};
use crate::web::{Code, Problem};

/// Why nobody could be let in or vouched for.
#[derive(Debug, thiserror::Error)]
pub enum VouchError {
    /// The caller may not.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The member has no account.
    #[error("the member has no account")]
    Unlinked,
    /// The account has other ways back in, or more to lose than one group may give away.
    #[error("the account is not let in by a code")]
    Refused,
    /// The account has no number.
    #[error("the account has no number")]
    NoPhone,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<VouchError> for Problem {
    fn from(error: VouchError) -> Self {
        match error {
            VouchError::Access(denied) => denied.into(),
            VouchError::Unlinked => Problem::new(Code::MemberUnlinked),
            VouchError::Refused => Problem::new(Code::ResetCodeRefused),
            VouchError::NoPhone => Problem::new(Code::MemberWithoutPhone),
            VouchError::Db(error) => error.into(),
        }
    }
}

/// A member of an approved group with their account, for another person who may help them.
fn known(
    tx: &mut Tx<'_>,
    roles: &Roles,
    group: GroupId,
    membership: MembershipId,
    may: impl Fn(&Group) -> bool,
) -> Result<(AccountId, Group, Membership, Account), VouchError> {
    let by = roles.actor()?;
    let group = store::group(tx, group)?.filter(|group| roles.is_inside(group)).ok_or(AccessError::Hidden)?;
    // A group that no board has approved vouches for nobody: anyone can found one.
    if !may(&group) || !group.is_active() {
        return Err(AccessError::Forbidden.into());
    }
    let member = store::member(tx, group.id, membership)?.ok_or(AccessError::Hidden)?;
    let account = member.account_id.ok_or(VouchError::Unlinked)?;
    if account == by {
        return Err(AccessError::Forbidden.into());
    }
    let account = accounts::account(tx, account)?.filter(|account| account.status == AccountStatus::Active);
    Ok((by, group, member, account.ok_or(VouchError::Unlinked)?))
}

/// Issues a one-time code by which a member without mail sets a new password. The officer reads it to them.
///
/// It never opens more than membership of this group: who has mail, an office, or acts for another group is refused,
/// and the chair is let in only by whoever may give the chair.
pub fn reset_code(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group: GroupId,
    membership: MembershipId,
) -> Result<ResetCode, VouchError> {
    let officer = |group: &Group| roles.is_officer_of(group.id) || roles.holds(Office::Board, group.cooperative_id);
    let (by, group, member, account) = known(tx, roles, group, membership, officer)?;
    if member.role == MemberRole::Chair && !roles.can_appoint_chair(&group) {
        return Err(AccessError::Forbidden.into());
    }
    let elsewhere =
        store::memberships(tx, account.id)?.iter().any(|held| held.group != group.id && held.role.is_officer());
    if account.email.is_some() || account.admin || elsewhere || !store::offices(tx, account.id)?.is_empty() {
        return Err(VouchError::Refused);
    }
    let code = accounts::issue_reset_code(tx, now, account.id, by)?;
    let event = Event::new("member.reset_code_issued", member.id).by(by).in_cooperative(group.cooperative_id);
    events::record(tx, now, &event.of_group(group.id).with("account", account.id))?;
    Ok(code)
}

/// Notes that the number of a member's account is known to be theirs. Saying it twice changes nothing.
pub fn vouch(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group: GroupId,
    membership: MembershipId,
) -> Result<(), VouchError> {
    let may = |group: &Group| roles.is_officer_of(group.id) || roles.holds(Office::Companion, group.cooperative_id);
    let (by, group, member, account) = known(tx, roles, group, membership, may)?;
    if account.phone.is_none() {
        return Err(VouchError::NoPhone);
    }
    if accounts::vouch_for_phone(tx, now, account.id, by)? {
        let event = Event::new("member.phone_vouched", member.id).by(by).in_cooperative(group.cooperative_id);
        events::record(tx, now, &event.of_group(group.id).with("account", account.id))?;
    }
    Ok(())
}
