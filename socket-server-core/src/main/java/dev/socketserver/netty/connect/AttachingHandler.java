package dev.socketserver.netty.connect;

import dev.socketserver.SessionHandler;
import dev.socketserver.client.Correlator;
import dev.socketserver.engine.handlers.OpeningAware;
import dev.socketserver.engine.requests.CorrelatedHandler;
import dev.socketserver.engine.stats.RequestStatistics;
import org.jspecify.annotations.Nullable;

/**
 * The handler of one connection of a client. When the application's handler has been
 * notified of the session, and has not failed, it lets the payloads that have waited for
 * the connection be sent, after what that handler has sent. On the session's lane.
 */
final class AttachingHandler extends CorrelatedHandler implements OpeningAware {

	private final Runnable attach;

	private boolean attached;

	/**
	 * Creates the handler of one connection.
	 * @param correlator gives replies keys; {@code null} if none has one
	 * @param statistics counts replies that are dropped
	 * @param handler the application's handler
	 * @param attach run once, when that handler has said what it has to say first; never
	 * if it has failed to, and the connection ends for that
	 */
	AttachingHandler(@Nullable Correlator correlator, RequestStatistics statistics, SessionHandler handler,
			Runnable attach) {
		super(correlator, statistics, handler);
		this.attach = attach;
	}

	@Override
	public void openingEnded() {
		if (!this.attached) {
			this.attached = true;
			this.attach.run();
		}
	}

}
