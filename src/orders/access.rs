//! Permissions on one order: who sees what of it and may do what.

use super::fulfilment::{Fulfilment, FulfilmentAction, FulfilmentActor};
use super::order::{Order, OrderWithFulfilments};
use super::settings::Settings;
use crate::cooperatives::{Office, Roles};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;

/// A caller in relation to an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The caller's roles; empty for guests.
    pub roles: Roles,
    /// Whether the caller has the order's tracking secret.
    pub secret: bool,
}

impl Viewer {
    /// A viewer with these roles.
    pub fn of(roles: Roles) -> Self {
        Viewer { roles, secret: false }
    }

    /// A viewer with the order's tracking secret.
    pub fn with_secret() -> Self {
        Viewer { secret: true, ..Viewer::default() }
    }

    /// The account; `None` for guests.
    pub fn account(&self) -> Option<AccountId> {
        self.roles.account
    }

    fn oversees(&self, order: &Order) -> bool {
        self.roles.has_any_office(order.cooperative)
    }

    /// Whether they see personal data; the agency sees goods and figures only.
    pub fn can_see_people(&self, order: &Order) -> bool {
        let elsewhere = [Office::Board, Office::Treasurer, Office::Supervisor, Office::Companion];
        let agency_only = self.roles.has_office(Office::Agency, order.cooperative)
            && !elsewhere.iter().any(|office| self.roles.has_office(*office, order.cooperative));
        self.is_buyer(order) || self.has_captured(order) || !agency_only
    }

    /// Whether they are the buyer: by account, or by the tracking secret.
    pub fn is_buyer(&self, order: &Order) -> bool {
        self.secret || (self.account().is_some() && self.account() == order.buyer)
    }

    /// Whether they recorded the order for someone, and still may record orders there.
    pub(super) fn has_captured(&self, order: &Order) -> bool {
        let accepts_orders = self.roles.is_officer_in_cooperative(order.cooperative)
            || self.roles.has_office(Office::Board, order.cooperative);
        accepts_orders && self.account().is_some() && self.account() == order.captured_by
    }

    /// Whether they see this fulfilment.
    pub fn can_see(&self, order: &Order, fulfilment: &Fulfilment) -> bool {
        self.is_buyer(order) || self.has_captured(order) || self.oversees(order) || self.acts_for(fulfilment)
    }

    /// Whether they are an officer of this fulfilment's group.
    pub fn acts_for(&self, fulfilment: &Fulfilment) -> bool {
        self.roles.is_officer_of_group(fulfilment.group)
    }

    /// The order with the fulfilments they see; `None` if they see none.
    pub fn view(&self, mut whole: OrderWithFulfilments) -> Option<OrderWithFulfilments> {
        let order = whole.order.clone();
        whole.fulfilments.retain(|fulfilment| self.can_see(&order, &fulfilment.row));
        (!whole.fulfilments.is_empty()).then_some(whole)
    }

    /// The actions they may perform on this fulfilment now.
    pub fn available_actions(
        &self,
        settings: &Settings,
        now: Instant,
        order: &Order,
        fulfilment: &Fulfilment,
    ) -> Vec<FulfilmentAction> {
        let (group, board) = (self.acts_for(fulfilment), self.roles.has_office(Office::Board, fulfilment.cooperative));
        fulfilment
            .status
            .actions_for(FulfilmentActor::Officer)
            .filter(|action| group || (board && action.is_allowed_for_board()))
            .filter(|action| order.outlet.is_none() || !is_corrected_by_counts(*action))
            .filter(|action| is_in_time(settings, now, fulfilment, *action))
            .collect()
    }
}

/// Whether consignment sales are corrected by a later count instead of this action.
pub fn is_corrected_by_counts(action: FulfilmentAction) -> bool {
    matches!(action, FulfilmentAction::Undo | FulfilmentAction::Return)
}

/// Whether the action is in time: a hand-over can be undone for a short while only.
pub fn is_in_time(settings: &Settings, now: Instant, fulfilment: &Fulfilment, action: FulfilmentAction) -> bool {
    action != FulfilmentAction::Undo || fulfilment.handed_over_at.is_some_and(|at| now < settings.undo_until(at))
}
