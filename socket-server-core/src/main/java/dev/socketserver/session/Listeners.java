package dev.socketserver.session;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.socketserver.Alarm;
import dev.socketserver.CloseStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * Tells several listeners, in order; one that throws does not keep the others from being
 * told, nor harm what it was told about. How often that is logged is limited: what they
 * are told is what peers do.
 */
public final class Listeners implements SocketServerListener {

	private static final SteadyLogger logger = SteadyLogger.of(Listeners.class);

	/** How many failures of a listener are logged in an interval as they come. */
	private static final int MOST_FAILURES = 10;

	private final Supplier<? extends Collection<? extends SocketServerListener>> source;

	private final ScheduledExecutorService timer;

	/** By the names of classes of listeners that have failed. */
	private final Map<String, LogLimit> limits = new ConcurrentHashMap<>();

	/** Looked up when there is something to tell, under this object's monitor. */
	private volatile @Nullable List<SocketServerListener> listeners;

	/**
	 * Creates a listener that tells others.
	 * @param source gives the others; asked once, when there is something to tell
	 * @param timer has time pass for the log
	 */
	public Listeners(Supplier<? extends Collection<? extends SocketServerListener>> source,
			ScheduledExecutorService timer) {
		this.source = source;
		this.timer = timer;
	}

	@Override
	public void registered(SocketServer server) {
		tell((listener) -> listener.registered(server));
	}

	@Override
	public void removed(SocketServer server) {
		tell((listener) -> listener.removed(server));
	}

	@Override
	public void started(SocketServer server) {
		tell((listener) -> listener.started(server));
	}

	@Override
	public void failed(SocketServer server, Throwable cause) {
		tell((listener) -> listener.failed(server, cause));
	}

	@Override
	public void stopped(SocketServer server) {
		tell((listener) -> listener.stopped(server));
		this.limits.values().forEach(LogLimit::flush);
	}

	@Override
	public void opened(SocketSession session) {
		tell((listener) -> listener.opened(session));
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		tell((listener) -> listener.closed(session, status));
	}

	@Override
	public void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason) {
		tell((listener) -> listener.rejected(server, peer, reason));
	}

	@Override
	public void rejected(SocketServer server, InetSocketAddress peer, RejectReason reason, @Nullable String detail) {
		tell((listener) -> listener.rejected(server, peer, reason, detail));
	}

	@Override
	public void alarm(SocketServer server, Alarm alarm) {
		tell((listener) -> listener.alarm(server, alarm));
	}

	private void tell(Consumer<SocketServerListener> call) {
		for (SocketServerListener listener : listeners()) {
			try {
				call.accept(listener);
			}
			catch (Throwable ex) {
				// Not only what may be thrown here: not every compiler checks that.
				logFailure(listener, ex);
			}
		}
	}

	/** The failure is the listener's too: asked for its message, it may throw again. */
	private void logFailure(SocketServerListener listener, Throwable failure) {
		String name = listener.getClass().getName();
		this.limits
			.computeIfAbsent(
					name, (
							key) -> new LogLimit(MOST_FAILURES, this.timer, System::nanoTime,
									(count) -> logger.error("Listener {} failed {} times more, in {} s or less", name,
											count, LogLimit.INTERVAL_SECONDS)))
			.log(() -> {
				if (!logger.error("Listener {} failed", name, LoggedFailure.of(failure))) {
					logger.error("Listener {} failed with {}, which cannot be shown", name,
							failure.getClass().getName());
				}
			});
	}

	private List<SocketServerListener> listeners() {
		List<SocketServerListener> known = this.listeners;
		if (known == null) {
			synchronized (this) {
				known = this.listeners;
				if (known == null) {
					known = List.copyOf(this.source.get());
					this.listeners = known;
				}
			}
		}
		return known;
	}

}
