-- The opening of every script that takes a step of a comment: what it is given, and how a step is written.
-- All keys lie in one partition, hence in one hash slot. Names inside `place` are relative to `base`.
local COMMENT, AUDIT, EVENTS, LEASES, REPORTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local base, id, doc, version, state, exact, place, audit, event, site, news, clears, due, takes_back, decided, decided_at =
  unpack(ARGV, 1, 16)

-- How many comments that a person decided on are kept of each partition.
local DECISIONS_KEPT = 1000

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

-- Notes in the index of a person when she decided on the comment, or that it was taken back.
local function note_decision(index, at)
  if at == '' then
    redis.call('ZREM', base .. index, id)
  else
    redis.call('ZADD', base .. index, at, id)
    redis.call('ZREMRANGEBYRANK', base .. index, 0, -1 - DECISIONS_KEPT)
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

-- Writes the event into the log, or holds it until it is due; the one that was held goes before, or both are dropped.
local function tell()
  local held = redis.call('HGET', base .. 'held:events', id)
  if held then
    redis.call('HDEL', base .. 'held:events', id)
    redis.call('ZREM', base .. 'held', id)
    if takes_back == '1' then
      return
    end
    redis.call('XADD', EVENTS, '*', 'event', held)
  end
  if due == '' then
    redis.call('XADD', EVENTS, '*', 'event', event)
  else
    redis.call('HSET', base .. 'held:events', id, event)
    redis.call('ZADD', base .. 'held', due, id)
  end
  if held or due == '' then
    redis.call('PUBLISH', news, site)
  end
end

-- Writes the step whole: comment, indexes, lease, reports, audit entry, event. Answers the exact
-- fingerprint from before, so that the caller can move the comment among the repeated texts, and '1' if readers ever
-- reported it, so that its author's record can catch up.
local function take_step()
  local before = redis.call('HMGET', COMMENT, 'place', 'exact', 'reported')
  local none = '{"entries":[]}'
  local now_at = cjson.decode(place)
  reindex(cjson.decode(before[1] or none), now_at)
  redis.call('HSET', COMMENT, 'doc', doc, 'version', version, 'state', state, 'exact', exact, 'place', place)
  if now_at.rank then
    redis.call('HSET', COMMENT, 'rank', now_at.rank)
  else
    redis.call('HDEL', COMMENT, 'rank')
  end
  redis.call('HDEL', COMMENT, 'claim', 'holder', 'claimed_at', 'expires_at')
  redis.call('ZREM', LEASES, id)
  if clears == '1' then
    for _, reporter in ipairs(redis.call('HKEYS', REPORTS)) do
      redis.call('SREM', base .. 'reporter:' .. reporter, id)
    end
    redis.call('DEL', REPORTS)
  end
  if decided ~= '' then
    note_decision(decided, decided_at)
  end
  redis.call('RPUSH', AUDIT, audit)
  tell()
  return before[2] or '', before[3] or ''
end
