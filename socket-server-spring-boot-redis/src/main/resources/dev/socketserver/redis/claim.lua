-- KEYS[4] the claimer's index, KEYS[5...] identities, one a claim: "server node incarnation session" -> "token mode"
-- ARGV: 4 deadline, 5 highest, then for each claim: server, session, policy, token, its name in the index
local answers = {}
local valid = alive(node, incarnation) and now <= tonumber(ARGV[4]) and current()
local top, first = 0, 0
if valid then
	top = number(call('HGET', KEYS[2], 'top'), 0)
	first = top
end
local function recovering()
	-- One that is so far away was made before the clock was set back.
	local recover = number(call('HGET', KEYS[2], 'recover'), 0)
	if now >= recover or recover - now > 10 * entry(node).lease then
		return false
	end
	local epoch = call('HGET', KEYS[2], 'epoch')
	for name in string.gmatch(call('HGET', KEYS[2], 'awaited') or '', '[^,]+') do
		local said = entry(name)
		if not said or said.rest ~= epoch then
			return true
		end
	end
	return false
end
for i = 5, #KEYS do
	local key, at = KEYS[i], 6 + (i - 5) * 5
	local server, session, policy, told, name = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]), ARGV[at + 4]
	if not valid then
		answers[#answers + 1] = { 'VOID', '0', {}, {} }
	else
		local field = server .. ' ' .. node .. ' ' .. incarnation .. ' ' .. session
		local own, alone, others, beside, evicted = nil, false, {}, {}, {}
		local rows = call('HGETALL', key)
		for r = 1, #rows, 2 do
			local of, owner, life = string.match(rows[r], '^([%w._%%-]+) ([%w._-]+) ([%w._-]+) [%w._%%-]+$')
			local token, mode = string.match(rows[r + 1], '^(%d+) (%a)$')
			local row = { field = rows[r], node = owner, life = life, token = number(token), exclusive = mode == 'X',
				shown = rows[r] .. ' ' .. (token or '') }
			if not of or not row.token then
				call('HDEL', key, rows[r])
			elseif rows[r] == field then
				own, alone = row.token, row.exclusive
			elseif not alive(owner, life) then
				call('HDEL', key, rows[r])
				subtract(owner, life, row.token)
			elseif of == server then
				others[#others + 1] = row
			else
				beside[#beside + 1] = row.shown
			end
		end
		local function evict(row)
			call('HDEL', key, row.field)
			subtract(row.node, row.life, row.token)
			evicted[#evicted + 1] = row.shown
			row.gone = true
		end
		local status, token = 'GRANTED', 0
		if told ~= 0 then
			if own and own >= told then
				token = own
			else
				for _, row in ipairs(others) do
					if row.exclusive and row.token > told then
						status, token = 'LOST', row.token
					end
				end
				if status == 'GRANTED' then
					token = told
					top = math.max(top, told)
					if policy ~= 'ALLOW' then
						for _, row in ipairs(others) do
							if told > row.token then
								evict(row)
							end
						end
					end
				end
			end
		elseif own and (policy ~= 'REPLACE' or #others == 0) then
			token = own
		elseif policy == 'REJECT' and #others > 0 then
			status = 'TAKEN'
		elseif policy == 'REJECT' and recovering() then
			status = 'WAIT'
		else
			token = math.max(top + 1, now, tonumber(ARGV[5]) + 1)
			top = token
			if policy == 'REPLACE' then
				for _, row in ipairs(others) do
					evict(row)
				end
			end
		end
		if status == 'GRANTED' then
			if token ~= own then
				if own then
					subtract(node, incarnation, own)
				end
				call('HSET', key, field, text(token) .. ((policy == 'ALLOW') and ' A' or ' X'))
				add(node, incarnation, token, true)
			elseif policy == 'REPLACE' and not alone then
				-- An older owner, taken for dead meanwhile, must not come back beside it.
				call('HSET', key, field, text(token) .. ' X')
			end
			if token ~= own or told ~= 0 then
				call('HSET', KEYS[4], name, text(token))
			end
			for _, row in ipairs(others) do
				if not row.gone then
					beside[#beside + 1] = row.shown
				end
			end
		else
			beside = {}
		end
		answers[#answers + 1] = { status, text(token), evicted, beside }
	end
end
if valid then
	if top ~= first then
		call('HSET', KEYS[2], 'top', text(top))
	end
	save()
end
return answers
