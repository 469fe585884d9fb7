package dev.socketserver.netty.datagram;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import dev.socketserver.address.Addresses;
import dev.socketserver.address.UnusableSocketException;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.MulticastGroup;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The multicast groups of one port. Interfaces come and go, so they are looked at again
 * and again: one that is new, or has come back, joins its groups. On the loop, if nothing
 * else is said.
 */
final class Groups {

	private static final SafeLogger logger = SafeLogger.of(Groups.class);

	private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(4);

	/** For what is joined by all interfaces together. */
	private static final String TOGETHER = "*";

	private final DatagramSockets sockets;

	private final List<MulticastGroup> wanted;

	private final SocketTransport transport;

	private final Map<Place, LocalSocket> joined = new LinkedHashMap<>();

	/** Those without an interface at the moment, as long as they have sessions. */
	private final Map<Place, LocalSocket> left = new LinkedHashMap<>();

	/** What could not be joined when it was tried last. */
	private final Set<Place> failing = new HashSet<>();

	private @Nullable Future<?> watch;

	/**
	 * Creates the groups, none of which is joined.
	 * @param sockets those of the port, of which the first is bound
	 * @param wanted what is configured
	 * @param transport the transport, resolved
	 */
	Groups(DatagramSockets sockets, List<MulticastGroup> wanted, SocketTransport transport) {
		this.sockets = sockets;
		this.wanted = wanted;
		this.transport = transport;
	}

	/**
	 * Finds the interfaces by which the groups are to be joined. Any thread, and not the
	 * loop: a machine may have many.
	 * @return what was found, also for those that lack
	 * @throws SocketException if the system does not say
	 */
	List<Found> find() throws SocketException {
		List<NetworkInterface> all = Collections.list(NetworkInterface.getNetworkInterfaces());
		Map<Place, Found> found = new LinkedHashMap<>();
		for (MulticastGroup group : this.wanted) {
			boolean apart = DatagramTransport.hearsApart(this.transport, group.address());
			List<NetworkInterface> by = all.stream().filter(fits(group)).toList();
			String name = group.networkInterface();
			if (by.isEmpty()) {
				place(found, group, (name != null && apart) ? name : TOGETHER);
			}
			for (NetworkInterface each : by) {
				Found at = place(found, group, apart ? each.getName() : TOGETHER);
				if (!at.by.contains(each)) {
					at.by.add(each);
				}
			}
		}
		return List.copyOf(found.values());
	}

	private static Found place(Map<Place, Found> found, MulticastGroup group, String by) {
		return found.computeIfAbsent(new Place(group.address(), by),
				(place) -> new Found(place, group, new ArrayList<>()));
	}

	/**
	 * It needs an address of the family: to join by it, and to answer from there.
	 */
	private static Predicate<NetworkInterface> fits(MulticastGroup group) {
		boolean ipv6 = group.address() instanceof Inet6Address;
		String name = group.networkInterface();
		return (each) -> {
			try {
				boolean named = (name != null) ? each.getName().equals(name) : each.isUp() && each.supportsMulticast();
				return named && each.inetAddresses().anyMatch((address) -> address instanceof Inet6Address == ipv6);
			}
			catch (SocketException ex) {
				// It has gone just now.
				return false;
			}
		};
	}

	/**
	 * Joins the groups for the first time.
	 * @param found the interfaces
	 * @return what stands in the way, or {@code null}
	 */
	@Nullable UnusableSocketException begin(List<Found> found) {
		for (Found each : found) {
			MulticastGroup group = each.group;
			if (!each.by.isEmpty()) {
				Throwable failure = join(each);
				if (failure != null) {
					return new UnusableSocketException("udp.groups",
							"has %s, which cannot be joined by %s: %s".formatted(group, each.names(),
									failure.getMessage()),
							"Correct the group, or find and stop the program that has bound it");
				}
			}
			else if (group.networkInterface() != null) {
				return new UnusableSocketException("udp.groups",
						"has %s, and this machine has no interface %s with an address of %s".formatted(group,
								group.networkInterface(), (group.address() instanceof Inet6Address) ? "IPv6" : "IPv4"),
						"Correct the name of the interface, or leave it out for all of them");
			}
			else {
				logger
					.warn("'{}' cannot join the group {}: no interface that is up can multicast. It is joined as soon "
							+ "as there is one", label(), group);
			}
		}
		return null;
	}

