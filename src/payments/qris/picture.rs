//! Pictures of QR codes.

use std::io::Cursor;

use image::{ImageFormat, Luma};
use qrcode::QrCode;
use qrcode::render::svg;

use crate::kernel::text_enum::text_enum;
use crate::web::Problem;

text_enum! {
    /// Format of a picture of a code.
    PictureFormat {
        /// For screens and print, at any size.
        Svg = "svg",
        /// For clients without SVG support.
        Png = "png",
    }
}

impl PictureFormat {
    /// The media type.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            PictureFormat::Svg => "image/svg+xml",
            PictureFormat::Png => "image/png",
        }
    }
}

/// Draws the code with the quiet zone that scanners need; `label` is its title for screen readers.
pub(super) fn draw(text: &str, format: PictureFormat, label: &str) -> Result<Vec<u8>, Problem> {
    let code = QrCode::new(text).map_err(Problem::internal)?;
    match format {
        PictureFormat::Svg => {
            let drawn = code.render::<svg::Color<'_>>().min_dimensions(320, 320).quiet_zone(true).build();
            Ok(titled(&drawn, label).into_bytes())
        }
        PictureFormat::Png => {
            let drawn = code.render::<Luma<u8>>().min_dimensions(512, 512).quiet_zone(true).build();
            let mut bytes = Cursor::new(Vec::new());
            drawn.write_to(&mut bytes, ImageFormat::Png).map_err(Problem::internal)?;
            Ok(bytes.into_inner())
        }
    }
}

/// Adds a title to the drawing.
fn titled(drawn: &str, label: &str) -> String {
    let escaped = label.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    match drawn.split_once("<svg").and_then(|(head, rest)| rest.split_once('>').map(|(open, body)| (head, open, body)))
    {
        Some((head, open, body)) => format!("{head}<svg role=\"img\"{open}><title>{escaped}</title>{body}"),
        None => drawn.to_owned(),
    }
}
