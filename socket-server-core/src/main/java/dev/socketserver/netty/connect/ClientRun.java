package dev.socketserver.netty.connect;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Executor;

import dev.socketserver.client.ClientSpec;
import dev.socketserver.engine.received.ReceivedQueue;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.netty.channel.ConnectionCustomizer;
import dev.socketserver.netty.execution.HandlerThreads;
import dev.socketserver.netty.resources.NettyResources;
import dev.socketserver.netty.tls.ClientTls;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.netty.transport.UnsupportedOptionException;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a client share, from its start to its stop.
 */
final class ClientRun {

	private final ClientSpec spec;

	private final SharedResources engine;

	private final NettyResources netty;

	private final HostResolver resolver;

	private final SocketTransport transport;

	private final HandlerThreads threads;

	private final List<ConnectionCustomizer> customizers;

	private final EventLoopGroup loops;

	private final @Nullable ClientTls tls;

	private final Payloads payloads;

	private final ClientCounters counters;

	private final SessionRegistry sessions;

	private final ReceivedQueue received;

	private final Diagnostics diagnostics;

	/**
	 * Takes what connections need.
	 * @throws UnsupportedOperationException if the transport or the execution mode cannot
	 * be had here
	 * @throws IllegalArgumentException if the transport lacks an option of the socket
	 * @throws UncheckedIOException if the system does not give as many event loops
	 */
	ClientRun(ClientSpec spec, NettyResources netty, HostResolver resolver, Executor handshakes, Payloads payloads,
			ClientCounters counters, SessionRegistry sessions, ReceivedQueue received, Diagnostics diagnostics) {
		this.spec = spec;
		this.engine = netty.engine();
		this.netty = netty;
		this.resolver = resolver;
		this.payloads = payloads;
		this.counters = counters;
		this.sessions = sessions;
		this.received = received;
		this.diagnostics = diagnostics;
		ClientSpec.Tls described = spec.tls();
		this.tls = (described != null) ? new ClientTls(described, handshakes) : null;
		this.transport = TransportSupport.resolve(spec.transport());
		try {
			ConnectionOptions.set(spec.options(), this.transport, new Bootstrap()::option);
		}
		catch (UnsupportedOptionException ex) {
			// Fails the start, instead of each attempt.
			throw new IllegalArgumentException(ex.getMessage(), ex);
		}
		// The first of these may be a bean that cannot be made, and has nothing to give
		// back.
		this.customizers = netty.customizers().get();
		this.threads = HandlerThreads.of(spec.session(), spec.threadName(), this.engine.background(),
				this.engine.threads());
		this.loops = loops();
		if (!spec.daemon()) {
			keepAlive();
		}
	}

	private EventLoopGroup loops() {
		try {
			return this.netty.loops().acquire(this.transport, !this.customizers.isEmpty());
		}
		catch (RuntimeException | Error ex) {
			this.threads.close();
			throw ex;
		}
	}

	/** Keeps the JVM alive until the end. */
	private void keepAlive() {
		try {
			this.engine.keepAlive().acquire();
		}
		catch (RuntimeException | Error ex) {
			giveBack();
			throw ex;
		}
	}

	/** Gives everything back. */
	void end() {
		if (!this.spec.daemon()) {
			this.engine.keepAlive().release();
		}
		giveBack();
	}

	private void giveBack() {
		this.threads.close();
		this.netty.loops().release(this.transport);
	}

	ClientSpec spec() {
		return this.spec;
	}

	SharedResources engine() {
		return this.engine;
	}

	HostResolver resolver() {
		return this.resolver;
	}

	@Nullable ClientTls tls() {
		return this.tls;
	}

	Payloads payloads() {
		return this.payloads;
	}

	ClientCounters counters() {
		return this.counters;
	}

	SessionRegistry sessions() {
		return this.sessions;
	}

	ReceivedQueue received() {
		return this.received;
	}

	Diagnostics diagnostics() {
		return this.diagnostics;
	}

	HandlerThreads threads() {
		return this.threads;
	}

	List<ConnectionCustomizer> customizers() {
		return this.customizers;
	}

	SocketTransport transport() {
		return this.transport;
	}

	/** What connects; the handler and the time are still to be set. */
	Bootstrap bootstrap() {
		Bootstrap bootstrap = new Bootstrap().group(this.loops)
			.channelFactory(() -> TransportSupport.of(this.transport).connections().get());
		ConnectionOptions.set(this.spec.options(), this.transport, bootstrap::option);
		return bootstrap;
	}

}
