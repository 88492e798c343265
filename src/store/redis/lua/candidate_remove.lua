-- Drops a candidate for the policy; answers whether it was there.
-- KEYS: 1 HASH of documents, 2 HASH of files, 3 ZSET of places. ARGV: 1 id.
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
