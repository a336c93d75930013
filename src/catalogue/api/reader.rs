//! Who reads an answer about a product they may change: what they see of it follows from what they hold.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::shown::inside;
use crate::catalogue::Product;
use crate::catalogue::views::ProductView;
use crate::cooperatives::{Caller, Roles};
use crate::db::{self, Conn};
use crate::kernel::{Instant, Language};
use crate::web::{ApiResponse, AppState, Problem};

/// A signed-in person, with everything that decides what they see of a product.
#[derive(Debug, Clone)]
pub(in crate::catalogue) struct Reader {
    roles: Roles,
    language: Language,
    now: Instant,
}

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = Caller::extract(request);
        let language = Language::extract(request);
        let state = request.app_data::<Data<AppState>>().cloned();
        Box::pin(async move {
            let Caller { roles, .. } = caller.await?;
            let state = state.ok_or_else(|| Problem::internal("the site is not wired"))?;
            Ok(Reader { roles, language: language.await.unwrap_or(Language::Indonesian), now: state.now() })
        })
    }
}

impl Reader {
    fn view(&self, conn: &mut Conn, product: Product) -> db::Result<ProductView> {
        let inside = inside(&self.roles, &product, self.language, self.now);
        ProductView::load(conn, product, inside.as_ref())
    }

    /// 200 with the product as they see it.
    pub(in crate::catalogue) fn ok(&self, conn: &mut Conn, product: Product) -> db::Result<ApiResponse> {
        let view = self.view(conn, product)?;
        Ok(ApiResponse::ok(&view).version(view.version))
    }

    /// 201 with the product as they see it.
    pub(in crate::catalogue) fn created(&self, conn: &mut Conn, product: Product) -> db::Result<ApiResponse> {
        let view = self.view(conn, product)?;
        Ok(ApiResponse::created(format!("/v1/products/{}", view.id), &view).version(view.version))
    }
}
