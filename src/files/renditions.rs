//! The sizes that phones want of a picture, each within its budget of bytes.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, RgbImage};

use super::FileName;
use super::picture::{self, Format, PictureError};

/// The longest edge of a rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edge {
    /// For rows of a list.
    Small,
    /// For a card.
    Medium,
    /// For the whole screen.
    Large,
}

impl Edge {
    /// All three.
    pub const ALL: [Edge; 3] = [Edge::Small, Edge::Medium, Edge::Large];

    /// Pixels.
    pub const fn pixels(self) -> u32 {
        match self {
            Edge::Small => 160,
            Edge::Medium => 480,
            Edge::Large => 1080,
        }
    }

    /// The most bytes a file of this size may have.
    pub const fn budget(self) -> usize {
        match self {
            Edge::Small => 8 * 1000,
            Edge::Medium => 30 * 1000,
            Edge::Large => 120 * 1000,
        }
    }
}

/// The format of a rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// For every phone.
    Jpeg,
    /// Smaller, for those that know it.
    WebP,
}

impl Kind {
    /// Both.
    pub const ALL: [Kind; 2] = [Kind::Jpeg, Kind::WebP];

    /// How its files end.
    pub const fn extension(self) -> &'static str {
        match self {
            Kind::Jpeg => "jpg",
            Kind::WebP => "webp",
        }
    }
}

/// A picture in one size and format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Its size.
    pub edge: Edge,
    /// Its format.
    pub kind: Kind,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A picture in all sizes and formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renditions {
    /// What the names of the files begin with.
    pub stem: String,
    /// Pixels across, in the largest size.
    pub width: u32,
    /// Pixels down, in the largest size.
    pub height: u32,
    /// The files.
    pub files: Vec<Rendition>,
}

impl Renditions {
    /// Each file with its name.
    pub fn named(&self) -> impl Iterator<Item = (FileName, &[u8])> {
        self.files.iter().filter_map(|file| {
            let name = format!("{}-{}.{}", self.stem, file.edge.pixels(), file.kind.extension());
            FileName::parse(&name).map(|name| (name, file.bytes.as_slice()))
        })
    }
}

/// Makes the renditions of a picture that was said to be of this format. It takes a while and blocks.
pub fn prepare(bytes: &[u8], said: Format) -> Result<Renditions, PictureError> {
    let picture = picture::decode(bytes, said)?;
    let master = flatten(reduced(picture, Edge::Large.pixels().saturating_mul(2)));
    let mut files = Vec::new();
    let mut largest = (0, 0);
    for edge in Edge::ALL {
        let (width, height) = fitting(master.width(), master.height(), edge.pixels());
        let sized = if (width, height) == (master.width(), master.height()) {
            master.clone()
        } else {
            master.resize_exact(width, height, FilterType::CatmullRom)
        };
        largest = (width, height);
        for kind in Kind::ALL {
            files.push(Rendition { edge, kind, bytes: within(&sized, kind, edge.budget())? });
        }
    }
    let stem = FileName::stem_of(files.iter().map(|file| file.bytes.as_slice()));
    Ok(Renditions { stem, width: largest.0, height: largest.1, files })
}

/// The longest edge of a picture that is there to be read, such as the slip of a transfer.
const LEGIBLE_EDGE: u32 = 1600;
/// The most bytes of such a picture.
const LEGIBLE_BUDGET: usize = 250 * 1000;

/// A picture that is there to be read, as one JPEG. It takes a while and blocks.
pub fn normalize(bytes: &[u8], said: Format) -> Result<Vec<u8>, PictureError> {
    let picture = flatten(reduced(picture::decode(bytes, said)?, LEGIBLE_EDGE));
    within(&picture, Kind::Jpeg, LEGIBLE_BUDGET)
}

