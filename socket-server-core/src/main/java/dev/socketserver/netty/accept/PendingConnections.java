package dev.socketserver.netty.accept;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import dev.socketserver.engine.server.ConnectionIntake;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.netty.channel.SessionChannel;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.tls.TlsMode;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one listener that are not sessions yet, and the stages that they go
 * through. Safe for use by several threads.
 */
public final class PendingConnections {

	private final ConnectionIntake intake;

	/** The stages before a session, for connections of proxies and for others. */
	private final List<ConnectionStage> proxyStages;

	private final List<ConnectionStage> directStages;

	private final Set<PendingConnection> pending = ConcurrentHashMap.newKeySet();

	/** Whoever is pending is aborted, also who connects from now on. */
	private volatile boolean stopped;

	/**
	 * Creates those of one listener in one run.
	 * @param proxies whether PROXY headers precede sessions
	 * @param counters count handshakes
	 * @param intake decides which are admitted
	 * @param tls what handshakes need, if there are any
	 */
	public PendingConnections(ProxyMode proxies, ServerCounters counters, ConnectionIntake intake,
			@Nullable ServerTls tls) {
		this.intake = intake;
		List<ConnectionStage> tlsStage = (tls != null && tls.spec().mode() == TlsMode.IMMEDIATE)
				? List.of(new TlsStage(tls, counters)) : List.of();
		this.proxyStages = (proxies != ProxyMode.OFF)
				? followed(new ProxyStage(proxies == ProxyMode.REQUIRED), tlsStage) : List.of();
		this.directStages = (proxies == ProxyMode.OPTIONAL) ? followed(new ForeignProxyStage(), tlsStage) : tlsStage;
	}

	private static List<ConnectionStage> followed(ConnectionStage first, List<ConnectionStage> others) {
		return Stream.concat(Stream.of(first), others.stream()).toList();
	}

	/** Whether a PROXY header may precede a session. */
	public boolean proxied() {
		return !this.proxyStages.isEmpty();
	}

	/**
	 * Whether a connection waits for its peer before its session opens, and so counts
	 * against {@code limits.pending}. Who is not trusted to send a PROXY header is not
	 * waited for.
	 */
	boolean waits(boolean proxy) {
		for (ConnectionStage stage : stages(proxy)) {
			if (stage.waits()) {
				return true;
			}
		}
		return false;
	}

	/** What precedes the session of a connection, in order. */
	private List<ConnectionStage> stages(boolean proxy) {
		return proxy ? this.proxyStages : this.directStages;
	}

	/**
	 * Leads an admitted connection to its session.
	 * @param channel the connection
	 * @param session opens when all stages are done
	 * @param proxy whether a proxy has opened it
	 * @param address the address of its peer, which has permits unless it is a proxy;
	 * {@code null} if it has none
	 */
	void lead(DuplexChannel channel, SessionChannel session, boolean proxy, @Nullable InetAddress address) {
		List<ConnectionStage> stages = stages(proxy);
		// First of all: gives everything back, whatever happens from here on. Whether a
		// pending connection is refused at its end has to be known before.
		if (stages.isEmpty()) {
			channel.closeFuture().addListener(session);
			channel.pipeline().addLast(session.entrance());
		}
		else {
			PendingConnection connection = new PendingConnection(this, this.intake, channel, session, stages, proxy,
					proxy ? null : address);
			channel.closeFuture().addListener(connection).addListener(session);
			channel.pipeline().addLast(connection);
		}
	}

	/**
	 * A connection waits to become a session.
	 * @return whether it may
	 */
	boolean begun(PendingConnection connection) {
		this.pending.add(connection);
		return !this.stopped;
	}

	/**
	 * A connection has become a session, is refused, or is gone.
	 * @param connection the connection
	 * @param proxy whether a proxy has opened it
	 * @param address whose permit it has, if one is known
	 */
	void ended(PendingConnection connection, boolean proxy, @Nullable InetAddress address) {
		this.pending.remove(connection);
		if (waits(proxy)) {
			this.intake.admission().releasePending(address);
		}
	}

	/** Whether connections that are pending are aborted. */
	boolean isStopped() {
		return this.stopped;
	}

	/** Aborts the connections that are pending, and those that will be. */
	public void abort() {
		this.stopped = true;
		this.pending.forEach(PendingConnection::abort);
	}

}
