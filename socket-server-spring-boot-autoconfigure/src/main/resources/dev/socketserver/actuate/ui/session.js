/*
 * The details of one session, and what can be said to its peer.
 */

import { Actions } from './actions.js';
import { ask, evaluates, has, href, json, may, reason } from './actuator.js';
import { change, sure } from './dialogs.js';
import { docsPage } from './docs.js';
import { byId, facts, hide, listing, make, show, twoColumns } from './dom.js';
import { age, bytes, count, millis, moment, numbers, parts, plain, traffic } from './format.js';
import { problem } from './notices.js';
import { addDetails, opened, showDetails } from './panel.js';
import { Rates } from './rates.js';
import { ending } from './reasons.js';
import { startTap } from './table-taps.js';
import { viewAddress } from './views.js';

/** What ended it says more than that it is closed. */
export function sessionState(session) {
	if (session.state === 'CLOSED') {
		return session.closed?.reason ?? session.state;
	}
	return (session.readsPaused && session.state === 'OPEN') ? 'PAUSED' : session.state;
}

const action = (id, label, fits, right, grave = false) => ({
	id, label, grave, fits: (session) => !session.closed && fits(session), offered: () => may(right), run: (session) => changeSession(session.id, id)
});

/** What can be done with a session. */
export const sessionActions = {
	slots: [
		[action('pause', 'Pause', ({ readsPaused }) => !readsPaused, 'changeSessions'),
			action('resume', 'Resume', ({ readsPaused }) => readsPaused, 'changeSessions')],
		[action('tap', 'Tap', () => true, 'startTaps')]
	],
	menu: [action('close', 'Close', () => true, 'closeSession', true)]
};

async function changeSession(id, what) {
	if (what === 'tap') {
		await startTap({ session: id });
	}
	else if (what !== 'close') {
		await change(`${what} session ${id}`, 'POST', href('socketsessions', id), { action: what });
	}
	else if (await sure(`Close session ${id}?`, 'Close')) {
		await change(`close session ${id}`, 'DELETE', href('socketsessions', id));
	}
}

const rates = new Rates();

const button = (id, text) => make('button', { type: 'button', id }, text);

const details = make('div', { id: 'session' },
	make('p', { id: 'session-gone', class: 'notice', 'data-tone': 'unknown', hidden: true },
		'This session has ended. It was like this when it was last seen.'),
	make('p', { id: 'session-other', class: 'notice', role: 'status', 'data-tone': 'warn', hidden: true },
		'The application has started again. This is another session, with the same id.'),
	make('p', { id: 'session-controls' }),
	make('dl', { id: 'session-facts' }),
	make('div', { id: 'say', class: 'controls spaced', role: 'group', 'aria-label': 'Say to the peer' },
		make('label', {}, 'Text ', make('textarea', { id: 'payload', rows: 1, cols: 30, spellcheck: 'false' })),
		button('send', 'Send'), button('ask', 'Ask'),
		make('label', {}, 'wait ', make('input', { id: 'reply-timeout', size: 3, placeholder: '5s', title: 'For the reply, such as 500ms, 30s or 2m' })),
		button('eval', 'Evaluate')),
	make('pre', { id: 'said', role: 'status', hidden: true }),
	twoColumns('attributes', 'Attributes', 'Name', 'Value', false),
	twoColumns('details', 'What the handler tells', 'Name', 'Value', false),
	make('div', { id: 'recorder', hidden: true },
		make('h3', { id: 'recorder-title' }, 'Its last frames'),
		make('pre', { id: 'recorded', tabIndex: 0, 'aria-labelledby': 'recorder-title' })));

/** What can be done with the one that is shown, by its id. */
let controls = [null, null];

/** Asks for what is shown: [the answer, whose it is]. */
export const detailsQuestion = () => opened('session') ? [ask('GET', href('socketsessions', opened('session'))), opened('session')] : [];

function ended({ closed }) {
	if (!closed) {
		return null;
	}
	const [words, page] = ending(closed.reason);
	return docsPage(page, `${words} See ${page} in the documentation.`.trim());
}

