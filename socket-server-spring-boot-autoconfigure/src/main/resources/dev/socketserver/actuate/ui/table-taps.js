/*
 * Taps: what sessions receive and send, as it happens.
 */

import { ask, href, may, needed } from './actuator.js';
import { change, sure } from './dialogs.js';
import { hide, make } from './dom.js';
import { bytes, numbers } from './format.js';
import { opened, openDetails } from './panel.js';
import { Table } from './table.js';
import { clientNames } from './table-clients.js';
import { serverNames } from './table-servers.js';
import { beginTap, figures, learnTaps, lost, owner, selected, showTap, until } from './tap.js';

/** Taps of other nodes that were started here: only their nodes list them. */
const foreign = new Map();

let refresh = () => {};
let known = 0;

const link = (id, format, ending, text) => make('a', { href: href('sockettaps', id) + format, download: `tap-${id}.${ending}`,
	'data-link': ending, 'aria-label': `Download tap ${id} as ${text}` }, text);

const links = ({ id }) => [link(id, '', 'pcap', 'pcap'), ' ', link(id, '?format=text', 'txt', 'transcript')];

function drawLinks(cell, tap) {
	if (cell.children.length === 0) {
		cell.append(...links(tap));
	}
}

const running = ({ state }) => state === 'RUNNING';

const SLOTS = [[{ id: 'end', label: 'End', grave: true, fits: () => true, offered: () => may('endTaps'), run: ({ id }) => endTap(id) }]];

const table = new Table({
	id: 'taps',
	kind: 'tap',
	key: ({ id }) => id,
	details: true,
	empty: 'There are no taps.',
	columns: [
		{ id: 'id', title: 'Tap', text: ({ id }) => id, sort: ({ id }) => id },
		{ id: 'state', title: 'State', card: true, text: ({ state }) => state, badge: (tap) => running(tap) ? 'up' : 'unknown' },
		{ id: 'whose', title: 'Started by', fold: true, text: owner, sort: owner },
		{ id: 'taps', title: 'Target', fold: true, foreign: true, text: selected, hint: selected },
		{ id: 'ends', title: 'Runs', card: true, text: until, sort: ({ endsAt }) => Date.parse(endsAt) },
		{ id: 'sessions', title: 'Sessions', number: true, card: true, text: ({ sessions }) => numbers.format(sessions?.length ?? sessions) },
		{ id: 'bytes', title: 'Kept', number: true, card: true, text: (tap) => bytes(tap.bytes) },
		{ id: 'dropped', title: 'Lost', number: true, fold: true, text: lost },
		{ id: 'download', title: 'Download', draw: drawLinks }
	],
	slots: SLOTS
});

/** What is known of a tap of another node. Its node may be gone, or tell less than others. */
const ofOtherNode = (tap, over) => ({ ...tap, ...figures(tap.id), ...over && { state: 'ENDED' } });

async function endTap(id) {
	if (await sure(`End tap ${id}, and forget what it has? Download it before, if you need it.`, 'End')) {
		foreign.delete(id);
		await change(`end tap ${id}`, 'DELETE', href('sockettaps', id));
	}
}

const names = (all) => [['', 'any'], ...all.map((name) => [name, name])];

/** Asks what to tap, and begins. */
export async function startTap({ session = '' } = {}) {
	const entered = await sure('Record what sessions receive and send: those that match all that you enter.', 'Start', [
		{ name: 'session', label: 'Session', value: session, hint: 'chat-1' },
		...session ? [] : [
			{ name: 'server', label: 'Server', options: names(serverNames()) },
			{ name: 'client', label: 'Client', options: names(clientNames()) },
			{ name: 'bound', label: 'Identity', hint: 'device:4711' },
			{ name: 'remote', label: 'Address of the peer', hint: '192.0.2.0/24' },
			{ name: 'next', label: 'Only the next connection', checkbox: true }
		],
		{ name: 'for', label: 'Time limit', hint: '30s', help: 'such as 30s, 5m or 1h; 30s if left empty' },
		{ name: 'bytes', label: 'Size limit', hint: '1MB', help: 'such as 100KB or 10MB; 1MB if left empty' }
	], false);
	if (!entered) {
		return;
	}
	const tap = await change('start tap', 'POST', href('sockettaps'), entered, (answer) => `start tap: it is ${answer?.id}.`);
	if (tap) {
		if (tap.id.includes('@')) {
			foreign.set(tap.id, tap);
		}
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
		beginTap((id) => table.opener(id));
		start.addEventListener('click', () => startTap());
	},

	questions: () => [ask('GET', href('sockettaps'))],

	async show([answer]) {
		const { taps } = needed(answer);
		hide(start, !may('startTaps'));
		const others = [...foreign.values()];
		// Before they are asked: the last answer has all.
		const over = others.filter(({ endsAt }) => Date.parse(endsAt) <= Date.now());
		await learnTaps([...taps, ...others], others.filter((tap) => running(tap) && tap.id !== opened('tap')));
		// Somebody may have ended one meanwhile.
		for (const tap of others.filter(({ id }) => foreign.has(id))) {
			foreign.set(tap.id, ofOtherNode(tap, over.includes(tap)));
		}
		taps.push(...foreign.values());
		await table.show(taps);
		const gone = await showTap(taps, (id) => foreign.has(id) && running(foreign.get(id)), SLOTS, links);
		if (gone) {
			foreign.delete(gone);
		}
		known = taps.length;
	},

	count: () => known
};
