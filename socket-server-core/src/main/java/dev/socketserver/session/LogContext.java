package dev.socketserver.session;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;

/**
 * What the log lines of a thread carry while it runs user code of a session: the names of
 * server and session, in SLF4J's mapped diagnostic context. It is set once for everything
 * that a thread does for a session in one go, and afterwards is as it was before.
 */
public final class LogContext {

	/** The key of the server's name. */
	public static final String SERVER = "socket.server";

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
	static <T> void run(Session session, Consumer<T> what, T on) {
		String server = get(SERVER);
		String id = get(SESSION);
		set(SERVER, session.server());
		set(SESSION, session.id());
		try {
			what.accept(on);
		}
		finally {
			set(SERVER, server);
			set(SESSION, id);
		}
	}

	private static @Nullable String get(String key) {
		try {
			return MDC.get(key);
		}
		catch (Throwable ex) {
			return null;
		}
	}

	/** What the application logs with may throw; a lane must run all the same. */
	private static void set(String key, @Nullable String value) {
		try {
			if (value == null) {
				MDC.remove(key);
			}
			else {
				MDC.put(key, value);
			}
		}
		catch (Throwable ex) {
			// Then log lines have no names.
		}
	}

}
