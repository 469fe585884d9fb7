package dev.socketserver.netty.workaround;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.FileDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Netty's epoll transport, with channels that stay registered while they are open.
 * <p>
 * When a peer has ended its output and there is nothing left to read or write, Netty asks
 * epoll for nothing, and takes the descriptor out of the set for that, because errors
 * would be reported for ever. It remembers it as being in (4.2.18,
 * {@code EpollIoHandler}): the next wish, to be notified when a long reply can go on,
 * fails with {@code ENOENT}, and the rest of the reply is lost. So instead of nothing we
 * ask to be notified of errors once: the descriptor stays in the set, and nothing is
 * reported for ever.
 * <p>
 * Notified of an error, Netty reads and writes, which fails and so ends the channel; but
 * it does not read after the end of the peer's output, and there may be nothing to write.
 * A reset, or a peer that keep-alive finds gone, would then go unnoticed until something
 * is sent, if ever. So what Netty does not notice is reported to the handlers here.
 */
public final class EpollWorkaround extends ForwardingIoHandler {

	/** An event of a connection. */
	public enum Lost {

		/** There is no connection any more, after the end of the peer's output. */
		AFTER_INPUT

	}

	private final EpollArrivals arrivals = new EpollArrivals();

	private EpollWorkaround(IoHandler epoll) {
		super(epoll);
	}

	public static IoHandlerFactory newFactory() {
		IoHandlerFactory factory = EpollArrivals.transports();
		return (executor) -> new EpollWorkaround(factory.newHandler(executor));
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		return (handle instanceof EpollIoHandle epoll) ? new Staying(epoll, this.arrivals).with(this)
				: super.register(handle);
	}

	@Override
	public int run(IoHandlerContext context) {
		int handled = super.run(context);
		try {
			this.arrivals.turnEnded(handled);
		}
		catch (RuntimeException | Error ex) {
			report(ex);
			pause();
		}
		return handled;
	}

	/** Asks for errors where a channel asks for nothing. */
	@SuppressWarnings("try") // the interface throws whatever it likes
	static final class Staying extends Registration implements EpollIoHandle {

		private final EpollArrivals arrivals;

		Staying(EpollIoHandle handle, EpollArrivals arrivals) {
			super(handle);
			this.arrivals = arrivals;
		}

		@Override
		public void registered() {
			super.registered();
			this.arrivals.registered(this);
		}

		@Override
		public void unregistered() {
			this.arrivals.unregistered(this);
			super.unregistered();
		}

		/** Whether what can be read, or accepted, is wanted. */
		boolean reads() {
			Channel channel = channel();
			return channel != null && channel.config().isAutoRead();
		}

		/** The channel; {@code null} for a handle of something else. */
		@Nullable Channel channel() {
			return (this.handle instanceof Channel.Unsafe unsafe) ? unsafe.voidPromise().channel() : null;
		}

		@Override
		public long submit(IoOps ops) {
			return super.submit(EpollIoOps.NONE.equals(ops) ? EpollIoOps.EPOLLET : ops);
		}

		@Override
		public FileDescriptor fd() {
			return ((EpollIoHandle) this.handle).fd();
		}

		@Override
		public void handle(IoRegistration registration, IoEvent event) {
			boolean error = ((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLERR);
			this.handle.handle(registration, event);
			if (error && channel() instanceof DuplexChannel channel && channel.isActive()
					&& channel.isInputShutdown()) {
				channel.pipeline().fireUserEventTriggered(Lost.AFTER_INPUT);
			}
		}

	}

}
