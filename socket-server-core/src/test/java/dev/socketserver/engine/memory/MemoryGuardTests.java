package dev.socketserver.engine.memory;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens near the limit of memory and above it, with sessions without sockets: the
 * test is the timer.
 */
class MemoryGuardTests {

	private static final int LIMIT = 100_000;

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private final MemoryBudget budget = new MemoryBudget(LIMIT);

	private final SessionRegistry registry = new SessionRegistry("test");

	private final Timer timer = new Timer();

	private final List<String> alarms = new ArrayList<>();

	private long now = -42;

	private final MemoryGuard guard = new MemoryGuard(this.budget, this.timer, this.registry::stream,
			(server, alarm) -> this.alarms.add(server + " " + alarm.kind() + " " + alarm.detail()), () -> this.now);

	@AfterEach
	void shutDown() {
		this.timer.shutdownNow();
	}

	private TestSession session(UnaryOperator<ServerSpec.Builder> spec) {
		return new TestSession((payload, session) -> payload, (builder) -> spec.apply(
				builder.limits((l) -> l.frame(LIMIT)).inbound((i) -> i.bytes(LIMIT)).outbound((o) -> o.bytes(LIMIT))),
				this.budget, this.registry);
	}

	private TestSession session() {
		return session((spec) -> spec);
	}

	/** A session for which so many bytes wait to be sent, and its socket takes none. */
	private TestSession holding(int bytes) {
		TestSession session = session();
		session.send("x".repeat(bytes - 1));
		session.run();
		assertThat(session.session.charged()).isEqualTo(bytes);
		return session;
	}

	private static @Nullable CloseReason closed(TestSession session) {
		CloseStatus status = session.session.end().settled();
		return (status != null) ? status.reason() : null;
	}

	@Test
	void whatIsHandledAtOnceIsNotCounted() {
		TestSession session = session();
		session.connection.completing = true;

		session.receive("x".repeat(MemoryHolder.STEP - 2) + "\n");
		assertThat(this.budget.used()).isZero();
		session.run();

		assertThat(session.session.info().messagesSent()).isOne();
		assertThat(this.budget.used()).isZero();
	}

	@Test
	void partOfAFrameIsCountedUntilTheFrameIsHandled() {
		TestSession session = session();
		session.connection.completing = true;

		session.receive("x".repeat(300));
		assertThat(this.budget.used()).isEqualTo(300);
		session.receive("x".repeat(5000));
		assertThat(this.budget.used()).isBetween(5300L, 10_600L).isEqualTo(session.session.charged());
		session.receive("\n");
		assertThat(this.budget.used()).as("waits for the handler").isEqualTo(5300);
		session.run();
		assertThat(this.budget.used()).isZero();
	}

	@Test
	void unsentOutputIsCountedUntilItHasLeft() {
		TestSession one = holding(30);
		TestSession other = holding(5000);

		other.send("y".repeat(2999));
		assertThat(this.budget.used()).isEqualTo(8030).isEqualTo(one.session.charged() + other.session.charged());
		one.drain();
		assertThat(this.budget.used()).isEqualTo(8000);
		other.drain();
		assertThat(this.budget.used()).isZero();
	}

	/** Returns a sender that waits with 5,000 bytes after 100 that the socket has. */
	private Thread sendMoreThanThereIsRoomFor(TestSession session) {
		session.session.send("x".repeat(99), (failure) -> {
		});
		session.run();
		Thread sender = new Thread(() -> session.session.send("y".repeat(4999), (failure) -> {
		}));
		sender.start();
		while (this.budget.used() < 5000) {
			Thread.onSpinWait();
		}
		return sender;
	}

