//! Who reads an answer about a product they may change: what they see of it follows from what they hold.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::shown::inside;
use crate::catalogue::Product;
use crate::catalogue::views::ProductView;
use crate::cooperatives::{Insider, Standing};
use crate::db::{self, Conn};
use crate::kernel::{Instant, Language};
use crate::web::{Answer, Problem, Site};

/// A signed-in person, with everything that decides what they see of a product.
#[derive(Debug, Clone)]
pub(in crate::catalogue) struct Reader {
    standing: Standing,
    language: Language,
    now: Instant,
}

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let insider = Insider::extract(request);
        let language = Language::extract(request);
        let site = request.app_data::<Data<Site>>().cloned();
        Box::pin(async move {
            let Insider { standing, .. } = insider.await?;
            let site = site.ok_or_else(|| Problem::internal("the site is not wired"))?;
            Ok(Reader { standing, language: language.await.unwrap_or(Language::Indonesian), now: site.now() })
        })
    }
}

impl Reader {
    fn view(&self, conn: &mut Conn, product: Product) -> db::Result<ProductView> {
        let inside = inside(&self.standing, &product, self.language, self.now);
        ProductView::load(conn, product, inside.as_ref())
    }

    /// 200 with the product as they see it.
    pub(in crate::catalogue) fn ok(&self, conn: &mut Conn, product: Product) -> db::Result<Answer> {
        let view = self.view(conn, product)?;
        Ok(Answer::ok(&view).version(view.version))
    }

    /// 201 with the product as they see it.
    pub(in crate::catalogue) fn created(&self, conn: &mut Conn, product: Product) -> db::Result<Answer> {
        let view = self.view(conn, product)?;
        Ok(Answer::created(format!("/v1/products/{}", view.id), &view).version(view.version))
    }
}
