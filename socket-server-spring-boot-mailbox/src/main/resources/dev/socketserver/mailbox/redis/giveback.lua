-- identity, key, token, holder, attempt, whether it was one, pause, detail
local identity, key = ARGV[1], ARGV[2]
local letter = held(identity, key, ARGV[3], ARGV[4], ARGV[5])
if not letter or letter.state ~= 'SENT' then
	return { '0' }
end
letter.state = 'WAITING'
letter.until_at = clock() + tonumber(ARGV[7])
letter.detail = ARGV[8]
if ARGV[6] == '0' then
	letter.attempts = letter.attempts - 1
end
write(identity, key, letter)
return { '1' }
