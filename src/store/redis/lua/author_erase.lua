-- Notes that an author is erased; answers up to when: past now, and past every comment entered so far, whosever clock
-- said when it was received.
-- KEYS: 1 when the author was erased, 2 comments. ARGV: 1 now, 2 how long it is kept in milliseconds.
local last = tonumber(redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2] or '-1')
local before = tonumber(redis.call('GET', KEYS[1]) or '0')
local at = string.format('%.0f', math.max(tonumber(ARGV[1]), last + 1, before))
redis.call('SET', KEYS[1], at, 'PX', ARGV[2])
return at
