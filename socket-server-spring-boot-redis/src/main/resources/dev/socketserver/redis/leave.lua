-- KEYS[4] graves
local said = entry(node)
if said and said.life == incarnation then
	call('HDEL', KEYS[1], node)
	call('SADD', KEYS[4], node .. ' ' .. incarnation)
end
return 1
