/*
 * What needs attention, on top of the page: in words, with the page of the documentation that has more.
 */

import { byId, hide, make, reconcile, show } from './dom.js';
import { openDetails } from './panel.js';

const rows = new Map();

/** Of many, these are enough to begin with. */
const MOST = 12;

function entryRow({ kind, name }) {
	const opener = make('button', { type: 'button', class: 'open' });
	const text = make('span');
	const page = make('span', { class: 'quiet' });
	const element = make('li', {}, opener, ' ', text, ' ', page);
	opener.addEventListener('click', () => openDetails(kind, name, opener));
	return {
		element,
		show(entry) {
			if (element.dataset.tone !== entry.tone) {
				element.dataset.tone = entry.tone;
			}
			show(opener, `${kind[0].toUpperCase()}${kind.slice(1)} ${name}`);
			show(text, entry.text);
			show(page, `See ${entry.page} in the documentation.`);
		}
	};
}

/**
 * Shows what needs attention.
 * @param entries {kind, name, about, tone, text, page}: what it is about, which no other of that name is
 */
export function showAttention(entries) {
	const sorted = [...entries.filter(({ tone }) => tone === 'down'), ...entries.filter(({ tone }) => tone !== 'down')];
	reconcile(byId('attention'), rows, sorted.slice(0, MOST), ({ kind, name, about }) => `${kind} ${name} ${about}`, entryRow);
	hide(byId('attention'), entries.length === 0);
	hide(byId('no-attention'), entries.length > 0);
	hide(byId('more-attention'), entries.length <= MOST);
	show(byId('more-attention'), `and ${entries.length - MOST} more`);
}
