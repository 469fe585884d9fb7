/*
 * Why a client cannot connect, in words. Systems and libraries say it in theirs.
 */

const WORDS = [
	[/refused/i, 'nothing accepts connections there'],
	[/timed? ?out/i, 'it does not answer in time'],
	[/unknown ?host|unresolved|resolve/i, 'its name leads to no address'],
	[/no route|unreachable/i, 'the network does not lead there'],
	[/no such file/i, 'there is no such socket'],
	[/certificate|certification|handshake|ssl|tls/i, 'the TLS handshake fails'],
	[/permission denied/i, 'the system does not permit it']
];

/** How attempts have failed, by the reasons that the endpoint counts. */
const FAILED = {
	UNKNOWN_HOST: 'with an unknown host',
	REFUSED: 'refused',
	TIMEOUT: 'too slow',
	TLS: 'failed in TLS',
	PROXY: 'refused by the proxy',
	SELF: 'to itself',
	OTHER: 'failed'
};

/** Says in words what a failure means; one that nobody has words for says it itself. */
export const failureWords = (failure) => failure && (WORDS.find(([pattern]) => pattern.test(failure))?.[1] ?? failure);

/** How an attempt has failed. */
export const attemptWords = (reason) => FAILED[reason] ?? `failed (${reason})`;
