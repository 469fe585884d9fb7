package dev.socketserver.engine.tap;

import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.ManualTimer;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.TapMessage;
import dev.socketserver.operator.TapRequest;
import dev.socketserver.payload.PayloadConverter;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/** What is left of a tap that has ended, and can still be asked for what it has. */
class TapEndTests {

	private static final SessionSpec SPEC = ServerSpec.builder("test")
		.handler(ServerHandler.function("test", PayloadConverter.text(US_ASCII), (text) -> text))
		.build()
		.session();

	private final Tap tap = new Tap("1",
			new TapRequest(null, "test", null, null, null, false, Duration.ofMinutes(1), 1_000, "test"),
			new TapMasks(List::of), new ManualTimer(), Runnable::run, (entries) -> new byte[0]);

	private final AtomicBoolean tapped = new AtomicBoolean();

	/** A session that is looked up while the tap ends. */
	private Tappable session() {
		return (Tappable) Proxy.newProxyInstance(Tappable.class.getClassLoader(), new Class<?>[] { Tappable.class },
				(proxy, method, arguments) -> switch (method.getName()) {
					case "id", "toString" -> "test-1";
					case "server" -> "test";
					case "isOfClient" -> false;
					case "spec" -> SPEC;
					case "remoteAddress", "localAddress" -> InetSocketAddress.createUnresolved("peer", 7);
					case "hashCode" -> {
						this.tap.end();
						yield 7;
					}
					case "equals" -> proxy == arguments[0];
					case "tap", "untap" -> {
						this.tapped.set(method.getName().equals("tap"));
						yield null;
					}
					default -> throw new UnsupportedOperationException(method.toString());
				});
	}

	@Test
	void sessionThatJoinsWhileItEndsIsNotKept() {
		this.tap.offer(session(), () -> {
		});

		assertThat(this.tapped).isFalse();
		assertThat(this.tap).extracting("tapped", InstanceOfAssertFactories.MAP).isEmpty();
	}

	/** Its mask refuses every other frame. */
	@Test
	void tapThatIsFullRunsUntilItHasWhatIsBeingMasked() {
		AtomicBoolean refuses = new AtomicBoolean(true);
		ManualTimer timer = new ManualTimer();
		Deque<Runnable> thread = new ArrayDeque<>();
		Tap full = new Tap("2",
				new TapRequest(null, "test", null, null, null, false, Duration.ofMinutes(1), 10, "test"),
				new TapMasks(() -> List.of((server, received, frame) -> {
					refuses.set(!refuses.get());
					return refuses.get() ? null : frame;
				})), timer, thread::add, (entries) -> new byte[0]);
		SessionTap sink = new SessionTap(full, session(), true);

		sink.add(true, "first".getBytes(US_ASCII), 0, 5);
		sink.add(true, "other".getBytes(US_ASCII), 0, 5);
		sink.add(true, "third".getBytes(US_ASCII), 0, 5);
		assertThat(full.isRunning()).isFalse();
		assertThat(full.state()).isEqualTo(SocketTap.State.RUNNING);
		timer.runNext();
		assertThat(full.state()).isEqualTo(SocketTap.State.RUNNING);
		thread.remove().run();

		assertThat(full.state()).isEqualTo(SocketTap.State.ENDED);
		assertThat(full.messages()).extracting(TapMessage::payload).containsExactly("first".getBytes(US_ASCII));
		assertThat(full.dropped()).isEqualTo(10);
	}

}