/** Shows the answer, if it still is the one that is open. */
export function showSession(answer, whose, now) {
	const id = opened('session');
	if (!id || whose !== id) {
		return;
	}
	const session = (answer.status === 200) ? json(answer) : null;
	if (!session) {
		// What was seen last stays, if it was this one.
		const seen = details.dataset.name === id;
		hide(byId('session-gone'), false);
		hide(byId('say'), true);
		hide(byId('session-controls'), true);
		showDetails('session', seen, seen ? '' : `There is no session ${id}: it has ended, or has not been.`);
		return;
	}
	if (details.dataset.name !== id) {
		details.dataset.name = id;
		controls = [id, new Actions(`session ${id}`, sessionActions.slots, sessionActions.menu)];
		byId('session-controls').replaceChildren(controls[1].element);
		hide(byId('said'), true);
		hide(byId('session-other'), true);
	}
	else if (details.dataset.opened !== session.openedAt) {
		// Sessions are numbered anew by each run of the application.
		hide(byId('session-other'), false);
	}
	details.dataset.opened = session.openedAt;
	controls[1].show(session);
	showDetails('session', true, '');
	hide(byId('session-gone'), session.state !== 'CLOSED');
	hide(byId('session-controls'), session.closed !== null);
	hide(byId('say'), session.closed !== null || !may('changeSessions'));
	hide(byId('eval'), !evaluates());
	rates.measure([Object.assign(session, { name: session.id })], null, now);
	const handled = session.messages.received - session.pending.inbound;
	facts('session-facts', [
		['Server', { text: session.server, href: viewAddress({ server: session.server }) }],
		['State', session.closed ? session.state : sessionState(session)],
		['Reason', session.closed && [session.closed.reason, session.closed.detail].filter(Boolean).join(': ')],
		['That means', ended(session)],
		['Ended', moment(session.closed?.at)],
		['Reads paused', session.readsPaused ? 'yes' : null],
		['Peer', session.remoteAddress],
		['Local address', session.localAddress],
		['Opened', `${moment(session.openedAt)}, ${age(session.openedAt, session.closed?.at)} ${session.closed ? 'before its end' : 'ago'}`],
		['Identities', session.bound.join(', ') || null],
		['Groups', session.groups.join(', ') || null],
		['Principal', session.principal],
		['Messages', `${numbers.format(session.messages.received)} received, ${numbers.format(session.messages.sent)} sent`],
		['Bytes', `${bytes(session.bytes.received)} received, ${bytes(session.bytes.sent)} sent`],
		['Rates', session.rates && !session.closed ? `${traffic(session.rates.messagesIn, session.rates.bytesIn)} received, `
			+ `${traffic(session.rates.messagesOut, session.rates.bytesOut)} sent` : null],
		['Allowed rate', rate(session)],
		['Handler time', (session.handlerMillis === undefined) ? null : millis(session.handlerMillis)
			+ ((handled > 0) ? `, ${millis(session.handlerMillis / handled)} a message` : '')],
		['Waiting', parts([session.pending.inbound, `${numbers.format(session.pending.inbound)} for the handler`],
			[session.pending.outboundWrites, `${count(session.pending.outboundWrites, 'write')}, ${bytes(session.pending.outboundBytes)} for the peer`])],
		['Requests', session.requests ? numbers.format(session.requests) : null]
	]);
	hide(byId('recorder'), !session.recorded);
	show(byId('recorded'), session.recorded);
	listing('attributes', entries(session.attributes), false);
	listing('details', entries(session.details), false);
}

/** How fast the peer may send, and whether it is held up for that. */
const rate = ({ rate: allowed }) => allowed && ([allowed.messages && `messages ${allowed.messages}`,
	allowed.bytes && `bytes ${allowed.bytes}`, allowed.paused && 'not read from now, since it has sent more'].filter(Boolean).join(', ') || null);

const entries = (values) => Object.entries(values ?? {}).map(([key, value]) => [key, plain(value)]);

const UNITS = { ms: 1, s: 1000, m: 60_000 };

/** The longest that a peer is waited for. */
const MOST_MILLIS = 300_000;

/** How long an answer takes at most: as long as a peer is waited for or expressions may run, and some time around that. */
function patience({ action, timeout = '5s' }) {
	if (action === 'eval') {
		return 20_000;
	}
	const [, number, unit] = /^(\d+)(ms|s|m)$/.exec(timeout) ?? [];
	return 10_000 + (unit ? Math.min(number * UNITS[unit], MOST_MILLIS) : MOST_MILLIS);
}

/** Sends, asks or evaluates what was typed. */
async function say(action) {
	const id = opened('session');
	const payload = byId('payload').value;
	const body = { action, payload };
	if (action === 'ask' && byId('reply-timeout').value.trim()) {
		body.timeout = byId('reply-timeout').value.trim();
	}
	hide(byId('said'), true);
	if (action === 'send') {
		await change(`send to session ${id}`, 'POST', href('socketsessions', id), body);
		return;
	}
	try {
		const answer = await ask('POST', href('socketsessions', id), { body, limit: patience(body) });
		if (answer.status !== 200) {
			problem(`${action} session ${id}: ${reason(answer)}`);
		}
		else if (id === opened('session')) {
			const { reply, details } = json(answer);
			hide(byId('said'), false);
			show(byId('said'), reply ?? entries(details).filter(([, value]) => value !== null && value !== '')
				.map(([key, value]) => `${key}: ${value}`).join('\n'));
		}
	}
	catch (error) {
		problem(`${action} session ${id}: ${error.message}`);
	}
}

/** Connects what a person does here. */
export function beginDetails(origin) {
	addDetails('session', details, origin);
	for (const action of ['send', 'ask', 'eval']) {
		byId(action).addEventListener('click', () => say(action));
	}
}
