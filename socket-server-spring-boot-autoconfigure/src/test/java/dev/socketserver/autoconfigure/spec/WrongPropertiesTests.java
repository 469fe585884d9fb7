package dev.socketserver.autoconfigure.spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyFailureAnalyzer;
import dev.socketserver.autoconfigure.properties.Variables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin.Location;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mock.env.MockEnvironment;

import static dev.socketserver.autoconfigure.properties.FailedStart.analysis;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * How an application fails to start that has wrong properties of servers.
 */
class WrongPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class));

	private final ApplicationContextRunner upper = this.runner.withUserConfiguration(UpperHandler.class)
		.withPropertyValues("socket.servers.upper.port=0");

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
					login.frame=0         | .login.frame | '0B'         | must be positive                         | Change socket.servers.upper.login.frame
					login.messages=0      | .login.messages | '0'       | must be positive                         | Change socket.servers.upper.login.messages
					login.attempts=0      | .login.attempts | '0'       | must be positive                         | Change socket.servers.upper.login.attempts
					login.sessions=-1     | .login.sessions | '-1'      | must not be negative                     | Change socket.servers.upper.login.sessions
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
			.run((context) -> assertThat(context.getBean(SocketServers.class).get("upper").spec().limits().alarm())
				.isEqualTo(50));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					limits.alarm: 0.8  | .limits.alarm | '0.8'  | it must be a percentage such as 80%.
					limits.alarm: 101  | .limits.alarm | '101%' | it must be between 0% and 100%.
					limits.frame: true | .limits.frame | 'true' | it must be a size such as 64KB, in B, KB, MB, GB or TB, or a number of bytes.
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

	@Test
	void aKeyThatIsNotIndentedEnoughIsNamedAndNotTheEntryAboveIt() {
		this.runner.withUserConfiguration(UpperHandler.class)
			.withInitializer(yaml("""
					socket:
					  servers:
					    upper:
					    port: 8888
					"""))
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.servers.port is '8888': there is no such key, nearest: "
						+ "'socket.servers.<name>.port'."));
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
					server-defaults.heartbeat=5s   | it is a block with the keys period, timeout, message, reply, reply-timeout, answer, placeholder. Write the keys below it, such as socket.server-defaults.heartbeat.period.
					clients.plant.reconnect=5s     | it is a block with the keys period, max-period, jitter. Write the keys below it, such as socket.clients.plant.reconnect.period.
					limits=64MB                    | it is a block with the keys memory. Write the keys below it, such as socket.limits.memory.
					servers.upper.ssl.sni=web      | it is a list of blocks with the keys host, bundle. Write a list, such as socket.servers.upper.ssl.sni[0].host.
					servers.upper.framing.cases=a  | it is a list of blocks with the keys prefix, framing. Write a list, such as socket.servers.upper.framing.cases[0].prefix.
					servers.port=8888              | there is no such key, nearest: 'socket.servers.<name>.port'. Change the key, or remove it.
					servers.timeouts.idle=5s       | there is no such key, nearest: 'socket.servers.<name>.timeouts.idle'. Change the key, or remove it.
					servers.framing.type=line      | there is no such key, nearest: 'socket.servers.<name>.framing.type'. Change the key, or remove it.
					clients.host=localhost         | there is no such key, nearest: 'socket.clients.<name>.host'. Change the key, or remove it.
					servers.upper.timeout=5s       | there is no such key, nearest: 'socket.servers.upper.timeouts', a block with the keys first-frame, frame, idle, write, session, handler, on-frame. Change the key, or remove it.
					servers.upper.limits.max=5     | there is no such key. Change the key, or remove it.
					clients.plant.timeout=1s       | there is no such key, nearest: 'socket.clients.plant.timeouts', a block with the keys first-frame, frame, idle, write, session, handler, on-frame. Change the key, or remove it.
					servers.upper.ssl.snis=a       | there is no such key, nearest: 'socket.servers.upper.ssl.sni', a list of blocks with the keys host, bundle. Change the key, or remove it.
					servers.upper.listeners.tls.prot=1 | there is no such key, nearest: 'socket.servers.upper.listeners.tls.port'. Change the key, or remove it.
					servers.upper.listeners.tls.por=1 | there is no such key, nearest: 'socket.servers.upper.listeners.tls.port'. Change the key, or remove it.
					servers.upper.listeners.tls.limits.alow=::1 | there is no such key, nearest: 'socket.servers.upper.listeners.tls.limits.allow'. Change the key, or remove it.
					servers.upper.listener.port=1 | there is no such key, nearest: 'socket.servers.upper.listeners.<name>.port'. Change the key, or remove it.
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

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			limits.memory=0    | is '0': it must be a positive size
			limits.memory=-1MB | is '-1MB': it must be a positive size
			limits.memory=lots | is 'lots': it must be a size such as 64KB, in B, KB, MB, GB or TB, or a number of bytes
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
	@CsvSource(delimiter = '|',
			textBlock = """
					limits.sessions=many | it must be a whole number
					limits.frame=much    | it must be a size such as 64KB, in B, KB, MB, GB or TB, or a number of bytes
					limits.frame=64 kib  | it must be a size such as 64KB, in B, KB, MB, GB or TB, or a number of bytes: 64KB
					timeouts.idle=long   | it must be a duration such as 30s, in ns, us, ms, s, m, h or d, or a number of milliseconds
					timeouts.idle=5 minutes | it must be a duration such as 30s, in ns, us, ms, s, m, h or d, or a number of milliseconds: 5m
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
	void theAnalysisNamesTheOriginOfAList() {
		MockEnvironment environment = new MockEnvironment();
		environment.getPropertySources()
			.addFirst(new OriginTrackedMapPropertySource("file", Map.of("socket.servers.upper.limits.deny[0]",
					OriginTrackedValue.of("x", new TextResourceOrigin(null, new Location(3, 4))))));
		assertThat(new InvalidSocketPropertyFailureAnalyzer(environment)
			.analyze(new InvalidSocketPropertyException("socket.servers.upper.limits.deny", List.of("x"), "it is wrong",
					"Change it"))
			.getDescription()).endsWith("Origin: unknown resource [?] - 4:5");
	}

	@Test
	void aKeyThatIsNearNoOtherHasNone() {
		this.upper.withPropertyValues("socket.servers.upper.url=x")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.servers.upper.url is 'x': there is no such key."));
		this.upper.withPropertyValues("socket.servers.upper.prot=x")
			.run((context) -> assertThat(analysis(context).getDescription())
				.endsWith("there is no such key, nearest: 'socket.servers.upper.port'."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "~", "null" })
	void aNameThatYamlReadsAsNothingFailsTheStart(String name) {
		String yaml = "socket.servers:\n  %s:\n    port: 0\n    handler: upper\n";
		this.runner.withUserConfiguration(UpperHandler.class)
			.withInitializer(yaml(yaml.formatted(name)))
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.servers.null is 'null': YAML reads ~ and null as nothing."));
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

}
