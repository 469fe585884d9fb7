/*
 * Asks the person, and has the application do it.
 */

import { ask, json, reason } from './actuator.js';
import { byId, make, show } from './dom.js';
import { done, problem } from './notices.js';

let changed = () => {};

/** Calls back after each attempt to change something. */
export function afterChanges(callback) {
	changed = callback;
}

/** Makes a field: {name, label, value, hint, help, options}; help says what may be entered; options of a list are [value, text]. */
function field({ name, label, value = '', hint = '', help = '', options, checkbox }) {
	const element = document.createElement('label');
	element.append(document.createElement('span'));
	show(element.firstChild, label);
	const control = document.createElement(options ? 'select' : 'input');
	control.name = name;
	if (options) {
		options.forEach(([key, text]) => control.add(new Option(text, key)));
	}
	if (checkbox) {
		control.type = 'checkbox';
		control.value = 'true';
	}
	else {
		control.value = value;
		control.placeholder = hint;
	}
	element.append(control);
	if (!help) {
		return element;
	}
	// Beside the label, of whose name it would be a part.
	control.setAttribute('aria-describedby', `help-${name}`);
	return make('div', {}, element, make('small', { id: `help-${name}`, class: 'quiet' }, help));
}

/** Takes the answer to the question that is open. */
let answered = () => {};

/** Answers at once: the event that the dialog has closed comes later, when there may be another question. */
function end(answer) {
	byId('confirm').close();
	answered(answer);
}

/**
 * Asks the person, and perhaps for more.
 * @param question what is going to happen
 * @param yes what the button says that lets it happen
 * @param fields what else to ask for
 * @param grave whether something ends by it
 * @return a promise of what was entered, by the names of the fields and without what is empty; null for no
 */
export function sure(question, yes, fields = [], grave = true) {
	const dialog = byId('confirm');
	show(byId('confirm-text'), question);
	show(byId('confirm-yes'), yes);
	byId('confirm-yes').className = grave ? 'grave' : 'chief';
	byId('confirm-fields').replaceChildren(...fields.map(field));
	return new Promise((resolve) => {
		answered = resolve;
		dialog.showModal();
	});
}

/**
 * Has the application change something.
 * @param what what it is, for people
 * @param told makes the text that says so of the answer
 * @return what was answered, or null if it was refused
 */
export async function change(what, method, address, body, told = () => `${what}: done.`) {
	let answer = null;
	try {
		answer = await ask(method, address, { body });
		if (answer.status >= 200 && answer.status < 300) {
			done(told(json(answer)));
		}
		else {
			problem(`${what}: ${reason(answer)}`);
			answer = null;
		}
	}
	catch (error) {
		problem(`${what}: ${error.message}`);
		answer = null;
	}
	changed();
	return answer && (json(answer) ?? {});
}

byId('confirm-form').addEventListener('submit', (event) => {
	// The policy lets no form go anywhere; this one only ends the dialog.
	event.preventDefault();
	const entered = [...new FormData(byId('confirm-form'))].filter(([, value]) => value.trim() !== '');
	end(Object.fromEntries(entered));
});
byId('confirm-no').addEventListener('click', () => end(null));
// With the key Escape; not if it is another question that is open by now.
byId('confirm').addEventListener('close', () => byId('confirm').open || answered(null));
