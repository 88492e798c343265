-- Reads one page of conversations in one piece, so that no step falls between index and comments.
-- KEYS: 1 conversations, 2 published comments. ARGV: 1 prefix of comment keys, 2 after or '', 3 limit, 4 'newest' or 'oldest'.
local limit = tonumber(ARGV[3])
local newest = ARGV[4] == 'newest'
local beyond = ARGV[2] ~= '' and '(' .. ARGV[2]
local talks
if newest then
  talks = redis.call('ZREVRANGEBYLEX', KEYS[1], beyond or '+', '-', 'LIMIT', 0, limit + 1)
else
  talks = redis.call('ZRANGEBYLEX', KEYS[1], beyond or '-', '+', 'LIMIT', 0, limit + 1)
end
local reply = {''}
if #talks == 0 then
  return reply
end
if #talks > limit then
  table.remove(talks)
  reply[1] = talks[#talks]
end
-- Both sets sort alike, so the page's comments are one range.
local first, last = talks[1], talks[#talks]
if newest then
  first, last = last, first
end
for _, member in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], '[' .. first .. ' ', '(' .. last .. '!')) do
  local id = string.match(member, '[^ ]+$')
  local doc, state = unpack(redis.call('HMGET', ARGV[1] .. id, 'doc', 'state'), 1, 2)
  if doc and state == 'published' then
    reply[#reply + 1] = doc
  end
end
return reply
