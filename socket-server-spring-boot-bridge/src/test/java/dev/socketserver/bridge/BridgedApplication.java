package dev.socketserver.bridge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.framing.FrameException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application whose bridges lead to stores for which tests answer, as in
 * {@code bridge.yml}. It runs for all tests of a class; each of them uses one server.
 */
final class BridgedApplication implements BeforeAllCallback, AfterAllCallback, AfterEachCallback {

	private final Stores stores = new Stores(new ConcurrentHashMap<>());

	private final Opened peers = new Opened();

	private @Nullable ConfigurableApplicationContext context;

	@Override
	public void beforeAll(ExtensionContext tests) throws IOException {
		Path path = Files.createTempFile("bridge", ".socket");
		Files.delete(path);
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.initializers((made) -> made.getBeanFactory().registerSingleton("stores", this.stores))
			.run("--spring.config.location=classpath:/bridge.yml", "--test.path=" + path);
	}

	@Override
	public void afterEach(ExtensionContext test) throws Exception {
		this.peers.closeAll();
		// What waits longer would be a bridge that is stuck, to the health of the
		// application.
		this.stores.byServer().values().forEach(TestStore::answerAll);
	}

	@Override
	public void afterAll(ExtensionContext tests) {
		context().close();
	}

	ConfigurableApplicationContext context() {
		return Objects.requireNonNull(this.context);
	}

	/** Returns the server of a test, which has a new store. */
	BridgedServer use(String name) {
		TestStore store = new TestStore();
		this.stores.byServer().put(name, store);
		return new BridgedServer(context(), name, store, this.peers);
	}

	/** The stores of the servers that are used, by their names. */
	record Stores(Map<String, TestStore> byServer) {

		TestStore of(String server) {
			return Objects.requireNonNull(this.byServer.get(server));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		MessageStore store(Stores stores) {
			return (message) -> stores.of(message.server()).store(message);
		}

		@Bean
		Function<String, String> function() {
			return (line) -> "function " + line;
		}

		@Bean
		Methods methods() {
			return new Methods();
		}

		@Bean
		Nacks nacks() {
			return new Nacks();
		}

		@Bean
		Greeter greeter() {
			return new Greeter();
		}

		@Bean
		Function<String, byte[]> arrayId() {
			return (line) -> line.getBytes(StandardCharsets.UTF_8);
		}

		@Bean
		Function<String, @Nullable String> firstWord() {
			return (line) -> line.split(" ")[0];
		}

		@Bean
		Function<String, @Nullable String> brokenId() {
			return (line) -> {
				if (line.equals("data id")) {
					throw new IllegalStateException("no id");
				}
				return null;
			};
		}

		@Bean
		Function<byte[], String> brokenKey() {
			return (frame) -> {
				String line = new String(frame, StandardCharsets.UTF_8);
				if (line.equals("key")) {
					throw new IllegalStateException("no key");
				}
				return line.split(" ")[0];
			};
		}

		@Bean
		Predicate<String> brokenCondition() {
			return (line) -> {
				if (line.equals("data condition")) {
					throw new IllegalStateException("no condition");
				}
				return true;
			};
		}

		@Bean
		Predicate<String> important() {
			return (line) -> line.startsWith("!");
		}

	}

	@SocketHandler("greeting")
	static class Greeter {

		@OnOpen
		String welcome() {
			return "welcome";
		}

		@OnMessage
		String answer(String line) {
			return "answer to " + line;
		}

	}

	/** Answers for each message that it was given. */
	@SocketHandler("others")
	static class Nacks {

		@OnMessage("data")
		String data(String line) {
			return "ack " + line;
		}

		@OnMessage("more")
		String more(String line) {
			return "more " + line;
		}

		@OnError
		String failed(Exception failure, String line) {
			return "nack " + line;
		}

		@OnError
		String bad(FrameException failure) {
			return "bad " + failure.reason();
		}

	}

	@SocketHandler("other")
	static class Methods {

		@OnMessage("data")
		String data(String line, Stored stored) {
			return stored + " " + line;
		}

		@OnMessage("bind")
		String bind(String line, SocketSession session) {
			session.bind("meter", "4711", BindPolicy.REPLACE);
			session.authenticate(() -> "clerk");
			return "bound";
		}

		@OnError
		String failed(IllegalStateException failure) {
			return "failed: " + failure.getMessage();
		}

		@OnError
		String rejected(MessageRejectedException failure, String line) {
			return "not stored: " + failure.getMessage() + ": " + line;
		}

		@OnError
		String notStored(NotStoredException failure, String line) {
			Throwable cause = failure.getCause();
			return "not stored: " + ((cause != null) ? cause.getClass().getSimpleName() : null) + ": " + line;
		}

	}

}
