//! What the administrator asks of the store beyond its address.

/// How sure a write has to be before it is acknowledged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// As the server is configured.
    #[default]
    Server,
    /// On the server's disk. A server that can't say so is refused.
    Fsync,
}

/// Settings of a store on Redis.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisSettings {
    /// Over how many partitions a site's articles are spread, 1 to [`RedisSettings::MOST_PARTITIONS`]. Fixed at
    /// the store's first start.
    pub partitions: u16,
    pub durability: Demand,
    /// How many replicas must have a write before it is acknowledged.
    pub replicas: u8,
    /// Certificate authorities of one's own (PEM), trusted in place of the public ones.
    pub authorities: Option<Vec<u8>>,
    /// What ombud shows to servers that ask for a certificate.
    pub certificate: Option<ClientCertificate>,
}

/// A certificate and its key, both PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    pub chain: Vec<u8>,
    pub key: Vec<u8>,
}

impl RedisSettings {
    /// More would make every look at the whole queue slow: it asks each partition.
    pub const MOST_PARTITIONS: u16 = 1024;
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self { partitions: 16, durability: Demand::Server, replicas: 0, authorities: None, certificate: None }
    }
}

/// Hides the certificate's key.
impl std::fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { partitions, durability, replicas, authorities, certificate } = self;
        f.debug_struct("RedisSettings")
            .field("partitions", partitions)
            .field("durability", durability)
            .field("replicas", replicas)
            .field("own_authorities", &authorities.is_some())
            .field("own_certificate", &certificate.is_some())
            .finish()
    }
}
