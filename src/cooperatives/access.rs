//! Extractors that load what the caller holds, and the permits they give: the only way to a group's or a
//! cooperative's data. A store function takes the permit and puts its ids into the WHERE, so that a foreign row is
//! simply not found.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::group::Group;
use super::store;
use crate::accounts::{SignedIn, Visitor};
use crate::db::{self, Conn};
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, MembershipId};
use crate::kernel::text_enum::text_enum;
use crate::web::{AppState, Code, Problem};

text_enum! {
    /// What a person is in a group.
    MemberRole {
        /// Leads the group.
        Chair = "chair",
        /// Keeps its papers.
        Secretary = "secretary",
        /// Keeps its money.
        Treasurer = "treasurer",
        /// Works in it.
        Member = "member",
    }
}

impl MemberRole {
    /// Whether the role acts for the group: everyone but plain members.
    pub fn is_officer(self) -> bool {
        self != MemberRole::Member
    }
}

text_enum! {
    /// What a person is in a cooperative.
    Office {
        /// Governs it.
        Board = "board",
        /// Keeps its money.
        Treasurer = "treasurer",
        /// Supervises board and books.
        Supervisor = "supervisor",
        /// Mentors its groups.
        Companion = "companion",
        /// Watches many villages for the agency.
        Agency = "agency",
    }
}

/// One membership of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallerMembership {
    pub(super) membership: MembershipId,
    pub(super) group: GroupId,
    pub(super) cooperative: CooperativeId,
    pub(super) role: MemberRole,
}

/// A signed-in person with their memberships. [`Officer::of`] gives the permit for one group.
#[derive(Debug, Clone)]
pub struct Officer {
    /// Who it is.
    pub person: SignedIn,
    pub(super) held: Vec<CallerMembership>,
}

/// Leave to act for one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupPermit {
    /// Who acts.
    pub account: AccountId,
    /// For which group.
    pub group: GroupId,
    /// Of which cooperative.
    pub cooperative: CooperativeId,
    /// By which membership.
    pub membership: MembershipId,
    /// As what.
    pub role: MemberRole,
}

/// Leave to act for one cooperative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CooperativePermit {
    /// Who acts.
    pub account: AccountId,
    /// For which cooperative.
    pub cooperative: CooperativeId,
    /// As what.
    pub office: Office,
}

impl Officer {
    /// The permit to act for this group; to others the group's inside is not there.
    pub fn of(&self, group: GroupId) -> Result<GroupPermit, Problem> {
        self.member_of(group)
            .and_then(|permit| if permit.role.is_officer() { Ok(permit) } else { Err(Problem::new(Code::Forbidden)) })
    }

    /// The permit of any member of this group, officer or not.
    pub fn member_of(&self, group: GroupId) -> Result<GroupPermit, Problem> {
        self.held
            .iter()
            .find(|held| held.group == group)
            .map(|held| GroupPermit {
                account: self.person.account,
                group: held.group,
                cooperative: held.cooperative,
                membership: held.membership,
                role: held.role,
            })
            .ok_or_else(Problem::not_found)
    }

    /// The groups this person acts for.
    pub fn groups(&self) -> Vec<GroupId> {
        self.held.iter().filter(|held| held.role.is_officer()).map(|held| held.group).collect()
    }
}

macro_rules! offices {
    ($($(#[$doc:meta])* $name:ident: $($office:ident)|+;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            /// Who it is.
            pub person: SignedIn,
            pub(super) held: Vec<(CooperativeId, Office)>,
        }

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Loading<Self>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                load(request, |person, conn| {
                    let held = store::offices(conn, person.account)?;
                    Ok($name { person, held })
                })
            }
        }

        impl $name {
            /// The permit for this cooperative. Who holds another office there is refused; to others it is not there.
            pub fn of(&self, cooperative: CooperativeId) -> Result<CooperativePermit, Problem> {
                let account = self.person.account;
                let mut known = false;
                for (held, office) in &self.held {
                    if *held == cooperative {
                        known = true;
                        if matches!(office, $(Office::$office)|+) {
                            return Ok(CooperativePermit { account, cooperative, office: *office });
                        }
                    }
                }
                Err(if known { Problem::new(Code::Forbidden) } else { Problem::not_found() })
            }
        }
    )* };
}

