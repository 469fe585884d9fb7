-- writes and reads what no letter has
write('check', 'check', { state = 'CANCELLED', attempts = 0, posted = 0, expires = 0, until_at = 0, token = 0, holder = '',
	ended = 0, detail = '' })
redis.call('ZADD', prefix .. 'ended', 0, 'check:check')
local letter = read('check', 'check')
redis.call('DEL', name('check', 'check'))
redis.call('ZREM', prefix .. 'ended', 'check:check')
return { letter.state }
