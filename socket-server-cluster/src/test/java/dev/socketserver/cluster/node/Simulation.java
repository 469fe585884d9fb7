package dev.socketserver.cluster.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.socketserver.cluster.directory.ClaimResult;
import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.directory.ClusterDirectory;
import dev.socketserver.cluster.directory.DirectoryEntry;
import dev.socketserver.cluster.directory.IdentityClaim;
import dev.socketserver.cluster.directory.IdentityClaimer;
import dev.socketserver.cluster.directory.Lease;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.directory.OwnedPage;
import dev.socketserver.cluster.directory.Renewal;
import dev.socketserver.cluster.message.ClusterClock;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.fixtures.ClusterHistory;

/**
 * A world of its own: a clock, a directory, and the network between it and the nodes.
 * Everything that happens is an event of its clock; chance is that of its seed.
 */
final class Simulation {

	static final long MILLI = 1_000_000;

	final Random random;

	/** Of its own: what other schedules draw stays as it was. */
	private final Random chanceOfAnswers;

	/** What may go wrong on the way of messages. */
	final Network network = new Network();

	final ModelDirectory directory;

	final ClusterHistory history = new ClusterHistory();

	private final PriorityQueue<Event> events = new PriorityQueue<>();

	private final Map<NodeId, Deque<Subscriber>> subscribers = new HashMap<>();

	private final Set<Connection> connections = new HashSet<>();

	private long now;

	private long count;

	/** Added to what the directory's clock shows. */
	long directoryStep;

	boolean directoryDown;

	/** The directory renews leases, and fails claims: it is full. */
	boolean claimsFail;

	/** When nodes have given claims. */
	final List<Long> claimsAt = new ArrayList<>();

	/** How often nodes have renewed their leases. */
	long renewals;

	Simulation(long seed, ModelDirectory.Mutation mutation) {
		this.random = new Random(seed);
		this.chanceOfAnswers = new Random(seed + 1);
		this.directory = new ModelDirectory(() -> 1_700_000_000_000_000L + this.directoryStep + this.now / 1_000,
				mutation, this::granted);
	}

	private void granted(Identity identity, long token) {
		long at = order();
		this.history.granted(identity.toString(), "grant " + at, token, at, at);
	}

	/** Returns a number that is greater than those of all that has happened before. */
	long order() {
		return this.count++;
	}

	long now() {
		return this.now;
	}

	void after(long delay, Runnable event) {
		this.events.add(new Event(this.now + Math.max(0, delay), this.count++, event));
	}

	/** Lets time pass. */
	void run(long nanos) {
		long end = this.now + nanos;
		while (!this.events.isEmpty() && this.events.peek().at <= end) {
			Event next = this.events.remove();
			this.now = Math.max(this.now, next.at);
			next.task.run();
		}
		this.now = end;
	}

	/** Breaks the connections of some nodes, with what is under way. */
	void breakConnections(double share) {
		for (Connection connection : List.copyOf(this.connections)) {
			if (this.random.nextDouble() < share) {
				connection.breakDown();
			}
		}
	}

	void breakSubscriptions(double share) {
		this.subscribers.values().forEach((all) -> all.forEach((one) -> {
			if (this.random.nextDouble() < share) {
				one.silent = true;
			}
		}));
	}

	private record Event(long at, long number, Runnable task) implements Comparable<Event> {

		@Override
		public int compareTo(Event other) {
			return (this.at != other.at) ? Long.compare(this.at, other.at) : Long.compare(this.number, other.number);
		}

	}

	/** What may go wrong. */
	static final class Network {

		double lost;

		double twice;

		double reordered;

		/** The longest way, in nanoseconds. */
		long delay = 2 * MILLI;

		/** Nodes that neither the directory nor the bus reaches. */
		final Set<String> cutOff = new HashSet<>();

		/** What may go wrong with the directory's answers to some nodes, by name. */
		final Map<String, Answers> answers = new HashMap<>();

		private Answers answersTo(NodeId node) {
			return this.answers.getOrDefault(node.name(), Answers.GOOD);
		}

	}

	/**
	 * What may go wrong with the directory's answers to a node.
	 *
	 * @param late how much later they arrive, in nanoseconds
	 * @param reordered how often one may overtake others, from 0 to 1
	 * @param lost how often one is lost, with all that follow on the same connection
	 */
	record Answers(long late, double reordered, double lost) {

