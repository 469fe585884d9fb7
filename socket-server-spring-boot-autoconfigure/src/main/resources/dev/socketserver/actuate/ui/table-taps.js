/*
 * Taps: what sessions receive and send, as it happens.
 */

import { ask, href, may, needed, reason } from './actuator.js';
import { follow } from './address.js';
import { change, sure } from './dialogs.js';
import { byId, hide, make, show } from './dom.js';
import { age, bytes, numbers } from './format.js';
import { addDetails, opened, openDetails, showDetails } from './panel.js';
import { Table } from './table.js';
import { clientNames } from './table-clients.js';
import { serverNames } from './table-servers.js';

/** Of a longer transcript the end is shown; the file has all. */
const SHOWN_CHARACTERS = 64 * 1024;

/** Nothing has an end of no length. */
const EMPTY = 416;

const SHOWN = [200, 206, EMPTY];

/** What was shown last, so that nothing is asked for twice. */
let seen = '';

/** Taps of other nodes that were started here: only their nodes list them. */
const foreign = new Map();

let refresh = () => {};

const tapped = ({ id, state, bytes: size, dropped }) => [id, state, size, dropped].join();

async function showTap(taps) {
	const id = opened('tap');
	const tap = taps.find((each) => each.id === id);
	if (!id) {
		return;
	}
	showDetails('tap', tap, tap ? '' : `There is no tap ${id}.`);
	if (tap && (tapped(tap) !== seen || foreign.has(id))) {
		const answer = await ask('GET', `${href('sockettaps', id)}?format=text`,
			{ accept: 'text/plain, */*;q=0.5', last: SHOWN_CHARACTERS + 1 });
		if (SHOWN.includes(answer.status) && id === opened('tap')) {
			seen = tapped(tap);
			details.dataset.name = id;
			showText((answer.status === EMPTY) ? '' : answer.text);
		}
		else if (answer.status === 404) {
			foreign.delete(id);
		}
		else if (!SHOWN.includes(answer.status)) {
			show(byId('tap-text'), reason(answer));
		}
	}
}

function showText(text) {
	const box = byId('tap-text');
	const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 8;
	hide(byId('tap-cut'), text.length <= SHOWN_CHARACTERS);
	show(box, (text.length > SHOWN_CHARACTERS) ? text.slice(text.indexOf('\n', text.length - SHOWN_CHARACTERS) + 1) : text);
	if (atEnd) {
		box.scrollTop = box.scrollHeight;
	}
}

function link(id, format, ending) {
	return make('a', { href: href('sockettaps', id) + format, download: `tap-${id}.${ending}`, 'data-link': ending,
		'aria-label': `Download tap ${id} as ${ending}` }, ending);
}

function drawLinks(cell, { id }) {
	if (cell.children.length === 0) {
		cell.append(link(id, '', 'pcap'), ' ', link(id, '?format=text', 'txt'));
	}
}

const running = ({ state }) => state === 'RUNNING';

const table = new Table({
	id: 'taps',
	kind: 'tap',
	key: ({ id }) => id,
	details: true,
	empty: 'There are no taps.',
	columns: [
		{ id: 'id', title: 'Tap', text: ({ id }) => id, sort: ({ id }) => id },
		{ id: 'state', title: 'State', card: true, text: ({ state }) => state, badge: (tap) => running(tap) ? 'up' : 'unknown' },
		{ id: 'sessions', title: 'Sessions', number: true, card: true, text: ({ sessions }) => numbers.format(sessions?.length ?? sessions) },
		{ id: 'bytes', title: 'Kept', number: true, card: true, text: (tap) => bytes(tap.bytes) },
		{ id: 'dropped', title: 'Dropped', number: true, text: ({ dropped }) => bytes(dropped) },
		{ id: 'ends', title: 'Ends', fold: true,
			text: (tap) => (running(tap) && tap.endsAt) ? `in ${age(new Date().toISOString(), tap.endsAt)}` : '' },
		{ id: 'download', title: 'Download', draw: drawLinks }
	],
	slots: [[{ id: 'end', label: 'End', grave: true, fits: () => true, offered: () => may('endTaps'), run: ({ id }) => endTap(id) }]]
});

const details = make('div', { id: 'tap' },
	make('p', { id: 'tap-cut', class: 'quiet', hidden: true }, 'This is the end of it; the download has all.'),
	make('pre', { id: 'tap-text', tabIndex: 0, 'aria-label': 'What the tap has kept' }));

async function endTap(id) {
	if (await sure(`End tap ${id}, and forget what it has?`, 'End')) {
		foreign.delete(id);
		await change(`end tap ${id}`, 'DELETE', href('sockettaps', id));
	}
}

const names = (all) => [['', 'any'], ...all.map((name) => [name, name])];

/** Asks what to tap, and begins. */
export async function startTap({ session = '' } = {}) {
	const entered = await sure('Keep what sessions receive and send. All that is given must hold.', 'Start', [
		{ name: 'session', label: 'Session', value: session, hint: 'chat-1' },
		...session ? [] : [
			{ name: 'server', label: 'Server', options: names(serverNames()) },
			{ name: 'client', label: 'Client', options: names(clientNames()) },
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
		seen = '';
		show(byId('tap-text'), '');
		openDetails('tap', tap.id, null);
		refresh();
	}
}

const start = make('button', { type: 'button', id: 'start-tap' }, 'Start a tap…');

export default {
	id: 'taps',
	title: 'Taps',
	place: 50,
	endpoint: 'sockettaps',
	endpoints: ['sockettaps'],
	probes: {
		startTaps: ['POST', 'sockettaps', '', { for: '-' }],
		endTaps: ['DELETE', 'sockettaps', '/-']
	},

	begin(section, refreshNow) {
		refresh = refreshNow;
		section.append(make('div', { class: 'controls' }, start), table.element);
		addDetails('tap', details, (id) => table.opener(id));
		start.addEventListener('click', () => startTap());
		follow(() => {
			if (opened('tap') !== details.dataset.name) {
				seen = '';
				show(byId('tap-text'), '');
			}
		});
	},

	questions: () => [ask('GET', href('sockettaps'))],

	async show([answer]) {
		const taps = [...needed(answer).taps, ...foreign.values()];
		hide(start, !may('startTaps'));
		await table.show(taps);
		await showTap(taps);
	}
};
