/*
 * The servers, the details of one, and what can be done with them.
 */

import { Actions } from './actions.js';
import { ask, has, href, json, may, needed } from './actuator.js';
import { inAddress, toAddress } from './address.js';
import { Chart, SmallChart } from './charts.js';
import { change, sure } from './dialogs.js';
import { byId, facts, listing, make, options, twoColumns } from './dom.js';
import { age, bytes, bytesPerSecond, clock, count, counts, moment, numbers, perSecond, setting, significant, tone, traffic, whole } from './format.js';
import { configured, lately, pastOf, pastOfAll, pointsVersion } from './history.js';
import { listeners, showListeners } from './listeners.js';
import { addDetails, opened, showDetails } from './panel.js';
import { Rates } from './rates.js';
import { ALARMS, ending, refusal, trouble } from './reasons.js';
import { refusedBy, REFUSED } from './refusals.js';
import { Settings } from './settings.js';
import { Table } from './table.js';
import { sessionsAddress } from './views.js';

const FORMAT = 'such as 500ms, 30s or 2m';

/** A field for a time, which shows what is configured. */
const time = (name, label, known) => ({
	name, label, hint: (known === undefined) ? 'as configured' : setting(known),
	help: `${FORMAT}; ${(known === undefined) ? 'as configured' : setting(known)} if left empty`
});

const ORDERS = { 'idle-first': 'idle first', oldest: 'oldest first', random: 'random' };

const SESSIONS = { name: 'sessions', label: 'Sessions', options: [['', 'end'], ['keep', 'go on; only the port closes']] };

/** What there is to see of servers over time: title, unit, format, and [figure, word] of each line. */
const CHARTS = [
	['Sessions', 'open', whole, [['sessions', '']]],
	['Messages', 'per second', perSecond, [['messagesIn', 'received'], ['messagesOut', 'sent']]],
	['Bytes', 'per second', bytesPerSecond, [['bytesIn', 'received'], ['bytesOut', 'sent']]],
	['Connections', 'per second', perSecond, [['accepted', 'accepted'], ['rejected', 'refused']]],
	['Handlers', 'at work', (micros) => significant(micros / 1e6), [['handlerMicros', '']]]
];

const rates = new Rates();

const action = (id, label, states, grave = false) => ({
	id, label, grave,
	fits: ({ state }) => states.includes(state),
	offered: () => may('changeServers'),
	run: (server) => changeServer(server, id)
});

const SLOTS = [
	[action('pause', 'Pause', ['RUNNING']), action('resume', 'Resume', ['PAUSED']),
		{ ...action('end-drain', 'End now', [], true), fits: ({ state, drain }) => state === 'DRAINING' && Boolean(drain) }],
	[action('stop', 'Stop', ['STARTING', 'RUNNING', 'PAUSED', 'DRAINING'], true), action('start', 'Start', ['STOPPED', 'FAILED'])]
];

const MENU = [
	action('drain', 'Drain', ['RUNNING', 'PAUSED'], true),
	action('restart', 'Restart', ['RUNNING', 'PAUSED'], true)
];

const small = new WeakMap();

function drawSmall(cell, { name }) {
	if (!small.has(cell)) {
		small.set(cell, new SmallChart(cell, `Messages received by ${name}`, perSecond));
	}
	const { times, figures } = pastOf('servers', name);
	small.get(cell).draw(pointsVersion(), times, figures.messagesIn);
}

