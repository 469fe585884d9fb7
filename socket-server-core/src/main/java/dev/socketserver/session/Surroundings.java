package dev.socketserver.session;

import dev.socketserver.MessageObserver;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds each call of a handler of one server or client.
 *
 * @param observer watches messages being handled, or {@code null}
 * @param logContext whether log lines of handlers carry the names of server and session
 * @param failureLog keeps failures of handlers from filling the log
 */
public record Surroundings(@Nullable MessageObserver observer, boolean logContext, FailureLog failureLog) {

}
