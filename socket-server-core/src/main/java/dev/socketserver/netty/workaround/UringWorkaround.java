package dev.socketserver.netty.workaround;

import java.io.IOException;
import java.util.function.Consumer;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoOps;

/**
 * Netty's io_uring transport, with listening channels that accept only while they are to,
 * a few connections at a time, and connections that do not outlive their peer.
 * <p>
 * Netty has the kernel accept every connection, until it is asked not to (4.2.18,
 * {@code AbstractIoUringServerChannel}): all that wait have a descriptor before we see
 * the first of them. Thousands who are refused, or none of whom is to be accepted, then
 * leave the process without descriptors, so that no other connection gets in, or overflow
 * the queue, which Netty logs each time. So each accept is made one for a single
 * connection. Netty takes it for one that has ended early, as the kernel may do, and asks
 * for the next, which the kernel sees only when everything else of this turn is done. So
 * when one connection has arrived, others that wait are accepted at once, up to the same
 * number as with the other transports.
 * <p>
 * When an accept fails, Netty asks the kernel for the next at once, whether or not the
 * channel is to read (4.2.18, {@code AbstractIoUringChannel.readComplete}, for accepts
 * that stand for many). Without descriptors that one fails too: the loop does nothing
 * else for as long as connections wait, and it cannot be paused. So an accept that no one
 * wants is not handed on; turning reading on asks for one again.
 * <p>
 * When a peer has gone, the kernel says so once, and Netty reads until it gets to the
 * end; but it stops when a read says that nothing is left (4.2.18,
 * {@code AbstractIoUringStreamChannel.scheduleNextRead}), which is also said of bytes
 * with a reset after them. It is not read again, and the connection stays for ever. So
 * once the peer has gone, what was read has more after it: the end.
 */
public final class UringWorkaround extends ForwardingIoHandler {

	/** An accept (IORING_OP_ACCEPT). Netty shows what an operation is in no other way. */
	private static final String ACCEPT = "opcode=" + UringWorkaround.OP_ACCEPT + ",";

	/** An accept of every connection (IORING_ACCEPT_MULTISHOT). */
	private static final String OF_MANY = "ioPrio=1,";

	// Of Linux, in io_uring.h and poll.h.

	private static final byte OP_POLL_ADD = 6;

	private static final byte OP_ACCEPT = 13;

	private static final byte OP_RECV = 27;

	private static final int POLLRDHUP = 0x2000;

	private static final int MORE = 1 << 1;

	private static final int SOCK_NONEMPTY = 1 << 2;

	/** Of the longest address with its port, scope and length (netty_unix_socket.c). */
	private static final int ADDRESS_BYTES = 26;

	/** What Netty takes for an operation that could not be handed on. */
	private static final long NOT_SUBMITTED = 0;

	private final Consumer<IoHandler> begun;

	private UringWorkaround(IoHandler uring, Consumer<IoHandler> begun) {
		super(uring);
		this.begun = begun;
	}

	/**
	 * Returns a factory of such transports.
	 * @param begun is notified of each when its loop begins, on that loop
	 */
	public static IoHandlerFactory newFactory(Consumer<IoHandler> begun) {
		IoHandlerFactory factory = IoUringIoHandler.newFactory();
		return (executor) -> new UringWorkaround(factory.newHandler(executor), begun);
	}

	@Override
	public void initialize() {
		super.initialize();
		this.begun.accept(this);
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		if (handle instanceof Channel.Unsafe unsafe) {
			if (unsafe.voidPromise().channel() instanceof ServerChannel channel) {
				return new Listening(handle, channel).with(this);
			}
			return super.register(new Connection(handle));
		}
		return super.register(handle);
	}

	/** Of a connection: remembers whether its peer has gone. On the loop only. */
	@SuppressWarnings("try") // the interface throws whatever it likes
	private final class Connection extends Handle implements IoUringIoHandle {

		private boolean peerGone;

