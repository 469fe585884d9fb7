/*
 * Charts of the last minutes, drawn by uPlot. They are drawn in slices, so that many do not hold the page up.
 */

import { make, show } from './dom.js';
import { clock } from './format.js';
import { moreTime } from './slices.js';

const HEIGHT = 150;

/** So long are all charts, however little is known. */
const SECONDS = 15 * 60;

const lastMinutes = (plot, first, last) => [last - SECONDS, last];

/** However narrow a chart is, and whatever the minute: there are always three of them. */
const TICK_SECONDS = 5 * 60;

function everyFiveMinutes(plot, axis, first, last) {
	const ticks = [];
	for (let tick = Math.ceil(first / TICK_SECONDS) * TICK_SECONDS; tick <= last; tick += TICK_SECONDS) {
		ticks.push(tick);
	}
	return ticks;
}

const COLORS = ['--accent', '--second', '--third', '--fourth'];

const color = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** All that are in the document: their colours change with those of the system. */
const drawn = new Set();

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
	for (const plot of drawn) {
		plot.redraw(false);
	}
});

const dash = (i) => (i % 2 === 1) ? { dash: [4, 2] } : {};

/** A chart with axes, and a reading of what is under the pointer, or else of the last point. */
export class Chart {

	element = make('figure', { class: 'chart' });

	#title;
	#format;
	#plot = null;
	#labels = null;
	#room = make('div', { tabIndex: 0, role: 'img', class: 'plot' });
	#reading = make('p', { class: 'reading' });
	#data = [[]];
	#pointed = null;

	/**
	 * Makes a chart.
	 * @param title what it shows
	 * @param unit in what, for the title of its axis
	 * @param format makes a text of a value
	 */
	constructor(title, unit, format) {
		this.#title = title;
		this.#format = format;
		this.#room.setAttribute('aria-label', title);
		this.element.append(make('figcaption', {}, `${title}, ${unit}`), this.#room, this.#reading);
		new ResizeObserver(() => this.#resize()).observe(this.#room);
		this.#room.addEventListener('keydown', (event) => this.#keyed(event));
		this.#room.addEventListener('blur', () => this.#point(null));
	}

	/**
	 * Draws lines, soon.
	 * @param times the times of the points, in seconds
	 * @param lines [label, values] of each line
	 */
	draw(times, lines) {
		moreTime(this, () => this.#draw(times, lines));
	}

	#draw(times, lines) {
		const labels = lines.map(([label]) => label);
		this.#data = [times, ...lines.map(([, values]) => values ?? times.map(() => null))];
		if (!this.#labels || labels.join('\n') !== this.#labels.join('\n')) {
			this.#labels = labels;
			this.#plot?.destroy();
			drawn.delete(this.#plot);
			this.#plot = null;
		}
		if (this.#plot) {
			this.#plot.setData(this.#data);
		}
		else if (this.#room.clientWidth > 0) {
			this.#plot = new window.uPlot(this.#options(), this.#data, this.#room);
			drawn.add(this.#plot);
		}
		this.#read();
	}

	#options() {
		const axis = { stroke: color('--quiet'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line'), width: 1 } };
		return {
			width: this.#room.clientWidth,
			height: HEIGHT,
			legend: { show: false },
			cursor: { drag: { x: false, y: false }, sync: { key: 'socket' }, points: { size: 6 } },
			scales: { x: { range: lastMinutes }, y: { range: (plot, low, high) => [0, (high > 0) ? high * 1.1 : 1] } },
			axes: [
				{ ...axis, size: 30, splits: everyFiveMinutes, values: (plot, at) => at.map((time) => clock(time * 1000).slice(0, 5)) },
				{ ...axis, size: 64, space: 28, values: (plot, at) => at.map((value) => this.#format(value)) }
			],
			series: [{}, ...this.#labels.map((label, i) => ({
				label, stroke: color(COLORS[i]), width: 1.5, ...dash(i), points: { show: false }
			}))],
			hooks: { setCursor: [(plot) => this.#point(plot.cursor.idx)] }
		};
	}

	#point(index) {
		if (index !== this.#pointed) {
			this.#pointed = index ?? null;
			this.#read();
		}
	}

	/** Arrow keys lead from point to point, as the pointer does. */
	#keyed(event) {
		const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		const [times] = this.#data;
		if (step && this.#plot && times.length > 0) {
			event.preventDefault();
			const at = Math.max(0, Math.min(times.length - 1, (this.#pointed ?? times.length - 1) + step));
			this.#plot.setCursor({ left: this.#plot.valToPos(times[at], 'x'), top: 0 });
			this.#point(at);
		}
	}

	/** Says what is under the pointer, or else what the last point has. */
	#read() {
		const [times, ...lines] = this.#data;
		const at = this.#pointed ?? times.length - 1;
		const texts = lines.map((values, i) => {
			const value = values[at];
			return `${(value === null || value === undefined) ? '–' : this.#format(value)} ${this.#labels[i]}`.trim();
		});
		while (this.#reading.children.length > texts.length + 1) {
			this.#reading.lastChild.remove();
		}
		while (this.#reading.children.length < texts.length + 1) {
			this.#reading.append(make('span'));
		}
		[times[at] ? clock(times[at] * 1000) : '–', ...texts].forEach((text, i) => {
			const entry = this.#reading.children[i];
			entry.className = (i > 0) ? `key-${i - 1}` : 'quiet';
			show(entry, text);
		});
		const most = Math.max(0, ...lines.flat());
		const label = (this.#pointed === null)
			? `${this.#title}: ${texts.join(', ')} now; at most ${this.#format(most)} in the last fifteen minutes`
			: `${this.#title} at ${clock(times[at] * 1000)}: ${texts.join(', ')}`;
		if (this.#room.ariaLabel !== label) {
			this.#room.setAttribute('aria-label', label);
		}
	}

	#resize() {
		const width = this.#room.clientWidth;
		if (width > 0) {
			if (this.#plot && this.#plot.width !== width) {
				this.#plot.setSize({ width, height: HEIGHT });
			}
			else if (!this.#plot && this.#labels) {
				this.draw(this.#data[0], this.#labels.map((label, i) => [label, this.#data[i + 1]]));
			}
		}
	}

}

/** One line without axes, in the row of a table. */
export class SmallChart {

	#room;
	#title;
	#format;
	#plot = null;
	#version = -1;

	constructor(room, title, format) {
		this.#room = room;
		this.#title = title;
		this.#format = format;
		room.setAttribute('role', 'img');
		room.setAttribute('aria-label', title);
		room.classList.add('small-chart');
	}

	/** Draws the points, soon, if their version is another one. */
	draw(version, times, values) {
		if (version !== this.#version) {
			this.#version = version;
			moreTime(this, () => this.#draw(times, values ?? times.map(() => null)));
		}
	}

	#draw(times, values) {
		const most = this.#format(Math.max(0, ...values));
		this.#room.setAttribute('aria-label', `${this.#title}, at most ${most} in the last fifteen minutes`);
		this.#room.title = this.#room.ariaLabel;
		if (this.#plot) {
			this.#plot.setData([times, values]);
			return;
		}
		this.#plot = new window.uPlot({
			width: 120,
			height: 24,
			padding: [2, 0, 2, 0],
			legend: { show: false },
			cursor: { show: false },
			axes: [{ show: false }, { show: false }],
			scales: { x: { range: lastMinutes }, y: { range: (plot, low, high) => [0, (high > 0) ? high : 1] } },
			series: [{}, { stroke: color('--accent'), width: 1.25, points: { show: false } }]
		}, [times, values], this.#room);
		drawn.add(this.#plot);
	}

}
