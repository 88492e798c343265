-- The next comments of a partition's queue that a moderator may be handed, or all.
-- KEYS: 1 guard, 2 leases, 3 what she skipped, 4 what she voted on, 5 scores of the attribute, if a band is asked for, 6.. the
-- queues they must stand in, all in the same order, so with the same members.
-- ARGV: 1 now, 2 limit, 3 how many to look at, 4 the member to go on after or '', 5 'free' or 'all', 6 and 7 bounds of the
-- band or '', 8 prefix of comment keys, 9 order.
-- Answers where to go on ('' at the end), then the members.
local limit, steps, free = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[5] == 'free'
local now, min, max = tonumber(ARGV[1]), tonumber(ARGV[6]), tonumber(ARGV[7])
local LEASES, SKIPPED, VOTED, SCORES, QUEUES = KEYS[2], KEYS[3], KEYS[4], KEYS[5], 6
-- Up to so many comments of a band are looked up one by one; with more, one on the way soon is one of them.
local FEW = 1000

local shortest = QUEUES
for i = QUEUES + 1, #KEYS do
  if redis.call('ZCARD', KEYS[i]) < redis.call('ZCARD', KEYS[shortest]) then
    shortest = i
  end
end

local function later(key, id)
  local ends = redis.call('ZSCORE', key, id)
  return ends and tonumber(ends) > now
end

local function may_have(id)
  return not (later(LEASES, id) or later(SKIPPED, id) or redis.call('ZSCORE', VOTED, id))
end

local function stands(member, but)
  for i = QUEUES, #KEYS do
    if i ~= but and not redis.call('ZSCORE', KEYS[i], member) then
      return false
    end
  end
  return true
end

if min and redis.call('ZCOUNT', SCORES, ARGV[6], ARGV[7]) <= math.min(FEW, redis.call('ZCARD', KEYS[shortest])) then
  local found = {''}
  for _, id in ipairs(redis.call('ZRANGE', SCORES, ARGV[6], ARGV[7], 'BYSCORE')) do
    -- Twice ten digits of priority, then the time.
    local rank = redis.call('HGET', ARGV[8] .. id, 'rank')
    if rank then
      local first = ''
      if ARGV[9] == 'uncertain' then
        first = string.sub(rank, 1, 10)
      elseif ARGV[9] == 'harmful' then
        first = string.sub(rank, 11, 20)
      end
      local member = first .. string.sub(rank, 21) .. ' ' .. id
      if stands(member) and (not free or may_have(id)) then
        found[#found + 1] = member
      end
    end
  end
  return found
end

local function wanted(member)
  local id = string.match(member, '[^ ]+$')
  if min then
    local score = tonumber(redis.call('ZSCORE', SCORES, id) or '-1')
    if score < min or score > max then
      return false
    end
  end
  return stands(member, shortest) and (not free or may_have(id))
end

-- Whoever is at the front mostly finds what she wants there; each further look takes in twice as many.
local found, seen, last, chunk = {''}, 0, ARGV[4], math.min(2 * limit, 100)
while #found <= limit and seen < steps do
  local from = last == '' and '-' or '(' .. last
  local members = redis.call('ZRANGE', KEYS[shortest], from, '+', 'BYLEX', 'LIMIT', 0, chunk)
  for _, member in ipairs(members) do
    if #found <= limit then
      seen, last = seen + 1, member
      if wanted(member) then
        found[#found + 1] = member
      end
    end
  end
  if #members < chunk and (#members == 0 or members[#members] == last) then
    return found
  end
  chunk = math.min(2 * chunk, 100)
end
found[1] = last
return found
