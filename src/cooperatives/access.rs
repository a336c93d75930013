//! Access control: the caller's roles, the extractors that load them, and the permits that they grant.
//!
//! A permit is the only way to the data of a group or a cooperative: store functions take it and put its ids into the
//! WHERE clause, so that rows of others are not found. A caller who lacks a permission gets 403 when they may know of the
//! resource ([`AccessError::Forbidden`]), otherwise 404 ([`AccessError::Hidden`]).

use std::future::Future;
use std::pin::Pin;
use utoipa::openapi::path::Operation;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::group::Group;
use super::roles::{MemberRole, Office};
use super::store;
use crate::accounts::{SignedIn, Visitor};
use crate::db::{self, Conn};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId};
use crate::web::{AppState, Code, DescribeOperation, Problem, allow_bearer, require_bearer};

/// A membership of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallerMembership {
    pub(super) membership: MembershipId,
    pub(super) group: GroupId,
    pub(super) cooperative: CooperativeId,
    pub(super) role: MemberRole,
}

/// An authenticated caller with their memberships. [`Officer::permit`] grants the permit for one group.
#[derive(Debug, Clone)]
pub struct Officer {
    /// The authenticated caller.
    pub person: SignedIn,
    pub(super) memberships: Vec<CallerMembership>,
}

/// The permission to act for one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupPermit {
    /// The caller's account.
    pub account: AccountId,
    /// The group.
    pub group: GroupId,
    /// The group's cooperative.
    pub cooperative: CooperativeId,
    /// The caller's membership of the group.
    pub membership: MembershipId,
    /// The caller's role in the group.
    pub role: MemberRole,
}

/// The permission to act for one cooperative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CooperativePermit {
    /// The caller's account.
    pub account: AccountId,
    /// The cooperative.
    pub cooperative: CooperativeId,
    /// The caller's office there.
    pub office: Office,
}

impl Officer {
    /// The permit of an officer of this group. 403 for its plain members, 404 for others.
    pub fn permit(&self, group: GroupId) -> Result<GroupPermit, Problem> {
        self.member_permit(group)
            .and_then(|permit| if permit.role.is_officer() { Ok(permit) } else { Err(Problem::new(Code::Forbidden)) })
    }

    /// The permit of any member of this group. 404 for others.
    pub fn member_permit(&self, group: GroupId) -> Result<GroupPermit, Problem> {
        self.memberships
            .iter()
            .find(|membership| membership.group == group)
            .map(|membership| GroupPermit {
                account: self.person.account,
                group: membership.group,
                cooperative: membership.cooperative,
                membership: membership.membership,
                role: membership.role,
            })
            .ok_or_else(Problem::not_found)
    }

    /// The groups in which the caller is an officer.
    pub fn groups(&self) -> Vec<GroupId> {
        self.memberships
            .iter()
            .filter(|membership| membership.role.is_officer())
            .map(|membership| membership.group)
            .collect()
    }
}

/// Defines extractors that grant a [`CooperativePermit`] to the holders of some offices.
macro_rules! offices {
    ($($(#[$doc:meta])* $name:ident: $($office:ident)|+;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            /// The authenticated caller.
            pub person: SignedIn,
            pub(super) offices: Vec<(CooperativeId, Office)>,
        }

        impl DescribeOperation for $name {
            fn describe(operation: &mut Operation) {
                require_bearer(operation);
            }
        }

        impl FromRequest for $name {
            type Error = Problem;
            type Future = ExtractFuture<Self>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                extract(request, |person, conn| {
                    let offices = store::list_offices(conn, person.account)?;
                    Ok($name { person, offices })
                })
            }
        }

        impl $name {
            /// The permit for this cooperative. 403 for holders of other offices there, 404 for others.
            pub fn permit(&self, cooperative: CooperativeId) -> Result<CooperativePermit, Problem> {
                let account = self.person.account;
                let mut has_office = false;
                for (id, office) in &self.offices {
                    if *id == cooperative {
                        has_office = true;
                        if matches!(office, $(Office::$office)|+) {
                            return Ok(CooperativePermit { account, cooperative, office: *office });
                        }
                    }
                }
                Err(if has_office { Problem::new(Code::Forbidden) } else { Problem::not_found() })
            }
        }
    )* };
}

