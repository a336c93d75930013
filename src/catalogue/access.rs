//! Who sees what of a product.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::api::views::{InternalView, ProductView};
use super::{Product, ProductRole, actions_for};
use crate::cooperatives::{Caller, Office, Roles};
use crate::db::{self, Conn};
use crate::kernel::{Instant, Language};
use crate::web::{ApiResponse, AppState, DescribeOperation, Description, Problem};

/// The internal view of the product for this caller: for members of its group and offices of its cooperative; `None`
/// for everyone else.
pub(super) fn internal_view(
    roles: &Roles,
    product: &Product,
    language: Language,
    now: Instant,
) -> Option<InternalView> {
    let is_internal = roles.role_in_group(product.group).is_some() || roles.has_any_office(product.cooperative);
    let withdrawn = product.withdrawn_reason.is_some();
    let roles_held = [
        (roles.is_officer_of_group(product.group), ProductRole::Officer),
        (roles.has_office(Office::Board, product.cooperative), ProductRole::Board),
    ];
    let actions = roles_held
        .into_iter()
        .filter(|(is_held, _)| *is_held)
        .flat_map(|(_, role)| actions_for(product.status, withdrawn, role))
        .collect();
    is_internal.then_some(InternalView { actions, language, now })
}

/// A signed-in caller, with everything that decides which view of a product they get.
#[derive(Debug, Clone)]
pub(super) struct ProductViewer {
    roles: Roles,
    language: Language,
    now: Instant,
}

impl FromRequest for ProductViewer {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = Caller::extract(request);
        let language = Language::extract(request);
        let state = request.app_data::<Data<AppState>>().cloned();
        Box::pin(async move {
            let Caller { roles, .. } = caller.await?;
            let state = state.ok_or_else(|| Problem::internal("the application state is missing"))?;
            Ok(ProductViewer { roles, language: language.await.unwrap_or(Language::Indonesian), now: state.now() })
        })
    }
}

impl ProductViewer {
    fn view(&self, conn: &mut Conn, product: Product) -> db::Result<ProductView> {
        let internal = internal_view(&self.roles, &product, self.language, self.now);
        ProductView::load(conn, product, internal.as_ref())
    }

    /// 200 with the caller's view of the product.
    pub(super) fn ok(&self, conn: &mut Conn, product: Product) -> db::Result<ApiResponse> {
        let view = self.view(conn, product)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    }

    /// 201 with the caller's view of the product.
    pub(super) fn created(&self, conn: &mut Conn, product: Product) -> db::Result<ApiResponse> {
        let view = self.view(conn, product)?;
        Ok(ApiResponse::created(format!("/v1/products/{}", view.id), &view).with_version(view.version))
    }
}

impl DescribeOperation for ProductViewer {
    fn describe(description: &mut Description) {
        description.allow_bearer();
    }
}
