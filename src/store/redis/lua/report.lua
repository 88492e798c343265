-- Records a reader's report; the one that reaches the limit takes the step with it.
-- ARGV: 13 expected version, 14 reporter, 15 the report, 16 limit.
local refused = refusal(ARGV[13])
if refused then
  return refused
end
redis.call('HSETNX', REPORTS, ARGV[14], ARGV[15])
local distinct = redis.call('HLEN', REPORTS)
if distinct < tonumber(ARGV[16]) then
  return {'recorded', tostring(distinct)}
end
return {'escalated', tostring(distinct), take_step()}
