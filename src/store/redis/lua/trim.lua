-- Takes a partition's first events out of the log, and notes how far; answers how many.
-- KEYS: 1 events, 2 how far it was trimmed. ARGV: 1 the id of the last that goes, 2 the id right after it.
local function parts(id)
  local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(sequence)
end
local ms, sequence = parts(ARGV[1])
local noted_ms, noted_sequence = parts(redis.call('GET', KEYS[2]) or '0-0')
if ms > noted_ms or (ms == noted_ms and sequence > noted_sequence) then
  redis.call('SET', KEYS[2], ARGV[1])
end
return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[2])
