//! The interfaces of others that ombud stands in for: by plain HTTP for what is wrong, and by real clients.

mod akismet;
mod coral;
mod openai;
mod perspective;
