//! A QR code as the path of an SVG picture.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// The quiet zone in modules (ISO/IEC 18004 §6.3.8).
const QUIET: usize = 4;

/// A picture: its side in modules, and the path of the dark ones.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) side: usize,
    pub(super) path: String,
}

/// Draws a text; `None` when it is too long for a code.
pub(super) fn draw(text: &str) -> Option<Picture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, mut path) = (code.width(), String::new());
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
            // Writing to a text does not fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x.saturating_add(QUIET), y.saturating_add(QUIET));
        }
    }
    Some(Picture { side: width.saturating_add(2 * QUIET), path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_its_quiet_zone() {
        let picture = draw("otpauth://totp/A:ada?secret=GEZDGNBVGY3TQOJQ&issuer=A").unwrap();
        let last = picture.side - QUIET - 1;
        for (x, y) in [(4, 4), (last, 4), (4, last)] {
            assert!(picture.path.contains(&format!("M{x} {y}h1v1h-1z")), "{x} {y}");
        }
        assert!(!picture.path.contains("M3 ") && draw(&"x".repeat(5000)).is_none());
    }
}
