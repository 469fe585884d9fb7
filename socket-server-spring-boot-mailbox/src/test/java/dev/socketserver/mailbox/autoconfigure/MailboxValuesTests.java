package dev.socketserver.mailbox.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.EdgeValues;
import dev.socketserver.fixtures.spring.UntrimmedProperties;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.properties.MailboxProperties;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every key with the values at the edges of what it can have: what the start says to them
 * is recorded in {@code mailbox-values.txt}.
 */
@Tag("long")
class MailboxValuesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketMailboxAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.upper.port=0");

	@Test
	void numbersDurationsAndSizesHaveTextsThatNameThem() throws IOException {
		Map<String, Class<?>> keys = EdgeValues.keys("socket.servers.upper.mailbox.", MailboxProperties.class,
				Set.of());
		keys.putAll(EdgeValues.keys("socket.server-defaults.mailbox.", MailboxProperties.class, Set.of()));
		keys.putAll(EdgeValues.keys("socket.mailbox.", MailboxStoreProperties.class, Set.of()));
		List<String> said = new ArrayList<>();
		keys.forEach((key, type) -> {
			for (String value : EdgeValues.of(type)) {
				said.add(key + "=" + value + ": " + said(key, value));
			}
		});

		assertThat(String.join("\n", said))
			.isEqualTo(new ClassPathResource("mailbox-values.txt").getContentAsString(StandardCharsets.UTF_8).strip());
	}

	@Test
	void blanksAndPlaceholdersAreNoValues() {
		for (Class<?> type : List.of(MailboxProperties.class, MailboxStoreProperties.class)) {
			String block = (type == MailboxProperties.class) ? "socket.servers.upper.mailbox." : "socket.mailbox.";
			EdgeValues.keys(block, type, Set.of()).keySet().forEach((key) -> {
				assertThat(said(key, " ")).startsWith("Property " + key + " is ' ': it must not be blank");
				assertThat(said(key, "a ${NOPE}")).startsWith("Property " + key);
				assertThat(said(key, "")).isEqualTo("starts");
			});
		}
	}

	private String said(String key, String value) {
		List<String> said = new ArrayList<>();
		this.runner.withInitializer(UntrimmedProperties.of(Map.of(key, value)))
			.run((context) -> said.add((context.getStartupFailure() != null)
					? String.valueOf(DeviceApplication.reason(context.getStartupFailure()).getMessage()) : "starts"));
		return said.get(0);
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

	}

}
