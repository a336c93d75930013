//! Who looks at an order, what they see of it, and what they may do next.

use super::fulfilment::{Action, FulfilmentStatus, Who};
use super::order::{Fulfilment, Order, Part, WholeOrder};
use super::settings::Settings;
use crate::cooperatives::{Office, Roles};
use crate::kernel::Instant;
use crate::kernel::ids::AccountId;

/// Someone before an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewer {
    /// What they hold; nothing when a guest.
    pub roles: Roles,
    /// Whether they hold the order's secret.
    pub secret: bool,
}

/// Why someone may not cancel an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotCancel {
    /// Nothing is left to cancel.
    NothingOpen,
    /// The cut-off has passed; an officer or the board still can.
    TooLate,
    /// It is not theirs to cancel.
    NotYours,
}

impl Viewer {
    /// Someone with what they hold.
    pub fn of(roles: Roles) -> Self {
        Viewer { roles, secret: false }
    }

    /// Someone who holds the order's secret.
    pub fn with_secret() -> Self {
        Viewer { secret: true, ..Viewer::default() }
    }

    /// Who it is; nobody when a guest.
    pub fn account(&self) -> Option<AccountId> {
        self.roles.account
    }

    fn oversees(&self, order: &Order) -> bool {
        self.roles.oversees(order.cooperative)
    }

    /// Whether they see who ordered: the agency sees goods and figures only.
    pub fn sees_people(&self, order: &Order) -> bool {
        let elsewhere = [Office::Board, Office::Treasurer, Office::Supervisor, Office::Companion];
        let agency_only = self.roles.holds(Office::Agency, order.cooperative)
            && !elsewhere.iter().any(|office| self.roles.holds(*office, order.cooperative));
        self.is_buyer(order) || self.captured(order) || !agency_only
    }

    /// Whether it is their own order: theirs, or the one whose secret they hold.
    pub fn is_buyer(&self, order: &Order) -> bool {
        self.secret || (self.account().is_some() && self.account() == order.buyer)
    }

    /// Whether they took the order for someone, and are still someone who takes orders there.
    fn captured(&self, order: &Order) -> bool {
        let takes_orders =
            self.roles.is_officer_in(order.cooperative) || self.roles.holds(Office::Board, order.cooperative);
        takes_orders && self.account().is_some() && self.account() == order.captured_by
    }

    /// Whether they see this part of the order.
    pub fn sees(&self, order: &Order, part: &Fulfilment) -> bool {
        self.is_buyer(order) || self.captured(order) || self.oversees(order) || self.acts_for(part)
    }

    /// Whether they act for the group of this part.
    pub fn acts_for(&self, part: &Fulfilment) -> bool {
        self.roles.is_officer_of(part.group)
    }

    /// The order as they see it; nothing when they see no part of it.
    pub fn view(&self, mut whole: WholeOrder) -> Option<WholeOrder> {
        let order = whole.order.clone();
        whole.parts.retain(|part| self.sees(&order, &part.fulfilment));
        (!whole.parts.is_empty()).then_some(whole)
    }

    /// What they may do with this part next.
    pub fn steps(&self, settings: &Settings, now: Instant, order: &Order, part: &Fulfilment) -> Vec<Action> {
        let (group, board) = (self.acts_for(part), self.roles.holds(Office::Board, part.cooperative));
        part.status
            .steps_of(Who::Officer)
            .filter(|action| group || (board && action.is_boards_too()))
            .filter(|action| order.outlet.is_none() || !is_for_counts(*action))
            .filter(|action| is_in_time(settings, now, part, *action))
            .collect()
    }

    /// Whether they may cancel the order now. All its parts must be given, not only those they see.
    pub fn may_cancel(&self, now: Instant, order: &Order, parts: &[Part]) -> Result<(), CannotCancel> {
        let open: Vec<&Fulfilment> =
            parts.iter().map(|part| &part.fulfilment).filter(|part| part.status.is_open()).collect();
        let mine = self.is_buyer(order);
        let board = self.roles.holds(Office::Board, order.cooperative);
        let groups_agree = if open.is_empty() {
            parts.iter().all(|part| self.acts_for(&part.fulfilment))
        } else {
            open.iter().all(|part| self.acts_for(part))
        };
        if !(mine || self.captured(order) || board || groups_agree) {
            return Err(CannotCancel::NotYours);
        }
        if open.is_empty() {
            return Err(CannotCancel::NothingOpen);
        }
        if self.captured(order) || board || groups_agree {
            return Ok(());
        }
        let waiting = open.iter().any(|part| part.status == FulfilmentStatus::Ready);
        if waiting || order.cancellable_until.is_some_and(|until| now >= until) {
            return Err(CannotCancel::TooLate);
        }
        Ok(())
    }
}

/// Whether a step is, for what an outlet has sold on consignment, not taken here but by its next count.
pub fn is_for_counts(action: Action) -> bool {
    matches!(action, Action::Undo | Action::Return)
}

/// Whether a step is still in time: a hand-over can be undone for a short while only.
pub fn is_in_time(settings: &Settings, now: Instant, part: &Fulfilment, action: Action) -> bool {
    action != Action::Undo || part.handed_over_at.is_some_and(|at| now < settings.undo_until(at))
}
