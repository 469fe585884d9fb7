-- identity, key
local identity, key = ARGV[1], ARGV[2]
local now = clock()
local letter = read(identity, key)
if not letter or is_final(letter) or is_sent(letter, now) or now >= letter.expires then
	return { text(now) }
end
finish(identity, key, letter, 'CANCELLED', now, '')
return { text(now), shown(identity, key, letter) }
