package dev.socketserver.netty.datagram;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import org.jspecify.annotations.Nullable;

/**
 * One socket of a server, at one local address, with the peers that have a session there.
 * What a peer is sent leaves from that address, if that is no group's. On the loop.
 */
final class LocalSocket {

	/** How many of those who stay are looked at again, for a newcomer. */
	private static final int LOOKS_AGAIN = 8;

	/** The peer that was silent for longest is the first. */
	private final Map<InetSocketAddress, DatagramConnection> peers = new LinkedHashMap<>(16, 0.75f, true);

	/**
	 * Peers whose sessions were to be displaced, and stay: to look at all of them for
	 * each newcomer would stop the loop. The one that was looked at last is the last.
	 */
	private final Map<InetSocketAddress, DatagramConnection> staying = new LinkedHashMap<>();

	/** Absent for most; with one, the socket only receives. */
	private final @Nullable JoinedGroup group;

	private Channel channel;

	private InetSocketAddress address;

	/** One for all times that it flushes. */
	private final Runnable flush = this::flush;

	/** What was written will be flushed. */
	private boolean flushing;

	LocalSocket(Channel channel) {
		this(channel, null);
	}

	/**
	 * Creates the socket at the address of a group.
	 * @param channel bound there
	 * @param group says from where those who have sent to it are answered
	 */
	LocalSocket(Channel channel, @Nullable JoinedGroup group) {
		this.group = group;
		this.channel = channel;
		this.address = (InetSocketAddress) channel.localAddress();
	}

	/** The socket has broken, and another has taken its place. */
	void replace(Channel other) {
		this.channel = other;
		this.address = (InetSocketAddress) other.localAddress();
	}

	Channel channel() {
		return this.channel;
	}

	/** Where it is bound. */
	InetSocketAddress address() {
		return this.address;
	}

	/** The group that it has joined; {@code null} for most. Any thread. */
	@Nullable JoinedGroup group() {
		return this.group;
	}

	/**
	 * Returns by which socket a peer of this one is sent something: nothing can leave
	 * from the address of a group.
	 */
	LocalSocket sender(InetSocketAddress peer) {
		return (this.group != null) ? this.group.sender(peer.getAddress()) : this;
	}

	/**
	 * Returns the address of this side for a session.
	 * @param peer its peer
	 * @param asked what the peer has asked; {@code null} if that is not known
	 */
	InetSocketAddress local(InetSocketAddress peer, @Nullable InetSocketAddress asked) {
		if (this.group != null) {
			return sender(peer).address();
		}
		return (asked != null) ? asked : this.address;
	}

	// Its peers.

	/** Finds the session of a peer that has sent something just now. */
	@Nullable DatagramConnection find(InetSocketAddress peer) {
		DatagramConnection found = this.peers.get(peer);
		return (found != null) ? found : this.staying.get(peer);
	}

	void add(InetSocketAddress peer, DatagramConnection connection) {
		this.peers.put(peer, connection);
	}

	/** The session of a peer ends: what it sends from now on is not for it. */
	void remove(InetSocketAddress peer, DatagramConnection connection) {
		if (!this.peers.remove(peer, connection)) {
			this.staying.remove(peer, connection);
		}
	}

	/** Returns a copy of all. */
	Collection<DatagramConnection> connections() {
		Collection<DatagramConnection> all = new ArrayList<>(this.peers.values());
		all.addAll(this.staying.values());
		return all;
	}

	/**
	 * Finds the session that may be displaced and whose peer was silent for longest. One
	 * that was bound or authenticated and is so no more may be found later.
	 */
	@Nullable DatagramConnection oldestStranger() {
		lookAgain();
		Iterator<Map.Entry<InetSocketAddress, DatagramConnection>> all = this.peers.entrySet().iterator();
		while (all.hasNext()) {
			Map.Entry<InetSocketAddress, DatagramConnection> first = all.next();
			if (first.getValue().mayBeDisplaced()) {
				return first.getValue();
			}
			all.remove();
			this.staying.put(first.getKey(), first.getValue());
		}
		return null;
	}

	private void lookAgain() {
		for (int i = Math.min(LOOKS_AGAIN, this.staying.size()); i > 0; i--) {
			Map.Entry<InetSocketAddress, DatagramConnection> first = this.staying.entrySet().iterator().next();
			InetSocketAddress peer = first.getKey();
			DatagramConnection connection = first.getValue();
			this.staying.remove(peer);
			(connection.mayBeDisplaced() ? this.peers : this.staying).put(peer, connection);
		}
	}

	// What is sent.

	/**
	 * Sends a datagram, with others that are written until the loop has done with what it
	 * does now. No handler of the pipeline has to see it.
	 * @param written is notified when the system has taken it, or will not
	 */
	void write(ByteBuf content, InetSocketAddress peer, ChannelPromise written) {
		this.channel.unsafe().write(new DatagramPacket(content, peer), written);
		if (!this.flushing) {
			this.flushing = true;
			this.channel.eventLoop().execute(this.flush);
		}
	}

	/** Gives the system what was written. */
	void flush() {
		this.flushing = false;
		this.channel.unsafe().flush();
	}

}
