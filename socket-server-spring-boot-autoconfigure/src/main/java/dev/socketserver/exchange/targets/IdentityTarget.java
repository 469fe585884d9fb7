package dev.socketserver.exchange.targets;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.cluster.ClusterSession;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.SocketCluster;
import org.jspecify.annotations.Nullable;

/**
 * Calls that go to the newest session of an identity. If this node has it, and knows of
 * no newer one elsewhere, its queue takes what is sent; all else goes by the cluster.
 *
 * @param type what kind of identity
 * @param id the identity itself
 * @param servers the servers of this node
 * @param cluster reaches other nodes, if there are any
 */
public record IdentityTarget(String type, String id, SocketServers servers, SocketCluster cluster) implements Target {

	@Override
	public CompletableFuture<?> send(Object payload, @Nullable Duration ttl) {
		SocketSession here = here();
		if (here != null) {
			return Target.accepted(here.send(payload));
		}
		return Outcomes.<Delivery, @Nullable Void>with(this.cluster.send(this.type, this.id, payload), (delivery) -> {
			if (delivery != Delivery.WRITTEN) {
				throw new DeliveryException(delivery, "Nothing was sent to " + title() + ": " + delivery);
			}
			return null;
		});
	}

	/** Returns the newest session, unless another node may have it. */
	private @Nullable SocketSession here() {
		if (this.servers.find(this.type, this.id).isEmpty()) {
			return null;
		}
		CompletableFuture<Optional<ClusterSession>> newest = this.cluster.find(this.type, this.id);
		boolean known = newest.isDone() && !newest.isCompletedExceptionally();
		return known ? newest.join()
			.filter((session) -> session.node().equals(this.cluster.node()))
			.flatMap((session) -> this.servers.session(session.id()))
			.orElse(null) : null;
	}

	@Override
	public boolean waitsToSend() {
		return here() == null;
	}

	@Override
	public <T> CompletableFuture<T> ask(Object payload, Class<T> reply, Duration timeout) {
		return this.cluster.ask(this.type, this.id, payload, reply, timeout);
	}

	@Override
	public List<SessionSpec> specs() {
		return IdentitySpecs.of(this.servers, this.type, this.id);
	}

	@Override
	public Stream<Encoding> encodings() {
		return IdentitySpecs.encodings(this.servers, this.type, this.id);
	}

	@Override
	public String title() {
		return this.type + ":" + this.id;
	}

}
