/*
 * What the application uses of what it may use.
 */

import { startedAt } from './actuator.js';
import { byId, hide, make, show } from './dom.js';
import { age, bytes, numbers } from './format.js';
import { resources } from './history.js';

/** From here on somebody should know. */
const MUCH = 0.8;

const entry = (id, title) => make('div', { id }, make('dt', {}, title), make('dd'));

const entries = {
	up: entry('uptime', 'Up for'),
	memory: entry('memory', 'Buffered bytes'),
	files: entry('files', 'Files and sockets')
};

function put(element, text, share) {
	hide(element, text === null);
	show(element.lastChild, text);
	element.classList.toggle('much', share >= MUCH);
}

const used = (of, format) => of ? `${format(of.used)} of ${format(of.limit)}` : null;

const share = (of) => of ? of.used / of.limit : 0;

export function showResources() {
	const { memory, files } = resources();
	const list = byId('resources');
	if (list.children.length === 0) {
		list.append(...Object.values(entries));
	}
	put(entries.up, startedAt() ? age(startedAt()) : null, 0);
	put(entries.memory, used(memory, bytes), share(memory));
	put(entries.files, used(files, (number) => numbers.format(number)), share(files));
	hide(list, false);
}
