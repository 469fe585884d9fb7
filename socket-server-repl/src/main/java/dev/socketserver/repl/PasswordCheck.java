package dev.socketserver.repl;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketserver.Addresses;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares passwords in constant time, and makes an address wait the longer, the more
 * often it has guessed: each attempt comes one second after the one before, then two,
 * four and so on, up to thirty, on whichever connections. The monitor guards what is
 * counted.
 */
final class PasswordCheck {

	private static final Logger logger = LoggerFactory.getLogger(PasswordCheck.class);

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private static final int MAX_DOUBLINGS = 5;

	private static final long MAX_DELAY = 30 * SECOND;

	/** An attempt that would have to wait longer than this is refused. */
	private static final long MAX_WAIT = 60 * SECOND;

	/** How often wrong passwords are logged at most. */
	private static final long LOG_INTERVAL = 10 * SECOND;

	private static final int MAX_ADDRESSES = 1000;

	private final byte[] digest;

	private final Map<ByteBuffer, Guesses> guesses = new LinkedHashMap<>(16, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Guesses> eldest) {
			return size() > MAX_ADDRESSES;
		}

	};

	private long failures;

	private long lastLogged;

	PasswordCheck(String password) {
		this.digest = digest(password);
	}

	/**
	 * Gives an attempt its turn. It counts as a failure until {@link #accepts} says
	 * otherwise.
	 * @param address the address of the peer
	 * @return how long the attempt has to wait, or {@code null} if there were too many
	 */
	synchronized @Nullable Duration turn(InetAddress address) {
		long now = System.nanoTime();
		ByteBuffer guesser = guesser(address);
		Guesses before = this.guesses.get(guesser);
		int count = (before != null) ? before.count() : 0;
		long wait = (before != null) ? Math.max(0, before.next() - now) : 0;
		if (wait > MAX_WAIT) {
			return null;
		}
		long delay = Math.min(MAX_DELAY, SECOND << Math.min(count, MAX_DOUBLINGS));
		this.guesses.put(guesser, new Guesses(count + 1, now + wait + delay));
		return Duration.ofNanos(wait);
	}

	/**
	 * Compares a password. What was given is not kept.
	 * @param given what a peer typed
	 * @param session the session of the peer
	 * @return whether it is the password
	 */
	boolean accepts(String given, SocketSession session) {
		if (MessageDigest.isEqual(this.digest, digest(given))) {
			synchronized (this) {
				this.guesses.remove(guesser(session.remoteAddress().getAddress()));
			}
			return true;
		}
		failed(session);
		return false;
	}

	private synchronized void failed(SocketSession session) {
		this.failures++;
		long now = System.nanoTime();
		if (this.lastLogged == 0 || now - this.lastLogged > LOG_INTERVAL) {
			this.lastLogged = now;
			logger.warn("Server '{}': wrong passwords so far: {}; the last by session {} from {}", session.server(),
					this.failures, session.id(), Addresses.format(session.remoteAddress()));
		}
	}

	/**
	 * Returns what counts as one address: of IPv6 the first 64 bits, since whoever has
	 * one of these addresses has them all (RFC 6177).
	 */
	private static ByteBuffer guesser(InetAddress address) {
		byte[] bytes = address.getAddress();
		return ByteBuffer.wrap(bytes, 0, Math.min(Long.BYTES, bytes.length)).slice();
	}

	/**
	 * Digests have the same length, so that the time of a comparison does not tell that
	 * either.
	 */
	private static byte[] digest(String password) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every JVM has SHA-256", ex);
		}
	}

	/**
	 * The guesses of an address.
	 *
	 * @param count how many there were
	 * @param next when the next attempt has its turn, in nanoseconds of the JVM's clock
	 */
	private record Guesses(int count, long next) {

	}

}
