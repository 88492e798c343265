-- Notes that a comment has this text, or has it no longer. Repeats and late comers change nothing.
-- KEYS: 1 versions, 2 seen. ARGV: 1 comment id, 2 version, 3 'has' or 'had', 4 created at,
-- 5 what is older is dropped, 6 lifetime of the keys in milliseconds.
local id = ARGV[1]
if tonumber(redis.call('HGET', KEYS[1], id) or '0') >= tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', KEYS[1], id, ARGV[2])
if ARGV[3] == 'has' then
  redis.call('ZADD', KEYS[2], ARGV[4], id)
else
  redis.call('ZREM', KEYS[2], id)
end
local old = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[5], 'LIMIT', 0, 100)
if #old > 0 then
  redis.call('ZREM', KEYS[2], unpack(old))
  redis.call('HDEL', KEYS[1], unpack(old))
end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('PEXPIRE', KEYS[2], ARGV[6])
return 1
