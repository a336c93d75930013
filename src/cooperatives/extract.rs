//! Extractors that load the caller's memberships, offices or roles on every request.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::access::{AccessError, CallerMembership, CooperativePermit, GroupPermit, Roles};
use super::roles::Office;
use super::store;
use crate::accounts::{SignedIn, Visitor};
use crate::db::{self, Conn};
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::web::{AppState, DescribeOperation, Description, Problem};

type ExtractFuture<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// Authenticates the caller and loads an extractor's value.
fn extract<T: Send + 'static>(
    request: &HttpRequest,
    load: impl FnOnce(SignedIn, &mut Conn) -> db::Result<T> + Send + 'static,
) -> ExtractFuture<T> {
    let (person, state) = (SignedIn::extract(request), AppState::of(request));
    Box::pin(async move {
        let person = person.await?;
        Ok(state?.db.read(move |conn| load(person, conn)).await?)
    })
}

/// Makes a type an extractor that requires an access token and loads the rest on a snapshot.
macro_rules! caller_extractor {
    ($name:ident, |$person:ident, $conn:ident| $load:expr) => {
        impl DescribeOperation for $name {
            fn describe(description: &mut Description) {
                description.require_bearer();
            }
        }

        impl FromRequest for $name {
            type Error = Problem;
            type Future = ExtractFuture<Self>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                extract(request, |$person, $conn| Ok($load))
            }
        }
    };
}

/// An authenticated caller with their memberships. [`Officer::permit`] grants the permit for one group.
#[derive(Debug, Clone)]
pub struct Officer {
    /// The authenticated caller.
    pub person: SignedIn,
    pub(super) memberships: Vec<CallerMembership>,
}

caller_extractor!(Officer, |person, conn| {
    let memberships = store::list_memberships(conn, person.account)?;
    Officer { person, memberships }
});

impl Officer {
    /// The permit of an officer of this group. 403 for its plain members, 404 for others.
    pub fn permit(&self, group: GroupId) -> Result<GroupPermit, Problem> {
        let permit = self.member_permit(group)?;
        AccessError::forbid_unless(permit.role.is_officer())?;
        Ok(permit)
    }

    /// The permit of any member of this group. 404 for others.
    pub fn member_permit(&self, group: GroupId) -> Result<GroupPermit, Problem> {
        let membership = self.memberships.iter().find(|membership| membership.group_id == group);
        let membership = membership.ok_or(AccessError::Hidden)?;
        Ok(GroupPermit {
            account: self.person.account,
            group,
            cooperative: membership.cooperative_id,
            membership: membership.id,
            role: membership.role,
        })
    }

    /// The groups in which the caller is an officer.
    pub fn groups(&self) -> Vec<GroupId> {
        let officer = self.memberships.iter().filter(|membership| membership.role.is_officer());
        officer.map(|membership| membership.group_id).collect()
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

        caller_extractor!($name, |person, conn| {
            let offices = store::list_offices(conn, person.account)?;
            $name { person, offices }
        });

        impl $name {
            /// The permit for this cooperative. 403 for holders of other offices there, 404 for others.
            pub fn permit(&self, cooperative: CooperativeId) -> Result<CooperativePermit, Problem> {
                let held = self.offices.iter().filter(|(id, _)| *id == cooperative).map(|(_, office)| *office);
                let office = held.clone().find(|office| matches!(office, $(Office::$office)|+));
                let denied = if held.count() > 0 { AccessError::Forbidden } else { AccessError::Hidden };
                let account = self.person.account;
                Ok(office.map(|office| CooperativePermit { account, cooperative, office }).ok_or(denied)?)
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

impl DescribeOperation for Admin {
    fn describe(description: &mut Description) {
        description.require_bearer();
    }
}

impl FromRequest for Admin {
    type Error = Problem;
    type Future = ExtractFuture<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let person = SignedIn::extract(request);
        Box::pin(async move {
            let person = person.await?;
            AccessError::forbid_unless(person.admin)?;
            Ok(Admin { person })
        })
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

caller_extractor!(Caller, |person, conn| {
    let roles = Roles::load_with_admin(conn, person.account, person.admin)?;
    Caller { person, roles }
});

/// A guest or an authenticated caller with all their roles; guests have none.
#[derive(Debug, Clone)]
pub struct OptionalCaller {
    /// The caller's roles.
    pub roles: Roles,
}

impl DescribeOperation for OptionalCaller {
    fn describe(description: &mut Description) {
        description.allow_bearer();
    }
}

impl FromRequest for OptionalCaller {
    type Error = Problem;
    type Future = ExtractFuture<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (visitor, state) = (Visitor::extract(request), AppState::of(request));
        Box::pin(async move {
            let Visitor::SignedIn(SignedIn { account, admin, .. }) = visitor.await? else {
                return Ok(OptionalCaller { roles: Roles::default() });
            };
            let roles = state?.db.read(move |conn| Roles::load_with_admin(conn, account, admin)).await?;
            Ok(OptionalCaller { roles })
        })
    }
}
