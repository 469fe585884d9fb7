package dev.socketserver.netty.accept;

import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.netty.tls.ServerTls;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * What connections of a listener go through before they are sessions, those of proxies
 * and others. Immutable: with other settings there are others, for connections that are
 * accepted then.
 */
public final class ConnectionStages {

	private final List<ConnectionStage> ofProxies;

	private final List<ConnectionStage> ofOthers;

	/**
	 * Creates the stages of a listener.
	 * @param proxies whether PROXY headers precede sessions
	 * @param counters count handshakes
	 * @param tls what handshakes need, if there are any
	 */
	public ConnectionStages(ProxyMode proxies, ServerCounters counters, @Nullable ServerTls tls) {
		List<ConnectionStage> tlsStage = (tls != null && tls.spec().mode() == TlsMode.IMMEDIATE)
				? List.of(new TlsStage(tls, counters)) : List.of();
		this.ofProxies = (proxies != ProxyMode.OFF) ? followed(new ProxyStage(proxies == ProxyMode.REQUIRED), tlsStage)
				: List.of();
		this.ofOthers = (proxies == ProxyMode.OPTIONAL) ? followed(new ForeignProxyStage(), tlsStage) : tlsStage;
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
	 * against {@code limits.pending}. Who is not trusted to send a PROXY header is not
	 * waited for.
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
