package dev.socketserver.autoconfigure.spec;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.StreamHandler;
import dev.socketserver.autoconfigure.SocketClientConnectionDetails;
import dev.socketserver.autoconfigure.SocketClientConnectionDetails.Address;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.properties.Variables;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Correlator;
import dev.socketserver.client.Route;
import dev.socketserver.client.Select;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.event.SocketServerStartedEvent;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.spec.Execution;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.Inbound;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.Outbound;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.tls.TlsMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import static dev.socketserver.autoconfigure.properties.FailedStart.analysis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * What the properties of clients become. None of them connects.
 */
@ExtendWith(OutputCaptureExtension.class)
class ClientPropertiesTests {

	private static final String PLANT = "socket.clients.plant.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class));

	private final ApplicationContextRunner plant = this.runner.withPropertyValues(PLANT + "port=7100",
			PLANT + "start.auto=false");

	@Test
	void withoutClientsThereIsNothing() {
		this.runner.withPropertyValues("socket.clients=").run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(SocketClients.class);
			assertThat(context.getBean(SocketClients.class)).isEmpty();
		});
	}

	@Test
	void aClientThatIsNotToStartIsThere() {
		this.plant.run((context) -> assertThat(client(context).state()).isEqualTo(ClientState.STOPPED));
	}

	@Test
	void aSilentEntryGetsTheDefaults() {
		this.plant.run((context) -> {
			ClientSpec spec = spec(context);
			assertThat(spec.name()).isEqualTo("plant");
			assertThat(spec.byHand()).isTrue();
			assertThat(spec.host()).isEqualTo("127.0.0.1");
			assertThat(spec.port()).isEqualTo(7100);
			assertThat(spec.session().framing()).isEqualTo(Framing.line());
			assertThat(spec.session().outbound().overflow()).isEqualTo(OutboundOverflow.BLOCK);
			assertThat(spec.session().inbound().overflow()).isEqualTo(InboundOverflow.BLOCK);
			assertThat(spec.session().timeouts().idle()).isNull();
			assertThat(spec.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
			assertThat(spec.reconnect()).isEqualTo(Reconnect.DEFAULT);
			assertThat(spec.drainTimeout()).isEqualTo(Duration.ofSeconds(27));
			assertThat(spec.threads().name()).isEqualTo("{name} client");
			assertThat(spec.correlator()).isNull();
			assertThat(spec.tls()).isNull();
		});
	}

	@Test
	void aProxyWithoutTheHandlersOfNettyFailsTheStart() {
		this.plant.withClassLoader(new FilteredClassLoader("io.netty.handler.proxy"))
			.withPropertyValues(PLANT + "proxy.type=http", PLANT + "proxy.host=proxy", PLANT + "proxy.port=3128")
			.run((context) -> {
				assertThat(analysis(context).getDescription())
					.isEqualTo("Property socket.clients.plant.proxy.type is 'http': a proxy needs "
							+ "io.netty:netty-handler-proxy, which is not on the class path.");
				assertThat(analysis(context).getAction()).isEqualTo("Add the dependency io.netty:netty-handler-proxy.");
			});
	}

	@Test
	void aProxyNeedsAHostAndAPort() {
		this.plant.withPropertyValues(PLANT + "proxy.type=http", PLANT + "proxy.host=proxy")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.clients.plant.proxy.port is not set: a proxy needs a port."));
	}

	@Test
	void theProxyAndTheLocalAddressAreInTheSpecification() {
		this.plant
			.withPropertyValues(PLANT + "proxy.type=socks5", PLANT + "proxy.host=proxy", PLANT + "proxy.port=1080",
					PLANT + "proxy.username=gate", PLANT + "proxy.password=secret", PLANT + "local-address=127.0.0.1",
					PLANT + "attempt-delay=off")
			.run((context) -> {
				assertThat(spec(context).route()).isEqualTo(new Route(null,
						new Route.Proxy(Route.Proxy.Type.SOCKS5, "proxy", 1080, "gate", "secret"), "127.0.0.1", false));
				assertThat(spec(context).toString()).doesNotContain("secret");
			});
	}

	@Test
	void connectionDetailsWinOverTheProperties() {
		SocketClientConnectionDetails details = (client) -> client.equals("plant")
				? List.of(new Address("127.0.0.1", 7101), new Address("::1", 7102)) : null;
		this.plant.withBean(SocketClientConnectionDetails.class, () -> details)
			.withPropertyValues(PLANT + "host=plant.example.com", "socket.clients.other.port=7200",
					"socket.clients.other.start.auto=false")
			.run((context) -> {
				assertThat(spec(context).addresses()).extracting(ServerAddress::toString)
					.containsExactly("127.0.0.1:7101", "[::1]:7102");
				assertThat(context.getBean(SocketClients.class).get("other").spec().addresses())
					.extracting(ServerAddress::toString)
					.containsExactly("127.0.0.1:7200");
			});
	}

	@Test
	void connectionDetailsNeedNoPropertyForThePort() {
		SocketClientConnectionDetails details = new SocketClientConnectionDetails() {

			@Override
			public List<Address> addresses(String client) {
				return List.of(new Address("localhost", 7101));
			}

			@Override
			public SslBundle sslBundle(String client) {
				return SslBundle.of(SslStoreBundle.of(null, null, null));
			}

		};
		this.runner.withUserConfiguration(Handlers.class)
			.withBean(SocketClientConnectionDetails.class, () -> details)
			.withPropertyValues(PLANT + "start.auto=false", PLANT + "handler=lines", PLANT + "ssl.mode=on-request",
					PLANT + "ssl.server-name=plant.example.com")
			.run((context) -> {
				ClientSpec spec = spec(context);
				assertThat(spec.host()).isEqualTo("localhost");
				assertThat(spec.tls()).isNotNull();
				assertThat(spec.tls().mode()).isEqualTo(TlsMode.ON_REQUEST);
				assertThat(spec.tls().serverName()).isEqualTo("plant.example.com");
			});
	}

	@Test
	void addressesAreInPlaceOfHostAndPort() {
		this.runner.withUserConfiguration(Handlers.class)
			.withPropertyValues("socket.servers.upper.port=0", PLANT + "start.auto=false",
					PLANT + "addresses[0]=plant.example.com:7100", PLANT + "addresses[1]=[2001:db8::7]:7101",
					PLANT + "addresses[2]=127.0.0.1:${local.socket.upper.port}", PLANT + "select=least-waiting",
					PLANT + "failures=3", PLANT + "retry.period=250", PLANT + "reconnect.max-period=1m")
			.run((context) -> {
				ClientSpec spec = spec(context);
				assertThat(spec.addresses()).extracting(ServerAddress::host)
					.containsExactly("plant.example.com", "2001:db8::7", "127.0.0.1");
				assertThat(spec.addresses()).extracting(ServerAddress::port)
					.containsExactly(7100, 7101,
							context.getEnvironment().getRequiredProperty("local.socket.upper.port", Integer.class));
				assertThat(spec.host()).isEqualTo("plant.example.com");
				assertThat(spec.port()).isEqualTo(7100);
				assertThat(spec.failOver().select()).isEqualTo(Select.LEAST_WAITING);
				assertThat(spec.failOver().failures()).isEqualTo(3);
				assertThat(spec.failOver().retry(spec.reconnect()))
					.isEqualTo(new Reconnect(Duration.ofMillis(250), Duration.ofMinutes(1), 0.5));
			});
	}

	@Test
	void failBackIsOffUnlessThereIsATime() {
		this.plant.withUserConfiguration(Handlers.class)
			.run((context) -> assertThat(spec(context).failOver().failBack()).isNull());
		this.plant.withUserConfiguration(Handlers.class)
			.withPropertyValues(PLANT + "fail-back=90s")
			.run((context) -> assertThat(spec(context).failOver().failBack()).isEqualTo(Duration.ofSeconds(90)));
	}

	@Test
	void propertiesBecomeTheSpecification() {
		this.plant.withUserConfiguration(Handlers.class)
			.withPropertyValues(PLANT + "host=plant.example.com", PLANT + "handler=lines", PLANT + "args=one,two",
					PLANT + "framing.type=length-field", PLANT + "framing.width=2", PLANT + "charset=ISO-8859-1",
					PLANT + "connect-timeout=1500", PLANT + "reconnect.period=100", PLANT + "reconnect.max-period=2s",
					PLANT + "reconnect.jitter=0.25", PLANT + "correlator=orderNumber", PLANT + "heartbeat.period=5s",
					PLANT + "inbound.capacity=3", PLANT + "inbound.bytes=4KB", PLANT + "inbound.overflow=drop-oldest",
					PLANT + "outbound.capacity=5", PLANT + "outbound.bytes=6KB", PLANT + "outbound.overflow=fail",
					PLANT + "options.tcp-no-delay=false", PLANT + "options.send-buffer=7KB",
					PLANT + "execution.mode=pool", PLANT + "execution.threads=8", PLANT + "execution.queue=9",
					PLANT + "limits.frame=10KB", PLANT + "timeouts.idle=11s", PLANT + "timeouts.frame=0",
					PLANT + "transport=nio", PLANT + "threads.name=to {name}",
					"spring.lifecycle.timeout-per-shutdown-phase=10s")
			.run((context) -> {
				ClientSpec spec = spec(context);
				SessionSpec session = spec.session();
				assertThat(spec.byHand()).isFalse();
				assertThat(session.side()).isEqualTo(SessionSpec.Side.CLIENT);
				assertThat(session.handler().name()).isEqualTo("lines");
				assertThat(spec.host()).isEqualTo("plant.example.com");
				assertThat(session.args()).containsExactly("one", "two");
				assertThat(session.framing().type()).isEqualTo("length-field");
				assertThat(session.charset()).isEqualTo(StandardCharsets.ISO_8859_1);
				assertThat(spec.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
				assertThat(spec.reconnect())
					.isEqualTo(new Reconnect(Duration.ofMillis(100), Duration.ofSeconds(2), 0.25));
				assertThat(spec.correlator()).isSameAs(context.getBean("orderNumber"));
				assertThat(session.heartbeat()).isEqualTo(Heartbeat.of(Duration.ofSeconds(5)));
				assertThat(session.inbound()).isEqualTo(new Inbound(3, 4 * 1024, InboundOverflow.DROP_OLDEST));
				assertThat(session.outbound()).isEqualTo(new Outbound(5, 6 * 1024, OutboundOverflow.FAIL));
				assertThat(spec.options().tcpNoDelay()).isFalse();
				assertThat(spec.options().sendBuffer()).isEqualTo(7 * 1024);
				assertThat(session.execution()).isEqualTo(new Execution(ExecutionMode.POOL, 8, 9, null));
				assertThat(session.maxFrameBytes()).isEqualTo(10 * 1024);
				assertThat(session.timeouts().idle()).isEqualTo(Duration.ofSeconds(11));
				assertThat(session.timeouts().frame()).isNull();
				assertThat(spec.transport()).isEqualTo(SocketTransport.NIO);
				assertThat(spec.threads().name()).isEqualTo("to {name}");
				assertThat(spec.drainTimeout()).isEqualTo(Duration.ofSeconds(7));
			});
	}

	@Test
	void whatServersInheritIsNotForClients() {
		this.plant
			.withPropertyValues("socket.server-defaults.framing=length-field",
					"socket.server-defaults.limits.frame=100", "socket.server-defaults.outbound.overflow=fail",
					"socket.server-defaults.enabled=false")
			.run((context) -> {
				assertThat(spec(context).session().framing()).isEqualTo(Framing.line());
				assertThat(spec(context).session().maxFrameBytes()).isEqualTo(64 * 1024);
				assertThat(spec(context).session().outbound().overflow()).isEqualTo(OutboundOverflow.BLOCK);
			});
	}

	@Test
	void stopsLikeAServer() {
		this.plant.withPropertyValues(PLANT + "drain-timeout=2s")
			.run((context) -> assertThat(spec(context).drainTimeout()).isEqualTo(Duration.ofSeconds(2)));
		this.plant.withPropertyValues(PLANT + "shutdown=immediate")
			.run((context) -> assertThat(spec(context).drainTimeout()).isZero());
	}

	@Test
	void aLongPeriodIsTheLongestToo() {
		this.plant.withPropertyValues(PLANT + "reconnect.period=2m")
			.run((context) -> assertThat(spec(context).reconnect().maxPeriod()).isEqualTo(Duration.ofMinutes(2)));
	}

	@Test
	void portsOfServicesHaveNames() {
		this.plant.withPropertyValues(PLANT + "port=http")
			.run((context) -> assertThat(spec(context).port()).isEqualTo(80));
		this.plant.withPropertyValues(PLANT + "protocol=udp", PLANT + "port=tftp")
			.run((context) -> assertThat(spec(context).port()).isEqualTo(69));
	}

	@ParameterizedTest
	@ValueSource(strings = { "local.socket.upper.port", "${local.socket.upper.port}" })
	void thePortOfAServerOfTheSameApplicationIsKnownLater(String port) {
		this.runner.withUserConfiguration(Handlers.class)
			.withPropertyValues("socket.servers.upper.port=0", "socket.servers.upper.start.auto=false",
					PLANT + "port=" + port, PLANT + "start.auto=false")
			.run((context) -> {
				ClientSpec spec = spec(context);
				assertThat(spec.port()).isZero();
				context.getBean(SocketServers.class).get("upper").start();
				assertThat(spec.port()).isPositive()
					.isEqualTo(context.getEnvironment().getProperty("local.socket.upper.port", Integer.class));
			});
	}

	/** It is no option of a socket. */
	@Test
	void aBeanThatFailsTheStartIsNotifiedAsItIs() {
		this.runner.withBean(NettyPipelineCustomizer.class, () -> {
			throw new UnsupportedOperationException("not on this machine");
		}, (definition) -> definition.setLazyInit(true))
			.withPropertyValues(PLANT + "port=1")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageStartingWith("Failed to start bean 'socketClientsLifecycle'")
				.cause()
				.isInstanceOf(BeanCreationException.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "socket.servers.upper.enabled=false", "socket.server-defaults.enabled=false" })
	void aServerOfTheSameApplicationThatIsDisabledIsAWarning(String disabled, CapturedOutput output) {
		this.runner.withUserConfiguration(Handlers.class)
			.withPropertyValues("socket.servers.upper.port=0", disabled, PLANT + "port=local.socket.upper.port",
					PLANT + "start.auto=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Client 'plant' will connect to the server 'upper' of this application, but that "
				+ "server is disabled");
	}

	@Test
	void aServerOfTheSameApplicationThatNobodyHasConfiguredIsAWarning(CapturedOutput output) {
		this.runner.withUserConfiguration(Handlers.class)
			.withPropertyValues("socket.servers.upper.port=0", PLANT + "port=local.socket.uper.port",
					PLANT + "start.auto=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Client 'plant' will connect to the server 'uper' of this application, but no "
				+ "server of that name is configured (nearest: 'upper')");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					port=                 | .port     | not set         | client 'plant' needs a port              | Set it to the server's port
					port=0                | .port     | '0'             | must be a number between 1 and 65535     | Set it to the server's port
					port=65536            | .port     | '65536'         | must be a number between 1 and 65535     | Set it to the server's port
					port=no-such-service  | .port     | 'no-such-service' | or a service that this machine knows   | Set it to the server's port
					port=local.sockets.x.port | .port | 'local.sockets.x.port' | or a service that this machine knows | Set it to the server's port
					host=tcp://localhost  | .host     | 'tcp://localhost' | without a scheme, a port or a space    | Change socket.clients.plant.host
					host=localhost:7100   | .host     | 'localhost:7100' | without a scheme, a port or a space     | Change socket.clients.plant.host
					host=[::1]:7100       | .host     | '[::1]:7100'    | without a scheme, a port or a space      | Change socket.clients.plant.host
					host=a b              | .host     | 'a b'           | without a scheme, a port or a space      | Change socket.clients.plant.host
					host=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.net | .host | 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.net' | must have parts of at most 63 letters | Change socket.clients.plant.host
					framing=lime          | .framing  | 'lime'          | there is no such framing, nearest: 'line' | line, length-field
					framing.type=fixed    | .framing.size | not set     |                                          | Set socket.clients.plant.framing.size
					framing.width=2       | .framing.type | not set     | a framing needs a type                   | Set it to one of
					framing.with=2        | .framing.with | '2'         | no such key, nearest: 'socket.clients.plant.framing.width' | Change the key
					payload=jsn           | .payload  | 'jsn'           | must be one of auto, text, bytes, json   | Change socket.clients.plant.payload
					connect-timeout=0     | .connect-timeout | '0'   | must be between a millisecond and a year | Change socket.clients.plant.connect-timeout
					reconnect.period=0    | .reconnect.period | '0'  | must be between a millisecond and a year | Change socket.clients.plant.reconnect.period
					reconnect.max-period=10 | .reconnect.max-period | '10ms' | must not be shorter than reconnect.period, 1000 ms | Change socket.clients.plant.reconnect.max-period
					reconnect.jitter=1.5  | .reconnect.jitter | '1.5'   | must be between 0 and 1                  | Change socket.clients.plant.reconnect.jitter
					reconnect.jitter=half | .reconnect.jitter | 'half'  | must be a number such as 0.5             | Change socket.clients.plant.reconnect.jitter
					reconnect.perod=1     | .reconnect.perod | '1'      | no such key, nearest: 'socket.clients.plant.reconnect.period' | Change the key
					correlator=orderNumbr | .correlator | 'orderNumbr'  | there is no bean of that name (nearest: 'orderNumber' | of type Correlator or Function
					correlator=text       | .correlator | 'text'        | that bean cannot be used as the correlator, because its type is java.lang.String | of type Correlator or Function
					heartbeat.period=5s   | .heartbeat.period | '5s'  | framing 'line' is no length-field        | Change socket.clients.plant.heartbeat.period
					inbound.capacity=0    | .inbound.capacity | '0'     | must be positive                         | Change socket.clients.plant.inbound.capacity
					outbound.overflow=wait | .outbound.overflow | 'wait' | must be one of fail, block               | Change socket.clients.plant.outbound.overflow
					options.keep-alive-idle=1ms | .options.keep-alive-idle | '1ms' | must be between 1 and 32767 seconds | Change socket.clients.plant.options.keep-alive-idle
					limits.frame=0        | .limits.frame | '0B'         | must be positive                         | Change socket.clients.plant.limits.frame
					limits.frame=70000000000 | .limits.frame | '70000000000B' | must be below 2 GB               | Set it to
					limits.sessions=1     | .limits.sessions | '1'      | no such key, nearest: 'socket.clients.plant | Change the key
					timeouts.idle=-1s     | .timeouts.idle | '-1s'    | at most 100 years, or 0 for none.        | Change socket.clients.plant.timeouts.idle
					ssl.bundle=mine       | .ssl.bundle | 'mine'        | there is no SSL bundle of that name      | spring.ssl.bundle.pem.<name>
					ssl.client-auth=need  | .ssl.client-auth | 'need'   | no such key.                             | Change the key
					drain-timeout=-1s     | .drain-timeout | '-1s'    | must be between 0 and a year             | Change socket.clients.plant.drain-timeout
					execution.executor=text | .execution.executor | 'text' | that bean cannot be used as the executor    | threads of the client's own
					adress=x              | .adress   | 'x'             | no such key, nearest: 'socket.clients.plant.addresses' | Change the key
					handler=lins          | .handler  | 'lins'          | client 'plant' has no handler of that name; nearest: 'lines'. | remove it and annotate the handler with @SocketClientHandler("plant")
					handler=text          | .handler  | 'text'          | client 'plant' has no usable handler: bean 'text' | Make it one of these
					handler=repl          | .handler  | 'repl'          | it is a console                          | Name another handler
					handler=upper         | .handler  | 'upper'         | annotated with @SocketHandler, and serves servers only | Annotate it with @SocketClientHandler too
					""")
	void aWrongValueFailsTheStartBeforeAnythingListens(String property, String name, String value, String problem,
			String remedy, CapturedOutput output) {
		this.plant.withUserConfiguration(Handlers.class)
			.withPropertyValues("socket.servers.upper.port=0", PLANT + property)
			.run((context) -> {
				FailureAnalysis analysis = analysis(context);
				assertThat(analysis.getDescription())
					.startsWith("Property socket.clients.plant" + name + " is " + value + ":")
					.contains((problem != null) ? problem : "");
				assertThat(analysis.getAction()).contains(remedy);
				assertThat(output).doesNotContain(Handlers.LISTENS);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "::1", "[::1]", "fe80::1%eth0", "192.0.2.1", "plant.example.com.", "my_host" })
	void aHostIsANameOrAnAddress(String host) {
		this.plant.withPropertyValues(PLANT + "start.auto=false", PLANT + "host=" + host)
			.run((context) -> assertThat(client(context).spec().host()).isEqualTo(host));
	}

	@Test
	void aListenerIsNotifiedOfAServerThatListens(CapturedOutput output) {
		this.plant.withUserConfiguration(Handlers.class)
			.withPropertyValues("socket.servers.upper.port=0")
			.run((context) -> assertThat(output).contains(Handlers.LISTENS));
	}

	@ParameterizedTest
	@CsvSource({ "socket.clients.plant=, socket.clients.plant.port",
			"socket.clients.plant.host=x, " + "socket.clients.plant.port", })
	void anEntryWithoutPortFailsTheStart(String property, String missing) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property " + missing + " is not set: client 'plant' needs a port."));
	}

	@Test
	void aWrongNameFailsTheStart() {
		this.runner.withPropertyValues("socket.clients.Plant.port=1")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.clients.Plant is 'Plant': a client's name must be a lower-case letter"));
		this.runner.withPropertyValues("socket.clients.my-plant.port=1", "socket.clients.myp-lant.port=1")
			.run((context) -> assertThat(analysis(context).getDescription()).startsWith("Property socket.clients.my")
				.contains("names that differ only in dashes or capitals"));
	}

	@Test
	void aVariableThatOverridesMakesNoSecondClient(CapturedOutput output) {
		this.runner.withPropertyValues("socket.clients.my-plant.port=7100", "socket.clients.my-plant.start.auto=false")
			.withInitializer(Variables.of("SOCKET_CLIENTS_MYPLANT_RECONNECT_MAXPERIOD=3s",
					"SOCKET_CLIENTS_MYPLANT_CONNECTTIMEOUT=4s"))
			.run((context) -> {
				assertThat(context.getBean(SocketClients.class)).extracting(SocketClient::name)
					.containsExactly("my-plant");
				ClientSpec spec = context.getBean(SocketClients.class).get("my-plant").spec();
				assertThat(spec.reconnect().maxPeriod()).isEqualTo(Duration.ofSeconds(3));
				assertThat(spec.connectTimeout()).isEqualTo(Duration.ofSeconds(4));
				assertThat(output).doesNotContain("no such key");
			});
	}

	@Test
	void entriesCanBeSwitchedOff() {
		this.plant.withPropertyValues(PLANT + "enabled=false")
			.run((context) -> assertThat(context.getBean(SocketClients.class)).isEmpty());
		this.plant.withPropertyValues("socket.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketClients.class));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			limits.frame=10,framing=raw    | limits.frame        | raw framing has no frames
			read-buffer=1KB                | read-buffer         | only raw framing uses it
			heartbeat.timeout=5s           | heartbeat.timeout   | heartbeat.period is off
			ssl.server-name=x              | ssl.server-name     | there is no ssl.bundle
			options.reuse-port=true        | options.reuse-port  | a client does not listen
			args=x                         | args                | there is no handler
			timeouts.handler=5s            | timeouts.handler    | there is no handler
			shutdown=immediate,drain-timeout=5s | drain-timeout  | the client stops immediately
			options.keep-alive=false,options.keep-alive-count=2 | options.keep-alive-count | options.keep-alive is off
			""")
	void keysThatChangeNothingAreWarnedAbout(String properties, String key, String reason, CapturedOutput output) {
		ApplicationContextRunner configured = this.plant;
		for (String property : properties.split(",")) {
			configured = configured.withPropertyValues(PLANT + property);
		}
		configured.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("Property socket.clients.plant." + key + " has no effect: " + reason);
	}

	@Test
	void aCorrelatorMayBeAFunction() {
		this.plant.withUserConfiguration(Handlers.class)
			.withPropertyValues(PLANT + "correlator=firstWord")
			.run((context) -> assertThat(spec(context).correlator()).isNotNull()
				.satisfies((correlator) -> assertThat(correlator.key("17 tea")).isEqualTo("17")));
	}

	@Test
	void aCorrelatorHasNothingToDoWhereTheHandlerReads() {
		this.plant.withUserConfiguration(Handlers.class)
			.withPropertyValues(PLANT + "correlator=firstWord", PLANT + "handler=stream")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.clients.plant.correlator is 'firstWord': it has no effect"));
	}

	@Test
	void clientsWithoutSocketClientsFailTheStart() {
		SocketServers users = mock(SocketServers.class);
		this.plant.withBean("mine", SocketServers.class, () -> users)
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.clients.plant is 'plant': there is no SocketClients bean"));
	}

	private static SocketClient client(AssertableApplicationContext context) {
		return context.getBean(SocketClients.class).get("plant");
	}

	private static ClientSpec spec(AssertableApplicationContext context) {
		return client(context).spec();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(UpperHandler.class)
	static class Handlers {

		static final String LISTENS = "somebody listens";

		@Bean
		Consumer<String> lines() {
			return LoggerFactory.getLogger(Handlers.class)::info;
		}

		@Bean
		StreamHandler stream() {
			return (in, out, session) -> in.transferTo(out);
		}

		@Bean
		Correlator orderNumber() {
			return Object::toString;
		}

		@Bean
		Function<String, String> firstWord() {
			return (text) -> text.split(" ")[0];
		}

		@Bean
		Executor workers() {
			return (task) -> new Thread(task).start();
		}

		@Bean
		String text() {
			return "no handler";
		}

		@EventListener
		void started(SocketServerStartedEvent event) {
			LoggerFactory.getLogger(Handlers.class).info("{}: {}", LISTENS, event.server().name());
		}

	}

}
