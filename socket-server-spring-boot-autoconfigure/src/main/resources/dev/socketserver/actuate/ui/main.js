/*
 * Shows what the actuator tells, once a second. Each table is a file, table-….js, whose default export has:
 *   id, title, place: its name, its heading, and where it stands among the others;
 *   endpoint: the one without which there is nothing to show; endpoints: all that it asks;
 *   probes: operations, and requests that the endpoint refuses as wrong if it accepts any;
 *   begin(section, refreshNow): fills its section once;
 *   questions(): what to ask for, as promises or values; show(answers, now): shows it;
 *   wanted(): optional, whether there is anything that it is for: without, its section is hidden;
 *   count(): optional, how many there are;
 *   forget(): optional, the application was lost; attention(): optional, entries for showAttention of attention.js.
 */

import { application, discover, has, loadTables, Lost, may, startedAt } from './actuator.js';
import { follow, inAddress } from './address.js';
import { showAttention } from './attention.js';
import { afterChanges } from './dialogs.js';
import { badge, byId, hide, make, show } from './dom.js';
import { clock, duration, moment, numbers } from './format.js';
import { forgetPast, learn, learnSoon } from './history.js';
import { done, lost } from './notices.js';
import { beginPanel } from './panel.js';
import { pendingSettings } from './pending.js';
import { showResources } from './resources.js';
import { pause } from './slices.js';
import { beginViews, sectionLink, showSection } from './views.js';

/** Time from an answer to the next question. */
const PAUSE_MILLIS = 1000;

let tables = [];

const exposed = () => tables.filter(({ endpoint }) => has(endpoint));

/** Shows a section and the way to it, if there is something for it. */
function reveal({ id, endpoint, wanted = () => true, count = () => null }) {
	const hidden = !has(endpoint) || !wanted();
	hide(byId(`${id}-section`), hidden);
	hide(byId(`way-${id}`), hidden);
	const number = hidden ? null : count();
	hide(byId(`count-${id}`), number === null);
	show(byId(`count-${id}`), numbers.format(number ?? 0));
}

async function refresh() {
	const asked = exposed();
	const [answers, waiting] = await Promise.all([
		Promise.all(asked.map((table) => Promise.all(table.questions()))),
		pendingSettings(performance.now()),
		learn(performance.now())
	]);
	const now = performance.now();
	for (const [i, table] of asked.entries()) {
		await table.show(answers[i], now);
		reveal(table);
		await pause();
	}
	showAttention([...asked.flatMap((table) => table.attention?.() ?? []), ...waiting]);
	showResources();
}

function connected(yes, text) {
	badge(byId('connection'), text, yes ? 'up' : 'down');
	byId('view').classList.toggle('stale', !yes);
	lost(!yes);
}

/** When the application answered last: while it does not, the page says how old its figures are. */
let answeredAt = null;

/** When it was asked what it has not answered yet. */
let askedAt = null;

/** From here on somebody should know that it takes long. */
const LONG_SECONDS = 3;

function showAge() {
	const seconds = answeredAt ? Math.floor((Date.now() - answeredAt) / 1000) : 0;
	show(byId('age'), answeredAt ? `as of ${clock(answeredAt)}${(seconds >= LONG_SECONDS) ? `, ${duration(seconds)} ago` : ''}` : '');
	if (askedAt && known && Date.now() - askedAt >= LONG_SECONDS * 1000) {
		badge(byId('connection'), 'Waiting for an answer…', 'warn');
	}
}

let wake = () => {};
let wanted = true;
let known = false;

/** Does not wait for the next second. */
function refreshNow() {
	wanted = true;
	wake();
}

function nextTurn() {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, PAUSE_MILLIS);
		wake = () => {
			clearTimeout(timer);
			resolve();
		};
	});
}

function section({ id, title }) {
	const made = make('section', { id: `${id}-section`, 'aria-labelledby': `${id}-title`, hidden: true },
		make('h2', { id: `${id}-title`, tabIndex: -1 }, title));
	byId('sections').append(made);
	byId('nav').append(make('span', { id: `way-${id}`, hidden: true }, sectionLink(id, title), ' ',
		make('span', { id: `count-${id}`, class: 'quiet' })));
	return made;
}

/** Loads the tables, once. */
async function begin() {
	tables = await loadTables();
	for (const table of tables) {
		table.begin(section(table), refreshNow);
	}
	beginPanel();
	beginViews();
}

/** When the application that was seen last had started. */
let run = null;

/** Shows the sections that there are, and no buttons that would be refused. */
async function look() {
	if (tables.length === 0) {
		await begin();
	}
	await discover();
	tables.forEach(reveal);
	hide(byId('nothing'), exposed().length > 0);
	hide(byId('attention-section'), exposed().length === 0);
	byId('view').classList.toggle('looking-only', !tables.some(({ probes }) => Object.keys(probes).some(may)));
	show(byId('application'), application());
	if (run && run !== startedAt()) {
		forgetPast();
		done(`The application has started again, at ${moment(startedAt())}. Its counters have begun again from zero.`);
	}
	run = startedAt();
	known = true;
}

/** One question after the other, for ever: an application that is slow is asked less often. */
async function watch() {
	for (;;) {
		if (wanted || (byId('live').checked && !document.hidden)) {
			wanted = false;
			askedAt = Date.now();
			try {
				if (!known) {
					await look();
				}
				await refresh();
				if (!answeredAt) {
					showSection(inAddress('section'));
				}
				answeredAt = Date.now();
				connected(true, 'Connected');
			}
			catch (error) {
				known = false;
				tables.forEach((table) => table.forget?.());
				connected(false, (error instanceof Lost) ? `${error.message} Trying again…` : `This page failed: ${error}`);
			}
			askedAt = null;
		}
		else if (!byId('live').checked) {
			badge(byId('connection'), 'Held, not live', 'unknown');
		}
		showAge();
		if (!wanted) {
			await nextTurn();
		}
	}
}

afterChanges(() => {
	learnSoon();
	refreshNow();
});
// What was opened or chosen is shown at once, even if the page is held.
follow(() => refreshNow());
setInterval(showAge, PAUSE_MILLIS);
// What stays on top hides what would be scrolled to below it. On a phone only the state stays.
const onTop = new ResizeObserver(() => document.documentElement.style.setProperty('--head',
	`${byId('head').offsetHeight || byId('status').offsetHeight}px`));
onTop.observe(byId('head'));
onTop.observe(byId('status'));
byId('live').addEventListener('change', () => wake());
document.addEventListener('visibilitychange', () => wake());

watch();
