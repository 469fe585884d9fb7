/*
 * What can be done with one thing: buttons, of which one takes the place of another, and a menu.
 */

import { make, show } from './dom.js';
import { openMenu, updateMenu } from './menu.js';

/**
 * The buttons of one thing. An action is {id, label, grave, fits, run, offered}: fits says whether it can be done with the
 * thing as it is, and offered whether this person may do it at all.
 */
export class Actions {

	element = make('span', { class: 'buttons' });

	#name;
	#slots;
	#menu;
	#buttons;
	#more = null;
	#item = null;

	/**
	 * Makes the buttons.
	 * @param name what they act on, for people
	 * @param slots the actions of each button: the first that fits is shown
	 * @param menu the actions of the menu
	 */
	constructor(name, slots, menu) {
		const offered = (actions) => actions.filter((action) => action.offered());
		this.#name = name;
		this.#slots = slots.map(offered).filter((actions) => actions.length > 0);
		this.#menu = offered(menu);
		this.#buttons = this.#slots.map((actions) => this.#button(actions));
		this.element.append(...this.#buttons);
		if (this.#slots.length > 0 || this.#menu.length > 0) {
			this.#more = make('button', { type: 'button', class: (this.#menu.length > 0) ? 'more' : 'more narrow',
				'data-action': 'more', 'aria-haspopup': 'menu', 'aria-label': `More for ${name}` }, '⋯');
			this.#more.addEventListener('click', () => openMenu(this.#more, this.#entries()));
			this.element.append(this.#more);
		}
	}

	#button(actions) {
		const button = make('button', { type: 'button' });
		button.addEventListener('click', () => actions.find(({ id }) => id === button.dataset.action).run(this.#item));
		return button;
	}

	#entries() {
		// There may be room for the menu only.
		const listed = this.element.closest('.menu-only') ? [...this.#slots.map((actions) => this.#current(actions)), ...this.#menu] : this.#menu;
		return listed.map(({ id, label, grave, fits, run }) => ({ id, label, grave, name: `${label} ${this.#name}`,
			enabled: fits(this.#item), run: () => run(this.#item) }));
	}

	#current(actions) {
		return actions.find(({ fits }) => fits(this.#item)) ?? actions[0];
	}

	/** Offers what fits the thing as it is now. */
	show(item) {
		this.#item = item;
		this.#slots.forEach((actions, i) => {
			const button = this.#buttons[i];
			const { id, label, grave, fits } = this.#current(actions);
			if (button.dataset.action !== id) {
				button.dataset.action = id;
				button.className = grave ? 'grave' : '';
				show(button, label);
				button.setAttribute('aria-label', `${label} ${this.#name}`);
			}
			this.#enable(button, fits(item));
		});
		if (this.#more) {
			updateMenu(this.#more, () => this.#entries());
		}
	}

	/** A button that has the focus hands it on before it is disabled. */
	#enable(button, yes) {
		if (button.disabled === yes) {
			if (!yes && document.activeElement === button) {
				[...this.element.children].find((other) => other !== button && !other.disabled)?.focus();
			}
			button.disabled = !yes;
		}
	}

}
