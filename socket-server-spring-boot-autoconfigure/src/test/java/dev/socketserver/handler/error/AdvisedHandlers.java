package dev.socketserver.handler.error;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.error.elsewhere.Elsewhere;
import dev.socketserver.payload.PayloadConverter;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers of each form, which fail if they are asked to.
 */
final class AdvisedHandlers {

	private AdvisedHandlers() {
	}

	static final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class);

	static ApplicationContextRunner with(Class<?> advice, String... servers) {
		ApplicationContextRunner prepared = runner.withUserConfiguration(advice);
		for (String server : servers) {
			prepared = prepared.withPropertyValues("socket.servers." + server + ".port=0",
					"socket.servers." + server + ".framing=" + (server.equals("stream") ? "raw" : "line"));
		}
		return prepared;
	}

	static SocketServer server(ApplicationContext context, String name) {
		return context.getBean(SocketServers.class).get(name);
	}

	/** Waits until all sessions that have ended did so for a reason. */
	static void closed(ApplicationContext context, String server, CloseReason reason) {
		await().untilAsserted(() -> assertThat(server(context, server).statistics().closed()).containsOnlyKeys(reason));
	}

	static TestPeer peer(ApplicationContext context, String server) {
		return TestPeer.connect(server(context, server).localAddress());
	}

	static void failIfAsked(String line) {
		switch (line) {
			case "fail", "opening" -> throw new IllegalStateException(line);
			case "argument" -> throw new IllegalArgumentException(line);
			case "number" -> throw new NumberFormatException(line);
			case "unsupported" -> throw new UnsupportedOperationException(line);
			case "error" -> throw new AssertionError(line);
			default -> {
			}
		}
	}

	@SuppressWarnings("unchecked")
	static <T> T proxied(Object target, boolean ofClass) {
		ProxyFactory factory = new ProxyFactory(target);
		factory.setProxyTargetClass(ofClass);
		factory.addAdvice((MethodInterceptor) (call) -> {
			Object result = call.proceed();
			return (result instanceof String text && target instanceof Advised) ? "advised: " + text : result;
		});
		return (T) factory.getProxy();
	}

	static class Several {

		@OnMessage("one")
		String one(String line) {
			return line;
		}

		@OnMessage("two")
		String two(String line) {
			throw new IllegalStateException(line);
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Target({ ElementType.TYPE, ElementType.METHOD })
	@interface Marked {

	}

	@SocketHandlerAdvice
	static class Advised {

		@OnError
		String any() {
			return "a proxy";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler("function")
		UnaryOperator<String> function() {
			return (line) -> {
				failIfAsked(line);
				return line;
			};
		}

		@Bean
		@SocketHandler("marked-method")
		@Marked
		UnaryOperator<String> markedMethod() {
			return function();
		}

		@Bean
		@SocketHandler("per-session-function")
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		UnaryOperator<String> perSessionFunction() {
			return function();
		}

		@Bean
		@SocketHandler("consumer")
		Consumer<String> consumer() {
			return AdvisedHandlers::failIfAsked;
		}

		@Bean
		@SocketHandler("later")
		Function<String, CompletableFuture<String>> later() {
			return (line) -> CompletableFuture.supplyAsync(() -> {
				failIfAsked(line);
				return line;
			});
		}

		@Bean
		@SocketHandler("stream")
		StreamHandler stream() {
			return (in, out, session) -> {
				StringBuilder line = new StringBuilder();
				for (int next = in.read(); next != -1; next = in.read()) {
					if (next != '\n') {
						line.append((char) next);
						continue;
					}
					failIfAsked(line.toString());
					out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
					line.setLength(0);
				}
			};
		}

		@Bean
		@SocketHandler("conversation")
		ConversationHandler<String, String> conversation() {
			return (conversation) -> {
				for (String line = conversation.receive(); line != null; line = conversation.receive()) {
					failIfAsked(line);
					conversation.send(line);
				}
			};
		}

		@Bean
		@SocketHandler("per-session-conversation")
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		ConversationHandler<String, String> perSessionConversation() {
			return conversation();
		}

		@Bean
		@SocketHandler("connection")
		ConnectionHandler<Void> connection() {
			return new Connection();
		}

		@Bean
		PayloadConverter<Integer> numbers() {
			return new PayloadConverter<>() {

				@Override
				public Class<Integer> type() {
					return Integer.class;
				}

				@Override
				public Integer read(byte[] bytes, int offset, int length) {
					int number = Integer.parseInt(new String(bytes, offset, length, StandardCharsets.UTF_8));
					if (number < 0) {
						throw new UnsupportedOperationException();
					}
					return number;
				}

				@Override
				public byte[] write(Integer number) {
					return number.toString().getBytes(StandardCharsets.UTF_8);
				}

			};
		}

		@Bean
		@SocketHandler({ "converted", "json" })
		UnaryOperator<Integer> converted() {
			return (number) -> number + 1;
		}

		@Bean
		@SocketHandler("proxied")
		Annotated proxiedHandler() {
			return proxied(new Annotated(), true);
		}

		@Bean
		@SocketHandler("interface-proxied")
		UnaryOperator<String> interfaceProxied() {
			return proxied(new UnaryOperator<String>() {

				@Override
				public String apply(String line) {
					failIfAsked(line);
					return line;
				}

			}, false);
		}

		@Bean
		@SocketHandler("annotated")
		Annotated annotated() {
			return new Annotated();
		}

		@Bean
		@SocketHandler("per-session")
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		Annotated perSession() {
			return new Annotated();
		}

		@Bean
		@SocketHandler("several")
		Several several() {
			return new Several();
		}

		@Bean
		@SocketHandler("own")
		Own own() {
			return new Own();
		}

		@Bean
		@SocketHandler("opening")
		Opening opening() {
			return new Opening();
		}

		@Bean
		@SocketHandler("marked")
		MarkedHandler marked() {
			return new MarkedHandler();
		}

		@Bean
		@SocketHandler("elsewhere")
		Elsewhere elsewhere() {
			return new Elsewhere();
		}

		@Bean
		@SocketHandler("asking")
		Asking asking() {
			return new Asking();
		}

		@Bean
		@SocketClientHandler("answering")
		UnaryOperator<String> answering() {
			return function();
		}

	}

	static class Asking {

		final List<String> received = new CopyOnWriteArrayList<>();

		@OnOpen
		String opened() {
			return "fail";
		}

		@OnMessage
		void message(String line) {
			this.received.add(line);
		}

	}

	static class Annotated {

		@OnOpen
		void opened(SocketSession session) {
			session.attributes().put("failures", new AtomicInteger());
		}

		@OnMessage
		String message(String line) {
			failIfAsked(line);
			return line;
		}

	}

	static class Own extends Annotated {

		@OnError
		String argument(IllegalArgumentException failure) {
			return "own";
		}

	}

	static class Opening extends Annotated {

		@Override
		@OnOpen
		void opened(SocketSession session) {
			failIfAsked("opening");
		}

	}

	@Marked
	static class MarkedHandler extends Annotated {

	}

	static class Connection implements ConnectionHandler<Void> {

		@Override
		public @Nullable Void received(@Nullable Void state, ByteBuffer data, SocketSession session) {
			String line = StandardCharsets.UTF_8.decode(data).toString();
			failIfAsked(line.strip());
			return null;
		}

	}

}
