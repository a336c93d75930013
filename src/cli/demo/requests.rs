//! What buyers ask for that no listing has, and what groups offer for it.

use super::live::{Act, Today, broken, later, phone};
use super::{money, season};
use crate::cooperatives::Roles;
use crate::db::Tx;
use crate::kernel::ids::AccountId;
use crate::kernel::{Language, Quantity, Rupiah};
use crate::orders::{Channel, Contact};
use crate::requests::{self, Asking, Destination, DestinationKind, Details, Occasion, Proposal, Taking};
use crate::web::Problem;

impl Today<'_> {
    pub(super) fn ask_for_a_feast(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let words = "Isi kotak hajatan: 250 pastel dan 150 telur asin";
        self.ask(tx, None, words, (400, "piece"), 9, Occasion::Hajatan, Some(1_200_000))
    }

    /// An officer writes down what somebody wants who called.
    pub(super) fn hear_by_phone(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let words = "Keripik singkong untuk suguhan rapat kecamatan";
        self.ask(tx, Some("Contoh Kecamatan"), words, (100, "pack"), 8, Occasion::Office, None)
    }

    /// What nobody has offered yet when the demo is served.
    pub(super) fn ask_for_more(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let words = "Tumpeng mini untuk syukuran panen";
        self.ask(tx, None, words, (40, "box"), 10, Occasion::Other, Some(800_000))
    }

    #[expect(clippy::too_many_arguments, reason = "a request says that much")]
    fn ask(
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
        // Nobody makes anything while all are shut.
        let needed_on = later(self.day, ahead).iter_days().find(|day| !season::is_shut(*day)).unwrap_or(self.day);
        let place = Destination {
            kind: DestinationKind::Pickup,
            point: Some(self.world.founded.pickup_point),
            zone: None,
            address: None,
        };
        let asking = Asking {
            cooperative: self.world.founded.cooperative,
            product: None,
            category: None,
            details: Details {
                words: Some(words.into()),
                quantity: Quantity::units(quantity),
                unit: unit.into(),
                needed_on,
                place,
                budget: budget.map(Rupiah),
                occasion,
                note: None,
                answers_until: None,
            },
            channel: if caller.is_some() { Channel::Phone } else { Channel::App },
            contact: caller.map(|name| Contact { name: name.into(), phone: phone(800), email: None }),
            locale: Language::Indonesian,
        };
        let roles = Roles::of(tx, self.keeper(caller.is_some()))?;
        let id = tx.id(now);
        requests::ask(tx, now, &roles, id, &asking).map_err(broken)?;
        self.agenda.market.request = Some((id, Vec::new()));
        self.agenda.market.by_phone = caller.is_some();
        Ok(())
    }

    /// Groups offer for the request: which product of whom, how many and at which price.
    pub(super) fn offer(&mut self, tx: &mut Tx<'_>, proposals: &[(usize, usize, i64, i64)]) -> Result<(), Problem> {
        let now = self.at(10 * 60);
        let Some((request, _)) = self.agenda.market.request.clone() else { return Ok(()) };
        let needed_on = requests::find_request(tx, request)?.map_or(self.day, |request| request.needed_on);
        let mut offers = Vec::new();
        for (group, product, quantity, price) in proposals {
            let (shop, _, _) = self.shop(*group)?;
            let Some(product) = shop.products.get(*product).copied() else { continue };
            let proposal = Proposal {
                product,
                quantity: Quantity::units(*quantity),
                unit_price: Rupiah(*price),
                ready_on: needed_on,
                deposit_percent: Some(30),
                valid_until: None,
            };
            let officer = Roles::of(tx, shop.officer)?;
            let id = tx.id(now);
            requests::propose(tx, now, &officer, request, id, &proposal).map_err(broken)?;
            offers.push((id, quantity.saturating_mul(*price)));
        }
        self.agenda.market.request = Some((request, offers));
        Ok(())
    }

    /// Whoever asked takes all that was offered, and pays ahead.
    pub(super) fn take(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let now = self.at(11 * 60);
        let Some((request, offers)) = self.agenda.market.request.take() else { return Ok(()) };
        let taking = Taking {
            order: tx.id(now),
            offers: offers.iter().map(|(offer, _)| (*offer, None)).collect(),
            delivery: None,
            note: None,
            expected_total: Rupiah(offers.iter().map(|(_, amount)| amount).sum()),
        };
        let keeper = Roles::of(tx, self.keeper(self.agenda.market.by_phone))?;
        let (_, whole) = requests::accept(tx, now, self.settings, &keeper, request, &taking).map_err(broken)?;
        self.tally.placed = self.tally.placed.saturating_add(1);
        let transfer = money::announce(tx, now, &whole)?;
        if let Some(payment) = transfer {
            self.note(later(self.day, 1), 8 * 60, Act::Confirm { payment });
        }
        self.expect(&whole, transfer.is_some());
        Ok(())
    }

    /// Who acts for a request: the buyer who asked, or the officer who took the call.
    fn keeper(&self, by_phone: bool) -> AccountId {
        let officer = self.world.shops.get(1).map(|shop| shop.officer);
        let buyer = self.world.buyers.last().map(|buyer| buyer.account);
        if by_phone { officer } else { buyer }.unwrap_or(self.world.founded.board)
    }
}
