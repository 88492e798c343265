-- Notes that readers reported a comment of an author, if it still is among the author's: what was dropped meanwhile is nobody's.
-- KEYS: 1 reported, 2 comments. ARGV: 1 comment id.
if redis.call('ZSCORE', KEYS[2], ARGV[1]) then
  redis.call('SADD', KEYS[1], ARGV[1])
end
return 1
