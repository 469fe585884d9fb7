/*
 * A table of things, each with a row. It sorts by its headers, folds columns that are empty, and fits into its place.
 */

import { Actions } from './actions.js';
import { follow, inAddress, toAddress } from './address.js';
import { badge, byId, hide, lead, make, show } from './dom.js';
import { Fit } from './fit.js';
import { opened, openDetails } from './panel.js';
import { Rows } from './rows.js';

const EMPTY = ['', null, undefined];

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
	#rows;
	#heads = new Map();
	#items = [];
	#folded = new Set();
	#left = new Set();
	#fit;
	#sortedBy = null;

	/**
	 * Makes a table.
	 * @param options
	 *   id: that of the table;
	 *   kind: the word for one thing, which its row has as data;
	 *   key: its name, which no other has;
	 *   columns: {id, title, text, number, badge, hint, foreign, draw, tight, sort, asked, fold, card, way, beside, meter}: text
	 *   returns what is shown, badge the tone it has, way the address it leads to, beside what stands behind it, and meter what
	 *   a bar shows, {done, of, label}, all of them if there is something; draw fills the cell with more than text, and tight leaves no room above it; sort
	 *   returns what is compared, while
	 *   asked is the word by which the application sorts; fold hides it while all its cells are empty; a card has what card is set of, and
	 *   of 'less' only a card, since a table may leave that out.
	 *   The first column is the name;
	 *   details: whether the name opens details;
	 *   slots and menu: the actions;
	 *   empty: what is said of no rows.
	 */
	constructor(options) {
		this.#options = { slots: [], menu: [], details: false, ...options };
		const { id, columns, slots, menu, empty } = this.#options;
		const heads = columns.map((column) => this.#head(column));
		const body = make('tbody', { role: 'rowgroup' });
		this.#rows = new Rows(body, this.#options.key, (item) => this.#row(this.#options.key(item)));
		if (slots.length > 0 || menu.length > 0) {
			heads.push(make('th', { scope: 'col', role: 'columnheader', class: 'actions' }, 'Actions'));
		}
		const table = make('table', { id, role: 'table', 'aria-labelledby': `${id}-title` },
			make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' }, ...heads)), body);
		const place = make('div', { class: 'wide' }, table);
		this.element = make('div', {}, place, make('p', { id: `no-${id}`, class: 'empty', hidden: true }, empty));
		this.#fit = new Fit(place, table, (number) => this.#leave(number));
		follow(() => this.#rows.show(this.#sorted()));
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

	/** Shows the things, little by little if they are many. */
	async show(items) {
		this.#items = items;
		this.#fold();
		await this.#rows.show(this.#sorted());
		hide(byId(`no-${this.#options.id}`), items.length > 0);
		this.#fitAgain();
	}

	/** How long the texts of each column are: shorter ones may let more of them fit. */
	#lengths() {
		const length = (text) => String(text ?? '').length;
		return this.#options.columns.map(({ text = () => '', beside = () => '' }) =>
			Math.max(0, ...this.#items.map((item) => length(text(item)) + length(beside(item)))));
	}

	#sorts({ id, asked }) {
		return [id, `-${id}`, asked].filter(Boolean).includes(inAddress(this.#sort));
	}

	/** What sorts, and what is folded, decides which columns are wanted. */
	#fitAgain() {
		const wanted = [inAddress(this.#sort), ...this.#folded, ...this.#fit.reduced ? this.#lengths() : []].join();
		if (wanted !== this.#sortedBy) {
			this.#sortedBy = wanted;
			for (const column of this.#options.columns) {
				for (const { entries } of this.#rows.all()) {
					entries[column.id].classList.toggle('sorted', this.#sorts(column));
				}
			}
			this.#fit.again();
		}
	}

	/** Sorts as the address says, and says so in the headers. */
	#sorted() {
		const word = inAddress(this.#sort);
		let items = this.#items;
		for (const column of this.#options.columns) {
			const by = [column.id, `-${column.id}`].includes(word);
			const sorted = (column.asked && word === column.asked) ? 'descending'
				: (column.sort && by) ? (word.startsWith('-') ? 'descending' : 'ascending') : 'none';
			const head = this.#heads.get(column.id);
			if ((column.sort || column.asked) && head.ariaSort !== sorted) {
				head.ariaSort = sorted;
			}
			if (column.sort && by) {
				const direction = word.startsWith('-') ? -1 : 1;
				items = [...items].sort((a, b) => direction * compare(column.sort(a), column.sort(b)));
			}
		}
		return items;
	}

	/** Leaves out columns that a card does not have, the last one first, but not the one that sorts. */
	#leave(number) {
		const { columns } = this.#options;
		const can = columns.filter((column, i) => i > 0 && column.card !== true && !this.#folded.has(column.id)
			&& !this.#sorts(column)).map(({ id }) => id);
		const left = new Set((number > 0) ? can.slice(-number) : []);
		for (const { id } of columns.filter((column) => left.has(column.id) !== this.#left.has(column.id))) {
			this.#heads.get(id).classList.toggle('left', left.has(id));
			for (const { entries } of this.#rows.all()) {
				entries[id].classList.toggle('left', left.has(id));
			}
		}
		this.#left = left;
		return number <= can.length;
	}

	/** Hides columns without any entry. */
	#fold() {
		for (const column of this.#options.columns.filter(({ fold }) => fold)) {
			const { id } = column;
			const folded = this.#items.every((item) => EMPTY.includes(column.text(item)));
			if (folded !== this.#folded.has(id)) {
				this.#folded[folded ? 'add' : 'delete'](id);
				hide(this.#heads.get(id), folded);
				for (const { entries } of this.#rows.all()) {
					hide(entries[id], folded);
				}
			}
		}
	}

	#row(name) {
		const { kind, columns, details, slots, menu } = this.#options;
		const element = make('tr', { role: 'row', [`data-${kind}`]: name });
		const entries = {};
		const cells = {};
		columns.forEach((column, i) => {
			const entry = (i === 0) ? make('th', { scope: 'row', role: 'rowheader' })
				: make('td', { role: 'cell', 'data-label': column.title });
			entry.className = [column.number && 'number', column.foreign && 'foreign', column.tight && 'tight',
				!column.card && i > 0 && 'rest', this.#left.has(column.id) && 'left',
				this.#sorts(column) && 'sorted'].filter(Boolean).join(' ');
			entry.hidden = this.#folded.has(column.id);
			const cell = inside(column, i === 0 && details) ?? entry;
			cell.dataset.cell = column.id;
			if (cell !== entry) {
				entry.append(cell);
			}
			if (column.beside) {
				entry.append(' ', make('span', { class: 'beside' }));
			}
			if (column.meter) {
				entry.append(make('progress', { hidden: true }));
			}
			entries[column.id] = entry;
			cells[column.id] = cell;
			element.append(entry);
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
			entries,
			show(item) {
				for (const column of columns) {
					fill(cells[column.id], column, item);
				}
				if (details) {
					expand(opener, opened(kind) === name);
				}
				actions?.show(item);
			}
		};
	}

	/** What opens the details of a name, or the title of the table. */
	opener(name) {
		return this.#rows.get(name)?.element.querySelector('.open') ?? byId(`${this.#options.id}-title`);
	}

}

/** What is in an entry that is more than its text. */
function inside(column, opens) {
	if (opens) {
		return make('button', { type: 'button', class: 'open', 'aria-controls': 'panel' });
	}
	if (column.way) {
		return make('a');
	}
	return (column.badge || column.draw || column.beside) ? make('span', { class: column.badge ? 'badge' : '' }) : null;
}

function expand(opener, yes) {
	if (opener.ariaExpanded !== String(yes)) {
		opener.ariaExpanded = String(yes);
	}
}

function fillMeter(bar, meter) {
	hide(bar, !meter);
	if (meter) {
		bar.max = Math.max(1, meter.of);
		bar.value = meter.done;
		bar.ariaLabel = meter.label;
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
	if (column.beside) {
		show(cell.nextElementSibling, column.beside(item) ?? '');
	}
	if (column.meter) {
		fillMeter(cell.parentElement.querySelector('progress'), column.meter(item));
	}
	if (column.way) {
		lead(cell, { href: column.way(item) ?? '' });
	}
	if (column.hint) {
		const hint = column.hint(item) ?? '';
		if (cell.title !== hint) {
			cell.title = hint;
		}
	}
}
