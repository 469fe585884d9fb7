package dev.socketserver.netty.workaround;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import dev.socketserver.netty.workaround.EpollWorkaround.Staying;
import io.netty.channel.Channel;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.socket.DuplexChannel;

/**
 * Has a busy loop of epoll serve newcomers between its turns.
 * <p>
 * The system reports connections in the order in which they have become ready, and Netty
 * asks for up to 4,096 at a time (4.2.18, {@code EpollIoHandler}). Beside a thousand busy
 * sessions a newcomer waits until all of these have had their turn, and is accepted then;
 * once more, and is read; and once more, for its reply if another thread makes that. So a
 * turn has {@link #MOST_READY} connections at most, and tasks run between two turns.
 * Where that many were ready, others are likely to wait: then some listening sockets
 * accept a few connections each before the next turn, and those that were accepted are
 * looked at. The others lose only what these cost. {@code BusyAcceptTests} fails without
 * it.
 * <p>
 * Confined to its loop. A loop that is not busy has no list of newcomers.
 */
final class EpollArrivals {

	/** How many connections are ready at most in one turn. */
	private static final int MOST_READY = 128;

	/** What wakes the loop, and its timer, are among these, and are not counted. */
	private static final int OTHERS = 2;

	/**
	 * So many listening sockets accept between two turns, the others after the next: each
	 * is asked with a call to the system, also where no connection waits.
	 */
	private static final int MOST_ASKED = 8;

	/** How many connections a listening socket accepts between two turns. */
	private static final int MOST_ACCEPTED = 4;

	/**
	 * How often a newcomer is looked at before it waits like all others: most have sent
	 * something with their connection, or never.
	 */
	private static final int MOST_LOOKS = 3;

	/** So many are looked at between two turns, at most. */
	private static final int MOST_LOOKED_AT = 16;

	private static final EpollIoEvent READABLE = new Readable();

	private final List<Staying> listening = new ArrayList<>(1);

	/** Which of them was asked last. */
	private int asked;

	/** Newcomers that were not read yet, as far as is known. */
	private final Queue<Newcomer> newcomers = new ArrayDeque<>();

	/** Whether as many were ready in the last turn as there may be. */
	private boolean busy;

	/** Returns a factory of transports whose turns are short enough. */
	static IoHandlerFactory transports() {
		return EpollIoHandler.newFactory(MOST_READY, DefaultSelectStrategyFactory.INSTANCE);
	}

	/** A channel was registered. */
	void registered(Staying channel) {
		Channel registered = channel.channel();
		if (registered instanceof ServerChannel) {
			this.listening.add(channel);
		}
		else if (this.busy && registered instanceof DuplexChannel && registered.parent() != null
				&& this.newcomers.size() < MOST_LOOKED_AT) {
			this.newcomers.add(new Newcomer(channel));
		}
	}

	/** A channel is not registered any more. */
	void unregistered(Staying channel) {
		this.listening.remove(channel);
	}

	/**
	 * A turn is over.
	 * @param handled how many connections were ready
	 */
	void turnEnded(int handled) {
		this.busy = handled >= MOST_READY - OTHERS;
		if (!this.busy) {
			this.newcomers.clear();
			return;
		}
		// What is accepted may close any of them.
		for (int count = Math.min(MOST_ASKED, this.listening.size()); count > 0 && !this.listening.isEmpty(); count--) {
			this.asked = (this.asked + 1) % this.listening.size();
			accept(this.listening.get(this.asked));
		}
		for (int count = this.newcomers.size(); count > 0; count--) {
			Newcomer newcomer = this.newcomers.remove();
			if (newcomer.look()) {
				this.newcomers.add(newcomer);
			}
		}
	}

	/** Its allocator is its own, as {@code AcceptBatches} makes it. */
	private static void accept(Staying listener) {
		Channel channel = listener.channel();
		if (channel != null && listener.reads()
				&& channel.config().getRecvByteBufAllocator() instanceof MaxMessagesRecvByteBufAllocator most) {
			int before = most.maxMessagesPerRead();
			most.maxMessagesPerRead(Math.min(before, MOST_ACCEPTED));
			try {
				listener.handle(listener, READABLE);
			}
			finally {
				most.maxMessagesPerRead(before);
			}
		}
	}

	/** A connection that was accepted a moment ago. */
	private static final class Newcomer {

		private final Staying channel;

		private int looks;

		Newcomer(Staying channel) {
			this.channel = channel;
		}

		/** Reads what has come, if anything has; returns whether to look again. */
		boolean look() {
			if (this.channel.isValid() && this.channel.reads()) {
				this.channel.handle(this.channel, READABLE);
			}
			return ++this.looks < MOST_LOOKS && this.channel.isValid();
		}

	}

	/** As if the system had reported that something can be read. */
	private static final class Readable implements EpollIoEvent {

		@Override
		public EpollIoOps ops() {
			return EpollIoOps.EPOLLIN;
		}

	}

}
