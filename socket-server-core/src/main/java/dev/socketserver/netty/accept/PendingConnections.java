package dev.socketserver.netty.accept;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import dev.socketserver.engine.server.ConnectionIntake;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.netty.channel.SessionOpening;
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

	/** What those go through that are accepted now. */
	private volatile Stages stages;

	private final Set<PendingConnection> pending = ConcurrentHashMap.newKeySet();

	/** Whoever is pending is aborted, also who connects from now on. */
	private volatile boolean stopped;

	/**
	 * Creates those of one listener in one run.
	 * @param stages what they go through
	 * @param intake decides which are admitted
	 */
	public PendingConnections(Stages stages, ConnectionIntake intake) {
		this.stages = stages;
		this.intake = intake;
	}

	/**
	 * Returns what connections go through that are accepted now.
	 * @return the stages
	 */
	public Stages stages() {
		return this.stages;
	}

	/**
	 * Has connections that are accepted from now on go through others.
	 * @param next the stages
	 */
	public void stages(Stages next) {
		this.stages = next;
	}

	/**
	 * Leads an admitted connection to its session.
	 * @param channel the connection
	 * @param opening opens the session when all stages are done
	 * @param passed what it goes through
	 * @param proxy whether a proxy has opened it
	 * @param address the address of its peer, which has permits unless it is a proxy;
	 * {@code null} if it has none
	 */
	void lead(DuplexChannel channel, SessionOpening opening, Stages passed, boolean proxy,
			@Nullable InetAddress address) {
		// First of all: gives everything back, whatever happens from here on. Whether a
		// pending connection is refused at its end has to be known before.
		if (passed.of(proxy).isEmpty()) {
			channel.closeFuture().addListener(opening);
			channel.pipeline().addLast(opening);
		}
		else {
			PendingConnection connection = new PendingConnection(this, channel, opening, passed, proxy,
					proxy ? null : address);
			channel.closeFuture().addListener(connection);
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
	 * @param waited whether it counted among those that wait
	 * @param address whose permit it has, if one is known
	 */
	void ended(PendingConnection connection, boolean waited, @Nullable InetAddress address) {
		this.pending.remove(connection);
		if (waited) {
			this.intake.admission().releasePending(address);
		}
	}

	/** Decides which are admitted. */
	ConnectionIntake intake() {
		return this.intake;
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

	/**
	 * What connections of a listener go through before they are sessions, those of
	 * proxies and others. Immutable: with other settings there are others, for
	 * connections that are accepted then.
	 */
	public static final class Stages {

		private final List<ConnectionStage> ofProxies;

		private final List<ConnectionStage> ofOthers;

		/**
		 * Creates the stages of a listener.
		 * @param proxies whether PROXY headers precede sessions
		 * @param counters count handshakes
		 * @param tls what handshakes need, if there are any
		 */
		public Stages(ProxyMode proxies, ServerCounters counters, @Nullable ServerTls tls) {
			List<ConnectionStage> tlsStage = (tls != null && tls.spec().mode() == TlsMode.IMMEDIATE)
					? List.of(ConnectionStage.tls(tls, counters)) : List.of();
			this.ofProxies = (proxies != ProxyMode.OFF)
					? followed(ConnectionStage.proxyHeader(proxies == ProxyMode.REQUIRED), tlsStage) : List.of();
			this.ofOthers = (proxies == ProxyMode.OPTIONAL) ? followed(ConnectionStage.noProxyHeader(), tlsStage)
					: tlsStage;
		}

		private static List<ConnectionStage> followed(ConnectionStage first, List<ConnectionStage> others) {
			return Stream.concat(Stream.of(first), others.stream()).toList();
		}

		/**
		 * Whether a PROXY header may precede a session.
		 * @return {@code false} if there are none
		 */
		public boolean proxied() {
			return !this.ofProxies.isEmpty();
		}

		/**
		 * Whether a connection waits for its peer before its session opens, and so counts
		 * against {@code limits.pending}. Who is not trusted to send a PROXY header is
		 * not waited for.
		 */
		boolean waits(boolean proxy) {
			for (ConnectionStage stage : of(proxy)) {
				if (stage.waits()) {
					return true;
				}
			}
			return false;
		}

		/** What precedes the session of a connection, in order. */
		List<ConnectionStage> of(boolean proxy) {
			return proxy ? this.ofProxies : this.ofOthers;
		}

	}

}
