package dev.socketserver.engine.connection;

import java.net.InetAddress;
import java.security.Principal;
import java.time.Duration;

import dev.socketserver.DatagramDrop;
import dev.socketserver.PeerCredentials;
import dev.socketserver.SessionSpec;
import dev.socketserver.framing.FrameDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one session, as the session sees it. "The loop" is the I/O thread of
 * the connection.
 */
public interface Connection {

	/**
	 * Runs a task on the loop: now if this is the loop, else soon.
	 * @param task the task
	 */
	default void execute(Runnable task) {
		if (isLoop()) {
			task.run();
		}
		else {
			executeLater(task);
		}
	}

	/**
	 * Runs a task on the loop soon, after what the loop is doing if this is the loop.
	 * @param task the task
	 */
	void executeLater(Runnable task);

	/**
	 * Whether the calling thread is the loop.
	 * @return {@code true} if it is
	 */
	boolean isLoop();

	/**
	 * Writes and flushes. On the loop, one write at a time.
	 * @param bytes what to write, to which nothing is added any more; the lengths of some
	 * texts may still be assumed, and are measured by this method before it reports the
	 * result, unless there is no memory for that
	 * @param result is notified, on the loop, when the operating system has taken the
	 * last byte or never will; perhaps before this method returns
	 */
	void write(OutputBytes bytes, WriteResult result);

	/**
	 * Offers what is being written to the operating system once more. On the loop.
	 * @return a number that differs when the operating system has taken some of it, or
	 * has got rid of some of what it had taken; 0 if it has taken all
	 */
	long unwritten();

	/**
	 * Returns which datagram is being decoded: its frames are admitted together. On the
	 * loop.
	 * @return a number that differs from that of the datagram before, or 0 for a stream
	 */
	default int datagram() {
		return 0;
	}

	/**
	 * Starts or stops reading. On the loop.
	 * @param on whether to read
	 */
	void reading(boolean on);

	/**
	 * A write may take another time than before: the system is not to end the connection
	 * earlier. Any thread.
	 * @param write how long it may take; {@code null} for as long as it likes
	 */
	default void writeTimeChanged(@Nullable Duration write) {
	}

	/** Ends the output: the peer sees the end of the stream. On the loop. */
	void shutdownOutput();

	/**
	 * Closes the connection so that what was written arrives: ends the output, reads and
	 * drops input for a bounded time until the peer ends its own, then closes. On the
	 * loop, after the last write.
	 */
	void close();

	/**
	 * Returns who the connection has shown the peer to be. Any thread.
	 * @return who it is, or {@code null} if it was not asked for
	 */
	default @Nullable Principal principal() {
		return null;
	}

	/**
	 * Returns to which multicast group the peer sends. Any thread.
	 * @return the address of the group, or {@code null} if it sends to this node alone
	 */
	default @Nullable InetAddress group() {
		return null;
	}

	/**
	 * Returns who the peer is, as the kernel says. Any thread.
	 * @return who it is, or {@code null} if the kernel does not know
	 */
	default @Nullable PeerCredentials peerCredentials() {
		return null;
	}

	/**
	 * Returns what decodes the input of the session. On the loop, once.
	 * @param spec what the session is made from
	 * @param decoder decodes a stream
	 * @return the decoder itself for a stream; else one whose frames end with what they
	 * have arrived in
	 */
	default FrameDecoder decoder(SessionSpec spec, FrameDecoder decoder) {
		return decoder;
	}

	/**
	 * Frames were received that no handler is given. Any thread.
	 * @param reason why
	 * @param count how many
	 */
	default void unhandled(DatagramDrop reason, int count) {
	}

	/**
	 * Whether a PROXY header may have preceded the bytes that the session gets. Any
	 * thread.
	 * @return {@code false} if nothing looks for one
	 */
	default boolean proxied() {
		return false;
	}

	/**
	 * Whether the connection can be encrypted when its handler asks for that. Any thread.
	 * @return {@code false} if it is encrypted from the beginning, or never
	 */
	default boolean startsTls() {
		return false;
	}

	/**
	 * Whether the connection is encrypted. Any thread.
	 * @return {@code true} from the end of the handshake on
	 */
	default boolean secure() {
		return false;
	}

	/**
	 * Returns what encrypts the connection, for which the handler has asked. From the
	 * first call on what the peer has sent is received before each write. On the loop,
	 * while it is not encrypted.
	 * @return the start of TLS
	 */
	default TlsStart tlsStart() {
		throw new UnsupportedOperationException("This connection cannot be encrypted");
	}

	/** Resets the connection. Any thread. */
	void abort();

	/**
	 * The session has ended and its handler was notified, and nobody else was. Once, any
	 * thread.
	 */
	default void ended() {
	}

	/** Encrypts a connection between two messages. On the loop. */
	interface TlsStart {

		/**
		 * Does the TLS handshake, which stands in the place of a write: what was written
		 * before has left in the clear, and nothing is written until the result is
		 * reported.
		 * @param result is notified, on the loop, of how it ended
		 */
		void begin(WriteResult result);

		/**
		 * The session closes: a handshake that is under way is given up, and nothing more
		 * is written.
		 */
		void cancel();

	}

	/** Is notified of how a write ended. */
	@FunctionalInterface
	interface WriteResult {

		/**
		 * The write ended.
		 * @param failure why the bytes will not all be taken, or {@code null} if they
		 * were
		 * @param taken how many bytes were taken at least, if there is a failure
		 */
		void done(@Nullable Throwable failure, int taken);

		/**
		 * The operating system does not take everything soon: the rest waits. On the
		 * loop, before the write ends.
		 */
		default void restWaits() {
		}

		/**
		 * Nothing of the bytes was taken, nor will be, and the connection is as before.
		 * @param refusal why
		 */
		default void refused(Exception refusal) {
			done(refusal, 0);
		}

	}

}
