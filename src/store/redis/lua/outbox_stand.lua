-- Writes how an endpoint stands, if nobody was faster.
-- ARGV: 3 channel, 4 site.
local written = stand(work.standing)
redis.call('PUBLISH', ARGV[3], ARGV[4])
return written
