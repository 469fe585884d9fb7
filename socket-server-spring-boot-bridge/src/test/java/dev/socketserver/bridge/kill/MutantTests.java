package dev.socketserver.bridge.kill;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageStore;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A bridge to a store that fails by chance keeps its promises, and the checker finds
 * mistakes that break one: an acknowledgment before the message is stored, and an order
 * that is lost in a retry. The seed is {@code -Dbridge.seed}.
 */
@Tag("long")
class MutantTests {

	private static final int PEERS = 4;

	private static final int MESSAGES = 4_000;

	private final long seed = Long.getLong("bridge.seed", System.nanoTime());

	@RegisterExtension
	private final Opened opened = new Opened();

	private final FlakyStore flaky = this.opened.add(new FlakyStore(this.seed));

	private final Ledger ledger = new Ledger();

	private List<String> run(MessageStore store) throws Exception {
		ConfigurableApplicationContext context = this.opened
			.add(new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.initializers((created) -> created.getBeanFactory().registerSingleton("flaky", store))
				.run("--socket.servers.in.port=0", "--socket.servers.in.handler=handler",
						"--socket.servers.in.bridge.to=flaky", "--socket.servers.in.bridge.timeout=50ms",
						"--socket.servers.in.bridge.retry.period=1ms",
						"--socket.servers.in.bridge.retry.max-period=2ms", "--socket.bridge.require-durable=false"));
		int port = TestPeer.port(context, "in");
		Allowance allowance = Allowance.unlimited();
		ExecutorService threads = Executors.newFixedThreadPool(PEERS);
		try {
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < PEERS; i++) {
				running.add(threads.submit(new PipeliningPeer("p" + i, 32, port, this.ledger, allowance)));
			}
			this.ledger.await(MESSAGES, Patience.limit().multipliedBy(2));
			allowance.end();
			for (Future<?> each : running) {
				Patience.await(each);
			}
		}
		finally {
			allowance.end();
			threads.shutdownNow();
		}
		return this.ledger.check(this.flaky.stored());
	}

	@Test
	void aBridgeKeepsItsPromises() throws Exception {
		assertThat(run(this.flaky)).as("with -Dbridge.seed=%s", this.seed).isEmpty();
	}

	@Test
	void anAcknowledgmentBeforeTheMessageIsStoredIsFound() throws Exception {
		assertThat(run((message) -> {
			this.flaky.store(message);
			return CompletableFuture.completedFuture(null);
		})).as("with -Dbridge.seed=%s", this.seed)
			.anyMatch((wrong) -> wrong.endsWith("was acknowledged, and is not stored"));
	}

	@Test
	void anOrderThatIsLostInARetryIsFound() throws Exception {
		assertThat(run(this::storeAgain)).as("with -Dbridge.seed=%s", this.seed)
			.anyMatch((wrong) -> wrong.contains("is stored in front of"));
	}

	/** Stores a message again by itself, behind those that have come meanwhile. */
	private CompletableFuture<Object> storeAgain(InboundMessage message) {
		return this.flaky.store(message)
			.toCompletableFuture()
			.orTimeout(20, TimeUnit.MILLISECONDS)
			.<CompletableFuture<Object>>handle((stored, failure) -> (failure == null)
					? CompletableFuture.completedFuture(null) : storeAgain(message))
			.thenCompose(Function.identity());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Function<String, String> handler() {
			return (line) -> "ok " + line;
		}

	}

}
