/*
 * Servers that store what they receive, and how that goes.
 */

import { moment, numbers } from './format.js';
import { Table } from './table.js';
import { servers } from './table-servers.js';

const bridged = () => servers().filter(({ bridge }) => bridge);

const state = ({ bridge }) => bridge.failingSince ? 'FAILING' : 'STORING';

const figure = (id, title, card) => ({
	id, title, number: true, card, text: ({ bridge }) => numbers.format(bridge[id]), sort: ({ bridge }) => bridge[id]
});

const table = new Table({
	id: 'bridges',
	kind: 'bridge',
	key: ({ name }) => name,
	empty: 'No server has a bridge.',
	columns: [
		{ id: 'name', title: 'Server', text: ({ name }) => name, sort: ({ name }) => name },
		{ id: 'to', title: 'Stores in', text: ({ bridge }) => bridge.to, sort: ({ bridge }) => bridge.to },
		{ id: 'state', title: 'State', card: true, text: state, badge: ({ bridge }) => bridge.failingSince ? 'down' : 'up', sort: state },
		figure('pending', 'Waiting', true),
		figure('stored', 'Stored', true),
		figure('duplicates', 'Duplicates', false),
		{ id: 'since', title: 'Fails since', fold: true, text: ({ bridge }) => moment(bridge.failingSince) }
	]
});

/** What needs attention of a bridge, or null. */
function attention({ name, bridge: { to, pending, failingSince } }) {
	return failingSince && {
		kind: 'server', name, about: 'bridge', tone: 'down', page: 'acknowledge-stored.md',
		text: `cannot store in ${to} since ${moment(failingSince)}; waiting messages: ${numbers.format(pending)}.`
	};
}

export default {
	id: 'bridges',
	title: 'Bridges',
	place: 32,
	endpoint: 'socketservers',
	endpoints: ['socketservers'],
	probes: {},
	begin: (section) => section.append(table.element),
	questions: () => [],
	show: () => table.show(bridged()),
	wanted: () => bridged().length > 0,
	attention: () => bridged().map(attention).filter(Boolean)
};
