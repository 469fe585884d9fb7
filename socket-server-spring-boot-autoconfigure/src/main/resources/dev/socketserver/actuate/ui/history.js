/*
 * What servers and clients were like in the last minutes. The application remembers it; the page asks for what is new.
 */

import { pastSince } from './actuator.js';

/** As many points as the application has. */
const POINTS = 180;

/** Figures that are values of a moment; all others are counters, and shown by the second. */
const GAUGES = ['sessions', 'waiting'];

let interval = 5000;

/** Of the last point, by the clock of the application. */
let last = null;

let askedAt = -Infinity;

/** What the application uses of what it may use. */
let used = {};

/** When the points were taken, in seconds, by the clock of the browser. */
let times = [];

/** Points and what else there is of each server and client, by their names. */
const known = { servers: new Map(), clients: new Map() };

/** Changes with each new point. */
let version = 0;

/** What a chart has to be drawn for again. */
export const pointsVersion = () => version;

/** Asks for what is new, if there may be something. */
export async function learn(now) {
	if (now - askedAt < interval) {
		return;
	}
	askedAt = now;
	const answer = await pastSince(last);
	if (!answer) {
		return;
	}
	interval = answer.interval;
	used = { memory: answer.memory, files: answer.files };
	const skew = Date.now() - answer.now;
	times = [...times, ...answer.times.map((time) => (time + skew) / 1000)].slice(-POINTS);
	for (const of of ['servers', 'clients']) {
		keep(known[of], answer[of], answer.times.length);
	}
	if (answer.times.length > 0) {
		last = answer.times.at(-1);
		version++;
	}
}

/** Adds points to those before, all with one for each of the times; there is null where nothing is known. */
function keep(items, answers, count) {
	for (const name of items.keys()) {
		if (!answers.some((answer) => answer.name === name)) {
			items.delete(name);
		}
	}
	for (const answer of answers) {
		const before = items.get(answer.name)?.figures ?? {};
		const figures = {};
		for (const [figure, values] of Object.entries(answer.figures)) {
			const scale = GAUGES.includes(figure) ? 1 : 1000 / interval;
			const all = [...before[figure] ?? [], ...Array(count - values.length).fill(null), ...values.map((value) => value * scale)];
			figures[figure] = [...Array(Math.max(0, times.length - all.length)).fill(null), ...all].slice(-times.length);
		}
		items.set(answer.name, { ...answer, figures });
	}
}

/** Forgets everything: the application has started again. */
export function forgetPast() {
	last = null;
	askedAt = -Infinity;
	times = [];
	known.servers.clear();
	known.clients.clear();
}

/** Asks again at the next opportunity: something may have changed. */
export function learnSoon() {
	askedAt = -Infinity;
}

/** The points of a server or client: {times, figures}. */
export const pastOf = (of, name) => ({ times, figures: known[of].get(name)?.figures ?? {} });

/** The points of all servers together. */
export function pastOfAll() {
	const figures = {};
	for (const { figures: own } of known.servers.values()) {
		for (const [figure, values] of Object.entries(own)) {
			figures[figure] ??= Array(times.length).fill(null);
			values.forEach((value, i) => {
				if (value !== null) {
					figures[figure][i] += value;
				}
			});
		}
	}
	return { times, figures };
}

/** {memory, files}, each {used, limit}, as far as they are known. */
export const resources = () => used;

/** How a server is configured: {sessions, drainTimeout, delay, over, order}, if that is known. */
export const configured = (name) => known.servers.get(name)?.configured ?? null;

/** What there was lately of a server or client: {stuck, refused, closed, alarms}. */
export const lately = (of, name) => known[of].get(name) ?? { stuck: 0, refused: {}, closed: {}, alarms: {} };
