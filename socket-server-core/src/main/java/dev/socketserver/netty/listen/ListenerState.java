package dev.socketserver.netty.listen;

/**
 * What a {@link Listener} has of its socket.
 *
 * <pre>
 *                                         cannot bind
 *                                     ┌─────────────────┐
 *                                     ▼                 │
 *   LISTENING ──the socket closes──▶ LOST ──bind──▶ BINDING ──bound──▶ LISTENING
 *       │                             │                 │
 *       │ close                       │ close           │ close
 *       ▼                             │                 ▼
 *    CLOSING ◀────────────────────────┴──────────── CANCELLED
 *                                       bound or not
 * </pre>
 */
enum ListenerState {

	/** There is a socket, which may be broken without anybody knowing. */
	LISTENING,

	/** The socket has closed by itself; another one will be bound. */
	LOST,

	/** Another socket is being bound. */
	BINDING,

	/** The run has closed the listener while it is binding: a socket comes too late. */
	CANCELLED,

	/** The run has closed the listener. */
	CLOSING;

	/** Whether the run has closed the listener. */
	boolean isClosed() {
		return this == CANCELLED || this == CLOSING;
	}

	/** The socket has closed. */
	ListenerState lost() {
		return (this == LISTENING) ? LOST : this;
	}

	/** It is time to bind another one. */
	ListenerState binds() {
		return (this == LOST) ? BINDING : this;
	}

	/** There is another one. */
	ListenerState bound() {
		return bindEnds(LISTENING);
	}

	/** There is no other one. */
	ListenerState notBound() {
		return bindEnds(LOST);
	}

	private ListenerState bindEnds(ListenerState next) {
		return switch (this) {
			case BINDING -> next;
			case CANCELLED -> CLOSING;
			default -> this;
		};
	}

	/** The run closes the listener. */
	ListenerState closed() {
		return (this == BINDING || this == CANCELLED) ? CANCELLED : CLOSING;
	}

}
