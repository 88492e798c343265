-- The first comments of a partition's queue that nobody holds.
-- KEYS: 1 leases, 2.. the queues they must stand in, all in the same order, so with the same members.
-- ARGV: 1 now, 2 limit.
local now, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local shortest = 2
for i = 3, #KEYS do
  if redis.call('ZCARD', KEYS[i]) < redis.call('ZCARD', KEYS[shortest]) then
    shortest = i
  end
end

local function wanted(member)
  for i = 2, #KEYS do
    if i ~= shortest and not redis.call('ZSCORE', KEYS[i], member) then
      return false
    end
  end
  local held_until = redis.call('ZSCORE', KEYS[1], string.match(member, '[^ ]+$'))
  return not held_until or tonumber(held_until) <= now
end

local found, at, chunk = {}, 0, 100
while #found < limit do
  local members = redis.call('ZRANGE', KEYS[shortest], at, at + chunk - 1)
  if #members == 0 then
    break
  end
  for _, member in ipairs(members) do
    if #found < limit and wanted(member) then
      found[#found + 1] = member
    end
  end
  at = at + chunk
end
return found
