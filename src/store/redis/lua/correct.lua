-- Keeps a correction, if what is there is still what the caller amended. A new one takes the last place, and the first
-- make way.
-- KEYS: 1 HASH of documents, 2 ZSET of places. ARGV: 1 correction id, 2 the document found (empty: none), 3 the new
-- document, 4 how many are kept.
local docs, order, id = KEYS[1], KEYS[2], ARGV[1]
local found = redis.call('HGET', docs, id) or ''
if found ~= ARGV[2] then
  return 0
end
redis.call('HSET', docs, id, ARGV[3])
if found == '' then
  local last = tonumber(redis.call('ZRANGE', order, -1, -1, 'WITHSCORES')[2] or '0')
  redis.call('ZADD', order, string.format('%.0f', last + 1), id)
  -- More than one only where fewer are kept than before: then some at a time.
  local over = math.min(redis.call('ZCARD', order) - tonumber(ARGV[4]), 1000)
  if over > 0 then
    redis.call('HDEL', docs, unpack(redis.call('ZRANGE', order, 0, over - 1)))
    redis.call('ZREMRANGEBYRANK', order, 0, over - 1)
  end
end
return 1
