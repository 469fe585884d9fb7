package dev.socketserver.mailbox.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.LetterJudge;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketLetterEvent;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/**
 * A node of devices in a JVM of its own. It says its port, and each letter that it has
 * ended, and ends when its input does.
 */
public final class MailboxNode {

	private MailboxNode() {
	}

	public static void main(String[] properties) throws IOException {
		try (ConfigurableApplicationContext application = DeviceApplication
			.runWhole(List.of(Saying.class, Judging.class), properties)) {
			OtherJvm.say("port " + TestPeer.port(application, "devices"));
			BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			while (in.readLine() != null) {
				OtherJvm.say("here");
			}
		}
	}

	/** Says which letters have ended. */
	public static class Saying {

		@EventListener
		void ended(SocketLetterEvent event) {
			OtherJvm.say("ended " + event.letter().id() + " " + event.letter().key() + " " + event.letter().state());
		}

	}

	/** A device that says no refuses. */
	@Configuration(proxyBeanMethods = false)
	public static class Judging {

		@Bean
		LetterJudge judge() {
			return (letter, reply) -> reply.equals("no") ? LetterState.REFUSED : LetterState.DELIVERED;
		}

	}

}