	@Test
	void whatASenderWaitsWithIsCounted() throws Exception {
		TestSession session = session((spec) -> spec.outbound((o) -> o.bytes(100).overflow(OutboundOverflow.BLOCK)));
		Thread sender = sendMoreThanThereIsRoomFor(session);
		assertThat(this.budget.used()).isEqualTo(5100);

		session.session.abort();
		sender.join();
		assertThat(this.budget.used()).as("what the socket has").isEqualTo(100);
		session.connection.complete(new IOException("as if the connection broke"));
		session.disconnect();
		session.run();
		assertThat(session.ended).hasValue(1);
		assertThat(this.budget.used()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whatASenderHasWaitedWithIsCountedNoMore(boolean admitted) throws Exception {
		TestSession session = session((spec) -> spec.outbound((o) -> o.bytes(100).overflow(OutboundOverflow.BLOCK)));
		Thread sender = sendMoreThanThereIsRoomFor(session);

		if (!admitted) {
			sender.interrupt();
			sender.join();
			assertThat(this.budget.used()).isEqualTo(100);
		}
		session.drain();
		sender.join();
		session.drain();

		assertThat(this.budget.used()).isZero();
	}

	@Test
	void droppableFramesAreCountedUntilTheyAreDroppedOrHandled() {
		TestSession session = session(
				(spec) -> spec.inbound((i) -> i.capacity(2).overflow(InboundOverflow.DROP_OLDEST)));
		session.connection.completing = true;

		session.receive(("x".repeat(1999) + "\n").repeat(5));
		assertThat(this.budget.used()).isBetween(3998L, 4000L);
		session.run();
		assertThat(this.budget.used()).isZero();
	}

	@Test
	void sessionThatEndsGivesBackWhatItHeld() {
		TestSession session = session();
		session.receive("x".repeat(2999) + "\n" + "half a frame");
		assertThat(this.budget.used()).isGreaterThan(2999);

		session.disconnect();

		assertThat(session.ended).hasValue(1);
		assertThat(this.budget.used()).isZero();
		assertThat(session.session.charged()).isZero();
	}

	@Test
	void nearTheLimitSessionsThatHoldSomethingAreNotReadFrom() {
		TestSession idle = session();
		TestSession slow = holding(45_000);
		TestSession slower = holding(44_999);
		this.timer.run();
		assertThat(slow.connection.events).doesNotContain("reading false");

		slower.send("z");
		slower.send("z".repeat(2000));
		this.timer.run();
		slow.run();
		slower.run();
		idle.run();

		assertThat(slow.connection.events).contains("reading false");
		assertThat(slower.connection.events).contains("reading false");
		assertThat(idle.connection.events).doesNotContain("reading false");
		assertThat(closed(slow)).isNull();

		// What it sends is handled, but not what it goes on sending.
		idle.receive("x".repeat(3000));
		assertThat(idle.connection.events).contains("reading false");

		// A session of which nothing waits is read again, whatever the others do.
		slower.drain();
		this.timer.run();
		slower.run();
		assertThat(slower.connection.events).contains("reading true");

		slow.drain();
		this.timer.tick();
		idle.run();
		assertThat(idle.connection.events).endsWith("reading true");
		assertThat(this.budget.isScarce()).isFalse();
		assertThat(this.timer.ticks).as("no check is scheduled any more").isNull();
	}

	/**
	 * Else who sends its frames in two parts would wait for as long as memory is short.
	 */
	@Test
	void littleThatIsHeldKeepsNobodyFromBeingRead() {
		TestSession other = holding(91_000);
		TestSession halves = session();
		halves.receive("half");
		this.timer.run();
		other.run();
		halves.run();
		assertThat(other.connection.events).contains("reading false");
		assertThat(halves.connection.events).doesNotContain("reading false");

		halves.receive(" and half\nanother");
		halves.drain();
		assertThat(halves.connection.events).doesNotContain("reading false").contains("write half and half|");

		// Nor does what is left of more than a little.
		halves.send("x".repeat(3_000));
		halves.run();
		halves.receive("x");
		assertThat(halves.connection.events).contains("reading false");
		halves.drain();
		this.timer.run();
		halves.run();
		assertThat(this.budget.isScarce()).isTrue();
		assertThat(halves.connection.events).endsWith("reading true");
	}

	/** Else a peer that is stuck in writing would never read the end. */
	@Test
	void whoIsClosedIsReadFromAlsoWhileThereIsNoMemory() {
		TestSession session = holding(91_000);
		this.timer.run();
		session.run();
		assertThat(session.connection.events).endsWith("reading false");

		session.session.close();
		session.run();

		assertThat(this.budget.isScarce()).isTrue();
		assertThat(session.connection.events).endsWith("reading true");
	}

	/** It may have seen just before that memory was scarce. */
	@Test
	void whoIsEmptiedWhenThereIsMemoryAgainIsReadAgainAndForgotten() {
		List<String> calls = new ArrayList<>();
		MemoryHolder late = (MemoryHolder) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { MemoryHolder.class }, (proxy, method, arguments) -> {
					calls.add(method.getName());
					return null;
				});
		this.guard.emptied(late);
		this.timer.run();
		this.guard.exceeded();
		this.timer.run();

		assertThat(calls).containsExactly("readAgain");
	}

	/** Else its silence would be held against it, who cannot say anything. */
	@Test
	void whoHasEndedItsOutputIsNotReadFromWhenThereIsMemoryAgain() {
		TestSession ended = new TestSession((payload, session) -> new CompletableFuture<>(),
				(builder) -> builder.outbound((o) -> o.bytes(LIMIT)), this.budget, this.registry);
		ended.receive("ask\n");
		ended.send("x".repeat(44_999));
		ended.run();
		ended.session.peerEnded();
		ended.run();
		assertThat(ended.session.input().isReading()).isFalse();
		TestSession other = holding(46_000);
		this.timer.run();
		ended.run();
		assertThat(ended.connection.events).contains("reading false");

		other.drain();
		ended.drain();
		this.timer.tick();
		ended.run();

		assertThat(closed(ended)).isNull();
		assertThat(this.budget.isScarce()).isFalse();
		assertThat(ended.session.input().isReading()).isFalse();
	}

	@Test
	void aboveTheLimitThoseThatHoldMostAreAborted() {
		TestSession small = holding(20_000);
		TestSession big = holding(30_000);
		TestSession bigger = holding(40_000);
		TestSession last = holding(31_000);

		this.timer.run();

		assertThat(closed(bigger)).isEqualTo(CloseReason.MEMORY);
		assertThat(bigger.session.end().status().detail())
			.isEqualTo("held 40000 bytes, the most, while all held 121000 of socket.limits.memory = 100000");
		assertThat(closed(last)).isNull();
		assertThat(closed(big)).isNull();
		assertThat(closed(small)).isNull();

		// Its memory is on its way back: no other session is aborted.
		this.timer.tick();
		assertThat(closed(last)).isNull();
		last.send("x".repeat(10_000));
		this.timer.run();
		assertThat(closed(last)).as("holds most, of which there is enough").isNull();
		small.send("x".repeat(40_000));
		this.timer.run();
		assertThat(closed(small)).isEqualTo(CloseReason.MEMORY);
		assertThat(closed(last)).isNull();

		bigger.run();
		assertThat(bigger.connection.events).contains("abort");
	}

	@Test
	void sessionsGiveWayAlsoToWhatIsOfNone() {
		TestSession small = holding(30_000);
		TestSession big = holding(40_000);
		this.budget.charge(60_000);

		this.timer.run();

		assertThat(closed(big)).isEqualTo(CloseReason.MEMORY);
		assertThat(closed(small)).isNull();
	}

	@Test
	void sessionThatIsClosingIsAbortedButKeepsItsReason() {
		TestSession session = holding(60_000);
		session.session.close();
		session.run();
		holding(50_000);

		this.timer.run();

		assertThat(closed(session)).isEqualTo(CloseReason.HANDLER_CLOSED);
		session.run();
		assertThat(session.connection.events).contains("abort");
	}

	@Test
	void whenNothingBecomesFreeForASecondThoseThatHoldMostAreAborted() {
		TestSession waiting = session();
		waiting.receive("x".repeat(9000));
		TestSession deaf = holding(60_000);
		TestSession slow = holding(3000);
		slow.send("x".repeat(21_999));
		this.timer.run();
		waiting.run();
		assertThat(waiting.connection.events).endsWith("reading false");

		this.now += SECOND - 1;
		this.timer.tick();
		assertThat(closed(deaf)).isNull();

		// Something becomes free: the second begins anew.
		slow.connection.complete(null);
		slow.run();
		this.timer.tick();
		this.now += SECOND - 1;
		this.timer.tick();
		assertThat(closed(deaf)).isNull();
		this.now++;
		this.timer.tick();
		assertThat(closed(deaf)).isEqualTo(CloseReason.MEMORY);
		assertThat(closed(waiting)).isNull();
		assertThat(closed(slow)).isNull();
	}

	@Test
	void partsOfFramesThatFillMemoryGiveWay() {
		List<TestSession> sessions = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			TestSession session = session();
			session.receive("x".repeat(9000 + i));
			sessions.add(session);
		}
		this.timer.run();
		sessions.forEach(TestSession::run);
		assertThat(sessions).allSatisfy((session) -> assertThat(session.connection.events).endsWith("reading false"));

		this.now += SECOND;
		this.timer.tick();

		assertThat(closed(sessions.get(9))).isEqualTo(CloseReason.MEMORY);
		assertThat(sessions.subList(0, 9)).allSatisfy((session) -> assertThat(closed(session)).isNull());
		sessions.get(9).disconnect();
		this.timer.tick();
		sessions.subList(0, 9).forEach(TestSession::run);
		assertThat(sessions.subList(0, 9))
			.allSatisfy((session) -> assertThat(session.connection.events).endsWith("reading true"));
	}

