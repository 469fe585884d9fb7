package dev.socketserver.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;

/**
 * Passes everything on to the handler of one of Netty's transports. Subclasses change
 * what a mistake in that transport requires.
 */
abstract class ForwardingIoHandler implements IoHandler {

	private final IoHandler transport;

	ForwardingIoHandler(IoHandler transport) {
		this.transport = transport;
	}

	@Override
	public IoRegistration register(IoHandle handle) throws Exception {
		return this.transport.register(handle);
	}

	@Override
	public void initialize() {
		this.transport.initialize();
	}

	@Override
	public int run(IoHandlerContext context) {
		return this.transport.run(context);
	}

	@Override
	public void prepareToDestroy() {
		this.transport.prepareToDestroy();
	}

	@Override
	public void destroy() {
		this.transport.destroy();
	}

	@Override
	public void wakeup() {
		this.transport.wakeup();
	}

	@Override
	public boolean isCompatible(Class<? extends IoHandle> handleType) {
		return this.transport.isCompatible(handleType);
	}

	/** Passes everything on to a registration of that transport. */
	abstract static class Registration implements IoRegistration {

		abstract IoRegistration registration();

		@Override
		public long submit(IoOps ops) {
			return registration().submit(ops);
		}

		@Override
		public <T> T attachment() {
			return registration().attachment();
		}

		@Override
		public boolean isValid() {
			return registration().isValid();
		}

		@Override
		public boolean cancel() {
			return registration().cancel();
		}

	}

}
