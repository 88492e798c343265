//! The editors' policy: a file is refused or taken, and the same file gives the same revision.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ombud::policy::Policy;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = std::str::from_utf8(bytes) else { return };
    let (_, words) = Policy::default_files();
    match (Policy::parse(file, words), Policy::parse(file, words)) {
        (Ok(one), Ok(other)) => assert_eq!(one.revision(), other.revision()),
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
        _ => panic!("a file is taken once and refused once"),
    }
});