const table = new Table({
	id: 'servers',
	kind: 'server',
	key: ({ name }) => name,
	details: true,
	empty: 'There are no servers.',
	columns: [
		{ id: 'name', title: 'Name', text: ({ name }) => name, sort: ({ name }) => name },
		{ id: 'state', title: 'State', card: true, text: ({ state }) => state, badge: ({ state }) => tone(state),
			beside: left, meter: progress, sort: ({ state }) => state },
		{ id: 'health', title: 'Health', fold: true, text: ({ health }) => health, badge: ({ health }) => tone(health),
			sort: ({ health }) => health },
		{ id: 'active', title: 'Sessions', number: true, card: true, text: ({ sessions }) => numbers.format(sessions.active),
			sort: ({ sessions }) => sessions.active, beside: ofLimit, way: ({ name }) => has('socketsessions') ? sessionsAddress({ server: name }) : null },
		{ id: 'chart', title: '15 minutes', draw: drawSmall, tight: true },
		{ id: 'accepted', title: 'Accepted', number: true, text: (server) => server.rates && perSecond(server.rates.accepted),
			sort: (server) => server.rates?.accepted ?? 0 },
		{ id: 'received', title: 'Received', number: true, card: true,
			text: (server) => server.rates && traffic(server.rates.messagesIn, server.rates.bytesIn),
			sort: (server) => server.rates?.messagesIn ?? 0 },
		{ id: 'sent', title: 'Sent', number: true,
			text: (server) => server.rates && traffic(server.rates.messagesOut, server.rates.bytesOut),
			sort: (server) => server.rates?.messagesOut ?? 0 },
		{ id: 'address', title: 'Address', text: ({ address }) => address }
	],
	slots: SLOTS,
	menu: MENU
});

const charts = CHARTS.map(([title, unit, format]) => new Chart(title, unit, format));
const ofOne = CHARTS.map(([title, unit, format]) => new Chart(title, unit, format));

/** What can be done with the one whose details are open, by its name. */
let controls = [null, null];

let refresh = () => {};
let shown = [];

function drained({ drain }) {
	return drain ? `${numbers.format(drain.left)} of ${count(drain.of, 'session')} left, until ${clock(Date.parse(drain.endsAt))}, `
		+ `${age(new Date().toISOString(), drain.endsAt)} to go` : '';
}

/** What is left of a drain, for its row. */
function left({ drain }) {
	return drain ? `${numbers.format(drain.left)} of ${numbers.format(drain.of)} left, until ${clock(Date.parse(drain.endsAt))}` : '';
}

function progress({ name, drain }) {
	return drain ? { done: drain.of - drain.left, of: drain.of, label: `Drain of server ${name}: ${left({ drain })}` } : null;
}

function ofLimit({ name }) {
	const limit = configured(name)?.sessions;
	return limit ? `of ${numbers.format(limit)}` : '';
}

const others = make('select', { id: 'compared', autocomplete: 'off' }, new Option('no other server', ''));

const settings = new Settings('servers', 'server');

const details = make('div', { id: 'server' },
	make('p', { id: 'server-controls' }),
	make('dl', { id: 'server-facts' }),
	listeners,
	make('p', { class: 'controls spaced' }, make('label', {}, 'Compare with ', others)),
	make('div', { id: 'server-charts', role: 'group', 'aria-label': 'The last fifteen minutes of this server' },
		...ofOne.map(({ element }) => element)),
	twoColumns('closed', 'Sessions that ended', 'Reason', 'How many', true),
	twoColumns('rejected', 'Connections refused', 'Reason', 'How many', true),
	settings.element);

function draw() {
	const { times, figures } = pastOfAll();
	CHARTS.forEach(([, , , lines], i) => charts[i].draw(times, lines.map(([figure, word]) => [word, figures[figure]])));
	const name = opened('server');
	if (name) {
		const other = inAddress('with');
		const own = pastOf('servers', name);
		const beside = other ? pastOf('servers', other) : null;
		CHARTS.forEach(([, , , lines], i) => ofOne[i].draw(own.times, [
			...lines.map(([figure, word]) => [beside ? `${word} ${name}`.trim() : word, own.figures[figure]]),
			...beside ? lines.map(([figure, word]) => [`${word} ${other}`.trim(), beside.figures[figure]]) : []
		]));
	}
}

