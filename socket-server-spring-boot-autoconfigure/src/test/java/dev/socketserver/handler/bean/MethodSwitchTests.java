package dev.socketserver.handler.bean;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import com.sun.management.ThreadMXBean;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.handler.dispatch.DispatchSettings;
import dev.socketserver.handler.dispatch.OnUnmapped;
import dev.socketserver.handler.key.Discriminators;
import dev.socketserver.handler.payload.PayloadSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** How one of several methods is called, and what that costs. */
class MethodSwitchTests {

	private static final int MESSAGES = 20_000;

	@Test
	void methodsOfAllFormsAreCalled() {
		AnnotatedServer.with(Forms.class)
			.withPropertyValues("socket.servers.it.framing.type=line", "socket.servers.it.discriminator=bytes:0:1")
			.run((context) -> {
				try (TestPeer peer = AnnotatedServer.peer(context)) {
					assertThat(peer.ask("a")).isEqualTo("own a");
					assertThat(peer.ask("b")).isEqualTo("static b");
					assertThat(peer.ask("c1")).isEqualTo("2 bytes");
					assertThat(peer.ask("d")).isEqualTo("one d two");
					assertThat(peer.ask("7")).isEqualTo("8");
					peer.send("e\n");
					assertThat(peer.ask("f")).isEqualTo("after e");
					assertThat(peer.ask("g")).isEqualTo("checked: java.lang.Exception");
					assertThat(peer.ask("h")).isEqualTo("later");
				}
			});
	}

	/**
	 * Reflection would take an array of arguments, and one of several is not optimized.
	 */
	@Test
	void aMessageToOneOfSeveralMethodsAllocatesNothing() throws Exception {
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		beans.registerSingleton("handler", new Silent());
		ServerHandler.Messages messages = (ServerHandler.Messages) new HandlerBeans(beans).serverHandler("handler",
				"test", PayloadSettings.DEFAULT,
				new DispatchSettings(Discriminators.builtIn("word", StandardCharsets.UTF_8, beans), OnUnmapped.ERROR));
		SessionHandler handler = messages.sessions()
			.apply(ServerSpec.builder("it").handler(messages).framing(Framing.line()).build().session());
		SocketSession session = (SocketSession) Proxy.newProxyInstance(SocketSession.class.getClassLoader(),
				new Class<?>[] { SocketSession.class }, (proxy, method, arguments) -> null);
		receive(handler, session);

		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		receive(handler, session);
		long allocated = threads.getCurrentThreadAllocatedBytes() - before;

		assertThat(allocated / MESSAGES).as("bytes allocated for a message").isZero();
	}

	private static void receive(SessionHandler handler, SocketSession session) throws Exception {
		for (int i = 0; i < MESSAGES / 4; i++) {
			handler.received("A 1", session);
			handler.received("B 1", session);
			handler.received("C 1", session);
			handler.received("D 1", session);
		}
	}

	static class Silent {

		@OnMessage("A")
		void a(String line) {
		}

		@OnMessage("B")
		void b(SocketSession session, String line) {
		}

		@OnMessage("C")
		@Nullable String c(String line) {
			return null;
		}

		@OnMessage("D")
		static void d(String line, SocketSession session) {
		}

	}

	static class Forms {

		private String last = "nothing";

		@OnMessage("0x61")
		private String own(String line) {
			return "own " + line;
		}

		@OnMessage("0x62")
		static String ofTheClass(String line) {
			return "static " + line;
		}

		@OnMessage("0x63")
		String bytes(byte... frame) {
			return frame.length + " bytes";
		}

		@OnMessage("0x64")
		String several(List<String> args, String line, SocketSession session) {
			return session.args().get(0) + " " + line + " " + args.get(1);
		}

		@OnMessage("0x37")
		int number(int number) {
			return number + 1;
		}

		@OnMessage("0x65")
		void nothing(String line) {
			this.last = line;
		}

		@OnMessage("0x66")
		String afterNothing() {
			return "after " + this.last;
		}

		@OnMessage("0x67")
		String fails(String line) throws Exception {
			throw new Exception(line);
		}

		@OnMessage("0x68")
		CompletionStage<String> later(String line) {
			return CompletableFuture.completedFuture("later");
		}

		@OnError
		String failed(Exception failure) {
			return "checked: " + failure.getClass().getName();
		}

	}

}
