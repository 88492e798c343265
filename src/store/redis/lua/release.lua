-- Gives a leased comment back, if this claim is what holds it.
-- KEYS: 1 comment, 2 leases. ARGV: 1 comment id, 2 claim id.
if redis.call('HGET', KEYS[1], 'claim') == ARGV[2] then
  redis.call('HDEL', KEYS[1], 'claim', 'holder', 'claimed_at', 'expires_at')
  redis.call('ZREM', KEYS[2], ARGV[1])
end
return 1
