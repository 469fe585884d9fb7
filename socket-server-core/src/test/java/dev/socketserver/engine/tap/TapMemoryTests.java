package dev.socketserver.engine.tap;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.operator.TapRequest;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/** Taps where the JVM has no memory for what is received. */
class TapMemoryTests {

	/** Longer than any array of this JVM. */
	private static final int TOO_LONG = Integer.MAX_VALUE - 1;

	private static final byte[] FRAME = "frame".getBytes(US_ASCII);

	private static final SessionSpec SPEC = ServerSpec.builder("test")
		.handler(ServerHandler.function("test", PayloadConverter.text(US_ASCII), (text) -> text))
		.build()
		.session();

	private final Tappable session = session();

	@Test
	void tapCountsWhatItCannotCopyAsDropped() {
		Tap tap = tap();
		SessionTap sink = new SessionTap(tap, this.session, false);

		sink.add(true, FRAME, 0, TOO_LONG);
		sink.add(true, FRAME, 0, FRAME.length);

		assertThat(tap.dropped()).isEqualTo(TOO_LONG);
		assertThat(tap.entries()).extracting(TapEntry::payload).containsExactly(FRAME);
	}

	@Test
	void recorderForgetsWhatItCannotCopyAndGivesTheRoomBack() {
		MemoryBudget memory = new MemoryBudget(Long.MAX_VALUE);
		Recordings recordings = new Recordings(10, memory, new TapMasks(List::of), Runnable::run);
		FlightRecorder recorder = new FlightRecorder(recordings, this.session);

		recorder.add(true, FRAME, 0, TOO_LONG);
		long held = memory.used();
		recorder.add(true, FRAME, 0, FRAME.length);

		assertThat(held).isZero();
		assertThat(recorder.take(CloseReason.PEER_CLOSED)).extracting(TapEntry::payload)
			.containsExactly(FRAME, new byte[0]);
	}

	/** Frames take the place of others, also of several, and the memory is for some. */
	@ParameterizedTest
	@ValueSource(ints = { 4_000, 16_000, 2_000_000 })
	void recordersHoldWhatTheirFramesHave(int limit) {
		byte[] frame = new byte[200_000];
		for (int seed = 0; seed < 200; seed++) {
			Random random = new Random(seed);
			MemoryBudget memory = new MemoryBudget(limit);
			Recordings recordings = new Recordings(1 + random.nextInt(8), memory, new TapMasks(List::of),
					Runnable::run);
			List<FlightRecorder> recorders = List.of(new FlightRecorder(recordings, this.session),
					new FlightRecorder(recordings, this.session));
			for (int i = 0; i < 50; i++) {
				int longest = (random.nextInt(5) == 0) ? limit / 10 : 200;
				recorders.get(random.nextInt(2)).add(true, frame, 0, random.nextInt(longest));
			}

			long kept = recorders.stream()
				.flatMap((recorder) -> recorder.take(CloseReason.PEER_CLOSED).stream())
				.filter((entry) -> entry.reason() == null)
				.mapToLong((entry) -> Recordings.size(entry.payload().length))
				.sum();
			assertThat(memory.used()).as("seed " + seed).isEqualTo(kept).isPositive();
			recordings.release(kept);
			assertThat(recordings.exchange(0, limit / 4)).as("seed " + seed).isTrue();
		}
	}

	private static Tap tap() {
		TapRequest request = new TapRequest(null, "server", null, null, null, false, Duration.ofMinutes(1),
				2L * Integer.MAX_VALUE, "test");
		return new Tap("1", request, new TapMasks(List::of), new ScheduledThreadPoolExecutor(0), Runnable::run,
				(entries) -> new byte[0], (full) -> {
				});
	}

	/** A session that says no more of itself than a tap asks for. */
	private static Tappable session() {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7);
		return (Tappable) Proxy.newProxyInstance(Tappable.class.getClassLoader(), new Class<?>[] { Tappable.class },
				(proxy, method, arguments) -> switch (method.getName()) {
					case "id" -> "test-1";
					case "server" -> "test";
					case "isOfClient" -> false;
					case "remoteAddress", "localAddress" -> address;
					case "spec" -> SPEC;
					default -> throw new UnsupportedOperationException(method.toString());
				});
	}

	@Test
	void whatCannotBeMaskedWithoutAThreadIsForgottenAndItsRoomGivenBack() {
		MemoryBudget memory = new MemoryBudget(Long.MAX_VALUE);
		TapMasks masks = new TapMasks(() -> List.of((server, received, frame) -> frame));
		AtomicInteger attempts = new AtomicInteger();
		Recordings recordings = new Recordings(10, memory, masks, (task) -> {
			if (attempts.incrementAndGet() <= 1_000) {
				throw new RejectedExecutionException();
			}
			task.run();
		});
		List<Recordings.Recording> kept = new ArrayList<>();

		for (int i = 0; i <= 1_000; i++) {
			assertThat(memory.used()).isZero();
			FlightRecorder recorder = new FlightRecorder(recordings, this.session);
			recorder.add(true, FRAME, 0, FRAME.length);
			recordings.ended(recorder, CloseStatus.of(CloseReason.PROTOCOL_ERROR), kept::add);
		}

		assertThat(kept).hasSize(1);
	}

}
