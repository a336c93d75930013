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
        let [indonesian, english] = match self {
            Category::FreshSnacks => ["Jajanan basah", "Fresh snacks"],
            Category::DrySnacks => ["Keripik dan camilan kering", "Chips and dry snacks"],
            Category::Cookies => ["Kue kering dan parsel", "Cookies and parcels"],
            Category::PalmSugar => ["Gula kelapa", "Palm sugar"],
            Category::Drinks => ["Minuman", "Drinks"],
            Category::DailyFood => ["Tempe, tahu dan lauk", "Tempe, tofu and dishes"],
            Category::PreparedMeals => ["Makanan siap masak dan beku", "Prepared and frozen meals"],
            Category::Staples => ["Tepung dan bahan pokok", "Flour and staples"],
            Category::FreshProduce => ["Buah dan sayur", "Fruit and vegetables"],
            Category::EggsAndMeat => ["Telur, daging dan ikan", "Eggs, meat and fish"],
            Category::Seedlings => ["Bibit tanaman", "Seeds and seedlings"],
            Category::Craft => ["Kerajinan dan batik", "Craft and batik"],
            Category::Other => ["Lain-lain", "Other"],
        };
        match language {
            Language::Indonesian => indonesian,
            Language::English => english,
        }
    }
}
