//! Events of cooperatives, their groups and the calendar.

use super::group::GroupStatus;
use super::roles::{MemberRole, Office};
use crate::calendar::OccasionKind;
use crate::events::events;
use crate::kernel::Day;
use crate::kernel::ids::{AccountId, MembershipId};

events! {
    /// What happened to a cooperative or in it, or to the calendar of all.
    CooperativeEvent {
        "cooperative.founded" => Founded {},
        "cooperative.changed" => Changed { bank_changed: bool },
        "pickup_point.added" => PickupPointAdded {},
        "pickup_point.changed" => PickupPointChanged {},
        "pickup_point.removed" => PickupPointRemoved {},
        "delivery_zone.added" => DeliveryZoneAdded {},
        "delivery_zone.changed" => DeliveryZoneChanged {},
        "delivery_zone.removed" => DeliveryZoneRemoved {},
        "office.assigned" => OfficeAssigned { account: AccountId, office: Office },
        "office.ended" => OfficeEnded { account: AccountId, office: Office },
        "office.all_ended" => AllOfficesEnded {},
        "group.founded" => GroupFounded { membership: MembershipId },
        "group.changed" => GroupChanged {},
        "group.submitted" => GroupSubmitted(GroupStatusChange),
        "group.approved" => GroupApproved(GroupStatusChange),
        "group.suspended" => GroupSuspended(GroupStatusChange),
        "group.reopened" => GroupReopened(GroupStatusChange),
        "group.closed" => GroupClosed(GroupStatusChange),
        "invitation.sent" => InvitationSent { membership: MembershipId },
        "invitation.accepted" => InvitationAccepted { membership: MembershipId, role: MemberRole },
        "invitation.revoked" => InvitationRevoked {},
        "member.joined" => MemberJoined { role: MemberRole },
        "member.changed" => MemberChanged { role: MemberRole, role_before: MemberRole },
        "member.left" => MemberLeft { role: MemberRole },
        "member.reset_code_issued" => ResetCodeIssued { account: AccountId },
        "member.phone_vouched" => PhoneVouched { account: AccountId },
        "calendar.added" => OccasionAdded(OccasionPayload),
        "calendar.changed" => OccasionChanged(OccasionPayload),
        "calendar.removed" => OccasionRemoved(OccasionPayload),
    }
    GroupStatusChange { from: GroupStatus, to: GroupStatus }
    OccasionPayload { kind: OccasionKind, day: Day, hijri_year: Option<i32>, day_off: bool }
}
