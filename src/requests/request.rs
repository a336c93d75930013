//! A request: what a buyer wishes for, by when, and until when answers are wanted.

use diesel::prelude::*;

use super::destination::{Destination, DestinationKind};
use crate::catalogue::Category;
use crate::db::schema::requests;
use crate::kernel::ids::{AccountId, CooperativeId, DeliveryZoneId, PickupPointId, ProductId, RequestId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Duration, Instant, Json, Language, Quantity, Rupiah, Zone};
use crate::orders::{Channel, Contact};
use crate::web::{FieldError, FieldErrors};

/// How many days ahead something may be asked for.
pub const LONGEST_AHEAD: i64 = 365;
/// How long groups have to answer at least.
pub const SHORTEST_ANSWER: Duration = Duration::hours(1);
/// How long before the day answers are wanted, when the buyer does not say.
const ANSWERED_BEFORE: Duration = Duration::days(3);
/// The most that anyone would spend on one request.
pub const MOST_BUDGET: i64 = 1_000_000_000;

text_enum! {
    /// Where a request stands.
    RequestStatus {
        /// Something of it is still missing.
        Open = "open",
        /// All of it was taken.
        Covered = "covered",
        /// The buyer no longer needs it.
        Withdrawn = "withdrawn",
        /// Nobody offered enough in time.
        Expired = "expired",
    }
}

text_enum! {
    /// What can be done with a request as a whole.
    RequestAction {
        /// It is no longer needed.
        Withdraw = "withdraw",
    }
}

text_enum! {
    /// For what kind of event it is.
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

/// A buyer's wish that no listing meets.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = requests)]
#[diesel(treat_none_as_default_value = false)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// Whose groups are asked.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Who asks; nobody when an officer wrote it down.
    #[diesel(column_name = buyer_id)]
    pub buyer: Option<AccountId>,
    /// The officer who wrote it down, and acts for who called.
    pub captured_by: Option<AccountId>,
    /// Who called, as a `Contact`.
    pub contact: Option<Json>,
    /// By which way it came.
    pub channel: Channel,
    /// Where it stands.
    pub status: RequestStatus,
    /// Which product; none when words say it.
    #[diesel(column_name = product_id)]
    pub product: Option<ProductId>,
    /// Which kind of goods: groups that list some are told.
    pub category: Option<Category>,
    /// What it is, in the buyer's words.
    pub words: Option<String>,
    /// How much.
    pub quantity: Quantity,
    /// Of what unit.
    pub unit: String,
    /// On which day it is needed.
    pub needed_on: Day,
    /// How it shall reach the buyer.
    pub place_kind: DestinationKind,
    /// Where the buyer would fetch it.
    #[diesel(column_name = pickup_point_id)]
    pub pickup_point: Option<PickupPointId>,
    /// In which zone it would be brought.
    #[diesel(column_name = delivery_zone_id)]
    pub delivery_zone: Option<DeliveryZoneId>,
    /// To where it would be brought.
    pub address: Option<String>,
    /// What all of it may cost.
    pub budget: Option<Rupiah>,
    /// For what kind of event.
    pub occasion: Occasion,
    /// What groups should know.
    pub note: Option<String>,
    /// The language the buyer reads.
    pub locale: Language,
    /// Until when answers are wanted.
    pub answers_until: Instant,
    /// How much was taken of offers.
    pub taken: Quantity,
    /// When it was asked.
    pub created_at: Instant,
    /// When it was covered, withdrawn or expired.
    pub closed_at: Option<Instant>,
    /// Grows by one with every change.
    pub version: i64,
}

impl Request {
    /// How much nobody was taken for yet.
    pub fn missing(&self) -> Quantity {
        self.quantity.minus(self.taken)
    }

    /// Whether groups may still answer.
    pub fn takes_offers(&self, now: Instant) -> bool {
        self.status == RequestStatus::Open && now < self.answers_until
    }

    /// Where the goods shall go.
    pub fn place(&self) -> Destination {
        Destination {
            kind: self.place_kind,
            point: self.pickup_point,
            zone: self.delivery_zone,
            address: self.address.clone(),
        }
    }

    /// Who called, when an officer wrote it down.
    pub fn caller(&self) -> Option<Contact> {
        self.contact.as_ref().and_then(|json| json.read().ok())
    }

    /// Whoever acts for it: the buyer, or the officer who wrote it down.
    pub fn keeper(&self) -> Option<AccountId> {
        self.buyer.or(self.captured_by)
    }

