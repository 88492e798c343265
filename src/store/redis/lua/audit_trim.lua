-- Drops audits of decisions before one time, those that wait of decisions before another, and of too many the first;
-- answers how many.
-- ARGV: 1 the one time, as places in the order have it, 2 the other (milliseconds), 3 how many are kept, 4 how many of each
-- kind go at most.
local count, most = 0, tonumber(ARGV[4])
local function drop(place)
  local name = string.sub(place, 15)
  redis.call('HDEL', docs, name)
  redis.call('ZREM', order, place)
  settled(name)
  count = count + 1
end
for _, place in ipairs(redis.call('ZRANGE', order, '-', '(' .. ARGV[1], 'BYLEX', 'LIMIT', 0, most)) do
  drop(place)
end
local late = redis.call('ZRANGE', since, '-inf', '(' .. ARGV[2], 'BYSCORE', 'LIMIT', 0, most, 'WITHSCORES')
for n = 1, #late, 2 do
  drop(string.format('%013.0f ', tonumber(late[n + 1])) .. late[n])
end
local over = math.min(redis.call('ZCARD', order) - tonumber(ARGV[3]), most)
if over > 0 then
  for _, place in ipairs(redis.call('ZRANGE', order, 0, over - 1)) do
    drop(place)
  end
end
return count
