-- Records a reader's report; the one that reaches the limit takes the step with it.
-- ARGV: 17 expected version, 18 reporter, 19 the report, 20 limit.
local refused = refusal(ARGV[17])
if refused then
  return refused
end
redis.call('HSETNX', REPORTS, ARGV[18], ARGV[19])
redis.call('SADD', base .. 'reporter:' .. ARGV[18], id)
redis.call('HSET', COMMENT, 'reported', '1')
local distinct = redis.call('HLEN', REPORTS)
if distinct < tonumber(ARGV[20]) then
  return {'recorded', tostring(distinct)}
end
return {'escalated', tostring(distinct), take_step()}
