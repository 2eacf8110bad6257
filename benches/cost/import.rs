//! Rows a second of `user import`, with hashes of another system, and of the same file again.

use std::io::Write as _;
use std::time::Instant;

use serde_json::json;

use crate::stage::{Stage, Store};

/// sha512-crypt: kept as it is, and verified by nobody here.
const HASH: &str =
    "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";

pub fn run(stage: &Stage, store: Store, rows: usize) {
    let path = stage.folder().join("import.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("the folder can be written"));
    for number in 0..rows {
        let row = json!({
            "username": format!("imported{number}"), "email": format!("imported{number}@example.org"), "email_verified": true,
            "name": "Imported Person", "locale": "en", "password_hash": HASH,
        });
        writeln!(file, "{row}").expect("the file can be written");
    }
    file.flush().expect("the file can be written");
    let path = path.to_str().expect("a temporary path is text").to_owned();
    for what in ["new", "unchanged"] {
        let begun = Instant::now();
        stage.command(&["user", "import", &path]);
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "| import, {rows} {what} rows | {} | {:.0} rows/s | {seconds:.1} s |",
            store.name(),
            rows as f64 / seconds
        );
    }
}
