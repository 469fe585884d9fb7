package dev.socketserver.engine.connect;

import java.util.concurrent.Executor;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.threads.SerialExecutor;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a client: makes an engine for each attempt, from what its bundle contains
 * then. Says when that is replaced, while the client is to connect: a server has an alarm
 * for that, a client has none. Safe for use by several threads.
 */
public final class TlsEngines implements TlsBundle.Listener {

	private final SocketClient client;

	private final ClientTls spec;

	private final Executor threads;

	private volatile @Nullable Chosen chosen;

	public TlsEngines(SocketClient client, ClientTls spec, Executor threads) {
		this.client = client;
		this.spec = spec;
		// A trust manager that blocks holds up no other client, or not many of them.
		this.threads = new SerialExecutor(threads);
	}

	/** The client connects with this from now on. */
	public void begin() {
		this.spec.bundle().addListener(this);
	}

	/** It connects with this no more. */
	public void end() {
		this.spec.bundle().removeListener(this);
	}

	@Override
	public void replaced() {
		ClientLog.reloaded(this.client, this.spec.bundle());
	}

	@Override
	public void reloadFailed(Throwable cause) {
		ClientLog.notReloaded(this.client, this.spec.bundle(), cause);
	}

	/** When connections begin to be encrypted. */
	public TlsMode mode() {
		return this.spec.mode();
	}

	/** Compute the handshakes. */
	public Executor threads() {
		return this.threads;
	}

	/**
	 * Makes what the next engine needs and others share: for the first time that reads
	 * the certificates which the JVM trusts, too long for an event loop. Not on one.
	 * @throws IllegalArgumentException if the bundle has no material that can be used
	 */
	public void prepare() {
		chosen(this.spec.bundle().material());
	}

	/**
	 * Makes the client side of a connection.
	 * @param host the host that was connected to
	 * @param port the port
	 * @return the engine, of the newest material
	 */
	public SSLEngine engine(String host, int port) {
		TlsMaterial material = this.spec.bundle().material();
		String name = this.spec.serverName();
		return material.clientEngine(chosen(material).context(), (name != null) ? name : host, port);
	}

	private Chosen chosen(TlsMaterial material) {
		Chosen current = this.chosen;
		if (current == null || current.material() != material) {
			current = new Chosen(material, context(material));
			this.chosen = current;
		}
		return current;
	}

	/**
	 * Makes a context that keeps one TLS session, since there is only one server to
	 * resume it with. The JVM would keep up to 20,480 for a day, each with all those that
	 * were resumed from it, until memory is short.
	 */
	private static SSLContext context(TlsMaterial material) {
		SSLContext context = material.clientContext();
		SSLSessionContext sessions = context.getClientSessionContext();
		if (sessions != null) {
			// Else the provider has none.
			sessions.setSessionCacheSize(1);
		}
		return context;
	}

	/** A context, and what it is made from. */
	private record Chosen(TlsMaterial material, SSLContext context) {

	}

}
