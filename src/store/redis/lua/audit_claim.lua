-- Leases what waits with the lowest number, is old enough, held by nobody else, and not passed over by the holder.
-- KEYS: further 6 what the holder passed over. ARGV: 1 holder, 2 now, 3 until when the lease lasts, 4 the latest decision.
local holder, now, skipped = ARGV[1], tonumber(ARGV[2]), KEYS[6]
redis.call('ZREMRANGEBYSCORE', skipped, '-inf', now)
local first = 0
while true do
  local names = redis.call('ZRANGE', waiting, first, first + 99)
  if #names == 0 then
    return false
  end
  for _, name in ipairs(names) do
    local lease = redis.call('HGET', leases, name)
    local expires, by = string.match(lease or '', '^(%d+) (.*)$')
    local free = not expires or by == holder or tonumber(expires) <= now
    local old = tonumber(redis.call('ZSCORE', since, name) or '0') <= tonumber(ARGV[4])
    if free and old and not redis.call('ZSCORE', skipped, name) then
      redis.call('HSET', leases, name, ARGV[3] .. ' ' .. holder)
      return redis.call('HGET', docs, name)
    end
  end
  first = first + 100
end
