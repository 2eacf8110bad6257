//! Invites an address to create an account; a server sends the email.

use super::{Answer, Failure, Site};
use crate::admin::people::{self, Invited};
use crate::admin::{Users, Write};
use crate::model::user::identifier::Identifier;
use crate::platform::config::SignupMode;
use crate::platform::mail::is_address;
use serde_json::json;

#[derive(clap::Args)]
pub(in crate::cli) struct Invite {
    /// The address to invite
    email: String,
    /// The language of the email, such as `de`
    #[arg(long, default_value = "", hide_default_value = true)]
    locale: String,
}

pub(in crate::cli) async fn invite(site: &Site, arguments: &Invite) -> Result<Answer, Failure> {
    let address = Identifier::email(&arguments.email)
        .map_err(|error| Failure::usage(format!("{} {error}", arguments.email)).fix("give an email address"))?;
    if !is_address(&address.value) {
        return Err(Failure::usage(format!("cannot send email to {}", arguments.email)).fix("give another address"));
    }
    if site.config.signup == SignupMode::Off || !site.config.mail.is_on() {
        let failure = Failure::new("invitations need mail and `signup.mode`: one of them is off");
        return Err(failure.fix("set `signup.mode = \"invite\"` and `mail.smtp`"));
    }
    let (permit, mailer, pepper) = (site.permit::<Write, Users>()?, site.mailer()?, site.pepper().await?);
    match people::invite(site, &permit, (&mailer, &pepper), &address, &arguments.locale).await? {
        Invited::Known => {
            let failure = Failure::new(format!("{} already belongs to an account", arguments.email));
            Err(failure.fix("`latchkey user show` shows which"))
        }
        Invited::Sent => {
            let text =
                format!("{} is invited: a server sends the email. The link is valid for seven days.", address.value);
            Ok(Answer::new(text, json!({ "email": address.value, "invited": true })))
        }
    }
}
