//! Requests: what a buyer needs, by when, and until when groups may answer.

use diesel::prelude::*;

use super::destination::{Destination, DestinationKind};
use crate::catalogue::Category;
use crate::db::schema::requests;
use crate::kernel::ids::{AccountId, CooperativeId, DeliveryZoneId, PickupPointId, ProductId, RequestId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Duration, Instant, Json, Language, Quantity, Rupiah, Zone};
use crate::orders::{Channel, OrderContact};
use crate::web::{FieldErrors, Rule};

/// Maximum days from today to `needed_on`.
pub const MAX_DAYS_AHEAD: i64 = 365;
/// Minimum time for groups to answer.
pub const MIN_ANSWER_TIME: Duration = Duration::hours(1);
/// Default deadline for answers, before the start of `needed_on`.
const DEFAULT_ANSWER_LEAD: Duration = Duration::days(3);
/// Maximum budget, in rupiah.
pub const MAX_BUDGET: i64 = 1_000_000_000;

text_enum! {
    /// The status of a request.
    RequestStatus {
        /// Part of the quantity is still missing.
        Open = "open",
        /// The whole quantity was accepted from offers.
        Covered = "covered",
        /// The buyer withdrew it.
        Withdrawn = "withdrawn",
        /// It was not covered in time.
        Expired = "expired",
    }
}

text_enum! {
    /// The actions on a request.
    RequestAction {
        /// Withdraw it.
        Withdraw = "withdraw",
    }
}

text_enum! {
    /// The occasion that the goods are for.
    Occasion {
        /// A family feast: a wedding, a circumcision, a thanksgiving.
        Hajatan = "hajatan",
        /// A savings circle's meeting.
        Arisan = "arisan",
        /// An office's meeting or guests.
        Office = "office",
        /// A school's event or canteen.
        School = "school",
        /// Anything else.
        Other = "other",
    }
}

/// A buyer's request for goods that no listing has.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = requests)]
#[diesel(treat_none_as_default_value = false)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// The cooperative whose groups are asked.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The buyer's account; `None` when an officer recorded it.
    #[diesel(column_name = buyer_id)]
    pub buyer: Option<AccountId>,
    /// The officer who recorded it and acts for the caller.
    pub captured_by: Option<AccountId>,
    /// The caller's `OrderContact`, when an officer recorded it.
    pub contact: Option<Json>,
    /// The channel.
    pub channel: Channel,
    /// Status.
    pub status: RequestStatus,
    /// The product; `None` when `words` describe the goods.
    #[diesel(column_name = product_id)]
    pub product: Option<ProductId>,
    /// Category: groups that list goods of it are notified. `None`: all groups.
    pub category: Option<Category>,
    /// Description of the goods, by the buyer.
    pub words: Option<String>,
    /// Quantity.
    pub quantity: Quantity,
    /// Unit of the quantity.
    pub unit: String,
    /// The day on which the goods are needed.
    pub needed_on: Day,
    /// How the goods reach the buyer.
    pub place_kind: DestinationKind,
    /// The pickup point, for `pickup`.
    #[diesel(column_name = pickup_point_id)]
    pub pickup_point: Option<PickupPointId>,
    /// The delivery zone, for `local`.
    #[diesel(column_name = delivery_zone_id)]
    pub delivery_zone: Option<DeliveryZoneId>,
    /// The address, for `local` and `address`.
    pub address: Option<String>,
    /// Budget for all of it, in rupiah.
    pub budget: Option<Rupiah>,
    /// The occasion.
    pub occasion: Occasion,
    /// Note for the groups.
    pub note: Option<String>,
    /// The buyer's language.
    pub locale: Language,
    /// Until when groups may make offers.
    pub answers_until: Instant,
    /// Quantity accepted from offers.
    pub taken: Quantity,
    /// When it was created.
    pub created_at: Instant,
    /// When it was covered, withdrawn or expired.
    pub closed_at: Option<Instant>,
    /// Version; increases by one with every change.
    pub version: i64,
}

impl Request {
    /// Quantity not yet accepted from offers.
    pub fn missing(&self) -> Quantity {
        self.quantity.minus(self.taken)
    }

