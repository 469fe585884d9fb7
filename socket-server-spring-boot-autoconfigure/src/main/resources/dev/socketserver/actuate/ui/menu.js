/*
 * The one menu of the page: what else can be done with a row.
 */

import { byId, make } from './dom.js';

const menu = byId('menu');

const items = () => [...menu.querySelectorAll('button:enabled')];

/** Opens the menu below a button. Each entry is {id, label, name, grave, enabled, run}. */
export function openMenu(button, entries) {
	menu.replaceChildren(...entries.map(({ id, label, name, grave, enabled, run }) => {
		const item = make('button', { type: 'button', role: 'menuitem', class: grave ? 'grave' : '', disabled: !enabled,
			'aria-label': name, 'data-action': id }, label);
		item.addEventListener('click', () => {
			menu.hidePopover();
			button.focus();
			run();
		});
		return item;
	}));
	menu.setAttribute('aria-label', button.ariaLabel);
	menu.showPopover();
	const { left, right, bottom, top } = button.getBoundingClientRect();
	const { width, height } = menu.getBoundingClientRect();
	menu.style.left = `${Math.max(4, Math.min(left, document.documentElement.clientWidth - width - 4, right))}px`;
	menu.style.top = `${(bottom + height > innerHeight) ? Math.max(4, top - height) : bottom + 2}px`;
	items()[0]?.focus();
}

menu.addEventListener('keydown', (event) => {
	const all = items();
	const at = all.indexOf(document.activeElement);
	const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
	if (next !== undefined) {
		event.preventDefault();
		all.at(next % all.length)?.focus();
	}
});
// What it belongs to may move.
window.addEventListener('resize', () => menu.hidePopover());
