-- Leases a comment, if it still stands where it was found and its holder may have it. The same claim again is no news.
-- Answers 'leased', the comment, and 1 if another lease on it had run out; or 'taken', or 'not hers'.
-- KEYS: 1 comment, 2 leases, 3 what the holder skipped, 4 what she voted on, 5.. the queues it must stand in.
-- ARGV: 1 comment id, 2 now, 3 expires at, 4 holder, 5 claim id, 6 the member.
local state, doc, claim, expires_at = unpack(redis.call('HMGET', KEYS[1], 'state', 'doc', 'claim', 'expires_at'), 1, 4)
local now = tonumber(ARGV[2])
if state ~= 'pending' or (claim and claim ~= ARGV[5] and tonumber(expires_at) > now) then
  return {'taken', false}
end
for i = 5, #KEYS do
  if not redis.call('ZSCORE', KEYS[i], ARGV[6]) then
    return {'taken', false}
  end
end
local skipped = redis.call('ZSCORE', KEYS[3], ARGV[1])
if (skipped and tonumber(skipped) > now) or redis.call('ZSCORE', KEYS[4], ARGV[1]) then
  return {'not hers', false}
end
redis.call('HSET', KEYS[1], 'claim', ARGV[5], 'holder', ARGV[4], 'claimed_at', ARGV[2], 'expires_at', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return {'leased', {doc, claim and claim ~= ARGV[5] and 1 or 0}}
