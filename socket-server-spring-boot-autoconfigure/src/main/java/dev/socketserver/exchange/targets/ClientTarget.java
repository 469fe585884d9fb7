package dev.socketserver.exchange.targets;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec;
import dev.socketserver.client.SocketClient;
import org.jspecify.annotations.Nullable;

/**
 * Calls that go to a client, which is looked up each time: it may not be registered yet,
 * or be registered anew.
 *
 * @param name the client's name
 * @param client finds the client
 */
public record ClientTarget(String name, Supplier<SocketClient> client) implements Target {

	@Override
	public CompletableFuture<?> send(Object payload, @Nullable Duration ttl) {
		return Target.accepted(this.client.get().send(payload));
	}

	@Override
	public <T> CompletableFuture<T> ask(Object payload, Class<T> reply, Duration timeout) {
		return this.client.get().ask(payload, reply, timeout);
	}

	@Override
	public List<SessionSpec> specs() {
		return List.of(this.client.get().spec().session());
	}

	/** Of the next connection, and of those that have begun with other settings. */
	@Override
	public Stream<Encoding> encodings() {
		SocketClient client = this.client.get();
		return Stream.concat(Stream.of(Encoding.of(client.spec().session())),
				client.connections().stream().flatMap(Encoding::of));
	}

	@Override
	public String title() {
		return "client '" + this.name + "'";
	}

}
