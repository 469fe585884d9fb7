package dev.socketserver.cluster.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Delivery;
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
import dev.socketserver.cluster.message.MessageCodec;
import dev.socketserver.cluster.message.NodeRequests;
import dev.socketserver.cluster.spi.ClusterListener;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.cluster.spi.Identity;
import dev.socketserver.cluster.spi.LocalSession;
import dev.socketserver.fixtures.Interleavings;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Sessions of a node that claim one identity and end, while the directory answers and
 * another node claims it too, in every order that Lincheck finds in the time it has. In
 * the end the directory, the node and the sessions agree on one owner at most.
 */
class ClaimInterleavingTests {

	@Test
	void directoryNodeAndSessionsAgreeInTheEnd() {
		Interleavings.stressed(Model.class);
	}

	@Test
	void whatIsUnboundWhenItIsGrantedAnewIsUnbound() {
		Model model = new Model();
		model.replace(0);
		model.settle();
		model.replace(0);
		model.clock();
		model.clock();
		model.answer();
		model.unbind(0);
		model.allAgree();
	}

	/** One session for each thread; the clock and the directory are threads, too. */
	public static class Model implements ClusterClock, DirectoryAccess {

		private static final Identity IDENTITY = new Identity("test", "device", "4711");

		private static final NodeId SELF = new NodeId("a", "1");

		private static final NodeId OTHER = new NodeId("b", "1");

		private static final long LATE = Long.MAX_VALUE / 2;

		/** What the clock has still to run. */
		private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

		/** What the directory has still to do. */
		private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();

		private final AtomicLong micros = new AtomicLong(1_000);

		private final ModelDirectory directory = new ModelDirectory(this.micros::get, ModelDirectory.Mutation.NONE,
				(identity, token) -> {
				});

		private final Claims claims;

		private final ClaimCommands claiming;

		private final ClaimingSession[] owners = new ClaimingSession[8];

		private final List<CompletableFuture<Boolean>> decisions = Collections.synchronizedList(new ArrayList<>());

		private volatile long seen;

		private volatile String wrong = "";

		public Model() {
			for (int i = 0; i < this.owners.length; i++) {
				this.owners[i] = new ClaimingSession("test-" + i);
			}
			for (NodeId node : List.of(SELF, OTHER)) {
				this.directory.renew(
						new Lease(node, Duration.ofDays(1), false, 0, Instant.EPOCH, 0, "", true, Set.of(), 0), 1,
						"epoch");
			}
			ClusterListener listener = new ClusterListener() {
			};
			ThisNode node = new ThisNode(SELF,
					new ClusterSettings("a", Duration.ofSeconds(10), Duration.ofSeconds(2), true, null), this,
					listener);
			DirectoryTime time = new DirectoryTime(this);
			time.set(this.micros.get(), 0);
			this.claiming = new ClaimCommands(node,
					new Directory(new Answering(), time, new DirectoryStatus(SELF, this, LATE)));
			this.claims = new Claims(node, this.claiming,
					new NodeRequests(SELF, this, new Bus(), new MessageCodec(null), time, listener), this);
		}

		@Operation
		public void replace(@Param(gen = ThreadIdGen.class) int thread) {
			bind(thread, BindPolicy.REPLACE);
		}

		@Operation
		public void reject(@Param(gen = ThreadIdGen.class) int thread) {
			bind(thread, BindPolicy.REJECT);
		}

		private void bind(int thread, BindPolicy policy) {
			this.decisions.add(this.claims.bind(IDENTITY, this.owners[thread], policy));
		}

		@Operation
		public void unbind(@Param(gen = ThreadIdGen.class) int thread) {
			this.owners[thread].unbind();
		}

		@Operation
		public void end(@Param(gen = ThreadIdGen.class) int thread) {
			this.owners[thread].end();
		}

		@Operation(nonParallelGroup = "clock")
		public void clock() {
			ranNext(this.tasks);
		}

		@Operation(nonParallelGroup = "directory")
		public void answer() {
			ranNext(this.commands);
		}

		/** Runs the next one; returns whether there was one. */
		private static boolean ranNext(Queue<Runnable> waiting) {
			Runnable next = waiting.poll();
			if (next != null) {
				next.run();
			}
			return next != null;
		}

		@Operation(nonParallelGroup = "directory")
		public void anotherNodeClaims() {
			long now = this.micros.incrementAndGet();
			this.directory
				.claim(new IdentityClaimer(OTHER, LATE, 0), 1,
						List.of(new IdentityClaim(IDENTITY, "other", BindPolicy.REPLACE, 0)))
				.forEach((result) -> result.evicted()
					.stream()
					.filter((entry) -> entry.node().equals(SELF))
					.forEach((entry) -> execute(() -> this.claims.evicted(entry, result.token(), "other " + now))));
		}

		/** Any thread may look for the owner: a later one has a greater token. */
		@Operation(nonParallelGroup = "reader")
		public void look() {
			HeldClaim newest = this.claims.book().newest(IDENTITY.type(), IDENTITY.id());
			long token = (newest != null) ? newest.token() : 0;
			if (token != 0 && token < this.seen) {
				this.wrong = "After token " + this.seen + " the owner has " + token;
			}
			this.seen = Math.max(this.seen, token);
		}

