/*
 * Ways through the page. A view is what the address has: a section, the filters of its list, and the details that are open.
 */

import { follow, inAddress, toAddress } from './address.js';
import { byId, make } from './dom.js';

/** The address of a view, for links: whoever opens it elsewhere sees the same. */
export const viewAddress = (values) => `#${new URLSearchParams(Object.entries(values).filter(([, value]) => value))}`;

/** The sessions of a server or the like, for links. */
export const sessionsAddress = (filter) =>
	viewAddress({ section: 'sessions', ...Object.fromEntries(Object.entries(filter).map(([name, value]) => [`sessions-${name}`, value])) });

/** Leads to a section, and on from it with the keyboard. */
export function showSection(id) {
	const title = byId(`${id}-title`);
	if (title?.checkVisibility()) {
		byId(`${id}-section`).scrollIntoView();
		title.focus({ preventScroll: true });
	}
}

/** The section and its filters: with another one, it is shown again. */
function place(parameters) {
	const section = parameters.get('section');
	return [...parameters].filter(([name]) => section && (name === 'section' || name.startsWith(`${section}-`))).join('\n');
}

/** A link to a section, which leaves alone what else is shown. */
export function sectionLink(id, title) {
	const link = make('a', { id: `to-${id}`, href: viewAddress({ section: id }) }, title);
	link.addEventListener('click', (event) => {
		if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
			event.preventDefault();
			toAddress({ section: id }, true);
			showSection(id);
		}
	});
	return link;
}

/** Follows links of the page, and the browser's way back. */
export function beginViews() {
	follow((before) => {
		if (before && inAddress('section') && place(before) !== place(new URLSearchParams(location.hash.slice(1)))) {
			showSection(inAddress('section'));
		}
	});
	document.addEventListener('click', ({ target }) => {
		// It leads where the page already is, which browsers take for nothing.
		const link = target.closest?.('a[href^="#"]');
		if (link && link.hash === location.hash && !link.id.startsWith('to-')) {
			showSection(inAddress('section'));
		}
	});
}
