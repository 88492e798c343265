-- Keeps an audit that is not there yet.
-- ARGV: 1 name, 2 document, 3 the number drawn, 4 when the decision was made (milliseconds), 5 its place in the order.
if redis.call('HSETNX', docs, ARGV[1], ARGV[2]) == 0 then
  return 0
end
redis.call('ZADD', order, 0, ARGV[5])
redis.call('ZADD', waiting, ARGV[3], ARGV[1])
redis.call('ZADD', since, ARGV[4], ARGV[1])
return 1
