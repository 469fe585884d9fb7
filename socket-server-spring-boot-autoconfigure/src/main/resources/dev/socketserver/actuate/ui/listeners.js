/*
 * Where a server listens, if that is in several places.
 */

import { Actions } from './actions.js';
import { href, may } from './actuator.js';
import { change } from './dialogs.js';
import { badge, hide, make, show } from './dom.js';
import { numbers, tone } from './format.js';
import { Rows } from './rows.js';
import { sessionsAddress } from './views.js';

const action = (id, label, states) => ({
	id, label,
	fits: ({ state }) => states.includes(state),
	offered: () => may('changeServers'),
	run: ({ server, name }) => change(`${id} listener ${server}/${name}`, 'POST', href('socketservers', server), { action: id, listener: name })
});

const SLOTS = [[action('pause', 'Pause', ['LISTENING', 'FAILED']), action('resume', 'Resume', ['PAUSED'])]];

const body = make('tbody');

export const listeners = make('table', { id: 'listeners' },
	make('caption', {}, 'Listeners'),
	make('thead', {}, make('tr', {}, ...['Name', 'State', 'Sessions', 'Actions'].map((title) => make('th', { scope: 'col' }, title)))),
	body);

const rows = new Rows(body, ({ server, name }) => `${server}/${name}`, ({ server, name }) => {
	const [called, state, sessions] = ['name', 'state', 'sessions'].map((cell) => make('td', { 'data-cell': cell }));
	const [title, place] = [make('span'), make('small', { class: 'quiet', 'data-cell': 'address' })];
	const [shown, failure] = [make('span', { class: 'badge' }), make('small')];
	called.append(title, place);
	state.append(shown, failure);
	const way = make('a', { href: sessionsAddress({ server, listener: name }), 'aria-label': `Sessions of listener ${server}/${name}` });
	sessions.append(way);
	const actions = new Actions(`listener ${server}/${name}`, SLOTS, []);
	return {
		element: make('tr', { 'data-listener': name }, called, state, sessions, make('td', {}, actions.element)),
		show(item) {
			show(title, item.name);
			show(place, item.address);
			badge(shown, item.state, tone(item.state));
			show(failure, item.failure ?? '');
			show(way, numbers.format(item.sessions));
			actions.show(item);
		}
	};
});

export function showListeners(server) {
	const several = server.listeners?.length > 1;
	hide(listeners, !several);
	rows.show(several ? server.listeners.map((each) => ({ ...each, server: server.name })) : []);
}
