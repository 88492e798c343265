-- Enters a comment among its author's before it is admitted, unless the author was erased after it was received.
-- KEYS: 1 when the author was erased, 2 comments. ARGV: 1 comment id, 2 received at.
if tonumber(redis.call('GET', KEYS[1]) or '0') > tonumber(ARGV[2]) then
  return 0
end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return 1
