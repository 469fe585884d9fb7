package dev.socketserver.netty.workaround;

import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Has a connection stay open when its peer has ended its output. Netty's Unix sockets of
 * the JDK close then, and have no option for it (4.2.18, {@code NioDomainSocketChannel}).
 * So they do not learn of the end of their input here, which is shut down instead, and
 * handlers are notified as those of other channels. One for each connection; on its loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failure closes the channel
public final class NioHalfClosure implements RecvByteBufAllocator {

	private final DuplexChannel channel;

	private final RecvByteBufAllocator buffers;

	private boolean ended;

	/**
	 * Creates the allocator of a connection.
	 * @param channel the connection
	 * @param buffers has its buffers
	 */
	public NioHalfClosure(DuplexChannel channel, RecvByteBufAllocator buffers) {
		this.channel = channel;
		this.buffers = buffers;
	}

	@Override
	public ExtendedHandle newHandle() {
		return new Reads((ExtendedHandle) this.buffers.newHandle());
	}

	private void inputEnded() {
		if (!this.ended) {
			this.ended = true;
			// After what was read.
			this.channel.eventLoop().execute(() -> {
				this.channel.shutdownInput();
				this.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
			});
		}
	}

	/** Hides the end of the input. */
	private final class Reads extends DelegatingHandle implements ExtendedHandle {

		private final ExtendedHandle handle;

		Reads(ExtendedHandle handle) {
			super(handle);
			this.handle = handle;
		}

		@Override
		public void lastBytesRead(int bytes) {
			if (bytes < 0) {
				inputEnded();
			}
			super.lastBytesRead(Math.max(0, bytes));
		}

		@Override
		public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
			return this.handle.continueReading(maybeMore);
		}

	}

}
