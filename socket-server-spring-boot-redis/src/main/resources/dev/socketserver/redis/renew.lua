-- KEYS[4] graves
-- ARGV: 4 lease, 5 draining, 6 sessions, 7 startedAt, 8 joined, 9 epoch, 10 synced, 11 known, 12 highest, 13 new epoch
local lease, joined = tonumber(ARGV[4]), tonumber(ARGV[8])
local answer = { 'OK' }
local before = entry(node)
if before and before.life ~= incarnation then
	if joined ~= 0 and before.joined > joined and alive(node, before.life) then
		answer[1] = 'SUPERSEDED'
	else
		call('SADD', KEYS[4], node .. ' ' .. before.life)
	end
end
local top = math.max(number(call('HGET', KEYS[2], 'top'), 0), tonumber(ARGV[12]))
local epoch = call('HGET', KEYS[2], 'epoch')
if answer[1] == 'OK' then
	current()
	if joined == 0 then
		joined = math.max(top + 1, now)
		top = joined
	end
	call('HSET', KEYS[2], 'top', text(top))
	if not epoch then
		epoch = ARGV[13]
		call('HSET', KEYS[2], 'epoch', epoch)
	end
	if ARGV[9] ~= '' and ARGV[9] ~= epoch then
		if not number(call('HGET', KEYS[2], 'recover')) then
			call('HSET', KEYS[2], 'recover', text(now + lease))
		end
		local awaited = call('HGET', KEYS[2], 'awaited') or ''
		for name in string.gmatch(node .. ',' .. ARGV[11], '[^,]+') do
			if not string.find(',' .. awaited .. ',', ',' .. name .. ',', 1, true) then
				awaited = (awaited == '') and name or (awaited .. ',' .. name)
			end
		end
		call('HSET', KEYS[2], 'awaited', awaited)
	end
	local synced = (ARGV[10] == '1' and ARGV[9] == epoch) and epoch or '-'
	local said = incarnation .. ' ' .. text(now) .. ' ' .. text(lease) .. ' ' .. text(joined) .. ' ' .. ARGV[5] .. ' '
		.. ARGV[6] .. ' ' .. ARGV[7] .. ' ' .. synced
	call('HSET', KEYS[1], node, said)
	call('SREM', KEYS[4], node .. ' ' .. incarnation)
	save()
end
local nodes, untilNextEnd = {}, MOST
local all = call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
	local of = isName(all[i]) and parsed(all[i + 1])
	if of and of.renewed > now then
		-- The clock was set back: from now on it counts anew.
		call('HSET', KEYS[1], all[i], (string.gsub(all[i + 1], '^(%S+) %d+', '%1 ' .. text(now))))
		of.renewed = now
	end
	local dead = of and now - of.renewed > of.lease
	if dead then
		call('SADD', KEYS[4], all[i] .. ' ' .. of.life)
	end
	if not of or now - of.renewed > 2 * of.lease then
		call('HDEL', KEYS[1], all[i])
	else
		if not dead and all[i] ~= node then
			untilNextEnd = math.min(untilNextEnd, of.renewed + of.lease - now)
		end
		nodes[#nodes + 1] = all[i] .. ' ' .. of.life .. ' ' .. (dead and 'DEAD' or (of.draining and 'DRAINING' or 'UP'))
			.. ' ' .. text(of.sessions) .. ' ' .. text(of.startedAt)
	end
end
local graves = {}
for _, grave in ipairs(call('SMEMBERS', KEYS[4])) do
	local name, life = string.match(grave, '^(%S+) (%S+)$')
	if name and isName(name) and isName(life) then
		graves[#graves + 1] = grave
	else
		call('SREM', KEYS[4], grave)
	end
end
local own = digest(node, incarnation, false) or { 0, 0 }
answer[2], answer[3], answer[4], answer[5] = text(now), epoch or '', text(joined), text(top)
answer[6], answer[7] = text(own[1]), text(own[2])
answer[8], answer[9], answer[10] = nodes, graves, text(untilNextEnd)
return answer
