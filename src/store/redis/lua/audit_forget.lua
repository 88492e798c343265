-- Drops what waits of a comment, up to a version; answers how many.
-- ARGV: 1 comment id, 2 version.
local count = 0
for version = 1, tonumber(ARGV[2]) do
  local name = string.format('%s@%d', ARGV[1], version)
  local at = redis.call('ZSCORE', since, name)
  if at then
    redis.call('HDEL', docs, name)
    redis.call('ZREM', order, string.format('%013.0f ', tonumber(at)) .. name)
    settled(name)
    count = count + 1
  end
end
return count
