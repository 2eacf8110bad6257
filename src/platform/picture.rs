//! Pictures that people and applications bring: decoded within bounds and encoded again, so that what we serve is a picture
//! and nothing else, without where and when it was taken.

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits};
use std::io::Cursor;
use tokio::sync::Semaphore;

/// The longest file that is taken, in bytes: 5 MiB.
pub const LONGEST: usize = 5 * 1024 * 1024;
/// The longest side that is kept, in pixels.
pub const SIDE: u32 = 512;

const LONGEST_SIDE: u32 = 8192;
const MOST_PIXELS: u64 = 16_000_000;
/// Bytes that decoding may take: those pixels in colour, and what the decoder needs besides.
const MEMORY: u64 = 96 * 1024 * 1024;
const QUALITY: u8 = 85;
/// Drawings stay sharp as PNG up to so many bytes.
const LONGEST_DRAWING: usize = 96 * 1024;

/// One at a time: each takes a processor and tens of megabytes for a moment.
static DECODING: Semaphore = Semaphore::const_new(1);

/// A picture as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// `image/jpeg`, or `image/png` for drawings and where something shines through.
    pub media_type: &'static str,
    pub content: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {} bytes", self.media_type, self.content.len())
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More than [`LONGEST`] bytes.
    #[error("the file is larger than 5 MiB")]
    TooLong,
    /// More pixels than are decoded.
    #[error("the picture has more than 16 million pixels, or more than 8192 a side")]
    TooManyPixels,
    /// APNG, or WebP with several frames.
    #[error("the picture is animated: only still ones are taken")]
    Animated,
    /// Another format, or a broken file.
    #[error("the file is no PNG, JPEG or WebP picture")]
    NotAPicture,
}

/// Reads a file beside the threads that serve requests, one at a time.
///
/// # Errors
/// Why it is not taken.
pub async fn read_beside(file: Vec<u8>) -> Result<Picture, Refusal> {
    let Ok(_turn) = DECODING.acquire().await else { return Err(Refusal::NotAPicture) };
    // A decoder that panics has met a file that is no picture.
    tokio::task::spawn_blocking(move || read(&file)).await.unwrap_or(Err(Refusal::NotAPicture))
}

/// Reads a file and makes of it the picture that is kept: at most [`SIDE`] pixels a side, upright, without metadata.
///
/// # Errors
/// Why it is not taken.
pub fn read(file: &[u8]) -> Result<Picture, Refusal> {
    if file.len() > LONGEST {
        return Err(Refusal::TooLong);
    }
    let source = Cursor::new(file);
    match image::guess_format(file) {
        Ok(ImageFormat::Png) => {
            let decoder = PngDecoder::with_limits(source, limits()).map_err(refused)?;
            still(decoder.is_apng().map_err(refused)?)?;
            encode(&decode(decoder)?, true)
        }
        Ok(ImageFormat::WebP) => {
            let decoder = WebPDecoder::new(source).map_err(refused)?;
            still(decoder.has_animation())?;
            encode(&decode(decoder)?, false)
        }
        Ok(ImageFormat::Jpeg) => encode(&decode(JpegDecoder::new(source).map_err(refused)?)?, false),
        _ => Err(Refusal::NotAPicture),
    }
}

const fn still(is_animated: bool) -> Result<(), Refusal> {
    if is_animated { Err(Refusal::Animated) } else { Ok(()) }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    limits
}

fn decode(mut decoder: impl ImageDecoder) -> Result<DynamicImage, Refusal> {
    decoder.set_limits(limits()).map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MEMORY {
        return Err(Refusal::TooManyPixels);
    }
    let orientation = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    if width > SIDE || height > SIDE {
        picture = picture.thumbnail(SIDE, SIDE);
    }
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn refused(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooManyPixels,
        _ => Refusal::NotAPicture,
    }
}

