package dev.socketserver.mailbox.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.mailbox.store.Recipient;
import org.jspecify.annotations.Nullable;

/**
 * The other nodes of the cluster, if there is one: where an identity is, and that there
 * is a letter for it. Safe for use by several threads.
 */
public final class OtherNodes {

	private static final String OPERATION = "mailbox";

	private final Supplier<@Nullable ManagedCluster> cluster;

	/**
	 * Creates the object.
	 * @param cluster the cluster, or {@code null}; asked for when it matters
	 */
	public OtherNodes(Supplier<@Nullable ManagedCluster> cluster) {
		this.cluster = cluster;
	}

	/**
	 * Says who is called when another node has posted a letter.
	 * @param posted gets the identity
	 */
	public void listen(Consumer<Recipient> posted) {
		ManagedCluster known = this.cluster.get();
		if (known != null) {
			known.operation(OPERATION, (body) -> {
				posted.accept(Recipient.of(new String(body, StandardCharsets.UTF_8)));
				return CompletableFuture.completedFuture(new byte[0]);
			});
		}
	}

	boolean isClustered() {
		return clustered() != null;
	}

	private @Nullable ManagedCluster clustered() {
		ManagedCluster known = this.cluster.get();
		return (known != null && known.isClustered()) ? known : null;
	}

	/**
	 * Whether another node has the newest session of an identity, as far as can be known.
	 * @param delivers whether a server delivers letters to the identity
	 */
	boolean haveNewest(Recipient recipient, Predicate<String> delivers) {
		ManagedCluster known = clustered();
		if (known == null) {
			return false;
		}
		try {
			Optional<ClusterSession> newest = known.find(recipient.type(), recipient.id()).join();
			return newest.isPresent() && !newest.get().node().equals(known.node())
					&& delivers.test(newest.get().server());
		}
		catch (CompletionException ex) {
			// The store compares the tokens.
			return false;
		}
	}

	/**
	 * Has the node of the newest session of an identity look for letters, if that is
	 * another.
	 * @param isOpen whether this node has an open session with an id
	 * @return whether to ask again, since the directory has yet to learn that a session
	 * has ended here
	 */
	CompletableFuture<Boolean> posted(Recipient recipient, Predicate<String> isOpen) {
		ManagedCluster known = clustered();
		if (known == null) {
			return CompletableFuture.completedFuture(false);
		}
		byte[] body = recipient.toString().getBytes(StandardCharsets.UTF_8);
		return known.find(recipient.type(), recipient.id()).handle((newest, failure) -> {
			if (failure != null) {
				return isGone(failure);
			}
			ClusterSession session = newest.orElse(null);
			if (session != null && session.node().equals(known.node())) {
				return !isOpen.test(session.id());
			}
			if (session != null) {
				inform(known, session.node(), body);
			}
			return false;
		});
	}

	private static boolean isGone(Throwable failure) {
		return LoggedFailure.cause(failure) instanceof DeliveryException undelivered
				&& undelivered.delivery() == Delivery.GONE;
	}

	private static void inform(ManagedCluster cluster, String node, byte[] body) {
		// If that fails, the node finds the letter by itself.
		CompletableFuture<?> unused = cluster.operate(node, OPERATION, body);
	}

}
