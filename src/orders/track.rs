//! The secrets of an order's links: made from its id under the server's key, so that they need not be kept, and so
//! that a request sent twice gets the same one. One opens a guest's order, the other lets whoever holds it pay for any
//! order and shows them nothing else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::kernel::ids::{Id, OrderId};
use crate::web::Signer;

const TO_OPEN: &str = "track";
const TO_PAY: &str = "pay";
const TAG: usize = 16;

/// The secret that opens this order for whoever holds it.
pub fn secret(signer: &Signer, order: OrderId) -> String {
    sealed(signer, TO_OPEN, order)
}

/// The order that this secret opens, if it is one of ours.
pub fn order_of(signer: &Signer, secret: &str) -> Option<OrderId> {
    unsealed(signer, TO_OPEN, secret)
}

/// The secret by which anybody pays for this order.
pub fn secret_to_pay(signer: &Signer, order: OrderId) -> String {
    sealed(signer, TO_PAY, order)
}

/// The order that is paid for by this secret, if it is one of ours.
pub fn order_to_pay(signer: &Signer, secret: &str) -> Option<OrderId> {
    unsealed(signer, TO_PAY, secret)
}

fn sealed(signer: &Signer, purpose: &str, order: OrderId) -> String {
    let mut bytes = order.uuid().as_bytes().to_vec();
    let tag = signer.sign(purpose, &bytes);
    bytes.extend(tag.iter().take(TAG));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unsealed(signer: &Signer, purpose: &str, secret: &str) -> Option<OrderId> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    let (id, tag) = bytes.split_at_checked(TAG)?;
    if tag.len() != TAG || !signer.verify(purpose, id, tag) {
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
        let signer = Signer::new([7; 32]);
        let order: OrderId = Entropy::seeded(1).id(Instant::EPOCH);
        let made = secret(&signer, order);
        assert_eq!(order_of(&signer, &made), Some(order));
        assert_eq!(secret(&signer, order), made);
        assert_eq!(order_of(&Signer::new([8; 32]), &made), None);
        for wrong in ["", "a", &made[..made.len() - 2], &format!("{made}AAAA"), "not base64!"] {
            assert_eq!(order_of(&signer, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_pays_for_an_order_does_not_open_it_and_the_other_way_round() {
        let signer = Signer::new([7; 32]);
        let order: OrderId = Entropy::seeded(1).id(Instant::EPOCH);
        let (opens, pays) = (secret(&signer, order), secret_to_pay(&signer, order));
        assert_eq!((order_of(&signer, &pays), order_to_pay(&signer, &opens)), (None, None));
        assert_eq!(order_to_pay(&signer, &pays), Some(order));
    }
}
