package dev.socketserver.handler.bean;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.framing.Framing;
import dev.socketserver.handler.payload.PayloadSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.mockito.Mockito.mock;

/**
 * Handlers of contexts that are defined in several ways.
 */
final class DefinedHandlers {

	private DefinedHandlers() {
	}

	static final SocketSession SESSION = mock(SocketSession.class);

	static AnnotationConfigApplicationContext context(Class<?>... classes) {
		return new AnnotationConfigApplicationContext(classes);
	}

	static Map<String, Set<String>> servers(AnnotationConfigApplicationContext context) {
		return new HandlerBeans(context.getBeanFactory()).annotated(Side.SERVER)
			.stream()
			.collect(Collectors.toMap(HandlerBean::beanName, HandlerBean::names));
	}

	static Class<?> input(AnnotationConfigApplicationContext context, String name) {
		return ((ServerHandler.Messages) new HandlerBeans(context.getBeanFactory()).serverHandler(name, "test",
				PayloadSettings.DEFAULT, null))
			.input()
			.type();
	}

	static SessionHandler session(ServerHandler.Messages messages) {
		return messages.sessions()
			.apply(ServerSpec.builder("test")
				.handler(messages)
				.framing(Framing.lengthField().build())
				.build()
				.session());
	}

	@Configuration(proxyBeanMethods = false)
	static class Forms {

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

		@Bean
		@SocketHandler({ "first", "second-one" })
		Consumer<byte[]> sink() {
			return (bytes) -> {
			};
		}

		@Bean
		@SocketHandler
		StreamHandler talk() {
			return (in, out, session) -> in.transferTo(out);
		}

		@Bean
		Supplier<String> noHandler() {
			return () -> "";
		}

	}

	@SocketHandler("meter")
	static class Meter implements ConnectionHandler<Long> {

		@Override
		public @Nullable Long received(@Nullable Long state, ByteBuffer data, SocketSession session) {
			return state;
		}

	}

	@SocketHandler("shout")
	static class Shouting implements Function<String, String> {

		@Override
		public String apply(String text) {
			return text.toUpperCase() + "!";
		}

	}

}
