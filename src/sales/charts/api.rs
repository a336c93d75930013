//! The routes of pictures.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::shown::{self, Asked};
use crate::cooperatives::{Officer, Overseer};
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Language};
use crate::sales::api::{Reader, check_period, reader_of_group};
use crate::sales::report::{By, Period, Scope};
use crate::sales::store;
use crate::web::{ApiResponse, AppState, Code, FieldError, FieldErrors, PathIds, Problem, Query, Routes, routes};

/// The routes of this slice.
pub(in crate::sales) fn routes() -> Routes {
    routes![group_sales_picture, cooperative_sales_picture]
}

text_enum! {
    /// What is drawn.
    #[schema(as = SalesPictureName)]
    Picture {
        /// Turnover by day or week, beside that of the same Hijri days a year before.
        Turnover = "turnover.svg",
        /// What each product's part of the turnover is.
        Products = "products.svg",
        /// What each channel's part of the turnover is.
        Channels = "channels.svg",
        /// What is left of each product, where its cost is known.
        Margin = "margin.svg",
        /// What a Monday, a Tuesday and so on bring on the average.
        Days = "days.svg",
    }
}

text_enum! {
    /// What a point of a line stands for.
    Step {
        /// A business day.
        Day = "day",
        /// A week, which begins on Monday.
        Week = "week",
    }
}

/// Which days.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PictureQuery {
    /// The first business day; thirty days before `to` when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-01")]
    from: Option<Day>,
    /// The last business day; today when it is not said.
    #[param(value_type = Option<String>, format = Date, max_length = 10, example = "2026-11-30")]
    to: Option<Day>,
    /// What a point of the turnover stands for; a day when it is not said.
    #[param(inline)]
    by: Option<Step>,
}

/// The picture, as the contract describes it.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "stands in the contract only")]
pub(super) struct SalesPicture(String);

async fn drawn(
    state: &AppState,
    reader: Reader,
    picture: Picture,
    query: PictureQuery,
    language: Language,
) -> Result<ApiResponse, Problem> {
    if query.by.is_some() && picture != Picture::Turnover {
        return Err(Problem::new(Code::QueryInvalid).with_faults(FieldErrors::one("/by", FieldError::Unknown)));
    }
    let now = state.now();
    let svg = state.db.read::<_, Problem, _>(move |conn| {
        let today = store::zone_of(conn, reader.cooperative)?.day_of(now);
        let period = Period::of(query.from, query.to, today);
        check_period(period)?;
        let asked = Asked { scope: reader.scope, period, language };
        match picture {
            Picture::Turnover => {
                let by = if query.by == Some(Step::Week) { By::Week } else { By::Day };
                shown::turnover(conn, asked, by)
            }
            Picture::Products => shown::products(conn, asked),
            Picture::Channels => shown::channels(conn, asked),
            Picture::Margin => shown::margin(conn, asked),
            Picture::Days => shown::days(conn, asked),
        }
    });
    Ok(ApiResponse::raw(StatusCode::OK, "image/svg+xml", svg.await?.into_bytes()).tagged())
}

/// A picture of a cooperative's sales
///
/// For everyone who holds an office in the cooperative. An SVG without scripts or fonts that says in words what it
/// shows. The figures are those of the reports: `by=day` or `by=week` with `with=last_year`, `by=product`,
/// `by=channel`, `by=product` with `with=margin`, and `by=weekday`.
#[utoipa::path(
    get,
    path = "/v1/cooperatives/{id}/sales/{picture}",
    tag = "sales",
    operation_id = "cooperative_sales_picture",
    params(
        ("id" = CooperativeId, Path, description = "The cooperative"),
        ("picture" = inline(Picture), Path, description = "What is drawn"),
        PictureQuery,
    ),
    responses((status = 200, description = "The picture", content((SalesPicture = "image/svg+xml")))),
    security(("bearer" = [])),
)]
pub(super) async fn cooperative_sales_picture(
    state: Data<AppState>,
    overseer: Overseer,
    PathIds((cooperative, picture)): PathIds<(CooperativeId, Picture)>,
    Query(query): Query<PictureQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let permit = overseer.of(cooperative)?;
    let scope = Scope::Cooperative(permit.cooperative);
    drawn(&state, Reader { scope, cooperative: permit.cooperative, names: false }, picture, query, language).await
}

/// A picture of a group's sales
///
/// For its officers, and for everyone who holds an office in its cooperative; as those of a cooperative.
#[utoipa::path(
    get,
    path = "/v1/groups/{id}/sales/{picture}",
    tag = "sales",
    operation_id = "group_sales_picture",
    params(
        ("id" = GroupId, Path, description = "The group"),
        ("picture" = inline(Picture), Path, description = "What is drawn"),
        PictureQuery,
    ),
    responses((status = 200, description = "The picture", content((SalesPicture = "image/svg+xml")))),
    security(("bearer" = [])),
)]
pub(super) async fn group_sales_picture(
    state: Data<AppState>,
    officer: Officer,
    overseer: Overseer,
    PathIds((group, picture)): PathIds<(GroupId, Picture)>,
    Query(query): Query<PictureQuery>,
    language: Language,
) -> Result<ApiResponse, Problem> {
    let reader = reader_of_group(&state, &officer, &overseer, group).await?;
    drawn(&state, reader, picture, query, language).await
}
