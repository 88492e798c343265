-- One partition's part of the queue at a glance.
-- KEYS: 1 the queue by age, 2 leases, 3 names of sections, 4 names of reasons.
-- ARGV: 1 now, 2 prefix of the sections' queues, 3 prefix of the reasons' queues.
local function counts(names, prefix)
  local found = {}
  for _, name in ipairs(redis.call('SMEMBERS', names)) do
    found[#found + 1] = {name, redis.call('ZCARD', prefix .. name)}
  end
  return found
end
return {
  redis.call('ZCARD', KEYS[1]),
  redis.call('ZCOUNT', KEYS[2], '(' .. ARGV[1], '+inf'),
  redis.call('ZRANGE', KEYS[1], 0, 0),
  counts(KEYS[3], ARGV[2]),
  counts(KEYS[4], ARGV[3]),
}
