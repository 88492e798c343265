-- Puts events of an import into the log, those that are not there yet.
-- KEYS: 1 events, 2 the place of the last event that is there. ARGV: place and event, one after the other.
local done = tonumber(redis.call('GET', KEYS[2]) or '0')
for i = 1, #ARGV, 2 do
  if tonumber(ARGV[i]) > done then
    redis.call('XADD', KEYS[1], '*', 'event', ARGV[i + 1])
    redis.call('SET', KEYS[2], ARGV[i])
  end
end
return 1
