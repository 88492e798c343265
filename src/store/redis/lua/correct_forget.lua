-- Drops corrections; answers how many there were.
-- KEYS: 1 HASH of documents, 2 ZSET of places. ARGV: correction ids.
redis.call('ZREM', KEYS[2], unpack(ARGV))
return redis.call('HDEL', KEYS[1], unpack(ARGV))
