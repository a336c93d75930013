//! Decoding of uploaded images, with checks of format and size before the pixels are decoded.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, Limits};

/// The largest upload, in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;
/// The largest pixel count, checked from the header before decoding.
const MAX_PIXELS: u64 = 25_000_000;
/// The memory limit of a decoder, in bytes.
const MAX_ALLOC: u64 = 128 * 1024 * 1024;
/// The largest number of scans of a progressive JPEG: each is decoded over the whole image; cameras write about ten.
const MAX_SCANS: usize = 64;

/// An accepted image format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
}

/// Why an image is rejected.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The content is not of the declared format.
    #[error("the content is not of the type it was said to be")]
    WrongFormat,
    /// Too many pixels.
    #[error("more than 25 million pixels")]
    TooManyPixels,
    /// Animated.
    #[error("an animation")]
    Animated,
    /// Damaged, truncated or malicious.
    #[error("the picture cannot be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Format {
    /// The format of a media type.
    pub fn from_content_type(content_type: &str) -> Option<Format> {
        match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "image/jpeg" | "image/jpg" => Some(Format::Jpeg),
            "image/png" => Some(Format::Png),
            "image/webp" => Some(Format::WebP),
            _ => None,
        }
    }

    /// Detects the format from the magic bytes.
    fn detect(bytes: &[u8]) -> Option<Format> {
        if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            Some(Format::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Format::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Format::WebP)
        } else {
            None
        }
    }
}

fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> PictureError {
    PictureError::Unreadable(error.into())
}

/// Decodes the pixels and applies the EXIF orientation. All metadata is dropped: EXIF, position, thumbnail.
pub(super) fn decode(bytes: &[u8], declared: Format) -> Result<DynamicImage, PictureError> {
    if Format::detect(bytes) != Some(declared) {
        return Err(PictureError::WrongFormat);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC);
    match declared {
        Format::Jpeg => {
            check_jpeg(bytes)?;
            let mut decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(unreadable)?;
            decoder.set_limits(limits).map_err(unreadable)?;
            decode_pixels(decoder)
        }
        Format::Png => {
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(unreadable)?;
            if decoder.is_apng().map_err(unreadable)? {
                return Err(PictureError::Animated);
            }
            decode_pixels(decoder)
        }
        Format::WebP => {
            let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(unreadable)?;
            if decoder.has_animation() {
                return Err(PictureError::Animated);
            }
            decoder.set_limits(limits).map_err(unreadable)?;
            decode_pixels(decoder)
        }
    }
}

fn decode_pixels(mut decoder: impl ImageDecoder) -> Result<DynamicImage, PictureError> {
    let (width, height) = decoder.dimensions();
    if u64::from(width).saturating_mul(height.into()) > MAX_PIXELS || decoder.total_bytes() > MAX_ALLOC {
        return Err(PictureError::TooManyPixels);
    }
    if width == 0 || height == 0 {
        return Err(unreadable("no pixels"));
    }
    // Invalid EXIF does not make the image invalid.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Rejects truncated JPEGs, which the decoder fills with grey, and those with too many scans.
fn check_jpeg(bytes: &[u8]) -> Result<(), PictureError> {
    let marker = |code: u8| move |pair: &(usize, &[u8])| pair.1.first() == Some(&0xFF) && pair.1.get(1) == Some(&code);
    let pairs = || bytes.windows(2).enumerate();
    let scans = pairs().filter(marker(0xDA)).count();
    let last_scan = pairs().filter(marker(0xDA)).map(|(offset, _)| offset).next_back();
    let end = pairs().filter(marker(0xD9)).map(|(offset, _)| offset).next_back();
    if scans > MAX_SCANS {
        return Err(unreadable("too many scans"));
    }
    if last_scan.is_none() || end < last_scan { Err(unreadable("cut off")) } else { Ok(()) }
}

/// An image file, for the OpenAPI document.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "only for the OpenAPI document")]
pub struct PictureBytes(Vec<u8>);
