package dev.socketserver.test.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/**
 * What a test client sends, with a limit on the time: a blocking write has none of its
 * own.
 */
public final class Outgoing {

	private final TestConnection connection;

	/** Written by the thread that sends. */
	private volatile long bytesSent;

	public Outgoing(TestConnection connection) {
		this.connection = connection;
	}

	/**
	 * Sends bytes in segments of at most so many; of no bytes, an empty datagram.
	 * @throws AssertionError if the peer does not take them in time
	 */
	public void send(byte[] bytes, int segment, Duration timeout) {
		Objects.requireNonNull(bytes, "bytes");
		int sent = 0;
		try (TimeLimit limit = new TimeLimit(this.connection, timeout, "this client gave up sending")) {
			try {
				do {
					int length = Math.min(segment, bytes.length - sent);
					this.connection.write(bytes, sent, length);
					sent += length;
					this.bytesSent += length;
				}
				while (sent < bytes.length);
			}
			catch (IOException ex) {
				String attempt = "Could not send " + Escaped.of(bytes) + " to " + this.connection.peer();
				if (limit.exceeded()) {
					throw new AssertionError(
							attempt + " within " + TimeLimit.text(timeout)
									+ ": it reads too slowly, if at all. Is it waiting for this client to receive?",
							ex);
				}
				throw new AssertionError(attempt + ": " + reasonNotToSend(ex), ex);
			}
		}
	}

	public long bytesSent() {
		return this.bytesSent;
	}

	/** Ends the output. */
	public void end(Duration timeout) {
		// TLS sends a close_notify, which waits for a thread that writes.
		TimeLimit limit = new TimeLimit(this.connection, timeout, "this client gave up ending its output");
		try {
			this.connection.endOutput();
		}
		catch (IOException ex) {
			throw new AssertionError(
					"Could not end the output to " + this.connection.peer() + ": " + reasonNotToSend(ex), ex);
		}
		finally {
			limit.close();
		}
	}

	/** Closes the connection, once. */
	public void close(Duration timeout) {
		TimeLimit limit = new TimeLimit(this.connection, timeout, "this client gave up closing");
		try {
			this.connection.close();
		}
		finally {
			limit.close();
		}
	}

	private String reasonNotToSend(IOException ex) {
		if (this.connection.isOutputEnded() && !this.connection.isClosed()) {
			return "this client has ended its output";
		}
		String end = this.connection.end();
		return (end != null) ? end : String.valueOf(ex.getMessage());
	}

}
