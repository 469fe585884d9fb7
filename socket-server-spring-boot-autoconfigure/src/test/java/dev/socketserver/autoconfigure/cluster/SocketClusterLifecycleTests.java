package dev.socketserver.autoconfigure.cluster;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClients;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.cluster.spi.ClusterMember;
import dev.socketserver.cluster.spi.ManagedCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

class SocketClusterLifecycleTests {

	private final ManagedCluster cluster = mock(ManagedCluster.class);

	private final ClusterMember member = mock(ClusterMember.class);

	private final ApplicationContextRunner application = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean(ClusterEngine.class, () -> (node, settings, threads, listener) -> this.member)
		.withBean("echo", Echo.class);

	@ParameterizedTest
	@CsvSource({ "PT0.1S, PT0.1S", "PT2S, PT2S", "PT60S, PT2S" })
	void waitsForTheDirectoryForTwoSecondsAtMost(Duration requestTimeout, Duration patience) {
		new SocketClusterLifecycle(this.cluster, () -> true, requestTimeout).start();
		then(this.cluster).should().join(patience);
	}

	private void hasJoined(Consumer<AssertableApplicationContext> then, String... properties) {
		given(this.member.start()).willReturn(CompletableFuture.completedFuture(null));
		given(this.member.leave()).willReturn(CompletableFuture.completedFuture(null));
		given(this.member.find("device", "7")).willReturn(new CompletableFuture<>());
		this.application.withPropertyValues(properties).run((context) -> {
			then.accept(context);
			then(this.member).should().start();
		});
	}

	@Test
	void anApplicationWithoutServersAndClientsDoesNotJoin() {
		this.application.withPropertyValues("socket.servers.upper.enabled=false").run((context) -> {
			context.getBean(SocketClients.class);
			context.getBean(ManagedCluster.class).knownNodes();
		});
		then(this.member).should(never()).start();
		then(this.member).should(never()).leave();
	}

	@ParameterizedTest
	@ValueSource(strings = { "socket.servers.echo.port=0", "socket.clients.upper.port=1" })
	void joinsAtTheStartIfThereIsAServerOrClient(String property) {
		hasJoined((context) -> {
		}, property, property.replaceFirst("port=.*", "start.auto=false"));
	}

	@Test
	void joinsWithTheFirstServer() {
		hasJoined((context) -> {
			then(this.member).should(never()).start();
			SocketServers servers = context.getBean(SocketServers.class);
			servers.register(server("upper"));
			servers.register(server("lower"));
		});
	}

	private static ServerSpec server(String name) {
		return ServerSpec.builder(name).handler(ServerHandler.stream(name, (in, out, session) -> {
		})).build();
	}

	@Test
	void joinsWithTheFirstClient() {
		hasJoined((context) -> {
			then(this.member).should(never()).start();
			context.getBean(SocketClients.class).register(ClientSpec.builder("upper").port(1).build());
		});
	}

	@Test
	void joinsWhenItIsFirstUsed() {
		hasJoined((context) -> {
			then(this.member).should(never()).start();
			context.getBean(SocketCluster.class).find("device", "7");
		});
	}

	@SocketHandler("echo")
	static class Echo {

		@OnMessage
		String echo(String line) {
			return line;
		}

	}

}
