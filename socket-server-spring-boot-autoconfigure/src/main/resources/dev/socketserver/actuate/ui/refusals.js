/*
 * Why servers have refused connections, of which the meters know more than the endpoint.
 */

export const REFUSED = 'socket_server_sessions_rejected_total';

/** Reads the text that Prometheus reads: for each reason, how many connections a server refused. */
export function refusedBy(name, text) {
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
