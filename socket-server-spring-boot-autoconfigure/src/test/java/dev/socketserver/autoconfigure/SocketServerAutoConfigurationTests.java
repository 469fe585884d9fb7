package dev.socketserver.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.framing.ConfiguredFramings;
import dev.socketserver.autoconfigure.keys.KeyCheck;
import dev.socketserver.autoconfigure.properties.EntryNames;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyFailureAnalyzer;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.properties.Variables;
import dev.socketserver.autoconfigure.spec.ReferencedBeans;
import dev.socketserver.autoconfigure.spec.ServerSpecs;
import dev.socketserver.autoconfigure.spec.SessionSpecs;
import dev.socketserver.autoconfigure.spec.TlsBundles;
import dev.socketserver.framing.Framing;
import dev.socketserver.handler.bean.HandlerBeans;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin.Location;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mock.env.MockEnvironment;

import static dev.socketserver.autoconfigure.properties.FailedStart.analysis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

@Tag("virtual-threads")
@ExtendWith(OutputCaptureExtension.class)
class SocketServerAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class));

	private final ApplicationContextRunner upper = this.runner.withUserConfiguration(UpperHandler.class)
		.withPropertyValues("socket.servers.upper.port=0");

	@Test
	void withoutServersNothingIsStarted() {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(SocketServers.class);
			assertThat(context.getBean(SocketServers.class)).isEmpty();
			assertThat(Thread.getAllStackTraces().keySet()).isSubsetOf(before);
		});
	}

	@Test
	void emptyBlocksAreNoServers() {
		this.runner.withPropertyValues("socket.servers=", "socket.server-defaults=")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aConfiguredServerListensOnLoopback() {
		this.upper.run((context) -> {
			SocketServer server = server(context, "upper");
			assertThat(server.state()).isEqualTo(ServerState.RUNNING);
			assertThat(server.localAddress()).isNotNull().satisfies((address) -> {
				assertThat(address.getAddress().isLoopbackAddress()).isTrue();
				assertThat(address.getPort()).isPositive();
			});
		});
	}

	@Test
	void aUsersServersTakePrecedence() {
		SocketServers users = mock(SocketServers.class, (invocation) -> switch (invocation.getMethod().getName()) {
			case "iterator" -> Collections.emptyIterator();
			default -> null;
		});
		this.runner.withBean("mine", SocketServers.class, () -> users)
			.run((context) -> assertThat(context.getBean(SocketServers.class)).isSameAs(users));
	}

	@Test
	void everythingCanBeSwitchedOff() {
		this.upper.withPropertyValues("socket.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SocketServers.class)
				.doesNotHaveBean(SocketProperties.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "true", "on", "yes", "1", "" })
	void everythingIsOnInAllSpellings(String on) {
		this.upper.withPropertyValues("socket.enabled=" + on)
			.run((context) -> assertThat(server(context, "upper").state()).isEqualTo(ServerState.RUNNING));
	}

	@Test
	void aSwitchThatIsNeitherOnNorOffFailsTheStart() {
		this.upper.withPropertyValues("socket.enabled=ture").run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription())
				.isEqualTo("Property socket.enabled is 'ture': it must be true or false.");
			assertThat(analysis.getAction()).isEqualTo("Change socket.enabled.");
		});
	}

	@Test
	void anEntryCanBeSwitchedOff(CapturedOutput output) {
		this.upper.withPropertyValues("socket.servers.upper.enabled=false").run((context) -> {
			assertThat(context.getBean(SocketServers.class)).isEmpty();
			assertThat(output).doesNotContain("Handler bean");
		});
	}

	@Test
	void entriesCanBeSwitchedOffByDefault() {
		this.upper
			.withPropertyValues("socket.server-defaults.enabled=false", "socket.servers.other.port=0",
					"socket.servers.other.handler=upper", "socket.servers.other.enabled=true")
			.run((context) -> assertThat(context.getBean(SocketServers.class)).extracting(SocketServer::name)
				.containsExactly("other"));
	}

	@Test
	void propertiesBecomeTheSpecification() {
		this.upper
			.withPropertyValues("socket.servers.upper.address=localhost", "socket.servers.upper.args[0]=one",
					"socket.servers.upper.args[1]=two", "socket.servers.upper.framing=length-field",
					"socket.servers.upper.limits.sessions=7", "socket.servers.upper.limits.frame=2KB",
					"socket.servers.upper.timeouts.idle=1500", "socket.servers.upper.execution.mode=event-loop",
					"socket.servers.upper.transport=nio", "spring.lifecycle.timeout-per-shutdown-phase=10s")
			.run((context) -> {
				ServerSpec spec = server(context, "upper").spec();
				assertThat(spec.handler().name()).isEqualTo("upper");
				assertThat(spec.host()).isEqualTo("localhost");
				assertThat(spec.session().args()).containsExactly("one", "two");
				assertThat(spec.framing()).isEqualTo(Framing.lengthField().build());
				assertThat(spec.limits().sessions()).isEqualTo(7);
				assertThat(spec.session().maxFrameBytes()).isEqualTo(2048);
				assertThat(spec.session().timeouts().idle()).isEqualTo(Duration.ofMillis(1500));
				assertThat(spec.session().execution().mode()).isEqualTo(ExecutionMode.EVENT_LOOP);
				assertThat(spec.transport()).isEqualTo(SocketTransport.NIO);
				assertThat(spec.drainTimeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(spec.threads().serverDaemon()).isFalse();
			});
	}

	@Test
	void anEntryInheritsWhereItIsSilent() {
		this.upper
			.withPropertyValues("socket.server-defaults.limits.sessions=7", "socket.server-defaults.limits.frame=100",
					"socket.server-defaults.timeouts.idle=1m", "socket.server-defaults.transport=nio",
					"socket.servers.upper.limits.frame=200", "socket.servers.upper.timeouts.idle=0")
			.run((context) -> {
				ServerSpec spec = server(context, "upper").spec();
				assertThat(spec.limits().sessions()).isEqualTo(7);
				assertThat(spec.session().maxFrameBytes()).isEqualTo(200);
				assertThat(spec.session().timeouts().idle()).isNull();
				assertThat(spec.transport()).isEqualTo(SocketTransport.NIO);
			});
	}

	@Test
	void aSilentEntryGetsTheDefaults() {
		this.upper.run((context) -> {
			ServerSpec spec = server(context, "upper").spec();
			assertThat(spec.framing()).isEqualTo(Framing.line());
			assertThat(spec.limits().sessions()).isEqualTo(10_000);
			assertThat(spec.session().maxFrameBytes()).isEqualTo(64 * 1024);
			assertThat(spec.session().timeouts().idle()).isNull();
			assertThat(spec.transport()).isEqualTo(SocketTransport.AUTO);
			assertThat(spec.drainTimeout()).isEqualTo(Duration.ofSeconds(27));
		});
	}

	@Test
	void aShortShutdownPhaseLeavesHalfOfItForTheDrain() {
		this.upper.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=4s")
			.run((context) -> assertThat(server(context, "upper").spec().drainTimeout())
				.isEqualTo(Duration.ofSeconds(2)));
	}

	@ParameterizedTest
	@CsvSource({ "any", "'*'" })
	void everyInterfaceHasTwoSpellings(String address) {
		this.upper.withPropertyValues("socket.servers.upper.address=" + address)
			.run((context) -> assertThat(server(context, "upper").spec().anyHost()).isTrue());
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_24)
	void recentJavaRunsHandlersOnVirtualThreadsUnlessSwitchedOff() {
		this.upper.run((context) -> assertThat(server(context, "upper").spec().session().execution().mode())
			.isEqualTo(ExecutionMode.VIRTUAL));
		this.upper.withPropertyValues("spring.threads.virtual.enabled=false")
			.run((context) -> assertThat(server(context, "upper").spec().session().execution().mode())
				.isEqualTo(ExecutionMode.POOL));
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_23)
	void olderJavaRunsHandlersInThePool() {
		this.upper.run((context) -> assertThat(server(context, "upper").spec().session().execution().mode())
			.isEqualTo(ExecutionMode.POOL));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void bootsSwitchTurnsVirtualThreadsOn() {
		this.upper.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> assertThat(server(context, "upper").spec().session().execution().mode())
				.isEqualTo(ExecutionMode.VIRTUAL));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					port=                 | .port     | not set         | server 'upper' needs a port              | between 1 and 65535, or to 0
					port=70000            | .port     | '70000'         | must be a number between 0 and 65535     | between 1 and 65535, or to 0
					port=-1               | .port     | '-1'            | must be a number between 0 and 65535     | between 1 and 65535, or to 0
					port=abc              | .port     | 'abc'           | must be a number between 0 and 65535     | between 1 and 65535, or to 0
					framing=lines         | .framing  | 'lines'         | there is no such framing, nearest: 'line' | line, length-field, delimiter
					framing=raw           | .framing  | 'raw'           | a handler of text needs whole texts      | Change socket.servers.upper.framing
					limits.sessions=0     | .limits.sessions | '0'      | must be positive                         | Change socket.servers.upper.limits.sessions
					limits.frame=-5       | .limits.frame    | '-5B'    | must be positive                         | Change socket.servers.upper.limits.frame
					limits.frame=70000000000 | .limits.frame | '70000000000B' | must be below 2 GB               | Set it to
					limits.frame=4096MB   | .limits.frame    | '4096MB' | must be below 2 GB                       | Set it to
					limits.frame=${spring.frame:9GB} | .limits.frame | '9GB' | must be below 2 GB               | Set it to
					limits.frame=2GB      | .limits.frame    | '2GB' | must be below 2 GB                          | Set it to
					charset=UTF-99        | .charset         | 'UTF-99' | a charset that this JVM has              | Change socket.servers.upper.charset
					framing.type=fixed    | .framing.size    | not set  | must be at least 1                       | Set socket.servers.upper.framing.size
					timeouts.idle=-90m    | .timeouts.idle   | '-90m'   | must be at least a millisecond           | Change socket.servers.upper.timeouts.idle
					timeouts.idle=1ns     | .timeouts.idle   | '1ns'            | must be at least a millisecond   | Change socket.servers.upper.timeouts.idle
					timeouts.idle=-1s     | .timeouts.idle   | '-1s'    | must be at least a millisecond           | Change socket.servers.upper.timeouts.idle
					timeouts.idle=99999999999d | .timeouts.idle | '99999999999d' | must be at least a millisecond and at most 100 years, or 0 for none. | Change socket.servers.upper.timeouts.idle
					port=no-such-service  | .port     | 'no-such-service' | or a service that this machine knows | between 1 and 65535, or to 0
					backlog=-1            | .backlog  | '-1'            | must not be negative                     | Change socket.servers.upper.backlog
					ip-family=dual        | .ip-family | 'dual'         | the address must be any                  | Change socket.servers.upper.ip-family
					options.keep-alive-idle=1ms | .options.keep-alive-idle | '1ms' | must be between 1 and 32767 seconds | Change socket.servers.upper.options.keep-alive-idle
					options.user-timeout=9223372036854775807s | .options.user-timeout | '9223372036854775807s' | must be between a millisecond and 24 days | Change socket.servers.upper.options.user-timeout
					options.receive-buffer=-1 | .options.receive-buffer | '-1B' | must be positive                   | Change socket.servers.upper.options.receive-buffer
					options.send-buffer=2GB | .options.send-buffer | '2GB' | must be below 2 GB              | Set it to
					requests-per-session=-1 | .requests-per-session | '-1' | must not be negative                  | Change socket.servers.upper.requests-per-session
					limits.accept-rate=-1 | .limits.accept-rate | '-1'  | must not be negative                     | Change socket.servers.upper.limits.accept-rate
					limits.alarm=101%     | .limits.alarm | '101%'      | must be between 0% and 100%              | Change socket.servers.upper.limits.alarm
					limits.alarm=most     | .limits.alarm | 'most'      | must be a percentage such as 80%         | Change socket.servers.upper.limits.alarm
					timeouts.first-frame=-1s | .timeouts.first-frame | '-1s' | must be at least a millisecond and at most 100 years, or 0 for none. | Change socket.servers.upper.timeouts.first-frame
					heartbeat.period=5ms  | .heartbeat.period | '5ms'   | must be at least 10 milliseconds and at most a year, or 0 for none. | Change socket.servers.upper.heartbeat.period
					drain-timeout=-1s     | .drain-timeout | '-1s'    | must not be negative                     | Change socket.servers.upper.drain-timeout
					start.on-failur=warn  | .start.on-failur | 'warn'   | nearest: 'socket.servers.upper.start.on-failure' | Change the key
					start.await=true      | .start.await | 'true'       | nearest: 'socket.servers.upper.start.wait' | Change the key
					port[0]=1             | .port[0]  | '1'             | socket.servers.upper.port is one value, no list | without an index
					framing[0]=raw        | .framing[0] | 'raw'         | socket.servers.upper.framing is one value, no list | without an index
					handler=uper          | .handler  | 'uper'          | no handler of that name; nearest: 'upper'. | Set it to the name of a handler bean, or to a name in the @SocketHandler annotation of one, or remove it and annotate the handler with @SocketHandler("upper").
					handler=upperCase     | .handler  | 'upperCase'     | no handler of that name; nearest: 'upper'. | Set it to the name of a handler bean
					handler=puper         | .handler  | 'puper'         | no handler of that name; nearest: 'upper'. | Set it to the name of a handler bean
					handler=environment   | .handler  | 'environment'   | is none of StreamHandler, ConversationHandler, ConnectionHandler, Function, Consumer, and has no methods annotated with @OnMessage | Make it one of these
					prot=1                | .prot     | '1'             | no such key, nearest: 'socket.servers.upper.port' | Change the key
					limits.frames=1       | .limits.frames | '1'        | no such key, nearest: 'socket.servers.upper.limits.frame' | Change the key
					limits.deny[1]=::1    | .limits.deny[1] | '::1'     | elements of a list are numbered from 0 | Write all elements in the same source
					ssl.sni[1].host=a     | .ssl.sni[1].host | 'a'      | elements of a list are numbered from 0 | Write all elements in the same source
					""")
	void aWrongValueFailsTheStart(String property, String name, String value, String problem, String remedy) {
		this.upper.withPropertyValues("socket.servers.upper." + property).run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription())
				.startsWith("Property socket.servers.upper" + name + " is " + value + ":")
				.contains(problem);
			assertThat(analysis.getAction()).contains(remedy);
		});
	}

	@Test
	void aVariableForOneElementOfAListFailsTheStart() {
		this.upper.withPropertyValues("socket.servers.upper.args[0]=a", "socket.servers.upper.args[1]=b")
			.withInitializer(Variables.of("SOCKET_SERVERS_UPPER_ARGS_1_=c"))
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.servers.upper.args[1] is 'c': the elements of a list are numbered from 0,"
						+ " and the list of one source replaces those of all others"));
	}

	@Test
	void aPercentageMayBeANumber() {
		this.upper.withInitializer(fromYaml("limits.alarm: 50"))
			.run((context) -> assertThat(server(context, "upper").spec().limits().alarm()).isEqualTo(50));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			limits.alarm: 0.8  | .limits.alarm | '0.8'  | it must be a percentage such as 80%.
			limits.alarm: 101  | .limits.alarm | '101%' | it must be between 0% and 100%.
			limits.frame: true | .limits.frame | 'true' | it must be a size such as 64KB, or a number of bytes.
			""")
	void whatYamlHasMadeOfAValueFailsTheStartLikeText(String line, String name, String value, String problem) {
		this.upper.withInitializer(fromYaml(line)).run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription())
				.isEqualTo("Property socket.servers.upper" + name + " is " + value + ": " + problem);
			assertThat(analysis.getAction()).isEqualTo("Change socket.servers.upper" + name + ".");
		});
	}

	/** Numbers and truth values are such here, and not text. */
	private static ApplicationContextInitializer<ConfigurableApplicationContext> fromYaml(String line) {
		return yaml("socket.servers.upper." + line);
	}

	private static ApplicationContextInitializer<ConfigurableApplicationContext> yaml(String yaml) {
		return (context) -> {
			try {
				new YamlPropertySourceLoader()
					.load("test.yml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
					.forEach(context.getEnvironment().getPropertySources()::addFirst);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		};
	}

	@Test
	void aNegativeShutdownPhaseLeavesNoTimeForTheDrain() {
		this.upper.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=-5s")
			.run((context) -> assertThat(server(context, "upper").spec().drainTimeout()).isZero());
	}

	@Test
	void aMissingPortFailsTheStart() {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.upper.framing=line")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.servers.upper.port is not set: server 'upper' needs a port."));
	}

	@Test
	void anEntryWithoutKeysFailsTheStart() {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.upper=")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.servers.upper.port is not set: server 'upper' needs a port."));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					servers.upper=8888 | a server is a block of keys. Write the keys below it, such as socket.servers.upper.port.
					clients.plant=8888 | a client is a block of keys. Write the keys below it, such as socket.clients.plant.port.
					servers=upper      | servers are entries, each with a name. Write socket.servers.<name>, and the keys below that.
					servers[0].port=1  | servers are entries, each with a name. Write socket.servers.<name>, and the keys below that.
					clients[0]=plant   | clients are entries, each with a name. Write socket.clients.<name>, and the keys below that.
					servers.upper.ssl=web          | it is a block with the keys bundle, mode, client-auth, handshake-timeout, sni. Write the keys below it, such as socket.servers.upper.ssl.bundle.
					servers.upper.ssl.sni[0]=web   | it is a block with the keys host, bundle. Write the keys below it, such as socket.servers.upper.ssl.sni[0].host.
					servers.upper.framing.escape=a | it is a block with the keys mark, mask. Write the keys below it, such as socket.servers.upper.framing.escape.mark.
					server-defaults.heartbeat=5s   | it is a block with the keys period, timeout. Write the keys below it, such as socket.server-defaults.heartbeat.period.
					clients.plant.reconnect=5s     | it is a block with the keys period, max-period, jitter. Write the keys below it, such as socket.clients.plant.reconnect.period.
					limits=64MB                    | it is a block with the keys memory. Write the keys below it, such as socket.limits.memory.
					servers.upper.ssl.sni=web      | it is a list of blocks with the keys host, bundle. Write a list, such as socket.servers.upper.ssl.sni[0].host.
					servers.upper.framing.cases=a  | it is a list of blocks with the keys prefix, framing. Write a list, such as socket.servers.upper.framing.cases[0].prefix.
					servers.port=8888              | there is no such key, nearest: 'socket.servers.<name>.port'. Change the key, or remove it.
					servers.timeouts.idle=5s       | there is no such key, nearest: 'socket.servers.<name>.timeouts.idle'. Change the key, or remove it.
					servers.framing.type=line      | there is no such key, nearest: 'socket.servers.<name>.framing.type'. Change the key, or remove it.
					clients.host=localhost         | there is no such key, nearest: 'socket.clients.<name>.host'. Change the key, or remove it.
					servers.upper.timeout=5s       | there is no such key, nearest: 'socket.servers.upper.timeouts', a block with the keys first-frame, frame, idle, write, session, handler, on-frame. Change the key, or remove it.
					servers.upper.limits.max=5     | there is no such key, nearest: 'socket.servers.upper.limits.alarm'. Change the key, or remove it.
					clients.plant.timeout=1s       | there is no such key, nearest: 'socket.clients.plant.timeouts', a block with the keys first-frame, frame, idle, write, session, handler, on-frame. Change the key, or remove it.
					servers.upper.ssl.snis=a       | there is no such key, nearest: 'socket.servers.upper.ssl.sni', a list of blocks with the keys host, bundle. Change the key, or remove it.
					servers.upper.framng=line      | there is no such key, nearest: 'socket.servers.upper.framing'. Change the key, or remove it.
					server-defaults.limit=5        | there is no such key, nearest: 'socket.server-defaults.limits', a block with the keys sessions, on-full, accept-rate, frame, sessions-per-address, pending, allow, deny, alarm. Change the key, or remove it.
					""")
	void whatHasKeysOfItsOwnHasNoValue(String property, String problem) {
		this.runner.withPropertyValues("socket." + property).run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription() + " " + analysis.getAction())
				.isEqualTo("Property socket." + property.replace("=", " is '") + "': " + problem);
		});
	}

	@Test
	void memoryOfAllServersIsBounded() {
		this.upper.run((context) -> assertThat(context.getBean(SocketServers.class).memoryLimit())
			.isEqualTo(NettySocketServers.defaultMemoryLimit())
			.isPositive());
		this.upper.withPropertyValues("socket.limits.memory=64MB")
			.run((context) -> assertThat(context.getBean(SocketServers.class).memoryLimit())
				.isEqualTo(64 * 1024 * 1024));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			limits.memory=0    | is '0': it must be a positive size
			limits.memory=-1MB | is '-1MB': it must be a positive size
			limits.memory=lots | is 'lots': it must be a size such as 64KB, or a number of bytes
			""")
	void aWrongLimitOfMemoryFailsTheStart(String property, String problem) {
		this.upper.withPropertyValues("socket." + property)
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket." + property.substring(0, property.indexOf('=')) + " " + problem + "."));
	}

	@Test
	void aPasswordWithAWrongKeyIsNotShown() {
		this.upper.withPropertyValues("socket.servers.upper.password=hunter2")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.servers.upper.password is '******': there is no such key, nearest: '"));
	}

	/** Only the blocks of servers and clients are ours. */
	@ParameterizedTest
	@ValueSource(strings = { "socket.port=9999", "socket.timeout=5s", "socket.server.port=1", "socket.limits.max=5",
			"socket.client-defaults.framing=line", "socket.io.buffer.size=5", "socket.pool[0].host=a", "socket=x" })
	void otherKeysAreThoseOfTheApplication(String property, CapturedOutput output) {
		this.upper.withPropertyValues(property).run((context) -> {
			assertThat(server(context, "upper").state()).isEqualTo(ServerState.RUNNING);
			assertThat(output).doesNotContain("no such key");
		});
	}

	/** They may have a class of their own for them. */
	@Test
	void anApplicationMayHavePropertiesOfItsOwnThere() {
		this.upper.withUserConfiguration(OwnProperties.class)
			.withPropertyValues("socket.port=9999", "socket.retries=3")
			.run((context) -> {
				assertThat(server(context, "upper").state()).isEqualTo(ServerState.RUNNING);
				assertThat(context.getBean(OwnSocketProperties.class).port()).isEqualTo(9999);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "port", "handler", "args" })
	void whatIsNotInheritedIsNoDefault(String key) {
		this.upper.withPropertyValues("socket.server-defaults." + key + "=1").run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription()).isEqualTo("Property socket.server-defaults." + key
					+ " is '1': each server sets it itself, and it is not inherited.");
			assertThat(analysis.getAction()).isEqualTo("Move it to socket.servers.<name>." + key + ".");
		});
	}

	@ParameterizedTest
	@CsvSource({ "limits.sessions, -1", "framing, raw", "heartbeat.period, 5s" })
	void aDefaultThatDoesNotFitAServerNamesTheServer(String key, String value) {
		this.upper.withPropertyValues("socket.server-defaults." + key + "=" + value)
			.run((context) -> assertThat(analysis(context).getAction())
				.isEqualTo("Change socket.server-defaults." + key + ", or set socket.servers.upper." + key + "."));
	}

	@Test
	void aSharedFramingThatIsTooLongForAServerNamesTheServer() {
		this.upper
			.withPropertyValues("socket.server-defaults.framing.type=fixed", "socket.server-defaults.framing.size=2000",
					"socket.servers.upper.limits.frame=1000B")
			.run((context) -> assertThat(analysis(context).getAction())
				.isEqualTo("Make it smaller, or raise limits.frame, or set socket.servers.upper.framing."));
	}

	@Test
	void aSizeIsShownAsItIsWritten() {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.server-defaults.limits.frame=70000000000", "socket.servers.my-server.port=0",
					"socket.servers.my-server.handler=upper")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.server-defaults.limits.frame is '70000000000B': "));
		this.runner.withUserConfiguration(UpperHandler.class)
			.withInitializer(Variables.of("SOCKET_SERVERS_MYSERVER_LIMITS_FRAME=70000000000"))
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.servers.my-server.limits.frame is '70000000000B': "));
	}

	@Test
	void aWrongDefaultIsNamedAsSuch() {
		this.upper.withPropertyValues("socket.server-defaults.limits.sessions=-1")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.server-defaults.limits.sessions is '-1':"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			limits.sessions=many | it must be a whole number
			limits.frame=much    | it must be a size such as 64KB, or a number of bytes
			timeouts.idle=long   | it must be a duration such as 30s, or a number of milliseconds
			enabled=perhaps      | it must be true or false
			transport=kqueues    | it must be one of auto, fastest, nio, epoll, kqueue, io_uring
			execution.mode=loop  | it must be one of auto, virtual, pool, event-loop
			""")
	void aValueOfTheWrongTypeFailsTheStart(String property, String problem) {
		this.upper.withPropertyValues("socket.servers.upper." + property)
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.servers.upper." + property.replace("=", " is '") + "': " + problem + "."));
	}

	@Test
	void theAnalysisNamesTheOrigin() {
		MockEnvironment environment = new MockEnvironment();
		environment.getPropertySources()
			.addFirst(new OriginTrackedMapPropertySource("file", Map.of("socket.servers.upper.port",
					OriginTrackedValue.of("x", new TextResourceOrigin(null, new Location(3, 4))))));
		assertThat(new InvalidSocketPropertyFailureAnalyzer(environment)
			.analyze(new InvalidSocketPropertyException("socket.servers.upper.port", "x", "it is wrong", "Change it"))
			.getDescription()).endsWith("Origin: unknown resource [?] - 4:5");
	}

	@Test
	void theAnalysisNamesTheVariableThatAnEntryIsFrom() {
		MockEnvironment environment = new MockEnvironment();
		environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					Map.of("SOCKET_SERVERS_UPER_PORT", "0", "SOCKET_SERVERS_LOWER_BACKLOG", "5")));
		environment.setProperty("socket.servers.lower.port", "0");
		InvalidSocketPropertyFailureAnalyzer analyzer = new InvalidSocketPropertyFailureAnalyzer(environment);
		assertThat(analyzer
			.analyze(new InvalidSocketPropertyException("socket.servers.uper.handler", null, "there is none", "Set it"))
			.getDescription()).contains("Origin: \"SOCKET_SERVERS_UPER_PORT\" from");
		assertThat(analyzer
			.analyze(
					new InvalidSocketPropertyException("socket.servers.lower.handler", null, "there is none", "Set it"))
			.getDescription()).doesNotContain("Origin");
	}

	@ParameterizedTest
	@ValueSource(strings = { "off", "on", "no", "yes", "false" })
	void aNameThatYamlReadsAsABooleanFailsTheStart(String name) {
		String yaml = "socket.servers:\n  %s:\n    port: 0\n    handler: upper\n";
		this.runner.withUserConfiguration(UpperHandler.class)
			.withInitializer(yaml(yaml.formatted(name)))
			.run((context) -> assertThat(analysis(context).getDescription()).matches("Property socket\\.servers\\."
					+ "(true|false) is '(true|false)': YAML reads on, off, yes, no, true and false as true or false\\."));
		this.runner.withUserConfiguration(UpperHandler.class)
			.withInitializer(yaml(yaml.formatted("\"" + name + "\"")))
			.run((context) -> assertThat(context.getBean(SocketServers.class).server(name)).isPresent());
	}

	@Test
	void aWrongNameFailsTheStart() {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.Upper.port=0", "socket.servers.Upper.handler=upper")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.servers.Upper is 'Upper': a server's name must be a lower-case letter"));
	}

	@Test
	void anUnknownKeyInTheEnvironmentIsAWarning(CapturedOutput output) {
		this.upper.withSystemProperties("socket.servers.upper.prot=1")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Property socket.servers.upper.prot is ignored: there is no such key, "
				+ "nearest: 'socket.servers.upper.port'");
	}

	@Test
	void anUnknownKeyOfAFramingInTheEnvironmentNamesItsType(CapturedOutput output) {
		this.upper.withPropertyValues("socket.servers.upper.framing.type=delimiter")
			.withPropertyValues("socket.servers.upper.framing.delimiters=;")
			.withSystemProperties("socket.servers.upper.framing.kep=true")
			.run((context) -> assertThat(output).contains("Property socket.servers.upper.framing.kep is ignored: "
					+ "a framing of type 'delimiter' has no such key, nearest: 'socket.servers.upper.framing.keep'"));
	}

	@Test
	void aVariableThatOverridesMakesNoSecondServer(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper")
			.withInitializer(
					Variables.of("SOCKET_SERVERS_MYSERVER_LIMITS_SESSIONS=3", "SOCKET_SERVER_DEFAULTS_TRANSPORT=nio"))
			.run((context) -> {
				assertThat(context.getBean(SocketServers.class)).extracting(SocketServer::name)
					.containsExactly("my-server");
				ServerSpec spec = server(context, "my-server").spec();
				assertThat(spec.limits().sessions()).isEqualTo(3);
				assertThat(spec.transport()).isEqualTo(SocketTransport.NIO);
				assertThat(output).doesNotContain("no such key");
			});
	}

	@Test
	void aVariableWithUnderscoresForAllDashesIsNotSaidToBeIgnored(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper")
			.withInitializer(Variables.of("SOCKET_SERVERS_MY_SERVER_LIMITS_ON_FULL=wait",
					"SOCKET_SERVERS_MY_SERVER_LIMITS_ALLOW_0=127.0.0.0/8", "SOCKET_SERVER_DEFAULTS_FRAMING_TYPE=line",
					"SOCKET_SERVER_DEFAULTS_FRAMING_ENDING=crlf"))
			.run((context) -> {
				ServerSpec spec = server(context, "my-server").spec();
				assertThat(spec.limits().onFull()).isEqualTo(OnFull.WAIT);
				assertThat(spec.limits().allow()).hasSize(1);
				assertThat(output).doesNotContain("no such key");
			});
	}

	@Test
	void aVariableOfANameThatBeginsWithAnotherOneIsNotSaidToBeIgnored(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper",
					"socket.servers.my-server-two.port=0", "socket.servers.my-server-two.handler=upper")
			.withInitializer(Variables.of("SOCKET_SERVERS_MY_SERVER_TWO_LIMITS_ON_FULL=wait"))
			.run((context) -> {
				assertThat(server(context, "my-server-two").spec().limits().onFull()).isEqualTo(OnFull.WAIT);
				assertThat(output).doesNotContain("no such key");
			});
	}

	@Test
	void aVariableWithUnderscoresForSomeDashesIsSaidToBeIgnored(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper")
			.withInitializer(Variables.of("SOCKET_SERVERS_MYSERVER_LIMITS_ON_FULL=wait"))
			.run((context) -> {
				assertThat(server(context, "my-server").spec().limits().onFull()).isEqualTo(OnFull.REJECT);
				assertThat(output).contains("Property socket.servers.myserver.limits.on.full is ignored: "
						+ "there is no such key, nearest: 'socket.servers.myserver.limits.on-full'");
			});
	}

	@Test
	void aVariableThatHasAnUnderscoreForADashIsNotifiedTheKeyWithout(CapturedOutput output) {
		this.upper.withInitializer(Variables.of("SOCKET_SERVERS_MY_OWN_SERVER_LIMITS_SESSIONS=3"))
			.run((context) -> assertThat(output)
				.contains("Property socket.servers.my.own.server.limits.sessions is ignored: there is no such key, "
						+ "nearest: 'socket.servers.myownserver.limits.sessions'"));
	}

	@Test
	void aMisspelledVariableWithUnderscoresForDashesIsNotifiedTheKeyOfItsServer(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper",
					"socket.servers.my-server-two.port=0", "socket.servers.my-server-two.handler=upper")
			.withInitializer(Variables.of("SOCKET_SERVERS_MY_SERVER_LIMIT_SESSIONS=3",
					"SOCKET_SERVERS_MY_SERVER_TWO_ARG_0=x", "SOCKET_SERVER_DEFAULTS_DRAIN_TIMEOT=1s"))
			.run((context) -> assertThat(output).contains("nearest: 'socket.servers.my-server.limits.sessions'")
				.contains("nearest: 'socket.servers.my-server-two.args")
				.contains("nearest: 'socket.server-defaults.drain-timeout'"));
	}

	@Test
	void aVariableThatIsAValueWhereThereShouldBeKeysIsIgnored(CapturedOutput output) {
		this.upper.withInitializer(Variables.of("SOCKET_SERVERS_PORT=tcp://192.0.2.1:80", "SOCKET_CLIENTS=two"))
			.run((context) -> {
				assertThat(context.getBean(SocketServers.class)).extracting(SocketServer::name)
					.containsExactly("upper");
				assertThat(output).contains("Property socket.servers.port is ignored: there is no such key")
					.contains("Property socket.clients is ignored: there is no such key");
			});
	}

	@Test
	void namesThatDifferOnlyInDashesInOneSourceFail() {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper",
					"socket.servers.myserver.port=0", "socket.servers.myserver.handler=upper")
			.run((context) -> {
				FailureAnalysis analysis = analysis(context);
				assertThat(analysis.getDescription()).matches("Property socket\\.servers\\.my-?server is 'my-?server': "
						+ "names that differ only in dashes or capitals are the same, and there is 'my-?server'\\.");
				assertThat(analysis.getAction()).isEqualTo("Choose another name for one of them.");
			});
	}

	@Test
	void anotherSourceMaySpellANameInAnotherWay() {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withPropertyValues("socket.servers.my-server.port=0", "socket.servers.my-server.handler=upper")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("other", Map.of("socket.servers.myServer.limits.sessions", "3"))))
			.run((context) -> assertThat(server(context, "my-server").spec().limits().sessions()).isEqualTo(3));
	}

	@Test
	void namesThatDifferOnlyInDashesFail() {
		assertThatExceptionOfType(InvalidSocketPropertyException.class)
			.isThrownBy(() -> EntryNames.collapse(Section.SERVERS, Map.of("my-server", 1, "mys-erver", 2)))
			.withMessageContaining("names that differ only in dashes or capitals");
		assertThat(EntryNames.collapse(Section.SERVERS, Map.of("upper", 1, "lower", 2))).hasSize(2);
	}

	@Test
	void virtualThreadsThatTheJvmLacksFail() {
		MockEnvironment environment = new MockEnvironment()
			.withProperty("socket.server-defaults.execution.mode", "virtual")
			.withProperty("socket.servers.upper.port", "0");
		SocketProperties properties = Binder.get(environment)
			.bind("socket", Bindable.of(SocketProperties.class), new KeyCheck().apply(BindHandler.DEFAULT))
			.get();
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		beans.registerSingleton("talk", (StreamHandler) (in, out, session) -> {
		});
		ServerSpecs specs = new ServerSpecs(
				new SessionSpecs(new ConfiguredFramings(beans, environment, new KeyCheck()), environment,
						JavaVersion.SEVENTEEN, new ReferencedBeans(beans), new TlsBundles(beans), 1 << 30),
				List.of(), beans);
		ServerProperties entry = Objects.requireNonNull(properties.getServers().get("upper"));

		assertThatExceptionOfType(InvalidSocketPropertyException.class)
			.isThrownBy(() -> specs.create("upper", entry, new HandlerBeans(beans), "talk"))
			.withMessage("Property socket.server-defaults.execution.mode is 'virtual': "
					+ "Java 17 has no virtual threads. Run on Java 21 or later, or use pool.");
	}

	@Test
	void aServerWithoutHandlerFailsTheStart() {
		this.upper.withPropertyValues("socket.servers.uper.port=0").run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription())
				.isEqualTo("Property socket.servers.uper.handler is not set: server 'uper' has no handler; "
						+ "nearest: 'upper'.");
			assertThat(analysis.getAction()).startsWith("Annotate a bean with @SocketHandler(\"uper\"), or set");
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			TwoMessages | has several @OnMessage methods: method %1$s.on(String) and method %1$s.on(byte[])
			Unfit       | : method %1$s.on(String, Thread): parameters 1 (java.lang.String text) and 2
			NoForm      | is none of StreamHandler, ConversationHandler, ConnectionHandler, Function, Consumer,
			""")
	void aMistakeInAHandlerIsNotSaidToBeOneOfTheProperty(String type, String problem) throws Exception {
		Class<?> handler = Class.forName(getClass().getName() + "$" + type);
		String bean = "bean 'calc' (class " + handler.getName() + ")";
		ApplicationContextRunner calc = this.runner
			.withInitializer((context) -> ((GenericApplicationContext) context).registerBean("calc", handler))
			.withPropertyValues("socket.servers.sums.port=0");
		calc.run((context) -> assertThat(analysis(context).getDescription())
			.startsWith("Server 'sums' has no usable handler: " + bean)
			.contains(problem.formatted(handler.getName())));
		if (handler != NoForm.class) {
			calc.withPropertyValues("socket.servers.sums.handler=calc")
				.run((context) -> assertThat(analysis(context).getDescription())
					.startsWith("Server 'sums' has no usable handler (socket.servers.sums.handler is 'calc'): " + bean)
					.contains(problem.formatted(handler.getName())));
		}
	}

	/** What the remedy of a wrong {@code handler} says. */
	@Test
	void aHandlerHasTheNameInTheAnnotationOfABeanOrTheAnnotationThatOfTheServer() {
		this.runner.withUserConfiguration(FormsConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=gauge",
					"socket.servers.talk.port=0")
			.run((context) -> {
				assertThat(server(context, "other").spec().handler().name()).isEqualTo("meter");
				assertThat(server(context, "talk").spec().handler().name()).isEqualTo("talk");
			});
	}

	@Test
	void twoHandlersForOneServerFailTheStart() {
		this.upper.withUserConfiguration(AnotherUpperConfiguration.class).run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription()).isEqualTo("Property socket.servers.upper.handler is not set: "
					+ "server 'upper' has several handlers, the beans 'upper' and 'another'.");
			assertThat(analysis.getAction()).startsWith("Set it to one of them");
		});
		this.upper.withUserConfiguration(AnotherUpperConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=upper",
					"socket.servers.upper.handler=another")
			.run((context) -> assertThat(server(context, "upper").spec().handler().name()).isEqualTo("another"));
	}

	@Test
	void aHandlerWithoutServerIsAWarning(CapturedOutput output) {
		this.runner.withUserConfiguration(UpperHandler.class, FormsConfiguration.class)
			.withPropertyValues("socket.servers.uper.port=0", "socket.servers.uper.handler=upper",
					"socket.servers.talks.port=0", "socket.servers.talks.handler=meter")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.contains("Handler bean 'talk' serves 'talk', but there is no server of that name "
					+ "(nearest: 'talks'): set socket.servers.talk.port, or change the name")
			.doesNotContain("Handler bean 'upper'");
	}

	@Test
	void aNameOfTwoHandlersDoesNotNameOne() {
		this.runner.withUserConfiguration(FormsConfiguration.class, AnotherGaugeConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=gauge")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.servers.other.handler is 'gauge': server 'other' has several handlers, "
						+ "the beans 'meter' and 'second'."));
	}

	@Test
	void everyNameThatIsNoServerIsAWarning(CapturedOutput output) {
		this.upper.withUserConfiguration(NamelessConfiguration.class, FormsConfiguration.class)
			.withPropertyValues("socket.servers.gauge.port=0")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Handler bean 'meter' serves 'meters', but there is no server of that name")
			.contains("Handler bean 'nameless' serves no server")
			.doesNotContain("serves 'gauge'");
	}

	@Test
	void aHandlerWithoutNameServesTheOneServerThatNamesNone() {
		this.upper.withUserConfiguration(NamelessConfiguration.class)
			.withPropertyValues("socket.servers.rest.port=0")
			.run((context) -> assertThat(server(context, "rest").spec().handler().name()).isEqualTo("nameless"));
	}

	@Test
	void aHandlerWithoutNameCannotTellTwoServersApart() {
		this.upper.withUserConfiguration(NamelessConfiguration.class)
			.withPropertyValues("socket.servers.rest.port=0", "socket.servers.more.port=0")
			.run((context) -> assertThat(analysis(context).getDescription()).contains(
					"the only handler that names no server, bean 'nameless', cannot tell the servers", "'rest'",
					"'more'"));
	}

	@Test
	void aHandlerCanBeNamedByItsAnnotation() {
		this.runner.withUserConfiguration(UpperHandler.class, FormsConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=gauge")
			.run((context) -> assertThat(server(context, "other").spec().handler().name()).isEqualTo("meter"));
	}

	@Test
	void aHandlerNeedsNoAnnotationToBeNamed() {
		this.runner.withBean("plain", StreamHandler.class, () -> (in, out, session) -> {
		})
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=plain")
			.run((context) -> assertThat(server(context, "other").spec().framing()).isEqualTo(Framing.raw()));
	}

	@Test
	void aHandlerCanBeNamedByAnAlias(CapturedOutput output) {
		this.runner.withUserConfiguration(AliasConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=loud")
			.run((context) -> {
				assertThat(server(context, "other").spec().handler().name()).isEqualTo("shout");
				assertThat(output).doesNotContain("serves no server");
			});
	}

	@Test
	void anAliasDoesNotHideWhomAHandlerIsFor() {
		this.runner.withUserConfiguration(AliasConfiguration.class)
			.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=peer")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.servers.other.handler is 'peer': the bean of that name is annotated with "
						+ "@SocketClientHandler, and serves clients only"));
	}

	@Test
	void aHandlerMayBeInAParentContext() {
		new ApplicationContextRunner().withUserConfiguration(AliasConfiguration.class)
			.run((parent) -> this.runner.withParent(parent)
				.withPropertyValues("socket.servers.other.port=0", "socket.servers.other.handler=loud")
				.run((context) -> assertThat(server(context, "other").state()).isEqualTo(ServerState.RUNNING)));
	}

	@Test
	void aHandlerOfBytesNeedsAFraming() {
		ApplicationContextRunner bytes = this.runner.withUserConfiguration(FormsConfiguration.class)
			.withPropertyValues("socket.servers.bytes.port=0");
		bytes.run((context) -> assertThat(analysis(context).getDescription())
			.startsWith("Property socket.servers.bytes.framing is not set: it is required for a handler of bytes"));
		bytes.withPropertyValues("socket.servers.bytes.framing=length-field")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aHandlerThatDoesNotSayWhatItReadsFailsTheStart() {
		this.runner.withUserConfiguration(FormsConfiguration.class)
			.withPropertyValues("socket.servers.raw.port=0", "socket.servers.raw.handler=untyped")
			.run((context) -> {
				FailureAnalysis analysis = analysis(context);
				assertThat(analysis.getDescription()).contains("socket.servers.raw.handler", "bean 'untyped' (method ",
						"FormsConfiguration.untyped()) does not declare what it reads");
				assertThat(analysis.getAction()).contains("Function<String, String>");
			});
	}

	@Test
	void payloadsOfOtherTypesFailTheStartWithoutJackson() {
		ApplicationContextRunner forms = this.runner.withUserConfiguration(FormsConfiguration.class)
			.withClassLoader(new FilteredClassLoader("tools.jackson"))
			.withPropertyValues("socket.servers.raw.port=0");
		forms.withPropertyValues("socket.servers.raw.handler=numbers").run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription())
				.contains("numbers()) reads java.lang.Integer, for which there is no converter");
			assertThat(analysis.getAction()).contains("add Jackson, for example spring-boot-starter-jackson");
		});
		forms.withPropertyValues("socket.servers.raw.handler=lengths")
			.run((context) -> assertThat(analysis(context).getDescription())
				.contains("lengths()) replies with java.lang.Integer, which cannot be sent"));
	}

	private static SocketServer server(AssertableApplicationContext context, String name) {
		return context.getBean(SocketServers.class).server(name).orElseThrow();
	}

	@ConfigurationProperties("socket")
	record OwnSocketProperties(int port, int retries) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(OwnSocketProperties.class)
	static class OwnProperties {

	}

	@Configuration(proxyBeanMethods = false)
	static class AnotherUpperConfiguration {

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> another() {
			return String::toUpperCase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnotherGaugeConfiguration {

		@Bean
		@SocketHandler("gauge")
		UnaryOperator<String> second() {
			return String::toUpperCase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamelessConfiguration {

		@Bean
		@SocketHandler
		UnaryOperator<String> nameless() {
			return String::toUpperCase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AliasConfiguration {

		@Bean({ "shout", "loud" })
		@SocketHandler
		UnaryOperator<String> shout() {
			return (line) -> line + "!";
		}

		@Bean({ "reply", "peer" })
		@SocketClientHandler
		Consumer<String> reply() {
			return (line) -> {
			};
		}

	}

	@SocketHandler("sums")
	static class TwoMessages {

		@OnMessage
		void on(String text) {
		}

		@OnMessage
		void on(byte[] bytes) {
		}

	}

	@SocketHandler("sums")
	static class Unfit {

		@OnMessage
		void on(String text, Thread thread) {
		}

	}

	@SocketHandler("sums")
	static class NoForm {

	}

	@Configuration(proxyBeanMethods = false)
	static class FormsConfiguration {

		@Bean
		@SocketHandler("talk")
		StreamHandler talk() {
			return (in, out, session) -> in.transferTo(out);
		}

		@Bean
		@SocketHandler({ "gauge", "${unset:meters}" })
		Meter meter() {
			return new Meter();
		}

		@Bean
		@SocketHandler("bytes")
		Consumer<byte[]> bytes() {
			return (bytes) -> {
			};
		}

		@Bean
		Function<?, ?> untyped() {
			return (input) -> input;
		}

		@Bean
		Function<Integer, String> numbers() {
			return String::valueOf;
		}

		@Bean
		Function<CharSequence, Integer> lengths() {
			return CharSequence::length;
		}

	}

	static class Meter implements ConnectionHandler<Long> {

		@Override
		public Long received(@Nullable Long state, ByteBuffer data, SocketSession session) {
			return 0L;
		}

	}

}
