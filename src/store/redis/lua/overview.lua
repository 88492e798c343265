-- One partition's part of the queue at a glance: by lane, first what waits for anybody, then each role.
-- KEYS: 1 leases, 2 the roles that comments wait for, 3 guard. ARGV: 1 now, 2 what every key begins with (same hash slot).
local base = ARGV[2]
local lanes = {{'', base .. 'queue'}}
for _, role in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  lanes[#lanes + 1] = {role, base .. 'queue@' .. role}
end
local function counts(lane, kind)
  local found = {}
  for _, name in ipairs(redis.call('SMEMBERS', lane .. ':names:' .. kind)) do
    found[#found + 1] = {name, redis.call('ZCARD', lane .. ':oldest:' .. kind .. ':' .. name)}
  end
  return found
end
local reply = {}
for _, at in ipairs(lanes) do
  local role, lane = at[1], at[2]
  local all = lane .. ':oldest'
  reply[#reply + 1] = {
    role, redis.call('ZCARD', all), redis.call('ZRANGE', all, 0, 0),
    counts(lane, 'section'), counts(lane, 'reason'), counts(lane, 'language'),
  }
end
return {redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[1], '+inf'), reply}
