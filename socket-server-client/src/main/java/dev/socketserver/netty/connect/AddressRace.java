package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.socketserver.address.Addresses;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Route;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.netty.transport.Sockets;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one name, as one attempt tries them (RFC 8305): the next is tried when
 * {@code attempt-delay} is over, or at once when one has failed. The first that connects
 * wins, and the others are closed before a byte. If the winner fails before there is a
 * session, in the TLS handshake for instance, the others follow. Any thread; guarded by
 * this object's monitor.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what closes notifies its listeners
final class AddressRace {

	/** Failures, in the order of how far an attempt has got. */
	private static final List<ConnectFailure> FARTHEST = List.of(ConnectFailure.OTHER, ConnectFailure.REFUSED,
			ConnectFailure.TIMEOUT, ConnectFailure.PROXY, ConnectFailure.SELF, ConnectFailure.TLS);

	private final ConnectAttempt attempt;

	private final NettyConnector connector;

	private final ClientSockets sockets;

	private final List<InetSocketAddress> all;

	private final @Nullable Duration delay;

	private final Route.@Nullable Proxy proxy;

	/** The indices of those that are not being tried, and have not failed. */
	private final Deque<Integer> untried = new ArrayDeque<>();

	/** Which are being tried, in order. */
	private final Map<Channel, Integer> connecting = new LinkedHashMap<>();

	/** What those that have failed said. */
	private final List<String> said = new ArrayList<>();

	/** What the one said that got farthest. */
	private ConnectFailure reason = ConnectFailure.OTHER;

	private @Nullable Channel winner;

	/** The index of the winner; of the first before there is one. */
	private int won;

	private @Nullable Future<?> next;

	private boolean over;

	/**
	 * Creates a race that has not begun.
	 * @param attempt is notified of what becomes of it
	 * @param connector has what the client's connections share
	 * @param sockets their kind
	 * @param all the addresses, of the server or of the proxy, in this order
	 */
	AddressRace(ConnectAttempt attempt, NettyConnector connector, ClientSockets sockets, List<InetSocketAddress> all) {
		this.attempt = attempt;
		this.connector = connector;
		this.sockets = sockets;
		this.all = all;
		this.delay = connector.spec().route().attemptDelay();
		this.proxy = attempt.proxy();
		for (int i = 0; i < all.size(); i++) {
			this.untried.add(i);
		}
	}

	/**
	 * Puts addresses in order: families take turns, beginning with that of the first.
	 * @param found the addresses, as the name service has them
	 * @param most how many are taken
	 */
	static List<InetAddress> inTurn(List<InetAddress> found, int most) {
		Deque<InetAddress> same = new ArrayDeque<>();
		Deque<InetAddress> other = new ArrayDeque<>();
		for (InetAddress each : found) {
			boolean first = each instanceof Inet6Address == found.get(0) instanceof Inet6Address;
			(first ? same : other).add(each);
		}
		List<InetAddress> ordered = new ArrayList<>();
		while (ordered.size() < most && (!same.isEmpty() || !other.isEmpty())) {
			Deque<InetAddress> turn = (other.isEmpty() || (!same.isEmpty() && ordered.size() % 2 == 0)) ? same : other;
			ordered.add(turn.remove());
		}
		return ordered;
	}

	/** Tries the next, if there is one. */
	void next() {
		this.connector.connect(this::begin);
	}

	private @Nullable Channel begin() {
		ChannelFuture connecting;
		synchronized (this) {
			Integer index = (this.over || this.winner != null) ? null : this.untried.poll();
			if (index == null) {
				return null;
			}
			try {
				connecting = connect(this.all.get(index));
			}
			catch (RuntimeException | Error ex) {
				this.attempt.timer().execute(() -> this.attempt.failed(ConnectFailure.OTHER, ex));
				return null;
			}
			this.connecting.put(connecting.channel(), index);
			limit(connecting, this.all.get(index));
			if (this.delay != null && !this.untried.isEmpty()) {
				this.next = this.attempt.timer().schedule(this::next, this.delay.toNanos(), TimeUnit.NANOSECONDS);
			}
		}
		connecting.addListener((future) -> {
			if (!future.isSuccess()) {
				failed(connecting.channel(), reason(future.cause()), future.cause());
			}
		});
		return connecting.channel();
	}

	/**
	 * Limits how long one is tried. With a delay, each has all the time that is left;
	 * else its share. Netty would judge that before what has arrived.
	 */
	private void limit(ChannelFuture connecting, InetSocketAddress server) {
		long millis = TimeUnit.NANOSECONDS.toMillis(this.attempt.left());
		if (this.delay == null) {
			millis /= this.untried.size() + 1;
		}
		long most = Math.max(1, millis);
		long nanos = TimeUnit.MILLISECONDS.toNanos(most);
		Deadline end = new Deadline();
		end.begin(this.attempt.timer(), nanos, () -> {
			Channel channel = connecting.channel();
			if (channel.isRegistered()) {
				channel.eventLoop().execute(() -> late(connecting, most, server));
			}
		});
		connecting.addListener((future) -> end.cancel());
	}

