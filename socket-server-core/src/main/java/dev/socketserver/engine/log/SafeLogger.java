package dev.socketserver.engine.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A logger that never throws. The application's own may: its disk is full, there is no
 * descriptor for its file, or an appender has a mistake. Then the line is lost and
 * nothing else: no session, event loop or server ends because of it. Texts that others
 * make are bounded: a line has 8 KB of them at most, and its stack as much.
 */
public final class SafeLogger {

	private final Logger logger;

	private SafeLogger(Logger logger) {
		this.logger = logger;
	}

	/**
	 * Returns the logger of a class.
	 * @param owner the class that logs
	 * @return its logger
	 */
	public static SafeLogger of(Class<?> owner) {
		return new SafeLogger(LoggerFactory.getLogger(owner));
	}

	/**
	 * Returns a logger that is not that of a class.
	 * @param name its name
	 * @return the logger
	 */
	public static SafeLogger of(String name) {
		return new SafeLogger(LoggerFactory.getLogger(name));
	}

	/**
	 * Logs at level DEBUG.
	 * @param format the message, with a pair of braces for each value
	 * @param values the values; a throwable after the last pair is shown with its stack
	 */
	public void debug(String format, @Nullable Object... values) {
		try {
			if (this.logger.isDebugEnabled()) {
				this.logger.debug(format, LogText.bounded(values));
			}
		}
		catch (Throwable ex) {
			// There is no one left to notify.
		}
	}

	/**
	 * Logs at level INFO.
	 * @param format the message, with a pair of braces for each value
	 * @param values the values; a throwable after the last pair is shown with its stack
	 */
	public void info(String format, @Nullable Object... values) {
		try {
			this.logger.info(format, LogText.bounded(values));
		}
		catch (Throwable ex) {
			// There is no one left to notify.
		}
	}

	/**
	 * Logs at level WARN.
	 * @param format the message, with a pair of braces for each value
	 * @param values the values; a throwable after the last pair is shown with its stack
	 */
	public void warn(String format, @Nullable Object... values) {
		try {
			this.logger.warn(format, LogText.bounded(values));
		}
		catch (Throwable ex) {
			// There is no one left to notify.
		}
	}

	/**
	 * Logs at level ERROR.
	 * @param format the message, with a pair of braces for each value
	 * @param values the values; a throwable after the last pair is shown with its stack
	 * @return whether the logger did not throw, as it also does where it cannot show one
	 * of the values
	 */
	public boolean error(String format, @Nullable Object... values) {
		try {
			this.logger.error(format, LogText.bounded(values));
			return true;
		}
		catch (Throwable ex) {
			// There is no one left to notify.
			return false;
		}
	}

}
