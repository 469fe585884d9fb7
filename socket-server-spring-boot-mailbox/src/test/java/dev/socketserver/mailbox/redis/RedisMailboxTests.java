package dev.socketserver.mailbox.redis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.SocketMailbox;
import dev.socketserver.mailbox.delivery.StoreAccess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * An application whose letters are in Redis.
 */
@ExtendWith(OutputCaptureExtension.class)
class RedisMailboxTests {

	/** While Redis is away, commands are to fail soon. */
	private static final String SOON = "spring.data.redis.timeout=500ms";

	private static ConfigurableApplicationContext run(RedisServer redis, String... properties) {
		String[] all = new String[properties.length + 3];
		all[0] = "spring.data.redis.port=" + redis.port();
		all[1] = "socket.mailbox.store=redis";
		all[2] = "socket.mailbox.poll=100ms";
		System.arraycopy(properties, 0, all, 3, properties.length);
		return DeviceApplication.runWithRedis(all);
	}

	/** Posts a letter until that has succeeded; the store keeps it once. */
	private static void awaitPosted(SocketMailbox mailbox, String key) {
		Awaitility.await()
			.ignoreExceptions()
			.until(() -> Patience.await(mailbox.post("device", "7", key, "do " + key, null)).key().equals(key));
	}

	/** A JVM that stands still gives a command up that Redis has done. */
	@Test
	void lettersSurviveAKillOfRedis(@TempDir Path folder) throws Exception {
		Patience.undisturbed(Duration.ofMillis(250), () -> keepLetters(Files.createTempDirectory(folder, "redis")));
	}

	private static void keepLetters(Path folder) throws Exception {
		try (RedisServer redis = RedisServer.open("--dir", folder.toString(), "--appendonly", "yes", "--appendfsync",
				"always"); ConfigurableApplicationContext application = run(redis, SOON)) {
			SocketMailbox mailbox = application.getBean(SocketMailbox.class);
			awaitPosted(mailbox, "a");
			awaitPosted(mailbox, "b");
			redis.kill();
			try (TestPeer peer = TestPeer.connect(application, "devices")) {
				assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
				assertThatThrownBy(() -> Patience.await(mailbox.post("device", "7", "c", "do c", null))).cause()
					.isInstanceOf(MailboxUnavailableException.class);
				assertThat(peer.ask("hello")).isEqualTo("echo hello");
				redis.start();
				assertThat(peer.line()).isEqualTo("do a");
				assertThat(peer.ask("done")).isEqualTo("do b");
				peer.send("done\n");
				Awaitility.await()
					.ignoreExceptions()
					.until(() -> Patience.await(mailbox.letter("device", "7", "b"))
						.orElseThrow()
						.state() == LetterState.DELIVERED);
			}
		}
	}

	/** Nobody starts it then. */
	@Test
	void aRedisThatForgetsIsAnOutageOnceTheMailboxIsUsed() {
		RedisLetterStore store = new RedisLetterStore(new LettuceConnectionFactory(), "c", () -> {
			throw new InvalidSocketPropertyException("socket.mailbox.store", "redis", "it forgets", "Use another");
		});
		assertThatThrownBy(store::prepare).isInstanceOf(InvalidSocketPropertyException.class);
		assertThatThrownBy(store::count).isInstanceOf(MailboxUnavailableException.class)
			.hasMessageContaining("it forgets");
		assertThatThrownBy(store::check).isInstanceOf(MailboxUnavailableException.class);
	}

	@Test
	void aRedisThatForgetsFailsTheStart() {
		try (RedisServer redis = RedisServer.open()) {
			assertThatThrownBy(() -> run(redis).close()).satisfies((failure) -> assertThat(
					DeviceApplication.reason(failure))
				.hasMessage("Property socket.mailbox.store is 'redis': Redis has no append-only file, and forgets "
						+ "letters when it is restarted. Set appendonly to yes in the configuration of Redis, or set "
						+ "socket.mailbox.require-durable to false."));
			run(redis, "socket.mailbox.require-durable=false").close();
		}
	}

	@Test
	void aRedisThatWritesLaterIsAWarning(@TempDir Path folder, CapturedOutput output) {
		try (RedisServer redis = RedisServer.open("--dir", folder.toString(), "--appendonly", "yes")) {
			run(redis).close();
		}
		assertThat(output)
			.contains("Redis has appendfsync = everysec: letters that were reported as stored last may be "
					+ "lost when its machine fails. Set it to always");
	}

