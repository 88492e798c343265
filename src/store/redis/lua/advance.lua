-- Takes a step, if the comment is at the expected version and the lease allows it.
-- ARGV: 13 expected version, 14 now, 15 'free' or 'held', 16 holder, 17 claim id or ''.
local refused = refusal(ARGV[13])
if refused then
  return refused
end
if ARGV[15] == 'held' then
  local found = redis.call('HMGET', COMMENT, 'claim', 'holder', 'claimed_at', 'expires_at')
  local claim, holder, claimed_at, expires_at = unpack(found, 1, 4)
  local live = claim and tonumber(expires_at) > tonumber(ARGV[14])
  if ARGV[17] ~= '' then
    if claim ~= ARGV[17] then
      return {'unknown'}
    end
    if not live then
      return {'expired'}
    end
  elseif live and holder ~= ARGV[16] then
    return {'held', claim, holder, claimed_at, expires_at}
  end
end
return {'taken', take_step()}
