/*
 * The nodes of the cluster.
 */

import { ask, clustered, href, may, needed } from './actuator.js';
import { change, sure } from './dialogs.js';
import { badge, byId, hide, make } from './dom.js';
import { age, count, numbers, tone } from './format.js';
import { Table } from './table.js';

let own = '';
let known = 0;

const table = new Table({
	id: 'nodes',
	kind: 'node',
	key: ({ name }) => name,
	empty: 'There are no nodes.',
	columns: [
		{ id: 'name', title: 'Node', text: ({ name }) => (name === own) ? `${name} (this one)` : name, sort: ({ name }) => name },
		{ id: 'state', title: 'State', card: true, text: ({ state }) => state, badge: ({ state }) => tone(state) },
		{ id: 'sessions', title: 'Sessions', number: true, card: true, text: ({ sessions }) => numbers.format(sessions),
			sort: ({ sessions }) => sessions },
		{ id: 'age', title: 'Age', number: true, card: true, text: ({ startedAt }) => age(startedAt),
			sort: ({ startedAt }) => -Date.parse(startedAt) }
	]
});

const rebalance = make('button', { type: 'button', id: 'rebalance', class: 'grave' }, 'Rebalance…');

async function changeShare() {
	const entered = await sure('Close the sessions that this node has above its share, so that they connect to others?',
		'Rebalance', [{ name: 'over', label: 'Evenly over', value: '60s' }]);
	if (entered) {
		await change('rebalance', 'POST', href('socketcluster'), { action: 'rebalance', ...entered },
			(answer) => `rebalance: ${count(answer?.closing ?? 0, 'session')} will close.`);
	}
}

export default {
	id: 'nodes',
	title: 'Cluster',
	place: 30,
	endpoint: 'socketcluster',
	endpoints: ['socketcluster'],
	probes: { rebalance: ['POST', 'socketcluster', '', {}] },

	begin(section) {
		section.append(make('div', { class: 'controls' }, make('span', { id: 'directory', class: 'badge' }), rebalance),
			table.element);
		rebalance.addEventListener('click', changeShare);
	},

	questions: () => [ask('GET', href('socketcluster'))],

	async show([answer]) {
		const { node, nodes, directory } = needed(answer);
		own = node;
		known = nodes.length;
		await table.show(nodes);
		badge(byId('directory'), `Directory ${directory.state} for ${age(directory.since)}`, tone(directory.state));
		const others = nodes.filter(({ name, state }) => name !== node && state === 'UP');
		hide(rebalance, !may('rebalance'));
		rebalance.disabled = others.length === 0 && document.activeElement !== rebalance;
	},

	wanted: clustered,

	count: () => known
};
