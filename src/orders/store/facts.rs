//! Sale facts: one row for each sold line, written at hand-over and never changed. Undoing or returning adds a
//! reversing row.

use diesel::prelude::*;

use crate::db::schema::sales;
use crate::db::{self, Conn, Tx, insert_rows};
use crate::kernel::ids::{CooperativeId, FulfilmentId, GroupId, LineId, OrderId, ProductId, SaleId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::orders::order::Channel;

text_enum! {
    /// The kind of a sale fact.
    SaleKind {
        /// Goods went to a buyer.
        Sale = "sale",
        /// Goods were returned.
        Return = "return",
        /// A hand-over was recorded by mistake.
        Undo = "undo",
    }
}

/// One sale fact.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sales)]
pub struct SaleFact {
    /// Its id.
    pub id: SaleId,
    /// The seller of record.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// The producing group.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// The product.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// The order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// The part of the order.
    #[diesel(column_name = fulfilment_id)]
    pub fulfilment: FulfilmentId,
    /// The line of the order.
    #[diesel(column_name = line_id)]
    pub line: LineId,
    /// The kind.
    pub kind: SaleKind,
    /// The order's channel.
    pub channel: Channel,
    /// `account:…`, `outlet:…` or `guest:…`.
    pub buyer: String,
    /// The business day of the cooperative.
    pub sold_on: Day,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Quantity; negative in a reversal.
    pub quantity: Quantity,
    /// Amount; negative in a reversal.
    pub amount: Rupiah,
    /// The cooperative's service fee in it; negative in a reversal.
    pub service: Rupiah,
}

/// Inserts facts.
pub fn insert_facts(tx: &mut Tx<'_>, facts: &[SaleFact]) -> db::Result<()> {
    Ok(insert_rows!(tx, sales::table, facts)?)
}

/// The facts of one part of an order, oldest first.
pub fn list_facts_of_fulfilment(conn: &mut Conn, fulfilment: FulfilmentId) -> db::Result<Vec<SaleFact>> {
    Ok(sales::table
        .filter(sales::fulfilment_id.eq(fulfilment))
        .order((sales::recorded_at.asc(), sales::id.asc()))
        .select(SaleFact::as_select())
        .load(conn)?)
}
