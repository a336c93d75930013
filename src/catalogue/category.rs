//! The closed list of product categories, with their names in both languages. Search matches the names.

use crate::kernel::Language;
use crate::kernel::text_enum::text_enum;

text_enum! {
    /// A product's category.
    Category {
        /// Wet snacks, made for the day: pastel, risoles, snack boxes.
        FreshSnacks = "fresh_snacks",
        /// Dry snacks that keep: chips, crackers.
        DrySnacks = "dry_snacks",
        /// Cookies and gift parcels, mostly for holidays.
        Cookies = "cookies",
        /// Palm sugar and drinks made from it.
        PalmSugar = "palm_sugar",
        /// Drinks and herbal drinks.
        Drinks = "drinks",
        /// Tempe, tofu and other everyday dishes.
        DailyFood = "daily_food",
        /// Frozen and prepared meals.
        PreparedMeals = "prepared_meals",
        /// Flour, rice and other staples.
        Staples = "staples",
        /// Fruit and vegetables.
        FreshProduce = "fresh_produce",
        /// Eggs, meat and fish.
        EggsAndMeat = "eggs_and_meat",
        /// Seeds and seedlings.
        Seedlings = "seedlings",
        /// Batik, bags and other handicraft.
        Craft = "craft",
        /// Anything else.
        Other = "other",
    }
}

impl Category {
    /// The category's name for people.
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Category::FreshSnacks, Language::Indonesian) => "Jajanan basah",
            (Category::FreshSnacks, Language::English) => "Fresh snacks",
            (Category::DrySnacks, Language::Indonesian) => "Keripik dan camilan kering",
            (Category::DrySnacks, Language::English) => "Chips and dry snacks",
            (Category::Cookies, Language::Indonesian) => "Kue kering dan parsel",
            (Category::Cookies, Language::English) => "Cookies and parcels",
            (Category::PalmSugar, Language::Indonesian) => "Gula kelapa",
            (Category::PalmSugar, Language::English) => "Palm sugar",
            (Category::Drinks, Language::Indonesian) => "Minuman",
            (Category::Drinks, Language::English) => "Drinks",
            (Category::DailyFood, Language::Indonesian) => "Tempe, tahu dan lauk",
            (Category::DailyFood, Language::English) => "Tempe, tofu and dishes",
            (Category::PreparedMeals, Language::Indonesian) => "Makanan siap masak dan beku",
            (Category::PreparedMeals, Language::English) => "Prepared and frozen meals",
            (Category::Staples, Language::Indonesian) => "Tepung dan bahan pokok",
            (Category::Staples, Language::English) => "Flour and staples",
            (Category::FreshProduce, Language::Indonesian) => "Buah dan sayur",
            (Category::FreshProduce, Language::English) => "Fruit and vegetables",
            (Category::EggsAndMeat, Language::Indonesian) => "Telur, daging dan ikan",
            (Category::EggsAndMeat, Language::English) => "Eggs, meat and fish",
            (Category::Seedlings, Language::Indonesian) => "Bibit tanaman",
            (Category::Seedlings, Language::English) => "Seeds and seedlings",
            (Category::Craft, Language::Indonesian) => "Kerajinan dan batik",
            (Category::Craft, Language::English) => "Craft and batik",
            (Category::Other, Language::Indonesian) => "Lain-lain",
            (Category::Other, Language::English) => "Other",
        }
    }
}
