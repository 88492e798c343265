-- Takes a step, if the comment is at the expected version and the lease allows it.
-- ARGV: 15 expected version, 16 now, 17 'free' or 'held', 18 holder, 19 claim id or ''.
local refused = refusal(ARGV[15])
if refused then
  return refused
end
if ARGV[17] == 'held' then
  local found = redis.call('HMGET', COMMENT, 'claim', 'holder', 'claimed_at', 'expires_at')
  local claim, holder, claimed_at, expires_at = unpack(found, 1, 4)
  local live = claim and tonumber(expires_at) > tonumber(ARGV[16])
  if ARGV[19] ~= '' then
    if claim ~= ARGV[19] then
      return {'unknown'}
    end
    if not live then
      return {'expired'}
    end
  elseif live and holder ~= ARGV[18] then
    return {'held', claim, holder, claimed_at, expires_at}
  end
end
return {'taken', take_step()}
