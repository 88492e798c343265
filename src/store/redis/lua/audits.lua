-- What the scripts of audits share.
-- KEYS: 1 docs, 2 order, 3 waiting, 4 since, 5 leases.
local docs, order, waiting, since, leases = unpack(KEYS, 1, 5)

-- Takes an audit out of what waits.
local function settled(name)
  redis.call('ZREM', waiting, name)
  redis.call('ZREM', since, name)
  redis.call('HDEL', leases, name)
end
