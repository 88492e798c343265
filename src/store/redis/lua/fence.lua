-- Makes sure that no admission under this generation of the locator, or an older one, can come through
-- here any more; or answers the comment, if one came through already.
-- KEYS: 1 comment, 2 fence. ARGV: 1 generation.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return {'exists', redis.call('HGET', KEYS[1], 'doc')}
end
local fenced = redis.call('GET', KEYS[2])
if not fenced or tonumber(fenced) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[2], ARGV[1])
end
return {'fenced'}
