-- at most so many
local now = clock()
local ended = {}
for _, each in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'expiry', '-inf', text(now), 'LIMIT', 0, ARGV[1])) do
	local identity, key = string.match(each, '^([^:]*):(.*)$')
	local letter = read(identity, key)
	if not letter then
		redis.call('ZREM', prefix .. 'expiry', each)
	elseif expire(identity, key, letter, now) then
		ended[#ended + 1] = shown(identity, key, letter)
	end
end
return { text(now), ended }
