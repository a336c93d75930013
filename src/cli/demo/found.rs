//! Founding the village: people, the cooperative, its groups and what they list.

use super::village::{GIVEN_NAMES, GROUPS, Group, Product};
use super::world::{Buyer, Founded, Person, Shop, World};
use crate::accounts::{self, Registration};
use crate::catalogue::{self, ContentUnit, Contents, Halal, HalalStatus, Label, Licence, LicenceKind, Offering};
use crate::cooperatives::{
    self, Assignee, BankAccount, CooperativePermit, DeliveryZoneDetails, GroupAction, GroupPermit, MemberRole,
    NewCooperative, NewGroup, NewMember, Office, PickupPointDetails, Roles,
};
use crate::db::Tx;
use crate::kernel::ids::{AccountId, CooperativeId, GroupId, ProductId};
use crate::kernel::{Instant, Language, Quantity, Rupiah};
use crate::web::Problem;

/// The village whose cooperative it is.
const CIHONJE: &str = "33.02.15.2003";

/// Numbers the people of the demo, so that each has a login of their own.
struct Register<'a> {
    password_hash: &'a str,
    people: Vec<Person>,
    numbered: u32,
}

impl Register<'_> {
    fn person(&mut self, tx: &mut Tx<'_>, now: Instant, role: &str) -> Result<AccountId, Problem> {
        let (name, phone) = self.name_and_phone();
        let login = format!("{}{}@contoh.example", role.replace(' ', "-"), self.numbered);
        self.enter(tx, now, role, &name, &login, &phone, false)
    }

    fn admin(&mut self, tx: &mut Tx<'_>, now: Instant) -> Result<AccountId, Problem> {
        let (name, phone) = self.name_and_phone();
        self.enter(tx, now, "admin", &name, "admin@contoh.example", &phone, true)
    }

    fn name_and_phone(&mut self) -> (String, String) {
        let position = usize::try_from(self.numbered).unwrap_or(0);
        let name = GIVEN_NAMES.get(position.checked_rem(GIVEN_NAMES.len()).unwrap_or(0)).copied().unwrap_or("Sari");
        let round = position.checked_div(GIVEN_NAMES.len()).unwrap_or(0);
        self.numbered = self.numbered.saturating_add(1);
        let suffix = if round == 0 { String::new() } else { format!(" {}", round.saturating_add(1)) };
        (format!("Contoh {name}{suffix}"), format!("0812000{:05}", self.numbered))
    }

    #[expect(clippy::too_many_arguments, reason = "one row of the register")]
    fn enter(
        &mut self,
        tx: &mut Tx<'_>,
        now: Instant,
        role: &str,
        name: &str,
        login: &str,
        phone: &str,
        admin: bool,
    ) -> Result<AccountId, Problem> {
        let registration = Registration {
            name: name.to_owned(),
            email: login.parse().ok(),
            phone: phone.parse().ok(),
            language: Language::Indonesian,
            password_hash: self.password_hash.to_owned(),
        };
        let account = if admin {
            accounts::create_admin(tx, now, &registration)?
        } else {
            accounts::register(tx, now, &registration)?
        };
        self.people.push(Person {
            role: role.to_owned(),
            name: name.to_owned(),
            login: login.to_owned(),
            password: super::PASSWORD.to_owned(),
            account: account.id,
        });
        Ok(account.id)
    }
}

