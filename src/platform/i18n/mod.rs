//! Every text of a page, through fluent.