		static final Answers GOOD = new Answers(0, 0, 0);

	}

	private long delay() {
		return 1 + (long) (this.random.nextDouble() * this.network.delay);
	}

	/** The clock of a node, which can stand still. */
	final class NodeClock implements ClusterClock {

		private final Deque<Runnable> frozen = new ArrayDeque<>();

		private boolean freezing;

		private boolean dead;

		/** How late its tasks are, since it has others to do. */
		long late;

		/** Runs code of the application. */
		Executor callbacks = this::execute;

		@Override
		public long nanoTime() {
			return Simulation.this.now;
		}

		@Override
		public void execute(Runnable task) {
			schedule(task, 0);
		}

		@Override
		public void schedule(Runnable task, long delay) {
			after(delay + this.late, () -> run(task));
		}

		@Override
		public Executor callbacks() {
			return this.callbacks;
		}

		/** Runs something on this node, once it does anything at all. */
		void run(Runnable task) {
			if (this.dead) {
				return;
			}
			if (this.freezing) {
				this.frozen.add(task);
			}
			else {
				task.run();
			}
		}

		void freeze() {
			this.freezing = true;
		}

		void thaw() {
			this.freezing = false;
			while (!this.frozen.isEmpty()) {
				this.frozen.remove().run();
			}
		}

		void kill() {
			this.dead = true;
		}

	}

	/** A node's connections to the directory, one after the other. */
	final class Connection implements ClusterDirectory {

		private final NodeId node;

		private final NodeClock clock;

		private long generation = 1;

		/** When the last command arrives, and its answer: they stay in order. */
		private long arrives;

		private long answered;

		/** No answer arrives any more on the present connection. */
		private boolean silent;

		private boolean closed;

		private final Set<CompletableFuture<?>> underWay = new HashSet<>();

		Connection(NodeId node, NodeClock clock) {
			this.node = node;
			this.clock = clock;
			Simulation.this.connections.add(this);
		}

		private <T> CompletableFuture<T> command(Supplier<T> step) {
			CompletableFuture<T> future = new CompletableFuture<>();
			if (this.closed || Simulation.this.directoryDown
					|| Simulation.this.network.cutOff.contains(this.node.name())) {
				after(delay(),
						() -> this.clock.run(() -> future.completeExceptionally(new IllegalStateException("down"))));
				return future;
			}
			this.underWay.add(future);
			this.arrives = Math.max(this.arrives + 1, Simulation.this.now + delay());
			after(this.arrives - Simulation.this.now, () -> {
				if (Simulation.this.directoryDown) {
					return;
				}
				T result = step.get();
				if (this.underWay.contains(future)) {
					answer(future, result);
				}
			});
			return future;
		}

		private <T> void answer(CompletableFuture<T> future, T result) {
			Answers answers = Simulation.this.network.answersTo(this.node);
			Random chance = Simulation.this.chanceOfAnswers;
			this.silent |= answers.lost > 0 && chance.nextDouble() < answers.lost;
			if (this.silent) {
				return;
			}
			long at = Simulation.this.now + delay() + answers.late;
			if (answers.reordered > 0 && chance.nextDouble() < answers.reordered) {
				at += (long) (chance.nextDouble() * (answers.late + Simulation.this.network.delay));
			}
			else {
				at = Math.max(this.answered + 1, at);
				this.answered = at;
			}
			after(at - Simulation.this.now, () -> {
				if (this.underWay.remove(future)) {
					this.clock.run(() -> future.complete(result));
				}
			});
		}

		void breakDown() {
			Set<CompletableFuture<?>> all = new HashSet<>(this.underWay);
			this.underWay.clear();
			this.generation++;
			// What is on its way to the directory may still arrive, after what is given
			// on the next connection.
			this.arrives = 0;
			this.answered = 0;
			this.silent = false;
			after(delay(), () -> all.forEach(
					(one) -> this.clock.run(() -> one.completeExceptionally(new IllegalStateException("broken")))));
		}

		@Override
		public CompletableFuture<Renewal> renew(Lease lease) {
			long current = this.generation;
			Simulation.this.renewals++;
			String fresh = Long.toHexString(Simulation.this.random.nextLong());
			return command(() -> Simulation.this.directory.renew(lease, current, fresh));
		}

