-- KEYS[4] graves
local said = entry(node)
if said and said.life == incarnation then
	redis.call('HDEL', KEYS[1], node)
	redis.call('SADD', KEYS[4], node .. ' ' .. incarnation)
end
return 1
