-- The opening of every script that takes a step of a comment: what it is given, and how a step is written.
-- All keys lie in one partition, hence in one hash slot. Names inside `place` are relative to `base`.
local COMMENT, AUDIT, EVENTS, LEASES, REPORTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local base, id, doc, version, state, exact, place, audit, event, site, news, clears = unpack(ARGV, 1, 12)

-- Moves a comment from the indexes it stood in to those it stands in now.
local function reindex(old, new)
  for _, entry in ipairs(old.entries) do
    redis.call('ZREM', base .. entry.key, entry.member)
  end
  for _, entry in ipairs(new.entries) do
    redis.call('ZADD', base .. entry.key, entry.score, entry.member)
  end
  for _, at in ipairs({old, new}) do
    -- A facet's name is listed exactly while the facet holds something.
    for _, entry in ipairs(at.entries) do
      if entry.names then
        local holds = redis.call('EXISTS', base .. entry.key) == 1
        redis.call(holds and 'SADD' or 'SREM', base .. entry.names, entry.name)
      end
    end
    -- A conversation is listed exactly while it holds a published comment. ' ' sorts below every byte
    -- of an id and '!' comes right after it, so the two bound the conversation's comments.
    local talk = at.conversation
    if talk then
      local from, to = '[' .. talk.member .. ' ', '(' .. talk.member .. '!'
      if redis.call('ZLEXCOUNT', base .. talk.comments, from, to) > 0 then
        redis.call('ZADD', base .. talk.conversations, 0, talk.member)
      else
        redis.call('ZREM', base .. talk.conversations, talk.member)
      end
    end
  end
end

-- Why a step can't follow what stands here, if it can't.
local function refusal(expected)
  local at, standing = unpack(redis.call('HMGET', COMMENT, 'version', 'doc'), 1, 2)
  if not at then
    return {'missing'}
  end
  if at ~= expected then
    return {'stale', standing}
  end
end

-- Writes the step whole: comment, indexes, lease, reports, audit entry, event. Answers the exact
-- fingerprint from before, so that the caller can move the comment among the repeated texts.
local function take_step()
  local before = redis.call('HMGET', COMMENT, 'place', 'exact')
  local none = '{"entries":[]}'
  reindex(cjson.decode(before[1] or none), cjson.decode(place))
  redis.call('HSET', COMMENT, 'doc', doc, 'version', version, 'state', state, 'exact', exact, 'place', place)
  redis.call('HDEL', COMMENT, 'claim', 'holder', 'claimed_at', 'expires_at')
  redis.call('ZREM', LEASES, id)
  if clears == '1' then
    redis.call('DEL', REPORTS)
  end
  redis.call('RPUSH', AUDIT, audit)
  redis.call('XADD', EVENTS, '*', 'event', event)
  redis.call('PUBLISH', news, site)
  return before[2] or ''
end
