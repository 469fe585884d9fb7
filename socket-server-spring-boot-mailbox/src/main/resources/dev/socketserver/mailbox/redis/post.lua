-- identity, key, ttl, capacity, payload
local identity, key = ARGV[1], ARGV[2]
local now = clock()
local known = read(identity, key)
if known then
	return { 'KNOWN', text(now), shown(identity, key, known) }
end
local waiting = prefix .. 'w:' .. identity
if redis.call('ZCARD', waiting) >= tonumber(ARGV[4]) then
	local count = 0
	for _, each in ipairs(redis.call('ZRANGE', waiting, 0, -1)) do
		local letter = read(identity, each)
		if letter and (now < letter.expires or is_sent(letter, now)) then
			count = count + 1
		end
	end
	if count >= tonumber(ARGV[4]) then
		return { 'FULL' }
	end
end
local letter = { state = 'WAITING', attempts = 0, posted = now, expires = now + tonumber(ARGV[3]), until_at = 0,
	token = 0, holder = '', ended = 0, detail = '' }
write(identity, key, letter)
redis.call('HSET', name(identity, key), 'payload', ARGV[5])
local place = redis.call('INCR', prefix .. 'count')
redis.call('ZADD', prefix .. 'q:' .. identity, place, key)
redis.call('ZADD', waiting, place, key)
redis.call('ZADD', prefix .. 'expiry', text(letter.expires), identity .. ':' .. key)
return { 'STORED', text(now), shown(identity, key, letter) }
