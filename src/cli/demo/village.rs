//! The data of the demo's village: eight groups and forty products, all invented.

use crate::catalogue::{Allergen, Category, Unit};

/// The seasonal demand class of a group's goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum DemandClass {
    /// Made in the morning, eaten the same day.
    Fresh,
    /// Chips and other dry goods.
    Dry,
    /// Palm sugar and ginger drinks.
    Sugar,
    /// Cookies, in demand before Lebaran.
    Cookie,
    /// Fruit and vegetables.
    Fruit,
    /// Eggs and what goes with them.
    Egg,
    /// Batik and other craft.
    Craft,
}

/// A business group.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct GroupSpec {
    pub(in crate::cli) name: &'static str,
    pub(in crate::cli) hamlet: &'static str,
    pub(in crate::cli) description: &'static str,
    pub(in crate::cli) class: DemandClass,
    pub(in crate::cli) members: usize,
    /// Orders on an ordinary day, in hundredths.
    pub(in crate::cli) daily_orders: u32,
    /// The usual amount of an order, in rupiah.
    pub(in crate::cli) usual_order: i64,
    pub(in crate::cli) products: &'static [ProductSpec],
}

/// A product; quantities in whole units.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct ProductSpec {
    pub(in crate::cli) name: &'static str,
    pub(in crate::cli) category: Category,
    pub(in crate::cli) unit: Unit,
    pub(in crate::cli) price: i64,
    pub(in crate::cli) lead: u16,
    /// The shelf life in days; 0 when it does not spoil.
    pub(in crate::cli) shelf: u16,
    pub(in crate::cli) minimum: i64,
    /// The made-to-order capacity per day; 0 when it is sold from stock only.
    pub(in crate::cli) capacity: i64,
    pub(in crate::cli) deposit: u8,
    pub(in crate::cli) fried: bool,
    /// The net content of a unit in grams; 0 when it is sold by the piece.
    pub(in crate::cli) grams: i64,
    pub(in crate::cli) composition: &'static [&'static str],
    pub(in crate::cli) allergens: &'static [Allergen],
    pub(in crate::cli) description: &'static str,
}

const PLAIN: ProductSpec = ProductSpec {
    name: "",
    category: Category::DrySnacks,
    unit: Unit::Pack,
    price: 0,
    lead: 0,
    shelf: 0,
    minimum: 1,
    capacity: 0,
    deposit: 0,
    fried: false,
    grams: 0,
    composition: &[],
    allergens: &[],
    description: "",
};

