/*
 * Does work in slices, so that none of them holds up what a person does.
 */

/** A slice is over then. */
const SLICE_MILLIS = 8;

/** What is to be done, by what it is done for: only the last one counts. */
const work = new Map();

let planned = false;

function slice() {
	const end = performance.now() + SLICE_MILLIS;
	for (const [key, task] of work) {
		work.delete(key);
		task();
		if (performance.now() > end) {
			break;
		}
	}
	planned = work.size > 0;
	if (planned) {
		setTimeout(slice);
	}
}

/** Does something soon, in place of what was to be done for the same key. */
export function moreTime(key, task) {
	work.set(key, task);
	if (!planned) {
		planned = true;
		setTimeout(slice);
	}
}

/** Lets what a person does come first. */
export const pause = () => new Promise((resolve) => {
	setTimeout(resolve);
});

/** The slices of one piece of work. */
export class Slices {

	#end = performance.now() + SLICE_MILLIS;

	/** Lets what a person does come first, once a slice is over. */
	async pause() {
		if (performance.now() > this.#end) {
			await pause();
			this.#end = performance.now() + SLICE_MILLIS;
		}
	}

}
