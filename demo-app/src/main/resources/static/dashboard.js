/*
 * Shows what the actuator tells of servers, clients and sessions, and asks it to change them.
 *
 * Addresses, names and attributes are what peers have sent. Everything from the application is shown by textContent,
 * never parsed as HTML; the page's Content-Security-Policy refuses both innerHTML and scripts from elsewhere.
 */
'use strict';

/** Time from an answer to the next question. */
const PAUSE_MILLIS = 1000;

/** An application that has not answered by then is taken for lost. */
const LIMIT_MILLIS = 5000;

/** Rates are those of the time since about so long ago. */
const RATE_MILLIS = 5000;

const byId = (id) => document.getElementById(id);

const numbers = new Intl.NumberFormat('en');
const decimals = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

// --- What is shown

/** Rows that exist, by the name or id of what they show. */
const serverRows = new Map();
const clientRows = new Map();
const sessionRows = new Map();

/** Whose details are open, or null. */
let openServer = null;
let openSession = null;

/** The last sessions of the pages before this one. */
let before = [];
let lastOfPage = null;

// --- Talking with the application

/** The application did not answer, or not as it should. */
class Lost extends Error {
}

async function ask(method, path, body) {
	const options = {
		method,
		headers: { Accept: 'application/json, text/plain;q=0.5' },
		cache: 'no-store',
		redirect: 'error',
		signal: AbortSignal.timeout(LIMIT_MILLIS)
	};
	if (body !== undefined) {
		options.headers['Content-Type'] = 'application/json';
		options.body = JSON.stringify(body);
	}
	try {
		const response = await fetch('actuator/' + path, options);
		return { status: response.status, text: await response.text() };
	}
	catch (error) {
		throw new Lost('The application does not answer.', { cause: error });
	}
}

/** What an answer holds, or null if it is no JSON. */
function json(answer) {
	try {
		return JSON.parse(answer.text);
	}
	catch (error) {
		return null;
	}
}

/** Why something was refused. */
function reason(answer) {
	return json(answer)?.error ?? `The application answered ${answer.status}.`;
}

const serverPath = (name) => 'socketservers/' + encodeURIComponent(name);
const clientPath = (name) => 'socketclients/' + encodeURIComponent(name);
const sessionPath = (id) => 'socketsessions/' + encodeURIComponent(id);

function pagePath() {
	const query = new URLSearchParams({ size: byId('size').value });
	if (byId('which').value) {
		query.set('closed', byId('which').value);
	}
	if (byId('filter').value) {
		query.set('server', byId('filter').value);
	}
	if (before.length > 0) {
		query.set('after', before.at(-1));
	}
	return 'socketsessions?' + query;
}

// --- Small things

function show(element, text) {
	const value = (text === null || text === undefined) ? '–' : String(text);
	if (element.textContent !== value) {
		element.textContent = value;
	}
}

function badge(element, text, tone) {
	show(element, text);
	if (element.dataset.tone !== tone) {
		element.dataset.tone = tone;
	}
}

function tone(state) {
	switch (state) {
		case 'UP':
		case 'RUNNING':
		case 'OPEN':
		case 'CONNECTED':
			return 'up';
		case 'OUT_OF_SERVICE':
		case 'PAUSED':
		case 'DRAINING':
		case 'STARTING':
		case 'STALLED':
		case 'CLOSING':
		case 'CONNECTING':
		case 'DISCONNECTED':
			return 'warn';
		case 'DOWN':
		case 'FAILED':
			return 'down';
		default:
			return 'unknown';
	}
}

function bytes(count) {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let unit = 0;
	while (count >= 1000 && unit < units.length - 1) {
		count /= 1000;
		unit++;
	}
	return decimals.format(count) + ' ' + units[unit];
}

/** The time from an instant to another, or to now. */
function age(instant, end) {
	const seconds = Math.max(0, Math.floor(((end ? Date.parse(end) : Date.now()) - Date.parse(instant)) / 1000));
	if (seconds < 60) {
		return `${seconds} s`;
	}
	if (seconds < 3600) {
		return `${Math.floor(seconds / 60)} min`;
	}
	if (seconds < 86400) {
		return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
	}
	return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
}

