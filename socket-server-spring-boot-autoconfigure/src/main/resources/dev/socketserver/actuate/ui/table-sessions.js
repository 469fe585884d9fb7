/*
 * The list of sessions, one page at a time: however many there are, a page is all that is asked for and shown.
 */

import { ask, clustered, href, json, may, reason } from './actuator.js';
import { follow, inAddress, toAddress } from './address.js';
import { sure } from './dialogs.js';
import { byId, hide, make, options, show } from './dom.js';
import { age, bytes, count, millis, numbers, parts, tone } from './format.js';
import { beginDetails, detailsQuestion, sessionActions, sessionState, showSession } from './session.js';
import { done, problem } from './notices.js';
import { endings } from './reasons.js';
import { Table } from './table.js';
import { serverNames, servers } from './table-servers.js';
import { viewAddress } from './views.js';

/** Most sessions that one request closes. */
const CLOSED_AT_ONCE = 1000;

const FILTERS = ['server', 'listener', 'remote', 'bound', 'group', 'state'];

/** Those of them that are typed. */
const TYPED = ['listener', 'remote', 'bound', 'group'];

/** Where the page itself looks for a reason: at so many that have ended, with a question for each page of them. */
const ENDED_AT_ONCE = '500';
const PAGES_AT_ONCE = 4;

const TYPING_MILLIS = 300;

const SIZES = ['10', '50', '100'];

const STATES = [['', 'open, all'], ['OPEN', 'open, served'], ['PAUSED', 'open, paused'], ['STALLED', 'open, stalled'],
	['CLOSING', 'closing'], ['ended', 'ended']];

const ORDERS = [['', 'as they opened'], ['pending', 'most waiting first'], ['handler-time', 'most handler time first'],
	['bytes', 'most bytes first'], ['age', 'oldest first']];

/** The last sessions of the pages before this one; in another order than usual, their number counts. */
let before = [];
let lastOfPage = null;
let total = 0;

let refresh = () => {};

const inList = (name) => inAddress(`sessions-${name}`);
const ended = () => inList('state') === 'ended';

/** Why those have ended that are wanted; the application does not choose by it. */
const reasonWanted = () => ended() ? inList('reason') : '';

const ofCluster = () => Boolean(inList('scope')) && clustered();
const size = () => SIZES.includes(inList('size')) ? inList('size') : '50';

const select = (id, entries) => make('select', { id, autocomplete: 'off' }, ...entries.map(([key, text]) => new Option(text, key)));

const typed = (id, width, hint) => make('input', { id, size: width, placeholder: hint, autocomplete: 'off', spellcheck: 'false' });

const button = (id, text, grave) => make('button', { type: 'button', id, 'data-action': id, class: grave ? 'grave' : '' }, text);

/** What a person chooses by, by its name in the address. */
const controls = {
	server: select('filter-server', [['', 'all']]),
	state: select('filter-state', STATES),
	reason: select('filter-reason', [['', 'any'], ...endings().map((each) => [each, each])]),
	listener: typed('filter-listener', 8, ''),
	bound: typed('filter-bound', 14, 'device:4711'),
	group: typed('filter-group', 10, ''),
	remote: typed('filter-remote', 14, '192.0.2.0/24'),
	scope: make('input', { type: 'checkbox', id: 'scope', autocomplete: 'off' }),
	sort: select('sort', ORDERS),
	size: select('size', SIZES.map((each) => [each, each]))
};

const label = (text, control) => make('label', {}, `${text} `, control);

const scope = make('label', { class: 'choice' }, controls.scope, ' All nodes');
const ofReason = label('Reason', controls.reason);
const ofListener = label('Listener', controls.listener);
const clear = button('filter-clear', 'Clear');
const closeAll = button('close-all', 'Close these sessions…', true);
const turns = [button('first', 'First page'), button('previous', 'Previous page'), button('next', 'Next page')];

