-- how long letters are kept, at most so many at a time; returns how many were forgotten
local before = text(clock() - tonumber(ARGV[1]))
local old = redis.call('ZRANGEBYSCORE', prefix .. 'ended', '-inf', before, 'LIMIT', 0, ARGV[2])
for _, each in ipairs(old) do
	local identity, key = string.match(each, '^([^:]*):(.*)$')
	redis.call('DEL', name(identity, key))
	redis.call('ZREM', prefix .. 'q:' .. identity, key)
	redis.call('ZREM', prefix .. 'ended', each)
end
return { text(#old) }
