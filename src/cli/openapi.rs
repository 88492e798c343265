//! `ombud openapi`: the API's description, for generators and for diffing.

use std::process::ExitCode;

pub fn run() -> ExitCode {
    println!("{}", crate::http::description().document);
    ExitCode::SUCCESS
}
