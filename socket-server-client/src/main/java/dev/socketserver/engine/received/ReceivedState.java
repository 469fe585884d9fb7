package dev.socketserver.engine.received;

/**
 * What a {@link ReceivedQueue} does with what is received.
 *
 * <pre>
 *   OPEN ──the client stops──▶ CLOSING ──it has stopped──▶ CLOSED
 *    ▲ │                          │                        ▲   │
 *    │ └──────────────────────────┼──it has stopped────────┘   │
 *    └────────it starts───────────┴────────it starts───────────┘
 * </pre>
 */
enum ReceivedState {

	/** Payloads are kept, and wait for room if there is none. */
	OPEN,

	/** Payloads do not wait for room any more, so that the connection can end. */
	CLOSING,

	/** Nothing more is received unless the client is started again. */
	CLOSED

}
