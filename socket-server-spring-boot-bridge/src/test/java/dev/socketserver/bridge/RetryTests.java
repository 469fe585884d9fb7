package dev.socketserver.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.TestPeer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/** How long a bridge waits until it stores a message again. */
class RetryTests {

	private static final String LOGGER = "dev.socketserver.bridge.session.StoreQueue";

	private static final Pattern PAUSE = Pattern.compile("again in (\\d+) ms");

	private static final int FAILURES = 6;

	private static @Nullable ConfigurableApplicationContext context;

	@RegisterExtension
	private final LogLines lines = new LogLines(LOGGER);

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--spring.config.name=none", "--spring.main.banner-mode=off", "--logging.level." + LOGGER + "=debug",
					"--socket.servers.retried.port=0", "--socket.servers.retried.handler=function",
					"--socket.servers.retried.bridge.to=store", "--socket.servers.retried.bridge.retry.period=40ms",
					"--socket.servers.retried.bridge.retry.max-period=150ms");
	}

	@AfterAll
	static void stop() {
		Objects.requireNonNull(context).close();
	}

	/**
	 * A half of each pause goes by chance, so that sessions do not come back together.
	 */
	@Test
	void pausesDoubleUpToTheLongestAndDiffer() throws Exception {
		try (TestPeer peer = TestPeer.connect(Objects.requireNonNull(context), "retried")) {
			assertThat(peer.ask("a")).isEqualTo("ok a");
			// A message that is stored has the next one begin with the first pause.
			assertThat(peer.ask("b")).isEqualTo("ok b");
		}

		List<Long> pauses = new ArrayList<>();
		for (ILoggingEvent event : this.lines.events()) {
			Matcher pause = PAUSE.matcher(event.getFormattedMessage());
			if (pause.find()) {
				pauses.add(Long.valueOf(pause.group(1)));
			}
		}
		assertThat(pauses).hasSize(2 * FAILURES);
		for (int i = 0; i < pauses.size(); i++) {
			long longest = Math.min(150, 40L << (i % FAILURES));
			assertThat(pauses.get(i)).as("pause %d", i).isBetween(longest / 2, longest);
		}
		// All of the longest pause being the same by chance is less likely than 75^-6.
		List<Long> longest = pauses.stream().filter((pause) -> pause > 80).toList();
		assertThat(longest.stream().distinct()).as("%s", longest).hasSizeGreaterThan(1);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(TestHandlers.class)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		MessageStore store() {
			AtomicInteger calls = new AtomicInteger();
			return (message) -> (calls.getAndIncrement() % (FAILURES + 1) < FAILURES)
					? CompletableFuture.failedFuture(new IOException("away")) : CompletableFuture.completedFuture(null);
		}

	}

}