function showServer(refused) {
	const name = opened('server');
	if (!name) {
		return;
	}
	const server = shown.find((each) => each.name === name);
	showDetails('server', server, server ? '' : `There is no server ${name}.`);
	if (!server) {
		return;
	}
	details.dataset.name = name;
	if (controls[0] !== name) {
		controls = [name, new Actions(`server ${name}`, SLOTS, MENU)];
		byId('server-controls').replaceChildren(controls[1].element);
	}
	controls[1].show(server);
	const { stuck } = lately('servers', name);
	facts('server-facts', [
		['State', server.state],
		['Health', server.health],
		['Failure', server.failure],
		['Draining', drained(server) || null],
		['Handlers stuck', stuck ? count(stuck, 'session') : null],
		['Address', server.address],
		['Inherits', server.inherited],
		['Listens since', moment(server.startedAt)],
		['Handler', server.handler],
		['Framing', server.framing],
		['Transport', server.transport],
		['TLS', server.ssl],
		['Open sessions', { text: `${numbers.format(server.sessions.active)} ${ofLimit(server)}`.trim(), href: sessionsAddress({ server: name }) }],
		['Accepted', numbers.format(server.sessions.accepted)],
		['Messages', `${numbers.format(server.messages.received)} received, ${numbers.format(server.messages.sent)} sent`],
		['Bytes', `${bytes(server.bytes.received)} received, ${bytes(server.bytes.sent)} sent`]
	]);
	showListeners(server);
	listing('closed', counts(Object.entries(server.sessions.closed)).map(([reason, number]) => [
		{ text: reason, href: sessionsAddress({ server: name, state: 'ended', reason }) }, number]), true);
	// Without the meter only their sum is known.
	listing('rejected', counts(refused?.length ? refused : [['all reasons', server.sessions.rejected]]), true);
	options(others, shown.map((each) => each.name).filter((each) => each !== name));
	others.value = inAddress('with');
}

const words = {
	FAILED: ['down', ({ failure }) => `could not start${failure ? `: ${failure}` : '.'}`, 'lifecycle.md'],
	PAUSED: ['warn', () => 'is paused: connections wait, and none is accepted.', 'lifecycle.md'],
	DRAINING: ['warn', (server) => `is draining: ${drained(server) || 'its sessions may end by themselves'}.`, 'rolling-restarts.md']
};

/** The listeners that accept nothing just now, if there are several. */
function broken(server) {
	const listeners = server.listeners ?? [];
	return (listeners.length > 1) ? listeners.filter(({ state }) => state === 'FAILED') : [];
}

/** What needs attention of a server: [about, tone, text, page, way]. */
function* troubles(server) {
	const { stuck, refused, closed, alarms } = lately('servers', server.name);
	if (words[server.state]) {
		const [how, text, page] = words[server.state];
		yield ['state', how, text(server), page];
	}
	else if (broken(server).length > 0) {
		// The others accept: it is the health of one that is DEGRADED.
		for (const { name, failure } of broken(server)) {
			yield [`listener ${name}`, (server.health === 'DEGRADED') ? 'warn' : 'down', `cannot accept connections by its listener ${name}: ${failure}`, 'listening.md'];
		}
	}
	else if (server.failure) {
		yield ['failure', 'down', `cannot accept connections: ${server.failure}`, 'troubleshooting.md'];
	}
	else if (['DOWN', 'OUT_OF_SERVICE'].includes(server.health)) {
		yield ['health', tone(server.health), `is ${server.health}, while its state is ${server.state}.`, 'operations.md'];
	}
	if (stuck > 0) {
		yield ['stuck', 'down', `has handlers that have run for too long, in ${count(stuck, 'session')}.`, 'timeouts.md',
			{ text: 'Show the slowest', href: sessionsAddress({ server: server.name, sort: 'handler-time' }) }];
	}
	for (const [kind, at] of Object.entries(alarms)) {
		const [text, page] = ALARMS[kind] ?? [`raised the alarm ${kind}`, 'operations.md'];
		yield [kind, 'down', `${text} (since ${moment(new Date(at).toISOString())}).`, page];
	}
	for (const [reason, number] of Object.entries(closed).filter(([name, many]) => trouble(name, many))) {
		yield [reason, 'warn', `closed ${count(number, 'session')} in the last five minutes, ${trouble(reason, number)} (${reason}).`, ending(reason)[1],
			{ text: (number === 1) ? 'Show it' : 'Show them', href: sessionsAddress({ server: server.name, state: 'ended', reason }) }];
	}
	for (const [reason, number] of Object.entries(refused)) {
		const [text, page] = refusal(reason);
		yield [reason, 'warn', `refused ${count(number, 'connection')} in the last five minutes, ${text} (${reason}).`, page];
	}
}

