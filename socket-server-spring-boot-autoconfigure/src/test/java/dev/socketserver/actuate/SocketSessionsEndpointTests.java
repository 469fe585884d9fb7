package dev.socketserver.actuate;

import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.SocketServersEndpoint.TrafficDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint.PageDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint.SocketSessionDescriptor;
import dev.socketserver.actuate.SocketSessionsEndpoint.SocketSessionsDescriptor;
import dev.socketserver.address.Addresses;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketSessionsEndpoint}.
 */
class SocketSessionsEndpointTests {

	private final RunningServers running = new RunningServers();

	private final SocketSessionsEndpoint endpoint = endpoint(Show.NEVER);

	private final List<TestPeer> peers = new ArrayList<>();

	@AfterEach
	void stop() throws Exception {
		Opened.closeAll(this.peers);
		this.running.close();
	}

	@Test
	void listsSessionsInTheOrderInWhichTheyOpened() throws Exception {
		SocketServer one = this.running.upper("one");
		SocketServer two = this.running.upper("two");
		open(two, one, two);

		assertThat(ids(list(null, null, null, null))).containsExactly("two-1", "one-1", "two-2");
		assertThat(list(null, null, null, null).page()).isEqualTo(new PageDescriptor(0, 50, 3));
		assertThat(ids(list("two", null, null, null))).containsExactly("two-1", "two-2");
		assertThat(list("two", null, null, null).page()).isEqualTo(new PageDescriptor(0, 50, 2));
	}

	@Test
	void cutsPages() throws Exception {
		SocketServer one = this.running.upper("one");
		SocketServer two = this.running.upper("two");
		open(one, two, one, two, one);

		assertThat(ids(list(null, 0, 2, null))).containsExactly("one-1", "two-1");
		assertThat(ids(list(null, 2, 2, null))).containsExactly("one-3");
		assertThat(list(null, 2, 2, null).page()).isEqualTo(new PageDescriptor(2, 2, 5));
		assertThat(ids(list(null, 3, 2, null))).isEmpty();
		assertThat(ids(list(null, Integer.MAX_VALUE, 500, null))).isEmpty();
		assertThat(ids(list("one", 1, 2, null))).containsExactly("one-3");
	}

	@Test
	void continuesAfterASessionThoughItHasEnded() throws Exception {
		SocketServer one = this.running.upper("one");
		SocketServer two = this.running.upper("two");
		open(one, two, one, two, one);
		assertThat(ids(list(null, null, null, "two-1"))).containsExactly("one-2", "two-2", "one-3");
		assertThat(ids(list("one", null, 1, "one-1"))).containsExactly("one-2");

		assertThat(ids(list(null, 0, 3, null))).containsExactly("one-1", "two-1", "one-2");
		end(one, 2);

		assertThat(ids(list(null, null, null, "one-2"))).containsExactly("two-2", "one-3");
		assertThat(list(null, null, null, "one-2").page()).isEqualTo(new PageDescriptor(0, 50, 4));
		assertThat(ids(list("one", null, null, "one-2"))).containsExactly("one-3");
	}

	@Test
	void sortsByWhatSessionsHaveMostOf() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.running.detailed("telling", release);
		open(server, server, server);
		SocketSession second = session("telling-2");
		SocketSession third = session("telling-3");
		assertThat(ids(sorted("age"))).containsExactly("telling-1", "telling-2", "telling-3");

		assertThat(this.peers.get(2).ask("a longer line")).isEqualTo("a longer line");
		await().until(() -> third.info().messagesSent() > 0);
		assertThat(ids(sorted("bytes"))).containsExactly("telling-3", "telling-1", "telling-2");

		this.peers.get(1).send("wait\nnext\n");
		await().until(() -> second.info().pendingInbound() > 0
				&& second.info().handlerTime().compareTo(third.info().handlerTime()) > 0);
		assertThat(ids(sorted("pending"))).first().isEqualTo("telling-2");
		assertThat(ids(sorted("handler-time"))).first().isEqualTo("telling-2");