offices! {
    /// The board of a cooperative.
    Board: Board;
    /// The treasurer of a cooperative.
    Treasurer: Treasurer;
    /// Everyone who may read a cooperative's books.
    Auditor: Board | Treasurer | Supervisor;
    /// The companions of a cooperative.
    Companion: Companion;
    /// The agency's observers of a cooperative.
    Agency: Agency;
    /// Everyone who may read a cooperative's figures: all its offices.
    Overseer: Board | Treasurer | Supervisor | Companion | Agency;
}

/// An administrator of the whole service.
#[derive(Debug, Clone)]
pub struct Admin {
    /// The authenticated caller.
    pub person: SignedIn,
}

impl FromRequest for Officer {
    type Error = Problem;
    type Future = ExtractFuture<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        extract(request, |person, conn| {
            let memberships = store::list_memberships(conn, person.account)?;
            Ok(Officer { person, memberships })
        })
    }
}

impl FromRequest for Admin {
    type Error = Problem;
    type Future = ExtractFuture<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let person = SignedIn::extract(request);
        Box::pin(async move {
            let person = person.await?;
            if person.admin { Ok(Admin { person }) } else { Err(Problem::new(Code::Forbidden)) }
        })
    }
}

type ExtractFuture<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// Authenticates the caller and loads an extractor's value.
fn extract<T: Send + 'static>(
    request: &HttpRequest,
    load: impl FnOnce(SignedIn, &mut Conn) -> db::Result<T> + Send + 'static,
) -> ExtractFuture<T> {
    let person = SignedIn::extract(request);
    let state = request.app_data::<Data<AppState>>().cloned();
    Box::pin(async move {
        let person = person.await?;
        let state = state.ok_or_else(|| Problem::internal("the site is not wired"))?;
        Ok(state.db.read(move |conn| load(person, conn)).await?)
    })
}

/// All roles of a caller, for checks that involve several of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// The account; `None` for guests.
    pub account: Option<AccountId>,
    /// Whether the caller administers the whole service.
    pub admin: bool,
    memberships: Vec<CallerMembership>,
    offices: Vec<(CooperativeId, Office)>,
}

/// Why access was denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// The caller may not know of the resource: 404.
    #[error("not there for this caller")]
    Hidden,
    /// The caller knows of the resource but lacks the role: 403.
    #[error("the role does not allow it")]
    Forbidden,
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Hidden => Problem::not_found(),
            AccessError::Forbidden => Problem::new(Code::Forbidden),
        }
    }
}

impl Roles {
    /// Loads the current roles of this account.
    pub fn load(conn: &mut Conn, account: AccountId) -> db::Result<Self> {
        let admin = store::is_admin(conn, account)?;
        Roles::load_with_admin(conn, account, admin)
    }

    fn load_with_admin(conn: &mut Conn, account: AccountId, admin: bool) -> db::Result<Self> {
        let (memberships, offices) = (store::list_memberships(conn, account)?, store::list_offices(conn, account)?);
        Ok(Roles { account: Some(account), admin, memberships, offices })
    }

    /// The caller's account. [`AccessError::Hidden`] for guests.
    pub(super) fn require_account(&self) -> Result<AccountId, AccessError> {
        self.account.ok_or(AccessError::Hidden)
    }

    /// The caller's role in this group.
    pub fn role_in(&self, group: GroupId) -> Option<MemberRole> {
        self.memberships.iter().find(|membership| membership.group == group).map(|membership| membership.role)
    }

    /// The caller's membership of this group.
    pub fn membership_in(&self, group: GroupId) -> Option<MembershipId> {
        self.memberships.iter().find(|membership| membership.group == group).map(|membership| membership.membership)
    }

    /// Whether the caller is an officer of this group.
    pub fn is_officer_of(&self, group: GroupId) -> bool {
        self.role_in(group).is_some_and(MemberRole::is_officer)
    }

    /// Whether the caller has an office in this cooperative or is a member of one of its groups.
    pub fn is_affiliated_with(&self, cooperative: CooperativeId) -> bool {
        self.has_office_in(cooperative) || self.is_member_in(cooperative)
    }

    /// Whether the caller is an officer of any group of this cooperative.
    pub fn is_officer_in(&self, cooperative: CooperativeId) -> bool {
        self.memberships.iter().any(|membership| membership.cooperative == cooperative && membership.role.is_officer())
    }

    /// Whether the caller is a member of any group of this cooperative.
    pub fn is_member_in(&self, cooperative: CooperativeId) -> bool {
        self.memberships.iter().any(|membership| membership.cooperative == cooperative)
    }

    /// The groups of which the caller is a member.
    pub fn groups(&self) -> Vec<GroupId> {
        self.memberships.iter().map(|membership| membership.group).collect()
    }

