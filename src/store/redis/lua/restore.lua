-- Writes a comment whole, unless it is there; tells no event.
-- ARGV: 13 when the held event is due, 9 the held event, 17 audit entries, 18 reports as pairs of reporter and report,
-- 19 who decided on it, as pairs of a person's index and when, 20 '1' if readers ever reported it.
if redis.call('EXISTS', COMMENT) == 1 then
  return 0
end
local now_at = cjson.decode(place)
reindex({entries = {}}, now_at)
redis.call('HSET', COMMENT, 'doc', doc, 'version', version, 'state', state, 'exact', exact, 'place', place)
if now_at.rank then
  redis.call('HSET', COMMENT, 'rank', now_at.rank)
end
if ARGV[20] == '1' then
  redis.call('HSET', COMMENT, 'reported', '1')
end
for _, entry in ipairs(cjson.decode(ARGV[17])) do
  redis.call('RPUSH', AUDIT, entry)
end
for _, report in ipairs(cjson.decode(ARGV[18])) do
  redis.call('HSET', REPORTS, report[1], report[2])
  redis.call('SADD', base .. 'reporter:' .. report[1], id)
end
for _, one in ipairs(cjson.decode(ARGV[19])) do
  note_decision(one[1], one[2])
end
if due ~= '' then
  redis.call('HSET', base .. 'held:events', id, event)
  redis.call('ZADD', base .. 'held', due, id)
end
return 1
