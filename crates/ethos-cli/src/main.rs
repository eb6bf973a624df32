//! The `ethos` binary.

fn main() -> std::process::ExitCode {
    ethos_cli::main()
}
