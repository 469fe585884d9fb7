package dev.socketserver.exchange.targets;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.SocketCluster;
import org.jspecify.annotations.Nullable;

/**
 * Calls that go to the newest session of an identity. If this node has exactly one, its
 * queue takes what is sent; all else goes by the cluster.
 *
 * @param type what kind of identity
 * @param id the identity itself
 * @param servers the servers of this node
 * @param cluster reaches other nodes, if there are any
 */
public record IdentityTarget(String type, String id, SocketServers servers, SocketCluster cluster) implements Target {

	@Override
	public CompletableFuture<?> send(Object payload, @Nullable Duration ttl) {
		List<SocketSession> here = this.servers.find(this.type, this.id);
		if (here.size() == 1) {
			return Accepted.of(here.get(0).send(payload));
		}
		return this.cluster.send(this.type, this.id, payload).thenApply((delivery) -> {
			if (delivery != Delivery.WRITTEN) {
				throw new DeliveryException(delivery, "Nothing was sent to " + title() + ": " + delivery);
			}
			return null;
		});
	}

	@Override
	public boolean waitsToSend() {
		return this.servers.find(this.type, this.id).size() != 1;
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
	public String title() {
		return this.type + ":" + this.id;
	}

}
