package dev.socketserver.engine.requests;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

import dev.socketserver.client.Correlator;
import dev.socketserver.engine.stats.RequestStatistics;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of all sessions of a server or client share.
 *
 * @param correlator determines which reply belongs to which request; {@code null} if
 * replies come in order
 * @param statistics counts what becomes of requests
 * @param background completes futures, and runs the correlator where it must not run on
 * an event loop
 * @param timer ends the wait for replies that do not come in time; one for all
 */
public record RequestContext(@Nullable Correlator correlator, RequestStatistics statistics, Executor background,
		ScheduledExecutorService timer) {

}
