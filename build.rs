//! Tells the OpenAPI derives how three type aliases are documented.

fn main() {
    utoipa_config::Config::new()
        .alias_for("Day", "chrono::NaiveDate")
        .alias_for("Version", "crate::kernel::VersionSchema")
        .alias_for("SignedRupiah", "crate::kernel::SignedRupiahSchema")
        .write_to_file();
}
