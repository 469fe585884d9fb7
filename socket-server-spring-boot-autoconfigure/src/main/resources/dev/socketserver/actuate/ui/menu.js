/*
 * The one menu of the page: what else can be done with a row.
 */

import { byId, make } from './dom.js';

const menu = byId('menu');

const items = () => [...menu.querySelectorAll('button:enabled')];

/** The button that the menu belongs to. */
let owner = null;

function fill(entries) {
	menu.replaceChildren(...entries.map(({ id, label, name, grave, enabled, run }) => {
		const item = make('button', { type: 'button', role: 'menuitem', class: grave ? 'grave' : '', disabled: !enabled,
			'aria-label': name, 'data-action': id }, label);
		item.addEventListener('click', () => {
			menu.hidePopover();
			owner.focus();
			run();
		});
		return item;
	}));
}

/** Offers what fits now, if the menu of a button is open. */
export function updateMenu(button, offered) {
	if (owner !== button || !menu.matches(':popover-open')) {
		return;
	}
	const entries = offered();
	const shown = [...menu.children];
	if (shown.map((item) => item.dataset.action).join() !== entries.map(({ id }) => id).join()) {
		fill(entries);
		items()[0]?.focus();
		return;
	}
	entries.forEach(({ enabled }, i) => {
		shown[i].disabled = !enabled;
	});
}

/** Opens the menu below a button. Each entry is {id, label, name, grave, enabled, run}. */
export function openMenu(button, entries) {
	owner = button;
	fill(entries);
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