function moment(instant) {
	return instant ? instant.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC') : null;
}

/** Makes rows those of the items, and leaves alone what stays: it may have the focus, or be under a pressed mouse. */
function reconcile(body, rows, items, key, create) {
	const wanted = new Set(items.map(key));
	for (const [name, row] of rows) {
		if (!wanted.has(name)) {
			if (row.element.contains(document.activeElement)) {
				body.closest('section').querySelector('[tabindex="-1"]').focus();
			}
			row.element.remove();
			rows.delete(name);
		}
	}
	let place = body.firstElementChild;
	for (const item of items) {
		let row = rows.get(key(item));
		if (!row) {
			row = create(item);
			rows.set(key(item), row);
		}
		row.show(item);
		if (row.element === place) {
			place = place.nextElementSibling;
		}
		else {
			body.insertBefore(row.element, place);
		}
	}
}

/** Fills a list of terms, or a table of two columns, with pairs of text. Keys are as foreign as values. */
function pairs(container, entries, tags, numeric) {
	const inRows = tags[0] === 'td';
	const children = [...container.children];
	const cells = inRows ? children.flatMap((tableRow) => [...tableRow.children]) : children;
	if (cells.length === 2 * entries.length) {
		entries.flat().forEach((text, i) => show(cells[i], text));
		return;
	}
	container.replaceChildren();
	for (const entry of entries) {
		const pair = tags.map((tag) => document.createElement(tag));
		pair.forEach((cell, i) => show(cell, entry[i]));
		pair[1].classList.toggle('number', numeric);
		const parent = inRows ? container.appendChild(document.createElement('tr')) : container;
		parent.append(...pair);
	}
}

const facts = (id, entries) => pairs(byId(id), entries, ['dt', 'dd'], false);

const listing = (id, entries, numeric) =>
	pairs(byId(id).tBodies[0], (entries.length > 0) ? entries : [['none', '']], ['td', 'td'], numeric);

/** Enables what fits the state. A button that has the focus hands it on before it is disabled. */
function enable(buttons, fits) {
	for (const button of buttons) {
		button.disabled = !fits(button.dataset.action) && document.activeElement !== button;
	}
	const focused = buttons.find((button) => button === document.activeElement);
	if (focused && !fits(focused.dataset.action)) {
		buttons.find((button) => !button.disabled && button !== focused)?.focus();
		focused.disabled = true;
	}
}

// --- Rates

/** By how much counters have grown in a second. */
class Rates {

	/** Counters of each name in the last seconds: {at, counts}, oldest first. */
	#samples = new Map();
	#counters;

	constructor(counters) {
		this.#counters = counters;
	}

