-- The latest published comments of an article, newest first, without the one being judged.
-- KEYS: 1 recent. ARGV: 1 prefix of comment keys, 2 the comment being judged, 3 limit.
local limit, docs = tonumber(ARGV[3]), {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, limit)) do
  local doc, state = unpack(redis.call('HMGET', ARGV[1] .. id, 'doc', 'state'), 1, 2)
  if doc and state == 'published' and id ~= ARGV[2] and #docs < limit then
    docs[#docs + 1] = doc
  end
end
return docs
