/*
 * The details of one tap: whose it is, and what it has kept, message by message.
 */

import { ask, href, json, reason } from './actuator.js';
import { Actions } from './actions.js';
import { follow } from './address.js';
import { byId, facts, hide, make, show } from './dom.js';
import { age, bytes, clock, count, moment, numbers } from './format.js';
import { addDetails, opened, showDetails } from './panel.js';
import { Rows } from './rows.js';
import { messageText } from './tap-text.js';

const DIRECTIONS = { RECEIVED: 'received', SENT: 'sent', CLOSED: 'ended' };

/** What was answered of taps, by their ids: who asked for what does not change. */
const described = new Map();

/** What was shown last, so that nothing is asked for twice. */
let seen = '';

const select = (id, entries) => make('select', { id, autocomplete: 'off' }, ...entries.map(([key, text]) => new Option(text, key)));

const controls = {
	form: select('tap-form', [['text', 'text'], ['hex', 'hex']]),
	direction: select('tap-direction', [['', 'all'], ['RECEIVED', 'received'], ['SENT', 'sent']]),
	filter: make('input', { id: 'tap-filter', size: 14, placeholder: 'text or session', autocomplete: 'off', spellcheck: 'false' })
};

const details = make('div', { id: 'tap' },
	make('p', { id: 'tap-controls', class: 'controls' }),
	make('dl', { id: 'tap-facts' }),
	make('div', { class: 'controls spaced', role: 'group', 'aria-label': 'Which messages, and how' },
		make('label', {}, 'As ', controls.form), make('label', {}, 'Only ', controls.direction),
		make('label', {}, 'With ', controls.filter), make('span', { id: 'tap-shown', class: 'quiet', role: 'status' })),
	make('p', { id: 'tap-problem', class: 'notice', 'data-tone': 'warn', hidden: true }),
	make('ol', { id: 'tap-text', tabIndex: 0, 'aria-label': 'What the tap has kept' }));

/** The time of day, with the milliseconds by which messages differ. */
const precise = (at) => `${clock(Date.parse(at))}.${String(Date.parse(at) % 1000).padStart(3, '0')}`;

const content = (message) => (message.kind === 'CLOSED') ? message.reason : messageText(message.bytes, controls.form.value === 'hex');

function messageRow({ message, several }) {
	const text = make('code');
	const element = make('li', { 'data-kind': message.kind },
		make('time', { datetime: message.at }, precise(message.at)), ' ',
		make('span', { class: 'direction' }, DIRECTIONS[message.kind]), ' ',
		...several ? [make('span', { class: 'quiet' }, message.session), ' '] : [], text);
	let form = null;
	return {
		element,
		show() {
			// A message does not change, only how it is shown.
			if (form !== controls.form.value) {
				form = controls.form.value;
				show(text, content(message));
				element.classList.toggle('dumped', form === 'hex' && message.kind !== 'CLOSED');
			}
		}
	};
}

let rows = null;

/** What is kept and wanted, for the rows. */
function wanted({ left, messages }) {
	const several = new Set(messages.map(({ session }) => session)).size > 1;
	const filter = controls.filter.value.trim().toLowerCase();
	const direction = controls.direction.value;
	return messages.map((message, i) => ({ message, several, number: left + i }))
		.filter(({ message }) => !direction || message.kind === direction)
		.filter(({ message }) => !filter || `${message.session} ${content(message)}`.toLowerCase().includes(filter));
}

async function showMessages(id) {
	const kept = described.get(id);
	if (!kept?.messages || opened('tap') !== id) {
		return;
	}
	const box = byId('tap-text');
	const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 8;
	const chosen = wanted(kept);
	const all = kept.left + kept.messages.length;
	show(byId('tap-shown'), `${numbers.format(chosen.length)} of ${numbers.format(all)}`
		+ (kept.left ? '; the download has all' : ''));
	await rows.show(chosen.map((each) => ({ ...each, key: `${id} ${each.number} ${each.several}` })));
	if (atEnd) {
		box.scrollTop = box.scrollHeight;
	}
}