/// Founds everything at this moment. All people share one password, of which this is the hash.
pub(in crate::cli) fn found(
    tx: &mut Tx<'_>,
    now: Instant,
    password_hash: &str,
    buyers: usize,
) -> Result<World, Problem> {
    let mut register = Register { password_hash, people: Vec::new(), numbered: 0 };
    let admin = register.admin(tx, now)?;
    let (cooperative, board, treasurer) = found_cooperative(tx, now, admin, &mut register)?;
    let keeper = Roles::of(tx, board)?;
    let point = PickupPointDetails {
        name: Some("Balai Desa Cihonje".into()),
        address: Some("Jalan Raya Cihonje, Dusun Karanganyar".into()),
        hours: Some("Senin sampai Sabtu, 08.00-16.00".into()),
    };
    let pickup_point = cooperatives::add_pickup_point(tx, now, &keeper, cooperative, None, &point)?.id;
    let mut delivery_zones = Vec::new();
    for (name, description, fee) in [
        ("Dalam desa", "Semua dusun di Cihonje", 3_000),
        ("Kecamatan Gumelar", "Desa lain di Gumelar", 8_000),
        ("Ajibarang dan Cilongok", "Kota kecamatan tetangga", 15_000),
    ] {
        let details = DeliveryZoneDetails {
            name: Some(name.into()),
            description: Some(description.into()),
            fee: Some(Rupiah(fee)),
        };
        delivery_zones.push(cooperatives::add_delivery_zone(tx, now, &keeper, cooperative, None, &details)?.id);
    }
    let mut shops = Vec::new();
    for group in GROUPS {
        shops.push(found_shop(tx, now, cooperative, board, group, &mut register)?);
    }
    let mut known = Vec::new();
    for _ in 0..buyers {
        let account = register.person(tx, now, "buyer")?;
        let name = register.people.last().map(|person| person.name.clone()).unwrap_or_default();
        known.push(Buyer { account, name });
    }
    Ok(World {
        founded: Founded { cooperative, admin, board, treasurer, pickup_point, delivery_zones },
        shops,
        buyers: known,
        people: register.people,
    })
}

fn found_cooperative(
    tx: &mut Tx<'_>,
    now: Instant,
    admin: AccountId,
    register: &mut Register<'_>,
) -> Result<(CooperativeId, AccountId, AccountId), Problem> {
    let cooperative = NewCooperative {
        id: None,
        code: "CIH".into(),
        name: "Koperasi Contoh Cihonje".into(),
        kind: "cooperative".into(),
        description: "Koperasi contoh milik kelompok usaha purna migran; semua nama dan angka rekaan.".into(),
        village_code: CIHONJE.into(),
        address: "Balai Desa Cihonje, RT 002/RW 005, Dusun Karanganyar".into(),
        phone: "081200099001".parse().ok(),
        email: Some("koperasi@contoh.example".into()),
        zone: None,
        bank: Some(BankAccount {
            name: "Bank Contoh Desa".into(),
            account: "3302150003".into(),
            holder: "Koperasi Contoh Cihonje".into(),
        }),
        demo: true,
    };
    let cooperative = cooperatives::found(tx, now, admin, &cooperative)?.id;
    let administrator = Roles::of(tx, admin)?;
    let board = register.person(tx, now, "board")?;
    cooperatives::assign(tx, now, &administrator, cooperative, &Assignee::Account(board), Office::Board)?;
    let agency = register.person(tx, now, "agency")?;
    cooperatives::assign(tx, now, &administrator, cooperative, &Assignee::Account(agency), Office::Agency)?;
    let governor = Roles::of(tx, board)?;
    let mut treasurer = board;
    for (role, office) in [
        ("treasurer", Office::Treasurer),
        ("supervisor", Office::Supervisor),
        ("companion", Office::Companion),
        ("companion", Office::Companion),
    ] {
        let account = register.person(tx, now, role)?;
        cooperatives::assign(tx, now, &governor, cooperative, &Assignee::Account(account), office)?;
        if office == Office::Treasurer {
            treasurer = account;
        }
    }
    Ok((cooperative, board, treasurer))
}

