/*
 * The panel at the side with the details of one thing: a server, a session, a client, a tap or the like. The address has
 * which one.
 */

import { follow, inAddress, toAddress } from './address.js';
import { byId, hide, show } from './dom.js';

/** By their words: {element, title, origin}. */
const kinds = new Map();

/** What is shown: [kind, name], or null. */
let shown = null;

/** What opened it, and gets the focus back. */
let opener = null;

/** Below this width the panel lies over the list. */
const narrow = matchMedia('(max-width: 899px)');

/**
 * Adds a kind of things that have details.
 * @param kind the word for it, which also is its name in the address
 * @param element what is shown in the panel
 * @param origin finds what has the focus after the details of a name, if what opened them is gone
 */
export function addDetails(kind, element, origin) {
	kinds.set(kind, { element, origin });
	byId('panel-body').append(element);
	hide(element, true);
}

/** Whose details of a kind are open, or null. */
export const opened = (kind) => (shown?.[0] === kind) ? shown[1] : null;

const closed = () => Object.fromEntries([...kinds.keys()].map((kind) => [kind, '']));

/** Opens details, or closes them if they are open. */
export function openDetails(kind, name, by) {
	if (opened(kind) === name) {
		closeDetails();
		return;
	}
	opener = by;
	const before = by?.getBoundingClientRect().top;
	toAddress({ ...closed(), [kind]: name }, true);
	// The list has become narrower and longer: what was clicked stays where it was.
	window.scrollBy(0, (by?.getBoundingClientRect().top ?? 0) - (before ?? 0));
	byId('panel-title').focus();
}

export const closeDetails = () => toAddress(closed(), true);

/** Shows the details, or why there are none. */
export function showDetails(kind, found, text) {
	hide(kinds.get(kind).element, !found);
	hide(byId('panel-gone'), !text);
	show(byId('panel-gone'), text);
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);

function turn() {
	const kind = [...kinds.keys()].find((each) => inAddress(each));
	const next = kind ? [kind, inAddress(kind)] : null;
	if (String(next) !== String(shown)) {
		const before = shown;
		shown = next;
		for (const [word, { element }] of kinds) {
			hide(element, word !== kind || element.dataset.name !== next[1]);
		}
		hide(byId('panel-gone'), true);
		hide(byId('panel'), !next);
		document.body.classList.toggle('with-panel', Boolean(next));
		if (next) {
			show(byId('panel-title'), `${capital(kind)} ${next[1]}`);
			byId('panel').scrollTop = 0;
		}
		cover();
		if (before && !next) {
			(opener?.isConnected ? opener : kinds.get(before[0]).origin(before[1])).focus();
			opener = null;
		}
	}
}

/** What the panel lies over cannot be reached, nor what leads there. */
function cover() {
	for (const part of [byId('view'), byId('nav')]) {
		part.inert = Boolean(shown) && narrow.matches;
	}
}

/** Connects what a person does here, and opens what the address has. */
export function beginPanel() {
	narrow.addEventListener('change', cover);
	byId('panel-leave').addEventListener('click', closeDetails);
	document.addEventListener('keydown', (event) => {
		const others = document.querySelector('dialog[open], [popover]:popover-open');
		if (event.key === 'Escape' && shown && !others && !event.defaultPrevented) {
			closeDetails();
		}
	});
	turn();
}

// Before all others that follow the address: they ask what is open.
follow(turn);
