//! Empties the outbox: each kind of message has its sender in the feature that writes it.

use super::Op;
use super::feature::Sender;
use super::letters;
use crate::platform::error::Unavailable;
use crate::platform::outbox::{Delivery, Message};

/// Sends the due messages of the outbox; returns how many were tried. Messages of a disabled feature wait for a
/// server on which it is enabled, or expire.
///
/// # Errors
/// When the store does not answer; the next round tries again.
pub async fn deliver_due(op: &Op) -> Result<usize, Unavailable> {
    let of_features = op.features.on().flat_map(|feature| feature.senders.iter().copied());
    let can_leave = |sender: &Sender| !sender.is_mail || op.mailer.is_on();
    let senders: Vec<Sender> = std::iter::once(letters::SENDER).chain(of_features).filter(can_leave).collect();
    let kinds: Vec<&'static str> = senders.iter().map(|sender| sender.kind).collect();
    let send = async |message: Message| match senders.iter().find(|sender| sender.kind == message.kind) {
        Some(sender) => (sender.send)(op, op.hubs(), message).await,
        None => Delivery::Failed("this server does not know this kind of message".to_owned()),
    };
    op.outbox.deliver_due(&kinds, send).await
}
