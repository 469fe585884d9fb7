/*
 * The addresses of clients that have several.
 */

import { inAddress } from './address.js';
import { byId, hide, make, show } from './dom.js';
import { age, numbers } from './format.js';
import { Table } from './table.js';
import { clients } from './table-clients.js';
import { viewAddress } from './views.js';

const addresses = () => clients().filter((client) => client.addresses?.length > 1)
	.flatMap(({ name, state, addresses: all }) => all.map((address, i) => ({ ...address, client: name, place: i + 1, state })));

/** A client that is stopped tries none of them. */
const state = (address) => (address.state === 'STOPPED') ? 'UNUSED' : address.available ? 'AVAILABLE' : 'UNAVAILABLE';

const TONES = { AVAILABLE: 'up', UNAVAILABLE: 'down', UNUSED: 'unknown' };

const table = new Table({
	id: 'addresses',
	kind: 'address',
	key: ({ client, address, place }) => `${address} of ${client}, ${place}`,
	empty: 'No client has several addresses.',
	columns: [
		{ id: 'address', title: 'Address', text: ({ address }) => address, sort: ({ address }) => address },
		{ id: 'client', title: 'Client', card: true, text: ({ client }) => client, sort: ({ client }) => client,
			way: ({ client }) => viewAddress({ client }) },
		{ id: 'place', title: 'Order', number: true, text: ({ place }) => numbers.format(place), sort: ({ place }) => place },
		{ id: 'state', title: 'State', card: true, text: state, badge: (address) => TONES[state(address)], sort: state },
		{ id: 'connections', title: 'Connections', number: true, card: true, text: ({ connections }) => numbers.format(connections),
			sort: ({ connections }) => connections },
		{ id: 'failures', title: 'Failures in a row', number: true, text: ({ failures }) => numbers.format(failures),
			sort: ({ failures }) => failures },
		{ id: 'next', title: 'Next attempt', number: true, fold: true, card: 'less',
			text: ({ nextAttempt }) => nextAttempt && `in ${age(new Date().toISOString(), nextAttempt)}` },
		{ id: 'failure', title: 'Last failure', fold: true, card: 'less', foreign: true, text: ({ failure }) => failure, hint: ({ failure }) => failure }
	]
});

export default {
	id: 'addresses',
	title: 'Addresses',
	place: 25,
	endpoint: 'socketclients',
	endpoints: ['socketclients'],
	probes: {},

	begin: (section) => section.append(
		make('p', { id: 'addresses-chosen', class: 'quiet', hidden: true }, make('span'), ' ',
			make('a', { href: viewAddress({ section: 'addresses' }) }, 'Show all')),
		table.element),

	questions: () => [],

	show() {
		const chosen = inAddress('addresses-client');
		hide(byId('addresses-chosen'), !chosen);
		show(byId('addresses-chosen').firstChild, `Only those of client ${chosen}.`);
		return table.show(addresses().filter(({ client }) => !chosen || client === chosen));
	},

	count: () => addresses().length,
	wanted: () => addresses().length > 0
};
