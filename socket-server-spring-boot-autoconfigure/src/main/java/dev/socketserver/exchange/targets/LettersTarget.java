package dev.socketserver.exchange.targets;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServers;
import dev.socketserver.exchange.LetterSender;
import org.jspecify.annotations.Nullable;

/**
 * Calls that post letters.
 *
 * @param type what kind of identity
 * @param id the identity itself
 * @param letters posts them
 * @param servers the servers of this node
 */
public record LettersTarget(String type, String id, LetterSender letters, SocketServers servers) implements Target {

	@Override
	public CompletableFuture<?> send(Object payload, @Nullable Duration ttl) {
		return Outcomes.with(this.letters.post(this.type, this.id, payload, ttl), Function.identity());
	}

	@Override
	public boolean waitsToSend() {
		return true;
	}

	@Override
	public <T> CompletableFuture<T> ask(Object payload, Class<T> reply, Duration timeout) {
		throw new UnsupportedOperationException("A letter has no reply");
	}

	@Override
	public List<SessionSpec> specs() {
		return IdentitySpecs.of(this.servers, this.type, this.id);
	}

	/** Of the sessions there are, and of those that may come until it is delivered. */
	@Override
	public Stream<Encoding> encodings() {
		return Stream.concat(specs().stream().map(Encoding::of),
				IdentitySpecs.encodings(this.servers, this.type, this.id));
	}

	@Override
	public String title() {
		return "letters for " + this.type + ":" + this.id;
	}

}
