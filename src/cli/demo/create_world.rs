//! Creates the demo world: people, the cooperative, its groups and their products.

use super::village::{GIVEN_NAMES, GROUPS, GroupSpec, ProductSpec};
use super::world::{DemoBuyer, DemoPerson, Founded, Shop, World};
use crate::accounts::{self, Registration};
use crate::catalogue::{self, ContentUnit, Contents, Halal, HalalStatus, Label, Licence, LicenceKind, Offering};
use crate::cooperatives::{
    self, Assignee, BankAccount, CooperativePermit, DeliveryZone, DeliveryZoneDetails, GroupAction, GroupPermit,
    MemberRole, NewCooperative, NewGroup, NewMember, Office, PickupPoint, PickupPointDetails, Roles,
};
use crate::db::Tx;
use crate::kernel::ids::{AccountId, CooperativeId, ProductId};
use crate::kernel::{Instant, Language, Quantity, Rupiah};
use crate::web::Problem;

/// The village code of the cooperative.
const CIHONJE: &str = "33.02.15.2003";

/// Registers the people of the demo with numbered logins.
struct Register<'a> {
    password_hash: &'a str,
    people: Vec<DemoPerson>,
    next_number: u32,
}

impl Register<'_> {
    fn person(&mut self, tx: &mut Tx<'_>, now: Instant, role: &str) -> Result<AccountId, Problem> {
        let (name, phone) = self.name_and_phone();
        let login = format!("{}{}@contoh.example", role.replace(' ', "-"), self.next_number);
        self.register(tx, now, role, &name, &login, &phone, false)
    }

    fn admin(&mut self, tx: &mut Tx<'_>, now: Instant) -> Result<AccountId, Problem> {
        let (name, phone) = self.name_and_phone();
        self.register(tx, now, "admin", &name, "admin@contoh.example", &phone, true)
    }

    fn name_and_phone(&mut self) -> (String, String) {
        let position = usize::try_from(self.next_number).unwrap_or(0);
        let name = GIVEN_NAMES.get(position.checked_rem(GIVEN_NAMES.len()).unwrap_or(0)).map_or("Sari", String::as_str);
        let round = position.checked_div(GIVEN_NAMES.len()).unwrap_or(0);
        self.next_number = self.next_number.saturating_add(1);
        let suffix = if round == 0 { String::new() } else { format!(" {}", round.saturating_add(1)) };
        (format!("Contoh {name}{suffix}"), format!("0812000{:05}", self.next_number))
    }

    #[expect(clippy::too_many_arguments, reason = "all columns of one person")]
    fn register(
        &mut self,
        tx: &mut Tx<'_>,
        now: Instant,
        role: &str,
        name: &str,
        login: &str,
        phone: &str,
        is_admin: bool,
    ) -> Result<AccountId, Problem> {
        let registration = Registration {
            name: name.to_owned(),
            email: login.parse().ok(),
            phone: phone.parse().ok(),
            language: Language::Indonesian,
            password_hash: self.password_hash.to_owned(),
        };
        let account = if is_admin {
            accounts::create_admin(tx, now, &registration)?
        } else {
            accounts::register(tx, now, &registration)?
        };
        self.people.push(DemoPerson {
            role: role.to_owned(),
            name: name.to_owned(),
            login: login.to_owned(),
            password: super::PASSWORD.to_owned(),
            account: account.id,
        });
        Ok(account.id)
    }
}

