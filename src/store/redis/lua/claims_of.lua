-- What somebody holds in a partition: comment, claim id, and its times.
-- KEYS: 1 leases, 2 guard. ARGV: 1 now, 2 holder, 3 what the keys of all comments begin with (same hash slot).
local found = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], '(' .. ARGV[1], '+inf', 'BYSCORE')) do
  local doc, claim, holder, claimed_at, expires_at =
    unpack(redis.call('HMGET', ARGV[3] .. id, 'doc', 'claim', 'holder', 'claimed_at', 'expires_at'), 1, 5)
  if holder == ARGV[2] then
    found[#found + 1] = {doc, claim, claimed_at, expires_at}
  end
end
return found
