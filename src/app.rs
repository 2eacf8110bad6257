//! The composition root: configuration → services → features → the actix app.
