//! Bodies of the other interfaces, read as their rooms read them.

use super::{akismet, coral, openai, perspective};

pub fn body(whose: u8, body: &[u8]) {
    match whose % 3 {
        0 => perspective::fuzzing::body(body),
        1 => coral::fuzzing::body(body),
        _ => openai::fuzzing::body(body),
    }
}

pub fn form(body: &[u8]) {
    akismet::fuzzing::form(body);
    perspective::fuzzing::batch(body);
}