/// Creates the whole world at this time. All people have the same password, of which this is the hash.
pub(in crate::cli) fn create_world(
    tx: &mut Tx<'_>,
    now: Instant,
    password_hash: &str,
    buyers: usize,
) -> Result<World, Problem> {
    let mut register = Register { password_hash, people: Vec::new(), next_number: 0 };
    let admin = register.admin(tx, now)?;
    let (cooperative, board, treasurer) = create_cooperative(tx, now, admin, &mut register)?;
    let board_roles = Roles::load(tx, board)?;
    let point = PickupPointDetails {
        name: Some("Balai Desa Cihonje".into()),
        address: Some("Jalan Raya Cihonje, Dusun Karanganyar".into()),
        hours: Some("Senin sampai Sabtu, 08.00-16.00".into()),
    };
    let pickup_point =
        cooperatives::add_delivery_point::<PickupPoint>(tx, now, &board_roles, cooperative, tx.id(now), &point)?.id;
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
        delivery_zones.push(
            cooperatives::add_delivery_point::<DeliveryZone>(tx, now, &board_roles, cooperative, tx.id(now), &details)?
                .id,
        );
    }
    let mut shops = Vec::new();
    for group in GROUPS.iter() {
        shops.push(create_shop(tx, now, cooperative, board, group, &mut register)?);
    }
    let mut buyer_list = Vec::new();
    for _ in 0..buyers {
        let account = register.person(tx, now, "buyer")?;
        let name = register.people.last().map(|person| person.name.clone()).unwrap_or_default();
        buyer_list.push(DemoBuyer { account, name });
    }
    Ok(World {
        founded: Founded { cooperative, admin, board, treasurer, pickup_point, delivery_zones },
        shops,
        buyers: buyer_list,
        people: register.people,
    })
}

