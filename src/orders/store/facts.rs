//! Sale facts: what was sold, written at hand-over and never changed; what was undone or came back is a fact of
//! its own with the signs turned.

use diesel::prelude::*;

use crate::db::schema::sales;
use crate::db::{self, Conn, Tx, insert_rows};
use crate::kernel::ids::{CooperativeId, FulfilmentId, GroupId, LineId, OrderId, ProductId, SaleId};
use crate::kernel::text_enum::text_enum;
use crate::kernel::{Day, Instant, Quantity, Rupiah};
use crate::orders::order::Channel;

text_enum! {
    /// What kind of fact it is.
    SaleKind {
        /// Goods went to a buyer.
        Sale = "sale",
        /// Goods came back.
        Return = "return",
        /// A hand-over had been noted by mistake.
        Undo = "undo",
    }
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sales)]
pub struct SaleFact {
    /// Its id.
    pub id: SaleId,
    /// The seller of record.
    #[diesel(column_name = cooperative_id)]
    pub cooperative: CooperativeId,
    /// Whose goods.
    #[diesel(column_name = group_id)]
    pub group: GroupId,
    /// Which goods.
    #[diesel(column_name = product_id)]
    pub product: ProductId,
    /// By which order.
    #[diesel(column_name = order_id)]
    pub order: OrderId,
    /// By which part of it.
    #[diesel(column_name = fulfilment_id)]
    pub fulfilment: FulfilmentId,
    /// By which line of it.
    #[diesel(column_name = line_id)]
    pub line: LineId,
    /// What kind of fact.
    pub kind: SaleKind,
    /// By which way the order came.
    pub channel: Channel,
    /// `account:…` or `guest:…`.
    pub buyer: String,
    /// On which business day of the cooperative.
    pub sold_on: Day,
    /// When it was written.
    pub recorded_at: Instant,
    /// How much; negative when it came back.
    pub quantity: Quantity,
    /// For how much; negative when it came back.
    pub amount: Rupiah,
    /// What of that the cooperative keeps; negative when it came back.
    pub service: Rupiah,
}

/// Writes facts.
pub fn insert_facts(tx: &mut Tx<'_>, facts: &[SaleFact]) -> db::Result<()> {
    Ok(insert_rows!(tx, sales::table, facts)?)
}

/// The facts of one part of an order, in the order in which they were written.
pub fn facts_of_fulfilment(conn: &mut Conn, fulfilment: FulfilmentId) -> db::Result<Vec<SaleFact>> {
    Ok(sales::table
        .filter(sales::fulfilment_id.eq(fulfilment))
        .order((sales::recorded_at.asc(), sales::id.asc()))
        .select(SaleFact::as_select())
        .load(conn)?)
}
