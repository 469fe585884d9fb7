/*
 * Talks with the actuator. Siblings of this page are found by the links of the actuator, whatever stands before its
 * path; what these links do not have is not exposed. What is exposed but refused is found out by asking in a way that
 * changes nothing.
 */

/** An application that has not answered by then is taken for lost, unless it was asked for what takes longer. */
const LIMIT_MILLIS = 10_000;

/** Where Spring Security keeps its token if scripts are to read it. */
const COOKIE = 'XSRF-TOKEN';

/** Answers that mean that a token was wrong, if there is one. */
const FORBIDDEN = [401, 403];

/** Answers that mean that the operation is not there for this person. */
const REFUSED = [...FORBIDDEN, 405, 501];

const LOGIN = 'The application asks for a login: load this page again.';

/** The application did not answer, or not as it should. */
export class Lost extends Error {
}

const page = location.pathname.replace(/\/+$/, '');
const base = page.slice(0, page.length - document.documentElement.dataset.path.length - 1);

/** Paths of the siblings that are exposed, by their ids. */
const paths = new Map();

const allowed = new Set();

let settings = { application: '', evaluation: false, cluster: false, startedAt: null, tables: [], csrf: null };

/** The endpoints that the tables need, and requests that these refuse as wrong if they accept any. */
let siblings = [];
let probes = {};

/** Whether the token is that of the cookie. */
let byCookie = false;

/** What an answer holds, or null if it is no JSON. */
export function json(answer) {
	try {
		return JSON.parse(answer.text);
	}
	catch {
		return null;
	}
}

/** Why something was refused. */
export function reason(answer) {
	if (answer.status === 401) {
		return LOGIN;
	}
	return json(answer)?.error ?? `The application answered ${answer.status}.`;
}

/** What an answer holds that the page cannot do without. */
export function needed(answer) {
	const found = (answer.status === 200) ? json(answer) : null;
	if (!found) {
		throw new Lost(reason(answer));
	}
	return found;
}

/** Whether an endpoint is exposed. */
export const has = (endpoint) => paths.has(endpoint);

/** Whether an operation, one of the probes, is there for this person. */
export const may = (operation) => allowed.has(operation);

export const application = () => settings.application;

/** Where the pages of the documentation are; empty if nobody has said so. */
export const docs = () => settings.docs ?? '';

/** When the application started. */
export const startedAt = () => settings.startedAt;

/** Whether the application is a node of a cluster that it shows. */
export const clustered = () => settings.cluster && has('socketcluster');

/** Whether sessions evaluate expressions that come over HTTP. */
export const evaluates = () => settings.evaluation && may('changeSessions');

/** The address of something below an endpoint, for links. */
export function href(endpoint, ...below) {
	return [paths.get(endpoint), ...below.map(encodeURIComponent)].join('/');
}

function cookie() {
	const found = document.cookie.split('; ').find((each) => each.startsWith(COOKIE + '='));
	return found ? decodeURIComponent(found.slice(COOKIE.length + 1)) : null;
}

/** What a request that changes something sends with it, or null. */
function token(fromCookie) {
	if (!fromCookie) {
		return settings.csrf;
	}
	return cookie() ? { header: settings.csrf?.header ?? 'X-XSRF-TOKEN', token: cookie() } : null;
}

async function request(method, address, { body, accept = 'application/json, text/plain;q=0.5', limit = LIMIT_MILLIS } = {}, fromCookie = byCookie) {
	// The second has Spring Security answer 401, instead of with a page or a question for a password.
	const headers = { Accept: accept, 'X-Requested-With': 'XMLHttpRequest' };
	if (body !== undefined) {
		headers['Content-Type'] = 'application/json';
	}
	const csrf = (method !== 'GET') ? token(fromCookie) : null;
	if (csrf) {
		headers[csrf.header] = csrf.token;
	}
	let response;
	try {
		response = await fetch(address, {
			method,
			headers,
			body: (body !== undefined) ? JSON.stringify(body) : undefined,
			cache: 'no-store',
			redirect: 'manual',
			signal: AbortSignal.timeout(limit)
		});
		if (response.type !== 'opaqueredirect') {
			return { status: response.status, text: await response.text() };
		}
	}
	catch (error) {
		throw new Lost('The application does not answer.', { cause: error });
	}
	throw new Lost(LOGIN);
}

/** The token belongs to the person's session on the web, which may have become another one. */
async function renew() {
	const answer = await request('GET', `${page}/page.json`);
	settings = json(answer) ?? settings;
}

/**
 * Asks an endpoint.
 * @param method the method of HTTP
 * @param address what href has returned, with a query or not
 * @param options body, which becomes JSON, accept, and limit: how many milliseconds the answer may take, if it may take long
 */
export async function ask(method, address, options) {
	// Others may find out meanwhile.
	const tried = byCookie;
	let answer = await request(method, address, options, tried);
	if (!FORBIDDEN.includes(answer.status) || method === 'GET') {
		return answer;
	}
	await renew();
	if (settings.csrf) {
		answer = await request(method, address, options, tried);
	}
	if (FORBIDDEN.includes(answer.status) && cookie()) {
		// What the page was told may be for forms, while scripts send the cookie's value; or the other way round.
		answer = await request(method, address, options, !tried);
		if (!FORBIDDEN.includes(answer.status)) {
			byCookie = !tried;
		}
	}
	return answer;
}

/** What servers and clients were like after a time; null if that is not known. */
export async function pastSince(time) {
	const answer = await request('GET', `${page}/history.json${(time === null) ? '' : `?since=${time}`}`);
	return (answer.status === 200) ? json(answer) : null;
}

/** The tables of the page, in their order: each is a file, and there may be more than this page comes with. */
export async function loadTables() {
	await renew();
	const modules = await Promise.all(settings.tables.map((file) => import(`./${file}`)));
	const tables = modules.map((module) => module.default).sort((a, b) => a.place - b.place);
	siblings = [...new Set(tables.flatMap(({ endpoints }) => endpoints))];
	probes = Object.assign({}, ...tables.map((table) => table.probes));
	return tables;
}

async function links() {
	const answer = await request('GET', base || '/').catch(() => null);
	const found = (answer?.status === 200) ? json(answer)?._links : null;
	if (!found?.self) {
		return null;
	}
	// Relative to themselves: a proxy may have changed what stands before.
	const own = found.self.href.replace(/\/$/, '');
	const known = new Map();
	for (const [name, { href: target }] of Object.entries(found)) {
		known.set(name, target.startsWith(own) ? base + target.slice(own.length) : new URL(target).pathname);
	}
	return known;
}

/** Links can be switched off: then those that answer are there. */
async function withoutLinks() {
	const answers = await Promise.all(siblings.map((name) => request('GET', `${base}/${name}`)));
	return new Map(siblings.filter((name, i) => answers[i].status < 400).map((name) => [name, `${base}/${name}`]));
}

/** Finds out what there is, and what this person may do. */
export async function discover() {
	await renew();
	const known = await links() ?? await withoutLinks();
	paths.clear();
	for (const name of siblings) {
		if (known.has(name)) {
			paths.set(name, known.get(name));
		}
	}
	await Promise.all(Object.keys(probes).map(probe));
}

async function probe(operation) {
	// Wrong on purpose: it changes nothing.
	const [method, endpoint, below, body] = probes[operation];
	const answer = has(endpoint) ? await ask(method, paths.get(endpoint) + below, { body }) : null;
	if (answer && !REFUSED.includes(answer.status)) {
		allowed.add(operation);
	}
	else {
		allowed.delete(operation);
	}
}
