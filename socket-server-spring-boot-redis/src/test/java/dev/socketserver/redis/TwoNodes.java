package dev.socketserver.redis;

import java.util.Objects;
import java.util.function.Function;

import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.RedisServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.context.ConfigurableApplicationContext;

import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two applications of a cluster, called {@code a} and {@code b}, and a Redis of their
 * own, for all tests of a class.
 */
final class TwoNodes implements BeforeAllCallback, AfterAllCallback {

	private final Function<String, String[]> arguments;

	private final Opened nodes = new Opened();

	private final Opened peers = new Opened();

	private @Nullable RedisServer redis;

	private @Nullable ConfigurableApplicationContext a;

	private @Nullable ConfigurableApplicationContext b;

	/**
	 * Describes the applications.
	 * @param arguments returns those of a node
	 */
	TwoNodes(Function<String, String[]> arguments) {
		this.arguments = arguments;
	}

	@Override
	public void beforeAll(ExtensionContext tests) {
		this.redis = this.nodes.add(RedisServer.open());
		this.a = run("a");
		this.b = run("b");
		within(() -> assertThat(a().getBean(SocketCluster.class).nodes()).hasSize(2));
	}

	private ConfigurableApplicationContext run(String node) {
		return this.nodes.add(LoginApplication.run(redis().port(), node, this.arguments.apply(node)));
	}

	@Override
	public void afterAll(ExtensionContext tests) throws Exception {
		this.nodes.closeAll();
	}

	RedisServer redis() {
		return Objects.requireNonNull(this.redis);
	}

	ConfigurableApplicationContext a() {
		return Objects.requireNonNull(this.a);
	}

	ConfigurableApplicationContext b() {
		return Objects.requireNonNull(this.b);
	}

	/** Adds a peer of one of the nodes. */
	<T extends AutoCloseable> T add(T peer) {
		return this.peers.add(peer);
	}

	void closePeers() throws Exception {
		this.peers.closeAll();
	}

}
