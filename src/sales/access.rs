//! Access to reports: for officers of the group, and everyone with an office in its cooperative.

use super::report::SalesScope;
use super::store;
use crate::cooperatives::{Office, Officer, Overseer};
use crate::db;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::web::{AppState, Problem};

/// Scope of a report and permissions of its reader.
pub(super) struct ReportAccess {
    pub(super) scope: SalesScope,
    pub(super) cooperative: CooperativeId,
    /// Whether the reader may see names of buyers: the group's officers, the board and the treasurer. Supervisors,
    /// companions and the agency see sums only.
    pub(super) can_see_names: bool,
}

/// Whether holders of this office may see names of buyers.
pub(super) fn can_see_names(office: Office) -> bool {
    matches!(office, Office::Board | Office::Treasurer)
}

/// Checks access to a group's reports: for its officers, and everyone with an office in its cooperative.
pub(super) async fn require_group_access(
    state: &AppState,
    officer: &Officer,
    overseer: &Overseer,
    group: GroupId,
) -> Result<ReportAccess, Problem> {
    match officer.permit(group) {
        Ok(permit) => Ok(ReportAccess {
            scope: SalesScope::Group(permit.group),
            cooperative: permit.cooperative,
            can_see_names: true,
        }),
        Err(problem) => find_office_access(state, overseer, group).await?.ok_or(problem),
    }
}

/// Access by an office in the group's cooperative; `None` without one.
async fn find_office_access(
    state: &AppState,
    overseer: &Overseer,
    group: GroupId,
) -> Result<Option<ReportAccess>, Problem> {
    let cooperative =
        state.db.read::<_, db::Error, _>(move |conn| store::find_cooperative_of_group(conn, group)).await?;
    Ok(cooperative.and_then(|cooperative| overseer.permit(cooperative).ok()).map(|permit| ReportAccess {
        scope: SalesScope::Group(group),
        cooperative: permit.cooperative,
        can_see_names: can_see_names(permit.office),
    }))
}
