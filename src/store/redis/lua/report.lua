-- Records a reader's report; the one that reaches the limit takes the step with it.
-- ARGV: 15 expected version, 16 reporter, 17 the report, 18 limit.
local refused = refusal(ARGV[15])
if refused then
  return refused
end
redis.call('HSETNX', REPORTS, ARGV[16], ARGV[17])
redis.call('SADD', base .. 'reporter:' .. ARGV[16], id)
local distinct = redis.call('HLEN', REPORTS)
if distinct < tonumber(ARGV[18]) then
  return {'recorded', tostring(distinct)}
end
return {'escalated', tostring(distinct), take_step()}
