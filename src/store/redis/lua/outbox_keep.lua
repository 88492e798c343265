-- Extends an endpoint's lease, or ends it, if nobody has taken it since.
-- KEYS: 1 state. ARGV: 1 token, 2 expires at, empty to end it.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return 0
end
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], 'token', 'expires_at')
else
  redis.call('HSET', KEYS[1], 'expires_at', ARGV[2])
end
return 1
