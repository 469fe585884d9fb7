package dev.socketserver.engine.connect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import dev.socketserver.ManualTimer;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.Ready;
import dev.socketserver.client.Select;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.ModelWire;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.OutboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * A client with some addresses and connections, at which everything happens that can, in
 * an order that a seed decides: servers go and come, refuse, take parts of writes, answer
 * and reset; time passes; connections are replaced. A ledger has what was sent, and what
 * servers have got. There is no thread and no clock but those of the test, so that a seed
 * always gives the same run.
 */
final class ClientModel {

	private static final int STEPS = 400;

	/** More than any client needs to be at rest. */
	private static final int ENOUGH = 20_000;

	private static final Duration LONG = Duration.ofDays(300);

	private final Random random;

	private final ManualTimer timer = new ManualTimer();

	private final ModelThreads threads = new ModelThreads();

	private final SharedResources engine = ManualEngine.with(this.timer, this.timer::now);

	/** Whether servers accept, by address. */
	private final boolean[] up;

	/** What the client is made from, but for how many connections it has. */
	private final ClientSpec.Builder spec;

	private int size;

	private final boolean keyed;

	private final boolean failBack;

	private final int capacity;

	private final ManagedClient client;

	/** Under way, or kept. */
	private final List<ModelAttempt> attempts = new ArrayList<>();

	/** Connections of which the client does not know yet: each makes one known to it. */
	private final Deque<Runnable> opening = new ArrayDeque<>();

	private final List<ModelLink> links = new ArrayList<>();

	private final List<CompletableFuture<?>> rotations = new ArrayList<>();

	private final Map<String, SentPayload> ledger = new HashMap<>();

	/** By key, the number of the last payload that a server has got. */
	private final Map<String, Integer> last = new HashMap<>();

	private long version;

	private int refused;

	private int number;

	/** How many attempts were given up. */
	private int cancelled;

	/** How many connections were being replaced after the last step. */
	private int draining;

	/** Whether nothing bad happens any more. */
	private boolean calm;

	ClientModel(int seed) {
		this.random = new Random(seed);
		this.up = new boolean[1 + this.random.nextInt(3)];
		this.size = one(3) ? 1 : 2 + this.random.nextInt(3);
		this.keyed = this.size > 1;
		this.capacity = one(4) ? 5 : 10_000;
		Select select = Select.values()[this.random.nextInt(Select.values().length)];
		this.failBack = select == Select.ORDERED && this.up.length > 1 && one(2);
		Ready ready = one(3) ? Ready.OPENED : Ready.CONNECTED;
		int failures = 1 + this.random.nextInt(2);
		List<ServerAddress> addresses = new ArrayList<>();
		for (int i = 0; i < this.up.length; i++) {
			this.up[i] = !one(3);
			addresses.add(ServerAddress.of("server-" + i, 1));
		}
		this.spec = ClientSpec.builder("it")
			.failOver((block) -> block.addresses(addresses)
				.select(select)
				.failures(failures)
				.failBack(this.failBack ? Duration.ofSeconds(2) : null))
			.pool((pool) -> pool.key(this.keyed ? ClientModel::key : null).ready(ready))
			.reconnect((block) -> block.period(Duration.ofMillis(100)).maxPeriod(Duration.ofSeconds(1)))
			.outbound((block) -> block.capacity(this.capacity).overflow(OutboundOverflow.FAIL))
			.drainTimeout(Duration.ofDays(1))
			.handler(new ServerHandler.Messages("lines", PayloadConverter.text(StandardCharsets.UTF_8), false,
					(session) -> new SigningOn()));
		this.client = new ManagedClient(spec(), this.engine, this.threads::add, new Listeners<>(List::of, this.timer),
				SessionRegistry.ofClient("it", new AtomicLong(), null), (context) -> new ModelConnector(this::attempt));
	}

	private ClientSpec spec() {
		return this.spec.pool((pool) -> pool.size(this.size)).build();
	}

	private void resize(int other) {
		this.size = other;
		this.client.reconfigure(spec(), ++this.version);
	}

	private static String key(Object payload) {
		return payload.toString().split(" ")[0];
	}

	private boolean one(int of) {
		return this.random.nextInt(of) == 0;
	}

	private <T> @Nullable T any(List<T> all) {
		return all.isEmpty() ? null : all.get(this.random.nextInt(all.size()));
	}

