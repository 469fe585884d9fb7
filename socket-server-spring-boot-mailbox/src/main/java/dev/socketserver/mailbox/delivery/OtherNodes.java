package dev.socketserver.mailbox.delivery;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.spi.ManagedCluster;
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
		ManagedCluster known = this.cluster.get();
		return known != null && known.isClustered();
	}

	/**
	 * Whether another node has the newest session of an identity, as far as can be known.
	 */
	boolean haveNewest(Recipient recipient) {
		ManagedCluster known = this.cluster.get();
		if (known == null || !known.isClustered()) {
			return false;
		}
		try {
			Optional<ClusterSession> newest = known.find(recipient.type(), recipient.id()).join();
			return newest.isPresent() && !newest.get().node().equals(known.node());
		}
		catch (CompletionException ex) {
			// The store compares the tokens.
			return false;
		}
	}

	/**
	 * Has the node of the newest session of an identity look for letters, if that is
	 * another.
	 * @return the session, if the directory has it at this node
	 */
	CompletableFuture<Optional<ClusterSession>> posted(Recipient recipient) {
		ManagedCluster known = this.cluster.get();
		if (known == null || !known.isClustered()) {
			return CompletableFuture.completedFuture(Optional.empty());
		}
		byte[] body = recipient.toString().getBytes(StandardCharsets.UTF_8);
		return known.find(recipient.type(), recipient.id()).thenApply((newest) -> {
			newest.map(ClusterSession::node)
				.filter((node) -> !node.equals(known.node()))
				.ifPresent((node) -> tell(known, node, body));
			return newest.filter((session) -> session.node().equals(known.node()));
		});
	}

	private static void tell(ManagedCluster cluster, String node, byte[] body) {
		// If that fails, the node finds the letter by itself.
		CompletableFuture<?> unused = cluster.operate(node, OPERATION, body);
	}

}
