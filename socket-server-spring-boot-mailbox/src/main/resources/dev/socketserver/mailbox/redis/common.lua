-- All keys begin with KEYS[1], which has a tag, so that a Redis Cluster keeps them together:
--   m:<identity>:<key>   a letter, a hash
--   q:<identity>         its letters by their order; w:<identity> those that are not final
--   t:<identity>         the highest token that has claimed one of them
--   expiry, ended        letters that are not final by their expiry; final ones by their end
--   count                the last place in the order
-- Identities and keys of letters are escaped: they have no colon.
local prefix = KEYS[1]

local function clock()
	local time = redis.call('TIME')
	return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function text(number)
	return string.format('%.0f', number)
end

local function name(identity, key)
	return prefix .. 'm:' .. identity .. ':' .. key
end

-- Returns the fields of a letter that have numbers as numbers, or nil.
local function read(identity, key)
	local fields = redis.call('HMGET', name(identity, key), 'state', 'attempts', 'posted', 'expires', 'until', 'token',
		'holder', 'ended', 'detail')
	if not fields[1] then
		return nil
	end
	return { state = fields[1], attempts = tonumber(fields[2]), posted = tonumber(fields[3]),
		expires = tonumber(fields[4]), until_at = tonumber(fields[5]), token = tonumber(fields[6]), holder = fields[7],
		ended = tonumber(fields[8]), detail = fields[9] }
end

local function write(identity, key, letter)
	redis.call('HSET', name(identity, key), 'state', letter.state, 'attempts', text(letter.attempts), 'posted',
		text(letter.posted), 'expires', text(letter.expires), 'until', text(letter.until_at), 'token',
		text(letter.token), 'holder', letter.holder, 'ended', text(letter.ended), 'detail', letter.detail)
end

local function shown(identity, key, letter)
	return { identity, key, letter.state, text(letter.attempts), text(letter.posted), text(letter.expires),
		text(letter.until_at), text(letter.token), letter.holder, text(letter.ended), letter.detail,
		text(redis.call('HSTRLEN', name(identity, key), 'payload')) }
end

local function is_final(letter)
	return letter.state ~= 'WAITING' and letter.state ~= 'SENT'
end

local function is_sent(letter, now)
	return letter.state == 'SENT' and now < letter.until_at
end

local function finish(identity, key, letter, state, ended, detail)
	letter.state = state
	letter.ended = ended
	letter.until_at = 0
	letter.detail = detail
	write(identity, key, letter)
	redis.call('ZREM', prefix .. 'w:' .. identity, key)
	redis.call('ZREM', prefix .. 'expiry', identity .. ':' .. key)
	redis.call('ZADD', prefix .. 'ended', text(ended), identity .. ':' .. key)
end

-- Ends a letter whose time is over; returns whether it did.
local function expire(identity, key, letter, now)
	if is_final(letter) or is_sent(letter, now) or now < letter.expires then
		return false
	end
	finish(identity, key, letter, 'EXPIRED', letter.expires, letter.detail)
	return true
end

-- Returns the letter if a claim is its last one.
local function held(identity, key, token, holder, attempt)
	local letter = read(identity, key)
	if letter and letter.token == tonumber(token) and letter.holder == holder and letter.attempts == tonumber(attempt) then
		return letter
	end
	return nil
end

