package dev.socketserver.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
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
final class SteadyEpoll extends ForwardingIoHandler {

	private SteadyEpoll(IoHandler epoll) {
		super(epoll);
	}

	static IoHandlerFactory newFactory() {
		IoHandlerFactory factory = EpollIoHandler.newFactory();
		return (executor) -> new SteadyEpoll(factory.newHandler(executor));
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		return new Staying(super.register(handle));
	}

	private static final class Staying extends Registration {

		Staying(IoRegistration registration) {
			super(registration);
		}

		@Override
		public long submit(IoOps ops) {
			return super.submit(EpollIoOps.NONE.equals(ops) ? EpollIoOps.EPOLLET : ops);
		}

	}

}
