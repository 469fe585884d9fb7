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
 * What a peer is sent leaves from that address. On the loop.
 */
final class LocalSocket implements Runnable {

	/** The peer that was silent for longest is the first. */
	private final Map<InetSocketAddress, DatagramConnection> peers = new LinkedHashMap<>(16, 0.75f, true);

	private Channel channel;

	private InetSocketAddress address;

	/** What was written will be flushed. */
	private boolean flushing;

	LocalSocket(Channel channel) {
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

	// Its peers.

	/** Finds the session of a peer that has sent something just now. */
	@Nullable DatagramConnection find(InetSocketAddress peer) {
		return this.peers.get(peer);
	}

	void add(InetSocketAddress peer, DatagramConnection connection) {
		this.peers.put(peer, connection);
	}

	/** The session of a peer ends: what it sends from now on is not for it. */
	void remove(InetSocketAddress peer, DatagramConnection connection) {
		this.peers.remove(peer, connection);
	}

	/** Returns a copy of all. */
	Collection<DatagramConnection> connections() {
		return new ArrayList<>(this.peers.values());
	}

	/**
	 * Finds the session that may be displaced and whose peer was silent for longest.
	 * Others that are found first are not looked at again soon.
	 */
	@Nullable DatagramConnection oldestStranger() {
		for (int i = this.peers.size(); i > 0; i--) {
			Iterator<Map.Entry<InetSocketAddress, DatagramConnection>> first = this.peers.entrySet().iterator();
			Map.Entry<InetSocketAddress, DatagramConnection> entry = first.next();
			if (entry.getValue().mayBeDisplaced()) {
				return entry.getValue();
			}
			this.peers.get(entry.getKey());
		}
		return null;
	}

	// What is sent.

	/**
	 * Sends a datagram, with others that are written until the loop has done with what it
	 * does now. In the pipeline is nobody to whom it would have to be shown.
	 * @param written is notified when the system has taken it, or will not
	 */
	void write(ByteBuf content, InetSocketAddress peer, ChannelPromise written) {
		this.channel.unsafe().write(new DatagramPacket(content, peer), written);
		if (!this.flushing) {
			this.flushing = true;
			this.channel.eventLoop().execute(this);
		}
	}

	@Override
	public void run() {
		this.flushing = false;
		this.channel.unsafe().flush();
	}

}
