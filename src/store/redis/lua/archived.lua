-- Reads a comment with everything that is kept with it, as of one moment.
-- KEYS: 1 comment, 2 audit, 3 reports, 4 when held events are due, 5 held events. ARGV: 1 comment id.
return {
  redis.call('HGET', KEYS[1], 'doc') or '',
  redis.call('LRANGE', KEYS[2], 0, -1),
  redis.call('HGETALL', KEYS[3]),
  redis.call('ZSCORE', KEYS[4], ARGV[1]) or '',
  redis.call('HGET', KEYS[5], ARGV[1]) or '',
  redis.call('HGET', KEYS[1], 'reported') or '',
}
