//! The fixture of most tests: a cooperative in Cihonje with two groups and their people, two buyers, and a foreign
//! cooperative that must not see any of it.

use std::ops::Deref;

use diesel::prelude::*;
use lumbung::accounts::{Password, Registration, create_admin, register};
use lumbung::config::Config;
use lumbung::cooperatives::{
    self, Assignee, BankAccount, DeliveryZone, DeliveryZoneDetails, GroupAction, MemberRole, Membership,
    NewCooperative, NewGroup, NewMember, Office, PickupPoint, PickupPointDetails, Roles,
};
use lumbung::db::{Tx, schema};
use lumbung::kernel::ids::{AccountId, CooperativeId, DeliveryZoneId, GroupId, MembershipId, PickupPointId};
use lumbung::kernel::{Instant, Language, Rupiah};
use lumbung::web::Problem;

use super::people::logins;
use super::{PASSWORD, Person, World};

/// A world with all fixtures. It dereferences to [`World`].
pub struct Village {
    pub world: World,
    /// Administers the service.
    pub admin: Person,
    /// Chair of Sekar Laras, wet snacks.
    pub sari: Person,
    /// Plain member of Sekar Laras.
    pub wati: Person,
    /// Chair of Singkong Wareg, cassava.
    pub darsih: Person,
    pub board: Person,
    pub treasurer: Person,
    pub supervisor: Person,
    pub companion: Person,
    pub agency: Person,
    pub buyer: Person,
    pub other_buyer: Person,
    /// Chair of the group of the foreign cooperative.
    pub foreign_officer: Person,
    pub foreign_board: Person,
    pub foreign_treasurer: Person,
    pub cooperative: CooperativeId,
    pub sekar_laras: GroupId,
    pub singkong_wareg: GroupId,
    /// A member of Sekar Laras without phone or account.
    pub mbah_contoh: MembershipId,
    /// The plain member of Sekar Laras.
    pub wati_membership: MembershipId,
    pub sari_membership: MembershipId,
    pub pickup_point: PickupPointId,
    /// The near zone, Rp10.000.
    pub zone: DeliveryZoneId,
    /// The far zone, Rp25.000.
    pub far_zone: DeliveryZoneId,
    pub foreign_cooperative: CooperativeId,
    pub foreign_group: GroupId,
    pub foreign_pickup_point: PickupPointId,
    pub foreign_zone: DeliveryZoneId,
}

/// The ids of the fixtures.
struct VillageIds {
    cooperative: CooperativeId,
    sekar_laras: GroupId,
    singkong_wareg: GroupId,
    mbah_contoh: MembershipId,
    wati_membership: MembershipId,
    sari_membership: MembershipId,
    pickup_point: PickupPointId,
    zone: DeliveryZoneId,
    far_zone: DeliveryZoneId,
    foreign_cooperative: CooperativeId,
    foreign_group: GroupId,
    foreign_pickup_point: PickupPointId,
    foreign_zone: DeliveryZoneId,
}

impl Deref for Village {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

const NAMES: [&str; 13] = [
    "Contoh Admin",
    "Contoh Sari",
    "Contoh Wati",
    "Contoh Darsih",
    "Contoh Ratmi",
    "Contoh Tuti",
    "Contoh Narto",
    "Contoh Lastri",
    "Contoh Dinas",
    "Contoh Budi",
    "Contoh Yanto",
    "Contoh Asing",
    "Contoh Seberang",
];

impl World {
    /// A world with all fixtures.
    pub async fn village() -> Village {
        World::village_with(|_| {}).await
    }

