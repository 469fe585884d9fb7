package dev.socketserver.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.message.MessageCodec;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What others have written to the keys and the channels of a cluster harms none of its
 * nodes for longer than it takes to remove it.
 */
class RedisInputTests {

	private static final Duration LEASE = Duration.ofMillis(1_500);

	/** Is over in no test. */
	private static final Duration LONG = Duration.ofHours(1);

	/** It takes two leases at most, and longer on a busy machine. */
	private static final Duration LIMIT = LEASE.multipliedBy(10);

	/**
	 * In warnings of messages that were late, of a subscription that was checked before
	 * it was read, and of a connection whose answers were not read in time.
	 */
	private static final Pattern STOOD_STILL = Pattern
		.compile("after its time|subscribes anew|no answer in time|core\\.RedisException: ");

	private static final String PREFIX = "socket-server:{test}:";

	@RegisterExtension
	private final Opened opened = new Opened();

	@RegisterExtension
	private final LogLines log = new LogLines("dev.socketserver");

	private RedisServer redis;

	private TestNode a;

	private TestNode b;

	@BeforeEach
	void start() {
		this.redis = this.opened.add(RedisServer.open());
		this.a = node("a");
		this.b = node("b");
		within(LIMIT, () -> assertThat(this.a.member.nodes()).hasSize(2));
	}

	private TestNode node(String name) {
		return this.opened.add(new TestNode(this.redis.port(), name, LEASE).start());
	}

	@Test
	void whatIsNotOfTheFormOfAKeyIsAsIfItWereNotThere() {
		TestNode.Session before = this.b.open();
		assertThat(before.bind("before", BindPolicy.REPLACE)).isTrue();
		List<String> shared = List.of("HSET nodes junk junk x \"l 1 2\" \"x y\" \"l 1 2 3 0 1 1 -\"",
				"HSET nodes y \"l 1 99999999999999999999999999 1 0 99999999999999 1 -\"",
				"SADD graves junk \"a b c\" \"\"", "HSET meta top junk",
				"HSET meta recover 9007199254740991 awaited \"junk ,,%,x y\"", "HSET meta top 1e300 recover junk",
				"HSET meta top -5", "HSET owned \"a " + this.a.id.incarnation() + "\" \"99999999999999999999 0 0\"",
				"HSET own:a:" + this.a.id.incarnation() + " junk junk \"%zz %zz % %\" 5");
		for (String command : shared) {
			write(command);
			assertThat(this.a.open().bind("x", BindPolicy.REPLACE)).as(command).isTrue();
		}
		for (String command : List.of("HSET id:device:1 junk junk", "HSET id:device:2 \"chat b l chat-1\" junk",
				"HSET id:device:3 \"% % % %\" \"1 X\"", "HSET id:device:4 \"chat %zz l %zz\" \"5 X\"",
				"SET id:device:5 text", "LPUSH id:device:6 text")) {
			write(command);
		}

		List<CompletableFuture<Boolean>> bound = new ArrayList<>();
		for (int i = 0; i <= 6; i++) {
			bound.add(this.a.open().bindLater("" + i, BindPolicy.REJECT));
		}

		assertThat(bound).allSatisfy((one) -> assertThat(one).succeedsWithin(Patience.limit()).isEqualTo(true));
		TestNode c = node("c");
		for (TestNode node : List.of(this.a, this.b, c)) {
			within(LIMIT, () -> {
				assertThat(node.member.nodes()).extracting(ClusterNode::name).containsExactly("a", "b", "c");
				assertThat(node.member.isDirectoryUp()).isTrue();
			});
		}
		for (int i = 0; i <= 6; i++) {
			String id = "" + i;
			within(() -> {
				assertThat(c.send(id)).as(id).isEqualTo(Delivery.WRITTEN);
				assertThat(tokenOf(c, id)).isPositive().isLessThan(1L << 53);
			});
		}
		within(() -> assertThat(c.send("before")).isEqualTo(Delivery.WRITTEN));
		assertThat(warnings()).isEmpty();
	}

	/** Those but what is logged because this JVM has stood still. */
	private List<String> warnings() {
		return this.log.events()
			.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.map(ILoggingEvent::getFormattedMessage)
			.filter((line) -> !STOOD_STILL.matcher(line).find())
			.toList();
	}

