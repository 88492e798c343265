-- Gives an audit back, and notes that its holder passed it over.
-- KEYS: further 6 what the holder passed over. ARGV: 1 name, 2 holder, 3 until when, 4 for how long that is (milliseconds).
if not redis.call('ZSCORE', waiting, ARGV[1]) then
  return 0
end
local by = string.match(redis.call('HGET', leases, ARGV[1]) or '', '^%d+ (.*)$')
if by == ARGV[2] then
  redis.call('HDEL', leases, ARGV[1])
end
redis.call('ZADD', KEYS[6], ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[6], ARGV[4])
return 1
