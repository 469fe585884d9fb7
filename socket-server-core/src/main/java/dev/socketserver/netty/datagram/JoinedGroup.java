package dev.socketserver.netty.datagram;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.List;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import org.jspecify.annotations.Nullable;

/**
 * A multicast group, joined by the socket that is bound to it. That is one for each
 * interface, as far as the transport can keep them apart. So it is known by which
 * interface a datagram came, and from which address its sender is answered. On the loop,
 * if nothing else is said.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close has no failures
final class JoinedGroup {

	private final DatagramSockets sockets;

	private final InetAddress address;

	/** As they were found last, with their addresses. */
	private List<NetworkInterface> interfaces;

	/**
	 * Creates a group that is not joined.
	 * @param sockets sends the answers
	 * @param address the group
	 * @param interfaces by which it is joined
	 */
	JoinedGroup(DatagramSockets sockets, InetAddress address, List<NetworkInterface> interfaces) {
		this.sockets = sockets;
		this.address = address;
		this.interfaces = interfaces;
	}

	/** The group. Any thread. */
	InetAddress address() {
		return this.address;
	}

	/**
	 * The interfaces were looked at again.
	 * @param found as they are now
	 * @return whether they are the same; else the group is to be joined anew
	 */
	boolean found(List<NetworkInterface> found) {
		boolean same = indexes(found).equals(indexes(this.interfaces));
		this.interfaces = found;
		return same;
	}

	private static List<Integer> indexes(List<NetworkInterface> interfaces) {
		return interfaces.stream().map(NetworkInterface::getIndex).toList();
	}

	/**
	 * Binds a socket to the group, and joins it by the interfaces.
	 * @return how that has ended; the channel is closed if it has failed
	 */
	ChannelFuture join() {
		ChannelFuture bound = this.sockets.bind(scoped());
		if (!bound.isSuccess()) {
			return bound;
		}
		Channel channel = bound.channel();
		for (NetworkInterface by : this.interfaces) {
			ChannelFuture joined = DatagramTransport.join(channel, this.address, by);
			if (!joined.isSuccess()) {
				channel.close();
				return joined;
			}
		}
		return bound;
	}

	/** A group of a link is one for each interface. */
	private InetAddress scoped() {
		if (this.address instanceof Inet6Address && DatagramTransport.isOfLink(this.address)) {
			try {
				return Inet6Address.getByAddress(null, this.address.getAddress(), this.interfaces.get(0).getIndex());
			}
			catch (UnknownHostException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return this.address;
	}

	/** Returns what sends to a peer that has sent to the group. */
	LocalSocket sender(InetAddress peer) {
		return this.sockets.from(local(peer));
	}

	/**
	 * Returns the address of an interface that a peer is answered from: the one in whose
	 * network the peer is, else the first.
	 */
	private @Nullable InetAddress local(InetAddress peer) {
		InetAddress first = null;
		int link = (peer instanceof Inet6Address scoped && peer.isLinkLocalAddress()) ? scoped.getScopeId() : 0;
		for (NetworkInterface by : this.interfaces) {
			if (link != 0 && link != by.getIndex()) {
				continue;
			}
			for (InterfaceAddress each : by.getInterfaceAddresses()) {
				InetAddress own = each.getAddress();
				if (own.getClass() == peer.getClass()) {
					if (isInNetwork(peer.getAddress(), own.getAddress(), each.getNetworkPrefixLength())) {
						return own;
					}
					// A peer that is far away cannot be answered from a link-local
					// address.
					first = (first == null || first.isLinkLocalAddress()) ? own : first;
				}
			}
		}
		return first;
	}

	private static boolean isInNetwork(byte[] peer, byte[] own, int prefix) {
		for (int i = 0; i < prefix; i++) {
			int bit = 0x80 >> (i % Byte.SIZE);
			if (((peer[i / Byte.SIZE] ^ own[i / Byte.SIZE]) & bit) != 0) {
				return false;
			}
		}
		return true;
	}

}
