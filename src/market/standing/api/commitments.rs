//! What standing orders hold of a group's goods: for its members and the offices of its cooperative.

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::views::CommitmentView;
use crate::cooperatives::{self, Insider};
use crate::kernel::ids::{GroupId, ProductId};
use crate::kernel::{Day, Duration};
use crate::market::standing::commitments::commitments;
use crate::web::{Answer, Code, Fault, Faults, Page, Paging, PathIds, Problem, Query, Routes, Site, routes};

/// The routes of this part.
pub(super) fn routes() -> Routes {
    routes![list_commitments]
}

/// From which day to which.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Window {
    /// The first day; today when left out.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// The last day; a fortnight on when left out.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Day>,
    /// The page behind this cursor.
    #[param(max_length = 600)]
    cursor: Option<String>,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
}

/// List what standing orders hold
///
/// What a group has committed for each day ahead; for its members and the offices of its cooperative.
#[utoipa::path(
    get, path = "/v1/groups/{id}/commitments", tag = "market", operation_id = "list_commitments",
    params(("id" = GroupId, Path, description = "The group"), Window),
    responses((status = 200, description = "A page of what is held", body = Page<CommitmentView>)),
    security(("bearer" = [])),
)]
async fn list_commitments(
    site: Data<Site>,
    insider: Insider,
    id: PathIds<GroupId>,
    request: HttpRequest,
    Query(Window { from, to, cursor, limit }): Query<Window>,
) -> Result<Answer, Problem> {
    let now = site.now();
    let list = format!("commitments {} {from:?} {to:?}", id.0);
    let paging = Paging::<(Day, ProductId)>::read(&site.sealer, list, limit, cursor.as_deref())?;
    let held = site
        .db
        .read::<_, Problem, _>(move |conn| {
            let group = cooperatives::find_group(conn, id.0)?.ok_or_else(Problem::not_found)?;
            if !insider.standing.is_inside(&group) {
                return Err(Problem::not_found());
            }
            let cooperative = cooperatives::find_cooperative(conn, group.cooperative_id)?;
            let today = cooperative.ok_or_else(Problem::not_found)?.zone.day_of(now);
            let from = from.unwrap_or(today);
            let to = to.unwrap_or_else(|| from.checked_add_signed(Duration::days(13)).unwrap_or(from));
            let days = to.signed_duration_since(from).num_days();
            if !(0..=60).contains(&days) {
                let faults = Faults::one("/to", Fault::OutOfRange(0, 60));
                return Err(Problem::new(Code::QueryInvalid).with_faults(faults));
            }
            Ok(commitments(conn, id.0, from, to)?)
        })
        .await?;
    let page = paging.page_of_whole(&site.sealer, held, |it| (it.day, it.product), CommitmentView::from);
    Ok(page.answer(request.path(), request.query_string()))
}
