//! Access to reports: for officers of the group, and everyone with an office in its cooperative.

use super::report::SalesScope;
use super::store;
use crate::cooperatives::{CooperativePermit, Office, Officer, Overseer};
use crate::db::Conn;
use crate::kernel::ids::{CooperativeId, GroupId};
use crate::web::Problem;

/// Scope of a report and permissions of its reader.
pub(super) struct ReportAccess {
    pub(super) scope: SalesScope,
    pub(super) cooperative: CooperativeId,
    /// Whether the reader may see names of buyers: the group's officers, the board and the treasurer. Supervisors,
    /// companions and the agency see sums only.
    pub(super) can_see_names: bool,
}

impl ReportAccess {
    fn by_office(scope: SalesScope, permit: CooperativePermit) -> ReportAccess {
        let can_see_names = matches!(permit.office, Office::Board | Office::Treasurer);
        ReportAccess { scope, cooperative: permit.cooperative, can_see_names }
    }

    /// Access to a cooperative's reports: for everyone with an office there.
    pub(super) fn to_cooperative(overseer: &Overseer, cooperative: CooperativeId) -> Result<ReportAccess, Problem> {
        Ok(ReportAccess::by_office(SalesScope::Cooperative(cooperative), overseer.permit(cooperative)?))
    }

    /// Access to a group's reports: for its officers, and everyone with an office in its cooperative.
    pub(super) fn to_group(
        conn: &mut Conn,
        officer: &Officer,
        overseer: &Overseer,
        group: GroupId,
    ) -> Result<ReportAccess, Problem> {
        let scope = SalesScope::Group(group);
        match officer.permit(group) {
            Ok(permit) => Ok(ReportAccess { scope, cooperative: permit.cooperative, can_see_names: true }),
            Err(problem) => {
                let cooperative = store::find_cooperative_of_group(conn, group)?;
                let permit = cooperative.and_then(|cooperative| overseer.permit(cooperative).ok()).ok_or(problem)?;
                Ok(ReportAccess::by_office(scope, permit))
            }
        }
    }
}