	/** One does not connect in time. On its loop. */
	private void late(ChannelFuture connecting, long millis, InetSocketAddress server) {
		if (!connecting.isDone()) {
			Throwable cause = new ConnectTimeoutException("connection timed out after " + millis + " ms: " + server);
			failed(connecting.channel(), reason(cause), cause);
			close(connecting.channel());
		}
	}

	private ConnectFailure reason(Throwable cause) {
		return (this.proxy != null) ? ConnectFailure.PROXY : this.sockets.reason(cause);
	}

	private ChannelFuture connect(InetSocketAddress server) {
		Bootstrap bootstrap = this.connector.bootstrap().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
		this.sockets.prepare(bootstrap);
		ClientHandshake handshake = new ClientHandshake(this.attempt, this, this.connector);
		if (this.proxy == null) {
			return bootstrap.handler(handshake).connect(this.sockets.target(server));
		}
		Route.Proxy by = this.proxy;
		bootstrap.handler(new ChannelInitializer<Channel>() {

			@Override
			protected void initChannel(Channel channel) {
				ProxyHandshake.add(channel.pipeline(), by, server, AddressRace.this);
				channel.pipeline().addLast(handshake);
			}

		});
		return bootstrap.disableResolver().connect(this.attempt.target());
	}

	/**
	 * One has connected, and may go on unless another has won. On its loop, before
	 * anything is read or written.
	 */
	boolean won(Channel channel) {
		List<Channel> losers;
		synchronized (this) {
			Integer index = this.connecting.remove(channel);
			if (index == null || this.over) {
				// A proxy has connected the winner.
				return channel == this.winner && !this.over;
			}
			this.winner = channel;
			this.won = index;
			losers = new ArrayList<>(this.connecting.keySet());
			List<Integer> others = new ArrayList<>(this.connecting.values());
			this.connecting.clear();
			for (int i = others.size() - 1; i >= 0; i--) {
				this.untried.addFirst(others.get(i));
			}
			cancelNext();
		}
		losers.forEach(AddressRace::close);
		return true;
	}

	private void cancelNext() {
		if (this.next != null) {
			this.next.cancel(false);
		}
	}

	/** One has failed, before there was a session. */
	void failed(Channel channel, ConnectFailure reason, Throwable cause) {
		Throwable lost;
		ConnectFailure most;
		synchronized (this) {
			Integer index = (channel == this.winner) ? Integer.valueOf(this.won) : this.connecting.remove(channel);
			if (index == null || this.over) {
				return;
			}
			if (channel == this.winner) {
				this.winner = null;
			}
			InetSocketAddress server = this.all.get(index);
			Throwable described = this.sockets.described(server, cause);
			this.said.add(ConnectFailures.text(described, server));
			if (FARTHEST.indexOf(reason) >= FARTHEST.indexOf(this.reason)) {
				this.reason = reason;
			}
			cancelNext();
			lost = (this.winner == null && this.connecting.isEmpty() && this.untried.isEmpty()) ? failure(described)
					: null;
			most = this.reason;
		}
		if (lost != null) {
			this.attempt.failed(most, lost);
		}
		else {
			next();
		}
	}

	/** Returns the failure of the only one, or what each said. */
	private Throwable failure(Throwable last) {
		if (this.all.size() == 1) {
			return last;
		}
		String text = "none of its %d addresses accepts: %s".formatted(this.all.size(), String.join("; ", this.said));
		IOException failure = (this.reason == ConnectFailure.REFUSED) ? new ConnectException(text)
				: new IOException(text);
		failure.initCause(last);
		return failure;
	}

	/** Returns what it waits for, and what was said before. */
	synchronized String awaited() {
		StringBuilder text = new StringBuilder();
		if (this.winner != null) {
			text.append((this.proxy != null) ? "the proxy, or the end of the TLS handshake"
					: "the end of the TLS handshake");
		}
		else {
			String servers = this.connecting.values()
				.stream()
				.map((index) -> Addresses.format(this.all.get(index)))
				.collect(Collectors.joining(", "));
			// None is tried yet, or the next is about to be.
			text.append("an answer").append(servers.isEmpty() ? "" : " from ").append(servers);
		}
		this.said.forEach((each) -> text.append("; ").append(each));
		return text.toString();
	}

	/** Returns the index of the address that has won; of the first, if none has. */
	synchronized int won() {
		return this.won;
	}

	/** The attempt has an outcome: closes what is not meant to stay. */
	void end(@Nullable Channel stays) {
		List<Channel> losers;
		synchronized (this) {
			this.over = true;
			losers = new ArrayList<>(this.connecting.keySet());
			if (this.winner != null && this.winner != stays) {
				losers.add(this.winner);
			}
			cancelNext();
		}
		losers.forEach(AddressRace::close);
	}

	/**
	 * A channel that could not even be opened, for want of a descriptor for instance, has
	 * no loop.
	 */
	private static void close(Channel channel) {
		if (channel.isOpen()) {
			Sockets.resetOnClose(channel);
			channel.close();
		}
	}

}