fn encode(picture: &DynamicImage, is_drawing: bool) -> Result<Picture, Refusal> {
    let colours = picture.to_rgba8();
    let is_clear = colours.pixels().any(|pixel| pixel.0.last() != Some(&u8::MAX));
    if is_clear || is_drawing {
        let mut content = Vec::new();
        let kept =
            if is_clear { DynamicImage::ImageRgba8(colours) } else { DynamicImage::ImageRgb8(picture.to_rgb8()) };
        kept.write_to(&mut Cursor::new(&mut content), ImageFormat::Png).map_err(refused)?;
        if is_clear || content.len() <= LONGEST_DRAWING {
            return Ok(Picture { media_type: "image/png", content });
        }
    }
    let mut content = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut content, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder).map_err(refused)?;
    Ok(Picture { media_type: "image/jpeg", content })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Vec::new();
        picture.write_to(&mut Cursor::new(&mut file), format).unwrap();
        file
    }

    fn photograph(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, 90])))
    }

    #[test]
    fn a_picture_is_made_small_and_keeps_its_proportions() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let kept = read(&file(&photograph(1600, 800), format)).unwrap();
            assert!(kept.media_type == "image/jpeg" || format == ImageFormat::Png, "{kept:?}");
            let small = image::load_from_memory(&kept.content).unwrap();
            assert_eq!((small.width(), small.height()), (512, 256));
        }
        let tiny = read(&file(&photograph(20, 30), ImageFormat::Png)).unwrap();
        assert_eq!(image::load_from_memory(&tiny.content).unwrap().width(), 20, "nothing is blown up");
    }

    #[test]
    fn what_shines_through_stays_clear() {
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(8, 8, Rgba([9, 9, 9, 0])));
        assert_eq!(read(&file(&clear, ImageFormat::Png)).unwrap().media_type, "image/png");
    }

    #[test]
    fn a_picture_that_moves_is_refused() {
        // A PNG with the chunk `acTL` before its data, of two frames that play for ever.
        let plain = file(&photograph(8, 8), ImageFormat::Png);
        let at = plain.windows(4).position(|part| part == b"IDAT").unwrap() - 4;
        let chunk = b"acTL\0\0\0\x02\0\0\0\0";
        let mut crc = flate2::Crc::new();
        crc.update(chunk);
        let moving = [&plain[..at], &8_u32.to_be_bytes(), chunk, &crc.sum().to_be_bytes(), &plain[at..]].concat();
        assert_eq!(read(&moving).err(), Some(Refusal::Animated));
        // A WebP whose extended header says that it is animated (bit 1 of its flags).
        let still = file(&photograph(8, 8), ImageFormat::WebP);
        let body = [b"WEBPVP8X".as_slice(), &10_u32.to_le_bytes(), &[2, 0, 0, 0, 7, 0, 0, 7, 0, 0]].concat();
        let frames = [b"ANIM".as_slice(), &6_u32.to_le_bytes(), &[0; 6]].concat();
        let picture = &still[12..];
        let frame = [&[0; 6][..], &[7, 0, 0, 7, 0, 0, 0, 0, 0, 0], picture].concat();
        let length = u32::try_from(frame.len()).unwrap();
        let frame = [b"ANMF".as_slice(), &length.to_le_bytes(), &frame].concat();
        let whole = [body, frames, frame].concat();
        let length = u32::try_from(whole.len()).unwrap();
        let moving = [b"RIFF".as_slice(), &length.to_le_bytes(), &whole].concat();
        assert_eq!(read(&moving).err(), Some(Refusal::Animated));
    }

    #[test]
    fn what_a_camera_wrote_down_is_gone_and_the_picture_stands_upright() {
        // A JPEG that says of itself that it lies on its side (Exif orientation 6), with a place of its own.
        let plain = file(&photograph(40, 20), ImageFormat::Jpeg);
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"51.5074 N, 0.1278 W");
        let mut sent = vec![0xff, 0xd8, 0xff, 0xe1];
        sent.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        sent.extend_from_slice(&exif);
        sent.extend_from_slice(&plain[2..]);
        let kept = read(&sent).unwrap();
        let upright = image::load_from_memory(&kept.content).unwrap();
        assert_eq!((upright.width(), upright.height()), (20, 40));
        assert!(
            !kept.content.windows(7).any(|part| part == b"51.5074")
                && !kept.content.windows(4).any(|part| part == b"Exif")
        );
    }

    #[test]
    fn nothing_but_a_picture_is_taken() {
        let png = file(&photograph(64, 64), ImageFormat::Png);
        let bad: [&[u8]; 5] = [
            b"",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"GIF89a\x01\0\x01\0",
            &png[..png.len() / 2],
            b"%PDF-1.7",
        ];
        for file in bad {
            assert_eq!(read(file).err(), Some(Refusal::NotAPicture));
        }
        assert_eq!(read(&vec![0; LONGEST + 1]).err(), Some(Refusal::TooLong));
        // What follows the picture in the file is not kept: it may be a script.
        let kept = read(&[png, b"<script>alert(1)</script>".to_vec()].concat()).unwrap();
        assert!(!kept.content.windows(8).any(|part| part == b"<script>"));
    }

    #[test]
    fn a_bomb_of_pixels_is_refused_before_it_is_decoded() {
        // 60000 × 60000 pixels, said in 57 bytes: a PNG header with nothing behind it.
        let mut header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0".to_vec();
        let mut crc = flate2::Crc::new();
        crc.update(&header[12..]);
        header.extend_from_slice(&crc.sum().to_be_bytes());
        header.extend_from_slice(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82");
        assert_eq!(read(&header).err(), Some(Refusal::TooManyPixels));
    }
}