function question(server, id) {
	const sessions = count(server.sessions.active, 'open session');
	const known = configured(server.name) ?? {};
	const timeout = time('timeout', 'Time for sessions to end', known.drainTimeout);
	switch (id) {
		case 'end-drain':
			return [`End the drain of server ${server.name} now, and close its ${sessions} within a second?`, 'End now'];
		case 'stop':
			return [`Stop server ${server.name}, and end its ${sessions}?`, 'Stop', [timeout, SESSIONS]];
		case 'restart':
			return [`Restart server ${server.name}, and end its ${sessions}?`, 'Restart', [timeout, SESSIONS]];
		case 'drain':
			return [`Drain server ${server.name}? Its ${sessions} may end by themselves until the time is over.`, 'Drain', [
				(known.drainTimeout === undefined) ? timeout
					: time('timeout', 'Time limit', known.drainTimeout + known.delay + known.over),
				// What tells how far a drain is can also be told how to.
				...('drain' in server) ? [
					time('delay', 'Keep accepting for', known.delay),
					time('over', 'Spread the ends over', known.over),
					{ name: 'order', label: 'Order', options: [['', `as configured${known.order ? `: ${ORDERS[known.order]}` : ''}`],
						...Object.entries(ORDERS)] }
				] : []
			]];
		default:
			return null;
	}
}

async function changeServer(server, id) {
	const asked = question(server, id);
	const entered = asked ? await sure(...asked) : {};
	// Sessions end what they are at, and no more.
	const body = (id === 'end-drain') ? { action: 'stop', timeout: '1s' } : { action: id, ...entered };
	if (entered) {
		await change(`${id.replace('-', ' ')} server ${server.name}`, 'POST', href('socketservers', server.name), body,
			(answer) => `${id.replace('-', ' ')} server ${server.name}: it is ${answer?.state ?? 'done'}.`);
	}
}

/** The servers as they were shown last, for tables with more of what the endpoint tells. */
export const servers = () => shown;

/** Their names. */
export const serverNames = () => shown.map(({ name }) => name);

export default {
	id: 'servers',
	title: 'Servers',
	place: 10,
	endpoint: 'socketservers',
	endpoints: ['socketservers', 'health', 'prometheus', 'socketsettings'],
	probes: { changeServers: ['POST', 'socketservers', '/-', {}] },

	begin(section, refreshNow) {
		refresh = refreshNow;
		section.append(table.element,
			make('h3', { id: 'charts-title' }, 'The last fifteen minutes of all servers'),
			make('div', { id: 'charts', role: 'group', 'aria-labelledby': 'charts-title' }, ...charts.map(({ element }) => element)));
		addDetails('server', details, (name) => table.opener(name));
		others.addEventListener('change', () => {
			toAddress({ with: others.value });
			refresh();
		});
	},

	questions: () => [
		ask('GET', href('socketservers')),
		has('health') ? ask('GET', href('health', 'socketServers')) : null,
		(opened('server') && has('prometheus'))
			? ask('GET', `${href('prometheus')}?includedNames=${REFUSED.replace('_total', '')}`) : null,
		settings.question(opened('server'), performance.now())
	],

	async show([list, health, refused, set], now) {
		shown = needed(list).servers;
		rates.measure(shown, health && json(health), now);
		await table.show(shown);
		showServer((refused?.status === 200 && opened('server')) ? refusedBy(opened('server'), refused.text) : null);
		settings.show(set, opened('server'));
		draw();
	},

	/** Rates have become meaningless by the time without an answer. */
	forget: () => rates.keep([]),

	attention: () => shown.flatMap((server) => [...troubles(server)].map(([about, how, text, page, way]) => (
		{ kind: 'server', name: server.name, about, tone: how, text, page, way }))),

	count: () => shown.length
};
