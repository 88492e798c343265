-- Takes comments out of everything that is known of their author.
-- KEYS: 1 versions, 2 published, 3 rejected, 4 submitted, 5 submissions, 6 comments, 7 reported. ARGV: comment ids.
for _, id in ipairs(ARGV) do
  redis.call('HDEL', KEYS[1], id)
  redis.call('SREM', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
  redis.call('ZREM', KEYS[4], id)
  redis.call('HDEL', KEYS[5], id)
  redis.call('ZREM', KEYS[6], id)
  redis.call('SREM', KEYS[7], id)
end
return 1