	/** Remembers the counters of an item, and returns their rates; null as long as these are not known. */
	of(item, now) {
		const counts = Object.fromEntries(Object.entries(this.#counters).map(([name, count]) => [name, count(item)]));
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

const TRAFFIC = {
	messagesIn: (item) => item.messages.received,
	messagesOut: (item) => item.messages.sent,
	bytesIn: (item) => item.bytes.received,
	bytesOut: (item) => item.bytes.sent
};

const serverRates = new Rates({ ...TRAFFIC, accepted: (server) => server.sessions.accepted });
const clientRates = new Rates(TRAFFIC);

/** Adds to each item its health and its rates. */
function measure(items, health, rates, now) {
	for (const item of items) {
		item.health = health?.components?.[item.name]?.status ?? null;
		item.rates = rates.of(item, now);
	}
	rates.keep(items);
}

/** Shows what servers and clients have in common. */
function showCells(cells, item) {
	badge(cells.state, item.state, tone(item.state));
	badge(cells.health, item.health, tone(item.health));
	show(cells.received, item.rates && traffic(item.rates.messagesIn, item.rates.bytesIn));
	show(cells.sent, item.rates && traffic(item.rates.messagesOut, item.rates.bytesOut));
}

const perSecond = (rate) => decimals.format(rate) + '/s';
const traffic = (messages, size) => `${perSecond(messages)} · ${bytes(size)}/s`;

// --- Servers

const FITS_SERVER = {
	pause: ['RUNNING'],
	resume: ['PAUSED'],
	drain: ['RUNNING', 'PAUSED'],
	stop: ['STARTING', 'RUNNING', 'PAUSED', 'DRAINING', 'FAILED'],
	start: ['STOPPED', 'FAILED']
};

/** Makes a row of a template, with its cells and buttons by name. */
function row(template) {
	const element = byId(template).content.firstElementChild.cloneNode(true);
	const cells = Object.fromEntries([...element.querySelectorAll('[data-cell]')].map((cell) => [cell.dataset.cell, cell]));
	return { element, cells, buttons: [...element.querySelectorAll('[data-action]')] };
}

function serverRow({ name }) {
	const { element, cells, buttons } = row('server-row');
	let current = null;
	show(cells.name, name);
	cells.name.addEventListener('click', () => {
		openServer = (openServer === name) ? null : name;
		refreshNow();
	});
	for (const button of buttons) {
		const action = button.dataset.action;
		button.setAttribute('aria-label', `${button.textContent} server ${name}`);
		button.addEventListener('click', () => changeServer(name, action, current.sessions.active));
	}
	return {
		element,
		show(server) {
			current = server;
			element.dataset.server = server.name;
			cells.name.setAttribute('aria-expanded', String(server.name === openServer));
			showCells(cells, server);
			show(cells.address, server.address);
			show(cells.active, numbers.format(server.sessions.active));
			show(cells.accepted, server.rates && perSecond(server.rates.accepted));
			enable(buttons, (action) => FITS_SERVER[action].includes(server.state));
		}
	};
}

function showServers(servers, health, now) {
	measure(servers, health, serverRates, now);
	reconcile(byId('servers').tBodies[0], serverRows, servers, (server) => server.name, serverRow);
	byId('no-servers').hidden = servers.length > 0;
	showFilter(servers);
}

function showFilter(servers) {
	const filter = byId('filter');
	const known = [...filter.options].slice(1);
	const names = servers.map((server) => server.name);
	known.filter((option) => !names.includes(option.value)).forEach((option) => option.remove());
	for (const name of names) {
		if (!known.some((option) => option.value === name)) {
			filter.add(new Option(name, name));
		}
	}
}

function showServer(server, refused) {
	byId('server').hidden = !server;
	if (!server) {
		return;
	}
	show(byId('server-title'), `Server ${server.name}`);
	facts('server-facts', [
		['State', server.state],
		['Health', server.health],
		['Failure', server.failure],
		['Address', server.address],
		['Listens since', moment(server.startedAt)],
		['Handler', server.handler],
		['Framing', server.framing],
		['Transport', server.transport],
		['TLS', server.ssl],
		['Open sessions', numbers.format(server.sessions.active)],
		['Accepted', numbers.format(server.sessions.accepted)],
		['Messages', `${numbers.format(server.messages.received)} received, ${numbers.format(server.messages.sent)} sent`],
		['Bytes', `${numbers.format(server.bytes.received)} received, ${numbers.format(server.bytes.sent)} sent`]
	]);
	listing('closed', counts(Object.entries(server.sessions.closed)), true);
	// Without the meters only their sum is known.
	listing('rejected', counts(refused ?? [['all reasons', server.sessions.rejected]]), true);
}

const counts = (entries) => entries.filter(([, count]) => count > 0).map(([name, count]) => [name, numbers.format(count)]);

const REFUSED = 'socket_server_sessions_rejected_total';

/** Reads the text that Prometheus reads: for each reason, how many connections a server refused. */
function refusedBy(name, text) {
	const entries = [];
	for (const line of text.split('\n')) {
		if (!line.startsWith(REFUSED + '{')) {
			continue;
		}
		const tags = {};
		let rest = line.slice(REFUSED.length + 1);
		let tag;
		while ((tag = /^,?([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/.exec(rest))) {
			tags[tag[1]] = tag[2].replace(/\\(.)/g, (_, char) => (char === 'n') ? '\n' : char);
			rest = rest.slice(tag[0].length);
		}
		if (tags.server === name) {
			entries.push([tags.reason, Number(rest.slice(rest.indexOf('}') + 1).trim().split(' ')[0])]);
		}
	}
	return entries;
}

// --- Clients

/** One that waits to be told to reconnect says so. */
const clientState = (client) => (client.suspended && client.state === 'DISCONNECTED') ? 'SUSPENDED' : client.state;

const fitsClient = (client) => (action) => {
	const started = ['CONNECTING', 'CONNECTED', 'DISCONNECTED'].includes(client.state);
	switch (action) {
		case 'start':
			return client.state === 'STOPPED';
		case 'disconnect':
			return started && !client.suspended;
		default:
			return started;
	}
};

/** How often it has tried to connect, and why that failed. */
function attempts(client) {
	const failed = counts(Object.entries(client.attempts.failed)).map(([name, count]) => `${count} ${name}`);
	return [numbers.format(client.attempts.total), ...failed].join(', ');
}

function clientRow({ name }) {
	const { element, cells, buttons } = row('client-row');
	let current = null;
	show(cells.name, name);
	for (const button of buttons) {
		const action = button.dataset.action;
		button.setAttribute('aria-label', `${button.textContent} client ${name}`);
		button.addEventListener('click', () => changeClient(name, action, current.pending.messages));
	}
	return {
		element,
		show(client) {
			current = client;
			element.dataset.client = client.name;
			showCells(cells, client);
			badge(cells.state, clientState(client), tone(client.state));
			cells.state.title = client.failure ?? '';
			show(cells.server, client.remoteAddress ?? `${client.host}:${client.port}`);
			show(cells.attempts, attempts(client));
			show(cells.waiting, `${numbers.format(client.pending.messages)}, ${bytes(client.pending.bytes)}`);
			enable(buttons, fitsClient(client));
		}
	};
}

/** An application that does not expose its clients has none to show. */
function showClients(clients, health, now) {
	byId('clients-section').hidden = !clients;
	if (clients) {
		measure(clients, health, clientRates, now);
		reconcile(byId('clients').tBodies[0], clientRows, clients, (client) => client.name, clientRow);
		byId('no-clients').hidden = clients.length > 0;
	}
}

// --- Sessions

const fitsSession = (session) => (action) => {
	switch (action) {
		case 'pause':
			return !session.closed && !session.readsPaused;
		case 'resume':
			return !session.closed && session.readsPaused;
		default:
			return !session.closed;
	}
};

/** What ended it says more than that it is closed. */
function sessionState(session) {
	if (session.state === 'CLOSED') {
		return session.closed?.reason ?? session.state;
	}
	return (session.readsPaused && session.state === 'OPEN') ? 'PAUSED' : session.state;
}

function sessionRow({ id }) {
	const { element, cells, buttons } = row('session-row');
	show(cells.id, id);
	cells.id.addEventListener('click', () => {
		openSession = (openSession === id) ? null : id;
		byId('session-gone').hidden = true;
		refreshNow();
	});
	for (const button of buttons) {
		button.setAttribute('aria-label', `${button.textContent} session ${id}`);
		button.addEventListener('click', () => changeSession(id, button.dataset.action));
	}
	return {
		element,
		show(session) {
			element.dataset.session = session.id;
			cells.id.setAttribute('aria-expanded', String(session.id === openSession));
			show(cells.server, session.server);
			show(cells.peer, session.remoteAddress);
			badge(cells.state, sessionState(session), tone(sessionState(session)));
			show(cells.age, age(session.openedAt, session.closed?.at));
			show(cells.received, numbers.format(session.messages.received));
			show(cells.sent, numbers.format(session.messages.sent));
			show(cells.waiting, `${numbers.format(session.pending.inbound)} in, ${bytes(session.pending.outboundBytes)} out`);
			enable(buttons, fitsSession(session));
		}
	};
}

function showSessions({ sessions, page }) {
	reconcile(byId('sessions').tBodies[0], sessionRows, sessions, (session) => session.id, sessionRow);
	byId('no-sessions').hidden = sessions.length > 0;
	lastOfPage = sessions.at(-1)?.id ?? null;
	show(byId('place'), `Page ${before.length + 1}, ${numbers.format(sessions.length)} of ${numbers.format(page.total)}`);
	byId('first').disabled = before.length === 0;
	byId('previous').disabled = before.length === 0;
	byId('next').disabled = sessions.length < page.size;
}

function showSession(answer) {
	const session = (answer?.status === 200) ? json(answer) : null;
	if (!openSession) {
		byId('session').hidden = true;
		return;
	}
	if (!session) {
		// What was seen last stays, if it was this one.
		byId('session-gone').hidden = false;
		byId('session').hidden = byId('session').dataset.session !== openSession;
		return;
	}
	byId('session').hidden = false;
	byId('session').dataset.session = session.id;
	byId('session-gone').hidden = session.state !== 'CLOSED';
	show(byId('session-title'), `Session ${session.id}`);
	facts('session-facts', [
		['Server', session.server],
		['State', session.state],
		['Reads paused', session.readsPaused ? 'yes' : 'no'],
		['Peer', session.remoteAddress],
		['Local address', session.localAddress],
		['Opened', moment(session.openedAt)],
		['Bound to', session.bound.join(', ') || null],
		['Groups', session.groups.join(', ') || null],
		['Principal', session.principal],
		['Messages', `${numbers.format(session.messages.received)} received, ${numbers.format(session.messages.sent)} sent`],
		['Bytes', `${numbers.format(session.bytes.received)} received, ${numbers.format(session.bytes.sent)} sent`],
		['Waiting', `${numbers.format(session.pending.inbound)} for the handler; ${numbers.format(session.pending.outboundWrites)} `
			+ `writes, ${numbers.format(session.pending.outboundBytes)} bytes for the peer`],
		['Ended', moment(session.closed?.at)],
		['Reason', session.closed && [session.closed.reason, session.closed.detail].filter(Boolean).join(': ')]
	]);
	listing('attributes', Object.entries(session.attributes ?? {}).map(([key, value]) => [key, plain(value)]), false);
	listing('details', Object.entries(session.details ?? {}).map(([key, value]) => [key, plain(value)]), false);
}

const plain = (value) => (value !== null && typeof value === 'object') ? JSON.stringify(value) : value;

// --- Once a second

async function refresh() {
	const server = openServer;
	const session = openSession;
	const page = pagePath();
	const [servers, health, clients, clientHealth, sessions, detail, refused] = await Promise.all([
		ask('GET', 'socketservers'),
		ask('GET', 'health/socketServers'),
		ask('GET', 'socketclients'),
		ask('GET', 'health/socketClients'),
		ask('GET', page),
		session && ask('GET', sessionPath(session)),
		server && ask('GET', 'prometheus?includedNames=' + REFUSED.replace('_total', ''))
	]);
	const list = (servers.status === 200) ? json(servers)?.servers : null;
	if (!list) {
		throw new Lost(reason(servers));
	}
	showServers(list, json(health), performance.now());
	showClients((clients.status === 200) ? json(clients)?.clients : null, json(clientHealth), performance.now());
	if (server === openServer) {
		const opened = list.find(({ name }) => name === server);
		showServer(opened, (refused?.status === 200) ? refusedBy(server, refused.text) : null);
	}
	if (page !== pagePath()) {
		// Somebody has turned the page meanwhile.
		wanted = true;
	}
	else if (sessions.status === 200) {
		showSessions(json(sessions));
	}
	else if (before.length > 0) {
		// Where that page began is no longer known.
		turnTo([]);
	}
	else {
		throw new Lost(reason(sessions));
	}
	if (session === openSession) {
		showSession(detail);
	}
}

function connected(yes, text) {
	badge(byId('connection'), text, yes ? 'up' : 'down');
	byId('view').classList.toggle('stale', !yes);
}

let wake = () => {};
let wanted = false;

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

/** One question after the other, for ever: an application that is slow is asked less often. */
async function run() {
	for (;;) {
		if (wanted || (byId('live').checked && !document.hidden)) {
			wanted = false;
			try {
				await refresh();
				connected(true, 'Connected');
			}
			catch (error) {
				serverRates.keep([]);
				clientRates.keep([]);
				connected(false, (error instanceof Lost) ? `${error.message} Trying again…` : `This page failed: ${error}`);
			}
		}
		else if (!byId('live').checked) {
			badge(byId('connection'), 'Held, not live', 'unknown');
		}
		if (!wanted) {
			await nextTurn();
		}
	}
}

// --- Actions

function problem(text) {
	byId('done').hidden = true;
	byId('problem').hidden = false;
	show(byId('problem-text'), text);
}

function done(text) {
	byId('problem').hidden = true;
	byId('done').hidden = false;
	show(byId('done'), text);
}

/** Asks the person. */
function sure(question, yes) {
	const dialog = byId('confirm');
	show(byId('confirm-text'), question);
	show(byId('confirm-yes'), yes);
	return new Promise((resolve) => {
		dialog.returnValue = '';
		dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
		dialog.showModal();
	});
}

async function change(what, method, path, body, told) {
	try {
		const answer = await ask(method, path, body);
		if (answer.status >= 200 && answer.status < 300) {
			done(told(json(answer)));
		}
		else {
			problem(`${what}: ${reason(answer)}`);
		}
	}
	catch (error) {
		problem(`${what}: ${error.message}`);
	}
	refreshNow();
}

async function changeServer(name, action, active) {
	const open = `${numbers.format(active)} open ${(active === 1) ? 'session' : 'sessions'}`;
	if (action === 'stop' && !await sure(`Stop server ${name}, and end its ${open}?`, 'Stop')) {
		return;
	}
	if (action === 'drain' && !await sure(`Drain server ${name}? It closes its port at once; its ${open} may end by `
			+ 'themselves until its drain-timeout.', 'Drain')) {
		return;
	}
	await change(`${action} server ${name}`, 'POST', serverPath(name), { action },
		(server) => `${action} server ${name}: it is ${server?.state ?? 'done'}.`);
}

async function changeClient(name, action, waiting) {
	const messages = `${numbers.format(waiting)} ${(waiting === 1) ? 'message' : 'messages'}`;
	if (action === 'stop'
			&& !await sure(`Stop client ${name}? What it cannot send, of ${messages} that wait, is lost.`, 'Stop')) {
		return;
	}
	await change(`${action} client ${name}`, 'POST', clientPath(name), { action },
		(client) => `${action} client ${name}: it is ${client?.state ?? 'done'}.`);
}

async function changeSession(id, action) {
	if (action === 'close') {
		if (await sure(`Close session ${id}?`, 'Close')) {
			await change(`close session ${id}`, 'DELETE', sessionPath(id), undefined, () => `close session ${id}: done.`);
		}
		return;
	}
	await change(`${action} session ${id}`, 'POST', sessionPath(id), { action }, () => `${action} session ${id}: done.`);
}

// --- What a person does

function turnTo(pages) {
	before = pages;
	lastOfPage = null;
	refreshNow();
}

byId('confirm-yes').addEventListener('click', () => byId('confirm').close('yes'));
byId('confirm-no').addEventListener('click', () => byId('confirm').close());
byId('problem-dismiss').addEventListener('click', () => {
	byId('problem').hidden = true;
});
byId('filter').addEventListener('change', () => turnTo([]));
byId('which').addEventListener('change', () => turnTo([]));
byId('size').addEventListener('change', () => turnTo([]));
byId('first').addEventListener('click', () => turnTo([]));
byId('previous').addEventListener('click', () => turnTo(before.slice(0, -1)));
byId('next').addEventListener('click', () => {
	if (lastOfPage) {
		turnTo([...before, lastOfPage]);
	}
});
byId('live').addEventListener('change', () => wake());
byId('server-leave').addEventListener('click', () => {
	const opener = serverRows.get(openServer)?.element.querySelector('.open') ?? byId('servers-title');
	openServer = null;
	opener.focus();
	refreshNow();
});
byId('session-leave').addEventListener('click', () => {
	const opener = sessionRows.get(openSession)?.element.querySelector('.open') ?? byId('sessions-title');
	openSession = null;
	opener.focus();
	refreshNow();
});
document.addEventListener('visibilitychange', refreshNow);

run();
