//! Response bodies of cooperatives and groups.

use serde::Serialize;

use super::admin_areas::AdminAreaView;
use crate::cooperatives::access::Roles;
use crate::cooperatives::cooperative::{BankAccount, Cooperative};
use crate::cooperatives::create_group::allowed_transitions;
use crate::cooperatives::group::{Group, GroupAction, GroupStatus};
use crate::cooperatives::roles::{MemberRole, Office};
use crate::cooperatives::store;
use crate::db::{self, Conn};
use crate::kernel::ids::{CooperativeId, GroupId, MembershipId};
use crate::kernel::{Instant, Phone, Rupiah, Version, Zone};
use crate::web::Problem;

/// A cooperative. Its bank account is shown to board, treasurer, supervisors and administrators.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct CooperativeView {
    /// The cooperative's id.
    pub(super) id: CooperativeId,
    /// The prefix of its order numbers.
    #[schema(max_length = 6, example = "CIH")]
    code: String,
    /// Its name.
    #[schema(max_length = 100, example = "Koperasi Contoh Cihonje")]
    pub(super) name: String,
    /// The legal form.
    #[schema(max_length = 40, example = "cooperative")]
    kind: String,
    /// A description of its activities.
    #[schema(max_length = 2000, example = "Satu koperasi untuk delapan kelompok usaha.")]
    description: String,
    /// Its village.
    village: Option<AdminAreaView>,
    /// Street, hamlet, RT and RW.
    #[schema(max_length = 300, example = "Balai Desa Cihonje, RT 002/RW 005")]
    address: String,
    /// The phone number.
    phone: Option<Phone>,
    /// The e-mail address.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// The time zone of its business days.
    zone: Zone,
    /// The bank account for transfers; shown to board, treasurer, supervisors and administrators.
    bank: Option<BankAccount>,
    /// Its service fee in percent of a sale, unless a product has its own; the rest is the group's.
    #[schema(minimum = 0, maximum = 100, example = 10)]
    service_percent: i32,
    /// Whether it bears the loss of discarded goods; otherwise the groups do.
    bears_discards: bool,
    /// The value of goods from which a deposit is required, in rupiah, regardless of the products.
    deposit_from: Option<Rupiah>,
    /// That deposit in percent of the price.
    #[schema(minimum = 0, maximum = 100, example = 30)]
    deposit_percent: i32,
    /// The number of completed orders after which a buyer pays no deposit.
    #[schema(minimum = 1, maximum = 1000, example = 3)]
    regular_after: Option<i32>,
    /// Whether QRIS codes contain the amount.
    qris_amounts: bool,
    /// Whether it is a demo without real sales.
    demo: bool,
    /// When it was created.
    created_at: Instant,
    /// Version; send it as `If-Match` when changing it.
    pub(super) version: Version,
}

impl CooperativeView {
    /// Cooperatives as seen by this caller.
    pub(super) fn load_all(
        conn: &mut Conn,
        roles: &Roles,
        cooperatives: Vec<Cooperative>,
    ) -> db::Result<Vec<CooperativeView>> {
        let codes: Vec<&str> = cooperatives.iter().map(|cooperative| cooperative.village_code.as_str()).collect();
        let villages = store::list_admin_areas(conn, &codes)?;
        let villages = AdminAreaView::load_all(conn, &villages)?;
        let see_bank = [Office::Board, Office::Treasurer, Office::Supervisor];
        let can_see_bank = |id| roles.admin || see_bank.iter().any(|office| roles.has_office(*office, id));
        Ok(cooperatives
            .into_iter()
            .map(|cooperative| CooperativeView {
                bank: cooperative.bank().filter(|_| can_see_bank(cooperative.id)),
                village: villages.iter().find(|village| village.has_code(&cooperative.village_code)).cloned(),
                id: cooperative.id,
                code: cooperative.code,
                name: cooperative.name,
                kind: cooperative.kind,
                description: cooperative.description,
                address: cooperative.address,
                phone: cooperative.phone,
                email: cooperative.email,
                zone: cooperative.zone,
                service_percent: cooperative.service_percent,
                bears_discards: cooperative.bears_discards,
                deposit_from: cooperative.deposit_from,
                deposit_percent: cooperative.deposit_percent,
                regular_after: cooperative.regular_after,
                qris_amounts: cooperative.qris_amounts,
                demo: cooperative.demo,
                created_at: cooperative.created_at,
                version: cooperative.version,
            })
            .collect())
    }

