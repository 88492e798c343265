-- Takes back a reader's reports in a partition; answers how many.
-- KEYS: 1 the comments that the reader reported, 2 guard. ARGV: 1 reporter, 2 what the keys of reports begin with (same hash slot).
local found = 0
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  found = found + redis.call('HDEL', ARGV[2] .. id, ARGV[1])
end
redis.call('DEL', KEYS[1])
return found
