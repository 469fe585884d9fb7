/*
 * What needs attention, on top of the page: in words, with the page of the documentation that has more.
 */

import { docsPage } from './docs.js';
import { byId, hide, lead, make, show } from './dom.js';
import { openDetails } from './panel.js';
import { Rows } from './rows.js';

/** Of many, these are enough to begin with. */
const MOST = 12;

function entryRow({ kind, name, section }) {
	const opener = make('button', { type: 'button', class: 'open' });
	const text = make('span');
	const way = make('a');
	const page = make('a', { class: 'quiet' });
	const element = make('li', {}, opener, ' ', text, ' ', way, ' ', page);
	opener.addEventListener('click', () => section ? byId(`${section}-title`).focus() : openDetails(kind, name, opener));
	return {
		element,
		show(entry) {
			if (element.dataset.tone !== entry.tone) {
				element.dataset.tone = entry.tone;
			}
			show(opener, `${kind[0].toUpperCase()}${kind.slice(1)} ${name}`.trim());
			show(text, /[.!?]$/.test(entry.text) ? entry.text : `${entry.text}.`);
			hide(way, !entry.way);
			show(way, entry.way?.text ?? '');
			lead(way, entry.way ?? {});
			const documented = docsPage(entry.page);
			show(page, documented.text);
			lead(page, documented);
		}
	};
}

const rows = new Rows(byId('attention'), ({ kind, name, about }) => `${kind} ${name} ${about}`, entryRow);

/**
 * Shows what needs attention.
 * @param entries {kind, name, about, tone, text, page, section, way}: what it is about, which no other of that name is; a
 * click leads to the section, if there is one, else to the details; way is a link, {text, href}, to what the text is about
 */
export function showAttention(entries) {
	const sorted = [...entries.filter(({ tone }) => tone === 'down'), ...entries.filter(({ tone }) => tone !== 'down')];
	rows.show(sorted.slice(0, MOST));
	hide(byId('attention'), entries.length === 0);
	hide(byId('no-attention'), entries.length > 0);
	hide(byId('more-attention'), entries.length <= MOST);
	show(byId('more-attention'), `and ${entries.length - MOST} more`);
}
