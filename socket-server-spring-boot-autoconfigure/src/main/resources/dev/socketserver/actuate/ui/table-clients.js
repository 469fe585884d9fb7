/*
 * The clients, the details of one, and what can be done with them.
 */

import { Actions } from './actions.js';
import { ask, has, href, json, may, needed } from './actuator.js';
import { Chart, SmallChart } from './charts.js';
import { change, sure } from './dialogs.js';
import { byId, facts, make } from './dom.js';
import { attemptWords, failureWords } from './failures.js';
import { age, bytes, bytesPerSecond, count, counts, moment, numbers, parts, perSecond, tone, traffic, whole } from './format.js';
import { pastOf, pointsVersion } from './history.js';
import { addDetails, opened, showDetails } from './panel.js';
import { Rates } from './rates.js';
import { Settings } from './settings.js';
import { Table } from './table.js';
import { viewAddress } from './views.js';

const CHARTS = [
	['Waiting', 'payloads', whole, [['waiting', '']]],
	['Messages', 'per second', perSecond, [['messagesIn', 'received'], ['messagesOut', 'sent']]],
	['Bytes', 'per second', bytesPerSecond, [['bytesIn', 'received'], ['bytesOut', 'sent']]],
	['Attempts to connect', 'per second', perSecond, [['attempts', 'made'], ['failed', 'failed']]]
];

const rates = new Rates();

const STARTED = ['CONNECTING', 'CONNECTED', 'DISCONNECTED'];

const started = ({ state }) => STARTED.includes(state);

const action = (id, label, fits, grave = false) => ({
	id, label, grave, fits, offered: () => may('changeClients'), run: (client) => changeClient(client, id)
});

const SLOTS = [
	[action('disconnect', 'Disconnect', (client) => started(client) && !client.suspended, true),
		action('reconnect', 'Reconnect', (client) => started(client) && client.suspended)],
	[action('stop', 'Stop', started, true), action('start', 'Start', ({ state }) => state === 'STOPPED')]
];

const MENU = [action('rotate', 'Rotate', ({ state }) => state === 'CONNECTED'), action('reconnect', 'Reconnect now', started)];

/** Addresses that cannot be used, of a client that has others. */
const away = ({ addresses = [] }) => (addresses.length > 1) ? addresses.filter(({ available }) => !available) : [];

/** It works, but with less than it should have. */
const degraded = (client) => client.state === 'CONNECTED' && (client.pool?.ready < client.pool?.size || away(client).length > 0);

/** Which addresses cannot be used, and why. */
const unusable = (client) => away(client).map(({ address, failure }) => `${address}: ${failureWords(failure) ?? 'not available'}`).join('; ');

/** One that waits to be told to reconnect says so. */
const state = (client) => (client.suspended && client.state === 'DISCONNECTED') ? 'SUSPENDED'
	: degraded(client) ? 'DEGRADED' : client.state;

/** How often it has tried to connect, and why that failed. */
function attempts(client) {
	const failed = counts(Object.entries(client.attempts.failed)).map(([name, number]) => `${number} ${attemptWords(name)}`);
	return [numbers.format(client.attempts.total), failed.join(', ')].filter(Boolean).join(', of which ');
}

/** What waits to be sent. */
const waiting = ({ pending }) => parts([pending.messages, count(pending.messages, 'payload')], [pending.bytes, bytes(pending.bytes)]);

const lastEnd = ({ lastClosed }) => lastClosed
	&& `${moment(lastClosed.at)}: ${[lastClosed.reason, lastClosed.detail].filter(Boolean).join(': ')}`;

/** Why it is not connected, or was not. */
const trouble = (client) => [client.failure, degraded(client) && unusable(client) && `It cannot use ${unusable(client)}`,
	client.lastClosed && `Last connection ended ${lastEnd(client)}`]
	.filter(Boolean).join('. ');

const ready = ({ pool }) => `${numbers.format(pool.ready)} of ${numbers.format(pool.size)} are ready`;

const server = (client) => client.remoteAddress ?? (client.port === null ? client.host : `${client.host}:${client.port}`);

/** Leads to the addresses of a client that has several. */
const addressesOf = ({ name, addresses }) => (addresses?.length > 1)
	? viewAddress({ section: 'addresses', 'addresses-client': name }) : null;

const small = new WeakMap();

function drawSmall(cell, { name }) {
	if (!small.has(cell)) {
		small.set(cell, new SmallChart(cell, `Messages received by ${name}`, perSecond));
	}
	const { times, figures } = pastOf('clients', name);
	small.get(cell).draw(pointsVersion(), times, figures.messagesIn);
}

const table = new Table({
	id: 'clients',
	kind: 'client',
	key: ({ name }) => name,
	details: true,
	empty: 'There are no clients.',
	columns: [
		{ id: 'name', title: 'Name', text: ({ name }) => name, sort: ({ name }) => name },
		{ id: 'state', title: 'State', card: true, text: state, badge: (client) => tone(state(client)), hint: trouble, sort: state },
		{ id: 'health', title: 'Health', fold: true, text: ({ health }) => health, badge: ({ health }) => tone(health),
			sort: ({ health }) => health },
		{ id: 'server', title: 'Server', text: server, sort: server, way: addressesOf },
		{ id: 'chart', title: '15 minutes', draw: drawSmall, tight: true },
		{ id: 'attempts', title: 'Attempts', text: attempts, sort: (client) => client.attempts.total },
		{ id: 'received', title: 'Received', number: true, card: true,
			text: (client) => client.rates && traffic(client.rates.messagesIn, client.rates.bytesIn),
			sort: (client) => client.rates?.messagesIn ?? 0 },
		{ id: 'sent', title: 'Sent', number: true,
			text: (client) => client.rates && traffic(client.rates.messagesOut, client.rates.bytesOut),
			sort: (client) => client.rates?.messagesOut ?? 0 },
		{ id: 'waiting', title: 'Waiting', number: true, card: true,
			text: waiting, sort: ({ pending }) => pending.messages }
	],
	slots: SLOTS,
	menu: MENU
});

