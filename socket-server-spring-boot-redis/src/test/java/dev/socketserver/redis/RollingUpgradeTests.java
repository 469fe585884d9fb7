package dev.socketserver.redis;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.node.DirectoryEngine;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.junit.Undisturbed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A node of this version and one of a newer, which says what this version does not know.
 */
class RollingUpgradeTests {

	private static final Duration LEASE = Duration.ofSeconds(2);

	/** Is over in no test. */
	private static final Duration LONG = Duration.ofHours(1);

	private static final Duration SOON = Duration.ofSeconds(10);

	@RegisterExtension
	private final Opened opened = new Opened();

	@RegisterExtension
	private final LogLines log = new LogLines("dev.socketserver");

	/** Else a request would not be answered in time. */
	@RegisterExtension
	private final Undisturbed undisturbed = new Undisturbed(TestNode.TIMEOUT.dividedBy(4), () -> {
		this.opened.closeAll();
		this.log.clear();
		start();
	});

	private RedisServer redis;

	private TestNode old;

	@BeforeEach
	void start() {
		this.redis = this.opened.add(RedisServer.open());
		this.old = new TestNode(this.redis.port(), "old", LEASE).start();
		this.opened.add(this.old);
	}

	/** Starts a node whose messages are changed on their way. */
	private TestNode newer(UnaryOperator<byte[]> says) {
		return newer(LEASE, TestNode.TIMEOUT, says);
	}

	private TestNode newer(Duration lease, Duration timeout, UnaryOperator<byte[]> says) {
		TestNode node = new TestNode(TestNode.factory(this.redis.port()), "newer", lease, timeout, null,
				(engine) -> newer(engine, says));
		this.opened.add(node);
		node.start();
		within(LEASE.plus(SOON),
				() -> assertThat(node.member.nodes()).extracting(ClusterNode::name).containsExactly("newer", "old"));
		within(LEASE.plus(SOON), () -> assertThat(this.old.member.nodes()).extracting(ClusterNode::name)
			.containsExactly("newer", "old"));
		return node;
	}

	/** It understands its own version, and the one before. */
	@SuppressWarnings("unchecked") // what is listened with
	private static DirectoryEngine newer(DirectoryEngine engine, UnaryOperator<byte[]> says) {
		ClusterBus speaking = Mutant.replacing(ClusterBus.class, engine.bus(), "publish", (proceed,
				arguments) -> proceed.with(arguments[0], says.apply(((byte[]) arguments[1]).clone()), arguments[2]));
		ClusterBus bus = Mutant.replacing(ClusterBus.class, speaking, "listen", (proceed, arguments) -> {
			Consumer<byte[]> receiver = (Consumer<byte[]>) arguments[1];
			return proceed.with(arguments[0], (Consumer<byte[]>) (message) -> {
				message[0] = 1;
				receiver.accept(message);
			}, arguments[2]);
		});
		return Mutant.engine(engine.directory(), bus);
	}

	private TestNode.Session bound(TestNode node, String id) {
		TestNode.Session session = node.open();
		assertThat(session.bind(id, BindPolicy.REPLACE)).isTrue();
		return session;
	}

	@Test
	void aKindThatOnlyTheNewerKnowsIsAnsweredAtOnce() {
		TestNode newer = newer(LONG, LONG, (message) -> {
			message[1] = (message[1] == Message.Kind.SEND) ? 77 : message[1];
			return message;
		});
		TestNode.Session there = bound(this.old, "x");
		within(() -> assertThat(newer.send("x")).isEqualTo(Delivery.NODE_UNREACHABLE));
		assertThat(there.received).isEmpty();
		assertThat(this.old.member.ignoredMessages()).isZero();
		bound(newer, "y");
		within(() -> assertThat(this.old.send("y")).isEqualTo(Delivery.WRITTEN));
	}

	@Test
	void fieldsThatOnlyTheNewerKnowsAreIgnored() {
		TestNode newer = newer((message) -> {
			ByteArrayOutputStream longer = new ByteArrayOutputStream();
			longer.writeBytes(message);
			new Fields().with(99, "of a newer version").writeTo(longer);
			return longer.toByteArray();
		});
		TestNode.Session there = bound(this.old, "x");
		within(() -> assertThat(newer.send("x")).isEqualTo(Delivery.WRITTEN));
		assertThat(there.received).containsOnly("x");
		bound(newer, "x");
		within(() -> assertThat(there.open).isFalse());
		within(() -> assertThat(this.old.send("x")).isEqualTo(Delivery.WRITTEN));
		assertThat(this.log.messages(Level.WARN))
			.filteredOn((line) -> line.startsWith("Node 'old' of the cluster has ignored "))
			.as("ignored")
			.allMatch((line) -> line.contains("after its time"));
	}

	@Test
	void anOutcomeThatOnlyTheNewerKnowsIsNoneOfOurs() {
		TestNode newer = newer(
				(message) -> new String(message, StandardCharsets.ISO_8859_1).replace("WRITTEN", "DELAYED")
					.getBytes(StandardCharsets.ISO_8859_1));
		TestNode.Session there = bound(newer, "x");
		within(() -> {
			assertThat(this.old.send("x")).isEqualTo(Delivery.NODE_UNREACHABLE);
			assertThat(there.received).containsOnly("x");
		});
	}

	/** What it takes away is noticed at the next renewals. */
	@Test
	void theCommandsOfANewerVersionAreIgnoredAndEachIdentityStillHasOneOwner() {
		TestNode newer = newer((message) -> {
			message[0] = 2;
			return message;
		});
		TestNode.Session there = bound(this.old, "x");
		bound(this.old, "y");
		assertThat(newer.send("y")).isEqualTo(Delivery.NODE_UNREACHABLE);
		within(() -> assertThat(this.old.member.ignoredMessages()).isPositive());
		long ignored = this.old.member.ignoredMessages();
		TestNode.Session owner = bound(newer, "x");
		within(LEASE.plus(SOON), () -> assertThat(there.open).isFalse());
		assertThat(owner.open).isTrue();
		within(() -> assertThat(this.old.member.ignoredMessages()).isGreaterThan(ignored));
		within(() -> assertThat(this.old.send("y")).isEqualTo(Delivery.WRITTEN));
		assertThat(this.old.member.isDirectoryUp()).isTrue();
	}

}
