-- How many comments but the one being judged have a text, within a window.
-- KEYS: 1 seen. ARGV: 1 the comment being judged, 2 after, 3 up to.
local count = redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[2], ARGV[3])
local own = redis.call('ZSCORE', KEYS[1], ARGV[1])
if own and tonumber(own) > tonumber(ARGV[2]) and tonumber(own) <= tonumber(ARGV[3]) then
  count = count - 1
end
return count
