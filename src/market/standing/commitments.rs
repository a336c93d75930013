//! What standing orders hold of a group's goods, day by day.

use std::collections::{BTreeMap, BTreeSet};

use super::store;
use crate::db::{Conn, Result};
use crate::kernel::ids::{GroupId, OrderId, ProductId};
use crate::kernel::{Day, Quantity};

/// What standing orders hold of a product on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// The day.
    pub day: Day,
    /// The product.
    pub product: ProductId,
    /// How much.
    pub quantity: Quantity,
    /// From how many orders.
    pub orders: usize,
}

/// What standing orders hold of a group's goods from one day to another.
pub fn commitments(conn: &mut Conn, group: GroupId, from: Day, to: Day) -> Result<Vec<Commitment>> {
    let mut sums: BTreeMap<(Day, ProductId), (Quantity, BTreeSet<OrderId>)> = BTreeMap::new();
    for (day, product, quantity, order) in store::committed(conn, group, from, to)? {
        let (sum, orders) = sums.entry((day, product)).or_default();
        *sum = sum.plus(quantity);
        orders.insert(order);
    }
    let commitment = |((day, product), (quantity, orders)): ((Day, ProductId), (Quantity, BTreeSet<OrderId>))| {
        Commitment { day, product, quantity, orders: orders.len() }
    };
    Ok(sums.into_iter().map(commitment).collect())
}