offices! {
    /// Governs a cooperative.
    Board: Board;
    /// Keeps a cooperative's money.
    Treasurer: Treasurer;
    /// Reads a cooperative's books.
    Auditor: Board | Treasurer | Supervisor;
    /// Mentors a cooperative's groups.
    Companion: Companion;
    /// Watches a cooperative for the agency.
    Agency: Agency;
    /// Sees a cooperative's figures: every office there.
    Overseer: Board | Treasurer | Supervisor | Companion | Agency;
}

/// Administers the whole service.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Who it is.
    pub person: SignedIn,
}

impl FromRequest for Officer {
    type Error = Problem;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        load(request, |person, conn| {
            let held = store::memberships(conn, person.account)?;
            Ok(Officer { person, held })
        })
    }
}

impl FromRequest for Admin {
    type Error = Problem;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let person = SignedIn::extract(request);
        Box::pin(async move {
            let person = person.await?;
            if person.admin { Ok(Admin { person }) } else { Err(Problem::new(Code::Forbidden)) }
        })
    }
}

/// A caller on the way to being known.
type Loading<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// Signs the caller in and loads what they hold.
fn load<T: Send + 'static>(
    request: &HttpRequest,
    find: impl FnOnce(SignedIn, &mut Conn) -> db::Result<T> + Send + 'static,
) -> Loading<T> {
    let person = SignedIn::extract(request);
    let state = request.app_data::<Data<AppState>>().cloned();
    Box::pin(async move {
        let person = person.await?;
        let state = state.ok_or_else(|| Problem::internal("the site is not wired"))?;
        Ok(state.db.read(move |conn| find(person, conn)).await?)
    })
}

/// Everything that somebody holds, for decisions that weigh several roles at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// Who it is; nobody when it is a guest.
    pub account: Option<AccountId>,
    /// Whether they administer the whole service.
    pub admin: bool,
    held: Vec<CallerMembership>,
    offices: Vec<(CooperativeId, Office)>,
}

/// What a caller may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// They may not even know of it.
    #[error("not there for this caller")]
    Hidden,
    /// They know of it and lack the role.
    #[error("the role does not allow it")]
    Forbidden,
}

impl From<AccessError> for Problem {
    fn from(denied: AccessError) -> Self {
        match denied {
            AccessError::Hidden => Problem::not_found(),
            AccessError::Forbidden => Problem::new(Code::Forbidden),
        }
    }
}

impl Roles {
    /// What this account holds now.
    pub fn of(conn: &mut Conn, account: AccountId) -> db::Result<Self> {
        let admin = store::is_admin(conn, account)?;
        Roles::load(conn, account, admin)
    }

    fn load(conn: &mut Conn, account: AccountId, admin: bool) -> db::Result<Self> {
        let (held, offices) = (store::memberships(conn, account)?, store::offices(conn, account)?);
        Ok(Roles { account: Some(account), admin, held, offices })
    }

    /// Whose doing it is; guests do nothing.
    pub(super) fn actor(&self) -> Result<AccountId, AccessError> {
        self.account.ok_or(AccessError::Hidden)
    }

    /// What they are in this group.
    pub fn role_in(&self, group: GroupId) -> Option<MemberRole> {
        self.held.iter().find(|held| held.group == group).map(|held| held.role)
    }

    /// Their own membership of this group.
    pub fn membership_in(&self, group: GroupId) -> Option<MembershipId> {
        self.held.iter().find(|held| held.group == group).map(|held| held.membership)
    }

    /// Whether they act for this group.
    pub fn is_officer_of(&self, group: GroupId) -> bool {
        self.role_in(group).is_some_and(MemberRole::is_officer)
    }

    /// Whether they belong to this cooperative: by a group of it, or by an office.
    pub fn belongs_to(&self, cooperative: CooperativeId) -> bool {
        self.oversees(cooperative) || self.is_member_in(cooperative)
    }

