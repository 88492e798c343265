-- The opening of every script that changes what an endpoint waits for.
-- KEYS: 1 state, 2 waiting, 3 due, 4 oldest, 5 dead, 6 order of the dead, 7 guard. ARGV: 1 what lanes begin with, 2 what is to be
-- done (JSON), whose numbers are written as strings: Lua would round them.
local STATE, WAITING, DUE, OLDEST, DEAD, DEAD_ORDER = unpack(KEYS, 1, 6)
local lanes, work = ARGV[1], cjson.decode(ARGV[2])
local touched = {}

-- Writes a delivery, new or changed.
local function put(delivery)
  redis.call('HSET', WAITING, delivery.id, delivery.due .. ' ' .. delivery.doc)
  redis.call('ZADD', lanes .. delivery.comment, delivery.version, delivery.id)
  redis.call('ZADD', OLDEST, delivery.happened, delivery.id)
  touched[delivery.comment] = true
end

-- Takes a delivery out.
local function remove(delivery)
  redis.call('HDEL', WAITING, delivery.id)
  redis.call('ZREM', lanes .. delivery.comment, delivery.id)
  redis.call('ZREM', OLDEST, delivery.id)
  touched[delivery.comment] = true
end

-- Makes due, of every comment whose deliveries changed, the first that waits and no other.
local function line_up()
  for comment in pairs(touched) do
    local first = redis.call('ZRANGE', lanes .. comment, 0, 0)[1]
    if first then
      redis.call('ZADD', DUE, string.match(redis.call('HGET', WAITING, first), '^%-?%d+'), comment)
    else
      redis.call('ZREM', DUE, comment)
    end
  end
end

-- Writes a standing, if it follows the one that stands.
local function stand(standing)
  if (redis.call('HGET', STATE, 'revision') or '0') ~= standing.before then
    return 0
  end
  redis.call('HSET', STATE, 'revision', standing.revision, 'standing', standing.doc)
  return 1
end
