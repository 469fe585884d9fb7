-- identities; returns those whose oldest letter may be claimed
local now = clock()
local due = {}
for _, identity in ipairs(ARGV) do
	local key = redis.call('ZRANGE', prefix .. 'w:' .. identity, 0, 0)[1]
	if key and now >= tonumber(redis.call('HGET', name(identity, key), 'until') or '0') then
		due[#due + 1] = identity
	end
end
return due