/** What is tapped, in words. */
export function selected({ id }) {
	const selectors = described.get(id)?.selectors;
	if (!selectors) {
		return '';
	}
	const { next, ...rest } = selectors;
	const words = Object.entries(rest).map(([name, value]) => `${{ bound: 'identity', remote: 'address' }[name] ?? name} ${value}`);
	return [...words, next && 'the next connection'].filter(Boolean).join(', ');
}

/** Who has asked for it. */
export const owner = ({ id }) => described.get(id)?.requestedBy ?? '';

/** Until when it runs, or when it has ended; one that has as much as it may keeps no more before that. */
export function until({ state, endsAt }) {
	const at = Date.parse(endsAt);
	if (state === 'RUNNING') {
		return `until ${clock(at)}, ${age(new Date().toISOString(), endsAt)} left`;
	}
	return (at > Date.now()) ? 'full, keeps no more' : `ended at ${clock(at)}`;
}

/** What was lost of it, in words. */
export const lost = ({ dropped }) => dropped ? bytes(dropped) : '';

/** What of a tap changes, as it was when it was asked for last. */
export function figures(id) {
	const { state, sessions, bytes: kept, dropped, endsAt } = described.get(id) ?? {};
	return (state === undefined) ? {} : { state, sessions, bytes: kept, dropped, endsAt };
}

async function describe(id) {
	const answer = await ask('GET', `${href('sockettaps', id)}?format=json`);
	const found = (answer.status === 200) ? json(answer) : null;
	// A refusal is not asked for again with each look.
	described.set(id, found ?? described.get(id) ?? { refused: reason(answer) });
	return answer;
}

/**
 * Learns of taps what their list does not have.
 * @param taps all that there are
 * @param again those of them of which more is to be learnt each time
 */
export async function learnTaps(taps, again) {
	for (const id of described.keys()) {
		if (!taps.some((tap) => tap.id === id)) {
			described.delete(id);
		}
	}
	await Promise.all(taps.filter((tap) => !described.has(tap.id) || again.includes(tap)).map(({ id }) => describe(id)));
}

let actions = [null, null];

/**
 * Shows the tap that is open.
 * @param taps all that there are
 * @param always whether what a tap of that id has is asked for whatever the list says
 * @param slots its buttons
 * @param links makes links to what it has
 * @return its id, if it is gone
 */
export async function showTap(taps, always, slots, links) {
	const id = opened('tap');
	const tap = taps.find((each) => each.id === id);
	if (!id) {
		return null;
	}
	showDetails('tap', tap, tap ? '' : `There is no tap ${id}.`);
	if (!tap) {
		return null;
	}
	details.dataset.name = id;
	if (actions[0] !== id) {
		actions = [id, new Actions(`tap ${id}`, slots, [])];
		byId('tap-controls').replaceChildren(actions[1].element, make('span', {}, 'Download ', ...links(tap)));
	}
	actions[1].show(tap);
	const now = [id, tap.state, tap.bytes, tap.dropped].join();
	if (now !== seen || always(id)) {
		const answer = await describe(id);
		if (answer.status === 404) {
			return id;
		}
		seen = (id === opened('tap')) ? now : '';
		hide(byId('tap-problem'), answer.status === 200);
		show(byId('tap-problem'), reason(answer));
	}
	const { limit, startedAt } = described.get(id) ?? {};
	facts('tap-facts', [
		['Started by', owner(tap) || null],
		['Target', selected(tap) || null],
		['Runs', `${startedAt ? `since ${moment(startedAt)}, ` : ''}${until(tap)}`],
		['Sessions', numbers.format(tap.sessions?.length ?? tap.sessions)],
		['Kept', `${bytes(tap.bytes)}${limit ? ` of ${bytes(limit)}` : ''}`],
		['Lost', tap.dropped ? `${count(tap.dropped, 'byte')}, for want of room or for a mask` : 'nothing']
	]);
	await showMessages(id);
	return null;
}

/** Nothing of another tap is left. */
function empty() {
	seen = '';
	rows.show([]);
}

export function beginTap(origin) {
	addDetails('tap', details, origin);
	rows = new Rows(byId('tap-text'), ({ key }) => key, messageRow);
	for (const control of Object.values(controls)) {
		control.addEventListener('input', () => showMessages(opened('tap')));
	}
	follow(() => {
		if (opened('tap') !== details.dataset.name) {
			empty();
		}
	});
}
