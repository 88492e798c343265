//! `ombud openapi`: the API's description, for generators and for diffing.

use std::process::ExitCode;

pub fn run() -> anyhow::Result<ExitCode> {
    println!("{}", crate::http::description().document);
    Ok(ExitCode::SUCCESS)
}
