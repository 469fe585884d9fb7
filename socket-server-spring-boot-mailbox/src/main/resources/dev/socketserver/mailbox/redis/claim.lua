-- identity, token, holder, whether former owners get nothing, hold, attempts
local identity, token = ARGV[1], tonumber(ARGV[2])
local now = clock()
local ended = {}
while true do
	local key = redis.call('ZRANGE', prefix .. 'w:' .. identity, 0, 0)[1]
	if not key then
		return { text(now), ended }
	end
	local letter = read(identity, key)
	if not letter then
		redis.call('ZREM', prefix .. 'w:' .. identity, key)
	elseif expire(identity, key, letter, now) then
		ended[#ended + 1] = shown(identity, key, letter)
	elseif letter.state == 'SENT' and now >= letter.until_at and letter.attempts >= tonumber(ARGV[6]) then
		finish(identity, key, letter, 'REFUSED', now, 'no acknowledgment in ' .. text(letter.attempts)
			.. (letter.attempts == 1 and ' attempt' or ' attempts'))
		ended[#ended + 1] = shown(identity, key, letter)
	else
		if now < letter.until_at then
			return { text(now), ended, text(letter.until_at - now) }
		end
		local highest = tonumber(redis.call('GET', prefix .. 't:' .. identity) or '0')
		if ARGV[4] == '1' and token < highest then
			return { text(now), ended }
		end
		letter.state = 'SENT'
		letter.attempts = letter.attempts + 1
		letter.until_at = now + tonumber(ARGV[5])
		letter.token = token
		letter.holder = ARGV[3]
		letter.detail = ''
		write(identity, key, letter)
		redis.call('SET', prefix .. 't:' .. identity, text(math.max(token, highest)), 'EX', 604800)
		return { text(now), ended, '0', shown(identity, key, letter), redis.call('HGET', name(identity, key), 'payload') }
	end
end
