/*
 * The clients, and what can be done with them.
 */

import { ask, has, href, may } from './actuator.js';
import { change, sure } from './dialogs.js';
import { badge, byId, enable, hide, reconcile, row, show } from './dom.js';
import { bytes, count, counts, moment, numbers, tone } from './format.js';
import { Rates } from './rates.js';
import { showCells } from './servers.js';

const rates = new Rates();
const rows = new Map();

/** One that waits to be told to reconnect says so. */
const state = (client) => (client.suspended && client.state === 'DISCONNECTED') ? 'SUSPENDED' : client.state;

const fits = (client) => (action) => {
	const started = ['CONNECTING', 'CONNECTED', 'DISCONNECTED'].includes(client.state);
	switch (action) {
		case 'start':
			return client.state === 'STOPPED';
		case 'disconnect':
			return started && !client.suspended;
		default:
			return started;
	}
};

/** How often it has tried to connect, and why that failed. */
function attempts(client) {
	const failed = counts(Object.entries(client.attempts.failed)).map(([name, number]) => `${number} ${name}`);
	return [numbers.format(client.attempts.total), ...failed].join(', ');
}

/** Why it is not connected, or was not. */
function trouble({ failure, lastClosed }) {
	const ended = lastClosed && [lastClosed.reason, lastClosed.detail].filter(Boolean).join(': ');
	return [failure, ended && `Last connection ended ${moment(lastClosed.at)}: ${ended}`].filter(Boolean).join('. ');
}

/** Asks for what is shown. */
export function questions() {
	return has('socketclients') ? [
		ask('GET', href('socketclients')),
		has('health') ? ask('GET', href('health', 'socketClients')) : null
	] : [];
}

export function showClients(clients, health, now) {
	rates.measure(clients, health, now);
	reconcile(byId('clients').tBodies[0], rows, clients, (client) => client.name, clientRow);
	hide(byId('no-clients'), clients.length > 0);
}

export const forgetRates = () => rates.keep([]);

function clientRow({ name }) {
	const { element, cells, buttons } = row('client-row', () => may('changeClients'));
	let current = null;
	show(cells.name, name);
	for (const button of buttons) {
		const action = button.dataset.action;
		button.setAttribute('aria-label', `${button.textContent} client ${name}`);
		button.addEventListener('click', () => changeClient(current, action));
	}
	return {
		element,
		show(client) {
			current = client;
			element.dataset.client = client.name;
			showCells(cells, client);
			badge(cells.state, state(client), tone(client.state));
			cells.state.title = trouble(client);
			show(cells.server, client.remoteAddress ?? `${client.host}:${client.port}`);
			show(cells.attempts, attempts(client));
			show(cells.waiting, `${numbers.format(client.pending.messages)}, ${bytes(client.pending.bytes)}`);
			enable(buttons, fits(client));
		}
	};
}

async function changeClient({ name, pending }, action) {
	if (action === 'stop') {
		const messages = count(pending.messages, 'message');
		if (!await sure(`Stop client ${name}? What it cannot send, of ${messages} that wait, is lost.`, 'Stop')) {
			return;
		}
	}
	await change(`${action} client ${name}`, 'POST', href('socketclients', name), { action },
		(client) => `${action} client ${name}: it is ${client?.state ?? 'done'}.`);
}
