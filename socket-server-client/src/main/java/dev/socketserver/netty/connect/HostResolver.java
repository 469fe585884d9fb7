package dev.socketserver.netty.connect;

import java.net.InetAddress;
import java.security.Security;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import dev.socketserver.engine.threads.DaemonThreads;
import io.netty.util.NetUtil;

/**
 * Looks up the addresses of hosts, as the JVM does. That may take long, and so it is done
 * on threads of its own. Clients that ask for a host which is being looked up share the
 * answer. Nothing is cached here; the JVM does that, for as long as its security property
 * {@code networkaddress.cache.ttl} says, or else its system property
 * {@code sun.net.inetaddr.ttl}.
 */
public final class HostResolver {

	/** How many hosts are looked up at a time; more wait. */
	private static final int THREADS = 32;

	private final Executor threads;

	private final Map<String, CompletableFuture<List<InetAddress>>> underWay = new ConcurrentHashMap<>();

	/**
	 * Creates a resolver without threads.
	 * @param threads makes them
	 */
	public HostResolver(DaemonThreads threads) {
		this.threads = threads.pool(THREADS, "socket-client-resolver");
	}

	/**
	 * Whether the JVM remembers the addresses of a name for ever, so that no one learns
	 * that a server has moved.
	 * @param host a name or an address
	 * @return {@code false} for an address
	 */
	static boolean isRememberedForEver(String host) {
		String security = Security.getProperty("networkaddress.cache.ttl");
		String seconds = (security != null) ? security : System.getProperty("sun.net.inetaddr.ttl");
		return seconds != null && seconds.trim().startsWith("-") && !NetUtil.isValidIpV4Address(host)
				&& !NetUtil.isValidIpV6Address(host);
	}

	/**
	 * Finds the addresses of a host.
	 * @param host a name or an address
	 * @return completes with at least one address, or fails, perhaps much later
	 */
	CompletableFuture<List<InetAddress>> resolve(String host) {
		// An address with a scope, fe80::1%eth0, is looked up: the scope is part of it.
		InetAddress address = (host.indexOf('%') < 0) ? NetUtil.createInetAddressFromIpAddressString(host) : null;
		if (address != null) {
			return CompletableFuture.completedFuture(List.of(address));
		}
		CompletableFuture<List<InetAddress>> asked = new CompletableFuture<>();
		CompletableFuture<List<InetAddress>> before = this.underWay.putIfAbsent(host, asked);
		if (before != null) {
			return before;
		}
		try {
			this.threads.execute(() -> resolve(host, asked));
		}
		catch (RejectedExecutionException ex) {
			// No thread.
			failed(host, asked, ex);
		}
		return asked;
	}

	private void resolve(String host, CompletableFuture<List<InetAddress>> asked) {
		try {
			List<InetAddress> found = List.of(InetAddress.getAllByName(host));
			// In this order: a client that asks again because of the answer gets a new
			// one.
			this.underWay.remove(host, asked);
			asked.complete(found);
		}
		catch (Throwable ex) {
			failed(host, asked, ex);
		}
	}

	private void failed(String host, CompletableFuture<List<InetAddress>> asked, Throwable cause) {
		this.underWay.remove(host, asked);
		asked.completeExceptionally(cause);
	}

}
