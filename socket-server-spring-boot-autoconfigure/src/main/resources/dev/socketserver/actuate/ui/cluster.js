/*
 * The nodes of the cluster.
 */

import { ask, has, href, may } from './actuator.js';
import { change, sure } from './dialogs.js';
import { badge, byId, hide, reconcile, row, show } from './dom.js';
import { age, count, numbers, tone } from './format.js';

const rows = new Map();

/** Asks for what is shown. */
export const questions = () => has('socketcluster') ? [ask('GET', href('socketcluster'))] : [];

export function showCluster({ node, nodes, directory }) {
	reconcile(byId('nodes').tBodies[0], rows, nodes, ({ name }) => name, () => nodeRow(node));
	badge(byId('directory'), `Directory ${directory.state} for ${age(directory.since)}`, tone(directory.state));
	const others = nodes.filter(({ name, state }) => name !== node && state === 'UP');
	hide(byId('rebalance'), !may('rebalance'));
	byId('rebalance').disabled = others.length === 0 && document.activeElement !== byId('rebalance');
}

function nodeRow(own) {
	const { element, cells } = row('node-row');
	return {
		element,
		show(node) {
			element.dataset.node = node.name;
			show(cells.name, (node.name === own) ? `${node.name} (this one)` : node.name);
			badge(cells.state, node.state, tone(node.state));
			show(cells.sessions, numbers.format(node.sessions));
			show(cells.age, age(node.startedAt));
		}
	};
}

/** Connects what a person does here. */
export function begin() {
	byId('rebalance').addEventListener('click', async () => {
		const entered = await sure('Close the sessions that this node has above its share, so that they connect to others?',
			'Rebalance', [{ name: 'over', label: 'Evenly over', value: '60s' }]);
		if (entered) {
			await change('rebalance', 'POST', href('socketcluster'), { action: 'rebalance', ...entered },
				(answer) => `rebalance: ${count(answer?.closing ?? 0, 'session')} will close.`);
		}
	});
}
