/*
 * Taps: what sessions receive and send, as it happens.
 */

import { ask, has, href, may, reason } from './actuator.js';
import { change, sure } from './dialogs.js';
import { badge, byId, hide, reconcile, row, show } from './dom.js';
import { age, bytes, numbers } from './format.js';

/** Of a longer transcript the end is shown; the file has all. */
const SHOWN_CHARACTERS = 64 * 1024;

/** Nothing has an end of no length. */
const EMPTY = 416;

const SHOWN = [200, 206, EMPTY];

const rows = new Map();

/** Whose text is open, or null. */
let open = null;

/** What was shown last, so that nothing is asked for twice. */
let seen = '';

/** Taps of other nodes that were started here: only their nodes list them. */
const foreign = new Map();

let refresh = () => {};

const tapped = ({ id, state, bytes: size, dropped }) => [id, state, size, dropped].join();

/** Asks for what is shown. */
export const questions = () => has('sockettaps') ? [ask('GET', href('sockettaps'))] : [];

export async function showTaps({ taps: own }) {
	const taps = [...own, ...foreign.values()];
	reconcile(byId('taps').tBodies[0], rows, taps, ({ id }) => id, tapRow);
	hide(byId('no-taps'), taps.length > 0);
	hide(byId('start-tap'), !may('startTaps'));
	const tap = taps.find(({ id }) => id === open);
	hide(byId('tap'), !tap);
	if (tap && (tapped(tap) !== seen || foreign.has(open))) {
		const answer = await ask('GET', `${href('sockettaps', tap.id)}?format=text`,
			{ accept: 'text/plain, */*;q=0.5', last: SHOWN_CHARACTERS + 1 });
		if (SHOWN.includes(answer.status) && tap.id === open) {
			seen = tapped(tap);
			showText(tap, (answer.status === EMPTY) ? '' : answer.text);
		}
		else if (answer.status === 404) {
			foreign.delete(tap.id);
		}
		else if (!SHOWN.includes(answer.status)) {
			show(byId('tap-text'), reason(answer));
		}
	}
}

function showText(tap, text) {
	const box = byId('tap-text');
	const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 8;
	show(byId('tap-title'), `Tap ${tap.id}`);
	hide(byId('tap-cut'), text.length <= SHOWN_CHARACTERS);
	show(box, (text.length > SHOWN_CHARACTERS) ? text.slice(text.indexOf('\n', text.length - SHOWN_CHARACTERS) + 1) : text);
	if (atEnd) {
		box.scrollTop = box.scrollHeight;
	}
}

function link(element, id, format, ending) {
	element.href = href('sockettaps', id) + format;
	element.download = `tap-${id}.${ending}`;
	element.setAttribute('aria-label', `Download tap ${id} as ${ending}`);
}

function tapRow({ id }) {
	const { element, cells, buttons } = row('tap-row', () => may('endTaps'));
	show(cells.id, id);
	element.dataset.tap = id;
	cells.id.addEventListener('click', () => openTap(id));
	link(cells.pcap, id, '', 'pcap');
	link(cells.text, id, '?format=text', 'txt');
	for (const button of buttons) {
		button.setAttribute('aria-label', `End tap ${id}`);
		button.addEventListener('click', () => endTap(id));
	}
	return {
		element,
		show(tap) {
			cells.id.setAttribute('aria-expanded', String(id === open));
			badge(cells.state, tap.state, (tap.state === 'RUNNING') ? 'up' : 'unknown');
			show(cells.sessions, numbers.format(tap.sessions?.length ?? tap.sessions));
			show(cells.bytes, bytes(tap.bytes));
			show(cells.dropped, bytes(tap.dropped));
			show(cells.ends, (tap.state === 'RUNNING' && tap.endsAt) ? `in ${age(new Date().toISOString(), tap.endsAt)}` : null);
		}
	};
}

function openTap(id) {
	open = (open === id) ? null : id;
	seen = '';
	show(byId('tap-text'), '');
	refresh();
}

async function endTap(id) {
	if (await sure(`End tap ${id}, and forget what it has?`, 'End')) {
		foreign.delete(id);
		await change(`end tap ${id}`, 'DELETE', href('sockettaps', id));
	}
}

const names = (id) => [['', 'any'], ...[...document.querySelectorAll(`#${id} tbody [data-cell=name]`)]
	.map(({ textContent }) => [textContent, textContent])];

/** Asks what to tap, and begins. */
export async function startTap({ session = '' } = {}) {
	const entered = await sure('Keep what sessions receive and send. All that is given must hold.', 'Start', [
		{ name: 'session', label: 'Session', value: session, hint: 'chat-1' },
		...session ? [] : [
			{ name: 'server', label: 'Server', options: names('servers') },
			{ name: 'client', label: 'Client', options: names('clients') },
			{ name: 'bound', label: 'Identity', hint: 'device:4711' },
			{ name: 'remote', label: 'Address of the peer', hint: '192.0.2.0/24' },
			{ name: 'next', label: 'Only the next connection', checkbox: true }
		],
		{ name: 'for', label: 'For at most', hint: '30s' },
		{ name: 'bytes', label: 'Bytes at most', hint: '1MB' }
	]);
	if (!entered) {
		return;
	}
	const tap = await change('start tap', 'POST', href('sockettaps'), entered, (answer) => `start tap: it is ${answer?.id}.`);
	if (tap) {
		if (tap.id.includes('@')) {
			foreign.set(tap.id, tap);
		}
		open = tap.id;
		seen = '';
		refresh();
		byId('taps-title').focus();
	}
}

/** Connects what a person does here. */
export function begin(refreshNow) {
	refresh = refreshNow;
	byId('start-tap').addEventListener('click', () => startTap());
	byId('tap-leave').addEventListener('click', () => {
		const opener = rows.get(open)?.element.querySelector('.open') ?? byId('taps-title');
		open = null;
		opener.focus();
		refresh();
	});
}
