-- Leases a comment, if it is pending and nobody holds it. The same claim again is no news. Answers the comment, and 1
-- if another lease on it had run out.
-- KEYS: 1 comment, 2 leases. ARGV: 1 comment id, 2 now, 3 expires at, 4 holder, 5 claim id.
local found = redis.call('HMGET', KEYS[1], 'state', 'doc', 'claim', 'expires_at')
local state, doc, claim, expires_at = unpack(found, 1, 4)
if state ~= 'pending' then
  return false
end
if claim and claim ~= ARGV[5] and tonumber(expires_at) > tonumber(ARGV[2]) then
  return false
end
redis.call('HSET', KEYS[1], 'claim', ARGV[5], 'holder', ARGV[4], 'claimed_at', ARGV[2], 'expires_at', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return {doc, claim and claim ~= ARGV[5] and 1 or 0}
