package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.StreamHandler;
import dev.socketserver.autoconfigure.framing.ConfiguredFramings;
import dev.socketserver.autoconfigure.keys.KeyCheck;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.autoconfigure.spec.ReferencedBeans;
import dev.socketserver.autoconfigure.spec.ServerSpecs;
import dev.socketserver.autoconfigure.spec.SessionSpecs;
import dev.socketserver.autoconfigure.spec.TlsBundles;
import dev.socketserver.client.SocketClients;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.handler.bean.HandlerBeans;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
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
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
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
		// Threads are in the group of those that have started them.
		ThreadGroup group = new ThreadGroup("application");
		CompletableFuture<?> checked = CompletableFuture.runAsync(() -> this.runner.run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(SocketServers.class);
			assertThat(context.getBean(SocketServers.class)).isEmpty();
			Thread[] threads = new Thread[10];
			assertThat(group.enumerate(threads)).as("%s", (Object) threads).isOne();
		}), (task) -> new Thread(group, task).start());
		assertThat(checked).succeedsWithin(Patience.limit());
	}

	@Test
	void clientsAndANodeAloneAreMadeWhenTheyAreAskedFor() {
		this.upper.run((context) -> {
			assertThat(made(context)).isEmpty();
			context.getBean(SocketClients.class);
			context.getBean(SocketCluster.class);
			assertThat(made(context)).containsExactly("socketClients", "socketCluster");
		});
	}

	private static List<String> made(AssertableApplicationContext context) {
		ConfigurableApplicationContext application = context.getSourceApplicationContext();
		return Stream.of("socketClients", "socketCluster")
			.filter(application.getBeanFactory()::containsSingleton)
			.toList();
	}

	@Test
	void aNodeAloneDrainsWhenItsApplicationCloses() {
		AtomicReference<SocketCluster> node = new AtomicReference<>();
		this.upper.run((context) -> {
			node.set(context.getBean(SocketCluster.class));
			assertThat(node.get().nodes()).extracting(ClusterNode::state).containsExactly(ClusterNode.State.UP);
		});
		assertThat(node.get().nodes()).extracting(ClusterNode::state).containsExactly(ClusterNode.State.DRAINING);
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

	@Test
	void aNegativeShutdownPhaseLeavesNoTimeForTheDrain() {
		this.upper.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=-5s")
			.run((context) -> assertThat(server(context, "upper").spec().drainTimeout()).isZero());
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
		ServerSpecs specs = new ServerSpecs(new SessionSpecs(new ConfiguredFramings(beans, environment, new KeyCheck()),
				environment, 17, new ReferencedBeans(beans), new TlsBundles(beans), 1 << 30), List.of(), beans);
		ServerProperties entry = Objects.requireNonNull(properties.getServers().get("upper"));

		assertThatExceptionOfType(InvalidSocketPropertyException.class)
			.isThrownBy(() -> specs.create("upper", entry, new HandlerBeans(beans), "talk"))
			.withMessage("Property socket.server-defaults.execution.mode is 'virtual': "
					+ "Java 17 has no virtual threads. Run on Java 21 or later, or use pool.");
	}

	private static SocketServer server(AssertableApplicationContext context, String name) {
		return context.getBean(SocketServers.class).get(name);
	}

	@ConfigurationProperties("socket")
	record OwnSocketProperties(int port, int retries) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(OwnSocketProperties.class)
	static class OwnProperties {

	}

}