fn found_shop(
    tx: &mut Tx<'_>,
    now: Instant,
    cooperative: CooperativeId,
    board: AccountId,
    group: &Group,
    register: &mut Register<'_>,
) -> Result<Shop, Problem> {
    let chair = register.person(tx, now, "officer")?;
    let new = NewGroup {
        id: None,
        name: group.name.into(),
        description: group.description.into(),
        hamlet: Some(group.hamlet.into()),
        business_id: None,
        phone: None,
    };
    let id = cooperatives::found_group(tx, now, chair, cooperative, &new)?.id;
    let officer = Roles::of(tx, chair)?;
    cooperatives::step_group(tx, now, &officer, id, None, GroupAction::Submit, None)?;
    let governor = Roles::of(tx, board)?;
    cooperatives::step_group(tx, now, &governor, id, None, GroupAction::Approve, None)?;
    let permit = permit_of(tx, chair, cooperative, id)?;
    let mut members = vec![permit.membership];
    for position in 1..group.members {
        let (name, phone) = register.name_and_phone();
        let role = match position {
            1 => MemberRole::Secretary,
            2 => MemberRole::Treasurer,
            _ => MemberRole::Member,
        };
        // Some members have no phone; none of these has an account.
        let phone = if position.is_multiple_of(3) { None } else { phone.parse().ok() };
        members.push(cooperatives::add_member(tx, now, &officer, id, &NewMember { id: None, name, phone, role })?.id);
    }
    let mut products = Vec::new();
    for (position, product) in group.products.iter().enumerate() {
        let id: ProductId = tx.id(now);
        catalogue::add(tx, now, &permit, id, offering(product, position))?;
        catalogue::publish(tx, now, permit, id, None)?;
        products.push(id);
    }
    Ok(Shop { group: id, name: group.name.into(), officer: chair, membership: permit.membership, members, products })
}

pub(in crate::cli) fn permit_of(
    tx: &mut Tx<'_>,
    account: AccountId,
    cooperative: CooperativeId,
    group: GroupId,
) -> Result<GroupPermit, Problem> {
    let held = cooperatives::held_by(tx, account)?;
    let membership = held
        .memberships
        .iter()
        .find(|held| held.group == group)
        .map(|held| held.membership)
        .ok_or_else(Problem::not_found)?;
    Ok(GroupPermit { account, group, cooperative, membership, role: MemberRole::Chair })
}

pub(in crate::cli) fn offering(product: &Product, position: usize) -> Offering {
    let mut offering = Offering::new(product.name, product.category, product.unit, Rupiah(product.price));
    offering.description = product.description.into();
    offering.lead_time_days = product.lead;
    offering.shelf_life_days = Some(product.shelf).filter(|days| *days > 0);
    offering.minimum_quantity = Quantity::units(product.minimum);
    if product.unit.is_divisible() {
        offering.quantity_step = Quantity::thousandths(500);
    }
    offering.daily_capacity = Quantity::units(product.capacity);
    offering.open_days_ahead = 30;
    offering.deposit_percent = product.deposit;
    let food = !product.composition.is_empty();
    offering.label = Label {
        composition: product.composition.iter().map(|part| (*part).to_owned()).collect(),
        net_content: (product.grams > 0)
            .then(|| Contents { value: Quantity::units(product.grams), unit: ContentUnit::Gram }),
        allergens: product.allergens.to_vec(),
        storage: (product.shelf > 30).then(|| "Simpan di tempat kering dan sejuk.".to_owned()),
        // Numbers ending in 00 are examples and belong to nobody.
        licence: (product.shelf > 7).then(|| Licence {
            kind: LicenceKind::Pirt,
            number: format!("20633020100{:02}-00", position.saturating_add(1)),
            expires_on: None,
        }),
        halal: Halal { status: if food { HalalStatus::InProcess } else { HalalStatus::NotApplicable }, number: None },
        halal_recheck: false,
    };
    offering
}

impl World {
    /// Leave to act for the group of this shop.
    pub(in crate::cli) fn permit(&self, shop: &Shop) -> GroupPermit {
        GroupPermit {
            account: shop.officer,
            group: shop.group,
            cooperative: self.founded.cooperative,
            membership: shop.membership,
            role: MemberRole::Chair,
        }
    }

    /// Leave to act as the cooperative's treasurer.
    pub(super) fn treasurer(&self) -> CooperativePermit {
        self.office(self.founded.treasurer, Office::Treasurer)
    }

    /// Leave to act as its board.
    pub(super) fn board(&self) -> CooperativePermit {
        self.office(self.founded.board, Office::Board)
    }

    fn office(&self, account: AccountId, office: Office) -> CooperativePermit {
        CooperativePermit { account, cooperative: self.founded.cooperative, office }
    }
}
