//! All ids, one type each, so that they cannot be confused.
//!
//! Ids are UUIDv7: they sort by creation time, and clients may make their own.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The SQL type of ids: `uuid` on PostgreSQL, a 16-byte blob on SQLite; `db` maps it.
#[derive(Debug, Clone, Copy, Default, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct SqlUuid;

/// An id type.
pub trait Id: Copy + Eq + Ord + std::fmt::Display + Send + Sync + 'static {
    /// Wraps a UUID.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The UUID.
    fn uuid(self) -> Uuid;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(
                Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
                diesel::expression::AsExpression, diesel::deserialize::FromSqlRow, utoipa::ToSchema,
            )]
            #[serde(transparent)]
            #[diesel(sql_type = SqlUuid)]
            #[schema(value_type = String, format = Uuid, max_length = 36, example = "019a8b1c-7c1e-7d3a-9b1f-2f6d5b1a0c11")]
            pub struct $name(Uuid);

            impl Id for $name {
                fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
                fn uuid(self) -> Uuid { self.0 }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
            }

            impl std::str::FromStr for $name {
                type Err = uuid::Error;
                fn from_str(text: &str) -> Result<Self, uuid::Error> { text.parse().map(Self) }
            }
        )*

        /// Applies a macro to every id type, so that `db` can map each to its column.
        macro_rules! for_each_id {
            ($apply:ident) => { $($apply!($crate::kernel::ids::$name);)* };
        }
        pub(crate) use for_each_id;
    };
}

ids! {
    /// A person's account.
    AccountId;
    /// An occasion of the calendar.
    OccasionId;
    /// A signed-in device.
    SessionId;
    /// One refresh token of a session.
    RefreshTokenId;
    /// A one-time token: verification, reset, invitation.
    TokenId;
    /// A cooperative.
    CooperativeId;
    /// A person's office in a cooperative.
    AssignmentId;
    /// A business group.
    GroupId;
    /// A membership in a group, with or without an account.
    MembershipId;
    /// An invitation into a group.
    InvitationId;
    /// A place where orders are picked up.
    PickupPointId;
    /// A zone of local delivery with its fee.
    DeliveryZoneId;
    /// A schedule of market days.
    ScheduleId;
    /// A market day.
    MarketDayId;
    /// A group's offering for a market day.
    OfferingId;
    /// A standing order.
    StandingOrderId;
    /// A line of a standing order.
    StandingLineId;
    /// An occurrence of a standing order.
    OccurrenceId;
    /// A product.
    ProductId;
    /// A photo of a product.
    PhotoId;
    /// An ingredient of a group.
    IngredientId;
    /// A batch: a dated, limited supply of one product.
    BatchId;
    /// A member's contribution to a batch.
    ContributionId;
    /// A discarded quantity of a batch.
    DiscardId;
    /// Demand that could not be met.
    RefusalId;
    /// An order.
    OrderId;
    /// A line of an order.
    LineId;
    /// A claim of a line on a batch.
    ClaimId;
    /// One group's part of an order.
    FulfilmentId;
    /// A note between buyer and officers.
    NoteId;
    /// A sale, recorded at hand-over.
    SaleId;
    /// A payment.
    PaymentId;
    /// Cash on its way to the treasurer.
    HandoverId;
    /// A count of the cash box.
    CashCountId;
    /// A line of a bank statement.
    StatementLineId;
    /// A QRIS code of a cooperative.
    QrisCodeId;
    /// A charge of a payment gateway.
    GatewayChargeId;
    /// A notification of a payment gateway.
    GatewayNotificationId;
    /// A buyer's request for goods that are not listed.
    RequestId;
    /// A group's offer for a request.
    OfferId;
    /// A contract with a regular buyer.
    ContractId;
    /// A product of a contract.
    ContractLineId;
    /// A monthly invoice of a contract.
    InvoiceId;
    /// A line of an invoice.
    InvoiceLineId;
    /// A shop that sells goods on consignment.
    OutletId;
    /// Goods of a batch delivered to an outlet.
    ConsignmentId;
    /// A count of an outlet's remaining goods.
    OutletCountId;
    /// A payout to a group.
    PayoutId;
    /// A receipt of a member's expense for ingredients.
    ReceiptId;
    /// A ledger entry.
    EntryId;
    /// The source of a ledger entry: a payment, a fulfilment, a payout.
    SourceDocumentId;
    /// An event of the log.
    EventId;
    /// A job.
    JobId;
    /// A letter in the outbox of mail.
    MailId;
    /// The subject of a stored response: an order, an account, a membership.
    SubjectId;
}
