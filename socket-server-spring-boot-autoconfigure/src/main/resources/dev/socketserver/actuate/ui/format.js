/*
 * Turns numbers, times and states into text.
 */

export const numbers = new Intl.NumberFormat('en');

const decimals = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

const TONES = {
	UP: 'up', RUNNING: 'up', LISTENING: 'up', OPEN: 'up', CONNECTED: 'up',
	OUT_OF_SERVICE: 'warn', PAUSED: 'warn', DRAINING: 'warn', STARTING: 'warn', STALLED: 'warn', CLOSING: 'warn',
	CONNECTING: 'warn', DISCONNECTED: 'warn',
	DEGRADED: 'warn', SUSPENDED: 'warn',
	DOWN: 'down', FAILED: 'down', DEAD: 'down'
};

/** How a state is coloured. */
export const tone = (state) => TONES[state] ?? 'unknown';

export function bytes(count) {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let unit = 0;
	while (count >= 1000 && unit < units.length - 1) {
		count /= 1000;
		unit++;
	}
	return decimals.format(count) + ' ' + units[unit];
}

const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

export const significant = (number) => digits.format(number);

/** A number that is whole, except on an axis. */
export const whole = (number) => decimals.format(number);

export const perSecond = (rate) => decimals.format(rate) + '/s';

export const bytesPerSecond = (rate) => bytes(rate) + '/s';

export const traffic = (messages, size) => `${perSecond(messages)} · ${bytesPerSecond(size)}`;

const time = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** The time of day of an instant, where the browser is. */
export const clock = (at) => time.format(at);

/** A duration of milliseconds. */
export function millis(number) {
	return (number < 1000) ? `${decimals.format(number)} ms` : `${decimals.format(number / 1000)} s`;
}

/** A duration as it is configured, such as 1500ms, 30s or 2m. */
export function setting(duration) {
	const [unit, length] = [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1000]].find(([, each]) => duration % each === 0)
		?? ['ms', 1];
	return duration ? `${duration / length}${unit}` : '0s';
}

/** What waits, in words: those of the parts that are not zero. */
export const parts = (...pairs) => pairs.filter(([number]) => number > 0).map(([, text]) => text).join(', ') || 'nothing';

/** A number of things. */
export const count = (number, one, many = one + 's') => `${numbers.format(number)} ${(number === 1) ? one : many}`;

export function duration(seconds) {
	if (seconds < 60) {
		return `${seconds} s`;
	}
	if (seconds < 3600) {
		return `${Math.floor(seconds / 60)} min`;
	}
	if (seconds < 86400) {
		return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
	}
	return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
}

/** The time from an instant to another, or to now. */
export function age(instant, end) {
	return duration(Math.max(0, Math.floor(((end ? Date.parse(end) : Date.now()) - Date.parse(instant)) / 1000)));
}

export const moment = (instant) => instant ? instant.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC') : null;

export const plain = (value) => (value !== null && typeof value === 'object') ? JSON.stringify(value) : value;

/** Counts by reason, without those that did not occur. */
export const counts = (entries) =>
	entries.filter(([, number]) => number > 0).map(([name, number]) => [name, numbers.format(number)]);
