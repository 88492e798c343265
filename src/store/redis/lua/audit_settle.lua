-- Writes what became of an audit, if what is there is still what the caller read.
-- ARGV: 1 name, 2 the document read, 3 the new one.
if redis.call('HGET', docs, ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('HSET', docs, ARGV[1], ARGV[3])
settled(ARGV[1])
return 1