    /// A world with all fixtures and a changed configuration.
    pub async fn village_with(change: impl FnOnce(&mut Config)) -> Village {
        let world = World::with(change).await;
        let hash = world.app.accounts.hasher.hash_blocking(&Password::new(PASSWORD)).unwrap();
        let mut names = NAMES.to_vec();
        names.push("Contoh Kasir");
        let people: Vec<Registration> = names
            .iter()
            .map(|name| {
                let (phone, email) = logins(name);
                Registration {
                    name: (*name).into(),
                    email: Some(email.parse().unwrap()),
                    phone: Some(phone.parse().unwrap()),
                    language: Language::Indonesian,
                    password_hash: hash.clone(),
                }
            })
            .collect();
        let now = world.clock.now();
        let registered = people.clone();
        let ids = world.app.state.db.write(move |tx| create_fixtures(tx, now, &registered)).await.unwrap();
        let signing_in = people.iter().map(|person| {
            let (phone, email) = (person.phone.as_ref().unwrap().as_str(), person.email.as_ref().unwrap().as_str());
            world.sign_in(&person.name, phone, email, PASSWORD)
        });
        let mut people = futures_util::future::join_all(signing_in).await.into_iter();
        let mut next = || people.next().expect("everyone of the cast");
        let (admin, sari, wati, darsih) = (next(), next(), next(), next());
        let (board, treasurer, supervisor, companion, agency) = (next(), next(), next(), next(), next());
        let (buyer, other_buyer, foreign_officer, foreign_board) = (next(), next(), next(), next());
        let foreign_treasurer = next();
        Village {
            world,
            admin,
            sari,
            wati,
            darsih,
            board,
            treasurer,
            supervisor,
            companion,
            agency,
            buyer,
            other_buyer,
            foreign_officer,
            foreign_board,
            foreign_treasurer,
            cooperative: ids.cooperative,
            sekar_laras: ids.sekar_laras,
            singkong_wareg: ids.singkong_wareg,
            mbah_contoh: ids.mbah_contoh,
            wati_membership: ids.wati_membership,
            sari_membership: ids.sari_membership,
            pickup_point: ids.pickup_point,
            zone: ids.zone,
            far_zone: ids.far_zone,
            foreign_cooperative: ids.foreign_cooperative,
            foreign_group: ids.foreign_group,
            foreign_pickup_point: ids.foreign_pickup_point,
            foreign_zone: ids.foreign_zone,
        }
    }
}

/// Creates the fixtures with the functions of the slices.
fn create_fixtures(tx: &mut Tx<'_>, now: Instant, people: &[Registration]) -> Result<VillageIds, Problem> {
    let mut accounts = Vec::new();
    for (index, registration) in people.iter().enumerate() {
        let account = if index == 0 { create_admin(tx, now, registration) } else { register(tx, now, registration) };
        accounts.push(account.map_err(|error| Problem::internal(error.to_string()))?.id);
    }
    diesel::update(schema::accounts::table)
        .set(schema::accounts::email_verified_at.eq(now))
        .execute(&mut **tx)
        .map_err(lumbung::db::Error::from)?;
    let admin = Roles::load(tx, accounts[0])?;
    let [sari, wati, darsih, board] = [accounts[1], accounts[2], accounts[3], accounts[4]];
    let foreign_board = accounts[12];

    let cooperative = create_cooperative(tx, now, &admin, board, "CIH", "Koperasi Contoh Cihonje", "33.02.15.2003")?;
    let board = Roles::load(tx, board)?;
    for (account, office) in
        [(accounts[5], Office::Treasurer), (accounts[6], Office::Supervisor), (accounts[7], Office::Companion)]
    {
        cooperatives::assign_office(tx, now, &board, cooperative, &Assignee::Account(account), office)?;
    }
    cooperatives::assign_office(tx, now, &admin, cooperative, &Assignee::Account(accounts[8]), Office::Agency)?;
    let sekar_laras =
        create_group(tx, now, &board, sari, cooperative, "Sekar Laras", "Pastel sayur, risoles dan snack box")?;
    let singkong_wareg =
        create_group(tx, now, &board, darsih, cooperative, "Singkong Wareg", "Keripik dan oyek singkong")?;
    let chair = Roles::load(tx, sari)?;
    let wati_membership = add_member(tx, now, &chair, sekar_laras, "Contoh Wati", Some(wati))?.id;
    let mbah_contoh = add_member(tx, now, &chair, sekar_laras, "Mbah Contoh", None)?.id;
    let (pickup_point, zone) = create_delivery_points(tx, now, &board, cooperative, "Balai Desa Cihonje")?;
    let far = DeliveryZoneDetails {
        name: Some("Kecamatan Ajibarang".into()),
        description: Some(String::new()),
        fee: Some(Rupiah(25_000)),
    };
    let far_zone = cooperatives::add_delivery_point::<DeliveryZone>(tx, now, &board, cooperative, tx.id(now), &far)?.id;

    let foreign_cooperative =
        create_cooperative(tx, now, &admin, foreign_board, "TLG", "Koperasi Contoh Seberang", "33.02.15.2004")?;
    let foreign_board = Roles::load(tx, foreign_board)?;
    let assignee = Assignee::Account(accounts[13]);
    cooperatives::assign_office(tx, now, &foreign_board, foreign_cooperative, &assignee, Office::Treasurer)?;
    let foreign_group = create_group(
        tx,
        now,
        &foreign_board,
        accounts[11],
        foreign_cooperative,
        "Manis Nira",
        "Gula semut dan gula kelapa",
    )?;
    let (foreign_pickup_point, foreign_zone) =
        create_delivery_points(tx, now, &foreign_board, foreign_cooperative, "Balai Desa Seberang")?;
    Ok(VillageIds {
        cooperative,
        sekar_laras,
        singkong_wareg,
        mbah_contoh,
        wati_membership,
        sari_membership: chair.membership_in_group(sekar_laras).expect("Sari is in"),
        pickup_point,
        zone,
        far_zone,
        foreign_cooperative,
        foreign_group,
        foreign_pickup_point,
        foreign_zone,
    })
}

fn create_cooperative(
    tx: &mut Tx<'_>,
    now: Instant,
    admin: &Roles,
    board: AccountId,
    code: &str,
    name: &str,
    village: &str,
) -> Result<CooperativeId, Problem> {
    let new = NewCooperative {
        code: code.into(),
        name: name.into(),
        kind: "cooperative".into(),
        description: "Satu koperasi untuk semua kelompok usaha.".into(),
        village_code: village.into(),
        address: "Balai Desa, RT 002/RW 005".into(),
        phone: None,
        email: None,
        zone: None,
        bank: Some(BankAccount { name: "Bank Contoh".into(), account: "3302150003".into(), holder: name.into() }),
        demo: true,
    };
    let cooperative = cooperatives::create_cooperative(tx, now, admin.account.expect("an admin"), tx.id(now), &new)?.id;
    cooperatives::assign_office(tx, now, admin, cooperative, &Assignee::Account(board), Office::Board)?;
    Ok(cooperative)
}

fn create_group(
    tx: &mut Tx<'_>,
    now: Instant,
    board: &Roles,
    chair: AccountId,
    cooperative: CooperativeId,
    name: &str,
    description: &str,
) -> Result<GroupId, Problem> {
    let new = NewGroup { name: name.into(), description: description.into(), ..NewGroup::default() };
    let group = cooperatives::create_group(tx, now, chair, cooperative, tx.id(now), &new)?.id;
    let chair = Roles::load(tx, chair)?;
    cooperatives::transition_group(tx, now, &chair, group, None, GroupAction::Submit, None)?;
    cooperatives::transition_group(tx, now, board, group, None, GroupAction::Approve, None)?;
    Ok(group)
}

fn add_member(
    tx: &mut Tx<'_>,
    now: Instant,
    chair: &Roles,
    group: GroupId,
    name: &str,
    account: Option<AccountId>,
) -> Result<Membership, Problem> {
    let new = NewMember { name: name.into(), phone: None, role: MemberRole::Member };
    let member = cooperatives::add_member(tx, now, chair, group, tx.id(now), &new)?;
    let Some(account) = account else { return Ok(member) };
    let letterhead =
        cooperatives::InvitationMail { email: None, language: Language::Indonesian, public_url: "http://test".into() };
    let invited = cooperatives::InvitationTarget::Member(member.id);
    let invitee = cooperatives::invite_member(tx, now, chair, group, &invited, &letterhead)?;
    Ok(cooperatives::accept_invitation(tx, now, account, &invitee.token)?)
}

fn create_delivery_points(
    tx: &mut Tx<'_>,
    now: Instant,
    board: &Roles,
    cooperative: CooperativeId,
    name: &str,
) -> Result<(PickupPointId, DeliveryZoneId), Problem> {
    let point = PickupPointDetails {
        name: Some(name.into()),
        address: Some("Depan lapangan".into()),
        hours: Some("Senin-Sabtu 08.00-16.00".into()),
    };
    let zone = DeliveryZoneDetails {
        name: Some("Kecamatan Gumelar".into()),
        description: Some("Semua desa di Kecamatan Gumelar".into()),
        fee: Some(Rupiah(10_000)),
    };
    let point = cooperatives::add_delivery_point::<PickupPoint>(tx, now, board, cooperative, tx.id(now), &point)?.id;
    Ok((point, cooperatives::add_delivery_point::<DeliveryZone>(tx, now, board, cooperative, tx.id(now), &zone)?.id))
}
