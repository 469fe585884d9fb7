-- identity, key, token, holder, attempt, state, detail; says the same when it is asked again
local identity, key = ARGV[1], ARGV[2]
local now = clock()
local letter = held(identity, key, ARGV[3], ARGV[4], ARGV[5])
if not letter or (letter.state ~= 'SENT' and letter.state ~= ARGV[6]) then
	return { text(now) }
end
if letter.state == 'SENT' then
	finish(identity, key, letter, ARGV[6], now, ARGV[7])
end
return { text(now), shown(identity, key, letter) }