    /// Whether groups may still make offers.
    pub fn takes_offers(&self, now: Instant) -> bool {
        self.status == RequestStatus::Open && now < self.answers_until
    }

    /// Where the goods shall be delivered or collected.
    pub fn destination(&self) -> Destination {
        Destination {
            kind: self.place_kind,
            point: self.pickup_point,
            zone: self.delivery_zone,
            address: self.address.clone(),
        }
    }

    /// The caller's contact, when an officer recorded it.
    pub fn caller_contact(&self) -> Option<OrderContact> {
        self.contact.as_ref().and_then(|json| json.read().ok())
    }

    /// The account that acts for it: the buyer, or the officer who recorded it.
    pub fn handler(&self) -> Option<AccountId> {
        self.buyer.or(self.captured_by)
    }

    /// The current details, as the base of an update.
    pub fn details(&self) -> Details {
        Details {
            words: self.words.clone(),
            quantity: self.quantity,
            unit: self.unit.clone(),
            needed_on: self.needed_on,
            place: self.destination(),
            budget: self.budget,
            occasion: self.occasion,
            note: self.note.clone(),
            answers_until: Some(self.answers_until),
        }
    }
}

/// What the buyer states, and may change while there are no offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Description of the goods.
    pub words: Option<String>,
    /// Quantity.
    pub quantity: Quantity,
    /// Unit of the quantity.
    pub unit: String,
    /// The day on which the goods are needed.
    pub needed_on: Day,
    /// Where the goods shall be delivered or collected.
    pub place: Destination,
    /// Budget for all of it, in rupiah.
    pub budget: Option<Rupiah>,
    /// The occasion.
    pub occasion: Occasion,
    /// Note for the groups.
    pub note: Option<String>,
    /// Until when groups may make offers; `None`: as computed by `answers_until`.
    pub answers_until: Option<Instant>,
}

/// The default deadline for answers: three days before the day, but at least one hour from now.
pub fn answers_until(now: Instant, zone: Zone, needed_on: Day) -> Instant {
    zone.start_of(needed_on).before(DEFAULT_ANSWER_LEAD).max(now.after(MIN_ANSWER_TIME))
}

impl Details {
    /// Trims the texts; empty texts become `None`.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        let trim = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        self.words = trim(self.words);
        self.note = trim(self.note);
        self.place.address = trim(self.place.address);
        self.unit = self.unit.trim().to_owned();
        self
    }

    /// Validates quantity, day, deadline and destination.
    pub fn validate(&self, now: Instant, zone: Zone, errors: &mut FieldErrors) {
        let today = zone.day_of(now);
        let last = today.checked_add_signed(Duration::days(MAX_DAYS_AHEAD)).unwrap_or(today);
        errors.require((today..=last).contains(&self.needed_on), "/needed_on", Rule::NoTimeToAnswer);
        errors.require(self.quantity.is_positive(), "/quantity", Rule::NotPositive);
        self.place.validate(errors);
        if let Some(until) = self.answers_until {
            let is_in_time = until >= now.after(MIN_ANSWER_TIME) && until <= zone.end_of(self.needed_on);
            errors.require(is_in_time, "/answers_until", Rule::AnswersDoNotFit);
        } else {
            // A day that ends within the hour leaves no time to answer.
            let is_in_time = answers_until(now, zone, self.needed_on) <= zone.end_of(self.needed_on);
            errors.require(is_in_time, "/needed_on", Rule::NoTimeToAnswer);
        }
    }
}

/// The first name of a full name, shown where the full name would identify the person.
pub fn first_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deadline_is_three_days_before_and_never_within_the_hour() {
        let now: Instant = "2026-11-23T07:30:00Z".parse().unwrap();
        let day = |text: &str| text.parse::<Day>().unwrap();
        let until = |needed_on| answers_until(now, Zone::Jakarta, day(needed_on));
        assert_eq!(until("2026-12-14"), "2026-12-10T17:00:00Z".parse().unwrap());
        assert_eq!(until("2026-11-24"), now.after(Duration::hours(1)));
    }

    #[test]
    fn only_the_first_name_is_shown() {
        assert_eq!(first_name(" Contoh Sari Dewi "), "Contoh");
        assert_eq!(first_name(""), "");
    }
}