		@Validate
		public void allAgree() {
			settle();
			List<DirectoryEntry> known = this.directory.owners(IDENTITY);
			check(known.size() <= 1, "The directory has " + known);
			for (ClaimingSession owner : this.owners) {
				HeldClaim claim = this.claims.book().get(IDENTITY, owner.id);
				boolean held = claim != null && claim.isHeld();
				boolean listed = known.stream()
					.anyMatch((entry) -> entry.node().equals(SELF) && entry.session().equals(owner.id)
							&& entry.token() == owner.token);
				check(owner.has == held && held == listed,
						owner.id + " has it: " + owner.has + ", the node: " + held + ", the directory: " + known);
				check(!owner.has || !owner.closing, "A session that has ended has the identity");
			}
			check(this.decisions.stream().allMatch(CompletableFuture::isDone), "Somebody waits for a decision");
			check(this.claiming.releasing().isEmpty(), "Not released: " + this.claiming.releasing());
			check(this.wrong.isEmpty(), this.wrong);
		}

		private void settle() {
			while (ranNext(this.tasks) | ranNext(this.commands)) {
				// Each may have made work for the other.
			}
		}

		private static void check(boolean right, String message) {
			if (!right) {
				throw new IllegalStateException(message);
			}
		}

		@Override
		public long nanoTime() {
			return 0;
		}

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		@Override
		public void schedule(Runnable task, long delay) {
			// No time passes.
		}

		@Override
		public Executor callbacks() {
			return Runnable::run;
		}

		@Override
		public boolean isUsable() {
			return true;
		}

		@Override
		public boolean mayBeUsable() {
			return true;
		}

		@Override
		public void failed() {
			this.wrong = "A command has failed";
		}

		@Override
		public CompletableFuture<?> nodesKnown() {
			return CompletableFuture.completedFuture(null);
		}

		/** A session. */
		private final class ClaimingSession implements LocalSession {

			private final String id;

			private volatile boolean closing;

			private volatile boolean has;

			private volatile long token;

			ClaimingSession(String id) {
				this.id = id;
			}

			@Override
			public String id() {
				return this.id;
			}

			@Override
			public boolean closing() {
				return this.closing;
			}

			@Override
			public boolean settled() {
				// Those that are looked for are not.
				return false;
			}

			@Override
			public boolean granted(Identity identity, BindPolicy policy, long granted) {
				synchronized (this) {
					if (this.closing) {
						return false;
					}
					this.has = true;
					this.token = granted;
				}
				for (ClaimingSession other : Model.this.owners) {
					if (policy == BindPolicy.REPLACE && other != this) {
						other.replaced(identity, this.id);
					}
				}
				return true;
			}

			@Override
			public void replaced(Identity identity, String by) {
				boolean had;
				synchronized (this) {
					had = this.has;
					this.has = false;
				}
				if (had) {
					end();
				}
			}

			@Override
			public void released(Identity identity) {
				synchronized (this) {
					this.has = false;
				}
			}

			void unbind() {
				boolean had;
				synchronized (this) {
					had = this.has;
					this.has = false;
				}
				if (had) {
					Model.this.claims.release(IDENTITY, this.id);
				}
			}

			void end() {
				synchronized (this) {
					this.closing = true;
				}
				unbind();
			}

			@Override
			public CompletableFuture<Delivery> send(byte[] payload) {
				return CompletableFuture.completedFuture(Delivery.WRITTEN);
			}

			@Override
			public CompletableFuture<byte[]> ask(byte[] payload, Duration timeout) {
				return CompletableFuture.completedFuture(payload);
			}

			@Override
			public boolean close() {
				return false;
			}

		}

		/** Answers when it is its turn. */
		private final class Answering implements ClusterDirectory {

			private <T> CompletableFuture<T> command(Supplier<T> step) {
				CompletableFuture<T> future = new CompletableFuture<>();
				Model.this.commands.add(() -> {
					Model.this.micros.incrementAndGet();
					future.complete(step.get());
				});
				return future;
			}

			@Override
			public CompletableFuture<List<ClaimResult>> claim(IdentityClaimer claimer, List<IdentityClaim> some) {
				return command(() -> Model.this.directory.claim(claimer, 1, some));
			}

			@Override
			public CompletableFuture<Void> release(NodeId node, List<DirectoryEntry> entries) {
				return command(() -> {
					Model.this.directory.release(node, 1, entries);
					return null;
				});
			}

			@Override
			public CompletableFuture<Renewal> renew(Lease lease) {
				throw new UnsupportedOperationException();
			}

			@Override
			public CompletableFuture<List<DirectoryEntry>> find(String type, String id) {
				throw new UnsupportedOperationException();
			}

			@Override
			public CompletableFuture<OwnedPage> owned(NodeId node, String from) {
				throw new UnsupportedOperationException();
			}

			@Override
			public CompletableFuture<String> sweep(NodeId node, String from) {
				throw new UnsupportedOperationException();
			}

			@Override
			public CompletableFuture<Void> leave(NodeId node) {
				throw new UnsupportedOperationException();
			}

			@Override
			public void reconnect() {
			}

			@Override
			public void close() {
			}

		}

		/** Nobody listens. */
		private static final class Bus implements ClusterBus {

			@Override
			public CompletableFuture<Void> listen(NodeId node, Consumer<byte[]> receiver, Runnable lost) {
				throw new UnsupportedOperationException();
			}

			@Override
			public CompletableFuture<Boolean> publish(NodeId node, byte[] message, boolean urgent) {
				return CompletableFuture.completedFuture(false);
			}

			@Override
			public void close() {
			}

		}

	}

}
