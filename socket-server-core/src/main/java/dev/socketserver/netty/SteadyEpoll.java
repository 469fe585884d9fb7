package dev.socketserver.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll transport, with channels that stay registered while they are open.
 * <p>
 * When a peer has ended its output and there is nothing left to read or write, Netty asks
 * epoll for nothing, and takes the descriptor out of the set for that, because errors
 * would be reported for ever. It remembers it as being in (4.2.18,
 * {@code EpollIoHandler}): the next wish, to be told when a long reply can go on, fails
 * with {@code ENOENT}, and the rest of the reply is lost. So instead of nothing we ask to
 * be told of errors once: the descriptor stays in the set, nothing is reported for ever,
 * and a reset is still noticed.
 */
final class SteadyEpoll implements IoHandler {

	private final IoHandler epoll;

	private SteadyEpoll(IoHandler epoll) {
		this.epoll = epoll;
	}

	static IoHandlerFactory newFactory() {
		IoHandlerFactory factory = EpollIoHandler.newFactory();
		return (executor) -> new SteadyEpoll(factory.newHandler(executor));
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		return new Registration(this.epoll.register(handle));
	}

	@Override
	public void initialize() {
		this.epoll.initialize();
	}

	@Override
	public int run(IoHandlerContext context) {
		return this.epoll.run(context);
	}

	@Override
	public void prepareToDestroy() {
		this.epoll.prepareToDestroy();
	}

	@Override
	public void destroy() {
		this.epoll.destroy();
	}

	@Override
	public void wakeup() {
		this.epoll.wakeup();
	}

	@Override
	public boolean isCompatible(Class<? extends IoHandle> handleType) {
		return this.epoll.isCompatible(handleType);
	}

	private static final class Registration implements IoRegistration {

		private final IoRegistration registration;

		Registration(IoRegistration registration) {
			this.registration = registration;
		}

		@Override
		public long submit(IoOps ops) {
			return this.registration.submit(EpollIoOps.NONE.equals(ops) ? EpollIoOps.EPOLLET : ops);
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
