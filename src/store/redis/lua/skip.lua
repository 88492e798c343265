-- Gives a leased comment back, and notes that its holder passed it over.
-- KEYS: 1 comment, 2 leases, 3 guard. ARGV: 1 comment id, 2 claim id, 3 now, 4 until when, 5 what the keys of what somebody skipped
-- begin with (same hash slot).
local claim, holder, expires_at = unpack(redis.call('HMGET', KEYS[1], 'claim', 'holder', 'expires_at'), 1, 3)
if claim ~= ARGV[2] then
  return 'unknown'
end
if tonumber(expires_at) <= tonumber(ARGV[3]) then
  return 'expired'
end
redis.call('HDEL', KEYS[1], 'claim', 'holder', 'claimed_at', 'expires_at')
redis.call('ZREM', KEYS[2], ARGV[1])
local skipped = ARGV[5] .. holder
redis.call('ZREMRANGEBYSCORE', skipped, '-inf', ARGV[3])
redis.call('ZADD', skipped, ARGV[4], ARGV[1])
return 'skipped'
