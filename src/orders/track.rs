//! The secret of a guest's order: made from its id under the server's key, so that it need not be kept, and so
//! that a request sent twice gets the same one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::kernel::ids::{Id, OrderId};
use crate::web::Sealer;

const PURPOSE: &str = "track";
const TAG: usize = 16;

/// The secret that opens this order for whoever holds it.
pub fn secret(sealer: &Sealer, order: OrderId) -> String {
    let mut bytes = order.uuid().as_bytes().to_vec();
    let tag = sealer.tag(PURPOSE, &bytes);
    bytes.extend(tag.iter().take(TAG));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The order that this secret opens, if it is one of ours.
pub fn order_of(sealer: &Sealer, secret: &str) -> Option<OrderId> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    let (id, tag) = bytes.split_at_checked(TAG)?;
    if tag.len() != TAG || !sealer.is_tag(PURPOSE, id, tag) {
        return None;
    }
    Uuid::from_slice(id).ok().map(OrderId::from_uuid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Entropy, Instant};

    #[test]
    fn only_the_whole_secret_opens_the_order() {
        let sealer = Sealer::new([7; 32]);
        let order: OrderId = Entropy::seeded(1).id(Instant::EPOCH);
        let made = secret(&sealer, order);
        assert_eq!(order_of(&sealer, &made), Some(order));
        assert_eq!(secret(&sealer, order), made);
        assert_eq!(order_of(&Sealer::new([8; 32]), &made), None);
        for wrong in ["", "a", &made[..made.len() - 2], &format!("{made}AAAA"), "not base64!"] {
            assert_eq!(order_of(&sealer, wrong), None, "{wrong}");
        }
    }
}
