//! What `latchkey dev` adds to the provider: the demo application, the guided tour and the mailbox.

use super::{Guide, More};
pub use crate::demo::DemoConfig;
pub use crate::demo::mailbox::Mailbox;
pub(super) use crate::demo::preview::samples;
use crate::demo::{self, Demo};
use crate::platform::random::Random;
use actix_web::web::Data;
use std::sync::Arc;

/// The demo application and the guided tour of `latchkey dev`.
///
/// # Errors
/// When the demo's HTTP client cannot be made.
pub fn demonstration(
    demo: DemoConfig,
    guide: Guide,
    mailbox: Mailbox,
    random: Arc<dyn Random>,
) -> Result<More, demo::Failure> {
    let (demo, guide, mailbox) = (Data::new(Demo::new(demo, random)?), Data::new(guide), Data::new(mailbox));
    Ok(Arc::new(move |config| {
        config.app_data(guide.clone());
        demo::mailbox::page::configure(config, mailbox.clone());
        demo::configure(config, demo.clone());
    }))
}
