//! `ombud health`: a probe that needs no other program, for container health checks.

use anyhow::{Context as _, bail};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Ask a running ombud whether it is ready
#[derive(clap::Args)]
pub struct Args {
    /// Where it listens
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    address: SocketAddr,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let nobody = || format!("nobody answers at {}", args.address);
    let mut stream = TcpStream::connect_timeout(&args.address, PATIENCE).with_context(nobody)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", args.address)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).with_context(nobody)?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    if status != "200" {
        bail!("{} answers {status}: not ready", args.address);
    }
    println!("ready");
    Ok(ExitCode::SUCCESS)
}
