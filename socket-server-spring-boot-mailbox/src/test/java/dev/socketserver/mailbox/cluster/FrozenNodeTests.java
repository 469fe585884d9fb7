package dev.socketserver.mailbox.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.process.Signals;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketMailbox;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A node that hangs while it is at a letter, and goes on when another has taken that: it
 * cannot end the letter. {@code -Dletters.frozen} says for how many seconds it hangs at
 * least.
 */
@Tag("long")
class FrozenNodeTests {

	private static final Duration FROZEN = Duration.ofSeconds(Rounds.of("letters.frozen", 0, 30));

	@RegisterExtension
	private final Opened opened = new Opened();

	@Test
	void inACluster(@TempDir Path folder) throws Exception {
		RedisServer redis = this.opened.add(RedisServer.open("--dir", folder.toString(), "--appendonly", "yes"));
		List<String> properties = List.of("spring.data.redis.port=" + redis.port(), "socket.mailbox.store=redis",
				"socket.cluster.enabled=true", "socket.cluster.lease=1s", "socket.mailbox.poll=1h");
		Frozen before = freeze(properties);
		// It closes the session that was replaced, and has received the reply by then.
		assertThat(before.next()).isNull();
	}

	@Test
	void withoutACluster() throws Exception {
		PostgresServer database = this.opened.add(PostgresServer.open());
		List<String> properties = List.of("spring.datasource.url=" + database.url(),
				"socket.mailbox.initialize-schema=always", "socket.mailbox.poll=200ms");
		Frozen before = freeze(properties);
		before.peer().send("hello\n");
		assertThat(before.next()).isEqualTo("echo hello");
	}

	private Frozen freeze(List<String> properties) throws Exception {
		OtherJvm frozen = this.opened.add(new OtherJvm(List.of(), List.of(), MailboxNode.class,
				node("a", properties, "socket.servers.devices.mailbox.timeout=500ms")));
		ConfigurableApplicationContext node = this.opened
			.add(DeviceApplication.runWhole(List.of(MailboxNode.Judging.class), node("b", properties)));
		int port = Integer.parseInt(frozen.next().replace("port ", ""));
		Patience.await(node.getBean(SocketMailbox.class).post("device", "7", "a", "do a", null));
		TestPeer before = this.opened.add(TestPeer.connect(port));
		TestPeer after = this.opened.add(TestPeer.connect(node, "devices"));
		assertThat(before.ask("login 7")).isEqualTo("welcome 7");
		assertThat(before.line()).isEqualTo("do a");
		Signals.send(frozen.pid(), "STOP");
		long since = System.nanoTime();
		// It may have sent the letter more than once by then.
		int attempts = letter(node).attempts();
		before.send("yes\n");

		await().until(() -> after.ask("login 7").equals("welcome 7"));
		assertThat(after.line()).isEqualTo("do a");
		assertThat(letter(node).state()).isEqualTo(LetterState.SENT);
		assertThat(letter(node).attempts()).isGreaterThan(attempts);
		await().atMost(FROZEN.plus(Patience.limit())).until(() -> System.nanoTime() - since >= FROZEN.toNanos());
		Signals.send(frozen.pid(), "CONT");
		frozen.command("there?");
		assertThat(frozen.next()).isEqualTo("here");
		await().during(Duration.ofMillis(500)).until(() -> !letter(node).state().isFinal());

		// Refuses the letter, however often it was sent meanwhile.
		after.send("no\n");
		await().atMost(Patience.limit()).until(() -> letter(node).state().isFinal());
		assertThat(letter(node).state()).isEqualTo(LetterState.REFUSED);
		List<Letter> ended = node.getBean(DeviceApplication.Ended.class).letters;
		await().until(() -> !ended.isEmpty());
		assertThat(ended).singleElement().satisfies((letter) -> assertThat(letter.detail()).startsWith("refused by"));
		return new Frozen(before, attempts);
	}

	private static String[] node(String name, List<String> properties, String... more) {
		List<String> all = new ArrayList<>(properties);
		// This JVM may stand still while the other tries.
		all.addAll(List.of("socket.cluster.node=" + name, "socket.servers.devices.mailbox.retry=10ms",
				"socket.servers.devices.mailbox.attempts=1000"));
		all.addAll(List.of(more));
		return all.toArray(String[]::new);
	}

	private static Letter letter(ConfigurableApplicationContext node) throws Exception {
		return Patience.await(node.getBean(SocketMailbox.class).letter("device", "7", "a")).orElseThrow();
	}

	/**
	 * The peer of the node that hung, and how often it may have sent the letter before.
	 */
	private record Frozen(TestPeer peer, int attempts) {

		/** Returns what it receives next, without the letter. */
		String next() throws IOException {
			String line = this.peer.read();
			for (int i = 1; i < this.attempts && "do a".equals(line); i++) {
				line = this.peer.read();
			}
			return line;
		}

	}

}
