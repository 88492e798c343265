-- Brings an author's record up to a version of one comment. Repeats and late comers change nothing.
-- What was received before the author was erased is not noted any more.
-- KEYS: 1 versions, 2 published, 3 rejected, 4 submitted, 5 submissions, 6 when the author was erased.
-- ARGV: 1 comment id, 2 version, 3 '1' if published, 4 '1' if rejected, 5 when the last step
-- was taken, 6 created at, 7 fingerprint, 8 how many submissions are kept, 9 received at.
local id = ARGV[1]
if tonumber(redis.call('GET', KEYS[6]) or '0') > tonumber(ARGV[9]) then
  return 0
end
if tonumber(redis.call('HGET', KEYS[1], id) or '0') >= tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', KEYS[1], id, ARGV[2])
redis.call(ARGV[3] == '1' and 'SADD' or 'SREM', KEYS[2], id)
if ARGV[4] == '1' then
  redis.call('ZADD', KEYS[3], ARGV[5], id)
else
  redis.call('ZREM', KEYS[3], id)
end
redis.call('ZADD', KEYS[4], ARGV[6], id)
redis.call('HSET', KEYS[5], id, ARGV[7])
local over = redis.call('ZCARD', KEYS[4]) - tonumber(ARGV[8])
if over > 0 then
  redis.call('HDEL', KEYS[5], unpack(redis.call('ZRANGE', KEYS[4], 0, over - 1)))
  redis.call('ZREMRANGEBYRANK', KEYS[4], 0, over - 1)
end
return 1
