/*
 * What reasons mean, in words, and the page of the documentation that has more.
 */

/** Why connections are refused. */
const REFUSED = {
	BANNED: ['since their addresses are banned', 'bans.md'],
	DENIED: ['since their addresses are not allowed, or are denied', 'limits.md'],
	TLS_FAILED: ['whose TLS handshake failed', 'tls.md'],
	PROXY_REJECTED: ['whose PROXY header is missing or not from a trusted proxy', 'proxy-protocol.md'],
	LIMIT_SESSIONS: ['since there are as many sessions as limits.sessions allows', 'limits.md'],
	LIMIT_ADDRESS: ['since their address has as many sessions as limits.sessions-per-address allows', 'limits.md'],
	LIMIT_PENDING: ['since too many connections were not sessions yet', 'limits.md']
};

/** Why sessions end. */
const CLOSED = {
	RATE_EXCEEDED: ['The peer sent more than its rate allows.', 'rates.md'],
	NOT_STORED: ['A message could not be stored, and its bridge closes for that.', 'acknowledge-stored.md'],
	LOGIN_FAILED: ['The peer could not log in.', 'logins.md'],
	LOGIN_TIMEOUT: ['The peer did not log in in time, or made room for others.', 'logins.md'],
	PEER_CLOSED: ['The peer ended its output.', 'sessions.md'],
	PEER_RESET: ['The peer reset the connection, or vanished.', 'sessions.md'],
	HANDLER_CLOSED: ['The application closed it.', 'sessions.md'],
	HANDLER_ERROR: ['The handler threw an exception.', 'errors.md'],
	ACCESS_DENIED: ['Method security refused a call.', 'security.md'],
	REQUESTS_DONE: ['It handled as many frames as it was to.', 'limits.md'],
	FRAME_TOO_LARGE: ['A frame was longer than the framing allows.', 'framing.md'],
	TLS_FAILED: ['The TLS handshake that its handler asked for failed, or did not begin in time.', 'tls.md'],
	PROTOCOL_ERROR: ['What was received does not follow the framing.', 'framing.md'],
	DECODE_ERROR: ['A frame could not be converted to what the handler takes.', 'payloads.md'],
	FIRST_FRAME_TIMEOUT: ['The first frame did not come in time.', 'timeouts.md'],
	FRAME_TIMEOUT: ['A frame was not complete in time.', 'timeouts.md'],
	IDLE_TIMEOUT: ['Nothing was received for too long.', 'timeouts.md'],
	WRITE_TIMEOUT: ['The peer took nothing of what was sent for too long.', 'timeouts.md'],
	HEARTBEAT_TIMEOUT: ['The peer did not answer a heartbeat in time.', 'heartbeats.md'],
	SESSION_TIMEOUT: ['It had lasted as long as it may.', 'timeouts.md'],
	SLOW_CONSUMER: ['The peer did not read what was sent to it.', 'sending.md'],
	OVERFLOW: ['More frames came than the handler took.', 'limits.md'],
	MEMORY: ['Memory for waiting bytes was used up, and it held much.', 'limits.md'],
	REPLACED: ['Another session has taken its identity.', 'sessions.md'],
	ROTATED: ['Another connection of the client has taken over.', 'fail-over.md'],
	OPERATOR_CLOSED: ['An operator closed it.', 'endpoints.md'],
	SERVER_STOPPED: ['The server stopped.', 'lifecycle.md'],
	EXECUTOR_REJECTED: ['No thread was there for its handler.', 'handlers.md'],
	IO_ERROR: ['The connection failed.', 'troubleshooting.md']
};

/** Ends of sessions of which somebody should know: what one was closed for, and several. */
const TROUBLE = {
	SLOW_CONSUMER: ['whose peer did not read what was sent to it', 'whose peers did not read what was sent to them'],
	WRITE_TIMEOUT: ['whose peer took nothing for too long', 'whose peers took nothing for too long'],
	OVERFLOW: ['whose handler did not keep up', 'whose handlers did not keep up'],
	MEMORY: ['since memory for waiting bytes was used up', 'since memory for waiting bytes was used up'],
	HANDLER_ERROR: ['whose handler threw an exception', 'whose handlers threw exceptions'],
	NOT_STORED: ['whose message could not be stored', 'whose messages could not be stored']
};

/** What so many sessions were closed for, if somebody should know of it. */
export const trouble = (reason, number) => TROUBLE[reason]?.[(number === 1) ? 0 : 1];

/** All reasons why sessions end. */
export const endings = () => Object.keys(CLOSED);

/** What an alarm means, and how it goes on. */
export const ALARMS = {
	ACCEPT_FAILED: ['cannot accept connections', 'troubleshooting.md'],
	SESSIONS: ['has nearly as many sessions as limits.sessions allows', 'limits.md'],
	REJECTIONS: ['refused a hundred connections within a minute', 'limits.md'],
	MEMORY: ['has nearly used up socket.limits.memory, the memory for buffered bytes', 'limits.md'],
	TLS: ['could not load new keys or certificates, and goes on with the old ones', 'tls.md']
};

/** Why a connection was refused: [words, page]. */
export const refusal = (reason) => REFUSED[reason] ?? [`for the reason ${reason}`, 'limits.md'];

/** Why a session has ended: [words, page]. */
export const ending = (reason) => CLOSED[reason] ?? ['', 'sessions.md'];