    /// What it says, for a change to begin with.
    pub fn details(&self) -> Details {
        Details {
            words: self.words.clone(),
            quantity: self.quantity,
            unit: self.unit.clone(),
            needed_on: self.needed_on,
            place: self.place(),
            budget: self.budget,
            occasion: self.occasion,
            note: self.note.clone(),
            answers_until: Some(self.answers_until),
        }
    }
}

/// What a buyer states, and may change while nobody has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// What it is, in their words.
    pub words: Option<String>,
    /// How much.
    pub quantity: Quantity,
    /// Of what unit.
    pub unit: String,
    /// On which day it is needed.
    pub needed_on: Day,
    /// Where the goods shall go.
    pub place: Destination,
    /// What all of it may cost.
    pub budget: Option<Rupiah>,
    /// For what kind of event.
    pub occasion: Occasion,
    /// What groups should know.
    pub note: Option<String>,
    /// Until when answers are wanted; by `answers_until` when it is not said.
    pub answers_until: Option<Instant>,
}

/// Until when answers are wanted when the buyer does not say: three days before the day, or an hour from now.
pub fn answers_until(now: Instant, zone: Zone, needed_on: Day) -> Instant {
    zone.start_of(needed_on).before(ANSWERED_BEFORE).max(now.after(SHORTEST_ANSWER))
}

impl Details {
    /// Without blanks at the ends; empty words are none.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        let tidy = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        self.words = tidy(self.words);
        self.note = tidy(self.note);
        self.place.address = tidy(self.place.address);
        self.unit = self.unit.trim().to_owned();
        self
    }

    /// Notes everything that does not hold together, seen from now.
    pub fn check(&self, now: Instant, zone: Zone, errors: &mut FieldErrors) {
        let today = zone.day_of(now);
        let last = today.checked_add_signed(Duration::days(LONGEST_AHEAD)).unwrap_or(today);
        errors.require((today..=last).contains(&self.needed_on), "/needed_on", NOT_AHEAD);
        errors.require(self.quantity.is_positive(), "/quantity", NOT_POSITIVE);
        self.place.check(errors);
        if let Some(until) = self.answers_until {
            let in_time = until >= now.after(SHORTEST_ANSWER) && until <= zone.end_of(self.needed_on);
            errors.require(in_time, "/answers_until", ANSWERS_DO_NOT_FIT);
        } else {
            // A day that ends within the hour leaves nobody the time to answer.
            let fits = answers_until(now, zone, self.needed_on) <= zone.end_of(self.needed_on);
            errors.require(fits, "/needed_on", NOT_AHEAD);
        }
    }
}

/// The first of somebody's names: enough to speak of them, too little to find them.
pub fn first_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}

pub(super) const UNKNOWN: FieldError =
    FieldError::Rule { code: "not-there", id: "Yang disebut di sini tidak ada.", en: "What this names is not there." };
pub(super) const NOT_POSITIVE: FieldError =
    FieldError::Rule { code: "not-positive", id: "Harus lebih dari nol.", en: "Must be more than zero." };
const NOT_AHEAD: FieldError = FieldError::Rule {
    code: "not-ahead",
    id: "Harinya harus di depan dan masih cukup waktu untuk dijawab, paling jauh satu tahun.",
    en: "The day must lie ahead and leave time for answers, at most a year.",
};
const ANSWERS_DO_NOT_FIT: FieldError = FieldError::Rule {
    code: "answers-do-not-fit",
    id: "Beri waktu paling sedikit satu jam, dan tidak lewat dari hari barang dibutuhkan.",
    en: "Leave at least an hour for answers, and not longer than the day on which the goods are needed.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_wanted_three_days_before_and_never_within_the_hour() {
        let now: Instant = "2026-11-23T07:30:00Z".parse().unwrap();
        let day = |text: &str| text.parse::<Day>().unwrap();
        let until = |needed_on| answers_until(now, Zone::Jakarta, day(needed_on));
        assert_eq!(until("2026-12-14"), "2026-12-10T17:00:00Z".parse().unwrap());
        assert_eq!(until("2026-11-24"), now.after(Duration::hours(1)));
    }

    #[test]
    fn only_the_first_name_is_told() {
        assert_eq!(first_name(" Contoh Sari Dewi "), "Contoh");
        assert_eq!(first_name(""), "");
    }
}
