/*
 * Has a table fit into its place, so that nothing is behind a sideways scroll: buttons go into the menu, then columns go, the
 * last one first, and then each row is a card.
 */

/** At this width of the window rows are cards in any case. */
const phone = matchMedia('(max-width: 600px)');

export class Fit {

	#place;
	#table;
	#leave;
	#width = -1;

	/**
	 * Begins to watch.
	 * @param place what the table is in, which gets the classes menu-only and cards
	 * @param table the table
	 * @param leave leaves out so many columns, and returns whether there were as many that can be left out
	 */
	constructor(place, table, leave) {
		this.#place = place;
		this.#table = table;
		this.#leave = leave;
		const watched = new ResizeObserver(() => this.#changed());
		watched.observe(place);
		watched.observe(table);
		phone.addEventListener('change', () => this.again());
	}

	get #fits() {
		return this.#table.offsetWidth <= this.#place.clientWidth;
	}

	#changed() {
		if (this.#place.clientWidth !== this.#width || !this.#fits) {
			this.again();
		}
	}

	/** Fits again: other columns are wanted. */
	again() {
		this.#width = this.#place.clientWidth;
		const { classList } = this.#place;
		classList.remove('menu-only', 'cards');
		this.#leave(0);
		if (this.#width === 0 || (!phone.matches && this.#fits)) {
			return;
		}
		classList.add('menu-only');
		for (let left = 1; !phone.matches && !this.#fits && this.#leave(left); left++);
		if (phone.matches || !this.#fits) {
			this.#leave(0);
			classList.add('cards');
		}
	}

}
