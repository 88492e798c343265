-- Counts an attempt on each of its subjects, if they stand as they did when that was looked up. Answers whether it did.
-- KEYS: those of the subjects. ARGV: 1 now, 2 for how long it is kept (milliseconds), then for each subject how it
-- stood, `FAILURES AT`, and how many failures there are now.
for n, key in ipairs(KEYS) do
  local failures, at = unpack(redis.call('HMGET', key, 'failures', 'at'), 1, 2)
  if (failures or '0') .. ' ' .. (at or '') ~= ARGV[2 * n + 1] then
    return 0
  end
end
for n, key in ipairs(KEYS) do
  redis.call('HSET', key, 'failures', ARGV[2 * n + 2], 'at', ARGV[1])
  redis.call('PEXPIRE', key, ARGV[2])
end
return 1
