-- The latest published comments of an article, newest first, without the one being judged: of each its id, what tells its
-- text from any other of the same comment, and the comment itself, or '' if the caller knows it.
-- KEYS: 1 recent. ARGV: 1 prefix of comment keys, 2 the comment being judged, 3 limit, 4.. what the caller knows: id, what
-- tells its text.
local limit, known, found = tonumber(ARGV[3]), {}, {}
for i = 4, #ARGV, 2 do
  known[ARGV[i]] = ARGV[i + 1]
end
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, limit)) do
  if id ~= ARGV[2] and #found < limit then
    local key = ARGV[1] .. id
    local state, version, exact = unpack(redis.call('HMGET', key, 'state', 'version', 'exact'), 1, 3)
    if state == 'published' then
      local text = version .. ' ' .. exact
      found[#found + 1] = {id, text, known[id] == text and '' or redis.call('HGET', key, 'doc')}
    end
  end
end
return found