	@Test
	void aRedisThatEvictsFailsTheStart(@TempDir Path folder) {
		try (RedisServer redis = RedisServer.open("--dir", folder.toString(), "--appendonly", "yes",
				"--maxmemory-policy", "allkeys-lru")) {
			assertThatThrownBy(() -> run(redis).close())
				.satisfies((failure) -> assertThat(DeviceApplication.reason(failure))
					.hasMessageContainingAll("its maxmemory-policy is allkeys-lru", "noeviction"));
		}
	}

	/**
	 * Where this JVM stands still for a second, Netty logs an error when Lettuce ends.
	 */
	@Test
	void aContextThatIsPausedOrStopsLeavesRedisAlone(@TempDir Path folder, CapturedOutput output) throws Exception {
		Patience.undisturbed(Duration.ofMillis(500),
				() -> leaveAlone(Files.createTempDirectory(folder, "redis"), output));
	}

	private static void leaveAlone(Path folder, CapturedOutput output) throws Exception {
		othersHaveEnded();
		int begun = output.length();
		try (RedisServer redis = RedisServer.open("--dir", folder.toString(), "--appendonly", "yes");
				ConfigurableApplicationContext application = run(redis, "socket.mailbox.poll=20ms",
						"socket.cluster.enabled=true", "socket.clients.station.host=localhost",
						"socket.clients.station.port=1")) {
			SocketMailbox mailbox = application.getBean(SocketMailbox.class);
			Patience.await(mailbox.post("device", "7", "a", "do a", null));
			application.pause();
			// What the pause itself has begun may still be logged.
			AtomicInteger before = new AtomicInteger();
			Awaitility.await()
				.pollInterval(Duration.ofSeconds(1))
				.until(() -> before.getAndSet(output.length()) == output.length());
			application.restart();
			Patience.await(mailbox.post("device", "7", "b", "do b", null));
			try (TestPeer peer = TestPeer.connect(application, "devices")) {
				assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
				assertThat(peer.line()).isEqualTo("do a");
			}
		}
		assertThat(output.toString().substring(begun)).doesNotContain("The store of the mailbox")
			.doesNotContain(" ERROR ");
	}

	/** Event loops of other tests' connections log as well, up to two seconds later. */
	private static void othersHaveEnded() {
		Patience.within(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.noneMatch((name) -> name.startsWith("lettuce-")));
	}

	@Test
	void anOutageIsOneWhileRedisTakesNoWrites(@TempDir Path folder, CapturedOutput output) throws Exception {
		try (RedisServer redis = RedisServer.open("--dir", folder.toString(), "--appendonly", "yes");
				ConfigurableApplicationContext application = run(redis, "socket.mailbox.poll=20ms")) {
			SocketMailbox mailbox = application.getBean(SocketMailbox.class);
			StoreAccess access = application.getBean(StoreAccess.class);
			RedisConnectionFactory factory = application.getBean(RedisConnectionFactory.class);
			factory.getConnection().serverCommands().setConfig("min-replicas-to-write", "1");
			assertThatThrownBy(() -> Patience.await(mailbox.post("device", "7", "a", "do a", null))).cause()
				.isInstanceOf(MailboxUnavailableException.class);
			Awaitility.await().during(Duration.ofSeconds(1)).until(() -> access.outage() != null);
			factory.getConnection().serverCommands().setConfig("min-replicas-to-write", "0");
			Awaitility.await().until(() -> access.outage() == null);
			assertThat(Patience.await(mailbox.letters("device", "7"))).isEmpty();
		}
		assertThat(output).containsOnlyOnce("letters are neither taken nor delivered");
	}

	@Test
	void whatIsThereLaterIsUsedThen(@TempDir Path folder) throws Exception {
		try (RedisServer redis = RedisServer.open("--dir", folder.toString(), "--appendonly", "yes")) {
			redis.kill();
			try (ConfigurableApplicationContext application = run(redis, SOON)) {
				SocketMailbox mailbox = application.getBean(SocketMailbox.class);
				assertThatThrownBy(() -> Patience.await(mailbox.post("device", "7", "a", "do a", null))).cause()
					.isInstanceOf(MailboxUnavailableException.class);
				redis.start();
				awaitPosted(mailbox, "a");
			}
		}
	}

}
