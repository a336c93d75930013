//! Reading a picture somebody sent: what it is, how large, and only then its pixels.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, Limits};

/// The largest upload, in bytes.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;
/// The most pixels, by the header, before anything is decoded.
const MAX_PIXELS: u64 = 25_000_000;
/// The most memory a decoder may take.
const MAX_ALLOC: u64 = 128 * 1024 * 1024;
/// Scans of a progressive JPEG; each is decoded over the whole picture, and cameras write about ten.
const MAX_SCANS: usize = 64;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
}

/// Why a picture is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The content is not of the type it was said to be.
    #[error("the content is not of the type it was said to be")]
    NotAsSaid,
    /// More pixels than are read.
    #[error("more than 25 million pixels")]
    TooManyPixels,
    /// More than one frame.
    #[error("an animation")]
    Animated,
    /// Damaged, cut off, or built to do harm.
    #[error("the picture cannot be read")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Format {
    /// The format of this media type.
    pub fn of_content_type(content_type: &str) -> Option<Format> {
        match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "image/jpeg" | "image/jpg" => Some(Format::Jpeg),
            "image/png" => Some(Format::Png),
            "image/webp" => Some(Format::WebP),
            _ => None,
        }
    }

    /// The format that the first bytes tell of.
    fn of_content(bytes: &[u8]) -> Option<Format> {
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

/// The pixels of the picture, upright. Nothing else of the file goes on: no EXIF, no position, no thumbnail.
pub(super) fn decode(bytes: &[u8], said: Format) -> Result<DynamicImage, PictureError> {
    if Format::of_content(bytes) != Some(said) {
        return Err(PictureError::NotAsSaid);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC);
    match said {
        Format::Jpeg => {
            check_jpeg(bytes)?;
            let mut decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(unreadable)?;
            decoder.set_limits(limits).map_err(unreadable)?;
            pixels(decoder)
        }
        Format::Png => {
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(unreadable)?;
            if decoder.is_apng().map_err(unreadable)? {
                return Err(PictureError::Animated);
            }
            pixels(decoder)
        }
        Format::WebP => {
            let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(unreadable)?;
            if decoder.has_animation() {
                return Err(PictureError::Animated);
            }
            decoder.set_limits(limits).map_err(unreadable)?;
            pixels(decoder)
        }
    }
}

fn pixels(mut decoder: impl ImageDecoder) -> Result<DynamicImage, PictureError> {
    let (width, height) = decoder.dimensions();
    if u64::from(width).saturating_mul(height.into()) > MAX_PIXELS || decoder.total_bytes() > MAX_ALLOC {
        return Err(PictureError::TooManyPixels);
    }
    if width == 0 || height == 0 {
        return Err(unreadable("no pixels"));
    }
    // A camera that writes nonsense into its EXIF still took a picture.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// The decoder fills what is cut off with grey, and decodes as many scans as there are; both are refused here.
fn check_jpeg(bytes: &[u8]) -> Result<(), PictureError> {
    let marker =
        |wanted: u8| move |pair: &(usize, &[u8])| pair.1.first() == Some(&0xFF) && pair.1.get(1) == Some(&wanted);
    let pairs = || bytes.windows(2).enumerate();
    let scans = pairs().filter(marker(0xDA)).count();
    let last_scan = pairs().filter(marker(0xDA)).map(|(place, _)| place).next_back();
    let end = pairs().filter(marker(0xD9)).map(|(place, _)| place).next_back();
    if scans > MAX_SCANS {
        return Err(unreadable("too many scans"));
    }
    if last_scan.is_none() || end < last_scan { Err(unreadable("cut off")) } else { Ok(()) }
}
/// A picture's bytes, as the contract describes them.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "stands in the contract only")]
pub struct PictureBytes(Vec<u8>);