	void run() {
		this.client.start();
		for (int i = 0; i < STEPS; i++) {
			step();
			checkNow();
		}
		if (this.keyed) {
			// Some attempts have led to connections just now.
			List.copyOf(this.attempts).forEach(this::decide);
			resize(1 + this.random.nextInt(4));
		}
		this.calm = true;
		Arrays.fill(this.up, true);
		settle(() -> this.ledger.values().stream().allMatch(SentPayload::isOver) && isAsItShouldBe());
		check(connections() == this.links.size(), "It counts other connections than there are: "
				+ this.client.addresses() + ", and there are " + this.links.size());
		CompletableFuture<?> stopped = this.client.stop();
		settle(stopped::isDone);
		checkEnd();
	}

	/** Whether it is as it is to be when all servers accept and keep connections. */
	private boolean isAsItShouldBe() {
		List<AddressStatus> addresses = this.client.addresses();
		return this.client.connections().size() == this.size && this.links.size() == this.size
				&& this.rotations.stream().allMatch(CompletableFuture::isDone) && this.attempts.isEmpty()
				&& this.opening.isEmpty() && addresses.stream().allMatch(AddressStatus::available)
				&& (!this.failBack || addresses.get(0).connections() == this.size);
	}

	private int connections() {
		return this.client.addresses().stream().mapToInt(AddressStatus::connections).sum();
	}

	private void step() {
		switch (this.random.nextInt(16)) {
			case 0, 1, 2 -> send(false);
			case 3 -> send(true);
			case 4 -> pass(this.random.nextInt(300));
			case 5 -> decide(any(this.attempts));
			case 6, 7 -> take(any(this.links));
			case 8 -> answer(any(this.links));
			case 9 -> {
				int server = this.random.nextInt(this.up.length);
				this.up[server] = !one(4);
			}
			case 10 -> {
				if (one(3)) {
					reset(any(this.links));
				}
			}
			case 11 -> {
				if (one(4)) {
					this.rotations.add(this.client.rotate());
				}
			}
			case 12 -> {
				if (one(40)) {
					this.client.reconnect();
				}
				else if (this.keyed && one(4)) {
					resize(1 + this.random.nextInt(4));
				}
			}
			default -> work();
		}
	}

	/** Does everything that can be done, until a condition is met. */
	private void settle(BooleanSupplier until) {
		for (int i = 0; !until.getAsBoolean(); i++) {
			check(i < ENOUGH,
					"It does not come to rest: " + this.client.state() + ", " + this.client.connections().size()
							+ " ready, " + this.client.addresses() + ", "
							+ this.ledger.values().stream().filter((sent) -> !sent.isOver()).toList());
			while (work()) {
				checkNow();
			}
			for (ModelAttempt attempt : List.copyOf(this.attempts)) {
				decide(attempt);
				checkNow();
			}
			for (ModelLink link : List.copyOf(this.links)) {
				take(link);
				answer(link);
			}
			pass(50);
			checkNow();
		}
	}

	private void pass(int millis) {
		this.timer.runUntil(this.timer.now() + TimeUnit.MILLISECONDS.toNanos(millis));
	}

	/** Runs a task of the client, a lane or a loop. */
	private boolean work() {
		int first = this.random.nextInt(3);
		for (int i = 0; i < 3; i++) {
			boolean worked = switch ((first + i) % 3) {
				case 0 -> this.threads.worked();
				case 1 -> this.threads.ranLane();
				default -> looped();
			};
			if (worked) {
				return true;
			}
		}
		return false;
	}

	private boolean looped() {
		if (!this.opening.isEmpty()) {
			this.opening.remove().run();
			return true;
		}
		for (ModelLink link : List.copyOf(this.links)) {
			if (link.looped()) {
				return true;
			}
		}
		return false;
	}

	private void send(boolean ask) {
		String payload = "key" + this.random.nextInt(4) + " " + ++this.number;
		SentPayload sent = new SentPayload(payload, ask, this.number);
		this.ledger.put(payload, sent);
		CompletableFuture<?> outcome = ask ? this.client.ask(payload, LONG) : this.client.send(payload);
		outcome.whenComplete((reply, failure) -> sent.over(reply, failure));
		if (sent.isRefused()) {
			this.refused++;
		}
	}

