//! The caller of a route that changes a product: their roles decide what the response shows of it.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::product::internal_view;
use crate::catalogue::Product;
use crate::catalogue::views::ProductView;
use crate::cooperatives::{Caller, Roles};
use crate::db::{self, Conn};
use crate::kernel::{Instant, Language};
use crate::web::{ApiResponse, AppState, Problem};

/// A signed-in caller, with everything that decides which view of a product they get.
#[derive(Debug, Clone)]
pub(in crate::catalogue) struct ProductViewer {
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
    pub(in crate::catalogue) fn ok(&self, conn: &mut Conn, product: Product) -> db::Result<ApiResponse> {
        let view = self.view(conn, product)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    }

    /// 201 with the caller's view of the product.
    pub(in crate::catalogue) fn created(&self, conn: &mut Conn, product: Product) -> db::Result<ApiResponse> {
        let view = self.view(conn, product)?;
        Ok(ApiResponse::created(format!("/v1/products/{}", view.id), &view).with_version(view.version))
    }
}
