/*
 * The addresses that are banned.
 */

import { ask, href, may, needed } from './actuator.js';
import { change, sure } from './dialogs.js';
import { hide, make, show } from './dom.js';
import { age, numbers } from './format.js';
import { Table } from './table.js';
import { serverNames } from './table-servers.js';

/** Those of the latest offences come first; of many, these are enough. */
const MOST = 100;

let known = 0;

const remains = ({ until }) => age(new Date().toISOString(), until);

const table = new Table({
	id: 'bans',
	kind: 'ban',
	key: ({ server, address }) => `${address} of ${server}`,
	empty: 'No address is banned.',
	columns: [
		{ id: 'address', title: 'Address', text: ({ address }) => address, sort: ({ address }) => address },
		{ id: 'server', title: 'Server', card: true, text: ({ server }) => server, sort: ({ server }) => server },
		{ id: 'reason', title: 'Reason', card: true, foreign: true, text: ({ reason }) => reason, sort: ({ reason }) => reason },
		{ id: 'offences', title: 'Offences', number: true, text: ({ offences }) => numbers.format(offences),
			sort: ({ offences }) => offences },
		{ id: 'times', title: 'In a row', number: true, text: ({ times }) => numbers.format(times), sort: ({ times }) => times },
		{ id: 'ends', title: 'Ends in', number: true, card: true, text: remains, sort: ({ until }) => Date.parse(until) }
	],
	slots: [[{ id: 'end', label: 'End', grave: true, fits: () => true, offered: () => may('endBans'), run: end }]]
});

async function end({ server, address }) {
	if (await sure(`End the ban of ${address} by server ${server}, and forget its offences?`, 'End')) {
		await change(`end ban of ${address}`, 'DELETE', `${href('socketbans')}?${new URLSearchParams({ server, address })}`);
	}
}

async function banAddress() {
	const names = serverNames();
	const entered = await sure('Refuse new connections of an address. Its sessions stay open.', 'Ban', [
		{ name: 'server', label: 'Server', options: names.map((name) => [name, name]), value: names[0] },
		{ name: 'address', label: 'Address', hint: '192.0.2.1' },
		{ name: 'for', label: 'Duration', hint: 'as configured', help: 'such as 10m, 2h or 3d; as configured if left empty' }
	]);
	if (entered) {
		await change('ban', 'POST', href('socketbans'), entered, (ban) => `ban: ${ban?.address} is banned.`);
	}
}

const ban = make('button', { type: 'button', id: 'ban', class: 'grave' }, 'Ban an address…');
const more = make('p', { id: 'more-bans', class: 'quiet', hidden: true });

export default {
	id: 'bans',
	title: 'Bans',
	place: 45,
	endpoint: 'socketbans',
	endpoints: ['socketbans'],
	probes: {
		makeBans: ['POST', 'socketbans', '', {}],
		endBans: ['DELETE', 'socketbans', '']
	},

	begin(section) {
		section.append(make('div', { class: 'controls' }, ban), table.element, more);
		ban.addEventListener('click', banAddress);
	},

	questions: () => [ask('GET', href('socketbans'))],

	async show([answer]) {
		const { bans } = needed(answer);
		hide(ban, !may('makeBans'));
		hide(more, bans.length <= MOST);
		show(more, `and ${numbers.format(bans.length - MOST)} more`);
		await table.show(bans.slice(0, MOST));
		known = bans.length;
	},

	count: () => known
};
