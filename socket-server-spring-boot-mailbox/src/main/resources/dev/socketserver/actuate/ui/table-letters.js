/*
 * The letters of an identity, one page at a time.
 */

import { ask, has, href, json, may, reason } from './actuator.js';
import { follow, inAddress, toAddress } from './address.js';
import { change, sure } from './dialogs.js';
import { byId, hide, make, show } from './dom.js';
import { age, bytes, numbers } from './format.js';
import { Table } from './table.js';

const SIZE = 50;

const STATES = ['WAITING', 'SENT', 'DELIVERED', 'EXPIRED', 'CANCELLED', 'REFUSED'];

const TONES = { WAITING: 'warn', SENT: 'warn', DELIVERED: 'up', EXPIRED: 'down', REFUSED: 'down' };

const TYPING_MILLIS = 300;

/** The last letters of the pages before this one. */
let before = [];
let lastOfPage = null;

/** Since when the store is away, or null. */
let outage = null;

let refresh = () => {};

const identity = () => inAddress('letters-identity').trim();

const table = new Table({
	id: 'letters',
	kind: 'letter',
	key: ({ key }) => key,
	empty: 'No letters: give the identity of a peer that has some.',
	columns: [
		{ id: 'key', title: 'Key', text: ({ key }) => key },
		{ id: 'state', title: 'State', card: true, text: ({ state }) => state, badge: ({ state }) => TONES[state] ?? 'unknown' },
		{ id: 'attempts', title: 'Attempts', number: true, card: true, text: ({ attempts }) => numbers.format(attempts) },
		{ id: 'bytes', title: 'Size', number: true, text: (letter) => bytes(letter.bytes) },
		{ id: 'age', title: 'Age', number: true, card: true, text: ({ postedAt, endedAt }) => age(postedAt, endedAt) },
		{ id: 'expires', title: 'Expires in', number: true, fold: true,
			text: ({ expiresAt, endedAt }) => endedAt ? '' : age(new Date().toISOString(), expiresAt) },
		{ id: 'detail', title: 'Detail', fold: true, foreign: true, text: ({ detail }) => detail, hint: ({ detail }) => detail }
	],
	slots: [[{ id: 'cancel', label: 'Cancel', grave: true, fits: ({ state }) => state === 'WAITING',
		offered: () => may('cancelLetters'), run: cancel }]]
});

async function cancel({ identity: whose, key }) {
	if (await sure(`Cancel letter ${key} to ${whose}?`, 'Cancel the letter')) {
		await change(`cancel letter ${key}`, 'DELETE', `${href('socketmailbox')}?${new URLSearchParams({ identity: whose, key })}`);
	}
}

async function post() {
	const entered = await sure('Keep a letter for a peer until it is delivered, or expires.', 'Post', [
		{ name: 'identity', label: 'Identity', value: identity(), hint: 'device:4711' },
		{ name: 'key', label: 'Key, new for each letter' },
		{ name: 'payload', label: 'Text' },
		{ name: 'ttl', label: 'Expires in', hint: 'as configured', help: 'such as 10m, 12h or 7d' }
	], false);
	if (entered) {
		const posted = await change('post letter', 'POST', href('socketmailbox'), entered,
			(answer) => `post letter ${answer?.key}: it is ${answer?.state}.`);
		if (posted) {
			toAddress({ 'letters-identity': entered.identity });
		}
	}
}

const whose = make('input', { id: 'letters-identity', size: 14, placeholder: 'device:4711', autocomplete: 'off', spellcheck: 'false' });
const state = make('select', { id: 'letters-state', autocomplete: 'off' }, new Option('any', ''),
	...STATES.map((each) => new Option(each, each)));
const first = make('button', { type: 'button', id: 'letters-first' }, 'First page');
const next = make('button', { type: 'button', id: 'letters-next' }, 'Next page');
const postLetter = make('button', { type: 'button', id: 'post-letter' }, 'Post a letter…');
const problem = make('p', { id: 'letters-problem', class: 'notice', role: 'status', 'data-tone': 'warn', hidden: true });

function query() {
	const asked = new URLSearchParams({ identity: identity(), size: SIZE });
	if (inAddress('letters-state')) {
		asked.set('state', inAddress('letters-state'));
	}
	if (before.length > 0) {
		asked.set('after', before.at(-1));
	}
	return asked.toString();
}

function turnTo(pages) {
	before = pages;
	refresh();
}

/** What the address had last. */
let listed = null;

/** The address may be that of another list. */
function follows() {
	const now = [identity(), inAddress('letters-state')].join('\n');
	if (now !== listed) {
		listed = now;
		if (document.activeElement !== whose) {
			whose.value = identity();
		}
		state.value = inAddress('letters-state');
		turnTo([]);
	}
}

export default {
	id: 'letters',
	title: 'Letters',
	place: 42,
	endpoint: 'socketmailbox',
	endpoints: ['socketmailbox', 'health'],
	probes: {
		postLetters: ['POST', 'socketmailbox', '', {}],
		cancelLetters: ['DELETE', 'socketmailbox', '']
	},

	begin(section, refreshNow) {
		refresh = refreshNow;
		section.append(
			make('div', { class: 'controls', role: 'group', 'aria-label': 'Which letters' },
				make('label', {}, 'Identity ', whose), make('label', {}, 'State ', state), first, next, postLetter),
			problem, table.element);
		let typing;
		whose.addEventListener('input', () => {
			clearTimeout(typing);
			typing = setTimeout(() => toAddress({ 'letters-identity': whose.value.trim() }), TYPING_MILLIS);
		});
		state.addEventListener('change', () => toAddress({ 'letters-state': state.value }));
		first.addEventListener('click', () => turnTo([]));
		next.addEventListener('click', () => turnTo([...before, lastOfPage]));
		postLetter.addEventListener('click', post);
		follow(follows);
		follows();
	},

	questions: () => [
		identity() ? ask('GET', `${href('socketmailbox')}?${query()}`) : null,
		has('health') ? ask('GET', href('health', 'socketMailbox')) : null
	],

	async show([answer, health]) {
		const { status, details } = (health && json(health)) ?? {};
		outage = (status === 'DOWN') ? details?.since ?? '' : null;
		const found = (answer?.status === 200) ? json(answer).letters : [];
		hide(problem, !answer || answer.status === 200);
		if (answer && answer.status !== 200) {
			show(problem, reason(answer));
		}
		hide(postLetter, !may('postLetters'));
		lastOfPage = found.at(-1)?.key ?? null;
		// A button that has the focus hands it on before it is disabled.
		for (const [button, off] of [[first, before.length === 0], [next, found.length < SIZE]]) {
			if (off && document.activeElement === button) {
				byId('letters-title').focus();
			}
			button.disabled = off;
		}
		await table.show(found);
	},

	attention: () => (outage === null) ? [] : [{
		section: 'letters', kind: 'mailbox', name: '', about: 'store', tone: 'down', page: 'mailbox.md',
		text: `cannot use its store${outage && ` since ${outage}`}: nothing is posted or delivered.`
	}]
};
