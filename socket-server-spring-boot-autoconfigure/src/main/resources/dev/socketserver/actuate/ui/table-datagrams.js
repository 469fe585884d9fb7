/*
 * Servers that receive datagrams, and what they have dropped.
 */

import { counts, numbers } from './format.js';
import { Table } from './table.js';
import { servers } from './table-servers.js';

const ofDatagrams = () => servers().filter(({ datagrams }) => datagrams);

const dropped = ({ datagrams }) => Object.values(datagrams.dropped).reduce((sum, number) => sum + number, 0);

const reasons = ({ datagrams }) => counts(Object.entries(datagrams.dropped)).map(([reason, number]) => `${number} ${reason}`).join(', ');

const figure = (id, title, value) => ({
	id, title, number: true, card: true, text: (server) => numbers.format(value(server)), sort: value
});

const table = new Table({
	id: 'datagrams',
	kind: 'datagrams',
	key: ({ name }) => name,
	empty: 'No server receives datagrams.',
	columns: [
		{ id: 'name', title: 'Server', text: ({ name }) => name, sort: ({ name }) => name },
		figure('received', 'Received', ({ datagrams }) => datagrams.received),
		figure('sent', 'Sent', ({ datagrams }) => datagrams.sent),
		figure('dropped', 'Dropped', dropped),
		{ id: 'reasons', title: 'Why', fold: true, text: reasons }
	]
});

export default {
	id: 'datagrams',
	title: 'Datagrams',
	place: 34,
	endpoint: 'socketservers',
	endpoints: ['socketservers'],
	probes: {},
	begin: (section) => section.append(table.element),
	questions: () => [],
	show: () => table.show(ofDatagrams()),
	wanted: () => ofDatagrams().length > 0,
	count: () => ofDatagrams().length
};
