/*
 * Has a table fit into its place, so that nothing is behind a sideways scroll: columns are left out, the last one first; if
 * that is not enough, buttons go into the menu; and if that is not either, each row is a card.
 */

/** At this width of the window rows are cards in any case. */
const phone = matchMedia('(max-width: 600px)');

export class Fit {

	#place;
	#table;
	#leave;
	#width = -1;
	#reduced = false;

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

	/** Whether something is left out. */
	get reduced() {
		return this.#reduced;
	}

	/** Fits again: other columns are wanted, or what they have has changed. */
	again() {
		this.#width = this.#place.clientWidth;
		const { classList } = this.#place;
		classList.remove('menu-only', 'cards');
		this.#leave(0);
		this.#reduced = this.#width > 0 && (phone.matches || !this.#fits);
		if (!this.#reduced) {
			return;
		}
		if (!phone.matches && this.#leaveOut()) {
			return;
		}
		classList.add('menu-only');
		if (phone.matches || !this.#leaveOut()) {
			this.#leave(0);
			classList.add('cards');
		}
	}

	/** Leaves out as few columns as it takes, and returns whether that was enough. */
	#leaveOut() {
		for (let left = 0; this.#leave(left); left++) {
			if (this.#fits) {
				return true;
			}
		}
		return false;
	}

}
