package dev.socketserver.mailbox.delivery;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.mailbox.properties.MailboxProperties.Acknowledge;
import dev.socketserver.mailbox.properties.MailboxProperties.SendOn;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.MemoryLetterStore;
import dev.socketserver.mailbox.store.Recipient;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LetterDeliveryTests {

	/** How often the directory was asked where an identity is. */
	private final AtomicInteger asked = new AtomicInteger();

	/** The node that was notified of letters. */
	private final CompletableFuture<String> notified = new CompletableFuture<>();

	@Test
	void asksTheDirectoryOnceWhereAnIdentityWithoutSessionHereIs() throws Exception {
		StoreAccess access = new StoreAccess(new MemoryLetterStore(InstantSource.system()));
		try {
			Deliveries all = deliveries(access, Duration.ofDays(1), () -> {
				throw new IllegalStateException("No session is here");
			}, this::cluster);

			new LetterDelivery(all, new Recipient("device", "4711")).beginOrHandOver();

			assertThat(Patience.await(this.notified)).isEqualTo("there");
			assertThat(this.asked).hasValue(1);
		}
		finally {
			access.close();
		}
	}

	private static MailboxStoreProperties settings(Duration poll) {
		return new MailboxStoreProperties(null, false, SchemaInitialization.NEVER, Duration.ofDays(1),
				Duration.ofDays(1), 10, Duration.ofDays(1), poll);
	}

	private static Deliveries deliveries(StoreAccess access, Duration poll, Supplier<SocketServers> servers,
			Supplier<@Nullable ManagedCluster> cluster) {
		Deliveries all = new Deliveries(access, settings(poll), servers, new OtherNodes(cluster), () -> null,
				new LetterListener() {
				});
		all.add(new ServerMailbox("devices", "device", Acknowledge.REPLY, SendOn.BOUND, Duration.ofSeconds(10),
				Duration.ofSeconds(30), 5, Duration.ofSeconds(10)));
		return all;
	}

	/** As one does to which several devices are connected, which come and go. */
	@Test
	void looksForNoLettersToAnIdentityThatASessionHasGivenUp() throws Exception {
		AtomicReference<Set<?>> due = new AtomicReference<>(Set.of());
		StoreAccess access = new StoreAccess(
				store("due", (arguments) -> due.set(Set.copyOf((Collection<?>) arguments[0]))));
		try (NettySocketServers servers = new NettySocketServers(List.of())) {
			Deliveries all = deliveries(access, Duration.ofMillis(10), () -> servers, () -> null);
			all.start();
			try (TestPeer peer = TestPeer.connect(start(servers, all).localAddress())) {
				assertThat(List.of(peer.ask("+1"), peer.ask("+2"))).containsOnly("true");
				Patience.within(() -> assertThat(due.get()).hasSize(2));
				assertThat(peer.ask("-1")).isEqualTo("true");
				Patience.within(() -> assertThat(due.get()).isEqualTo(Set.of(new Recipient("device", "2"))));
			}
			all.rest();
		}
		finally {
			access.close();
		}
	}

	/** Returns a store, and is notified when it has answered a method. */
	private static LetterStore store(String method, Consumer<Object[]> answered) {
		LetterStore memory = new MemoryLetterStore(InstantSource.system());
		return (LetterStore) Proxy.newProxyInstance(LetterDeliveryTests.class.getClassLoader(),
				new Class<?>[] { LetterStore.class }, (proxy, asked, arguments) -> {
					Object answer = asked.invoke(memory, arguments);
					if (asked.getName().equals(method)) {
						answered.accept(arguments);
					}
					return answer;
				});
	}

	/** Runs tasks at once, where they are given. */
	private static ExecutorService sameThread() {
		return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {

			@Override
			public void execute(Runnable task) {
				task.run();
			}

		};
	}

	/** Starts a server whose sessions have the identities that they ask for. */
	private static SocketServer start(NettySocketServers servers, Deliveries all) {
		SessionHandler handler = (line, session) -> {
			String id = line.toString().substring(1);
			if (line.toString().startsWith("-")) {
				return String.valueOf(session.unbind("device", id));
			}
			session.bind("device", id);
			all.bound(session, "device", id);
			return "true";
		};
		SocketServer server = servers.register(ServerSpec.builder("devices")
			.port(0)
			.handler(new ServerHandler.Messages("devices", PayloadConverter.text(StandardCharsets.UTF_8), false,
					(spec) -> handler))
			.build());
		server.start();
		return server;
	}

	/** Who looks is so fast that the first look is over before anything else goes on. */
	@Test
	void findsALetterThatIsPostedBehindTheFirstLookOfASession() throws Exception {
		AtomicReference<Runnable> behind = new AtomicReference<>();
		StoreAccess access = new StoreAccess(store("claim", (arguments) -> {
			Runnable posts = behind.getAndSet(null);
			if (posts != null) {
				posts.run();
			}
		}), Duration.ofDays(1), Duration.ofDays(1), sameThread());
		try (NettySocketServers servers = new NettySocketServers(List.of())) {
			Deliveries all = deliveries(access, Duration.ofDays(1), () -> servers, () -> null);
			StoredMailbox mailbox = new StoredMailbox(access, settings(Duration.ofDays(1)),
					new LetterPayloads(all, () -> servers), all);
			behind.set(() -> mailbox.post("device", "1", "a", "do a", null));
			try (TestPeer peer = TestPeer.connect(start(servers, all).localAddress())) {
				assertThat(peer.ask("+1")).isEqualTo("true");
				assertThat(peer.line()).isEqualTo("do a");
			}
		}
		finally {
			access.close();
		}
	}

	/** The directory has the identity on another node. */
	private ManagedCluster cluster() {
		return (ManagedCluster) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { ManagedCluster.class }, (proxy, method, arguments) -> switch (method.getName()) {
					case "node" -> "here";
					case "isClustered" -> true;
					case "find" -> {
						this.asked.incrementAndGet();
						yield CompletableFuture
							.completedFuture(Optional.of(new ClusterSession("there", "devices-1", "devices", 7)));
					}
					case "operate" -> {
						this.notified.complete((String) arguments[0]);
						yield CompletableFuture.completedFuture(new byte[0]);
					}
					default -> throw new UnsupportedOperationException(method.toString());
				});
	}

}
