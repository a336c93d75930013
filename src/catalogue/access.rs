//! Who sees what of a product, and who may do what with it.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::api::views::{ProductView, WarningView};
use super::{Product, ProductAction, ProductPermit, ProductRole, actions_for, store};
use crate::cooperatives::{Board, GroupRef, Office, Officer, OptionalCaller, Roles};
use crate::db::{self, Conn};
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::{Instant, Language};
use crate::web::{ApiResponse, DescribeOperation, Description, Problem};

/// Whether the caller gets the internal view of a group's products: its members and the offices of its cooperative.
pub(super) fn is_internal(roles: &Roles, group: GroupId, cooperative: CooperativeId) -> bool {
    roles.role_in_group(group).is_some() || roles.has_any_office(cooperative)
}

/// The permit under which this caller takes the action. Officers retire, the board withdraws, both publish; only the
/// board publishes what it withdrew.
pub(super) fn product_permit(
    officer: &Officer,
    board: &Board,
    product: &Product,
    action: ProductAction,
) -> Result<ProductPermit, Problem> {
    let group_permit = || officer.permit(product.group).map(ProductPermit::from);
    let board_permit = || board.permit(product.cooperative).map(ProductPermit::from);
    match action {
        ProductAction::Retire => group_permit(),
        ProductAction::Withdraw => board_permit(),
        ProductAction::Publish if product.withdrawn_reason.is_some() => board_permit().or_else(|_| group_permit()),
        ProductAction::Publish => group_permit().or_else(|forbidden| board_permit().map_err(|_| forbidden)),
    }
}

/// A caller, with everything that decides which view of a product they get.
#[derive(Debug, Clone)]
pub(super) struct ProductViewer {
    roles: Roles,
    language: Language,
}

impl FromRequest for ProductViewer {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (caller, language) = (OptionalCaller::extract(request), Language::extract(request));
        Box::pin(async move {
            let OptionalCaller { roles } = caller.await?;
            Ok(ProductViewer { roles, language: language.await.unwrap_or(Language::Indonesian) })
        })
    }
}

impl DescribeOperation for ProductViewer {
    fn describe(description: &mut Description) {
        OptionalCaller::describe(description);
    }
}

impl ProductViewer {
    /// Whether the caller gets the internal view of the product.
    pub(super) fn is_internal(&self, product: &Product) -> bool {
        is_internal(&self.roles, product.group, product.cooperative)
    }

    /// The transitions that the caller can make.
    fn actions(&self, product: &Product) -> Vec<ProductAction> {
        let is_withdrawn = product.withdrawn_reason.is_some();
        let roles_held = [
            (self.roles.is_officer_of_group(product.group), ProductRole::Officer),
            (self.roles.has_office(Office::Board, product.cooperative), ProductRole::Board),
        ];
        let held = roles_held.into_iter().filter(|(is_held, _)| *is_held);
        held.flat_map(|(_, role)| actions_for(product.status, is_withdrawn, role)).collect()
    }

    fn view(&self, conn: &mut Conn, now: Instant, product: Product) -> db::Result<ProductView> {
        let maker = store::load_maker(conn, product.group)?;
        let photos = store::list_photos_of_product(conn, product.id)?;
        let group = GroupRef { id: product.group, name: maker.name };
        let view = ProductView::of(product.clone(), group, &photos);
        if !self.is_internal(&product) {
            return Ok(view);
        }
        let warnings = product.label.warnings(product.category, maker.zone.day_of(now));
        Ok(ProductView {
            warnings: Some(warnings.into_iter().map(|warning| WarningView::of(warning, self.language)).collect()),
            actions: self.actions(&product),
            withdrawn_reason: product.withdrawn_reason,
            service_percent: product.service_percent,
            ..view
        })
    }

    /// 200 with the caller's view of the product.
    pub(super) fn ok(&self, conn: &mut Conn, now: Instant, product: Product) -> Result<ApiResponse, Problem> {
        let view = self.view(conn, now, product)?;
        Ok(ApiResponse::ok(&view).with_version(view.version))
    }

    /// 201 with the caller's view of the product.
    pub(super) fn created(&self, conn: &mut Conn, now: Instant, product: Product) -> Result<ApiResponse, Problem> {
        let view = self.view(conn, now, product)?;
        Ok(ApiResponse::created(format!("/v1/products/{}", view.id), &view).with_version(view.version))
    }
}
