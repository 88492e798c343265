-- Extends a live lease.
-- KEYS: 1 comment, 2 leases. ARGV: 1 comment id, 2 now, 3 expires at, 4 claim id.
local claim, holder, claimed_at, expires_at =
  unpack(redis.call('HMGET', KEYS[1], 'claim', 'holder', 'claimed_at', 'expires_at'), 1, 4)
if claim ~= ARGV[4] then
  return {'unknown'}
end
if tonumber(expires_at) <= tonumber(ARGV[2]) then
  return {'expired'}
end
redis.call('HSET', KEYS[1], 'expires_at', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return {'extended', holder, claimed_at}
