/*
 * What is shown, in the fragment of the address: whoever gets the address sees the same. The application is never sent it.
 */

let parameters = new URLSearchParams(location.hash.slice(1));

const followers = [];

/** A value of the address; empty if it has none. */
export const inAddress = (name) => parameters.get(name) ?? '';

/** Calls back whenever the address has changed: with what it had before, if a link or the browser has changed it. */
export function follow(callback) {
	followers.push(callback);
}

function changed(before) {
	followers.forEach((callback) => callback(before));
}

/**
 * Changes values; those that are empty are left out.
 * @param values the values by their names
 * @param step whether going back in the browser undoes it
 */
export function toAddress(values, step = false) {
	const before = parameters.toString();
	for (const [name, value] of Object.entries(values)) {
		if (value) {
			parameters.set(name, value);
		}
		else {
			parameters.delete(name);
		}
	}
	const after = parameters.toString();
	if (after !== before) {
		const address = location.pathname + location.search + (after ? `#${after}` : '');
		window.history[step ? 'pushState' : 'replaceState'](null, '', address);
		changed();
	}
}

window.addEventListener('hashchange', () => {
	const before = parameters;
	parameters = new URLSearchParams(location.hash.slice(1));
	changed(before);
});