	@Test
	void alarmHasTheDigitsOfPropertiesInEveryLocale() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("ar-EG"));
		try {
			holding(91_000);
			this.timer.run();
			this.timer.tick();
			assertThat(this.alarms).singleElement()
				.asString()
				.contains("91000 bytes wait", "socket.limits.memory = 100000");
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@Test
	void alarmIsRaisedOnceAndAgainOnlyAfterAMinute() {
		TestSession session = holding(91_000);
		this.timer.run();
		this.timer.tick();
		assertThat(this.alarms).containsExactly("test MEMORY 91000 bytes wait in all servers and clients, "
				+ "91000 of them in sessions of this server: nearly all of socket.limits.memory = 100000");

		session.drain();
		this.timer.tick();
		assertThat(this.budget.isScarce()).isFalse();
		TestSession soon = holding(92_000);
		this.timer.run();
		assertThat(this.budget.isScarce()).isTrue();
		assertThat(this.timer.ticks).as("is looked at again and again").isNotNull();
		assertThat(this.alarms).hasSize(1);

		soon.drain();
		this.timer.tick();
		this.now += 60 * SECOND;
		holding(93_000);
		this.timer.run();
		assertThat(this.alarms).hasSize(2);
	}

	/** Runs what it is given when the test says so. */
	private static final class Timer extends ScheduledThreadPoolExecutor {

		private final Queue<Runnable> tasks = new ArrayDeque<>();

		private @Nullable Runnable ticks;

		Timer() {
			super(1);
		}

		@Override
		public synchronized void execute(Runnable task) {
			this.tasks.add(task);
		}

		@Override
		public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initial, long delay, TimeUnit unit) {
			this.ticks = task;
			return new Cancelling(super.schedule(() -> {
			}, 1, TimeUnit.DAYS));
		}

		synchronized void run() {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}

		void tick() {
			Runnable look = this.ticks;
			if (look != null) {
				look.run();
			}
			run();
		}

		private final class Cancelling implements ScheduledFuture<Object> {

			private final ScheduledFuture<?> future;

			Cancelling(ScheduledFuture<?> future) {
				this.future = future;
			}

			@Override
			public boolean cancel(boolean interrupt) {
				Timer.this.ticks = null;
				return this.future.cancel(interrupt);
			}

			@Override
			public long getDelay(TimeUnit unit) {
				return this.future.getDelay(unit);
			}

			@Override
			public int compareTo(java.util.concurrent.Delayed other) {
				return this.future.compareTo(other);
			}

			@Override
			public boolean isCancelled() {
				return this.future.isCancelled();
			}

			@Override
			public boolean isDone() {
				return this.future.isDone();
			}

			@Override
			public @Nullable Object get() {
				return null;
			}

			@Override
			public @Nullable Object get(long timeout, TimeUnit unit) {
				return null;
			}

		}

	}

}
