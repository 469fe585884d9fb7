package dev.socketserver.handler.dispatch;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.peer.Closings;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * An application with one server, whose handler chooses among its methods.
 */
final class DispatchingApplication {

	private DispatchingApplication() {
	}

	static final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withBean(Closings.class)
		.withPropertyValues("socket.servers.it.port=0", "socket.servers.it.handler=handler",
				"socket.servers.it.framing.type=line");

	/** Returns a frame of bytes below 0x80, each as a character. */
	static String frame(String text, Charset charset) {
		byte[] bytes = text.getBytes(charset);
		return (char) bytes.length + new String(bytes, StandardCharsets.US_ASCII);
	}

	static ApplicationContextRunner with(Class<?> handler, String discriminator) {
		ApplicationContextRunner with = runner.withBean("handler", handler);
		return discriminator.isEmpty() ? with
				: with.withPropertyValues("socket.servers.it.discriminator=" + discriminator);
	}

	static void send(TestPeer peer, String text, boolean byteByByte) throws Exception {
		if (!byteByByte) {
			peer.send(text);
			return;
		}
		for (char character : text.toCharArray()) {
			peer.send(String.valueOf(character));
		}
	}

	record Login(String name) {

	}

	record Reading(int reading) {

	}

	static class Devices {

		@OnMessage("login")
		String login(Login login) {
			return "welcome " + login.name();
		}

		@OnMessage("data")
		String data(Reading reading) {
			return "reading " + reading.reading();
		}

		@OnMessage("3")
		String three(byte[] frame) {
			return "three";
		}

		@OnError
		String unmapped(UnmappedMessageException failure) {
			return "unmapped " + failure.key();
		}

		@OnError
		String unreadable(PayloadException failure) {
			return "unreadable Reading";
		}

	}

	static class OnlyLogin {

		@OnMessage("LOGIN")
		String login(String line) {
			return "in";
		}

	}

}
