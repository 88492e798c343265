-- Takes a step, if the comment is at the expected version and the lease allows it.
-- ARGV: 17 expected version, 18 now, 19 'free' or 'held', 20 holder, 21 claim id or ''.
local refused = refusal(ARGV[17])
if refused then
  return refused
end
if ARGV[19] == 'held' then
  local found = redis.call('HMGET', COMMENT, 'claim', 'holder', 'claimed_at', 'expires_at')
  local claim, holder, claimed_at, expires_at = unpack(found, 1, 4)
  local live = claim and tonumber(expires_at) > tonumber(ARGV[18])
  if ARGV[21] ~= '' then
    if claim ~= ARGV[21] then
      return {'unknown'}
    end
    if not live then
      return {'expired'}
    end
  elseif live and holder ~= ARGV[20] then
    return {'held', claim, holder, claimed_at, expires_at}
  end
end
return {'taken', take_step()}
