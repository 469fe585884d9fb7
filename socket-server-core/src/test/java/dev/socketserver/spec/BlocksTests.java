package dev.socketserver.spec;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.address.Cidr;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.FailOver;
import dev.socketserver.client.Route;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.connect.ClientLimits;
import dev.socketserver.spec.connect.ClientThreads;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.spec.gate.Bans;
import dev.socketserver.spec.gate.Login;
import dev.socketserver.spec.gate.Rates;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Specifications are built in blocks, whose names and rules are those of the properties.
 */
class BlocksTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private static final TlsBundle BUNDLE = new TlsBundle("web", Certificates.TRUSTED.server("localhost"));

	private static ServerSpec.Builder server() {
		return ServerSpec.builder("it")
			.handler(ServerHandler.function("it", PayloadConverter.text(UTF_8), (text) -> text));
	}

	static Stream<Arguments> wrongValues() {
		return Stream.of(server("address", (spec) -> spec.address(" ")), server("port", (spec) -> spec.port(-1)),
				server("readBuffer", (spec) -> spec.readBuffer(0)),
				server("requestsPerSession", (spec) -> spec.requestsPerSession(-1)),
				server("drainTimeout", (spec) -> spec.drainTimeout(LONG.negated())),
				server("limits.sessions", (spec) -> spec.limits((l) -> l.sessions(0))),
				server("limits.frame", (spec) -> spec.limits((l) -> l.frame(0))),
				server("limits.acceptRate", (spec) -> spec.limits((l) -> l.acceptRate(-1))),
				server("limits.sessionsPerAddress", (spec) -> spec.limits((l) -> l.sessionsPerAddress(-1))),
				server("limits.pending", (spec) -> spec.limits((l) -> l.pending(0))),
				server("limits.alarm", (spec) -> spec.limits((l) -> l.alarm(101))),
				server("timeouts.firstFrame", (spec) -> spec.timeouts((t) -> t.firstFrame(Duration.ZERO))),
				server("timeouts.frame", (spec) -> spec.timeouts((t) -> t.frame(Duration.ZERO))),
				server("timeouts.idle", (spec) -> spec.timeouts((t) -> t.idle(Duration.ZERO))),
				server("timeouts.write", (spec) -> spec.timeouts((t) -> t.write(Duration.ZERO))),
				server("timeouts.session", (spec) -> spec.timeouts((t) -> t.session(Duration.ZERO))),
				server("timeouts.handler", (spec) -> spec.timeouts((t) -> t.handler(Duration.ZERO))),
				server("inbound.capacity", (spec) -> spec.inbound((i) -> i.capacity(0))),
				server("inbound.bytes", (spec) -> spec.inbound((i) -> i.bytes(0))),
				server("outbound.capacity", (spec) -> spec.outbound((o) -> o.capacity(0))),
				server("outbound.bytes", (spec) -> spec.outbound((o) -> o.bytes(0))),
				server("execution.threads", (spec) -> spec.execution((e) -> e.threads(0))),
				server("execution.queue", (spec) -> spec.execution((e) -> e.queue(0))),
				server("execution.executor",
						(spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP).executor(Runnable::run))),
				server("heartbeat.period", (spec) -> spec.heartbeat((h) -> h.timeout(LONG))),
				server("heartbeat.timeout", (spec) -> spec.heartbeat((h) -> h.period(LONG).timeout(LONG))),
				server("threads.name", (spec) -> spec.threads((t) -> t.name(""))),
				server("proxyProtocol.trusted", (spec) -> spec.proxyProtocol((p) -> p.mode(ProxyMode.OPTIONAL))),
				server("ssl.handshakeTimeout",
						(spec) -> spec.ssl((s) -> s.bundle(BUNDLE).handshakeTimeout(Duration.ZERO))),
				server("ssl.clientHelloBytes", (spec) -> spec.ssl((s) -> s.bundle(BUNDLE).clientHelloBytes(0))),
				server("ssl.clientAuth", (spec) -> spec.ssl((s) -> s.bundle(BUNDLE).clientAuth(ClientAuth.NEED))),
				server("ssl.sni", (spec) -> spec.ssl((s) -> s.bundle(BUNDLE).sni(Map.of("A.test", BUNDLE)))),
				server("drain.delay", (spec) -> spec.drain((d) -> d.delay(LONG.negated()))),
				server("drain.over", (spec) -> spec.drain((d) -> d.over(LONG.negated()))),
				server("options.keepAliveCount", (spec) -> spec.options((o) -> o.keepAliveCount(0))),
				server("options.sendBuffer", (spec) -> spec.options((o) -> o.sendBuffer(0))),
				client("host", (spec) -> spec.host("a:1")),
				client("connectTimeout", (spec) -> spec.connectTimeout(Duration.ZERO)),
				client("drainTimeout", (spec) -> spec.drainTimeout(LONG.negated())),
				client("limits.frame", (spec) -> spec.limits((l) -> l.frame(0))),
				client("threads.name", (spec) -> spec.threads((t) -> t.name(" "))),
				client("ssl.serverName", (spec) -> spec.ssl((s) -> s.bundle(BUNDLE).serverName(" "))),
				client("reconnect.period", (spec) -> spec.reconnect((r) -> r.period(Duration.ZERO))),
				client("reconnect.maxPeriod", (spec) -> spec.reconnect((r) -> r.period(LONG))),
				client("reconnect.jitter", (spec) -> spec.reconnect((r) -> r.jitter(2))));
	}

	private static Arguments server(String component, UnaryOperator<ServerSpec.Builder> change) {
		return arguments(component, (ThrowingCallable) () -> change.apply(server()).build());
	}

	private static Arguments client(String component, UnaryOperator<ClientSpec.Builder> change) {
		return arguments(component, (ThrowingCallable) () -> change.apply(ClientSpec.builder("it").port(1)).build());
	}

	@ParameterizedTest
	@MethodSource("wrongValues")
	void aWrongValueIsNamedByThePathOfItsProperty(String component, ThrowingCallable build) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(build)
			.satisfies((ex) -> assertThat(ex.component()).isEqualTo(component));
	}

	@Test
	void aBlockThatIsSetAgainKeepsItsOtherValues() {
		ServerSpec spec = server().limits((l) -> l.sessions(10).frame(1024))
			.limits((l) -> l.acceptRate(5).deny(List.of(Cidr.of("10.0.0.0/8"))))
			.timeouts((t) -> t.idle(LONG))
			.timeouts((t) -> t.write(null))
			.framing(Framing.lengthField().build())
			.heartbeat((h) -> h.period(Duration.ofSeconds(1)).timeout(LONG))
			.heartbeat((h) -> h.period(Duration.ofSeconds(2)))
			.build();

		assertThat(spec.limits())
			.isEqualTo(new Limits(10, OnFull.REJECT, 5, 0, 1_000, 1024, List.of(), List.of(Cidr.of("10.0.0.0/8")), 80));
		assertThat(spec.session().maxFrameBytes()).isEqualTo(1024);
		assertThat(spec.session().timeouts())
			.isEqualTo(new Timeouts(null, Timeouts.DEFAULT.frame(), LONG, null, null, Timeouts.DEFAULT.handler()));
		assertThat(spec.session().heartbeat()).isEqualTo(new Heartbeat(Duration.ofSeconds(2), LONG));
	}

	@Test
	void connectionsAreEncryptedWithABundleOnly() {
		ServerSpec.Builder server = server().ssl((s) -> s.handshakeTimeout(LONG));
		assertThat(server.build().tls()).isNull();
		server.ssl((s) -> s.bundle(BUNDLE).handshakeTimeout(LONG)).ssl((s) -> s.sni(Map.of("a.test", BUNDLE)));
		assertThat(server.build().tls()).isEqualTo(
				new Tls(BUNDLE, ClientAuth.NONE, LONG, Map.of("a.test", BUNDLE), Tls.DEFAULT_CLIENT_HELLO_BYTES));
		assertThat(server.ssl((s) -> s.bundle(null)).build().tls()).isNull();

		ClientSpec.Builder client = ClientSpec.builder("it").port(1).ssl((s) -> s.serverName("a.test"));
		assertThat(client.build().tls()).isNull();
		client.ssl((s) -> s.bundle(BUNDLE)).ssl((s) -> s.serverName("a.test"));
		assertThat(client.build().tls()).isEqualTo(new ClientTls(BUNDLE, "a.test"));
	}

	@Test
	void theTimeoutOfHeartbeatsIsFourPeriodsUnlessItIsSet() {
		assertThat(Heartbeat.NONE.period(Duration.ofSeconds(1)).timeout()).isEqualTo(Duration.ofSeconds(4));
	}

	@Test
	void theDefaultsOfSomeValuesDependOnTheHandler() {
		assertThat(server().build().limits().sessions()).isEqualTo(ServerSpec.DEFAULT_SESSIONS);
		assertThat(server().handler(ServerHandler.stream("it", (in, out, session) -> {
		})).execution((e) -> e.mode(ExecutionMode.POOL)).build().limits().sessions())
			.isEqualTo(ServerSpec.DEFAULT_SESSIONS_ON_THREADS);
		assertThat(server().build().session().outbound().overflow()).isEqualTo(OutboundOverflow.FAIL);
		ClientSpec.Builder client = ClientSpec.builder("it").port(1);
		assertThat(client.build().threads().clientDaemon()).isTrue();
		assertThat(client.build().session().outbound().overflow()).isEqualTo(OutboundOverflow.BLOCK);
		assertThat(client.handler(server().build().handler()).build().threads().clientDaemon()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(classes = { Execution.class, Inbound.class, Outbound.class, Timeouts.class, Requests.class,
			Threads.class, ProxyProtocol.class, DrainPlan.class, ClientThreads.class, Reconnect.class, Rates.class,
			Login.class, Bans.class, ClientPool.class, FailOver.class, Route.class, SocketOptions.class, Limits.class,
			Heartbeat.class, DomainSocket.class, ClientLimits.class })
	void aBlockIsCopiedByTheNameOfEachComponent(Class<?> block) throws Exception {
		for (RecordComponent component : block.getRecordComponents()) {
			assertThat(block.getMethod(component.getName(), component.getType()).getReturnType()).isEqualTo(block);
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { Tls.class, ClientTls.class })
	void aBuilderSetsEveryComponentByItsName(Class<?> block) throws Exception {
		Class<?> builder = Class.forName(block.getName() + "$Builder");

		for (RecordComponent component : block.getRecordComponents()) {
			assertThat(Arrays.stream(builder.getDeclaredMethods())
				.filter((method) -> method.getReturnType() == builder && method.getParameterCount() == 1)
				.map((method) -> method.getName())).as("%s, or each of its keys", component.getName())
				.anyMatch((name) -> name.startsWith(component.getName()));
		}
	}

}
