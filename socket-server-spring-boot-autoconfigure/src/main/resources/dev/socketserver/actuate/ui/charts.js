/*
 * Small charts of the last minutes, as SVG.
 */

import { byId, show } from './dom.js';
import { bytesPerSecond, numbers, perSecond } from './format.js';
import { CHART_SECONDS } from './rates.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 300;
const HEIGHT = 56;

/** Each with its lines: the value, and the word for it if there are two. */
const CHARTS = [
	{ title: 'Sessions', format: (value) => numbers.format(value), lines: [['sessions', '']] },
	{ title: 'Messages', format: perSecond, lines: [['messagesIn', 'received'], ['messagesOut', 'sent']] },
	{ title: 'Bytes', format: bytesPerSecond, lines: [['bytesIn', 'received'], ['bytesOut', 'sent']] },
	{ title: 'Connections', format: perSecond, lines: [['accepted', 'accepted'], ['rejected', 'refused']] }
];

function svg(tag, attributes) {
	const element = document.createElementNS(SVG, tag);
	Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
	return element;
}

class Chart {

	#chart;
	#figure = document.createElement('figure');
	#picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' });
	#lines;
	#legend = document.createElement('p');

	constructor(chart) {
		this.#chart = chart;
		const caption = document.createElement('figcaption');
		show(caption, chart.title);
		this.#lines = chart.lines.map((_, i) => this.#picture.appendChild(svg('polyline', { class: `line-${i}` })));
		for (const i of chart.lines.keys()) {
			const entry = document.createElement('span');
			entry.className = `key-${i}`;
			this.#legend.append(entry);
		}
		this.#figure.append(caption, this.#picture, this.#legend);
		byId('charts').append(this.#figure);
	}

	draw(points, now) {
		const { title, format, lines } = this.#chart;
		const all = lines.map(([name]) => points.filter(({ values }) => Number.isFinite(values[name]))
			.map(({ at, values }) => [at, values[name]]));
		const most = Math.max(0, ...all.flat().map(([, value]) => value));
		const texts = lines.map(([, word], i) => {
			const current = all[i].at(-1)?.[1];
			this.#lines[i].setAttribute('points', all[i].map(([at, value]) => {
				const x = WIDTH - (now - at) / 1000 / CHART_SECONDS * WIDTH;
				return `${x.toFixed(1)},${(HEIGHT - 2 - (most ? value / most : 0) * (HEIGHT - 4)).toFixed(1)}`;
			}).join(' '));
			const text = `${(current === undefined) ? '–' : format(current)} ${word}`.trim();
			show(this.#legend.children[i], text);
			return text;
		});
		this.#picture.setAttribute('aria-label',
			`${title}: ${texts.join(', ')} now; at most ${format(most)} in the last five minutes`);
	}

}

const charts = CHARTS.map((chart) => new Chart(chart));

/** Draws what there was in the last minutes. */
export function draw(points, now) {
	charts.forEach((chart) => chart.draw(points, now));
}
