package dev.socketserver.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.SocketServers;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.fixtures.network.HttpPeer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.context.ConfigurableApplicationContext;

import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions of UDP at two applications of a cluster, with real sockets and a real Redis.
 */
@Tag("long")
class DatagramClusterTests {

	/** They have another server, whose sessions are silent for too long very soon. */
	@RegisterExtension
	private static final TwoNodes nodes = new TwoNodes(
			(node) -> new String[] { "--socket.cluster.lease=1h", "--socket.cluster.request-timeout=1h",
					"--socket.servers.login.protocol=udp", "--socket.servers.brief.protocol=udp",
					"--socket.servers.brief.port=0", "--socket.servers.brief.handler=login",
					"--socket.servers.brief.udp.session-timeout=1s", "--management.endpoints.web.exposure.include=*" });

	@AfterEach
	void leave() throws Exception {
		nodes.closePeers();
		for (ConfigurableApplicationContext node : new ConfigurableApplicationContext[] { nodes.a(), nodes.b() }) {
			node.getBean(SocketServers.class)
				.forEach((server) -> server.sessions().forEach((session) -> session.close()));
			within(() -> assertThat(LoginApplication.server(node).statistics().active()).isZero());
		}
	}

	private DatagramPeer peer(ConfigurableApplicationContext of, String server) throws IOException {
		return nodes
			.add(new DatagramPeer(new InetSocketAddress(InetAddress.getLoopbackAddress(), TestPeer.port(of, server))));
	}

	private static SocketCluster cluster(ConfigurableApplicationContext node) {
		return node.getBean(SocketCluster.class);
	}

	private Delivery send(String user, String text) {
		return cluster(nodes.a()).send("user", user, text).join();
	}

	private void assertBoundAt(String node, String server) {
		within(() -> assertThat(cluster(nodes.a()).find("user", "4711").join()).get()
			.matches((found) -> found.node().equals(node) && found.server().equals(server) && found.token() > 0));
	}

	private void assertEnded(String server, String reason) {
		Awaitility.await().untilAsserted(() -> assertThat(sessions("closed=true&server=" + server)).contains(reason));
	}

	/** Returns the sessions of both nodes, as operators see them. */
	private String sessions(String query) throws Exception {
		return HttpPeer.get(nodes.a(), "/actuator/socketsessions?scope=cluster&" + query).body();
	}

	@Test
	void reachesAPeerOfAnotherNode() throws Exception {
		DatagramPeer peer = peer(nodes.b(), "login");
		assertThat(peer.ask("4711")).isEqualTo("true");
		assertBoundAt("b", "login");
		assertThat(send("4711", "hällo")).isEqualTo(Delivery.WRITTEN);
		assertThat(peer.receive()).isEqualTo("hällo");
		assertThat(cluster(nodes.a()).broadcast("login", "all").join().sessions()).isOne();
		assertThat(peer.receive()).isEqualTo("all");
		assertThat(cluster(nodes.a()).broadcast("login", "users", "group").join().sessions()).isOne();
		assertThat(peer.receive()).isEqualTo("group");
		assertThat(send("nobody", "x")).isEqualTo(Delivery.NO_SESSION);
	}

	@Test
	void aPeerWhoIsKnownIsSentMoreThanAStranger() throws Exception {
		DatagramPeer peer = peer(nodes.b(), "login");
		assertThat(peer.ask("1")).isEqualTo("true");
		String much = "x".repeat(60_000);
		assertThat(send("1", much)).isEqualTo(Delivery.WRITTEN);
		assertThat(peer.receive()).isEqualTo(much);
	}

	@Test
	void asksAPeerOfAnotherNode() throws Exception {
		DatagramPeer peer = peer(nodes.b(), "login");
		assertThat(peer.ask("4711")).isEqualTo("true");
		CompletableFuture<String> reply = cluster(nodes.a()).ask("user", "4711", "hällo?", String.class,
				Patience.limit());
		assertThat(peer.receive()).isEqualTo("hällo?");
		peer.send("yés");
		assertThat(reply).succeedsWithin(Patience.limit()).isEqualTo("yés");
	}

	@Test
	void anIdentityMovesToWhereItsPeerIsNow() throws Exception {
		DatagramPeer older = peer(nodes.b(), "login");
		assertThat(older.ask("4711")).isEqualTo("true");
		assertBoundAt("b", "login");
		DatagramPeer newer = peer(nodes.a(), "login");
		assertThat(newer.ask("4711")).isEqualTo("true");
		assertBoundAt("a", "login");
		assertEnded("login", "\"reason\":\"REPLACED\"");
		assertThat(send("4711", "moved")).isEqualTo(Delivery.WRITTEN);
		assertThat(newer.receive()).isEqualTo("moved");
		assertThat(older.hasReceived()).isFalse();
		assertThat(older.ask("4711")).as("has a session anew").isEqualTo("true");
		assertBoundAt("b", "login");
		assertThat(send("4711", "back")).isEqualTo(Delivery.WRITTEN);
		assertThat(older.receive()).isEqualTo("back");
	}

	@Test
	void aSessionThatIsClosedFromAnotherNodeIsGone() throws Exception {
		DatagramPeer peer = peer(nodes.b(), "login");
		assertThat(peer.ask("4711")).isEqualTo("true");
		assertThat(cluster(nodes.a()).close("user", "4711").join()).isEqualTo(Delivery.WRITTEN);
		within(() -> assertThat(cluster(nodes.a()).find("user", "4711").join()).isEmpty());
		assertThat(send("4711", "x")).isEqualTo(Delivery.NO_SESSION);
		assertThat(peer.hasReceived()).isFalse();
	}

	@Test
	void theEndOfASilentSessionIsKnownToOtherNodes() throws Exception {
		DatagramPeer peer = peer(nodes.b(), "brief");
		assertThat(peer.ask("4711")).isEqualTo("true");
		within(() -> assertThat(cluster(nodes.a()).find("user", "4711").join()).isEmpty());
		assertEnded("brief", "\"reason\":\"IDLE_TIMEOUT\"");
		assertThat(send("4711", "x")).isEqualTo(Delivery.NO_SESSION);
		assertThat(peer.hasReceived()).isFalse();
		// On a busy machine that is silent for too long at once.
		within(() -> {
			assertThat(answer(peer)).as("has a session anew").isEqualTo("true");
			assertThat(send("4711", "again")).isEqualTo(Delivery.WRITTEN);
		});
		assertThat(peer.receive()).isEqualTo("again");
	}

	private static String answer(DatagramPeer peer) {
		try {
			return peer.ask("4711");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
