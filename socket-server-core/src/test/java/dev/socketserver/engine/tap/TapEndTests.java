package dev.socketserver.engine.tap;

import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import dev.socketserver.ManualTimer;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.TapMessage;
import dev.socketserver.operator.TapRequest;
import dev.socketserver.payload.PayloadConverter;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/** What is left of a tap that has ended, and can still be asked for what it has. */
class TapEndTests {

	@RegisterExtension
	final LogLines audit = new LogLines(TapLog.NAME);

	private static final SessionSpec SPEC = ServerSpec.builder("test")
		.handler(ServerHandler.function("test", PayloadConverter.text(US_ASCII), (text) -> text))
		.build()
		.session();

	private final Tap tap = new Tap("1",
			new TapRequest(null, "test", null, null, null, false, Duration.ofMinutes(1), 1_000, "test"),
			new TapMasks(List::of), new ManualTimer(), Runnable::run, (entries) -> new byte[0], (full) -> {
			});

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
		List<SocketTap> ended = new ArrayList<>();
		Tap full = new Tap("2",
				new TapRequest(null, "test", null, null, null, false, Duration.ofMinutes(1), 10, "test"),
				new TapMasks(() -> List.of((server, received, frame) -> {
					refuses.set(!refuses.get());
					return refuses.get() ? null : frame;
				})), timer, thread::add, (entries) -> new byte[0], ended::add);
		SessionTap sink = new SessionTap(full, session(), true);

		sink.add(true, "first".getBytes(US_ASCII), 0, 5);
		sink.add(true, "other".getBytes(US_ASCII), 0, 5);
		sink.add(true, "third".getBytes(US_ASCII), 0, 5);
		assertThat(full.isRunning()).isFalse();
		assertThat(full.state()).isEqualTo(SocketTap.State.RUNNING);
		assertThat(full.endsAt()).isEqualTo(full.startedAt().plus(full.request().duration()));
		timer.runNext();
		assertThat(full.state()).isEqualTo(SocketTap.State.RUNNING);
		assertThat(ended).isEmpty();
		thread.remove().run();

		assertThat(full.state()).isEqualTo(SocketTap.State.ENDED);
		assertThat(ended).containsExactly(full);
		assertThat(full.endsAt()).isBeforeOrEqualTo(Instant.now());
		assertThat(full.messages()).extracting(TapMessage::payload).containsExactly("first".getBytes(US_ASCII));
		assertThat(full.dropped()).isEqualTo(10);
	}

	/** It still counts what it does not keep, until its time is up. */
	@Test
	void endOfATapThatIsFullIsThenAndIsLoggedOnce() {
		ManualTimer timer = new ManualTimer();
		Taps taps = new Taps(new Taps.Settings(1, 0, List::of), new MemoryBudget(1_000), Stream::empty, timer,
				(name) -> Runnable::run, (entries) -> new byte[0]);
		Tap full = (Tap) taps
			.start(new TapRequest(null, "test", null, null, null, false, Duration.ofHours(1), 5, "whoever fills it"));
		SessionTap sink = new SessionTap(full, session(), false);

		sink.add(true, "first".getBytes(US_ASCII), 0, 5);

		assertThat(full.state()).isEqualTo(SocketTap.State.ENDED);
		Instant ended = full.endsAt();
		assertThat(ended).isBeforeOrEqualTo(Instant.now());
		timer.runFor(0);
		sink.add(true, "other".getBytes(US_ASCII), 0, 5);
		assertThat(full.dropped()).isEqualTo(5);
		timer.runFor(Duration.ofHours(1).toNanos());
		assertThat(timer.waiting()).isZero();
		assertThat(full.endsAt()).isEqualTo(ended);
		assertThat(this.audit.messages()).filteredOn((line) -> line.contains("whoever fills it"))
			.containsExactly("tap-1 began for whoever fills it: sessions server=test, 3600.0 s, 5 bytes",
					"tap-1 of whoever fills it ended, since it is full: 0 sessions, 5 bytes, 0 bytes dropped");
	}

}
