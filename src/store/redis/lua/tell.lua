-- Puts a partition's held events that are due into the log; answers when the next is due, or ''.
-- KEYS: 1 events, 2 when each is due, 3 held events. ARGV: 1 due by, 2 due again from (held by a clock that went back),
-- 3 limit, 4 news, 5 site.
local limit = tonumber(ARGV[3])
local due = redis.call('ZRANGE', KEYS[2], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, limit)
for _, id in ipairs(redis.call('ZRANGE', KEYS[2], '(' .. ARGV[2], '+inf', 'BYSCORE', 'LIMIT', 0, limit - #due)) do
  due[#due + 1] = id
end
for _, id in ipairs(due) do
  redis.call('XADD', KEYS[1], '*', 'event', redis.call('HGET', KEYS[3], id))
  redis.call('HDEL', KEYS[3], id)
  redis.call('ZREM', KEYS[2], id)
end
if #due > 0 then
  redis.call('PUBLISH', ARGV[4], ARGV[5])
end
return redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2] or ''
