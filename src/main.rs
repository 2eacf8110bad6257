//! The `latchkey` binary: everything it does is in the library.
fn main() -> std::process::ExitCode {
    latchkey::cli::main()
}
