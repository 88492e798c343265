-- Makes dead letters due again, those that are still there. Answers how many.
-- ARGV: 3 channel, 4 site.
local count = 0
for _, letter in ipairs(work.replay) do
  if redis.call('HDEL', DEAD, letter.delivery.id) == 1 then
    redis.call('ZREM', DEAD_ORDER, letter.place)
    put(letter.delivery)
    count = count + 1
  end
end
line_up()
redis.call('PUBLISH', ARGV[3], ARGV[4])
return count