const table = new Table({
	id: 'sessions',
	kind: 'session',
	key: ({ id }) => id,
	details: true,
	empty: 'There are no sessions here.',
	columns: [
		{ id: 'id', title: 'Session', text: ({ id }) => id },
		{ id: 'server', title: 'Server', card: true, text: ({ server }) => server, way: ({ server }) => viewAddress({ server }) },
		{ id: 'peer', title: 'Peer', card: 'less', text: ({ remoteAddress }) => remoteAddress },
		{ id: 'who', title: 'Identity', fold: true, card: true, foreign: true,
			text: ({ bound, principal }) => [...bound, principal].filter(Boolean).join(', ') },
		{ id: 'state', title: 'State', card: true, text: sessionState, badge: (session) => tone(sessionState(session)) },
		{ id: 'detail', title: 'Detail', fold: true, card: true, foreign: true, text: ({ closed }) => closed?.detail ?? '' },
		{ id: 'ended', title: 'Ended', number: true, card: true, fold: true, text: ({ closed }) => closed ? `${age(closed.at)} ago` : '' },
		{ id: 'age', title: 'Age', number: true, card: true, asked: 'age', text: ({ openedAt, closed }) => age(openedAt, closed?.at) },
		{ id: 'received', title: 'Messages in', number: true, card: 'less', text: ({ messages }) => numbers.format(messages.received) },
		{ id: 'sent', title: 'Messages out', number: true, text: ({ messages }) => numbers.format(messages.sent) },
		{ id: 'bytes', title: 'Bytes', number: true, asked: 'bytes', text: (session) => bytes(session.bytes.received + session.bytes.sent) },
		{ id: 'handler', title: 'Handler time', number: true, asked: 'handler-time', fold: true,
			text: ({ handlerMillis }) => (handlerMillis === undefined) ? '' : millis(handlerMillis) },
		{ id: 'waiting', title: 'Waiting', number: true, asked: 'pending',
			text: ({ pending }) => parts([pending.inbound, `${numbers.format(pending.inbound)} in`],
				[pending.outboundBytes, `${bytes(pending.outboundBytes)} out`]) }
	],
	...sessionActions
});

