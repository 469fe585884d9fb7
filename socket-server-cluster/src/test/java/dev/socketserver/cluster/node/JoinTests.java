package dev.socketserver.cluster.node;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import ch.qos.logback.classic.Level;
import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.directory.ClusterDirectory;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettySocketServers;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A directory that does not answer.
 */
class JoinTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final NettySocketServers servers = new NettySocketServers(List::of,
			EngineSpec.defaults()
				.cluster(new ClusterSettings("a", Duration.ofSeconds(10), HOUR, true, null),
						new Silent(silent(ClusterDirectory.class), silent(ClusterBus.class)), List::of),
			() -> null, List::of);

	private final ManagedCluster node = this.servers.cluster();

	@RegisterExtension
	private final LogLines log = new LogLines("dev.socketserver");

	private static <T> T silent(Class<T> type) {
		return type.cast(Proxy.newProxyInstance(JoinTests.class.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> method.getReturnType().equals(CompletableFuture.class)
						? new CompletableFuture<>() : null));
	}

	@AfterEach
	void leave() {
		this.node.leave();
		this.servers.close();
	}

	@Test
	void isWaitedForAsLongAsIsAsked() {
		assertThat(this.node.join(Duration.ofMillis(20))).isFalse();
	}

	@Test
	void endsWhenTheThreadIsInterruptedAsSpringDoesWithOneThatWaitsWithoutALimit() {
		CompletableFuture<Boolean> joined = new CompletableFuture<>();
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread starting = new Thread(() -> {
			joined.complete(this.node.join(HOUR));
			interrupted.complete(Thread.currentThread().isInterrupted());
		});
		starting.start();
		Awaitility.await().until(() -> starting.getState() == Thread.State.WAITING);
		starting.interrupt();
		assertThat(joined.join()).isFalse();
		assertThat(interrupted.join()).isTrue();
	}

	/** As when something else of the application has failed before it joins. */
	@Test
	void isNotNeededToLeave() {
		assertThat(CompletableFuture.runAsync(this.node::leave)).succeedsWithin(Patience.limit());
		assertThat(this.log.messages(Level.ERROR)).isEmpty();
	}

	private record Silent(ClusterDirectory directory, ClusterBus bus) implements DirectoryEngine {

	}

}
