//! A code as a picture to scan.

use std::io::Cursor;

use image::{ImageFormat, Luma};
use qrcode::QrCode;
use qrcode::render::svg;

use crate::kernel::text_enum::text_enum;

text_enum! {
    /// What a picture of a code is made as.
    PictureFormat {
        /// For screens and print, at any size.
        Svg = "svg",
        /// For apps that show no SVG.
        Png = "png",
    }
}

impl PictureFormat {
    /// Its media type.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            PictureFormat::Svg => "image/svg+xml",
            PictureFormat::Png => "image/png",
        }
    }
}

/// Why a code cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// More than a code holds.
    #[error(transparent)]
    TooLong(#[from] qrcode::types::QrError),
    /// The picture could not be written.
    #[error(transparent)]
    Unwritten(#[from] image::ImageError),
}

/// The code with the quiet zone around it that phones need; `label` tells readers of screens what it is.
pub(super) fn draw(text: &str, format: PictureFormat, label: &str) -> Result<Vec<u8>, PictureError> {
    let code = QrCode::new(text)?;
    match format {
        PictureFormat::Svg => {
            let drawn = code.render::<svg::Color<'_>>().min_dimensions(320, 320).quiet_zone(true).build();
            Ok(titled(&drawn, label).into_bytes())
        }
        PictureFormat::Png => {
            let drawn = code.render::<Luma<u8>>().min_dimensions(512, 512).quiet_zone(true).build();
            let mut bytes = Cursor::new(Vec::new());
            drawn.write_to(&mut bytes, ImageFormat::Png)?;
            Ok(bytes.into_inner())
        }
    }
}

/// The drawing with this title.
fn titled(drawn: &str, label: &str) -> String {
    let escaped = label.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    match drawn.split_once("<svg").and_then(|(head, rest)| rest.split_once('>').map(|(open, body)| (head, open, body)))
    {
        Some((head, open, body)) => format!("{head}<svg role=\"img\"{open}><title>{escaped}</title>{body}"),
        None => drawn.to_owned(),
    }
}
