package dev.socketserver.client;

import java.net.InetSocketAddress;
import java.util.Objects;

import dev.socketserver.CloseStatus;

/**
 * What {@link SocketClient#receive} returns, in the order in which it happened.
 * {@link Connected} and {@link Disconnected} alternate, payloads are between them, and
 * {@link Closed} is last.
 */
public sealed interface Received {

	/**
	 * A connection was made.
	 *
	 * @param remoteAddress the server's address
	 */
	record Connected(InetSocketAddress remoteAddress) implements Received {

		public Connected {
			Objects.requireNonNull(remoteAddress, "remoteAddress");
		}

	}

	/**
	 * The connection ended; everything that was received on it was returned before this.
	 *
	 * @param status how it ended
	 */
	record Disconnected(CloseStatus status) implements Received {

		public Disconnected {
			Objects.requireNonNull(status, "status");
		}

	}

	/** The client was closed or stopped; nothing more is received. */
	record Closed() implements Received {

	}

	/**
	 * A frame was received.
	 *
	 * @param payload what the client's payload converter has made of it: text, bytes, or
	 * an object
	 */
	record Payload(Object payload) implements Received {

		public Payload {
			Objects.requireNonNull(payload, "payload");
		}

		/**
		 * Returns the payload as text.
		 * @return the payload if it is text, else its {@code toString()}
		 */
		public String text() {
			return this.payload.toString();
		}

	}

}
