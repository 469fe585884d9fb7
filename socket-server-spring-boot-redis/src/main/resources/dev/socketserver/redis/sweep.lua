-- KEYS[4] the index of the dead node, KEYS[5] graves, KEYS[6...] identities, one an entry
-- ARGV: 4 whether these are the last, then for each entry: field, its name in the index
if alive(node, incarnation) then
	return 1
end
for i = 6, #KEYS do
	local at = 5 + (i - 6) * 2
	local row = call('HGET', KEYS[i], ARGV[at])
	if row then
		call('HDEL', KEYS[i], ARGV[at])
		subtract(node, incarnation, number(string.match(row, '^%d+'), 0))
	end
	call('HDEL', KEYS[4], ARGV[at + 1])
end
if ARGV[4] ~= '1' then
	save()
	return 0
end
redis.call('DEL', KEYS[4])
call('HDEL', KEYS[3], node .. ' ' .. incarnation)
call('SREM', KEYS[5], node .. ' ' .. incarnation)
return 1
