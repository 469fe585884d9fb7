package dev.socketserver.engine.state;

import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.operator.MessageObserver;
import org.jspecify.annotations.Nullable;

/**
 * Who watches the calls of handlers of one server or client, and what is logged of them.
 *
 * @param observer watches messages being handled, or {@code null}
 * @param logContext whether log lines of handlers carry the names of server and session
 * @param failureLog keeps failures of handlers from filling the log
 */
public record Diagnostics(@Nullable MessageObserver observer, boolean logContext, FailureLog failureLog) {

	/** Stands between the name of a server or client and the number of a session. */
	public static final char ID_SEPARATOR = '-';

}
