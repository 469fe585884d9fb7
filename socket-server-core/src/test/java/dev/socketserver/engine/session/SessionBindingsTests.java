package dev.socketserver.engine.session;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionInfo;
import dev.socketserver.engine.TestDiagnostics;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Identities and groups, with sessions that have a loop but no socket.
 */
class SessionBindingsTests {

	private static final int ROUNDS = Rounds.SOAK ? 1_000 : 50;

	private static final long SEED = 20_240_229L;

	private static final int THREADS = 4;

	private final ExecutorService loop = Executors.newSingleThreadExecutor();

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

	private final SessionRegistry registry = new SessionRegistry("test");

	private final SessionContext context = new SessionContext(
			new SharedState(ServerSpec.builder("test")
				.handler(ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8), (text) -> text))
				.build()
				.session(), new ServerCounters(), MemoryBudget.unlimited(), TestDiagnostics.none()),
			new Payloads(StandardCharsets.UTF_8, List.of()), this.registry, new SessionEvents(new SessionListener() {
			}, () -> {
			}), TestDiagnostics.requests(), (session, task) -> new Thread(task).start());

	@AfterEach
	void close() {
		this.loop.shutdownNow();
		this.threads.shutdownNow();
	}

	@Test
	void rejectLeavesTheIdentityToTheOlderSession() throws Exception {
		Session older = session();
		Session newer = session();

		assertThat(older.bind("device", "7", BindPolicy.REJECT)).isTrue();
		assertThat(newer.bind("device", "7", BindPolicy.REJECT)).isFalse();

		assertThat(bound("device", "7")).containsExactly(older);
		assertThat(newer.info().bound()).isEmpty();
		end(older);
		assertThat(newer.bind("device", "7", BindPolicy.REJECT)).isTrue();
		assertThat(bound("device", "7")).containsExactly(newer);
	}

	@Test
	void replaceClosesTheOlderSessionWhoseEndLeavesTheIdentityAlone() throws Exception {
		Session older = session();
		Session newer = session();
		older.bind("device", "7", BindPolicy.REPLACE);

		assertThat(newer.bind("device", "7", BindPolicy.REPLACE)).isTrue();

		assertThat(bound("device", "7")).containsExactly(newer);
		assertThat(older.info().bound()).isEmpty();
		assertThat(Patience.await(older.closed()))
			.isEqualTo(CloseStatus.of(CloseReason.REPLACED, "replaced by session " + newer.id()));
		assertThat(bound("device", "7")).containsExactly(newer);
		assertThat(newer.info().closed()).isNull();
	}

	@Test
	void allowGivesTheIdentityToBothOldestFirst() throws Exception {
		Session oldest = session();
		Session middle = session();
		Session newest = session();

		assertThat(middle.bind("user", "ann", BindPolicy.ALLOW)).isTrue();
		assertThat(newest.bind("user", "ann", BindPolicy.ALLOW)).isTrue();
		assertThat(oldest.bind("user", "ann", BindPolicy.ALLOW)).isTrue();

		assertThat(bound("user", "ann")).containsExactly(oldest, middle, newest);
		end(middle);
		assertThat(bound("user", "ann")).containsExactly(oldest, newest);
	}

	@Test
	void replaceTakesTheIdentityFromAllThatShareIt() throws Exception {
		Session first = session();
		Session second = session();
		first.bind("user", "ann", BindPolicy.ALLOW);
		second.bind("user", "ann", BindPolicy.ALLOW);

		assertThat(second.bind("user", "ann", BindPolicy.REPLACE)).isTrue();

		assertThat(bound("user", "ann")).containsExactly(second);
		assertThat(Patience.await(first.closed()).reason()).isEqualTo(CloseReason.REPLACED);
		assertThat(second.info().closed()).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void sessionKeepsWhatItHasAlready(BindPolicy policy) {
		Session session = session();
		session.bind("device", "7", BindPolicy.REJECT);

		assertThat(session.bind("device", "7", policy)).isTrue();

		assertThat(bound("device", "7")).containsExactly(session);
		assertThat(session.info().bound()).isEqualTo(Map.of("device", List.of("7")));
		assertThat(session.info().closed()).isNull();
	}

	@Test
	void sessionHasSeveralIdentitiesAndLosesAllAtItsEnd() throws Exception {
		Session session = session();
		session.bind("user", "ann", BindPolicy.REJECT);
		session.bind("device", "8", BindPolicy.REPLACE);
		session.bind("device", "7", BindPolicy.ALLOW);
		session.join("b");
		session.join("a");

		assertThat(session.info().bound()).containsExactly(Map.entry("user", List.of("ann")),
				Map.entry("device", List.of("8", "7")));
		assertThat(session.info().groups()).containsExactly("b", "a");
		end(session);

		assertThat(session.info().bound()).isEmpty();
		assertThat(session.info().groups()).isEmpty();
		assertThat(this.registry.bindings().isEmpty()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void sessionThatIsClosingGetsNothing(BindPolicy policy) throws Exception {
		Session holder = session();
		holder.bind("device", "7", BindPolicy.ALLOW);
		Session closing = session();
		closing.close();

		assertThat(closing.bind("device", "7", policy)).isFalse();
		assertThat(closing.bind("device", "8", policy)).isFalse();
		closing.join("group");

		assertThat(bound("device", "7")).containsExactly(holder);
		assertThat(holder.info().closed()).isNull();
		assertThat(bound("device", "8")).isEmpty();
		assertThat(this.registry.group("group")).isEmpty();
		end(closing);
		end(holder);
		assertThat(closing.bind("device", "7", policy)).isFalse();
		assertThat(this.registry.bindings().isEmpty()).isTrue();
	}

	@Test
	void groupsExistWhileSessionsAreInThem() throws Exception {
		Session first = session();
		Session second = session();

		assertThat(this.registry.group("room")).isEmpty();
		assertThat(this.registry.bindings().isEmpty()).isTrue();
		first.leave("room");
		first.join("room");
		first.join("room");
		second.join("room");
		assertThat(this.registry.group("room")).containsExactlyInAnyOrder(first, second);
		first.leave("room");
		first.leave("room");
		assertThat(this.registry.group("room")).containsExactly(second);
		end(second);
		assertThat(this.registry.bindings().isEmpty()).isTrue();
	}

	@Test
	void namesMustBeThere() {
		Session session = session();

		assertThatNullPointerException().isThrownBy(() -> session.bind(null, "7", BindPolicy.REJECT))
			.withMessage("type");
		assertThatNullPointerException().isThrownBy(() -> session.bind("device", null, BindPolicy.REJECT))
			.withMessage("id");
		assertThatNullPointerException().isThrownBy(() -> session.bind("device", "7", null)).withMessage("policy");
		assertThatNullPointerException().isThrownBy(() -> session.join(null)).withMessage("group");
		assertThat(this.registry.bindings().isEmpty()).isTrue();
	}

	/** It was replaced, and has taken the identity back before it was notified. */
	@Test
	void sessionForgetsNothingThatItHas() throws Exception {
		Session session = session();
		session.bind("device", "7", BindPolicy.REPLACE);

		this.registry.bindings().forget(session, new SessionBindings.Identity("device", "7"));

		assertThat(session.info().bound()).isEqualTo(Map.of("device", List.of("7")));
		end(session);
		assertThat(this.registry.bindings().isEmpty()).isTrue();
	}

	@Test
	void whoBindsWaitsForAnEndThatIsUnderWay() throws Exception {
		Session session = session();
		AtomicBoolean bound = new AtomicBoolean(true);
		Thread binder = new Thread(() -> bound.set(session.bind("device", "7", BindPolicy.REPLACE)));
		synchronized (session) {
			binder.start();
			Awaitility.await().until(() -> binder.getState() == Thread.State.BLOCKED);
			session.close();
		}
		binder.join();

		assertThat(bound).isFalse();
		assertThat(this.registry.bindings().isEmpty()).isTrue();
	}

	@Test
	void ofSessionsThatBindAtOnceExactlyOneIsNotRejected() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			List<Session> sessions = sessions(THREADS);

			List<Boolean> results = atOnce(sessions, (session) -> session.bind("device", "7", BindPolicy.REJECT));

			assertThat(results).containsOnlyOnce(true);
			assertThat(bound("device", "7")).containsExactly(sessions.get(results.indexOf(true)));
			end(sessions);
			assertThat(this.registry.bindings().isEmpty()).isTrue();
		}
	}

	@Test
	void ofSessionsThatReplaceEachOtherAtOnceOneIsLeft() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			List<Session> sessions = sessions(THREADS);

			List<Boolean> results = atOnce(sessions, (session) -> session.bind("device", "7", BindPolicy.REPLACE));

			assertThat(results).hasSize(THREADS).containsOnly(true);
			List<Session> left = bound("device", "7");
			assertThat(left).hasSize(1);
			for (Session session : sessions) {
				if (session != left.get(0)) {
					assertThat(Patience.await(session.closed()).reason()).isEqualTo(CloseReason.REPLACED);
				}
			}
			assertThat(bound("device", "7")).isEqualTo(left);
			assertThat(left.get(0).info().closed()).isNull();
			end(left.get(0));
			assertThat(this.registry.bindings().isEmpty()).isTrue();
		}
	}

	@Test
	void bindingWhileASessionEndsLeavesNothingBehind() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			Session session = session();
			List<Callable<Boolean>> calls = List.of(() -> session.bind("device", "7", BindPolicy.REJECT), () -> {
				session.close();
				return Patience.await(session.closed()) != null;
			}, () -> {
				session.join("room");
				return true;
			});

			atOnce(calls);

			assertThat(this.registry.bindings().isEmpty()).isTrue();
		}
	}

	/**
	 * What is bound, joined and left in whatever order, nothing of it is left when all
	 * sessions have ended, and no session loses what it still has.
	 */
	@Test
	void whateverHappensAtOnceNothingIsLostOrLeft() throws Exception {
		Random seeds = new Random(SEED);
		for (int round = 0; round < ROUNDS; round++) {
			List<Session> sessions = sessions(3);
			List<Callable<Boolean>> calls = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				Random random = new Random(seeds.nextLong());
				calls.add(() -> anything(sessions, random));
			}

			assertThat(atOnce(calls)).containsOnly(true);

			sessions.stream().filter((session) -> session.info().closed() == null).forEach((session) -> {
				SessionInfo info = session.info();
				info.bound().forEach((type, ids) -> ids.forEach((id) -> assertThat(bound(type, id)).contains(session)));
				info.groups().forEach((group) -> assertThat(this.registry.group(group)).contains(session));
			});
			end(sessions);
			assertThat(this.registry.bindings().isEmpty()).isTrue();
		}
	}

	private boolean anything(List<Session> sessions, Random random) {
		boolean alone = true;
		for (int i = 0; i < 50; i++) {
			Session session = sessions.get(random.nextInt(sessions.size()));
			String name = String.valueOf(random.nextInt(2));
			switch (random.nextInt(20)) {
				case 0 -> session.close();
				case 1, 2, 3, 4 -> session.join(name);
				case 5, 6, 7, 8 -> session.leave(name);
				case 9, 10 -> session.bind("shared", name, BindPolicy.ALLOW);
				case 11 -> session.bind("alone", name, BindPolicy.REPLACE);
				default -> session.bind("alone", name, BindPolicy.REJECT);
			}
			alone &= bound("alone", name).size() <= 1;
		}
		return alone;
	}

	private List<Session> bound(String type, String id) {
		return this.registry.bound(type, id);
	}

	private Session session() {
		InetSocketAddress address = new InetSocketAddress(0);
		LoopWire connection = new LoopWire();
		Session session = new Session(this.context, connection, address, address, Lane::run, new LoopScratch());
		connection.session = session;
		session.open();
		return session;
	}

	private List<Session> sessions(int count) {
		List<Session> sessions = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			sessions.add(session());
		}
		return sessions;
	}

	private static void end(Session session) throws Exception {
		session.close();
		Patience.await(session.closed());
	}

	private static void end(List<Session> sessions) throws Exception {
		for (Session session : sessions) {
			end(session);
		}
	}

	private <T> List<T> atOnce(List<Session> sessions, SessionCall<T> call) throws Exception {
		return atOnce(sessions.stream().map((session) -> (Callable<T>) () -> call.apply(session)).toList());
	}

	private <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
		CyclicBarrier start = new CyclicBarrier(calls.size());
		List<Future<T>> futures = new ArrayList<>();
		for (Callable<T> call : calls) {
			futures.add(this.threads.submit(() -> {
				start.await();
				return call.call();
			}));
		}
		List<T> results = new ArrayList<>();
		for (Future<T> future : futures) {
			results.add(Patience.await(future));
		}
		return results;
	}

	@FunctionalInterface
	private interface SessionCall<T> {

		T apply(Session session) throws Exception;

	}

	/** A connection to a peer that closes when we do. */
	private final class LoopWire implements Connection {

		private Session session;

		@Override
		public void executeLater(Runnable task) {
			SessionBindingsTests.this.loop.execute(task);
		}

		@Override
		public boolean isLoop() {
			return false;
		}

		@Override
		public void write(OutputBytes bytes, WriteResult result) {
			throw new IllegalStateException("nothing is written");
		}

		@Override
		public long unwritten() {
			return 0;
		}

		@Override
		public void reading(boolean on) {
		}

		@Override
		public void shutdownOutput() {
		}

		@Override
		public void close() {
			execute(() -> this.session.disconnected(null));
		}

		@Override
		public void abort() {
			close();
		}

	}

}
