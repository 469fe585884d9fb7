package dev.socketserver.netty;

import io.netty.channel.Channel;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.ServerChannel;
import io.netty.channel.uring.IoUringIoHandler;

/**
 * Netty's io_uring transport, with listening channels that accept only while they are to.
 * <p>
 * When an accept fails, Netty asks the kernel for the next at once, whether or not the
 * channel is to read (4.2.18, {@code AbstractIoUringChannel.readComplete}, for accepts
 * that stand for many). Without descriptors that one fails too: the loop does nothing
 * else for as long as connections wait, and nobody can pause it. So an accept that nobody
 * wants is not handed on; turning reading on asks for one again.
 */
final class SteadyUring implements IoHandler {

	/** An accept (IORING_OP_ACCEPT). Netty shows what an operation is in no other way. */
	private static final String ACCEPT = "opcode=13,";

	/** What Netty takes for an operation that could not be handed on. */
	private static final long NOT_SUBMITTED = 0;

	private final IoHandler uring;

	private SteadyUring(IoHandler uring) {
		this.uring = uring;
	}

	static IoHandlerFactory newFactory() {
		IoHandlerFactory factory = IoUringIoHandler.newFactory();
		return (executor) -> new SteadyUring(factory.newHandler(executor));
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		IoRegistration registration = this.uring.register(handle);
		if (handle instanceof Channel.Unsafe unsafe
				&& unsafe.voidPromise().channel() instanceof ServerChannel channel) {
			return new Registration(registration, channel);
		}
		return registration;
	}

	@Override
	public void initialize() {
		this.uring.initialize();
	}

	@Override
	public int run(IoHandlerContext context) {
		return this.uring.run(context);
	}

	@Override
	public void prepareToDestroy() {
		this.uring.prepareToDestroy();
	}

	@Override
	public void destroy() {
		this.uring.destroy();
	}

	@Override
	public void wakeup() {
		this.uring.wakeup();
	}

	@Override
	public boolean isCompatible(Class<? extends IoHandle> handleType) {
		return this.uring.isCompatible(handleType);
	}

	/** Of a listening channel: each asks for few operations. */
	private static final class Registration implements IoRegistration {

		private final IoRegistration registration;

		private final Channel channel;

		Registration(IoRegistration registration, Channel channel) {
			this.registration = registration;
			this.channel = channel;
		}

		@Override
		public long submit(IoOps ops) {
			if (!this.channel.config().isAutoRead() && ops.toString().contains(ACCEPT)) {
				return NOT_SUBMITTED;
			}
			return this.registration.submit(ops);
		}

		@Override
		public <T> T attachment() {
			return this.registration.attachment();
		}

		@Override
		public boolean isValid() {
			return this.registration.isValid();
		}

		@Override
		public boolean cancel() {
			return this.registration.cancel();
		}

	}

}
