//! Samples.

use super::view::FormPost;
use crate::pages::preview::{Sample, Stage};

/// The page that carries an answer back by a form.
pub fn samples(stage: &Stage<'_>) -> Vec<Sample> {
    let members = [("code", "sample".to_owned()), ("state", "sample".to_owned())];
    let view = FormPost { page: stage.page(), action: "", members: &members, host: stage.cast.host };
    vec![stage.sample("op/authorize/form_post.html", ("form-post", "filled"), &view)]
}
