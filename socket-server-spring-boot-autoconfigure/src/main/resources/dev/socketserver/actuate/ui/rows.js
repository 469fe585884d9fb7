/*
 * Rows of a table, or entries of a list, which follow what there is.
 */

import { Slices } from './slices.js';

export class Rows {

	#body;
	#key;
	#create;
	#rows = new Map();
	#names = new WeakMap();
	#turn = 0;
	#shown = null;

	/**
	 * Makes the rows.
	 * @param body what they are in
	 * @param key the name of an item, which no other has
	 * @param create makes a row for an item: {element, show(item)}
	 */
	constructor(body, key, create) {
		this.#body = body;
		this.#key = key;
		this.#create = create;
	}

	/** The row of a name, if there is one. */
	get(name) {
		return this.#rows.get(name);
	}

	all() {
		return this.#rows.values();
	}

	/**
	 * Makes rows those of the items, in their order. A row that stays is left alone: it may have the focus, or be under a
	 * pressed mouse. One that goes makes room for one that comes, so that nothing below moves. Many are shown in slices.
	 * @return a promise of the end; if others are shown meanwhile, of theirs
	 */
	async show(items) {
		this.#shown = this.#exchange(items, ++this.#turn);
		let last;
		do {
			last = this.#shown;
			await last;
		}
		while (last !== this.#shown);
	}

	async #exchange(items, turn) {
		const wanted = new Set(items.map(this.#key));
		const goes = (element) => element && !wanted.has(this.#names.get(element));
		const slices = new Slices();
		for (const [i, item] of items.entries()) {
			await slices.pause();
			if (turn !== this.#turn) {
				return;
			}
			const row = this.#row(item);
			row.show(item);
			if (row.element.isConnected) {
				while (goes(this.#body.children[i])) {
					this.#remove(this.#body.children[i]);
				}
			}
			const there = this.#body.children[i];
			if (goes(there)) {
				this.#body.insertBefore(row.element, there);
				this.#remove(there);
			}
			else if (there !== row.element) {
				this.#body.insertBefore(row.element, there ?? null);
			}
		}
		while (this.#body.children.length > items.length) {
			this.#remove(this.#body.lastElementChild);
		}
	}

	#row(item) {
		const name = this.#key(item);
		let row = this.#rows.get(name);
		if (!row) {
			row = this.#create(item);
			this.#rows.set(name, row);
			this.#names.set(row.element, name);
		}
		return row;
	}

	/** A row that has the focus hands it on to the title of its section. */
	#remove(element) {
		if (element.contains(document.activeElement)) {
			this.#body.closest('section').querySelector('[tabindex="-1"]').focus();
		}
		element.remove();
		this.#rows.delete(this.#names.get(element));
	}

}
