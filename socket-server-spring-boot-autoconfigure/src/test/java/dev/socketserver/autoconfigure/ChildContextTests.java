package dev.socketserver.autoconfigure;

import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.FormsApplication.QuietForms;
import dev.socketserver.autoconfigure.lifecycle.SocketServersLifecycle;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Servers in contexts that have parents or siblings. */
@Tag("virtual-threads")
@ExtendWith(OutputCaptureExtension.class)
class ChildContextTests {

	@Test
	void aChildContextLeavesTheServersToItsParent() throws Exception {
		try (ConfigurableApplicationContext child = new SpringApplicationBuilder(QuietForms.class)
			.web(WebApplicationType.NONE)
			.child(QuietForms.class)
			.web(WebApplicationType.NONE)
			.run("--socket.servers.upper.port=0")) {
			ConfigurableApplicationContext parent = (ConfigurableApplicationContext) child.getParent();
			assertThat(parent).isNotNull();
			try (parent; TestPeer peer = TestPeer.connect(parent, "upper")) {
				assertThat(child.getBean(SocketServers.class)).isSameAs(parent.getBean(SocketServers.class));
				assertThat(child.getBeansOfType(SocketServersLifecycle.class)).isEmpty();
				assertThat(peer.send("text\n").end()).isEqualTo("TEXT\n");
			}
		}
	}

	@Test
	void whatOnlyAChildContextIsToHaveIsWarnedAbout(CapturedOutput output) {
		try (ConfigurableApplicationContext parent = FormsApplication.run(QuietForms.class,
				"--socket.servers.upper.port=0");
				ConfigurableApplicationContext child = new SpringApplicationBuilder(QuietForms.class)
					.web(WebApplicationType.NONE)
					.parent(parent)
					.run("--socket.servers.lower.port=0", "--socket.servers.off.port=0",
							"--socket.servers.off.enabled=false", "--socket.clients.it.port=1")) {
			assertThat(child.getBean(SocketServers.class)).extracting(SocketServer::name).containsExactly("upper");
		}
		assertThat(output)
			.containsOnlyOnce(
					"Property socket.servers.lower has no effect: this context shares the servers and clients "
							+ "of its parent, which has no server of that name. Set it for the parent")
			.containsOnlyOnce("Property socket.clients.it has no effect: this context shares the servers and clients "
					+ "of its parent, which has no client of that name. Set it for the parent")
			.doesNotContain("Property socket.servers.upper", "Property socket.servers.off");
	}

	/** What a child puts into its parent's environment, the next child inherits. */
	@Test
	void siblingsOfTheSameNamesKeepTheirPortsApart() {
		try (ConfigurableApplicationContext parent = FormsApplication.run(Parent.class);
				ConfigurableApplicationContext one = childOf(parent);
				ConfigurableApplicationContext other = childOf(parent)) {
			int port = FormsApplication.upper(other).localAddress().getPort();
			assertThat(TestPeer.port(one, "upper")).isEqualTo(FormsApplication.upper(one).localAddress().getPort());
			assertThat(TestPeer.port(other, "upper")).isEqualTo(port).isEqualTo(TestPeer.port(parent, "upper"));

			FormsApplication.upper(one).stop();
			FormsApplication.upper(one).start();

			assertThat(TestPeer.port(one, "upper")).isEqualTo(FormsApplication.upper(one).localAddress().getPort())
				.isEqualTo(TestPeer.port(parent, "upper"));
			assertThat(TestPeer.port(other, "upper")).isEqualTo(port);

			other.getBean(SocketServers.class).remove("upper");

			assertThat(TestPeer.port(parent, "upper")).isEqualTo(FormsApplication.upper(one).localAddress().getPort());
		}
	}

	@Test
	void aClientWaitsForItsOwnServerWhereASiblingHasOneOfThatName() throws Exception {
		try (ConfigurableApplicationContext parent = FormsApplication.run(Parent.class);
				ConfigurableApplicationContext one = childOf(parent);
				ConfigurableApplicationContext other = childOf(parent, "--socket.servers.upper.start.auto=false",
						"--socket.clients.meter.port=local.socket.upper.port",
						"--socket.clients.meter.reconnect.period=10ms")) {
			SocketClient meter = other.getBean(SocketClients.class).get("meter");
			await().until(() -> meter.statistics().failed().containsKey(ConnectFailure.OTHER));
			assertThat(FormsApplication.upper(one).statistics().accepted()).isZero();

			FormsApplication.upper(other).start();

			assertThat(meter.ask("x", Patience.limit()).get()).isEqualTo("X");
			assertThat(FormsApplication.upper(one).statistics().accepted()).isZero();
		}
	}

	private static ConfigurableApplicationContext childOf(ConfigurableApplicationContext parent, String... more) {
		return new SpringApplicationBuilder(QuietForms.class).web(WebApplicationType.NONE)
			.parent(parent)
			.run(Stream.concat(Stream.of("--socket.servers.upper.port=0"), Stream.of(more)).toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	static class Parent {

	}

}
