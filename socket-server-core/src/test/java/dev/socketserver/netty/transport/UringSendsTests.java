package dev.socketserver.netty.transport;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;

import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import io.netty.channel.IoHandler;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.util.concurrent.FastThreadLocalThread;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Sends with io_uring, of which the test is the kernel. */
class UringSendsTests {

	private static final byte SEND = 26;

	/** The requests that the kernel has got. */
	private final List<Object> requests = new ArrayList<>();

	/** How many bytes were taken of what was offered, or why nothing more is. */
	private final List<Object> outcomes = new ArrayList<>();

	private IoUringIoHandle sends;

	private final IoRegistration registration = (IoRegistration) Proxy.newProxyInstance(getClass().getClassLoader(),
			new Class<?>[] { IoRegistration.class }, (proxy, method, arguments) -> {
				this.requests.add(arguments[0]);
				return 1L;
			});

	private final IoHandler ring = (IoHandler) Proxy.newProxyInstance(getClass().getClassLoader(),
			new Class<?>[] { IoHandler.class }, (proxy, method, arguments) -> {
				this.sends = (IoUringIoHandle) arguments[0];
				return this.registration;
			});

	/** The descriptor may belong to another connection by then. */
	@Test
	void nothingMoreIsSentOnceTheChannelIsClosed() throws Exception {
		Assumptions.assumeTrue(Epoll.isAvailable(), "a channel with a descriptor is needed");
		FutureTask<?> test = new FutureTask<>(() -> {
			UringSends.begin(this.ring);
			EpollSocketChannel channel = new EpollSocketChannel();
			byte[] payload = new byte[4 * LoopBuffers.BYTES];
			OutputBytes bytes = new OutputBytes(payload, 0);
			bytes.encode(Framing.raw(), payload);
			UringSends sending = Objects.requireNonNull(LoopBuffers.get().sends());
			assertThat(sending.offer(channel, bytes, (failure, taken) -> {
			}, (offered, result, taken, failure, last) -> this.outcomes.add((failure != null) ? failure : taken)))
				.isTrue();
			taken(LoopBuffers.BYTES);
			assertThat(this.requests).hasSize(2);
			assertThat(this.outcomes).isEmpty();
			channel.unsafe().close(channel.voidPromise());
			taken(LoopBuffers.BYTES);
			return null;
		});
		new FastThreadLocalThread(test).start();
		Patience.await(test);
		assertThat(this.requests).hasSize(2);
		assertThat(this.outcomes).containsExactly(2 * LoopBuffers.BYTES);
	}

	/** The kernel has taken so many bytes of the first send. */
	private void taken(int bytes) {
		this.sends.handle(this.registration, new IoUringIoEvent(bytes, 0, SEND, 0L));
	}

}
