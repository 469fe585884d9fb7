-- identity, key of a letter or '', key of the letter before the first or ''
local identity = ARGV[1]
local now = clock()
local found = {}
if ARGV[2] ~= '' then
	local letter = read(identity, ARGV[2])
	if letter then
		found[1] = shown(identity, ARGV[2], letter)
	end
	return { text(now), found }
end
local from = 0
if ARGV[3] ~= '' then
	local rank = redis.call('ZRANK', prefix .. 'q:' .. identity, ARGV[3])
	if not rank then
		return { text(now), found }
	end
	from = rank + 1
end
for _, key in ipairs(redis.call('ZRANGE', prefix .. 'q:' .. identity, from, -1)) do
	local letter = read(identity, key)
	if letter then
		found[#found + 1] = shown(identity, key, letter)
	end
end
return { text(now), found }
