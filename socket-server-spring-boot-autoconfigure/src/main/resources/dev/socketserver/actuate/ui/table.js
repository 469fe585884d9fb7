/*
 * A table of things, each with a row. It sorts by its headers, folds columns that are empty, and is a list of cards where
 * the window is narrow.
 */

import { Actions } from './actions.js';
import { follow, inAddress, toAddress } from './address.js';
import { badge, byId, hide, make, reconcile, show } from './dom.js';
import { opened, openDetails } from './panel.js';
import { pause } from './slices.js';

const EMPTY = ['', null, undefined];

/** So many rows are made without a pause. */
const AT_ONCE = 10;

/** Sorts as people do: servers-2 before servers-10. */
const order = new Intl.Collator('en', { numeric: true });

function compare(a, b) {
	if (typeof a === 'number' && typeof b === 'number') {
		return a - b;
	}
	return order.compare(a ?? '', b ?? '');
}

export class Table {

	#options;
	#rows = new Map();
	#heads = new Map();
	#items = [];
	#body = make('tbody', { role: 'rowgroup' });

	/**
	 * Makes a table.
	 * @param options
	 *   id: that of the table;
	 *   kind: the word for one thing, which its row has as data;
	 *   key: its name, which no other has;
	 *   columns: {id, title, text, number, badge, hint, foreign, draw, sort, asked, fold, card}: text returns what is
	 *   shown, and badge the tone it has; draw fills the cell with more than text; sort returns what is compared, while
	 *   asked is the word by which the application sorts; fold hides it while all its cells are empty; a card has what card is set of.
	 *   The first column is the name;
	 *   details: whether the name opens details;
	 *   slots and menu: the actions;
	 *   empty: what is said of no rows.
	 */
	constructor(options) {
		this.#options = { slots: [], menu: [], details: false, ...options };
		const { id, columns, slots, menu, empty } = this.#options;
		const heads = columns.map((column) => this.#head(column));
		if (slots.length > 0 || menu.length > 0) {
			heads.push(make('th', { scope: 'col', role: 'columnheader', class: 'actions' }, 'Actions'));
		}
		this.element = make('div', {},
			make('div', { class: 'wide', role: 'region', 'aria-labelledby': `${id}-title`, tabIndex: 0 },
				make('table', { id, role: 'table', 'aria-labelledby': `${id}-title` },
					make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, ...heads)), this.#body)),
			make('p', { id: `no-${id}`, class: 'empty', hidden: true }, empty));
		follow(() => this.#sorted());
	}

	#head(column) {
		const head = make('th', { scope: 'col', role: 'columnheader', class: column.number ? 'number' : '' });
		if (column.sort || column.asked) {
			const button = make('button', { type: 'button', class: 'sort', 'data-sort': column.id }, column.title);
			button.addEventListener('click', () => this.#sortBy(column));
			head.append(button);
		}
		else {
			head.append(column.title);
			head.classList.add('fixed');
		}
		this.#heads.set(column.id, head);
		return head;
	}

	get #sort() {
		return `${this.#options.id}-sort`;
	}

	/** Numbers are wanted with the most first, then the other way round, then as they come. */
	#sortBy(column) {
		const now = inAddress(this.#sort);
		if (column.asked) {
			toAddress({ [this.#sort]: (now === column.asked) ? '' : column.asked });
			return;
		}
		const turns = column.number ? [`-${column.id}`, column.id, ''] : [column.id, `-${column.id}`, ''];
		toAddress({ [this.#sort]: turns[(turns.indexOf(now) + 1) % turns.length] });
	}

	/** Shows the things. Many that are new are shown little by little. */
	async show(items) {
		const { key } = this.#options;
		let news = 0;
		for (const [i, item] of items.entries()) {
			if (!this.#rows.has(key(item)) && ++news % AT_ONCE === 0) {
				this.#items = items.slice(0, i + 1);
				this.#sorted();
				await pause();
			}
		}
		this.#items = items;
		this.#sorted();
		hide(byId(`no-${this.#options.id}`), items.length > 0);
		this.#fold(items);
	}

	#sorted() {
		const { id, columns, key } = this.#options;
		const word = inAddress(this.#sort);
		let items = this.#items;
		for (const column of columns) {
			const by = [column.id, `-${column.id}`].includes(word);
			const sorted = (column.asked && word === column.asked) ? 'descending'
				: (column.sort && by) ? (word.startsWith('-') ? 'descending' : 'ascending') : 'none';
			if (column.sort || column.asked) {
				this.#heads.get(column.id).ariaSort = sorted;
			}
			if (column.sort && by) {
				const direction = word.startsWith('-') ? -1 : 1;
				items = [...items].sort((a, b) => direction * compare(column.sort(a), column.sort(b)));
			}
		}
		if (byId(id)) {
			reconcile(this.#body, this.#rows, items, key, (item) => this.#row(key(item)));
		}
	}

	#fold(items) {
		for (const column of this.#options.columns.filter(({ fold }) => fold)) {
			const folded = items.every((item) => EMPTY.includes(column.text(item)));
			hide(this.#heads.get(column.id), folded);
			for (const { cells } of this.#rows.values()) {
				hide(cells[column.id].parentElement.closest('td'), folded);
			}
		}
	}

	#row(name) {
		const { kind, columns, details, slots, menu } = this.#options;
		const element = make('tr', { role: 'row', [`data-${kind}`]: name });
		const cells = {};
		columns.forEach((column, i) => {
			const cell = this.#cell(column, i === 0 && details);
			cells[column.id] = cell;
			element.append(make((i === 0) ? 'th' : 'td', {
				...(i === 0) ? { scope: 'row', role: 'rowheader' } : { role: 'cell', 'data-label': column.title },
				class: [column.number && 'number', column.foreign && 'foreign', !column.card && i > 0 && 'rest']
					.filter(Boolean).join(' ')
			}, cell));
		});
		const opener = cells[columns[0].id];
		if (details) {
			opener.addEventListener('click', () => openDetails(kind, name, opener));
		}
		let actions = null;
		if (slots.length > 0 || menu.length > 0) {
			actions = new Actions(`${kind} ${name}`, slots, menu);
			element.append(make('td', { role: 'cell', class: 'actions' }, actions.element));
		}
		return {
			element,
			cells,
			show(item) {
				for (const column of columns) {
					fill(cells[column.id], column, item);
				}
				if (details) {
					opener.setAttribute('aria-expanded', String(opened(kind) === name));
				}
				actions?.show(item);
			}
		};
	}

	#cell(column, opens) {
		if (opens) {
			return make('button', { type: 'button', class: 'open', 'data-cell': column.id, 'aria-controls': 'panel' });
		}
		return make('span', { class: column.badge ? 'badge' : '', 'data-cell': column.id });
	}

	/** What opens the details of a name, or the title of the table. */
	opener(name) {
		return this.#rows.get(name)?.element.querySelector('.open') ?? byId(`${this.#options.id}-title`);
	}

}

function fill(cell, column, item) {
	if (column.draw) {
		column.draw(cell, item);
		return;
	}
	const text = column.text(item);
	if (column.badge) {
		badge(cell, text, column.badge(item));
	}
	else {
		show(cell, text);
	}
	if (column.hint) {
		cell.title = column.hint(item) ?? '';
	}
}
