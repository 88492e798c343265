-- Writes a document of a site's (how its models stand, its secrets for readers), if nobody was faster.
-- KEYS: 1 HASH `version`, `doc`. ARGV: 1 the version expected, 2 the new version, 3 the document.
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'doc', ARGV[3])
return 1
