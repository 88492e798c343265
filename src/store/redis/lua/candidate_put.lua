-- Keeps a candidate for the policy, unless it is there. It takes the last place, and of too many the first make way.
-- KEYS: 1 HASH of documents, 2 HASH of files, 3 ZSET of places. ARGV: 1 id, 2 document, 3 files, 4 how many are kept.
local docs, files, order, id = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
if redis.call('HSETNX', docs, id, ARGV[2]) == 1 then
  redis.call('HSET', files, id, ARGV[3])
  local last = tonumber(redis.call('ZRANGE', order, -1, -1, 'WITHSCORES')[2] or '0')
  redis.call('ZADD', order, string.format('%.0f', last + 1), id)
end
-- More than one only where fewer are kept than before: then some at a time.
local over = math.min(redis.call('ZCARD', order) - tonumber(ARGV[4]), 1000)
if over > 0 then
  local gone = redis.call('ZRANGE', order, 0, over - 1)
  redis.call('HDEL', docs, unpack(gone))
  redis.call('HDEL', files, unpack(gone))
  redis.call('ZREMRANGEBYRANK', order, 0, over - 1)
end
return 1