	@ParameterizedTest
	@ValueSource(strings = { "nodes", "meta", "graves", "owned", "own:a" })
	void aKeyOfAnotherTypeIsAsIfItWereNotThere(String key) {
		TestNode.Session before = this.a.open();
		assertThat(before.bind("before", BindPolicy.REPLACE)).isTrue();
		String name = key.startsWith("own:") ? key + ":" + this.a.id.incarnation() : key;
		write("DEL " + name);
		write("SET " + name + " text");

		assertThat(this.a.open().bindLater("next", BindPolicy.REPLACE)).succeedsWithin(Patience.limit())
			.isEqualTo(true);
		within(LIMIT, () -> {
			assertThat(this.redis.command("TYPE " + PREFIX + name)).isIn("+hash", "+set", "+none");
			assertThat(this.b.send("next")).isEqualTo(Delivery.WRITTEN);
			assertThat(this.b.send("before")).isEqualTo(Delivery.WRITTEN);
			assertThat(this.b.member.nodes()).extracting(ClusterNode::state).containsOnly(ClusterNode.State.UP);
			assertThat(this.a.member.isDirectoryUp()).isTrue();
		});
		assertThat(before.open).isTrue();
	}

	@Test
	void anIdentityWhoseKeyHasAnotherTypeIsNobodys() {
		write("SET id:device:text text");
		within(() -> assertThat(this.a.send("text")).isEqualTo(Delivery.NO_SESSION));
	}

	private void write(String command) {
		assertThat(this.redis.command(command.replaceFirst(" ", " " + PREFIX))).as(command).doesNotStartWith("-");
	}

	private static long tokenOf(TestNode at, String id) {
		return at.member.find("device", id).join().orElseThrow().token();
	}

	/** More than a page of what cannot be read, which is removed all the same. */
	@Test
	void whatADeadNodeHasNotWrittenItselfIsSwept() {
		NodeId dead = new NodeId("dead", "life");
		write("SADD graves \"dead life\"");
		StringBuilder rows = new StringBuilder("HSET own:dead:life");
		for (int i = 0; i < 1_000; i++) {
			rows.append(" junk").append(i).append(" junk");
		}
		write(rows.toString());
		within(LIMIT, () -> {
			assertThat(this.redis.command("EXISTS " + PREFIX + "own:dead:life")).isEqualTo(":0");
			assertThat(this.redis.command("SCARD " + PREFIX + "graves")).isEqualTo(":0");
		});
		assertThat(this.b.member.nodes()).noneMatch((node) -> node.name().equals(dead.name()));
	}

	/** Written as if node b had sent it, or the node itself. */
	@Test
	void aMessageThatLacksWhatItNeedsIsIgnored() {
		// A node that subscribes anew would lose some.
		TestNode c = this.opened.add(new TestNode(this.redis.port(), "c", LONG, LONG).start());
		List<Message> messages = new ArrayList<>();
		messages.add(new Message(Message.Kind.PING, 1_000, c.id, 0, new Fields()));
		for (int kind : new int[] { Message.Kind.SEND, Message.Kind.ASK, Message.Kind.CLOSE, Message.Kind.BROADCAST,
				Message.Kind.EVICT, Message.Kind.NEWER }) {
			messages.add(new Message(kind, 1_000 + messages.size(), this.b.id, 0, new Fields()));
		}
		for (long token : new long[] { -1, 0, 1L << 53, Long.MAX_VALUE }) {
			messages.add(new Message(Message.Kind.EVICT, 1_000 + messages.size(), this.b.id, 0,
					new Fields().with(Fields.SERVER, TestNode.SERVER)
						.with(Fields.TYPE, "device")
						.with(Fields.ID, "x")
						.with(Fields.SESSION, "chat-1")
						.with(Fields.OPERATION, "chat-2")
						.with(Fields.TOKEN, token)));
		}
		MessageCodec codec = new MessageCodec(null);

		for (Message message : messages) {
			assertThat(this.redis.publish(PREFIX + "node:c:" + c.id.incarnation(), codec.write(message, c.id))).isOne();
		}

		// Besides, one that another node has sent may be late.
		within(LIMIT, () -> assertThat(c.member.ignoredMessages()).isGreaterThanOrEqualTo(messages.size()));
		TestNode.Session session = c.open();
		assertThat(session.bind("x", BindPolicy.REPLACE)).isTrue();
		assertThat(session.token("x")).isPositive().isLessThan(1L << 53);
		assertThat(this.log.messages(Level.WARN))
			.filteredOn((line) -> line.startsWith("Node 'c' of the cluster has ignored "))
			.hasSize(1);
		assertThat(warnings()).hasSizeLessThanOrEqualTo(1);
		within(LIMIT, () -> assertThat(this.b.send("x")).isEqualTo(Delivery.WRITTEN));
	}

}
