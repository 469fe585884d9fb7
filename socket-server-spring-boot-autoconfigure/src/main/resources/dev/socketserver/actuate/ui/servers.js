/*
 * The servers, the details of one, and what can be done with them.
 */

import { ask, has, href, may } from './actuator.js';
import { draw } from './charts.js';
import { change, sure } from './dialogs.js';
import { badge, byId, enable, facts, hide, listing, options, reconcile, row, show } from './dom.js';
import { bytes, count, counts, moment, numbers, perSecond, tone, traffic } from './format.js';
import { History, Rates } from './rates.js';
import { refusedBy, REFUSED } from './refusals.js';

const FITS = {
	pause: ['RUNNING'],
	resume: ['PAUSED'],
	drain: ['RUNNING', 'PAUSED'],
	restart: ['RUNNING', 'PAUSED'],
	stop: ['STARTING', 'RUNNING', 'PAUSED', 'DRAINING', 'FAILED'],
	start: ['STOPPED', 'FAILED']
};

const TIMEOUT = { name: 'timeout', label: 'Time for sessions to end', hint: 'its drain-timeout' };

const SESSIONS = { name: 'sessions', label: 'Sessions', options: [['', 'end'], ['keep', 'go on; only the port closes']] };

const rates = new Rates();
const history = new History();
const rows = new Map();

/** Whose details are open, or null. */
let open = null;

let refresh = () => {};

/** What servers and clients have in common. */
export function showCells(cells, item) {
	badge(cells.state, item.state, tone(item.state));
	badge(cells.health, item.health, tone(item.health));
	show(cells.received, item.rates && traffic(item.rates.messagesIn, item.rates.bytesIn));
	show(cells.sent, item.rates && traffic(item.rates.messagesOut, item.rates.bytesOut));
}

/** Asks for what is shown. */
export function questions() {
	return has('socketservers') ? [
		ask('GET', href('socketservers')),
		has('health') ? ask('GET', href('health', 'socketServers')) : null,
		(open && has('prometheus')) ? ask('GET', href('prometheus') + '?includedNames=' + REFUSED.replace('_total', '')) : null
	] : [];
}

/** Shows the servers. */
export function showServers(servers, health, refused, now) {
	rates.measure(servers, health, now);
	history.add(servers, now);
	reconcile(byId('servers').tBodies[0], rows, servers, (server) => server.name, serverRow);
	hide(byId('no-servers'), servers.length > 0);
	const names = servers.map((server) => server.name);
	options(byId('filter-server'), names);
	options(byId('charted'), names);
	draw(history.of(byId('charted').value), now);
	showDetails(servers.find(({ name }) => name === open), refused && open ? refusedBy(open, refused) : null);
}

/** Forgets rates, which the time without an answer has made meaningless. */
export const forgetRates = () => rates.keep([]);

function serverRow({ name }) {
	const { element, cells, buttons } = row('server-row', () => may('changeServers'));
	let current = null;
	show(cells.name, name);
	cells.name.addEventListener('click', () => {
		open = (open === name) ? null : name;
		refresh();
	});
	for (const button of buttons) {
		const action = button.dataset.action;
		button.setAttribute('aria-label', `${button.textContent} server ${name}`);
		button.addEventListener('click', () => changeServer(current, action));
	}
	return {
		element,
		show(server) {
			current = server;
			element.dataset.server = server.name;
			cells.name.setAttribute('aria-expanded', String(server.name === open));
			showCells(cells, server);
			cells.state.title = drained(server);
			show(cells.address, server.address);
			show(cells.active, numbers.format(server.sessions.active));
			show(cells.accepted, server.rates && perSecond(server.rates.accepted));
			enable(buttons, (action) => FITS[action].includes(server.state));
		}
	};
}

const drained = ({ drain }) => drain ? `${drain.left} of ${drain.of} sessions are left; ends ${moment(drain.endsAt)}` : '';

function showDetails(server, refused) {
	hide(byId('server'), !server);
	if (!server) {
		return;
	}
	show(byId('server-title'), `Server ${server.name}`);
	facts('server-facts', [
		['State', server.state],
		['Health', server.health],
		['Failure', server.failure],
		['Draining', drained(server) || null],
		['Address', server.address],
		['Listens since', moment(server.startedAt)],
		['Handler', server.handler],
		['Framing', server.framing],
		['Transport', server.transport],
		['TLS', server.ssl],
		['Open sessions', numbers.format(server.sessions.active)],
		['Accepted', numbers.format(server.sessions.accepted)],
		['Messages', `${numbers.format(server.messages.received)} received, ${numbers.format(server.messages.sent)} sent`],
		['Bytes', `${bytes(server.bytes.received)} received, ${bytes(server.bytes.sent)} sent`]
	]);
	listing('closed', counts(Object.entries(server.sessions.closed)), true);
	// Without the meters only their sum is known.
	listing('rejected', counts(refused ?? [['all reasons', server.sessions.rejected]]), true);
}

function question(server, action) {
	const sessions = count(server.sessions.active, 'open session');
	switch (action) {
		case 'stop':
			return [`Stop server ${server.name}, and end its ${sessions}?`, 'Stop', [TIMEOUT, SESSIONS]];
		case 'restart':
			return [`Restart server ${server.name}, and end its ${sessions}?`, 'Restart', [TIMEOUT, SESSIONS]];
		case 'drain':
			return [`Drain server ${server.name}? Its ${sessions} may end by themselves until the time is over.`, 'Drain', [
				TIMEOUT,
				// What tells how far a drain is can also be told how to.
				...('drain' in server) ? [
					{ name: 'delay', label: 'Go on accepting for', hint: 'as configured' },
					{ name: 'over', label: 'End sessions evenly over', hint: 'as configured' },
					{ name: 'order', label: 'First of them', options: [['', 'as configured'], ['idle-first', 'the idle'],
						['oldest', 'the oldest'], ['random', 'any']] }
				] : []
			]];
		default:
			return null;
	}
}

async function changeServer(server, action) {
	const asked = question(server, action);
	const entered = asked ? await sure(...asked) : {};
	if (entered) {
		await change(`${action} server ${server.name}`, 'POST', href('socketservers', server.name), { action, ...entered },
			(answer) => `${action} server ${server.name}: it is ${answer?.state ?? 'done'}.`);
	}
}

/** Connects what a person does here. */
export function begin(refreshNow) {
	refresh = refreshNow;
	byId('charted').addEventListener('change', () => draw(history.of(byId('charted').value), performance.now()));
	byId('server-leave').addEventListener('click', () => {
		const opener = rows.get(open)?.element.querySelector('.open') ?? byId('servers-title');
		open = null;
		opener.focus();
		refresh();
	});
}
