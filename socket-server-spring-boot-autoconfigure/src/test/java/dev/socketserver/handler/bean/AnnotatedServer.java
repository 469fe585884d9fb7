package dev.socketserver.handler.bean;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.peer.Closings;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * A server whose handler is a bean with annotated methods.
 */
final class AnnotatedServer {

	private AnnotatedServer() {
	}

	static final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean(Closings.class)
		.withPropertyValues("socket.servers.it.port=0", "socket.servers.it.args=one,two");

	static ApplicationContextRunner with(Class<?> handler) {
		return runner.withBean("handler", handler).withPropertyValues("socket.servers.it.handler=handler");
	}

	static TestPeer peer(AssertableApplicationContext context) {
		return TestPeer.connect(context.getBean(SocketServers.class).get("it").localAddress());
	}

	static SessionHandler annotated(Class<?> type) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean("handler", type);
			context.refresh();
			ServerHandler.Messages messages = (ServerHandler.Messages) new HandlerBeans(context.getBeanFactory())
				.serverHandler("handler", "test", PayloadSettings.DEFAULT, null);
			return messages.sessions()
				.apply(ServerSpec.builder("it")
					.handler(messages)
					.framing(Framing.lengthField().build())
					.build()
					.session());
		}
	}

	static class Numbers {

		@OnMessage
		int next(int number) {
			return number + 1;
		}

	}

}
