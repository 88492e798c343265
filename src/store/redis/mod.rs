//! Placeholder until the adapter is merged.
pub struct RedisStore;
impl RedisStore {
    pub async fn connect(
        _: &str,
        _: Option<&str>,
    ) -> Result<std::sync::Arc<super::sqlite::SqliteStore>, super::StoreError> {
        Err(super::StoreError::Unavailable(String::new()))
    }
}
