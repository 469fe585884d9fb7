/*
 * Shows what the actuator tells, once a second.
 */

import { application, discover, has, json, Lost, may, reason } from './actuator.js';
import * as clients from './clients.js';
import * as cluster from './cluster.js';
import { afterChanges } from './dialogs.js';
import { badge, byId, hide, show } from './dom.js';
import * as servers from './servers.js';
import * as session from './session.js';
import * as sessions from './sessions.js';
import * as taps from './taps.js';

/** Time from an answer to the next question. */
const PAUSE_MILLIS = 1000;

/** What each section shows, and the endpoint that it needs. */
const SECTIONS = {
	servers: 'socketservers', clients: 'socketclients', sessions: 'socketsessions', cluster: 'socketcluster', taps: 'sockettaps'
};

const content = (answer) => (answer?.status === 200) ? json(answer) : null;

/** Health that is bad is answered with a status that is, too. */
const ofHealth = (answer) => answer ? json(answer) : null;

/** What an answer that is needed holds. */
function needed(answer) {
	const found = content(answer);
	if (answer && !found) {
		throw new Lost(reason(answer));
	}
	return found;
}

async function refresh() {
	const parts = [servers, clients, cluster, sessions, session, taps].map((part) => Promise.all(part.questions()));
	const [[list, health, refused], [own, ownHealth], [nodes], [page, asked], [detail, whose], [tapped]] =
		await Promise.all(parts);
	const now = performance.now();
	if (list) {
		servers.showServers(needed(list).servers, ofHealth(health), (refused?.status === 200) ? refused.text : null, now);
	}
	if (own) {
		clients.showClients(needed(own).clients, ofHealth(ownHealth), now);
	}
	if (nodes) {
		cluster.showCluster(needed(nodes));
	}
	session.showSession(detail, whose);
	if (page) {
		sessions.showSessions(page, asked);
	}
	if (tapped) {
		await taps.showTaps(needed(tapped));
	}
}

function connected(yes, text) {
	badge(byId('connection'), text, yes ? 'up' : 'down');
	byId('view').classList.toggle('stale', !yes);
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

/** Shows the sections that there are, and no buttons that would be refused. */
async function look() {
	await discover();
	for (const [id, endpoint] of Object.entries(SECTIONS)) {
		hide(byId(`${id}-section`), !has(endpoint));
		hide(byId(`to-${id}`), !has(endpoint));
	}
	hide(byId('nothing'), Object.values(SECTIONS).some(has));
	byId('servers').classList.toggle('looking-only', !may('changeServers'));
	byId('clients').classList.toggle('looking-only', !may('changeClients'));
	byId('sessions').classList.toggle('looking-only', !may('changeSessions') && !may('closeSession') && !may('startTaps'));
	show(byId('application'), application());
	known = true;
}

/** One question after the other, for ever: an application that is slow is asked less often. */
async function run() {
	for (;;) {
		if (wanted || (byId('live').checked && !document.hidden)) {
			wanted = false;
			try {
				if (!known) {
					await look();
				}
				await refresh();
				connected(true, 'Connected');
			}
			catch (error) {
				known = false;
				servers.forgetRates();
				clients.forgetRates();
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

[servers, cluster, sessions, session, taps].forEach((part) => part.begin(refreshNow));
afterChanges(refreshNow);
byId('live').addEventListener('change', () => wake());
document.addEventListener('visibilitychange', () => wake());

run();