		release.countDown();
		await().until(() -> second.info().pendingInbound() == 0);

		end(server, 1);
		end(server, 2);
		assertThat(ids(this.endpoint.socketSessions(null, null, null, null, null, true, null, null, null,
				"handler-time", null)))
			.containsExactly("telling-2", "telling-3");
		assertThat(
				ids(this.endpoint.socketSessions(null, null, null, null, null, true, null, 1, 1, "handler-time", null)))
			.containsExactly("telling-3");
	}

	private SocketSession session(String id) {
		return this.running.servers().session(id).orElseThrow();
	}

	private SocketSessionsDescriptor sorted(String sort) {
		return this.endpoint.socketSessions(null, null, null, null, null, null, null, null, null, sort, null);
	}

	@Test
	void showsWhatTheHandlerReportsAboutASession() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.running.detailed("telling", release);
		open(server);
		await().until(() -> Map.of("last", "none", "length", 4).equals(details("telling-1")));
		// It is asked serially with its other calls, and for no longer than a second.
		this.peers.get(0).send("wait\n");
		await().until(() -> String.valueOf(details("telling-1")).contains("busy"));
		release.countDown();
		await().until(() -> Map.of("last", "wait", "length", 4).equals(details("telling-1")));

		this.peers.get(0).send("fail\n");
		Map<String, String> failed = Map.of("error", "the handler could not tell: IllegalStateException");
		await().until(() -> failed.equals(details("telling-1")));
		await().until(() -> failed.equals(details(this.endpoint, "telling-1")));
		assertThat(list(null, null, null, null).sessions().get(0).details()).isNull();
	}

	@Test
	void questionsToABusyHandlerDoNotPileUp() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger asked = new AtomicInteger();
		SessionHandler handler = new SessionHandler() {
			@Override
			public Object received(Object payload, SocketSession session) throws Exception {
				called.countDown();
				release.await();
				return payload;
			}

			@Override
			public Map<String, ?> details(SocketSession session) {
				asked.incrementAndGet();
				return Map.of("asked", "yes");
			}

		};
		SocketServer server = RunningServers.started(this.running.servers(),
				ServerSpec.builder("busy")
					.handler(new ServerHandler.Messages("busy", PayloadConverter.text(StandardCharsets.UTF_8), false,
							(spec) -> handler))
					.build());
		SocketSessionsEndpoint shown = endpoint(Show.ALWAYS);
		open(server);
		this.peers.get(0).send("wait\n");
		Patience.await(called);
		assertThat(details(shown, "busy-1")).asString().contains("handler is busy");
		assertThat(details(shown, "busy-1")).asString().contains("handler is busy");
		release.countDown();
		assertThat(this.peers.get(0).read()).isEqualTo("wait");
		await().untilAsserted(() -> assertThat(asked).hasValue(1));
		// The first answer may still be on its way.
		await().until(() -> Map.of("asked", "yes").equals(details(shown, "busy-1")) && asked.get() > 1);
	}

	private @Nullable Map<String, @Nullable Object> details(String id) {
		return details(endpoint(Show.ALWAYS), id);
	}

	private static @Nullable Map<String, @Nullable Object> details(SocketSessionsEndpoint endpoint, String id) {
		return Objects.requireNonNull(endpoint.socketSession(id)).details();
	}

	@Test
	void knowsThePlacesOfTheLastSessionsThatEndedOnly() throws Exception {
		SocketServer one = this.running.upper("one");
		SocketServer two = this.running.upper("two");
		open(one, two, one);
		end(one, 0);
		assertThat(ids(list(null, null, null, "one-1"))).containsExactly("two-1", "one-2");
		for (int i = 0; i < 100; i++) {
			TestPeer.connect(one.localAddress()).close();
		}
		await().untilAsserted(() -> assertThat(ServerOperations.of(one).endedSessions())
			.noneMatch((ended) -> ended.id().equals("one-1")));
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> list(null, null, null, "one-1"))
			.withMessageContaining("give its server");
	}

	@ParameterizedTest
	@CsvSource({ "-1, 50, one-1, page", "0, 0, one-1, size", "0, 501, one-1, size", "0, -1, one-1, size",
			"0, 50, one, after", "0, 50, two-1, after", "0, 50, one-x, after" })
	void refusesValuesOutOfRange(int page, int size, String after, String parameter) {
		this.running.upper("one");

		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> list("one", page, size, after))
			.satisfies((ex) -> assertThat(ex.getCause() instanceof UnknownTargetException).isFalse())
			.withMessageStartingWith(parameter + " is ");
	}

	@Test
	void knowsNoOtherServerOrSession() {
		this.running.upper("one");

		assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> list("two", null, null, null))
			.withCauseInstanceOf(UnknownTargetException.class)
			.withMessageContaining("'two'");
		assertThat(this.endpoint.socketSession("one-1")).isNull();
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.closeSocketSession("one-1"))
			.withCauseInstanceOf(UnknownTargetException.class)
			.withMessageContaining("'one-1'");
	}

	@Test
	void describesASessionWithItsTraffic() throws Exception {
		SocketServer server = this.running.upper("upper");
		TestPeer peer = open(server).get(0);
		SocketSession session = server.session("upper-1").orElseThrow();
		assertThat(peer.ask("hello")).isEqualTo("HELLO");
		await().until(() -> session.info().messagesSent() == 1);

		SocketSessionDescriptor descriptor = this.endpoint.socketSession("upper-1");

		assertThat(descriptor).isNotNull();
		assertThat(descriptor.server()).isEqualTo("upper");
		assertThat(descriptor.remoteAddress()).isEqualTo("127.0.0.1:" + peer.port());
		assertThat(descriptor.localAddress()).isEqualTo(Addresses.format(server.localAddress()));
		assertThat(descriptor.openedAt()).isEqualTo(session.openedAt());
		assertThat(descriptor.state()).isEqualTo(SessionInfo.State.OPEN);
		assertThat(descriptor.bound()).isEmpty();
		assertThat(descriptor.groups()).isEmpty();
		assertThat(descriptor.principal()).isNull();
		assertThat(descriptor.readsPaused()).isFalse();
		assertThat(descriptor.bytes()).isEqualTo(new TrafficDescriptor(6, 6));
		assertThat(descriptor.messages()).isEqualTo(new TrafficDescriptor(1, 1));
		assertThat(descriptor.attributes()).isEmpty();
		assertThat(descriptor.closed()).isNull();
	}

	/** Opens the first session of a server, which two identities are bound to. */
	private SocketSession bound(SocketServer server) throws Exception {
		open(server);
		SocketSession session = server.session("upper-1").orElseThrow();
		session.bind("user", "ann", BindPolicy.REJECT);
		session.bind("device", "7", BindPolicy.REJECT);
		return session;
	}

	@Test
	void showsIdentitiesGroupsAndWhetherReadingIsPaused() throws Exception {
		SocketSession session = bound(this.running.upper("upper"));
		session.bind("device", "8", BindPolicy.REJECT);
		session.join("room");
		session.join("all");
		session.pauseReads();

		SocketSessionDescriptor descriptor = this.endpoint.socketSession("upper-1");

		assertThat(descriptor).isNotNull()
			.returns(List.of("user:ann", "device:7", "device:8"), SocketSessionDescriptor::bound)
			.returns(List.of("room", "all"), SocketSessionDescriptor::groups)
			.returns(true, SocketSessionDescriptor::readsPaused);
	}

	@Test
	void showsAFewOfManyIdentitiesAndGroupsInAList() throws Exception {
		SocketServer server = this.running.upper("upper");
		open(server);
		SocketSession session = server.session("upper-1").orElseThrow();
		String longest = "\ud83d\ude00".repeat(150);
		for (int i = 0; i < 1500; i++) {
			session.join(i + longest);
			session.bind("device", i + longest, BindPolicy.REJECT);
		}

		SocketSessionDescriptor listed = list(null, null, null, null).sessions().get(0);

		assertThat(listed.groups()).hasSize(20).startsWith("0" + "\ud83d\ude00".repeat(99)).allSatisfy((group) -> {
			assertThat(group).hasSizeBetween(199, 200);
			assertThat(Character.isHighSurrogate(group.charAt(group.length() - 1))).isFalse();
		});
		assertThat(listed.bound()).hasSize(20)
			.allSatisfy((identity) -> assertThat(identity).startsWith("device:").hasSizeBetween(199, 200));
		assertThat(List.of(listed.groupsTotal(), listed.boundTotal())).containsExactly(1500, 1500);
		SocketSessionDescriptor one = this.endpoint.socketSession("upper-1");
		assertThat(one).isNotNull();
		assertThat(one.groups()).hasSize(1000).startsWith("0" + longest);
		assertThat(one.bound()).hasSize(1000).startsWith("device:0" + longest);
		assertThat(List.of(one.groupsTotal(), one.boundTotal())).containsExactly(1500, 1500);
	}

	@Test
	void saysHowManyIdentitiesAndGroupsASessionHadThatHasEnded() throws Exception {
		SocketServer server = this.running.upper("upper");
		open(server);
		SocketSession session = server.session("upper-1").orElseThrow();
		for (int i = 0; i < 100; i++) {
			session.join(i + "x".repeat(200));
			session.bind("device", i + "x".repeat(200), BindPolicy.REJECT);
			session.bind("user", String.valueOf(i), BindPolicy.REJECT);
		}
		end(server, 0);

		SocketSessionDescriptor ended = this.endpoint.socketSession("upper-1");

		assertThat(ended).isNotNull()
			.returns(SessionInfo.State.CLOSED, SocketSessionDescriptor::state)
			.returns(200, SocketSessionDescriptor::boundTotal)
			.returns(100, SocketSessionDescriptor::groupsTotal);
		assertThat(ended.bound()).hasSizeLessThan(64);
		assertThat(filtered(null, null, null, true, null).sessions()).singleElement()
			.returns(200, SocketSessionDescriptor::boundTotal)
			.returns(100, SocketSessionDescriptor::groupsTotal);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aPageEndsBeforeItIsTooLong(boolean oneServer) throws Exception {
		SocketServer server = this.running.upper("upper");
		SocketServer other = this.running.upper("other");
		for (int i = 0; i < 30; i++) {
			open(server, oneServer ? server : other);
		}
		Stream.concat(server.sessions(), other.sessions()).forEach((session) -> {
			for (int i = 0; i < 20; i++) {
				session.join(i + "\u0001".repeat(300));
				session.bind("device", session.id() + "-" + i + "\u0001".repeat(300));
			}
			session.attributes().put("\u0002".repeat(2000), "");
		});
		List<String> listed = new ArrayList<>();
		int pages = 0;
		while (listed.size() < 60) {
			String after = listed.isEmpty() ? null : listed.get(listed.size() - 1);
			SocketSessionsDescriptor page = list(oneServer ? "upper" : null, null, 500, after);
			assertThat(new JsonMapper().writeValueAsBytes(page)).hasSizeLessThanOrEqualTo(1024 * 1024);
			listed.addAll(ids(page));
			pages++;
			assertThat(page.page().size()).isEqualTo((listed.size() < 60) ? page.sessions().size() : 500);
			// The next page begins after it nevertheless.
			end((oneServer || listed.size() % 2 == 1) ? server : other, listed.size() - 1);
		}

		assertThat(pages).isEqualTo(4);
		assertThat(listed).doesNotHaveDuplicates().hasSize(60);
	}

	@Test
	void closesASessionInTheNameOfTheOperator() throws Exception {
		SocketServer server = this.running.upper("upper");
		List<TestPeer> both = open(server, server);
		CompletableFuture<CloseStatus> closed = server.session("upper-1").orElseThrow().closed();

		this.endpoint.closeSocketSession("upper-1");

		assertThat(both.get(0).read()).isNull();
		assertThat(closed).succeedsWithin(Patience.limit()).isEqualTo(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		assertThat(both.get(1).ask("still here")).isEqualTo("STILL HERE");
	}

	@Test
	void hidesTheValuesOfAttributesUnlessNotified() throws Exception {
		Object domain = new InetSocketAddress("127.0.0.1", 1);
		SocketServer server = this.running.withAttributes("a", Map.of("user", "ann", "count", 3, "domain", domain));
		assertThat(open(server).get(0).ask("x")).isEqualTo("x");

		assertThat(this.endpoint.socketSession("a-1").attributes()).containsExactly(Map.entry("count", "******"),
				Map.entry("domain", "******"), Map.entry("user", "******"));
		assertThat(endpoint(Show.ALWAYS).socketSession("a-1").attributes()).containsExactly(Map.entry("count", 3),
				Map.entry("domain", domain.toString()), Map.entry("user", "ann"));
	}

	@Test
	void hidesThemWhateverItIsAsked() throws Exception {
		SocketServer server = this.running.withAttributes("a", Map.of("user", "ann"));
		assertThat(open(server).get(0).ask("x")).isEqualTo("x");

		List<SocketSessionDescriptor> descriptors = new ArrayList<>(list(null, null, null, null).sessions());
		descriptors.add((SocketSessionDescriptor) this.endpoint.changeSocketSession("a-1", "pause", null, null));
		descriptors.add(this.endpoint.closeSocketSession("a-1"));
		await().until(() -> server.sessions().findAny().isEmpty());
		descriptors.add(this.endpoint.socketSession("a-1"));
		descriptors
			.addAll(this.endpoint.socketSessions(null, null, null, null, null, true, null, null, null, null, null)
				.sessions());

		assertThat(descriptors).hasSize(5)
			.allSatisfy((session) -> assertThat(session.attributes()).containsExactly(Map.entry("user", "******")));
	}

	@Test
	void passesAttributesThroughTheSanitizingFunctions() throws Exception {
		SocketServer server = this.running.withAttributes("a", Map.of("user", "ann", "password", "secret"));
		assertThat(open(server).get(0).ask("x")).isEqualTo("x");

		SocketSessionsEndpoint sanitizing = endpoint(Show.ALWAYS,
				(data) -> data.getKey().equals("password") ? data.withSanitizedValue() : data);

		assertThat(sanitizing.socketSession("a-1").attributes())
			.containsExactly(Map.entry("password", SanitizableData.SANITIZED_VALUE), Map.entry("user", "ann"));
	}

	@Test
	void shownValuesKeepTheirShapeAndEachPassesTheFunctions() throws Exception {
		Map<String, Object> nested = Map.of("password", "secret", "tries", 3);
		Object broken = new Object() {

			@Override
			public String toString() {
				throw new IllegalStateException("provoked");
			}

		};
		SocketServer server = this.running.withAttributes("a", Map.of("login", nested, "list",
				List.of("one", 2, List.of(true)), "broken", broken, "long", "x".repeat(5000)));
		assertThat(open(server).get(0).ask("x")).isEqualTo("x");

		SocketSessionsEndpoint sanitizing = endpoint(Show.ALWAYS,
				SanitizingFunction.sanitizeValue().ifKeyEndsWith("password"));
		Map<String, @Nullable Object> shown = sanitizing.socketSession("a-1").attributes();

		assertThat(shown).containsEntry("login", Map.of("password", "******", "tries", 3))
			.containsEntry("list", List.of("one", 2, List.of(true)))
			.containsEntry("broken", "(cannot be shown: IllegalStateException)")
			.containsEntry("long", "x".repeat(2000) + "...");
		assertThat(this.endpoint.socketSession("a-1").attributes()).containsOnlyKeys("broken", "list", "login", "long")
			.allSatisfy((key, value) -> assertThat(value).isEqualTo("******"));
	}

	@Test
	void identitiesGroupsAndDetailsOfClosingsAreShownUnlessAFunctionHidesThem() throws Exception {
		SocketServer server = this.running.upper("upper");
		SocketSession session = bound(server);
		session.join("room");
		session.close(CloseStatus.of(CloseReason.HANDLER_CLOSED, "told so"));
		await().until(() -> server.session("upper-1").isEmpty());

		SocketSessionDescriptor plain = Objects.requireNonNull(this.endpoint.socketSession("upper-1"));
		assertThat(plain.bound()).containsExactly("user:ann", "device:7");
		assertThat(plain.groups()).containsExactly("room");
		assertThat(Objects.requireNonNull(plain.closed()).detail()).isEqualTo("told so");

		SocketSessionsEndpoint sanitizing = endpoint(Show.NEVER,
				SanitizingFunction.sanitizeValue().ifKeyEquals("user", "group", "detail"));
		SocketSessionDescriptor hidden = Objects.requireNonNull(sanitizing.socketSession("upper-1"));
		assertThat(hidden.bound()).containsExactly("user:******", "device:7");
		assertThat(hidden.groups()).containsExactly("******");
		assertThat(Objects.requireNonNull(hidden.closed()).detail()).isEqualTo("******");
	}

	@Test
	void listsBySessionsPeersIdentitiesAndEnds() throws Exception {
		SocketServer one = this.running.upper("one");
		SocketServer two = this.running.upper("two");
		open(one, two, one, two);
		one.session("one-1").orElseThrow().bind("device", "7", BindPolicy.ALLOW);
		one.session("one-2").orElseThrow().bind("device", "7", BindPolicy.ALLOW);
		two.session("two-1").orElseThrow().bind("device", "7", BindPolicy.ALLOW);
		two.session("two-2").orElseThrow().bind("device", "urn:8", BindPolicy.ALLOW);

		assertThat(ids(filtered(null, "127.0.0.0/8", null, null, null))).hasSize(4);
		assertThat(ids(filtered(null, "127.0.0.1", "device:7", false, null))).containsExactly("one-1", "two-1",
				"one-2");
		assertThat(ids(filtered("one", null, "device:7", null, null))).containsExactly("one-1", "one-2");
		assertThat(ids(filtered(null, null, "device:urn:8", null, null))).containsExactly("two-2");
		assertThat(ids(filtered(null, null, "device:7", null, "two-1"))).containsExactly("one-2");
		assertThat(filtered(null, null, "device:7", null, "two-1").page().total()).isEqualTo(3);
		assertThat(ids(filtered(null, "10.0.0.0/8", null, null, null))).isEmpty();
		assertThat(ids(filtered(null, "::/0", null, null, null))).isEmpty();
		assertThat(ids(filtered(null, null, "user:7", null, null))).isEmpty();
		assertThat(ids(filtered(null, null, null, true, null))).isEmpty();

		// Not in the order of their ends.
		end(one, 2);
		end(two, 1);
		assertThat(ids(filtered(null, null, null, true, null))).containsExactly("two-1", "one-2");
		assertThat(ids(filtered(null, null, null, true, "two-1"))).containsExactly("one-2");
		assertThat(ids(filtered("two", "127.0.0.1", "device:7", true, null))).containsExactly("two-1");
		assertThat(ids(filtered("two", null, "device:8", true, null))).isEmpty();
		assertThat(ids(filtered(null, null, null, false, null))).containsExactly("one-1", "two-2");
		SocketSessionDescriptor ended = filtered("two", null, null, true, null).sessions().get(0);
		assertThat(ended).isEqualTo(this.endpoint.socketSession("two-1"));
		assertThat(ended.state()).isEqualTo(SessionInfo.State.CLOSED);
		assertThat(Objects.requireNonNull(ended.closed()).reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(ended.closed().at()).isAfterOrEqualTo(ended.openedAt());
	}

	@Test
	void listsWhatWasRefusedBehindTheSessionsThatEnded() throws Exception {
		SocketServer one = this.running.upper("one");
		SocketServer full = RunningServers.started(this.running.servers(),
				RunningServers.upperSpec("full").limits((it) -> it.sessions(1)).build());
		open(full, one);
		for (long refused = 1; refused <= 2; refused++) {
			long times = refused;
			connectRefused(full);
			await().until(() -> full.statistics().rejected().getOrDefault(RejectReason.LIMIT_SESSIONS, 0L) == times);
		}
		end(one, 1);
		end(full, 0);

		SocketSessionsDescriptor all = filtered(null, null, null, true, null);
		assertThat(ids(all)).containsExactly("full-1", "one-1", null, null);
		assertThat(all.page().total()).isEqualTo(4);
		assertThat(ids(filtered("full", null, null, true, null))).containsExactly("full-1", null, null);
		assertThat(ids(filtered("full", null, null, true, "full-1"))).containsExactly(null, null);
		assertThat(ids(filtered("full", "10.0.0.0/8", null, true, null))).isEmpty();
		assertThat(ids(filtered("full", null, "device:7", true, null))).isEmpty();
		SocketSessionDescriptor refused = all.sessions().get(3);
		assertThat(refused.server()).isEqualTo("full");
		assertThat(refused.remoteAddress()).startsWith("127.0.0.1:");
		assertThat(refused.state()).isEqualTo(SessionInfo.State.CLOSED);
		assertThat(Objects.requireNonNull(refused.closed()).reason()).isEqualTo(RejectReason.LIMIT_SESSIONS);
		assertThat(refused.closed().detail()).contains("limits.sessions = 1");
	}

	private void connectRefused(SocketServer server) {
		try {
			this.peers.add(TestPeer.connect(server.localAddress()));
		}
		catch (UncheckedIOException ex) {
			// It was reset before it was connected.
		}
	}

	private SocketSessionsDescriptor filtered(@Nullable String server, @Nullable String remote, @Nullable String bound,
			@Nullable Boolean closed, @Nullable String after) {
		return this.endpoint.socketSessions(server, null, remote, bound, null, closed, after, null, null, null, null);
	}

	private SocketSessionsEndpoint endpoint(Show showValues, SanitizingFunction... functions) {
		return new SocketSessionsEndpoint(this.running.servers(), List.of(functions), showValues, Show.ALWAYS, null);
	}

	private SocketSessionsDescriptor list(String server, Integer page, Integer size, String after) {
		return this.endpoint.socketSessions(server, null, null, null, null, null, after, page, size, null, null);
	}

	private static List<String> ids(SocketSessionsDescriptor sessions) {
		return sessions.sessions().stream().map(SocketSessionDescriptor::id).toList();
	}

	/** Opens sessions, one after the other. */
	private List<TestPeer> open(SocketServer... servers) {
		List<TestPeer> opened = new ArrayList<>();
		for (SocketServer server : servers) {
			String id = server.name() + "-" + (server.statistics().opened() + 1);
			opened.add(TestPeer.connect(server.localAddress()));
			await().until(() -> server.session(id).isPresent());
		}
		this.peers.addAll(opened);
		return opened;
	}

	private void end(SocketServer server, int peer) throws Exception {
		long before = server.sessions().count();
		this.peers.get(peer).close();
		await().until(() -> server.sessions().count() < before);
	}

}
