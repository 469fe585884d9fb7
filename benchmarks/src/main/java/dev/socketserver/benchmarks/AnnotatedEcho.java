package dev.socketserver.benchmarks;

import java.util.Objects;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Profile;

/**
 * This project's server with annotated methods: one for all messages, one with eight
 * keys, eight of which the first word of a message chooses one, or one that chooses by
 * itself. Configured by {@code annotated-application.yml}.
 */
public final class AnnotatedEcho implements EchoServer {

	private final String profile;

	/**
	 * Creates the server.
	 * @param profile {@code one-method}, {@code eight-keys} of one method,
	 * {@code eight-methods}, or {@code eight-by-hand}
	 */
	AnnotatedEcho(String profile) {
		this.profile = profile;
	}

	/**
	 * Returns a handler with annotated methods.
	 * @param profile which one
	 * @return the bean
	 */
	public static Object handler(String profile) {
		return switch (profile) {
			case "one-method" -> new OneMethod();
			case "eight-keys" -> new EightKeys();
			case "eight-methods" -> new EightMethods();
			case "eight-by-hand" -> new EightByHand();
			default -> throw new IllegalArgumentException("There is no handler " + profile);
		};
	}

	@Override
	public int start(Service service) {
		ApplicationContext context = new SpringApplicationBuilder(Application.class).profiles(this.profile)
			.properties("spring.config.name=annotated-application")
			.run();
		SocketServer server = context.getBean(SocketServers.class).server(service.id()).orElseThrow();
		return Objects.requireNonNull(server.localAddress()).getPort();
	}

	/** The application, as a user would write it. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@Profile("one-method")
		OneMethod oneMethod() {
			return new OneMethod();
		}

		@Bean
		@Profile("eight-keys")
		EightKeys eightKeys() {
			return new EightKeys();
		}

		@Bean
		@Profile("eight-methods")
		EightMethods eightMethods() {
			return new EightMethods();
		}

		@Bean
		@Profile("eight-by-hand")
		EightByHand eightByHand() {
			return new EightByHand();
		}

	}

	@SocketHandler("words")
	static final class OneMethod {

		@OnMessage
		String all(String line) {
			return Service.WORDS.reply(line);
		}

	}

	@SocketHandler("words")
	static final class EightKeys {

		@OnMessage({ "KEY1", "KEY2", "KEY3", "KEY4", "KEY5", "KEY6", "KEY7", "KEY8" })
		String all(String line) {
			return Service.WORDS.reply(line);
		}

	}

	@SocketHandler("words")
	static final class EightMethods {

		@OnMessage("KEY1")
		String one(String line) {
			return Service.WORDS.reply(line);
		}

		@OnMessage("KEY2")
		String two(String line) {
			return Service.WORDS.reply(line);
		}

		@OnMessage("KEY3")
		String three(String line) {
			return Service.WORDS.reply(line);
		}

		@OnMessage("KEY4")
		String four(String line) {
			return Service.WORDS.reply(line);
		}

		@OnMessage("KEY5")
		String five(String line) {
			return Service.WORDS.reply(line);
		}

		@OnMessage("KEY6")
		String six(String line) {
			return Service.WORDS.reply(line);
		}

		@OnMessage("KEY7")
		String seven(String line) {
			return Service.WORDS.reply(line);
		}

		@OnMessage("KEY8")
		String eight(String line) {
			return Service.WORDS.reply(line);
		}

	}

	/** What a user would write without keys. */
	@SocketHandler("words")
	static final class EightByHand {

		private final EightMethods methods = new EightMethods();

		@OnMessage
		String all(String line) {
			int blank = line.indexOf(' ');
			String key = (blank >= 0) ? line.substring(0, blank) : line;
			return switch (key) {
				case "KEY1" -> this.methods.one(line);
				case "KEY2" -> this.methods.two(line);
				case "KEY3" -> this.methods.three(line);
				case "KEY4" -> this.methods.four(line);
				case "KEY5" -> this.methods.five(line);
				case "KEY6" -> this.methods.six(line);
				case "KEY7" -> this.methods.seven(line);
				case "KEY8" -> this.methods.eight(line);
				default -> throw new IllegalArgumentException(key);
			};
		}

	}

}
