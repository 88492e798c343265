-- Writes an account over the version before it. Answers whether it did, or had.
-- KEYS: 1 accounts. ARGV: 1 name, 2 version, 3 account (JSON).
local found = redis.call('HGET', KEYS[1], ARGV[1])
if found == ARGV[3] then
  return 1
end
local version = found and cjson.decode(found).version or 0
if version + 1 ~= tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