    /// Whether the caller has this office in this cooperative.
    pub fn has_office(&self, office: Office, cooperative: CooperativeId) -> bool {
        self.offices.contains(&(cooperative, office))
    }

    /// Whether the caller has any office in this cooperative.
    pub fn has_office_in(&self, cooperative: CooperativeId) -> bool {
        self.offices.iter().any(|(id, _)| *id == cooperative)
    }

    /// Whether the caller sees the internal data of this group: its members, its cooperative's offices, administrators.
    pub fn can_see_inside(&self, group: &Group) -> bool {
        self.admin || self.role_in(group.id).is_some() || self.has_office_in(group.cooperative_id)
    }

    /// Whether the caller sees the money of all groups of this cooperative: every office but the agency.
    pub fn can_see_money_in(&self, cooperative: CooperativeId) -> bool {
        let offices = [Office::Board, Office::Treasurer, Office::Supervisor, Office::Companion];
        offices.into_iter().any(|office| self.has_office(office, cooperative))
    }

    /// Requires permission to see the money of this group: its members, and every office but the agency.
    pub fn require_money_access(&self, group: GroupId, cooperative: CooperativeId) -> Result<(), AccessError> {
        if self.role_in(group).is_some() || self.can_see_money_in(cooperative) {
            Ok(())
        } else if self.has_office_in(cooperative) {
            Err(AccessError::Forbidden)
        } else {
            Err(AccessError::Hidden)
        }
    }

    /// Requires the board of this cooperative or an administrator, and returns the caller's account.
    pub(super) fn require_board(&self, cooperative: CooperativeId) -> Result<AccountId, AccessError> {
        let account = self.require_account()?;
        if self.admin || self.has_office(Office::Board, cooperative) {
            Ok(account)
        } else if self.has_office_in(cooperative) {
            Err(AccessError::Forbidden)
        } else {
            Err(AccessError::Hidden)
        }
    }

    /// Requires an officer of this group or the board of its cooperative, and returns the caller's account.
    pub(super) fn require_officer(&self, group: &Group) -> Result<AccountId, AccessError> {
        let account = self.require_account()?;
        if self.is_officer_of(group.id) || self.has_office(Office::Board, group.cooperative_id) {
            Ok(account)
        } else if self.can_see_inside(group) {
            Err(AccessError::Forbidden)
        } else {
            Err(AccessError::Hidden)
        }
    }

    /// Whether the caller may appoint and dismiss the chair of this group: its chair and the board of its cooperative.
    pub(super) fn can_appoint_chair(&self, group: &Group) -> bool {
        self.role_in(group.id) == Some(MemberRole::Chair) || self.has_office(Office::Board, group.cooperative_id)
    }
}

/// An authenticated caller with all their roles.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The authenticated caller.
    pub person: SignedIn,
    /// The caller's roles.
    pub roles: Roles,
}

/// A guest or an authenticated caller with all their roles; guests have none.
#[derive(Debug, Clone)]
pub struct OptionalCaller {
    /// The caller's roles.
    pub roles: Roles,
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = ExtractFuture<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        extract(request, |person, conn| {
            let roles = Roles::load_with_admin(conn, person.account, person.admin)?;
            Ok(Caller { person, roles })
        })
    }
}

impl FromRequest for OptionalCaller {
    type Error = Problem;
    type Future = ExtractFuture<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let visitor = Visitor::extract(request);
        let state = request.app_data::<Data<AppState>>().cloned();
        Box::pin(async move {
            let Visitor::SignedIn(person) = visitor.await? else {
                return Ok(OptionalCaller { roles: Roles::default() });
            };
            let state = state.ok_or_else(|| Problem::internal("the site is not wired"))?;
            let roles = state
                .db
                .read(move |conn| Roles::load_with_admin(conn, person.account, person.admin))
                .await
                .map_err(Problem::from)?;
            Ok(OptionalCaller { roles })
        })
    }
}

impl DescribeOperation for Officer {
    fn describe(operation: &mut Operation) {
        require_bearer(operation);
    }
}

impl DescribeOperation for Admin {
    fn describe(operation: &mut Operation) {
        require_bearer(operation);
    }
}

impl DescribeOperation for Caller {
    fn describe(operation: &mut Operation) {
        require_bearer(operation);
    }
}

impl DescribeOperation for OptionalCaller {
    fn describe(operation: &mut Operation) {
        allow_bearer(operation);
    }
}
