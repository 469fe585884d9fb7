/*
 * The settings of a server or client, in its details: what is in force, where it comes from, and what a change of it does.
 */

import { ask, has, href, json } from './actuator.js';
import { hide, make, show } from './dom.js';
import { numbers } from './format.js';
import { Rows } from './rows.js';

/** They change seldom. */
const PAUSE_MILLIS = 5000;

const FROM = {
	BUILT_IN: 'default', ENTRY: 'own key', DEFAULTS: 'server-defaults', CUSTOMIZER: 'customizer', CODE: 'code'
};

const ON_CHANGE = {
	APPLIED: 'at once', NEW_SESSIONS: 'in new sessions', RESTART: 'after a restart of it', REFUSED: 'after a restart of the application'
};

function row({ key }) {
	const cells = ['value', 'from', 'change'].map((name) => make('td', { 'data-cell': name }));
	const origin = make('small', { class: 'quiet', 'data-cell': 'origin' });
	return {
		element: make('tr', { 'data-setting': key }, make('th', { scope: 'row' }, make('span', { 'data-cell': 'key' }, key), ' ', origin), ...cells),
		show(setting) {
			show(cells[0], setting.value);
			show(cells[1], FROM[setting.from] ?? setting.from);
			hide(origin, !setting.origin);
			show(origin, setting.origin ?? '');
			show(cells[2], ON_CHANGE[setting.onChange] ?? setting.onChange);
		}
	};
}

/** What somebody has set comes first. */
const first = (a, b) => Number(a.from === 'BUILT_IN') - Number(b.from === 'BUILT_IN') || a.key.localeCompare(b.key);

export class Settings {

	element;

	#kind;
	#body = make('tbody');
	#rows = new Rows(this.#body, ({ key }) => key, row);
	#summary = make('summary', {}, 'Settings');
	#filter;
	#none = make('p', { class: 'empty', hidden: true }, 'No setting is like that.');
	#settings = [];
	#asked = { name: '', at: -Infinity };

	/**
	 * Makes the block.
	 * @param kind servers or clients, as the endpoint calls them
	 * @param word the word for one of them
	 */
	constructor(kind, word) {
		this.#kind = kind;
		this.#filter = make('input', { id: `${word}-settings-filter`, size: 16, placeholder: 'timeouts', autocomplete: 'off', spellcheck: 'false' });
		this.#filter.addEventListener('input', () => this.#draw());
		const titles = ['Key', 'Value', 'From', 'Change takes effect'].map((title) => make('th', { scope: 'col' }, title));
		this.element = make('details', { id: `${word}-settings`, class: 'spaced', hidden: true }, this.#summary,
			make('p', { class: 'controls' }, make('label', {}, 'Key, value or origin ', this.#filter)),
			make('table', { 'aria-label': 'Settings' }, make('thead', {}, make('tr', {}, ...titles)), this.#body),
			this.#none);
	}

	/** Asks for what is new, if there may be something: [the answer, whose it is], or nothing. */
	question(name, now) {
		const known = this.#asked.name === name;
		if (!name || !has('socketsettings') || (known && (!this.element.open || now - this.#asked.at < PAUSE_MILLIS))) {
			return null;
		}
		this.#asked = { name, at: now };
		return ask('GET', href('socketsettings', this.#kind, name)).then((answer) => ({ answer, name }));
	}

	/**
	 * Shows them.
	 * @param asked what question has answered
	 * @param name whose are wanted
	 */
	show(asked, name) {
		if (asked && asked.name === name) {
			const found = (asked.answer.status === 200) ? json(asked.answer) : null;
			this.#settings = found ? [...found.settings].sort(first) : [];
			hide(this.element, !found);
			this.#draw();
		}
		if (!has('socketsettings')) {
			hide(this.element, true);
		}
	}

	#draw() {
		const wanted = this.#filter.value.trim().toLowerCase();
		const chosen = this.#settings.filter(({ key, value, from, property, origin }) =>
			[key, value, FROM[from], property, origin].filter(Boolean).some((text) => text.toLowerCase().includes(wanted)));
		const set = this.#settings.filter(({ from }) => from !== 'BUILT_IN').length;
		show(this.#summary, `Settings: ${numbers.format(set)} of ${numbers.format(this.#settings.length)} differ from the default`);
		hide(this.#none, chosen.length > 0);
		this.#rows.show(chosen);
	}

}
