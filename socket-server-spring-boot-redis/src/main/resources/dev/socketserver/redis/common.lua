-- Keys in front of all others: KEYS[1] nodes, KEYS[2] meta, KEYS[3] owned.
-- nodes:  name -> "incarnation renewed lease joined draining sessions startedAt synced"
-- meta:   epoch, top (the highest token), recover (until when), awaited (names)
-- owned:  "name incarnation" -> "count sum generation"
local MASK = 1125899906842624
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function text(number)
	return string.format('%.0f', number)
end
local node, incarnation, generation = ARGV[1], ARGV[2], tonumber(ARGV[3])
local known = {}
local function entry(name)
	if known[name] == nil then
		known[name] = redis.call('HGET', KEYS[1], name)
	end
	return known[name]
end
local function alive(name, life)
	local said = entry(name)
	if not said then
		return false
	end
	local is, renewed, lease = string.match(said, '^(%S+) (%d+) (%d+)')
	return is == life and now - tonumber(renewed) <= tonumber(lease)
end
local owned = {}
local function digest(name, life, make)
	local key = name .. ' ' .. life
	if owned[key] == nil then
		local said = redis.call('HGET', KEYS[3], key)
		if said then
			local count, sum, last = string.match(said, '^(-?%d+) (%d+) (%d+)$')
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
			redis.call('HSET', KEYS[3], key, text(of[1]) .. ' ' .. text(of[2]) .. ' ' .. text(of[3]))
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
