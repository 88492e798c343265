-- An author's record, without the comment being judged.
-- KEYS: 1 published, 2 rejected, 3 submitted, 4 submissions.
-- ARGV: 1 the comment being judged, 2 how many rejections, 3 how many submissions.
local id = ARGV[1]
local published = redis.call('SCARD', KEYS[1]) - redis.call('SISMEMBER', KEYS[1], id)
local rejected = redis.call('ZCARD', KEYS[2]) - (redis.call('ZSCORE', KEYS[2], id) and 1 or 0)

local rejections, limit = {}, tonumber(ARGV[2])
local latest = redis.call('ZREVRANGE', KEYS[2], 0, limit, 'WITHSCORES')
for i = 1, #latest, 2 do
  if latest[i] ~= id and #rejections < limit then
    rejections[#rejections + 1] = latest[i + 1]
  end
end

local submissions = {}
limit = tonumber(ARGV[3])
latest = redis.call('ZREVRANGE', KEYS[3], 0, limit, 'WITHSCORES')
for i = 1, #latest, 2 do
  local fingerprint = redis.call('HGET', KEYS[4], latest[i])
  if latest[i] ~= id and fingerprint and #submissions < limit then
    submissions[#submissions + 1] = {latest[i], latest[i + 1], fingerprint}
  end
end
return {published, rejected, rejections, submissions}
