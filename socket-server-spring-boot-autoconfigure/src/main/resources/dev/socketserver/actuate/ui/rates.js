/*
 * By how much counters have grown in a second, now and in the last minutes.
 */

/** Rates are those of the time since about so long ago. */
const RATE_MILLIS = 5000;

/** So long are the charts. */
export const CHART_SECONDS = 300;

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

/** What servers were like in the last minutes, one after the other and all together. */
export class History {

	/** {at, values}, oldest first, by the names of servers; all together are ''. */
	#points = new Map();

	add(servers, now) {
		const total = {};
		for (const server of servers) {
			const values = { sessions: server.sessions.active, ...server.rates };
			this.#put(server.name, now, values);
			for (const [name, value] of Object.entries(values)) {
				total[name] = (total[name] ?? 0) + value;
			}
		}
		this.#put('', now, total);
		for (const name of this.#points.keys()) {
			if (name !== '' && !servers.some((server) => server.name === name)) {
				this.#points.delete(name);
			}
		}
	}

	#put(name, now, values) {
		const points = this.#points.get(name) ?? [];
		points.push({ at: now, values });
		while (now - points[0].at > CHART_SECONDS * 1000) {
			points.shift();
		}
		this.#points.set(name, points);
	}

	/** The points of a server, or of all together. */
	of(name) {
		return this.#points.get(name) ?? [];
	}

}
