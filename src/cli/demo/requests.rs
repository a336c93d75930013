//! Buyers' requests and the groups' offers.

use super::today::{Act, Today, broken, later, phone};
use super::{money, season};
use crate::cooperatives::Roles;
use crate::db::Tx;
use crate::kernel::ids::AccountId;
use crate::kernel::{Language, Quantity, Rupiah};
use crate::orders::{Channel, OrderContact};
use crate::requests::{self, Acceptance, Destination, DestinationKind, Details, NewOffer, NewRequest, Occasion};
use crate::web::Problem;

impl Today<'_> {
    pub(super) fn request_feast(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let words = "Isi kotak hajatan: 250 pastel dan 150 telur asin";
        self.create_request(tx, None, words, (400, "piece"), 9, Occasion::Hajatan, Some(1_200_000))
    }

    /// An officer records a request from a phone call.
    pub(super) fn request_by_phone(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let words = "Keripik singkong untuk suguhan rapat kecamatan";
        self.create_request(tx, Some("Contoh Kecamatan"), words, (100, "pack"), 8, Occasion::Office, None)
    }

    /// A request that has no offers yet when the demo is served.
    pub(super) fn request_unanswered(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let words = "Tumpeng mini untuk syukuran panen";
        self.create_request(tx, None, words, (40, "box"), 10, Occasion::Other, Some(800_000))
    }

    #[expect(clippy::too_many_arguments, reason = "all fields of a request")]
    fn create_request(
        &mut self,
        tx: &mut Tx<'_>,
        caller: Option<&str>,
        words: &str,
        (quantity, unit): (i64, &str),
        ahead: i64,
        occasion: Occasion,
        budget: Option<i64>,
    ) -> Result<(), Problem> {
        let now = self.at(9 * 60);
        // Not on a closed day.
        let needed_on = later(self.day, ahead).iter_days().find(|day| !season::is_closed(*day)).unwrap_or(self.day);
        let place = Destination {
            kind: DestinationKind::Pickup,
            point: Some(self.world.founded.pickup_point),
            zone: None,
            address: None,
        };
        let new_request = NewRequest {
            cooperative: self.world.founded.cooperative,
            product: None,
            category: None,
            details: Details {
                words: Some(words.into()),
                quantity: Quantity::from_units(quantity),
                unit: unit.into(),
                needed_on,
                place,
                budget: budget.map(Rupiah),
                occasion,
                note: None,
                answers_until: None,
            },
            channel: if caller.is_some() { Channel::Phone } else { Channel::App },
            contact: caller.map(|name| OrderContact { name: name.into(), phone: phone(800), email: None }),
            locale: Language::Indonesian,
        };
        let roles = Roles::load(tx, self.request_account(caller.is_some()))?;
        let id = tx.id(now);
        requests::create_request(tx, now, &roles, id, &new_request).map_err(broken)?;
        self.agenda.market.request = Some((id, Vec::new()));
        self.agenda.market.by_phone = caller.is_some();
        Ok(())
    }

    /// Groups make offers for the request, given as indices of group and product, quantity in whole units and unit price.
    pub(super) fn create_offers(
        &mut self,
        tx: &mut Tx<'_>,
        proposals: &[(usize, usize, i64, i64)],
    ) -> Result<(), Problem> {
        let now = self.at(10 * 60);
        let Some((request, _)) = self.agenda.market.request.clone() else { return Ok(()) };
        let needed_on = requests::find_request(tx, request)?.map_or(self.day, |request| request.needed_on);
        let mut offers = Vec::new();
        for (group, product, quantity, price) in proposals {
            let (shop, _, _) = self.shop(*group)?;
            let Some(product) = shop.products.get(*product).copied() else { continue };
            let new_offer = NewOffer {
                product,
                quantity: Quantity::from_units(*quantity),
                unit_price: Rupiah(*price),
                ready_on: needed_on,
                deposit_percent: Some(30),
                valid_until: None,
            };
            let officer = Roles::load(tx, shop.officer)?;
            let id = tx.id(now);
            requests::create_offer(tx, now, &officer, request, id, &new_offer).map_err(broken)?;
            offers.push((id, quantity.saturating_mul(*price)));
        }
        self.agenda.market.request = Some((request, offers));
        Ok(())
    }

    /// The requester accepts all offers and pays in advance.
    pub(super) fn accept_offers(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let now = self.at(11 * 60);
        let Some((request, offers)) = self.agenda.market.request.take() else { return Ok(()) };
        let acceptance = Acceptance {
            order: tx.id(now),
            offers: offers.iter().map(|(offer, _)| (*offer, None)).collect(),
            delivery: None,
            note: None,
            expected_total: Rupiah(offers.iter().map(|(_, amount)| amount).sum()),
        };
        let roles = Roles::load(tx, self.request_account(self.agenda.market.by_phone))?;
        let (_, whole) = requests::accept(tx, now, self.settings, &roles, request, &acceptance).map_err(broken)?;
        self.tally.placed = self.tally.placed.saturating_add(1);
        let transfer = money::announce_transfer(tx, now, &whole)?;
        if let Some(payment) = transfer {
            self.schedule(later(self.day, 1), 8 * 60, Act::Confirm { payment });
        }
        self.schedule_hand_over(&whole, transfer.is_some());
        Ok(())
    }

    /// The account that manages the request: the buyer, or the officer who took the call.
    fn request_account(&self, by_phone: bool) -> AccountId {
        let officer = self.world.shops.get(1).map(|shop| shop.officer);
        let buyer = self.world.buyers.last().map(|buyer| buyer.account);
        if by_phone { officer } else { buyer }.unwrap_or(self.world.founded.board)
    }
}