    pub(super) fn load_one(
        conn: &mut Conn,
        roles: &Roles,
        cooperative: Cooperative,
    ) -> Result<CooperativeView, Problem> {
        CooperativeView::load_all(conn, roles, vec![cooperative])?.pop().ok_or_else(Problem::not_found)
    }
}

/// A group.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(super) struct GroupView {
    /// The group's id.
    pub(super) id: GroupId,
    /// The cooperative.
    pub(super) cooperative: CooperativeId,
    /// Its name.
    #[schema(max_length = 80, example = "Sekar Laras")]
    pub(super) name: String,
    /// The name in URLs.
    #[schema(max_length = 80, example = "sekar-laras")]
    slug: String,
    /// A description of its products.
    #[schema(max_length = 2000, example = "Pastel sayur, risoles dan snack box")]
    description: String,
    /// Its hamlet.
    #[schema(max_length = 100, example = "Grumbul Karanganyar")]
    hamlet: Option<String>,
    /// Its business number (NIB).
    #[schema(max_length = 13)]
    business_id: Option<String>,
    /// The public phone number.
    phone: Option<Phone>,
    /// The number of members.
    #[schema(minimum = 0, maximum = 200)]
    pub(super) members: i64,
    /// The status.
    pub(super) status: GroupStatus,
    /// The reason of the last transition; shown to members, offices and administrators.
    #[schema(max_length = 500)]
    status_reason: Option<String>,
    /// The caller's role in the group.
    your_role: Option<MemberRole>,
    /// The caller's membership of the group.
    your_membership: Option<MembershipId>,
    /// The actions that the caller may perform now.
    #[schema(max_items = 5)]
    actions: Vec<GroupAction>,
    /// When it was created.
    created_at: Instant,
    /// Version; send it as `If-Match` when changing it.
    pub(super) version: Version,
}

impl GroupView {
    /// Groups as seen by this caller.
    pub(super) fn load_all(conn: &mut Conn, roles: &Roles, groups: Vec<Group>) -> db::Result<Vec<GroupView>> {
        let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
        let counts = store::count_members(conn, &ids)?;
        Ok(groups
            .into_iter()
            .map(|group| GroupView {
                members: counts.iter().find(|(id, _)| *id == group.id).map_or(0, |(_, count)| *count),
                status_reason: group.status_reason.clone().filter(|_| roles.can_see_inside(&group)),
                your_role: roles.role_in_group(group.id),
                your_membership: roles.membership_in_group(group.id),
                actions: list_actions(roles, &group),
                id: group.id,
                cooperative: group.cooperative_id,
                name: group.name,
                slug: group.slug,
                description: group.description,
                hamlet: group.hamlet,
                business_id: group.business_id,
                phone: group.phone,
                status: group.status,
                created_at: group.created_at,
                version: group.version,
            })
            .collect())
    }

    pub(super) fn load_one(conn: &mut Conn, roles: &Roles, group: Group) -> Result<GroupView, Problem> {
        GroupView::load_all(conn, roles, vec![group])?.pop().ok_or_else(Problem::not_found)
    }
}

fn list_actions(roles: &Roles, group: &Group) -> Vec<GroupAction> {
    let mut actions: Vec<GroupAction> =
        allowed_transitions(roles, group).into_iter().map(|transition| transition.action).collect();
    actions.sort();
    actions.dedup();
    actions
}
