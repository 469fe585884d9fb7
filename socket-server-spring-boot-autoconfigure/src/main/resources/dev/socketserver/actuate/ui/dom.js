/*
 * Puts text into the document.
 *
 * Addresses, names, attributes and frames are what peers have sent. Everything from the application is shown by
 * textContent, never parsed as HTML; the page's Content-Security-Policy refuses innerHTML.
 */

export const byId = (id) => document.getElementById(id);

export function show(element, text) {
	const value = (text === null || text === undefined) ? '–' : String(text);
	if (element.textContent !== value) {
		element.textContent = value;
	}
}

export function badge(element, text, tone) {
	show(element, text);
	if (element.dataset.tone !== tone) {
		element.dataset.tone = tone;
	}
}

export function hide(element, hidden) {
	if (element.hidden !== hidden) {
		element.hidden = hidden;
	}
}

/** Properties that are set as such; all others are attributes. */
const PROPERTIES = ['disabled', 'checked', 'value', 'hidden', 'selected', 'tabIndex'];

/**
 * Makes an element.
 * @param properties its attributes and properties
 * @param children elements, or texts
 */
export function make(tag, properties = {}, ...children) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (PROPERTIES.includes(name)) {
			made[name] = value;
		}
		else if (value) {
			made.setAttribute(name, value);
		}
	}
	made.append(...children);
	return made;
}

/** Makes a link lead somewhere; without an address it is text. */
export function lead(link, { href = '', outside = false }) {
	if ((link.getAttribute('href') ?? '') !== href) {
		href ? link.setAttribute('href', href) : link.removeAttribute('href');
		if (outside) {
			link.target = '_blank';
			link.rel = 'noreferrer';
		}
	}
}

/** Shows a value: text, or {text, href, outside} for a link. */
function put(cell, value) {
	const link = cell.querySelector(':scope > a');
	if (value?.href) {
		const made = link ?? make('a');
		if (!link) {
			cell.replaceChildren(made);
		}
		show(made, value.text);
		lead(made, value);
		return;
	}
	if (link) {
		cell.replaceChildren();
	}
	show(cell, value?.text ?? value);
}

/** Fills a list of terms, or a table of two columns, with pairs of text. Keys are as foreign as values. */
function pairs(container, entries, tags, numeric) {
	const inRows = tags[0] === 'td';
	const children = [...container.children];
	const cells = inRows ? children.flatMap((tableRow) => [...tableRow.children]) : children;
	if (cells.length === 2 * entries.length) {
		entries.flat().forEach((value, i) => put(cells[i], value));
		return;
	}
	container.replaceChildren();
	for (const entry of entries) {
		const pair = tags.map((tag) => document.createElement(tag));
		pair.forEach((cell, i) => put(cell, entry[i]));
		pair[1].classList.toggle('number', numeric);
		const parent = inRows ? container.appendChild(document.createElement('tr')) : container;
		parent.append(...pair);
	}
}

/** Shows facts, whose values are texts or links; what is null is left out. */
export const facts = (id, entries) =>
	pairs(byId(id), entries.filter(([, value]) => value !== null && value !== undefined), ['dt', 'dd'], false);

/** Shows a listing, if there is something in it. */
export function listing(id, entries, numeric) {
	hide(byId(id), entries.length === 0);
	pairs(byId(id).tBodies[0], entries, ['td', 'td'], numeric);
}

/** Makes a table of two columns for a listing. */
export const twoColumns = (id, caption, first, second, numeric) => make('table', { id },
	make('caption', {}, caption),
	make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, first),
		make('th', { scope: 'col', class: numeric ? 'number' : '' }, second))),
	make('tbody'));

/** Makes the options of a list those of the names; the first one, for all, stays. */
export function options(select, names) {
	const known = [...select.options].slice(1);
	known.filter((option) => !names.includes(option.value)).forEach((option) => option.remove());
	for (const name of names) {
		if (!known.some((option) => option.value === name)) {
			select.add(new Option(name, name));
		}
	}
}
