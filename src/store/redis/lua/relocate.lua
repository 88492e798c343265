-- Moves a locator, if it still says what the caller saw.
-- KEYS: 1 locator. ARGV: 1 seen, 2 new.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
end
return 1
