/*
 * A table that another jar adds to the page.
 */

import { ask, href, needed } from './actuator.js';
import { Table } from './table.js';

const table = new Table({
	id: 'lamps',
	kind: 'lamp',
	key: ({ name }) => name,
	empty: 'There are no lamps.',
	columns: [
		{ id: 'name', title: 'Lamp', text: ({ name }) => name, sort: ({ name }) => name },
		{ id: 'hours', title: 'Hours', number: true, card: true, text: ({ hours }) => hours, sort: ({ hours }) => hours },
		{ id: 'note', title: 'Note', fold: true, text: ({ note }) => note }
	]
});

export default {
	id: 'lamps',
	title: 'Lamps',
	place: 100,
	endpoint: 'lamps',
	endpoints: ['lamps'],
	probes: {},
	begin: (section) => section.append(table.element),
	questions: () => [ask('GET', href('lamps'))],
	show: ([answer]) => table.show(needed(answer).lamps)
};