/** The filters that are set, without the one for those that have ended. */
function filters() {
	const query = new URLSearchParams();
	for (const name of FILTERS) {
		const value = inList(name).trim();
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
	asked.set('size', reasonWanted() ? ENDED_AT_ONCE : size());
	if (inList('sort')) {
		asked.set('sort', inList('sort'));
		asked.set('page', String(before.length));
	}
	else if (before.length > 0) {
		asked.set('after', before.at(-1));
	}
	return asked.toString();
}

/** Asks for what is shown: {answer, found}. */
async function list(asked) {
	const address = `${href('socketsessions')}?${asked}`;
	const answer = await ask('GET', address);
	const found = (answer.status === 200) ? json(answer) : null;
	// In an order there is nothing behind which a page begins.
	if (found && reasonWanted() && !inList('sort')) {
		await goOn(address, found.sessions, found.page.total);
	}
	return { answer, found };
}

/** Adds the pages that follow. A page may be short; what was refused, without an id, stands behind all sessions. */
async function goOn(address, sessions, all) {
	for (let pages = 1; pages < PAGES_AT_ONCE && sessions.length < all && sessions.at(-1)?.id; pages++) {
		const next = await ask('GET', `${address}&after=${encodeURIComponent(sessions.at(-1).id)}`);
		const more = (next.status === 200) ? json(next).sessions : [];
		if (more.length === 0) {
			return;
		}
		sessions.push(...more);
	}
}

/** Shows an answer, unless somebody has turned the page meanwhile. */
async function showSessions({ answer, found }, asked) {
	if (asked !== query()) {
		refresh();
		return;
	}
	hide(scope, !clustered());
	if (!found && before.length > 0) {
		// Where that page began is no longer known.
		turnTo([]);
		return;
	}
	hide(byId('filter-problem'), Boolean(found));
	if (!found) {
		show(byId('filter-problem'), reason(answer));
	}
	await showPage(ofThatReason(found ?? { sessions: [], page: { total: 0, size: 1 } }));
}

function ofThatReason(answer) {
	if (!reasonWanted()) {
		return answer;
	}
	const sessions = answer.sessions.filter(({ closed }) => closed?.reason === reasonWanted());
	const all = answer.sessions.at(-1)?.id ? answer.page.total : 0;
	const among = (answer.sessions.length < all) ? `, among ${numbers.format(answer.sessions.length)} of ${numbers.format(all)} that have ended` : '';
	return { ...answer, sessions, page: { total: sessions.length, size: sessions.length + 1, among } };
}

async function showPage({ sessions: listed, page, missing }) {
	// What was refused stands behind all sessions, has no id, and is shown by the server.
	const sessions = listed.filter(({ id }) => id);
	total = page.total - (listed.length - sessions.length);
	await table.show(sessions);
	hide(byId('missing'), !missing?.length);
	show(byId('missing'), `Without the sessions of nodes that did not answer: ${missing?.join(', ')}`);
	lastOfPage = sessions.at(-1)?.id ?? null;
	show(byId('place'), `Page ${before.length + 1}, ${numbers.format(sessions.length)} of ${numbers.format(total)}${page.among ?? ''}`);
	const more = sessions.length === page.size;
	// A button that has the focus hands it on before it is disabled.
	if ((document.activeElement === turns[2]) ? !more : (turns.includes(document.activeElement) && before.length === 0)) {
		byId('sessions-title').focus();
	}
	turns.forEach((turn, i) => {
		turn.disabled = (i === 2) ? !more : before.length === 0;
	});
	// Nothing can be done with those that have ended.
	table.element.classList.toggle('looking-only', ended());
	hide(closeAll, !may('closeSessions') || ended() || filters().size === 0);
	closeAll.disabled = total === 0 && document.activeElement !== closeAll;
}

/** Closes what the filter shows, on all pages and nodes, but no more than the person was told. */
async function closeThese() {
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

/** All that is chosen, for the address: what was typed a moment ago, too. */
function chosen() {
	const values = Object.entries(controls).map(([name, control]) => [`sessions-${name}`, control.value.trim()]);
	return {
		...Object.fromEntries(values),
		'sessions-reason': (controls.state.value === 'ended') ? controls.reason.value : '',
		'sessions-scope': controls.scope.checked ? 'cluster' : '',
		'sessions-size': (controls.size.value === '50') ? '' : controls.size.value
	};
}

/** What the address had last. */
let listed = null;

/** The address may be that of another list. */
function follows() {
	const now = Object.keys(controls).map(inList).join('\n');
	hide(ofReason, !ended());
	hide(ofListener, !inList('listener') && document.activeElement !== controls.listener);
	if (now !== listed) {
		listed = now;
		for (const [name, control] of Object.entries(controls)) {
			if (name === 'scope') {
				control.checked = Boolean(inList(name));
			}
			else if (document.activeElement !== control) {
				if (name === 'server' && inList(name)) {
					options(control, [...new Set([...serverNames(), inList(name)])]);
				}
				control.value = (name === 'size') ? size() : inList(name);
			}
		}
		turnTo([]);
	}
}

export default {
	id: 'sessions',
	title: 'Sessions',
	place: 40,
	endpoint: 'socketsessions',
	endpoints: ['socketsessions'],
	probes: {
		changeSessions: ['POST', 'socketsessions', '/-', {}],
		closeSession: ['DELETE', 'socketsessions', '/-'],
		closeSessions: ['DELETE', 'socketsessions', '']
	},

	begin(section, refreshNow) {
		refresh = refreshNow;
		section.append(
			make('div', { class: 'controls', role: 'group', 'aria-label': 'Which sessions' },
				label('Server', controls.server), ofListener, label('State', controls.state), ofReason, label('Identity', controls.bound),
				label('Group', controls.group), label('Address', controls.remote), scope, clear, closeAll),
			make('p', { id: 'filter-problem', class: 'notice', role: 'status', 'data-tone': 'warn', hidden: true }),
			make('p', { id: 'missing', class: 'notice', role: 'status', 'data-tone': 'warn', hidden: true }),
			make('div', { class: 'controls' }, label('Order', controls.sort), label('Rows', controls.size), ...turns,
				make('span', { id: 'place', class: 'quiet' })),
			table.element);
		hide(scope, true);
		beginDetails((id) => table.opener(id));
		let typing;
		for (const [name, control] of Object.entries(controls)) {
			const slow = TYPED.includes(name);
			control.addEventListener(slow ? 'input' : 'change', () => {
				clearTimeout(typing);
				typing = setTimeout(() => toAddress(chosen()), slow ? TYPING_MILLIS : 0);
			});
		}
		clear.addEventListener('click', () => toAddress(Object.fromEntries([...FILTERS, 'reason'].map((name) => [`sessions-${name}`, '']))));
		turns[0].addEventListener('click', () => turnTo([]));
		turns[1].addEventListener('click', () => turnTo(before.slice(0, -1)));
		turns[2].addEventListener('click', () => {
			if (lastOfPage) {
				turnTo([...before, lastOfPage]);
			}
		});
		closeAll.addEventListener('click', closeThese);
		follow(follows);
		follows();
	},

	questions() {
		const asked = query();
		return [list(asked), asked, ...detailsQuestion()];
	},

	async show([page, asked, detail, whose], now) {
		options(controls.server, [...new Set([...serverNames(), inList('server')].filter(Boolean))]);
		showSession(detail, whose, now);
		await showSessions(page, asked);
	},

	/** Those that are open, whichever of them the list shows. */
	count: () => (servers().length > 0) ? servers().reduce((sum, { sessions }) => sum + sessions.active, 0) : total
};
