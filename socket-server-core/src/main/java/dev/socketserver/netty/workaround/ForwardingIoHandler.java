package dev.socketserver.netty.workaround;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.socketserver.engine.log.LogLimit;
import dev.socketserver.engine.log.SafeLogger;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on to the handler of one of Netty's transports, and keeps its loop
 * alive. Subclasses change what a mistake in that transport requires.
 * <p>
 * An {@link Error} in the midst of I/O, such as a lack of memory, ends Netty's loop
 * (4.2.18, {@code EpollIoHandler.run} and others): all connections that the loop has
 * would stay as they are for ever, and those that it gets later would be closed. With
 * epoll, NIO and kqueue the system reports the connections again that were not handled,
 * so that the loop can simply go on. Only that another thread has woken the loop may be
 * lost with epoll; Netty looks after that itself, a second later.
 */
public class ForwardingIoHandler implements IoHandler {

	private static final SafeLogger logger = SafeLogger.of(ForwardingIoHandler.class);

	/** So that an error that occurs again and again does not take a processor. */
	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(LogLimit.INTERVAL_SECONDS);

	private final IoHandler transport;

	/** When it last reported an error. */
	private long reported = notReportedYet();

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

	/** Returns a factory of handlers that only keep their loop alive. */
	public static IoHandlerFactory around(IoHandlerFactory transport) {
		return (executor) -> new ForwardingIoHandler(transport.newHandler(executor));
	}

	@Override
	public int run(IoHandlerContext context) {
		try {
			return this.transport.run(context);
		}
		catch (Error ex) {
			report(ex);
			pause();
			return 0;
		}
	}

	/** Logs that a loop goes on, now and then. */
	final void report(Throwable error) {
		this.reported = report(error, this.reported);
	}

	/**
	 * Logs that a loop goes on, now and then.
	 * @param error what has happened
	 * @param reported when the loop last reported an error, or {@link #notReportedYet}
	 * @return when it last did
	 */
	static long report(Throwable error, long reported) {
		long now = System.nanoTime();
		if (now - reported < LOG_NANOS) {
			return reported;
		}
		try {
			logger.error("An event loop continues after an error; connections that it serves may be affected", error);
		}
		catch (OutOfMemoryError ex) {
			// There is none for the line, either.
		}
		return now;
	}

	/** Lets others give memory back, for example. */
	static void pause() {
		LockSupport.parkNanos(PAUSE_NANOS);
	}

	/** A time so long ago that the next error is reported. */
	static long notReportedYet() {
		return System.nanoTime() - LOG_NANOS;
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

	/** Passes on to a channel what that transport says of it. */
	@SuppressWarnings("try") // the interface throws whatever it likes
	abstract static class Handle implements IoHandle {

		final IoHandle handle;

		Handle(IoHandle handle) {
			this.handle = handle;
		}

		@Override
		public void registered() {
			this.handle.registered();
		}

		@Override
		public void unregistered() {
			this.handle.unregistered();
		}

		@Override
		public void close() throws Exception {
			this.handle.close();
		}

	}

	/**
	 * What Netty sees of a channel, and what a channel sees of its registration: one
	 * object, since each session may have it. On the loop only.
	 */
	@SuppressWarnings("try") // the interface throws whatever it likes
	abstract static class Registration extends Handle implements IoRegistration {

		/** Set before anybody asks for it. */
		private @Nullable IoRegistration registration;

		Registration(IoHandle handle) {
			super(handle);
		}

		/** Registers this in place of the channel. */
		final IoRegistration with(ForwardingIoHandler handler) throws Exception {
			this.registration = handler.transport.register(this);
			return this;
		}

		private IoRegistration registration() {
			return Objects.requireNonNull(this.registration);
		}

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
