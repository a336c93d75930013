//! Extractors that load the caller's memberships, offices or roles on every request.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::access::{CallerMembership, CooperativePermit, GroupPermit, Roles};
use super::roles::Office;
use super::store;
use crate::accounts::{SignedIn, Visitor};
use crate::db::{self, Conn};
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::web::{AppState, Code, DescribeOperation, Description, Problem};

/// An authenticated caller with their memberships. [`Officer::permit`] grants the permit for one group.
#[derive(Debug, Clone)]
pub struct Officer {
    /// The authenticated caller.
    pub person: SignedIn,
    pub(super) memberships: Vec<CallerMembership>,
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
            fn describe(description: &mut Description) {
                description.require_bearer();
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
    fn describe(description: &mut Description) {
        description.require_bearer();
    }
}

impl DescribeOperation for Admin {
    fn describe(description: &mut Description) {
        description.require_bearer();
    }
}

impl DescribeOperation for Caller {
    fn describe(description: &mut Description) {
        description.require_bearer();
    }
}

impl DescribeOperation for OptionalCaller {
    fn describe(description: &mut Description) {
        description.allow_bearer();
    }
}
