//! Makes `src/model/credential/common/filter.bin` of a list of passwords on standard input, the most common first.
//!
//! ```console
//! $ cargo run --example common_passwords < LIST > src/model/credential/common/filter.bin
//! ```

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let filter = latchkey::model::credential::common::build(std::io::stdin().lock())?;
    std::io::stdout().lock().write_all(&filter)
}
