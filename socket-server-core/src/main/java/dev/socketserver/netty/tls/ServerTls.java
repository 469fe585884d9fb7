package dev.socketserver.netty.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.engine.events.Alarms;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.threads.HandshakeThreads;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts of one run of a server: one a bundle, chosen by the host that a peer
 * asks for, and replaced when the bundle is. Contexts are not shared, neither by bundles
 * nor by servers, so that no session is resumed where another trust decided about it.
 * <p>
 * Chosen from on event loops, replaced by whoever replaces the bundle's material.
 */
public final class ServerTls {

	private static final SafeLogger logger = SafeLogger.of(ServerTls.class);

	/**
	 * The JVM waits, for seconds if need be, for others to say that certificates have not
	 * been revoked (its property).
	 */
	private static final boolean STAPLES = Boolean.getBoolean("jdk.tls.server.enableStatusRequestExtension");

	private final SocketServer server;

	private final Tls spec;

	private final Alarms alarms;

	private final HandshakeThreads threads;

	private final Current byDefault;

	private final Map<String, Current> byHost = new HashMap<>();

	private final List<Current> all = new ArrayList<>();

	/** Whether it is to say what becomes of reloads. */
	private volatile boolean reports = true;

	/**
	 * Makes the contexts.
	 * @param server the server
	 * @param spec how its connections are encrypted
	 * @param alarms report material that cannot be used
	 * @param threads compute handshakes that may take long
	 * @throws IllegalArgumentException if a bundle has no material that can be used
	 */
	public ServerTls(SocketServer server, Tls spec, Alarms alarms, HandshakeThreads threads) {
		this.server = server;
		this.spec = spec;
		this.alarms = alarms;
		this.threads = threads;
		Map<TlsBundle, Current> made = new IdentityHashMap<>();
		this.byDefault = current(spec.bundle(), made);
		spec.sni().forEach((host, bundle) -> this.byHost.put(host, current(bundle, made)));
		this.all.addAll(made.values());
	}

	/** Follows the bundles from now on. */
	public void follow() {
		this.all.forEach(Current::follow);
	}

	private Current current(TlsBundle bundle, Map<TlsBundle, Current> made) {
		return made.computeIfAbsent(bundle, Current::new);
	}

	public Tls spec() {
		return this.spec;
	}

	/**
	 * Makes the server side of a connection, of the newest that there is for the host
	 * that the peer asks for. What its ClientHello needs is computed on the loop where
	 * nothing may take long.
	 * @param hello what the peer has sent
	 * @param loop the loop of the connection, and of the caller
	 * @return what makes the handshake, and encrypts
	 */
	public DeferredSslHandler handler(ClientHello hello, EventLoop loop) {
		Chosen chosen = find(hello.host()).chosen;
		SSLEngine engine = chosen.material().serverEngine(chosen.context(), this.spec.clientAuth());
		boolean quick = chosen.quick() && hello.needsCurvesOnly();
		return new DeferredSslHandler(engine, quick ? LoopHandshakes.of(loop) : this.threads, this.threads);
	}

	private Current find(@Nullable String host) {
		if (host == null || this.byHost.isEmpty()) {
			return this.byDefault;
		}
		Current found = this.byHost.get(host);
		int dot = host.indexOf('.');
		if (found == null && dot > 0) {
			// RFC 6125, section 6.4.3: a wildcard stands for one label.
			found = this.byHost.get("*" + host.substring(dot));
		}
		return (found != null) ? found : this.byDefault;
	}

	/** Notifies nobody of reloads from now on: the next who listens there does. */
	public void reportNoMore() {
		this.reports = false;
	}

	/** Follows the bundles no longer. */
	public void close() {
		this.all.forEach(Current::unfollow);
	}

	/** The newest usable context of one bundle. */
	private final class Current implements TlsBundle.Listener {

		private final TlsBundle bundle;

		private volatile Chosen chosen;

		/** Reported already that a reload failed. Guarded by this. */
		private boolean failing;

		Current(TlsBundle bundle) {
			this.bundle = bundle;
			this.chosen = make();
		}

		private Chosen make() {
			TlsMaterial material = this.bundle.material();
			if (!material.identifies()) {
				throw new IllegalArgumentException("it has no private key with a certificate");
			}
			if (ServerTls.this.spec.clientAuth() != ClientAuth.NONE && !material.trusts()) {
				throw new IllegalArgumentException("it has no trust material to check the certificates of peers with");
			}
			SSLContext context = material.context();
			return new Chosen(material, context, isQuick(material, context));
		}

		/** The trust manager is not asked about a peer that shows no certificate. */
		private boolean isQuick(TlsMaterial material, SSLContext context) {
			return !STAPLES && ServerTls.this.spec.clientAuth() == ClientAuth.NONE && material.signsAtOnce()
					&& List.of(material.serverEngine(context, ClientAuth.NONE).getEnabledProtocols())
						.contains("TLSv1.3");
		}

		void follow() {
			this.bundle.addListener(this);
			if (this.chosen.material() != this.bundle.material()) {
				// Replaced before a report could be made.
				replaced();
			}
		}

		void unfollow() {
			this.bundle.removeListener(this);
		}

		@Override
		public void replaced() {
			try {
				// Under the lock, so that of two the one with the newer material is last.
				synchronized (this) {
					this.chosen = make();
					this.failing = false;
				}
			}
			catch (RuntimeException ex) {
				reloadFailed(ex);
				return;
			}
			if (ServerTls.this.reports) {
				logger.info("Server '{}' takes the new content of SSL bundle '{}' for its next connections",
						ServerTls.this.server.name(), this.bundle);
			}
		}

		@Override
		public void reloadFailed(Throwable cause) {
			synchronized (this) {
				if (this.failing || !ServerTls.this.reports) {
					return;
				}
				this.failing = true;
			}
			String detail = "the server continues with the previous content of SSL bundle '" + this.bundle
					+ "', which cannot be used after its reload: " + cause.getMessage();
			ServerTls.this.alarms.raise(new Alarm(Alarm.Kind.TLS, detail, cause));
		}

	}

	/**
	 * A context, what it is made from, and whether a peer that speaks TLS 1.3, and wants
	 * elliptic curves, makes no one compute or wait for long.
	 */
	private record Chosen(TlsMaterial material, SSLContext context, boolean quick) {

	}

}
