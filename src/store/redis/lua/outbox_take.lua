-- Takes an endpoint's lease, if nobody else's is live. Answers until when another's is.
-- KEYS: 1 state. ARGV: 1 token, 2 expires at, 3 now.
local token, expires_at = unpack(redis.call('HMGET', KEYS[1], 'token', 'expires_at'), 1, 2)
if token and token ~= ARGV[1] and tonumber(expires_at) > tonumber(ARGV[3]) then
  return expires_at
end
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'expires_at', ARGV[2])
return false