const charts = CHARTS.map(([title, unit, format]) => new Chart(title, unit, format));

const settings = new Settings('clients', 'client');

const details = make('div', { id: 'client' },
	make('p', { id: 'client-controls' }),
	make('dl', { id: 'client-facts' }),
	make('div', { id: 'client-charts', class: 'spaced', role: 'group', 'aria-label': 'The last fifteen minutes of this client' },
		...charts.map(({ element }) => element)),
	settings.element);

let controls = [null, null];
let shown = [];

function showClient() {
	const name = opened('client');
	if (!name) {
		return;
	}
	const client = shown.find((each) => each.name === name);
	showDetails('client', client, client ? '' : `There is no client ${name}.`);
	if (!client) {
		return;
	}
	details.dataset.name = name;
	if (controls[0] !== name) {
		controls = [name, new Actions(`client ${name}`, SLOTS, MENU)];
		byId('client-controls').replaceChildren(controls[1].element);
	}
	controls[1].show(client);
	facts('client-facts', [
		['State', state(client)],
		['Health', client.health],
		['Failure', client.failure],
		['Server', server(client)],
		['Addresses', addressesOf(client) && { text: `${client.addresses.length} addresses`, href: addressesOf(client) }],
		['Cannot use', (degraded(client) && unusable(client)) || null],
		['Connected since', moment(client.connectedAt)],
		['Last connection ended', lastEnd(client)],
		['Connections', (client.pool?.size > 1) ? ready(client) : null],
		['Handler', client.handler],
		['Framing', client.framing],
		['Transport', client.transport],
		['TLS', client.ssl],
		['Attempts', attempts(client)],
		['Messages', `${numbers.format(client.messages.received)} received, ${numbers.format(client.messages.sent)} sent`],
		['Bytes', `${bytes(client.bytes.received)} received, ${bytes(client.bytes.sent)} sent`],
		['Waiting', parts([client.pending.messages, count(client.pending.messages, 'payload')], [client.pending.bytes, bytes(client.pending.bytes)],
			[client.pending.replies, `${count(client.pending.replies, 'request')} for replies`])],
		['Given up', client.outbound.undelivered ? count(client.outbound.undelivered, 'payload') : null]
	]);
	const { times, figures } = pastOf('clients', name);
	CHARTS.forEach(([, , , lines], i) => charts[i].draw(times, lines.map(([figure, word]) => [word, figures[figure]])));
}

async function changeClient({ name, pending }, id) {
	if (id === 'stop') {
		const messages = count(pending.messages, 'message');
		if (!await sure(`Stop client ${name}? What it cannot send, of ${messages} that wait, is lost.`, 'Stop')) {
			return;
		}
	}
	await change(`${id} client ${name}`, 'POST', href('socketclients', name), { action: id },
		(client) => `${id} client ${name}: it is ${client?.state ?? 'done'}.`);
}

/** Where it tries to connect. */
const places = (client) => (client.addresses?.length > 1) ? `any of its ${client.addresses.length} addresses` : server(client);

/** When it tries again. */
function next({ addresses = [] }) {
	const times = addresses.map(({ nextAttempt }) => nextAttempt).filter(Boolean).sort();
	return times.length > 0 ? `. It tries again ${(Date.parse(times[0]) > Date.now()) ? `in ${age(new Date().toISOString(), times[0])}` : 'now'}` : '';
}

/** What needs attention of a client, or null. */
function attention(client) {
	const entry = { kind: 'client', name: client.name, about: 'state', page: 'clients.md' };
	if (client.suspended) {
		return { ...entry, tone: 'warn', text: 'was told to disconnect, and waits to be told to reconnect.' };
	}
	if (started(client) && client.state !== 'CONNECTED' && client.failure) {
		return { ...entry, tone: 'down', text: `is not connected to ${places(client)}: ${failureWords(client.failure)}${next(client)}` };
	}
	if (client.health === 'DOWN') {
		return { ...entry, tone: 'down', text: `is DOWN: ${trouble(client) || `its state is ${client.state}`}.` };
	}
	if (degraded(client)) {
		const why = unusable(client);
		const fewer = client.pool?.ready < client.pool?.size;
		return { ...entry, tone: 'warn', page: 'fail-over.md',
			text: fewer ? `has fewer connections than it is to hold: ${ready(client)}${why ? `. It cannot use ${why}` : ''}.`
				: `is connected, but cannot use ${why}.` };
	}
	return null;
}

/** The clients as they were shown last, for tables with more of what the endpoint tells. */
export const clients = () => shown;

/** Their names. */
export const clientNames = () => shown.map(({ name }) => name);

export default {
	id: 'clients',
	title: 'Clients',
	place: 20,
	endpoint: 'socketclients',
	endpoints: ['socketclients', 'health', 'socketsettings'],
	probes: { changeClients: ['POST', 'socketclients', '/-', {}] },

	begin(section) {
		section.append(table.element);
		addDetails('client', details, (name) => table.opener(name));
	},

	questions: () => [
		ask('GET', href('socketclients')),
		has('health') ? ask('GET', href('health', 'socketClients')) : null,
		settings.question(opened('client'), performance.now())
	],

	async show([list, health, set], now) {
		shown = needed(list).clients;
		rates.measure(shown, health && json(health), now);
		await table.show(shown);
		showClient();
		settings.show(set, opened('client'));
	},

	forget: () => rates.keep([]),

	attention: () => shown.map(attention).filter(Boolean),

	count: () => shown.length
};
