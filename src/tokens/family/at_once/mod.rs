//! On PostgreSQL: look and rotation as one statement. The rules stay where they are: it takes what usually happens for
//! granted, and whoever called it judges what it found, and puts it back where it should not have been.

pub(in crate::tokens) mod store;