	/** A server accepts, or does not. */
	private void decide(@Nullable ModelAttempt attempt) {
		if (attempt == null) {
			return;
		}
		if (attempt.isKept()) {
			if (!this.calm && one(4)) {
				attempt.lose();
			}
		}
		else if (this.up[attempt.server()]) {
			attempt.connect();
		}
		else {
			attempt.refuse();
		}
	}

	/** The socket takes a write. */
	private void take(@Nullable ModelLink link) {
		if (link != null && !link.writes().isEmpty()) {
			ModelWire.Write write = link.writes().remove(0);
			got(link, write.text());
			write.result().done(null, 0);
		}
	}

	/** A server has got bytes. */
	private void got(ModelLink link, String bytes) {
		for (String line : link.got(bytes)) {
			received(link, line);
		}
	}

	private void received(ModelLink link, String line) {
		SentPayload sent = this.ledger.get(line);
		check(sent != null, "A server has got what was not sent: " + line);
		sent.received();
		String key = this.keyed ? key(line) : "";
		int before = this.last.getOrDefault(key, 0);
		check(before < sent.number(), "A server has got " + line + " after " + before);
		this.last.put(key, sent.number());
		if (sent.isRequest()) {
			link.asked(line);
		}
	}

	private void answer(@Nullable ModelLink link) {
		if (link != null) {
			link.answer();
		}
	}

	/** A connection is lost, perhaps in the middle of a write. */
	private void reset(@Nullable ModelLink link) {
		if (link != null) {
			IOException failure = new IOException("reset");
			for (ModelWire.Write write : List.copyOf(link.writes())) {
				int taken = one(2) ? 0 : this.random.nextInt(write.text().length());
				got(link, write.text().substring(0, taken));
				write.result().done(failure, taken);
			}
			link.lose(failure);
		}
	}

	private void checkNow() {
		check(this.client.statistics().pending() <= this.capacity,
				this.client.statistics().pending() + " payloads wait, and " + this.capacity + " may");
		int draining = this.client.connections(ConnectionState.DRAINING);
		check(draining <= this.draining || this.client.connections().size() >= this.size,
				"A connection was replaced while " + this.client.connections().size() + " of " + this.size
						+ " were ready");
		this.draining = draining;
	}

	private void checkEnd() {
		for (SentPayload sent : this.ledger.values()) {
			sent.check();
		}
		check(this.client.state() == ClientState.STOPPED, "It stays " + this.client.state());
		check(this.attempts.isEmpty() && this.links.isEmpty() && connections() == 0, "It keeps connections");
		check(this.engine.memory().used() == 0, "It holds " + this.engine.memory().used() + " bytes");
		ClientStatistics counted = this.client.statistics();
		long failed = counted.failed().values().stream().mapToLong(Long::longValue).sum();
		check(counted.attempts() == counted.connected() + failed + this.cancelled,
				"The attempts do not add up: " + counted);
		check(counted.accepted() == this.ledger.size() - this.refused && counted.accepted() == counted.delivered(),
				"The payloads do not add up: " + counted);
	}

	/** Signs on, sometimes in vain. */
	private final class SigningOn implements SessionHandler {

		@Override
		public void opened(SocketSession session) {
			if (!ClientModel.this.calm && one(6)) {
				throw new IllegalStateException("refused");
			}
		}

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			throw new IllegalStateException("A reply was not that to a request: " + payload);
		}

	}

	private ConnectionAttempt attempt(ClientConnection connection) {
		List<AddressStatus> addresses = this.client.addresses();
		int index = connection.address().index();
		check(connection.isProbe() || addresses.get(index).available()
				|| addresses.stream().noneMatch(AddressStatus::available),
				"An address is tried that is not available, though another is: " + index + " of " + addresses);
		return new ModelAttempt(this, connection);
	}

	// What its attempts and connections notify it of.

	ModelThreads threads() {
		return this.threads;
	}

	void begun(ModelAttempt attempt) {
		this.attempts.add(attempt);
	}

	void over(ModelAttempt attempt) {
		this.attempts.remove(attempt);
	}

	void countCancelled() {
		this.cancelled++;
	}

	/** A connection is there, and its loop has not opened its session. */
	void opens(Runnable open) {
		this.opening.add(open);
	}

	void connected(ModelLink link) {
		this.links.add(link);
	}

	void lost(ModelLink link) {
		this.links.remove(link);
	}

	static void check(boolean right, String message) {
		if (!right) {
			throw new IllegalStateException(message);
		}
	}

}
