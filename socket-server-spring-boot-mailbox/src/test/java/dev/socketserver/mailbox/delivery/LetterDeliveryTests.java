package dev.socketserver.mailbox.delivery;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.mailbox.properties.MailboxProperties.Acknowledge;
import dev.socketserver.mailbox.properties.MailboxProperties.SendOn;
import dev.socketserver.mailbox.store.MemoryLetterStore;
import dev.socketserver.mailbox.store.Recipient;
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
			Deliveries all = new Deliveries(access, new MailboxSettings(Duration.ofDays(1), Duration.ofDays(1), 10,
					Duration.ofDays(1), Duration.ofDays(1)), () -> {
						throw new IllegalStateException("No session is here");
					}, new OtherNodes(this::cluster), () -> null, new LetterListener() {
					});
			all.add(new ServerMailbox("devices", "device", Acknowledge.REPLY, SendOn.BOUND, Duration.ofSeconds(10),
					Duration.ofSeconds(30), 5, Duration.ofSeconds(10)));

			new LetterDelivery(all, new Recipient("device", "4711")).beginOrHandOver();

			assertThat(this.notified.get(Patience.seconds(), TimeUnit.SECONDS)).isEqualTo("there");
			assertThat(this.asked).hasValue(1);
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
