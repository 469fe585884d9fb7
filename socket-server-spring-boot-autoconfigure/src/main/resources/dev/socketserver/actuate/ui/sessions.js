/*
 * The list of sessions, one page at a time: however many there are, a page is all that is asked for and shown.
 */

import { ask, has, href, json, may, reason } from './actuator.js';
import { change, done, problem, sure } from './dialogs.js';
import { badge, byId, enable, hide, reconcile, row, show } from './dom.js';
import { age, bytes, count, numbers, tone } from './format.js';
import { isOpen, openSession, tapSession } from './session.js';

/** Most sessions that one request closes. */
const CLOSED_AT_ONCE = 1000;

const FILTERS = ['server', 'remote', 'bound', 'group', 'state'];

const TYPING_MILLIS = 300;

const rows = new Map();

/** The last sessions of the pages before this one; in another order than usual, their number counts. */
let before = [];
let lastOfPage = null;
let total = 0;

let refresh = () => {};

const control = (name) => byId('filter-' + name);
const ended = () => control('state').value === 'ended';
const ofCluster = () => byId('scope').checked && has('socketcluster');

/** The filters that are set, without the one for those that have ended. */
function filters() {
	const query = new URLSearchParams();
	for (const name of FILTERS) {
		const value = control(name).value.trim();
		if (value && !(name === 'state' && ended())) {
			query.set(name, value);
		}
	}
	return query;
}

/** What is shown. */
function query() {
	const asked = filters();
	if (ended()) {
		asked.set('closed', 'true');
	}
	if (ofCluster()) {
		asked.set('scope', 'cluster');
	}
	asked.set('size', byId('size').value);
	if (byId('sort').value) {
		asked.set('sort', byId('sort').value);
		asked.set('page', String(before.length));
	}
	else if (before.length > 0) {
		asked.set('after', before.at(-1));
	}
	return asked.toString();
}

/** Asks for what is shown: [the answer, the query]. */
export function questions() {
	const asked = query();
	return has('socketsessions') ? [ask('GET', `${href('socketsessions')}?${asked}`), asked] : [];
}

/** Shows an answer, unless somebody has turned the page meanwhile. */
export function showSessions(answer, asked) {
	if (asked !== query()) {
		refresh();
		return;
	}
	hide(byId('scope').parentElement, !has('socketcluster'));
	const found = (answer.status === 200) ? json(answer) : null;
	if (!found && before.length > 0) {
		// Where that page began is no longer known.
		turnTo([]);
		return;
	}
	hide(byId('filter-problem'), Boolean(found));
	if (!found) {
		show(byId('filter-problem'), reason(answer));
	}
	showPage(found ?? { sessions: [], page: { total: 0, size: 1 } });
}

function showPage({ sessions, page, missing }) {
	total = page.total;
	reconcile(byId('sessions').tBodies[0], rows, sessions, (session) => session.id, sessionRow);
	hide(byId('no-sessions'), sessions.length > 0);
	hide(byId('missing'), !missing?.length);
	show(byId('missing'), `Without the sessions of nodes that did not answer: ${missing?.join(', ')}`);
	lastOfPage = sessions.at(-1)?.id ?? null;
	show(byId('place'), `Page ${before.length + 1}, ${numbers.format(sessions.length)} of ${numbers.format(page.total)}`);
	const buttons = ['first', 'previous', 'next'].map(byId);
	enable(buttons, (action) => (action === 'next') ? sessions.length === page.size : before.length > 0);
	hide(byId('close-all'), !may('closeSessions') || ended() || filters().size === 0);
	byId('close-all').disabled = total === 0 && document.activeElement !== byId('close-all');
}

const fits = (session) => (action) => {
	switch (action) {
		case 'pause':
			return !session.closed && !session.readsPaused;
		case 'resume':
			return !session.closed && session.readsPaused;
		default:
			return !session.closed;
	}
};

const offered = (action) => {
	switch (action) {
		case 'close':
			return may('closeSession');
		case 'tap':
			return may('startTaps');
		default:
			return may('changeSessions');
	}
};

/** What ended it says more than that it is closed. */
function state(session) {
	if (session.state === 'CLOSED') {
		return session.closed?.reason ?? session.state;
	}
	return (session.readsPaused && session.state === 'OPEN') ? 'PAUSED' : session.state;
}

