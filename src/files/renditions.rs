//! Renditions of an image: sizes and formats for phones, each within a byte budget.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage};

use super::FileName;
use super::picture::{self, Format, PictureError};

/// The size of a rendition, by its longest edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RenditionSize {
    /// For list rows.
    Small,
    /// For cards.
    Medium,
    /// For the full screen.
    Large,
}

impl RenditionSize {
    /// All sizes.
    pub const ALL: [RenditionSize; 3] = [RenditionSize::Small, RenditionSize::Medium, RenditionSize::Large];

    /// The longest edge in pixels.
    pub const fn pixels(self) -> u32 {
        match self {
            RenditionSize::Small => 160,
            RenditionSize::Medium => 480,
            RenditionSize::Large => 1080,
        }
    }

    /// The largest file size in bytes.
    pub const fn max_bytes(self) -> usize {
        match self {
            RenditionSize::Small => 8 * 1000,
            RenditionSize::Medium => 30 * 1000,
            RenditionSize::Large => 120 * 1000,
        }
    }
}

/// The format of a rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RenditionFormat {
    /// JPEG, for all phones.
    Jpeg,
    /// WebP: smaller, where it is supported.
    WebP,
}

impl RenditionFormat {
    /// All formats.
    pub const ALL: [RenditionFormat; 2] = [RenditionFormat::Jpeg, RenditionFormat::WebP];

    /// The file extension.
    pub const fn extension(self) -> &'static str {
        match self {
            RenditionFormat::Jpeg => "jpg",
            RenditionFormat::WebP => "webp",
        }
    }
}

/// An image in one size and format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// The size.
    pub size: RenditionSize,
    /// The format.
    pub format: RenditionFormat,
    /// The file's content.
    pub bytes: Vec<u8>,
}

/// An image in all sizes and formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renditions {
    /// The common stem of the file names.
    pub stem: String,
    /// The width of the largest size in pixels.
    pub width: u32,
    /// The height of the largest size in pixels.
    pub height: u32,
    /// The renditions.
    pub files: Vec<Rendition>,
}

impl Renditions {
    /// The files with their names.
    pub fn named_files(&self) -> impl Iterator<Item = (FileName, &[u8])> {
        self.files.iter().filter_map(|file| {
            let name = format!("{}-{}.{}", self.stem, file.size.pixels(), file.format.extension());
            FileName::parse(&name).map(|name| (name, file.bytes.as_slice()))
        })
    }
}

/// Creates the renditions of an image of the declared format. Slow and blocking.
pub fn create_renditions(bytes: &[u8], declared: Format) -> Result<Renditions, PictureError> {
    let picture = picture::decode(bytes, declared)?;
    let master = flatten(shrink(picture, RenditionSize::Large.pixels().saturating_mul(2)));
    let mut files = Vec::new();
    let mut largest = (0, 0);
    for size in RenditionSize::ALL {
        let (width, height) = fit_within(master.width(), master.height(), size.pixels());
        let resized = if (width, height) == (master.width(), master.height()) {
            master.clone()
        } else {
            master.resize_exact(width, height, FilterType::CatmullRom)
        };
        largest = (width, height);
        for format in RenditionFormat::ALL {
            files.push(Rendition { size, format, bytes: encode_within(&resized, format, size.max_bytes())? });
        }
    }
    let stem = FileName::content_hash(files.iter().map(|file| file.bytes.as_slice()));
    Ok(Renditions { stem, width: largest.0, height: largest.1, files })
}

/// The longest edge of document images, such as transfer slips, in pixels.
const DOCUMENT_EDGE: u32 = 1600;
/// The largest file size of document images, in bytes.
const DOCUMENT_BUDGET: usize = 250 * 1000;

/// Converts a document image to one JPEG. Slow and blocking.
pub fn encode_document(bytes: &[u8], declared: Format) -> Result<Vec<u8>, PictureError> {
    let picture = flatten(shrink(picture::decode(bytes, declared)?, DOCUMENT_EDGE));
    encode_within(&picture, RenditionFormat::Jpeg, DOCUMENT_BUDGET)
}

/// Width and height scaled down to this longest edge, with the same aspect ratio; never enlarged.
fn fit_within(width: u32, height: u32, edge: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= edge {
        return (width, height);
    }
    let scaled = |side: u32| {
        let product = u64::from(side).saturating_mul(edge.into());
        let rounded = product.saturating_add(u64::from(longest) / 2).checked_div(longest.into()).unwrap_or(1);
        u32::try_from(rounded).unwrap_or(edge).max(1)
    };
    (scaled(width), scaled(height))
}

