//! Help for members whom officers and companions know: reset codes for members without mail, and vouching for phone
//! numbers.

use super::access::{AccessError, Roles};
use super::events::{self, CooperativeEvent};
use super::group::{Group, Membership};
use super::roles::{MemberRole, Office};
use super::store;
use crate::accounts::{self, Account, AccountStatus, ResetCode};
use crate::db::{self, Tx};
use crate::kernel::Instant;
use crate::kernel::ids::{AccountId, GroupId, MembershipId};
use crate::web::verb_errors;

verb_errors! {
    /// Why a code was not issued, or a phone number not vouched for.
    pub enum VouchError {
        /// The member has no active account.
        NoActiveAccount => MemberUnlinked,
        /// The account has mail, an office, or is an officer of another group or an administrator.
        AccountTooPrivileged => ResetCodeRefused,
        /// The account has no phone number.
        NoPhone => MemberWithoutPhone,
    }
    + Access(AccessError), Db(db::Error)
}

/// Loads a member of an active group with their account, for another person who is permitted to help them.
fn load_member_to_help(
    tx: &mut Tx<'_>,
    roles: &Roles,
    group: GroupId,
    membership: MembershipId,
    is_permitted: impl Fn(&Group) -> bool,
) -> Result<(AccountId, Group, Membership, Account), VouchError> {
    let by = roles.require_account()?;
    let group = store::find_group(tx, group)?.filter(|group| roles.can_see_inside(group)).ok_or(AccessError::Hidden)?;
    // Anyone can create a group, so only groups that a board has approved count.
    AccessError::forbid_unless(is_permitted(&group) && group.is_active())?;
    let member = store::find_member(tx, group.id, membership)?.ok_or(AccessError::Hidden)?;
    let account = member.account_id.ok_or(VouchError::NoActiveAccount)?;
    AccessError::forbid_unless(account != by)?;
    let account = accounts::find_account(tx, account)?.filter(|account| account.status == AccountStatus::Active);
    Ok((by, group, member, account.ok_or(VouchError::NoActiveAccount)?))
}

/// Issues a one-time code with which a member without mail sets a new password; the officer reads it to them.
///
/// The code must not give access to more than this group: [`VouchError::AccountTooPrivileged`] for accounts with
/// mail, an office, or a role as an officer elsewhere. For the chair, the caller must be permitted to appoint the chair.
pub fn issue_reset_code(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group: GroupId,
    membership: MembershipId,
) -> Result<ResetCode, VouchError> {
    let is_permitted =
        |group: &Group| roles.is_officer_of_group(group.id) || roles.has_office(Office::Board, group.cooperative_id);
    let (by, group, member, account) = load_member_to_help(tx, roles, group, membership, is_permitted)?;
    AccessError::forbid_unless(member.role != MemberRole::Chair || roles.can_appoint_chair(&group))?;
    let is_officer_elsewhere = store::list_memberships(tx, account.id)?
        .iter()
        .any(|other| other.group_id != group.id && other.role.is_officer());
    if account.email.is_some()
        || account.admin
        || is_officer_elsewhere
        || !store::list_offices(tx, account.id)?.is_empty()
    {
        return Err(VouchError::AccountTooPrivileged);
    }
    let code = accounts::issue_reset_code(tx, now, account.id, by)?;
    let event = CooperativeEvent::ResetCodeIssued { account: account.id }.about(member.id);
    events::record(tx, now, &event.by(by).in_group(group.cooperative_id, group.id))?;
    Ok(code)
}

/// Vouches for the phone number of a member's account. Repeating it has no effect.
pub fn vouch_for_phone(
    tx: &mut Tx<'_>,
    now: Instant,
    roles: &Roles,
    group: GroupId,
    membership: MembershipId,
) -> Result<(), VouchError> {
    let is_permitted = |group: &Group| {
        roles.is_officer_of_group(group.id) || roles.has_office(Office::Companion, group.cooperative_id)
    };
    let (by, group, member, account) = load_member_to_help(tx, roles, group, membership, is_permitted)?;
    if account.phone.is_none() {
        return Err(VouchError::NoPhone);
    }
    if accounts::vouch_for_phone(tx, now, account.id, by)? {
        let event = CooperativeEvent::PhoneVouched { account: account.id }.about(member.id);
        events::record(tx, now, &event.by(by).in_group(group.cooperative_id, group.id))?;
    }
    Ok(())
}