fn create_cooperative(
    tx: &mut Tx<'_>,
    now: Instant,
    admin: AccountId,
    register: &mut Register<'_>,
) -> Result<(CooperativeId, AccountId, AccountId), Problem> {
    let cooperative = NewCooperative {
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
    let cooperative = cooperatives::create_cooperative(tx, now, admin, tx.id(now), &cooperative)?.id;
    let admin_roles = Roles::load(tx, admin)?;
    let board = register.person(tx, now, "board")?;
    cooperatives::assign_office(tx, now, &admin_roles, cooperative, &Assignee::Account(board), Office::Board)?;
    let agency = register.person(tx, now, "agency")?;
    cooperatives::assign_office(tx, now, &admin_roles, cooperative, &Assignee::Account(agency), Office::Agency)?;
    let board_roles = Roles::load(tx, board)?;
    let mut treasurer = board;
    for (role, office) in [
        ("treasurer", Office::Treasurer),
        ("supervisor", Office::Supervisor),
        ("companion", Office::Companion),
        ("companion", Office::Companion),
    ] {
        let account = register.person(tx, now, role)?;
        cooperatives::assign_office(tx, now, &board_roles, cooperative, &Assignee::Account(account), office)?;
        if office == Office::Treasurer {
            treasurer = account;
        }
    }
    Ok((cooperative, board, treasurer))
}

fn create_shop(
    tx: &mut Tx<'_>,
    now: Instant,
    cooperative: CooperativeId,
    board: AccountId,
    group: &GroupSpec,
    register: &mut Register<'_>,
) -> Result<Shop, Problem> {
    let chair = register.person(tx, now, "officer")?;
    let new_group = NewGroup {
        name: group.name.clone(),
        description: group.description.clone(),
        hamlet: Some(group.hamlet.clone()),
        business_id: None,
        phone: None,
    };
    let permit = open_group(tx, now, chair, board, cooperative, &new_group)?;
    let (id, officer) = (permit.group, Roles::load(tx, chair)?);
    let mut members = vec![permit.membership];
    for position in 1..group.members {
        let (name, phone) = register.name_and_phone();
        let role = match position {
            1 => MemberRole::Secretary,
            2 => MemberRole::Treasurer,
            _ => MemberRole::Member,
        };
        // Every third member has no phone. These members have no accounts.
        let phone = if position.is_multiple_of(3) { None } else { phone.parse().ok() };
        members.push(cooperatives::add_member(tx, now, &officer, id, tx.id(now), &NewMember { name, phone, role })?.id);
    }
    let products = add_products(tx, now, permit, group)?;
    Ok(Shop { group: id, name: group.name.clone(), officer: chair, membership: permit.membership, members, products })
}

/// Creates a group that the board approves.
pub(in crate::cli) fn open_group(
    tx: &mut Tx<'_>,
    now: Instant,
    chair: AccountId,
    board: AccountId,
    cooperative: CooperativeId,
    new_group: &NewGroup,
) -> Result<GroupPermit, Problem> {
    let group = cooperatives::create_group(tx, now, chair, cooperative, tx.id(now), new_group)?.id;
    let (officer_roles, board_roles) = (Roles::load(tx, chair)?, Roles::load(tx, board)?);
    cooperatives::transition_group(tx, now, &officer_roles, group, None, GroupAction::Submit, None)?;
    cooperatives::transition_group(tx, now, &board_roles, group, None, GroupAction::Approve, None)?;
    let membership = officer_roles.membership_in_group(group).ok_or_else(Problem::not_found)?;
    Ok(GroupPermit { account: chair, group, cooperative, membership, role: MemberRole::Chair })
}

/// Creates and publishes the products of a group.
pub(in crate::cli) fn add_products(
    tx: &mut Tx<'_>,
    now: Instant,
    permit: GroupPermit,
    group: &GroupSpec,
) -> Result<Vec<ProductId>, Problem> {
    let mut products = Vec::new();
    for (position, product) in group.products.iter().enumerate() {
        let id: ProductId = tx.id(now);
        catalogue::add(tx, now, &permit, id, offering(product, position))?;
        catalogue::publish(tx, now, permit, id, None)?;
        products.push(id);
    }
    Ok(products)
}

fn offering(product: &ProductSpec, position: usize) -> Offering {
    let mut offering = Offering::new(&product.name, product.category, product.unit, Rupiah(product.price));
    offering.description = product.description.clone();
    offering.lead_time_days = product.lead;
    offering.shelf_life_days = Some(product.shelf).filter(|days| *days > 0);
    offering.minimum_quantity = Quantity::from_units(product.minimum);
    if product.unit.is_divisible() {
        offering.quantity_step = Quantity::from_thousandths(500);
    }
    offering.daily_capacity = Quantity::from_units(product.capacity);
    offering.open_days_ahead = 30;
    offering.deposit_percent = product.deposit;
    let is_food = !product.composition.is_empty();
    offering.label = Label {
        composition: product.composition.clone(),
        net_content: (product.grams > 0)
            .then(|| Contents { value: Quantity::from_units(product.grams), unit: ContentUnit::Gram }),
        allergens: product.allergens.clone(),
        storage: (product.shelf > 30).then(|| "Simpan di tempat kering dan sejuk.".to_owned()),
        // Licence numbers ending in 00 are never issued.
        licence: (product.shelf > 7).then(|| Licence {
            kind: LicenceKind::Pirt,
            number: format!("20633020100{:02}-00", position.saturating_add(1)),
            expires_on: None,
        }),
        halal: Halal {
            status: if is_food { HalalStatus::InProcess } else { HalalStatus::NotApplicable },
            number: None,
        },
        halal_recheck: false,
    };
    offering
}

impl World {
    /// The permit of the chair of this shop's group.
    pub(in crate::cli) fn permit(&self, shop: &Shop) -> GroupPermit {
        GroupPermit {
            account: shop.officer,
            group: shop.group,
            cooperative: self.founded.cooperative,
            membership: shop.membership,
            role: MemberRole::Chair,
        }
    }

    /// The permit of the cooperative's treasurer.
    pub(super) fn treasurer(&self) -> CooperativePermit {
        self.office(self.founded.treasurer, Office::Treasurer)
    }

    /// The permit of the cooperative's board.
    pub(super) fn board(&self) -> CooperativePermit {
        self.office(self.founded.board, Office::Board)
    }

    fn office(&self, account: AccountId, office: Office) -> CooperativePermit {
        CooperativePermit { account, cooperative: self.founded.cooperative, office }
    }
}
