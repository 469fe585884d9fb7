/*
 * By how much counters have grown in a second, now.
 */

/** Rates are those of the time since about so long ago. */
const RATE_MILLIS = 5000;

const COUNTERS = {
	messagesIn: (item) => item.messages.received,
	messagesOut: (item) => item.messages.sent,
	bytesIn: (item) => item.bytes.received,
	bytesOut: (item) => item.bytes.sent,
	accepted: (item) => item.sessions?.accepted ?? 0,
	rejected: (item) => item.sessions?.rejected ?? 0
};

/** The rates of servers, or of clients. */
export class Rates {

	/** Counters of each name in the last seconds: {at, counts}, oldest first. */
	#samples = new Map();

	/** Adds to each item its health and its rates, which are null as long as they are not known. */
	measure(items, health, now) {
		for (const item of items) {
			item.health = health?.components?.[item.name]?.status ?? null;
			item.rates = this.#of(item, now);
		}
		this.keep(items);
	}

	#of(item, now) {
		const counts = Object.fromEntries(Object.entries(COUNTERS).map(([name, counter]) => [name, counter(item)]));
		let known = this.#samples.get(item.name) ?? [];
		if (known.some((sample) => Object.keys(counts).some((name) => sample.counts[name] > counts[name]))) {
			// Another run of the application counts from zero.
			known = [];
		}
		while (known.length > 1 && now - known[1].at >= RATE_MILLIS) {
			known.shift();
		}
		const oldest = known[0];
		this.#samples.set(item.name, [...known, { at: now, counts }]);
		if (!oldest) {
			return null;
		}
		const seconds = (now - oldest.at) / 1000;
		return Object.fromEntries(
			Object.keys(counts).map((name) => [name, (counts[name] - oldest.counts[name]) / seconds]));
	}

	/** Forgets all but these items. */
	keep(items) {
		for (const name of this.#samples.keys()) {
			if (!items.some((item) => item.name === name)) {
				this.#samples.delete(name);
			}
		}
	}

}
