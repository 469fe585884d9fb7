-- identity, key, token, holder, attempt, attempts, state, detail; says the same when it is asked again
local identity, key = ARGV[1], ARGV[2]
local now = clock()
local letter = held(identity, key, ARGV[3], ARGV[4], ARGV[5])
if letter and letter.state == 'SENT' then
	letter.attempts = tonumber(ARGV[6])
	finish(identity, key, letter, ARGV[7], now, ARGV[8])
	return { text(now), shown(identity, key, letter) }
end
letter = held(identity, key, ARGV[3], ARGV[4], ARGV[6])
if letter and letter.state == ARGV[7] then
	return { text(now), shown(identity, key, letter) }
end
return { text(now) }
