//! The secrets of order links: derived from the order id with the server's key, so they are not stored and a repeated
//! request gets the same one. The tracking secret opens a guest's order; the payment secret lets its holder pay for any
//! order and shows nothing else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::kernel::ids::{Id, OrderId};
use crate::web::Signer;

const TRACK_PURPOSE: &str = "track";
const PAY_PURPOSE: &str = "pay";
const TAG_LENGTH: usize = 16;

/// The tracking secret of this order.
pub fn tracking_secret(signer: &Signer, order: OrderId) -> String {
    encode(signer, TRACK_PURPOSE, order)
}

/// The order of a tracking secret; `None` if the secret is invalid.
pub fn parse_tracking_secret(signer: &Signer, secret: &str) -> Option<OrderId> {
    decode(signer, TRACK_PURPOSE, secret)
}

/// The payment secret of this order.
pub fn payment_secret(signer: &Signer, order: OrderId) -> String {
    encode(signer, PAY_PURPOSE, order)
}

/// The order of a payment secret; `None` if the secret is invalid.
pub fn parse_payment_secret(signer: &Signer, secret: &str) -> Option<OrderId> {
    decode(signer, PAY_PURPOSE, secret)
}

fn encode(signer: &Signer, purpose: &str, order: OrderId) -> String {
    let mut bytes = order.uuid().as_bytes().to_vec();
    let tag = signer.sign(purpose, &bytes);
    bytes.extend(tag.iter().take(TAG_LENGTH));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(signer: &Signer, purpose: &str, secret: &str) -> Option<OrderId> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    let (id, tag) = bytes.split_at_checked(TAG_LENGTH)?;
    if tag.len() != TAG_LENGTH || !signer.verify(purpose, id, tag) {
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
        let made = tracking_secret(&signer, order);
        assert_eq!(parse_tracking_secret(&signer, &made), Some(order));
        assert_eq!(tracking_secret(&signer, order), made);
        assert_eq!(parse_tracking_secret(&Signer::new([8; 32]), &made), None);
        for wrong in ["", "a", &made[..made.len() - 2], &format!("{made}AAAA"), "not base64!"] {
            assert_eq!(parse_tracking_secret(&signer, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_pays_for_an_order_does_not_open_it_and_the_other_way_round() {
        let signer = Signer::new([7; 32]);
        let order: OrderId = Entropy::seeded(1).id(Instant::EPOCH);
        let (opens, pays) = (tracking_secret(&signer, order), payment_secret(&signer, order));
        assert_eq!((parse_tracking_secret(&signer, &pays), parse_payment_secret(&signer, &opens)), (None, None));
        assert_eq!(parse_payment_secret(&signer, &pays), Some(order));
    }
}
