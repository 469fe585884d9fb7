package dev.socketserver.repl;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * Compares passwords in constant time, and makes an address wait the longer, the more
 * often it has guessed: each attempt is checked one second after the one before, then
 * two, four and so on, up to thirty, on whichever connections. Addresses that have not
 * given the password yet also share one pace, so that many of them guess no faster than a
 * few: {@value #BURST} attempts at once, then one a second. The monitor guards what is
 * counted.
 */
final class PasswordCheck {

	private static final SafeLogger logger = SafeLogger.of(PasswordCheck.class);

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private static final int MAX_DOUBLINGS = 5;

	private static final long MAX_DELAY = 30 * SECOND;

	/** An attempt that would have to wait longer than this is refused. */
	private static final long MAX_WAIT = 60 * SECOND;

	/** How many attempts all unknown addresses together have without a wait. */
	static final int BURST = 30;

	/** How often wrong passwords are logged at most. */
	private static final long LOG_INTERVAL = 10 * SECOND;

	private static final int MAX_ADDRESSES = 1000;

	private final byte[] digest;

	private final LongSupplier clock;

	private final Map<ByteBuffer, Guesses> guesses = new RecentlyUsed<>();

	/** The addresses that have given the password, which no other peer can slow down. */
	private final Map<ByteBuffer, Boolean> known = new RecentlyUsed<>();

	/**
	 * When the attempts of unknown addresses would end that have had their turn, if each
	 * took a second.
	 */
	private long paced;

	private long failures;

	private long lastLogged;

	PasswordCheck(String password) {
		this(password, System::nanoTime);
	}

	PasswordCheck(String password, LongSupplier clock) {
		this.digest = digest(password);
		this.clock = clock;
		this.paced = clock.getAsLong();
	}

	/**
	 * Gives an attempt its turn. It counts as a failure until {@link #accepts} says
	 * otherwise.
	 * @param address the address of the peer
	 * @return how long the attempt has to wait, or {@code null} if there were too many
	 */
	synchronized @Nullable Duration turn(InetAddress address) {
		long now = this.clock.getAsLong();
		ByteBuffer guesser = guesser(address);
		Guesses before = this.guesses.get(guesser);
		int count = (before != null) ? before.count() : 0;
		long wait = (before != null) ? Math.max(0, before.next() - now) : 0;
		boolean unknown = this.known.get(guesser) == null;
		long ahead = Math.max(0, this.paced - now);
		if (unknown) {
			wait = Math.max(wait, ahead - (BURST - 1) * SECOND);
		}
		if (wait > MAX_WAIT) {
			return null;
		}
		if (unknown) {
			this.paced = now + ahead + SECOND;
		}
		long delay = Math.min(MAX_DELAY, SECOND << Math.min(count, MAX_DOUBLINGS));
		this.guesses.put(guesser, new Guesses(count + 1, now + wait + delay));
		return Duration.ofNanos(wait);
	}

	/**
	 * Compares a password. What was given is not kept. A wrong one is an offence of the
	 * peer.
	 * @param given what a peer typed
	 * @param session the session of the peer
	 * @return whether it is the password
	 */
	boolean accepts(String given, SocketSession session) {
		if (MessageDigest.isEqual(this.digest, digest(given))) {
			known(session.remoteAddress().getAddress());
			return true;
		}
		failed(session);
		session.offence("wrong password");
		return false;
	}

	/** Called when an address has given the password. */
	synchronized void known(InetAddress address) {
		ByteBuffer guesser = guesser(address);
		this.guesses.remove(guesser);
		this.known.put(guesser, true);
	}

	private synchronized void failed(SocketSession session) {
		this.failures++;
		long now = this.clock.getAsLong();
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
	 * Digests have the same length, so that the time of a comparison does not reveal that
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
	 * What is known of the addresses that were here last.
	 *
	 * @param <V> what that is
	 */
	private static final class RecentlyUsed<V> extends LinkedHashMap<ByteBuffer, V> {

		private static final long serialVersionUID = 1L;

		RecentlyUsed() {
			super(16, 0.75f, true);
		}

		@Override
		protected boolean removeEldestEntry(Map.Entry<ByteBuffer, V> eldest) {
			return size() > MAX_ADDRESSES;
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