function sessionRow({ id }) {
	const { element, cells, buttons } = row('session-row', offered);
	show(cells.id, id);
	element.dataset.session = id;
	cells.id.addEventListener('click', () => openSession(id, cells.id));
	for (const button of buttons) {
		button.setAttribute('aria-label', `${button.textContent} session ${id}`);
		button.addEventListener('click', () => changeSession(id, button.dataset.action));
	}
	return {
		element,
		show(session) {
			cells.id.setAttribute('aria-expanded', String(isOpen(id)));
			show(cells.server, session.server);
			show(cells.peer, session.remoteAddress);
			show(cells.who, [...session.bound, session.principal].filter(Boolean).join(', '));
			badge(cells.state, state(session), tone(state(session)));
			show(cells.detail, session.closed?.detail ?? '');
			show(cells.age, age(session.openedAt, session.closed?.at));
			show(cells.received, numbers.format(session.messages.received));
			show(cells.sent, numbers.format(session.messages.sent));
			show(cells.waiting, `${numbers.format(session.pending.inbound)} in, ${bytes(session.pending.outboundBytes)} out`);
			enable(buttons, fits(session));
		}
	};
}

async function changeSession(id, action) {
	if (action === 'tap') {
		await tapSession(id);
	}
	else if (action !== 'close') {
		await change(`${action} session ${id}`, 'POST', href('socketsessions', id), { action });
	}
	else if (await sure(`Close session ${id}?`, 'Close')) {
		await change(`close session ${id}`, 'DELETE', href('socketsessions', id));
	}
}

/** Closes what the filter shows, on all pages and nodes, but no more than the person was told. */
async function closeAll() {
	const chosen = filters();
	const told = total;
	const which = [...chosen].map(([name, value]) => `${name} ${value}`).join(', ') + (ofCluster() ? ', of all nodes' : '');
	if (ofCluster()) {
		chosen.set('scope', 'cluster');
	}
	if (!await sure(`Close ${count(told, 'open session')} with ${which}?`, `Close ${numbers.format(told)}`)) {
		return;
	}
	try {
		const { closed, missing } = await closeAtOnce(chosen, told);
		done(`close sessions with ${which}: ${count(closed, 'session')} closed.`);
		if (missing.size > 0) {
			problem(`close sessions with ${which}: these nodes did not answer: ${[...missing].join(', ')}`);
		}
	}
	catch (error) {
		problem(`close sessions with ${which}: ${error.message}`);
	}
	refresh();
}

async function closeAtOnce(chosen, told) {
	let closed = 0;
	const missing = new Set();
	while (closed < told) {
		chosen.set('max', String(Math.min(CLOSED_AT_ONCE, told - closed)));
		const answer = await ask('DELETE', `${href('socketsessions')}?${chosen}`);
		if (answer.status !== 200) {
			throw new Error(reason(answer));
		}
		const now = json(answer);
		now.missing?.forEach((node) => missing.add(node));
		if (now.closed === 0) {
			break;
		}
		closed += now.closed;
	}
	return { closed, missing };
}

function turnTo(pages) {
	before = pages;
	lastOfPage = null;
	refresh();
}

/** Connects what a person does here. */
export function begin(refreshNow) {
	refresh = refreshNow;
	let typing;
	for (const name of FILTERS) {
		control(name).addEventListener('input', () => {
			clearTimeout(typing);
			typing = setTimeout(() => turnTo([]), (control(name).tagName === 'SELECT') ? 0 : TYPING_MILLIS);
		});
	}
	for (const id of ['sort', 'size', 'scope']) {
		byId(id).addEventListener('change', () => turnTo([]));
	}
	byId('filter-clear').addEventListener('click', () => {
		FILTERS.forEach((name) => {
			control(name).value = '';
		});
		turnTo([]);
	});
	byId('first').addEventListener('click', () => turnTo([]));
	byId('previous').addEventListener('click', () => turnTo(before.slice(0, -1)));
	byId('next').addEventListener('click', () => {
		if (lastOfPage) {
			turnTo([...before, lastOfPage]);
		}
	});
	byId('close-all').addEventListener('click', closeAll);
}
