-- Reads what is due: of every comment the first that waits. Answers when the next will be, too.
-- KEYS: 1 waiting, 2 due, 3 guard. ARGV: 1 what lanes begin with, 2 now, 3 how many.
local docs = {}
for i, comment in ipairs(redis.call('ZRANGE', KEYS[2], '-inf', ARGV[2], 'BYSCORE', 'LIMIT', 0, ARGV[3])) do
  local id = redis.call('ZRANGE', ARGV[1] .. comment, 0, 0)[1]
  docs[i] = string.match(redis.call('HGET', KEYS[1], id), '^%-?%d+ (.*)$')
end
local next = redis.call('ZRANGE', KEYS[2], '(' .. ARGV[2], '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
return {docs, next[2] or false}
