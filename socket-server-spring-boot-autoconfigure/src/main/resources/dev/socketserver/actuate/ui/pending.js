/*
 * Settings that have changed where they are written, and are not in force: what waits for somebody to apply it, or for a
 * start of the application.
 */

import { ask, has, href, json } from './actuator.js';
import { numbers } from './format.js';

/** The application compares all of its properties each time. */
const PAUSE_MILLIS = 15_000;

const KINDS = { servers: 'server', clients: 'client' };

const WHOLE = { CREATE: 'is new where it is written, and is not made yet.', REMOVE: 'is gone where it is written, and still runs.' };

let asked = -Infinity;
let pending = [];

/** What it is about: [kind, name, whether it has details]. */
function about(entry, verdict) {
	if (!entry?.includes('.')) {
		return [entry ?? 'application', '', false];
	}
	const dot = entry.indexOf('.');
	return [KINDS[entry.slice(0, dot)] ?? entry, entry.slice(dot + 1), Boolean(KINDS[entry.slice(0, dot)]) && verdict !== 'CREATE'];
}

function text(changes) {
	const whole = WHOLE[changes.find(({ key }) => !key)?.verdict];
	const keys = changes.map(({ key }) => key).filter(Boolean);
	return whole ?? `has ${numbers.format(keys.length)} changed ${(keys.length === 1) ? 'setting' : 'settings'} not in force: ${keys.join(', ')}.`;
}

function attention(entry, changes) {
	const [kind, name, details] = about(entry, changes[0].verdict);
	const refused = changes.find(({ verdict, reason }) => entry && verdict === 'REFUSED' && reason);
	return {
		kind, name, about: 'settings', page: 'settings.md',
		tone: refused ? 'down' : 'warn',
		text: refused ? `${text(changes)} ${refused.reason.split('\n')[0]}` : text(changes),
		section: details ? undefined : `${(kind === 'client') ? 'clients' : 'servers'}`
	};
}

/**
 * Returns entries for showAttention, one for each server or client.
 * @param now the time, in milliseconds
 */
export async function pendingSettings(now) {
	if (!has('socketsettings')) {
		pending = [];
	}
	else if (now - asked >= PAUSE_MILLIS) {
		asked = now;
		const answer = await ask('GET', href('socketsettings'));
		pending = (answer.status === 200) ? json(answer)?.pending ?? [] : [];
	}
	const entries = new Map();
	for (const change of pending) {
		entries.set(change.entry, [...entries.get(change.entry) ?? [], change]);
	}
	return [...entries].map(([entry, changes]) => attention(entry, changes));
}
