-- Takes in a new comment, unless it is there or its generation of the locator was fenced off.
-- KEYS[6] fence; ARGV[17] the generation under which the caller holds the comment's locator.
if redis.call('EXISTS', COMMENT) == 1 then
  return {'exists', redis.call('HGET', COMMENT, 'doc')}
end
local fenced = redis.call('GET', KEYS[6])
if fenced and tonumber(ARGV[17]) <= tonumber(fenced) then
  return {'fenced'}
end
take_step()
return {'new'}