/// Width and height with the longest edge at most this long, in the same proportion, never enlarged.
fn fitting(width: u32, height: u32, edge: u32) -> (u32, u32) {
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

/// A quick first reduction, so that the careful one after it never holds the whole picture in floats.
fn reduced(picture: DynamicImage, edge: u32) -> DynamicImage {
    let (width, height) = fitting(picture.width(), picture.height(), edge);
    if (width, height) == (picture.width(), picture.height()) {
        picture
    } else {
        picture.thumbnail_exact(width, height)
    }
}

/// Eight bits a channel on white: neither JPEG nor a list row shows what is behind.
fn flatten(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.into_rgb8());
    }
    let layered = picture.into_rgba8();
    let mut flat = RgbImage::new(layered.width(), layered.height());
    for (to, from) in flat.pixels_mut().zip(layered.pixels()) {
        let [red, green, blue, alpha] = from.0;
        to.0 = [red, green, blue].map(|channel| on_white(channel, alpha));
    }
    DynamicImage::ImageRgb8(flat)
}

fn on_white(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    let mixed = channel.saturating_mul(alpha).saturating_add(255_u32.saturating_sub(alpha).saturating_mul(255));
    u8::try_from(mixed.saturating_add(127) / 255).unwrap_or(u8::MAX)
}

/// The best file within the budget: quality goes down first, and the size only when that is not enough.
fn within(picture: &DynamicImage, kind: Kind, budget: usize) -> Result<Vec<u8>, PictureError> {
    let mut smaller: Option<DynamicImage> = None;
    loop {
        let current = smaller.as_ref().unwrap_or(picture);
        for quality in [82, 72, 60, 48, 36] {
            let bytes = encode(current, kind, quality)?;
            if bytes.len() <= budget {
                return Ok(bytes);
            }
        }
        let edge = current.width().max(current.height()).saturating_mul(4) / 5;
        let (width, height) = fitting(current.width(), current.height(), edge.max(16));
        if (width, height) == (current.width(), current.height()) {
            return Err(PictureError::Unreadable("does not fit its budget".into()));
        }
        smaller = Some(current.resize_exact(width, height, FilterType::Triangle));
    }
}

fn encode(picture: &DynamicImage, kind: Kind, quality: u8) -> Result<Vec<u8>, PictureError> {
    let (width, height, pixels) = (picture.width(), picture.height(), picture.as_bytes());
    match kind {
        Kind::Jpeg => {
            let mut bytes = Vec::new();
            JpegEncoder::new_with_quality(&mut bytes, quality)
                .write_image(pixels, width, height, ExtendedColorType::Rgb8)
                .map_err(|error| PictureError::Unreadable(error.into()))?;
            Ok(bytes)
        }
        Kind::WebP => webp::Encoder::from_rgb(pixels, width, height)
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
        fn sizes_keep_their_proportion_and_never_grow(width in 1..30_000_u32, height in 1..30_000_u32) {
            let (w, h) = fitting(width, height, 160);
            prop_assert!(w <= width && h <= height && w >= 1 && h >= 1 && w.max(h) <= 160);
            let exact = f64::from(width.min(height)) * f64::from(w.max(h)) / f64::from(width.max(height));
            prop_assert!((f64::from(w.min(h)) - exact).abs() <= 1.0);
        }

        #[test]
        fn the_reader_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), lead in 0..3_usize) {
            let (magic, format): (&[u8], _) = [
                (&[0xFF, 0xD8, 0xFF][..], Format::Jpeg),
                (b"\x89PNG\r\n\x1a\n", Format::Png),
                (b"RIFF\x40\0\0\0WEBP", Format::WebP),
            ][lead];
            let file: Vec<u8> = magic.iter().copied().chain(bytes).collect();
            prop_assert!(prepare(&file, format).is_err());
        }
    }

    #[test]
    fn what_is_behind_a_see_through_picture_is_white() {
        assert_eq!((on_white(0, 0), on_white(10, 255), on_white(0, 128)), (255, 10, 127));
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
        let renditions = prepare(&png, Format::Png).unwrap();
        assert_eq!((renditions.width, renditions.height, renditions.files.len()), (864, 1080, 6));
        for file in &renditions.files {
            assert!(file.bytes.len() <= file.edge.budget(), "{:?} {}", file.edge, file.bytes.len());
        }
        assert_eq!(renditions.named().count(), 6);
    }
}