    /// Whether they act for any group of this cooperative.
    pub fn is_officer_in(&self, cooperative: CooperativeId) -> bool {
        self.held.iter().any(|held| held.cooperative == cooperative && held.role.is_officer())
    }

    /// Whether they belong to any group of this cooperative.
    pub fn is_member_in(&self, cooperative: CooperativeId) -> bool {
        self.held.iter().any(|held| held.cooperative == cooperative)
    }

    /// The groups they belong to.
    pub fn groups(&self) -> Vec<GroupId> {
        self.held.iter().map(|held| held.group).collect()
    }

    /// Whether they hold this office in this cooperative.
    pub fn holds(&self, office: Office, cooperative: CooperativeId) -> bool {
        self.offices.contains(&(cooperative, office))
    }

    /// Whether they hold any office in this cooperative.
    pub fn oversees(&self, cooperative: CooperativeId) -> bool {
        self.offices.iter().any(|(held, _)| *held == cooperative)
    }

    /// Whether they see this group from inside: its members, its cooperative's offices, the administrators.
    pub fn is_inside(&self, group: &Group) -> bool {
        self.admin || self.role_in(group.id).is_some() || self.oversees(group.cooperative_id)
    }

    /// Whether they see the money of all groups of this cooperative, by an office that keeps, governs, supervises or mentors.
    pub fn sees_money_in(&self, cooperative: CooperativeId) -> bool {
        let offices = [Office::Board, Office::Treasurer, Office::Supervisor, Office::Companion];
        offices.into_iter().any(|office| self.holds(office, cooperative))
    }

    /// Those who see the money of this group of this cooperative pass: its members, and those who see it by their office.
    pub fn sees_money_of(&self, group: GroupId, cooperative: CooperativeId) -> Result<(), AccessError> {
        if self.role_in(group).is_some() || self.sees_money_in(cooperative) {
            Ok(())
        } else if self.oversees(cooperative) {
            Err(AccessError::Forbidden)
        } else {
            Err(AccessError::Hidden)
        }
    }

    /// The board of this cooperative or the administrators.
    pub(super) fn require_board(&self, cooperative: CooperativeId) -> Result<AccountId, AccessError> {
        let account = self.actor()?;
        if self.admin || self.holds(Office::Board, cooperative) {
            Ok(account)
        } else if self.oversees(cooperative) {
            Err(AccessError::Forbidden)
        } else {
            Err(AccessError::Hidden)
        }
    }

    /// The officers of this group and the board of its cooperative.
    pub(super) fn require_officer(&self, group: &Group) -> Result<AccountId, AccessError> {
        let account = self.actor()?;
        if self.is_officer_of(group.id) || self.holds(Office::Board, group.cooperative_id) {
            Ok(account)
        } else if self.is_inside(group) {
            Err(AccessError::Forbidden)
        } else {
            Err(AccessError::Hidden)
        }
    }

    /// Who may give and take a group's chair: its chair and the board of its cooperative.
    pub(super) fn can_appoint_chair(&self, group: &Group) -> bool {
        self.role_in(group.id) == Some(MemberRole::Chair) || self.holds(Office::Board, group.cooperative_id)
    }
}

/// A signed-in person with everything they hold.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who it is.
    pub person: SignedIn,
    /// What they hold.
    pub roles: Roles,
}

/// Anyone, with everything they hold; guests hold nothing.
#[derive(Debug, Clone)]
pub struct OptionalCaller {
    /// What they hold.
    pub roles: Roles,
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        load(request, |person, conn| {
            let roles = Roles::load(conn, person.account, person.admin)?;
            Ok(Caller { person, roles })
        })
    }
}

impl FromRequest for OptionalCaller {
    type Error = Problem;
    type Future = Loading<Self>;

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
                .read(move |conn| Roles::load(conn, person.account, person.admin))
                .await
                .map_err(Problem::from)?;
            Ok(OptionalCaller { roles })
        })
    }
}
