-- Notes which text a comment has, in the bands of its near fingerprint. Repeats and late comers change nothing.
-- KEYS: 1 what is noted of the comment. ARGV: 1 what the bands' names begin with (same hash slot), 2 comment id,
-- 3 version, 4 near fingerprint (16 hex digits; empty: not to be kept), 5 words, 6 created at, 7 how many each
-- band keeps, 8 lifetime of the keys in milliseconds.
local bands, id, version, near, words = unpack(ARGV, 1, 5)
local noted, near_before, words_before = unpack(redis.call('HMGET', KEYS[1], 'version', 'near', 'words'), 1, 3)
if tonumber(noted or '0') >= tonumber(version) then
  return 0
end

local function band(of, number)
  return bands .. number .. ':' .. string.sub(of, 2 * number + 1, 2 * number + 2)
end

if near_before and near_before ~= '' then
  for number = 0, 7 do
    redis.call('ZREM', band(near_before, number), near_before .. ' ' .. words_before .. ' ' .. id)
  end
end
if near ~= '' then
  for number = 0, 7 do
    local key = band(near, number)
    redis.call('ZADD', key, ARGV[6], near .. ' ' .. words .. ' ' .. id)
    redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(ARGV[7]))
    redis.call('PEXPIRE', key, ARGV[8])
  end
end
redis.call('HSET', KEYS[1], 'version', version, 'near', near, 'words', words)
redis.call('PEXPIRE', KEYS[1], ARGV[8])
return 1
