//! What a look is made of: colours, lengths, fonts, links, and whether they can be read together. The configuration reads
//! them; `pages::looks` puts them together with an operator's files.

mod colour;
pub mod palette;
mod skin;
mod theme;
mod token;

pub use colour::Colour;
pub use palette::unreadable;
pub use skin::{Colors, Links, Skin};
pub use theme::Theme;
pub use token::{COLOUR_RULE, Kind, TOKENS, Value, find as find_token};
