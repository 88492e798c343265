-- Writes what was taken in and what became of it, if the lease still is the caller's.
-- ARGV: 3 token.
if redis.call('HGET', STATE, 'token') ~= ARGV[3] then
  return 0
end

-- Forgets dead letters by their places in the order.
local function forget(places)
  if #places == 0 then
    return
  end
  local ids = {}
  for i, place in ipairs(places) do
    ids[i] = string.match(place, ' (.*)$')
  end
  redis.call('HDEL', DEAD, unpack(ids))
  redis.call('ZREM', DEAD_ORDER, unpack(places))
end

if work.cursor then
  redis.call('HSET', STATE, 'cursor', work.cursor)
end
for _, delivery in ipairs(work.put) do
  put(delivery)
end
for _, delivery in ipairs(work.remove) do
  remove(delivery)
end
line_up()
for _, letter in ipairs(work.dead) do
  redis.call('HSET', DEAD, letter.id, letter.doc)
  redis.call('ZADD', DEAD_ORDER, 0, letter.place)
end
if #work.dead > 0 then
  -- Some at a time: more only where fewer are kept than before.
  forget(redis.call('ZRANGE', DEAD_ORDER, '-', '(' .. work.dead_since, 'BYLEX', 'LIMIT', 0, 1000))
  local over = math.min(redis.call('ZCARD', DEAD_ORDER) - tonumber(work.dead_kept), 1000)
  if over > 0 then
    forget(redis.call('ZRANGE', DEAD_ORDER, 0, over - 1))
  end
end
if work.standing then
  stand(work.standing)
end
return 1
