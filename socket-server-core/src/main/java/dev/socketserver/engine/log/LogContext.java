package dev.socketserver.engine.log;

import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;

/**
 * Puts the names of the server or client and of the session into SLF4J's mapped
 * diagnostic context while a thread runs user code of that session. That is done once for
 * everything that the thread does for the session in one go; then the context is as it
 * was before.
 */
public final class LogContext {

	/** The key of the server's name. */
	public static final String SERVER = "socket.server";

	/** The key of the client's name. */
	public static final String CLIENT = "socket.client";

	/** The key of the session's id. */
	public static final String SESSION = "socket.session";

	private LogContext() {
	}

	/**
	 * Whether there is a logger that shows it.
	 * @return {@code false} if setting it would be for nothing
	 */
	public static boolean isShown() {
		return !(MDC.getMDCAdapter() instanceof NOPMDCAdapter);
	}

	/**
	 * Does something for a session.
	 * @param session the session
	 * @param what is given what to do it on
	 * @param on handed to it, so that callers need no new object
	 * @param <T> the type of that
	 */
	public static <T> void run(Named session, Consumer<T> what, T on) {
		Map<String, String> before = get();
		set(session.ownerKey(), session.server());
		set(SESSION, session.id());
		try {
			what.accept(on);
		}
		finally {
			restore(before);
		}
	}

	private static @Nullable Map<String, String> get() {
		try {
			return MDC.getCopyOfContextMap();
		}
		catch (Throwable ex) {
			return null;
		}
	}

	/**
	 * Restores the whole context: what user code has put there and left must not get to
	 * the next session, nor to other users of the thread.
	 */
	private static void restore(@Nullable Map<String, String> before) {
		try {
			if (before == null || before.isEmpty()) {
				MDC.clear();
			}
			else {
				MDC.setContextMap(before);
			}
		}
		catch (Throwable ex) {
			// Then log lines have wrong names.
		}
	}

	/** What the application logs with may throw; a lane must run all the same. */
	private static void set(String key, String value) {
		try {
			MDC.put(key, value);
		}
		catch (Throwable ex) {
			// Then log lines have no names.
		}
	}

	/** A session, as log lines name it. */
	public interface Named {

		/**
		 * Returns the key of the name of its server or client.
		 * @return {@link #SERVER} or {@link #CLIENT}
		 */
		String ownerKey();

		/**
		 * Returns the name of its server or client.
		 * @return the name
		 */
		String server();

		/**
		 * Returns its id.
		 * @return the id
		 */
		String id();

	}

}
