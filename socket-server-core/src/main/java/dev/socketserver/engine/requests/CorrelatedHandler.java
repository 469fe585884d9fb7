package dev.socketserver.engine.requests;

import java.util.Map;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.client.Correlator;
import dev.socketserver.engine.handlers.FailureSource;
import dev.socketserver.engine.stats.RequestStatistics;
import org.jspecify.annotations.Nullable;

/**
 * A handler in front of the application's. It drops replies that come when no request
 * waits, which have a key: replies that are awaited do not come here.
 */
public class CorrelatedHandler implements SessionHandler, FailureSource {

	private final @Nullable Correlator correlator;

	private final RequestStatistics statistics;

	private final SessionHandler handler;

	/** What the correlator threw last. */
	private @Nullable Throwable correlatorFailure;

	/**
	 * Creates the handler of one connection.
	 * @param correlator gives replies keys; {@code null} if none has one
	 * @param statistics counts those that are dropped
	 * @param handler the application's handler
	 */
	public CorrelatedHandler(@Nullable Correlator correlator, RequestStatistics statistics, SessionHandler handler) {
		this.correlator = correlator;
		this.statistics = statistics;
		this.handler = handler;
	}

	@Override
	public void opened(SocketSession session) throws Exception {
		this.handler.opened(session);
	}

	@Override
	public @Nullable Object received(Object payload, SocketSession session) throws Exception {
		return isLateReply(payload) ? null : this.handler.received(payload, session);
	}

	private boolean isLateReply(Object payload) {
		if (this.correlator == null) {
			return false;
		}
		try {
			if (PendingRequests.key(this.correlator, payload) == null) {
				return false;
			}
			this.statistics.countReplyDropped();
			return true;
		}
		catch (Throwable ex) {
			// It is the application's, as the keys are that it makes.
			this.correlatorFailure = ex;
			throw ex;
		}
	}

	@Override
	public @Nullable String sourceOf(Throwable failure) {
		return (failure == this.correlatorFailure) ? "the correlator" : null;
	}

	@Override
	public boolean unfinished() {
		return this.handler.unfinished();
	}

	@Override
	public boolean hasUnread() {
		return this.handler.hasUnread();
	}

	@Override
	public void goOn(SocketSession session) throws Exception {
		this.handler.goOn(session);
	}

	@Override
	public @Nullable Object failed(Exception failure, SocketSession session) throws Exception {
		return this.handler.failed(failure, session);
	}

	@Override
	public void inputEnded(SocketSession session, CloseStatus status) throws Exception {
		this.handler.inputEnded(session, status);
	}

	@Override
	public boolean stalled() {
		return this.handler.stalled();
	}

	@Override
	public Map<String, ?> details(SocketSession session) throws Exception {
		return this.handler.details(session);
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) throws Exception {
		this.handler.closed(session, status);
	}

}
