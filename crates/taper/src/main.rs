//! The `taper` program: reads the command line, runs the command, says how it went.

use std::process::ExitCode;

fn main() -> ExitCode {
    taper::command::run()
}
