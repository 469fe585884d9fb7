/*
 * The details of one session, and what can be said to its peer.
 */

import { ask, evaluates, has, href, json, may, reason } from './actuator.js';
import { change, problem } from './dialogs.js';
import { byId, facts, hide, listing, show } from './dom.js';
import { moment, numbers, plain } from './format.js';
import { startTap } from './taps.js';

/** Whose details are open, or null. */
let open = null;

/** What opened them, and gets the focus back. */
let opener = null;

let refresh = () => {};

export const isOpen = (id) => id === open;

export const tapSession = (id) => startTap({ session: id });

/** Opens the details of a session, or closes them. */
export function openSession(id, by) {
	open = (open === id) ? null : id;
	opener = by;
	hide(byId('session-gone'), true);
	hide(byId('said'), true);
	refresh();
}

/** Asks for what is shown: [the answer, whose it is]. */
export const questions = () =>
	(open && has('socketsessions')) ? [ask('GET', href('socketsessions', open)), open] : [];

export function showSession(answer, asked) {
	if (!open) {
		hide(byId('session'), true);
	}
	if (asked !== open || !open) {
		return;
	}
	const session = (answer.status === 200) ? json(answer) : null;
	if (!session) {
		// What was seen last stays, if it was this one.
		hide(byId('session-gone'), false);
		hide(byId('session'), byId('session').dataset.session !== open);
		hide(byId('say'), true);
		return;
	}
	hide(byId('session'), false);
	byId('session').dataset.session = session.id;
	hide(byId('session-gone'), session.state !== 'CLOSED');
	hide(byId('say'), session.closed !== null || !may('changeSessions'));
	hide(byId('eval'), !evaluates());
	show(byId('session-title'), `Session ${session.id}`);
	facts('session-facts', [
		['Server', session.server],
		['State', session.state],
		['Reads paused', session.readsPaused ? 'yes' : 'no'],
		['Peer', session.remoteAddress],
		['Local address', session.localAddress],
		['Opened', moment(session.openedAt)],
		['Bound to', session.bound.join(', ') || null],
		['Groups', session.groups.join(', ') || null],
		['Principal', session.principal],
		['Messages', `${numbers.format(session.messages.received)} received, ${numbers.format(session.messages.sent)} sent`],
		['Bytes', `${numbers.format(session.bytes.received)} received, ${numbers.format(session.bytes.sent)} sent`],
		['Waiting', `${numbers.format(session.pending.inbound)} for the handler; ${numbers.format(session.pending.outboundWrites)} `
			+ `writes, ${numbers.format(session.pending.outboundBytes)} bytes for the peer`],
		['Requests', numbers.format(session.requests)],
		['Ended', moment(session.closed?.at)],
		['Reason', session.closed && [session.closed.reason, session.closed.detail].filter(Boolean).join(': ')]
	]);
	hide(byId('recorder'), !session.recorded);
	show(byId('recorded'), session.recorded);
	listing('attributes', entries(session.attributes), false);
	listing('details', entries(session.details), false);
}

const entries = (values) => Object.entries(values ?? {}).map(([key, value]) => [key, plain(value)]);

/** Sends, asks or evaluates what was typed. */
async function say(action) {
	const id = open;
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
		const answer = await ask('POST', href('socketsessions', id), { body });
		if (answer.status !== 200) {
			problem(`${action} session ${id}: ${reason(answer)}`);
		}
		else if (id === open) {
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
export function begin(refreshNow) {
	refresh = refreshNow;
	for (const action of ['send', 'ask', 'eval']) {
		byId(action).addEventListener('click', () => say(action));
	}
	byId('session-leave').addEventListener('click', () => {
		open = null;
		(opener?.isConnected ? opener : byId('sessions-title')).focus();
		refresh();
	});
}
