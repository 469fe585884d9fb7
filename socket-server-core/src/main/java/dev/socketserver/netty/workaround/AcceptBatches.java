package dev.socketserver.netty.workaround;

import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannelRecvByteBufAllocator;

/**
 * Has a listener accept several connections in one turn of its event loop. Netty's epoll
 * takes the descriptor of a connection for a number of bytes (4.2.18,
 * {@code EpollRecvByteAllocatorHandle}), concludes that no other connection waits, and so
 * accepts one connection a turn: on a busy loop the others wait for seconds.
 * {@code BusyAcceptTests} fails without it.
 */
public final class AcceptBatches {

	/**
	 * How many connections a listener accepts in one turn of its event loop, before
	 * sessions get theirs. Also how many it may have accepted before the first of them
	 * closes the gate.
	 */
	static final int MAX = 32;

	private AcceptBatches() {
	}

	/** Returns an allocator for listening channels. */
	public static RecvByteBufAllocator allocator() {
		ServerChannelRecvByteBufAllocator allocator = new ServerChannelRecvByteBufAllocator();
		allocator.respectMaybeMoreData(false).maxMessagesPerRead(MAX);
		return allocator;
	}

}