/// A fast first reduction, so that the high-quality resize never holds the whole image in floats.
fn shrink(picture: DynamicImage, edge: u32) -> DynamicImage {
    let (width, height) = fit_within(picture.width(), picture.height(), edge);
    if (width, height) == (picture.width(), picture.height()) {
        picture
    } else {
        picture.thumbnail_exact(width, height)
    }
}

/// Converts to 8-bit RGB on white, because JPEG has no transparency.
fn flatten(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.into_rgb8());
    }
    let layered = picture.into_rgba8();
    let mut flat = RgbImage::new(layered.width(), layered.height());
    for (to, from) in flat.pixels_mut().zip(layered.pixels()) {
        let [red, green, blue, alpha] = from.0;
        to.0 = [red, green, blue].map(|channel| blend_on_white(channel, alpha));
    }
    DynamicImage::ImageRgb8(flat)
}

fn blend_on_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    let mixed = channel.saturating_mul(alpha).saturating_add(255_u32.saturating_sub(alpha).saturating_mul(255));
    u8::try_from(mixed.saturating_add(127) / 255).unwrap_or(u8::MAX)
}

/// The best encoding within the budget: reduces the quality first, and the size when that is not enough.
fn encode_within(picture: &DynamicImage, format: RenditionFormat, budget: usize) -> Result<Vec<u8>, PictureError> {
    let mut smaller: Option<DynamicImage> = None;
    loop {
        let current = smaller.as_ref().unwrap_or(picture);
        for quality in [82, 72, 60, 48, 36] {
            let bytes = encode(current, format, quality)?;
            if bytes.len() <= budget {
                return Ok(bytes);
            }
        }
        let edge = current.width().max(current.height()).saturating_mul(4) / 5;
        let (width, height) = fit_within(current.width(), current.height(), edge.max(16));
        if (width, height) == (current.width(), current.height()) {
            return Err(PictureError::Unreadable("does not fit its budget".into()));
        }
        smaller = Some(current.resize_exact(width, height, FilterType::Triangle));
    }
}

fn encode(picture: &DynamicImage, format: RenditionFormat, quality: u8) -> Result<Vec<u8>, PictureError> {
    let (width, height, pixels) = (picture.width(), picture.height(), picture.as_bytes());
    match format {
        RenditionFormat::Jpeg => {
            let mut bytes = Vec::new();
            JpegEncoder::new_with_quality(&mut bytes, quality)
                .write_image(pixels, width, height, ExtendedColorType::Rgb8)
                .map_err(|error| PictureError::Unreadable(error.into()))?;
            Ok(bytes)
        }
        RenditionFormat::WebP => webp::Encoder::from_rgb(pixels, width, height)
            .encode_simple(false, quality.into())
            .map(|file| file.to_vec())
            .map_err(|error| PictureError::Unreadable(format!("{error:?}").into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sizes_keep_their_aspect_ratio_and_never_grow(width in 1..30_000_u32, height in 1..30_000_u32) {
            let (w, h) = fit_within(width, height, 160);
            prop_assert!(w <= width && h <= height && w >= 1 && h >= 1 && w.max(h) <= 160);
            let exact = f64::from(width.min(height)) * f64::from(w.max(h)) / f64::from(width.max(height));
            prop_assert!((f64::from(w.min(h)) - exact).abs() <= 1.0);
        }

        #[test]
        fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), format_index in 0..3_usize) {
            let (magic, format): (&[u8], _) = [
                (&[0xFF, 0xD8, 0xFF][..], Format::Jpeg),
                (b"\x89PNG\r\n\x1a\n", Format::Png),
                (b"RIFF\x40\0\0\0WEBP", Format::WebP),
            ][format_index];
            let file: Vec<u8> = magic.iter().copied().chain(bytes).collect();
            prop_assert!(create_renditions(&file, format).is_err());
        }
    }

    #[test]
    fn transparent_pixels_are_blended_on_white() {
        assert_eq!((blend_on_white(0, 0), blend_on_white(10, 255), blend_on_white(0, 128)), (255, 10, 127));
    }

    #[test]
    fn even_noise_fits_its_budget() {
        let mut state = 1_u32;
        let noise = RgbImage::from_fn(1200, 1500, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
        });
        let mut png = Vec::new();
        image::codecs::png::PngEncoder::new(&mut png)
            .write_image(noise.as_raw(), 1200, 1500, ExtendedColorType::Rgb8)
            .unwrap();
        let renditions = create_renditions(&png, Format::Png).unwrap();
        assert_eq!((renditions.width, renditions.height, renditions.files.len()), (864, 1080, 6));
        for file in &renditions.files {
            assert!(file.bytes.len() <= file.size.max_bytes(), "{:?} {}", file.size, file.bytes.len());
        }
        assert_eq!(renditions.named_files().count(), 6);
    }
}
