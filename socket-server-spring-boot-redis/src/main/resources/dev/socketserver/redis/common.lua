-- Keys in front of all others: KEYS[1] nodes, KEYS[2] meta, KEYS[3] owned.
-- nodes:  name -> "incarnation renewed lease joined draining sessions startedAt synced"
-- meta:   epoch, top (the highest token), recover (until when), awaited (names)
-- owned:  "name incarnation" -> "count sum generation"
-- Anybody may have written them: what is not of this form is as if it were not there.
local MASK, MOST = 1125899906842624, 9007199254740992
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function text(number)
	return string.format('%.0f', number)
end
local function number(text, otherwise)
	local read = tonumber(text)
	return (read and read >= 0 and read < MOST and read == math.floor(read)) and read or otherwise
end
local function isName(text)
	return #text <= 255 and string.find(text, '^[%w._-]+$')
end
-- Gives a command for a key. One of another type is none of ours.
local function call(command, key, ...)
	local answer = redis.pcall(command, key, ...)
	if type(answer) == 'table' and answer.err then
		if string.find(answer.err, 'WRONGTYPE', 1, true) then
			redis.call('DEL', key)
		end
		return redis.call(command, key, ...)
	end
	return answer
end
local node, incarnation, generation = ARGV[1], ARGV[2], tonumber(ARGV[3])
local function parsed(said)
	local life, renewed, lease, joined, draining, sessions, startedAt, rest =
		string.match(said, '^(%S+) (%d+) (%d+) (%d+) (%d) (%d+) (%d+) (.*)$')
	local of = life and isName(life) and { life = life, renewed = number(renewed), lease = number(lease),
		joined = number(joined), draining = draining == '1', sessions = number(sessions), startedAt = number(startedAt),
		rest = rest }
	return of and of.renewed and of.lease and of.joined and of.sessions and of.sessions < 2147483648 and of.startedAt
		and of or false
end
local known = {}
local function entry(name)
	if known[name] == nil then
		local said = call('HGET', KEYS[1], name)
		known[name] = said and parsed(said)
	end
	return known[name]
end
local function alive(name, life)
	local said = entry(name)
	return said and said.life == life and now - said.renewed <= said.lease
end
local owned = {}
local function digest(name, life, make)
	local key = name .. ' ' .. life
	if owned[key] == nil then
		local count, sum, last = string.match(call('HGET', KEYS[3], key) or '', '^(-?%d+) (%d+) (%d+)$')
		if number(last) and number(sum) and math.abs(tonumber(count)) < MOST then
			owned[key] = { tonumber(count), tonumber(sum), tonumber(last), false }
		else
			owned[key] = make and { 0, 0, 0, true } or false
		end
	end
	return owned[key]
end
local function add(name, life, token, make)
	local of = digest(name, life, make)
	if of then
		of[1], of[2], of[4] = of[1] + 1, (of[2] + token % MASK) % MASK, true
	end
end
local function subtract(name, life, token)
	local of = digest(name, life, false)
	if of then
		of[1], of[2], of[4] = of[1] - 1, (of[2] - token % MASK) % MASK, true
	end
end
local function save()
	for key, of in pairs(owned) do
		if of and of[4] then
			call('HSET', KEYS[3], key, text(of[1]) .. ' ' .. text(of[2]) .. ' ' .. text(of[3]))
		end
	end
end
-- Whether the command comes from a connection that has no successor yet.
local function current()
	local of = digest(node, incarnation, true)
	if generation < of[3] then
		return false
	end
	if generation > of[3] then
		of[3], of[4] = generation, true
	end
	return true
end