	/** Looks for interfaces from now on. */
	void watch(EventLoop loop, Executor background) {
		loop.execute(() -> this.watch = Sockets.repeat(loop, () -> background.execute(() -> look(loop)), LOOK_NANOS));
	}

	private void look(EventLoop loop) {
		try {
			List<Found> found = find();
			loop.execute(() -> look(found));
		}
		catch (SocketException | RejectedExecutionException ex) {
			logger.debug("'{}' does not look for interfaces just now", label(), ex);
		}
	}

	private void look(List<Found> found) {
		if (this.sockets.isClosing()) {
			return;
		}
		this.left.values().removeIf((socket) -> socket.connections().isEmpty());
		Set<Place> gone = new HashSet<>(this.joined.keySet());
		for (Found each : found) {
			if (!each.by.isEmpty()) {
				gone.remove(each.place);
				again(each);
			}
		}
		gone.forEach(this::leave);
	}

	private void again(Found found) {
		LocalSocket known = this.joined.get(found.place);
		if (known != null && known.group() != null && known.group().found(found.by)) {
			return;
		}
		Throwable failure = join(found);
		if (failure == null) {
			this.failing.remove(found.place);
			logger.info("'{}' has joined the group {} by {}", label(), Addresses.format(found.place.group),
					found.names());
		}
		else if (this.failing.add(found.place)) {
			logger.warn("'{}' cannot join the group {} by {}, which is tried again", label(),
					Addresses.format(found.place.group), found.names(), failure);
		}
	}

	/** Returns why the group could not be joined, or {@code null}. */
	private @Nullable Throwable join(Found found) {
		LocalSocket before = this.joined.getOrDefault(found.place, this.left.get(found.place));
		JoinedGroup known = (before != null) ? before.group() : null;
		JoinedGroup group = (known != null) ? known : new JoinedGroup(this.sockets, found.place.group, found.by);
		boolean unused = group.found(found.by);
		ChannelFuture bound = group.join();
		if (!bound.isSuccess()) {
			// The next attempt is not to find it joined.
			drop(found.place);
			return bound.cause();
		}
		if (before != null) {
			DatagramSockets.closed(before.channel());
			before.replace(bound.channel());
		}
		LocalSocket socket = (before != null) ? before : new LocalSocket(bound.channel(), group);
		this.left.remove(found.place);
		this.joined.put(found.place, socket);
		this.sockets.opened(socket);
		return null;
	}

	private void leave(Place place) {
		drop(place);
		logger.warn("'{}' hears the group {} no more by {}, which is gone, or down. It is joined again when that is "
				+ "back", label(), Addresses.format(place.group), place.by);
	}

	/** It is joined no more. Its sessions end in their time. */
	private void drop(Place place) {
		LocalSocket socket = this.joined.remove(place);
		if (socket != null) {
			DatagramSockets.closed(socket.channel());
			this.left.put(place, socket);
		}
	}

	/** Ends the looking. */
	void close() {
		if (this.watch != null) {
			this.watch.cancel(false);
		}
	}

	/** Returns the sockets of all groups, also of those that were left with sessions. */
	Collection<LocalSocket> sockets() {
		List<LocalSocket> all = new ArrayList<>(this.joined.values());
		all.addAll(this.left.values());
		return all;
	}

	private String label() {
		return this.sockets.spec().label();
	}

	/**
	 * What one socket joins.
	 *
	 * @param group the group
	 * @param by the name of the interface, or {@value #TOGETHER}
	 */
	private record Place(InetAddress group, String by) {

	}

	/**
	 * By what a group is to be joined now.
	 *
	 * @param place what it is
	 * @param group what is configured
	 * @param by the interfaces; none, if what is configured lacks
	 */
	record Found(Place place, MulticastGroup group, List<NetworkInterface> by) {

		String names() {
			return String.join(", ", this.by.stream().map(NetworkInterface::getName).toList());
		}

	}

}
