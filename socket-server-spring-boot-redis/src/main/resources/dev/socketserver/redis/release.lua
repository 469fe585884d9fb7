-- KEYS[4] the index of the node, KEYS[5...] identities, one an entry
-- ARGV from 4 for each entry: field, token, its name in the index
if not current() then
	return 0
end
for i = 5, #KEYS do
	local at = 4 + (i - 5) * 3
	local field, token, name = ARGV[at], ARGV[at + 1], ARGV[at + 2]
	local row = call('HGET', KEYS[i], field)
	if row and string.match(row, '^%d+') == token then
		call('HDEL', KEYS[i], field)
		subtract(node, incarnation, tonumber(token))
	end
	if call('HGET', KEYS[4], name) == token then
		call('HDEL', KEYS[4], name)
	end
end
save()
return 1
