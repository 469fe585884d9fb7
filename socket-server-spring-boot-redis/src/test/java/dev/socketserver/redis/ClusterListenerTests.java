package dev.socketserver.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.event.SocketNodeJoinedEvent;
import dev.socketserver.event.SocketNodeLeftEvent;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;

import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners of an application that throw or wait, and the cluster that goes on all the
 * same.
 */
@Tag("long")
class ClusterListenerTests {

	@RegisterExtension
	private final Opened opened = new Opened();

	private final RedisServer redis = this.opened.add(RedisServer.open());

	private ConfigurableApplicationContext run(String node, Class<?>... listeners) {
		String sources = Stream.of(listeners).map(Class::getName).collect(Collectors.joining(","));
		// Else a claim that is not answered in time would never be granted.
		return this.opened.add(LoginApplication.run(this.redis.port(), node, "--socket.servers.login.framing=line",
				"--socket.cluster.request-timeout=1h", "--spring.main.sources=" + sources));
	}

	private String login(ConfigurableApplicationContext to, String user) throws IOException {
		return this.opened.add(TestPeer.connect(to, "login")).ask(user);
	}

	private static SocketCluster cluster(ConfigurableApplicationContext node) {
		return node.getBean(SocketCluster.class);
	}

	private static void has(ConfigurableApplicationContext node, int nodes) {
		within(() -> assertThat(cluster(node).nodes()).hasSize(nodes));
	}

	@Test
	void eventListenersThatThrowKeepNoNodeFromSeeingOthers() {
		ConfigurableApplicationContext a = run("a", ThrowsOnEvents.class);
		ConfigurableApplicationContext b = run("b");
		has(a, 2);
		has(b, 2);
		b.close();
		has(a, 1);
	}

	@Test
	void listenersThatThrowKeepNoCallerWaiting() throws Exception {
		ConfigurableApplicationContext a = run("a", Throws.class, Counts.class);
		ConfigurableApplicationContext b = run("b");
		assertThat(login(a, "1")).isEqualTo("true");
		assertThat(login(b, "2")).isEqualTo("true");
		has(a, 2);
		within(() -> assertThat(
				cluster(a).send("user", "2", "hello").orTimeout(Patience.seconds(), TimeUnit.SECONDS).join())
			.isEqualTo(Delivery.WRITTEN));

		within(() -> assertThat(a.getBean(Counts.class).notified).contains("granted", "joined b", "send WRITTEN"));
	}

	@Test
	void listenersThatWouldWaitForTheThreadThatNotifiesThemAreRefused() throws Exception {
		ConfigurableApplicationContext a = run("a", Waits.class);

		assertThat(login(a, "1")).isEqualTo("true");
		assertThat(a.getBean(Waits.class).refused).contains("claimed", "bound");
	}

	@Test
	void listenersOfNodesMayWait() throws Exception {
		ConfigurableApplicationContext a = run("a", Waits.class);
		assertThat(login(a, "1")).isEqualTo("true");

		run("b");
		within(() -> assertThat(LoginApplication.server(a).find("neighbour", "b")).hasSize(1));
	}

	static class ThrowsOnEvents {

		@EventListener
		void joined(SocketNodeJoinedEvent event) {
			throw new IllegalStateException("joined");
		}

		@EventListener
		void left(SocketNodeLeftEvent event) {
			throw new IllegalStateException("left");
		}

	}

	static class Throws implements ClusterListener {

		@Override
		public void joined(ClusterNode node) {
			throw new IllegalStateException("joined");
		}

		@Override
		public void requested(String kind, String outcome, Duration took) {
			throw new IllegalStateException("requested");
		}

		@Override
		public void claimed(String outcome) {
			throw new IllegalStateException("claimed");
		}

	}

	/** Comes after one that throws. */
	static class Counts implements ClusterListener {

		final BlockingQueue<String> notified = new LinkedBlockingQueue<>();

		@Override
		public void joined(ClusterNode node) {
			this.notified.add("joined " + node.name());
		}

		@Override
		public void requested(String kind, String outcome, Duration took) {
			this.notified.add(kind + " " + outcome);
		}

		@Override
		public void claimed(String outcome) {
			this.notified.add(outcome);
		}

	}

	/** Binds sessions, which waits for the thread of the cluster. */
	static class Waits implements ClusterListener, SocketServerListener {

		final BlockingQueue<String> refused = new LinkedBlockingQueue<>();

		private final ObjectProvider<SocketServers> servers;

		Waits(ObjectProvider<SocketServers> servers) {
			this.servers = servers;
		}

		private SocketSession session() {
			return this.servers.getObject().get("login").sessions().findFirst().orElseThrow();
		}

		private void bind(SocketSession session, String type, String id) {
			try {
				session.bind(type, id, BindPolicy.ALLOW);
			}
			catch (IllegalStateException ex) {
				this.refused.add(type);
				throw ex;
			}
		}

		@Override
		public void joined(ClusterNode node) {
			bind(session(), "neighbour", node.name());
		}

		@Override
		public void claimed(String outcome) {
			bind(session(), "claimed", outcome);
		}

		@Override
		public void bound(SocketSession session, String type, String id) {
			bind(session, "bound", id);
		}

	}

}