		Connection(IoHandle handle) {
			super(handle);
		}

		@Override
		public void handle(IoRegistration registration, IoEvent event) {
			IoUringIoEvent uring = (IoUringIoEvent) event;
			if (uring.opcode() == OP_POLL_ADD && uring.res() > 0 && (uring.res() & POLLRDHUP) != 0) {
				this.peerGone = true;
			}
			boolean more = this.peerGone && uring.opcode() == OP_RECV && uring.res() > 0;
			try {
				this.handle.handle(registration, more ? withMore(uring) : uring);
			}
			catch (Error ex) {
				// It will not be notified of that again, and might wait for ever. Netty
				// would not forget it if this was thrown (4.2.18,
				// DefaultIoUringIoRegistration).
				end(ex);
				report(ex);
			}
		}

		private void end(Error error) {
			try {
				close();
			}
			catch (Exception | Error ex) {
				error.addSuppressed(ex);
			}
		}

		private static IoUringIoEvent withMore(IoUringIoEvent event) {
			return new IoUringIoEvent(event.res(), event.flags() | SOCK_NONEMPTY, event.opcode(), event.userData());
		}

	}

	/** Accepts connections one by one. */
	@SuppressWarnings("try") // the interface throws whatever it likes
	private static final class Listening extends Registration implements IoUringIoHandle {

		/** What accept returns when no connection waits. */
		private static final int NONE = -1;

		private final Channel channel;

		/** Netty has no use for the address of a peer here, and none is asked for. */
		private final byte[] address = new byte[ADDRESS_BYTES];

		/** Whether Netty asks for accepts of every connection. */
		private boolean ofMany;

		/** Distinguishes one accept from another. */
		private short accepts;

		Listening(IoHandle handle, Channel channel) {
			super(handle);
			this.channel = channel;
		}

		@Override
		public long submit(IoOps ops) {
			String asked = ops.toString();
			if (!asked.contains(ACCEPT)) {
				return super.submit(ops);
			}
			if (!this.channel.config().isAutoRead()) {
				return NOT_SUBMITTED;
			}
			this.ofMany = asked.contains(OF_MANY);
			return super.submit(this.ofMany ? acceptOne() : ops);
		}

		/** As the other one, which has no address either, but for its ioPrio. */
		private IoOps acceptOne() {
			return new IoUringIoOps(OP_ACCEPT, (byte) 0, (short) 0, socket().intValue(), 0, 0, 0, 0,
					(long) ++this.accepts, (short) 0, (short) 0, 0, 0);
		}

		/**
		 * Notifies Netty of a connection, and then of others that wait, as if one accept
		 * had brought them all. It is notified of each only when it is known whether
		 * another one follows, which it would wait for.
		 */
		@Override
		public void handle(IoRegistration registration, IoEvent event) {
			IoUringIoEvent accepted = (IoUringIoEvent) event;
			if (accepted.opcode() == OP_ACCEPT && accepted.res() >= 0 && this.ofMany) {
				for (int batch = 1; batch < AcceptBatches.MAX && this.channel.config().isAutoRead(); batch++) {
					int next = acceptNow();
					if (next == NONE) {
						break;
					}
					this.handle.handle(registration,
							new IoUringIoEvent(accepted.res(), MORE | SOCK_NONEMPTY, OP_ACCEPT, accepted.userData()));
					accepted = new IoUringIoEvent(next, 0, OP_ACCEPT, accepted.userData());
				}
			}
			this.handle.handle(registration, accepted);
		}

		/** Returns the descriptor of a connection that waits, or {@link #NONE}. */
		private int acceptNow() {
			try {
				return socket().accept(this.address);
			}
			catch (IOException ex) {
				// The next accept that Netty asks for fails with the same.
				return NONE;
			}
		}

		/** Which does not block. */
		private Socket socket() {
			return (Socket) ((UnixChannel) this.channel).fd();
		}

	}

}