/// The groups.
pub(in crate::cli) const GROUPS: &[GroupSpec] = &[
    GroupSpec {
        name: "Sekar Laras",
        hamlet: "Karanganyar",
        description: "Dua belas ibu purna migran yang membuat jajan basah setiap pagi: pastel, risoles dan snack box untuk kantor, sekolah dan hajatan.",
        class: DemandClass::Fresh,
        members: 12,
        daily_orders: 320,
        usual_order: 60_000,
        products: &[
            ProductSpec {
                name: "Pastel sayur",
                category: Category::FreshSnacks,
                unit: Unit::Piece,
                price: 2_500,
                lead: 2,
                shelf: 1,
                minimum: 30,
                capacity: 450,
                fried: true,
                composition: &["tepung terigu", "wortel", "kentang", "bihun", "minyak goreng"],
                allergens: &[Allergen::Gluten, Allergen::Egg],
                description: "Pastel renyah isi wortel, kentang dan bihun; digoreng pagi hari.",
                ..PLAIN
            },
            ProductSpec {
                name: "Risoles",
                category: Category::FreshSnacks,
                unit: Unit::Piece,
                price: 2_500,
                lead: 2,
                shelf: 1,
                minimum: 30,
                capacity: 350,
                fried: true,
                composition: &["tepung terigu", "susu", "ayam", "wortel", "tepung panir"],
                allergens: &[Allergen::Gluten, Allergen::Egg, Allergen::Milk],
                description: "Risoles isi ragout ayam dan wortel, kulit lembut berbalur tepung panir.",
                ..PLAIN
            },
            ProductSpec {
                name: "Snack box isi 3",
                category: Category::FreshSnacks,
                unit: Unit::Box,
                price: 8_500,
                lead: 3,
                shelf: 1,
                minimum: 20,
                capacity: 160,
                deposit: 30,
                composition: &["pastel", "risoles", "kue lapis", "air mineral"],
                allergens: &[Allergen::Gluten, Allergen::Egg, Allergen::Milk],
                description: "Kotak rapat dan arisan: pastel, risoles, kue lapis dan air mineral.",
                ..PLAIN
            },
            ProductSpec {
                name: "Pastel mini abon 150 g",
                price: 15_000,
                shelf: 60,
                fried: true,
                grams: 150,
                composition: &["tepung terigu", "abon ayam", "minyak goreng"],
                allergens: &[Allergen::Gluten, Allergen::Egg],
                description: "Pastel kering mini isi abon, tahan dua bulan dalam toples rapat.",
                ..PLAIN
            },
            ProductSpec {
                name: "Pastel frozen isi 10",
                category: Category::PreparedMeals,
                price: 22_000,
                lead: 2,
                shelf: 30,
                capacity: 40,
                grams: 500,
                composition: &["tepung terigu", "wortel", "kentang", "bihun"],
                allergens: &[Allergen::Gluten, Allergen::Egg],
                description: "Sepuluh pastel beku siap goreng; simpan di freezer.",
                ..PLAIN
            },
        ],
    },
    GroupSpec {
        name: "Singkong Wareg",
        hamlet: "Cikadu",
        description: "Empat belas anggota yang mengolah singkong desa menjadi keripik, oyek, ceriping dan tepung mocaf.",
        class: DemandClass::Dry,
        members: 14,
        daily_orders: 260,
        usual_order: 42_000,
        products: &[
            ProductSpec {
                name: "Keripik singkong original 200 g",
                category: Category::DrySnacks,
                price: 12_000,
                shelf: 90,
                fried: true,
                grams: 200,
                composition: &["singkong", "minyak goreng", "garam"],
                description: "Keripik tipis gurih dari singkong yang dipanen pagi.",
                ..PLAIN
            },
            ProductSpec {
                name: "Keripik singkong balado 200 g",
                category: Category::DrySnacks,
                price: 13_000,
                shelf: 75,
                fried: true,
                grams: 200,
                composition: &["singkong", "minyak goreng", "cabai", "gula", "garam"],
                description: "Keripik pedas manis berbumbu cabai rawit kebun sendiri.",
                ..PLAIN
            },
            ProductSpec {
                name: "Oyek instan 500 g",
                category: Category::Staples,
                price: 14_000,
                shelf: 180,
                grams: 500,
                composition: &["singkong"],
                description: "Nasi singkong khas Banyumas; seduh, kukus sebentar, siap makan.",
                ..PLAIN
            },
            ProductSpec {
                name: "Ceriping bal 2.5 kg",
                category: Category::DrySnacks,
                unit: Unit::Bale,
                price: 62_000,
                lead: 3,
                shelf: 60,
                capacity: 14,
                deposit: 30,
                fried: true,
                grams: 2_500,
                composition: &["singkong", "minyak goreng", "garam"],
                description: "Ceriping curah satu bal untuk warung dan pengecer.",
                ..PLAIN
            },
            ProductSpec {
                name: "Tepung mocaf 1 kg",
                category: Category::Staples,
                price: 18_000,
                lead: 2,
                shelf: 180,
                capacity: 30,
                grams: 1_000,
                composition: &["singkong fermentasi"],
                description: "Tepung singkong fermentasi bebas gluten.",
                ..PLAIN
            },
        ],
    },
    GroupSpec {
        name: "Tempe Guyub",
        hamlet: "Prapatan",
        description: "Sepuluh pembuat tempe dari tiga dusun: keripik tempe, mendoan kit dan tempe daun.",
        class: DemandClass::Dry,
        members: 10,
        daily_orders: 220,
        usual_order: 40_000,
        products: &[
            ProductSpec {
                name: "Keripik tempe 150 g",
                category: Category::DrySnacks,
                price: 13_000,
                shelf: 60,
                fried: true,
                grams: 150,
                composition: &["tempe kedelai", "tepung beras", "minyak goreng", "bawang putih"],
                allergens: &[Allergen::Soy],
                description: "Tempe iris tipis, digoreng dua kali sampai renyah.",
                ..PLAIN
            },
            ProductSpec {
                name: "Keripik tempe bal 2 kg",
                category: Category::DrySnacks,
                unit: Unit::Bale,
                price: 110_000,
                lead: 3,
                shelf: 45,
                capacity: 8,
                deposit: 30,
                fried: true,
                grams: 2_000,
                composition: &["tempe kedelai", "tepung beras", "minyak goreng"],
                allergens: &[Allergen::Soy],
                description: "Keripik tempe curah satu bal untuk toko oleh-oleh.",
                ..PLAIN
            },
            ProductSpec {
                name: "Mendoan kit isi 10",
                category: Category::FreshSnacks,
                price: 25_000,
                lead: 1,
                shelf: 3,
                capacity: 30,
                composition: &["tempe kedelai", "tepung bumbu", "daun bawang"],
                allergens: &[Allergen::Soy, Allergen::Gluten],
                description: "Sepuluh lembar tempe mendoan dan tepung bumbu; tinggal goreng.",
                ..PLAIN
            },
            ProductSpec {
                name: "Tempe daun isi 10",
                category: Category::DailyFood,
                price: 12_000,
                lead: 2,
                shelf: 2,
                capacity: 60,
                composition: &["kedelai", "ragi tempe"],
                allergens: &[Allergen::Soy],
                description: "Tempe bungkus daun, ragi alami.",
                ..PLAIN
            },
            ProductSpec {
                name: "Kering tempe kentang 250 g",
                category: Category::DailyFood,
                price: 28_000,
                lead: 1,
                shelf: 30,
                capacity: 20,
                fried: true,
                grams: 250,
                composition: &["tempe", "kentang", "kacang tanah", "cabai", "gula merah"],
                allergens: &[Allergen::Soy, Allergen::Peanut],
                description: "Lauk kering pedas manis untuk bekal dan kiriman.",
                ..PLAIN
            },
        ],
    },
    GroupSpec {
        name: "Manis Nira",
        hamlet: "Gunungsari",
        description: "Sebelas penderes dan pengolah nira kelapa: gula semut, gula cetak dan wedang jahe.",
        class: DemandClass::Sugar,
        members: 11,
        daily_orders: 150,
        usual_order: 60_000,
        products: &[
            ProductSpec {
                name: "Gula semut 250 g",
                category: Category::PalmSugar,
                price: 14_000,
                shelf: 365,
                grams: 250,
                composition: &["nira kelapa"],
                description: "Gula kelapa kristal, kering dan wangi.",
                ..PLAIN
            },
            ProductSpec {
                name: "Gula semut 1 kg",
                category: Category::PalmSugar,
                price: 42_000,
                shelf: 365,
                grams: 1_000,
                composition: &["nira kelapa"],
                description: "Gula kelapa kristal kemasan satu kilogram.",
                ..PLAIN
            },
            ProductSpec {
                name: "Gula kelapa cetak 1 kg",
                category: Category::PalmSugar,
                price: 26_000,
                shelf: 90,
                grams: 1_000,
                composition: &["nira kelapa"],
                description: "Gula kelapa cetak batok untuk dapur dan warung.",
                ..PLAIN
            },
            ProductSpec {
                name: "Gula semut jahe 200 g",
                category: Category::PalmSugar,
                price: 18_000,
                shelf: 300,
                grams: 200,
                composition: &["nira kelapa", "jahe emprit"],
                description: "Gula semut dengan jahe emprit, tinggal seduh.",
                ..PLAIN
            },
            ProductSpec {
                name: "Wedang jahe isi 10",
                category: Category::Drinks,
                price: 25_000,
                lead: 1,
                shelf: 300,
                capacity: 30,
                grams: 250,
                composition: &["gula kelapa", "jahe", "serai", "kayu manis"],
                description: "Sepuluh sachet wedang jahe gula kelapa.",
                ..PLAIN
            },
        ],
    },
    GroupSpec {
        name: "Toples Berkah",
        hamlet: "Karanganyar",
        description: "Sembilan ibu pembuat kue kering; buku pesanan penuh sejak awal Ramadan.",
        class: DemandClass::Cookie,
        members: 9,
        daily_orders: 35,
        usual_order: 120_000,
        products: &[
            ProductSpec {
                name: "Nastar 400 g",
                category: Category::Cookies,
                unit: Unit::Jar,
                price: 49_000,
                lead: 4,
                shelf: 60,
                capacity: 25,
                deposit: 30,
                grams: 400,
                composition: &["tepung terigu", "mentega", "selai nanas", "telur"],
                allergens: &[Allergen::Gluten, Allergen::Milk, Allergen::Egg],
                description: "Nastar lumer dengan selai nanas buatan sendiri.",
                ..PLAIN
            },
            ProductSpec {
                name: "Kastengel 400 g",
                category: Category::Cookies,
                unit: Unit::Jar,
                price: 52_000,
                lead: 4,
                shelf: 60,
                capacity: 25,
                deposit: 30,
                grams: 400,
                composition: &["tepung terigu", "mentega", "keju", "telur"],
                allergens: &[Allergen::Gluten, Allergen::Milk, Allergen::Egg],
                description: "Kastengel gurih berkeju.",
                ..PLAIN
            },
            ProductSpec {
                name: "Kue kacang 400 g",
                category: Category::Cookies,
                unit: Unit::Jar,
                price: 35_000,
                lead: 3,
                shelf: 75,
                capacity: 30,
                deposit: 30,
                grams: 400,
                composition: &["kacang tanah", "tepung terigu", "gula", "minyak"],
                allergens: &[Allergen::Peanut, Allergen::Gluten],
                description: "Kue kacang renyah resep lama.",
                ..PLAIN
            },
            ProductSpec {
                name: "Sagu keju 400 g",
                category: Category::Cookies,
                unit: Unit::Jar,
                price: 38_000,
                lead: 3,
                shelf: 75,
                capacity: 30,
                deposit: 30,
                grams: 400,
                composition: &["tepung sagu", "keju", "mentega", "telur"],
                allergens: &[Allergen::Milk, Allergen::Egg],
                description: "Sagu keju ringan, lumer di mulut.",
                ..PLAIN
            },
            ProductSpec {
                name: "Parsel Lebaran 5 isi",
                category: Category::Cookies,
                unit: Unit::Set,
                price: 150_000,
                lead: 7,
                shelf: 45,
                capacity: 12,
                deposit: 50,
                composition: &["nastar", "kastengel", "gula semut", "keripik tempe", "wedang jahe"],
                allergens: &[Allergen::Gluten, Allergen::Milk, Allergen::Egg, Allergen::Soy],
                description: "Bingkisan lima isi dari lima kelompok desa.",
                ..PLAIN
            },
        ],
    },
    GroupSpec {
        name: "Kebon Lestari",
        hamlet: "Cibun",
        description: "Delapan petani pepaya, buah naga dan cabai di lereng selatan.",
        class: DemandClass::Fruit,
        members: 8,
        daily_orders: 140,
        usual_order: 38_000,
        products: &[
            ProductSpec {
                name: "Pepaya California",
                category: Category::FreshProduce,
                unit: Unit::Kilogram,
                price: 9_000,
                lead: 1,
                shelf: 6,
                capacity: 60,
                composition: &["pepaya"],
                description: "Pepaya California manis, dipetik sehari sebelum dikirim.",
                ..PLAIN
            },
            ProductSpec {
                name: "Buah naga",
                category: Category::FreshProduce,
                unit: Unit::Kilogram,
                price: 18_000,
                lead: 1,
                shelf: 9,
                capacity: 30,
                composition: &["buah naga merah"],
                description: "Buah naga merah dari kebun lereng.",
                ..PLAIN
            },
            ProductSpec {
                name: "Manisan pepaya 250 g",
                category: Category::DrySnacks,
                price: 15_000,
                lead: 1,
                shelf: 90,
                capacity: 20,
                grams: 250,
                composition: &["pepaya", "gula"],
                description: "Manisan pepaya kering, tidak terlalu manis.",
                ..PLAIN
            },
            ProductSpec {
                name: "Cabai rawit 250 g",
                category: Category::FreshProduce,
                price: 15_000,
                lead: 1,
                shelf: 5,
                capacity: 40,
                grams: 250,
                composition: &["cabai rawit"],
                description: "Cabai rawit segar; harga mengikuti musim.",
                ..PLAIN
            },
            ProductSpec {
                name: "Bibit pepaya",
                category: Category::Seedlings,
                unit: Unit::Piece,
                price: 6_000,
                lead: 7,
                capacity: 100,
                composition: &["bibit pepaya"],
                description: "Bibit pepaya California umur enam minggu dalam polibag.",
                ..PLAIN
            },
        ],
    },
    GroupSpec {
        name: "Asin Gurih",
        hamlet: "Prapatan",
        description: "Enam peternak itik dan ayam: telur asin, abon dan rempeyek.",
        class: DemandClass::Egg,
        members: 6,
        daily_orders: 120,
        usual_order: 48_000,
        products: &[
            ProductSpec {
                name: "Telur asin",
                category: Category::EggsAndMeat,
                unit: Unit::Piece,
                price: 3_800,
                shelf: 14,
                minimum: 10,
                composition: &["telur itik", "garam"],
                allergens: &[Allergen::Egg],
                description: "Telur asin masir, diperam empat belas hari.",
                ..PLAIN
            },
            ProductSpec {
                name: "Telur asin asap isi 6",
                category: Category::EggsAndMeat,
                price: 30_000,
                lead: 2,
                shelf: 21,
                capacity: 20,
                composition: &["telur itik", "garam"],
                allergens: &[Allergen::Egg],
                description: "Enam telur asin yang diasap sabut kelapa.",
                ..PLAIN
            },
            ProductSpec {
                name: "Besek telur asin isi 10",
                category: Category::EggsAndMeat,
                unit: Unit::Basket,
                price: 45_000,
                lead: 1,
                shelf: 14,
                capacity: 15,
                composition: &["telur itik", "garam"],
                allergens: &[Allergen::Egg],
                description: "Sepuluh telur asin dalam besek bambu untuk oleh-oleh.",
                ..PLAIN
            },
            ProductSpec {
                name: "Abon ayam 100 g",
                category: Category::DailyFood,
                price: 28_000,
                lead: 2,
                shelf: 90,
                capacity: 25,
                fried: true,
                grams: 100,
                composition: &["daging ayam", "santan", "gula merah", "bawang"],
                description: "Abon ayam kampung, serat halus.",
                ..PLAIN
            },
            ProductSpec {
                name: "Rempeyek kacang 200 g",
                category: Category::DrySnacks,
                price: 14_000,
                lead: 1,
                shelf: 30,
                capacity: 35,
                fried: true,
                grams: 200,
                composition: &["tepung beras", "kacang tanah", "santan", "minyak goreng"],
                allergens: &[Allergen::Peanut],
                description: "Rempeyek tipis penuh kacang.",
                ..PLAIN
            },
        ],
    },
    GroupSpec {
        name: "Canting Tajum",
        hamlet: "Gunungsari",
        description: "Tujuh perajin batik cap dan ecoprint di tepi Kali Tajum.",
        class: DemandClass::Craft,
        members: 7,
        daily_orders: 22,
        usual_order: 120_000,
        products: &[
            ProductSpec {
                name: "Batik cap 2 m",
                category: Category::Craft,
                unit: Unit::Piece,
                price: 165_000,
                lead: 14,
                capacity: 3,
                deposit: 50,
                description: "Kain batik cap dua meter, motif lumbon.",
                ..PLAIN
            },
            ProductSpec {
                name: "Syal ecoprint",
                category: Category::Craft,
                unit: Unit::Piece,
                price: 95_000,
                lead: 7,
                capacity: 5,
                deposit: 30,
                description: "Syal dengan cetakan daun jati dan lanang.",
                ..PLAIN
            },
            ProductSpec {
                name: "Tas batik",
                category: Category::Craft,
                unit: Unit::Piece,
                price: 55_000,
                lead: 5,
                capacity: 6,
                deposit: 30,
                description: "Tas belanja batik berfuring.",
                ..PLAIN
            },
            ProductSpec {
                name: "Dompet batik",
                category: Category::Craft,
                unit: Unit::Piece,
                price: 35_000,
                lead: 4,
                capacity: 10,
                description: "Dompet batik tiga sekat.",
                ..PLAIN
            },
            ProductSpec {
                name: "Keset perca",
                category: Category::Craft,
                unit: Unit::Piece,
                price: 20_000,
                lead: 2,
                capacity: 8,
                description: "Keset tebal dari kain perca.",
                ..PLAIN
            },
        ],
    },
];

/// Given names; all people of the demo are called "Contoh" and one of these.
pub(in crate::cli) const GIVEN_NAMES: &[&str] = &[
    "Sari", "Wati", "Darsih", "Tini", "Rokhmah", "Suminah", "Karti", "Yati", "Warsinah", "Lastri", "Mugi", "Narti",
    "Parti", "Rasmi", "Siti", "Tarsih", "Umi", "Wagini", "Yuli", "Zaenab", "Ani", "Budi", "Cipto", "Dasim", "Eko",
    "Fajar", "Giman", "Hadi", "Imam", "Jaya", "Kasno", "Larso", "Marno", "Nardi", "Oyo", "Paijo", "Ratno", "Slamet",
    "Tarno", "Untung",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_eight_groups_and_forty_products_with_unique_names() {
        assert_eq!(GROUPS.len(), 8);
        let names: std::collections::HashSet<_> =
            GROUPS.iter().flat_map(|group| group.products).map(|product| product.name).collect();
        assert_eq!(names.len(), 40);
        assert!(
            GROUPS
                .iter()
                .all(|group| group.products.iter().all(|product| product.price > 0 && !product.description.is_empty()))
        );
    }
}