		@Override
		public CompletableFuture<List<ClaimResult>> claim(IdentityClaimer claimer, List<IdentityClaim> claims) {
			long current = this.generation;
			Simulation.this.claimsAt.add(Simulation.this.now);
			if (Simulation.this.claimsFail) {
				return command(() -> "OOM")
					.thenCompose((full) -> CompletableFuture.failedFuture(new IllegalStateException(full)));
			}
			return command(() -> Simulation.this.directory.claim(claimer, current, claims));
		}

		@Override
		public CompletableFuture<Void> release(NodeId releasing, List<DirectoryEntry> entries) {
			long current = this.generation;
			return command(() -> {
				Simulation.this.directory.release(releasing, current, entries);
				return null;
			});
		}

		@Override
		public CompletableFuture<List<DirectoryEntry>> find(String type, String id) {
			return command(() -> Simulation.this.directory.find(type, id));
		}

		@Override
		public CompletableFuture<OwnedPage> owned(NodeId owner, String from) {
			return command(() -> new OwnedPage(Simulation.this.directory.owned(owner), ""));
		}

		@Override
		public CompletableFuture<String> sweep(NodeId dead, String from) {
			return command(() -> Simulation.this.directory.sweep(dead));
		}

		@Override
		public CompletableFuture<Void> leave(NodeId leaving) {
			return command(() -> {
				Simulation.this.directory.leave(leaving);
				return null;
			});
		}

		@Override
		public void reconnect() {
			breakDown();
		}

		@Override
		public void close() {
			this.closed = true;
			Simulation.this.connections.remove(this);
		}

	}

	private static final class Subscriber {

		private final Consumer<byte[]> receiver;

		private final NodeClock clock;

		private boolean silent;

		private long arrives;

		Subscriber(Consumer<byte[]> receiver, NodeClock clock) {
			this.receiver = receiver;
			this.clock = clock;
		}

	}

	/** A node's side of the bus. */
	final class Bus implements ClusterBus {

		private final NodeId self;

		private final NodeClock clock;

		Bus(NodeId self, NodeClock clock) {
			this.self = self;
			this.clock = clock;
		}

		private boolean isCutOff(String name) {
			return Simulation.this.directoryDown || Simulation.this.network.cutOff.contains(name);
		}

		@Override
		public CompletableFuture<Void> listen(NodeId node, Consumer<byte[]> receiver, Runnable lost) {
			CompletableFuture<Void> future = new CompletableFuture<>();
			after(delay(), () -> {
				if (isCutOff(node.name())) {
					this.clock.run(() -> future.completeExceptionally(new IllegalStateException("down")));
					return;
				}
				Deque<Subscriber> all = Simulation.this.subscribers.computeIfAbsent(node, (one) -> new ArrayDeque<>());
				all.clear();
				all.add(new Subscriber(receiver, this.clock));
				this.clock.run(() -> future.complete(null));
			});
			return future;
		}

		@Override
		public CompletableFuture<Boolean> publish(NodeId node, byte[] message, boolean urgent) {
			CompletableFuture<Boolean> future = new CompletableFuture<>();
			after(delay(), () -> {
				if (isCutOff(this.self.name())) {
					this.clock.run(() -> future.completeExceptionally(new IllegalStateException("down")));
					return;
				}
				Deque<Subscriber> all = Simulation.this.subscribers.getOrDefault(node, new ArrayDeque<>());
				all.removeIf((one) -> one.clock.dead);
				boolean received = !all.isEmpty();
				all.forEach((one) -> deliver(node, one, message));
				if (Simulation.this.random.nextDouble() >= Simulation.this.network.lost / 4) {
					after(delay(), () -> this.clock.run(() -> future.complete(received)));
				}
			});
			return future;
		}

		private void deliver(NodeId to, Subscriber subscriber, byte[] message) {
			Random random = Simulation.this.random;
			Network network = Simulation.this.network;
			if (subscriber.silent || isCutOff(to.name()) || random.nextDouble() < network.lost) {
				return;
			}
			int copies = (random.nextDouble() < network.twice) ? 2 : 1;
			for (int i = 0; i < copies; i++) {
				long at = Simulation.this.now + delay();
				if (random.nextDouble() >= network.reordered) {
					at = Math.max(subscriber.arrives + 1, at);
					subscriber.arrives = at;
				}
				else {
					at += delay();
				}
				after(at - Simulation.this.now, () -> subscriber.clock.run(() -> subscriber.receiver.accept(message)));
			}
		}

		@Override
		public void close() {
			Simulation.this.subscribers.remove(this.self);
		}

	}

}
