//! The `ethos` command as the tests run it.

fn main() -> std::process::ExitCode {
    ethos_cli::main()
}
