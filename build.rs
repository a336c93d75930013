//! Tells the OpenAPI derives how three type aliases are documented, and unpacks Swagger UI.

use std::borrow::Cow;
use std::error::Error;
use std::fs::File;
use std::io::{self, Cursor};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

fn main() -> Result<(), Box<dyn Error>> {
    utoipa_config::Config::new()
        .alias_for("Day", "chrono::NaiveDate")
        .alias_for("Version", "crate::kernel::VersionSchema")
        .alias_for("SignedRupiah", "crate::kernel::SignedRupiahSchema")
        .write_to_file();
    unpack_swagger_ui(Path::new(&std::env::var("OUT_DIR")?))
}

/// Writes the two files of Swagger UI that the viewer loads, compressed: the whole archive would be a tenth of the binary.
fn unpack_swagger_ui(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    for name in ["swagger-ui-bundle.js", "swagger-ui.css"] {
        let suffix = format!("/dist/{name}");
        let path = archive.file_names().flatten().find(|path| path.ends_with(&suffix)).map(Cow::into_owned);
        let mut file = archive.by_name(&path.ok_or(format!("Swagger UI has no {name}"))?)?;
        let mut encoder = GzEncoder::new(File::create(folder.join(format!("{name}.gz")))?, Compression::best());
        io::copy(&mut file, &mut encoder)?;
        encoder.finish()?;
    }
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}
