package dev.socketserver.bridge.kill;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageStore;

/**
 * A store that fails before and after it has stored a message, and sometimes does not
 * answer.
 */
final class FlakyStore implements MessageStore, AutoCloseable {

	private final List<String> stored = new ArrayList<>();

	private final Random random;

	private final ExecutorService thread = Executors.newSingleThreadExecutor();

	FlakyStore(long seed) {
		this.random = new Random(seed);
	}

	@Override
	public CompletionStage<?> store(InboundMessage message) {
		CompletableFuture<Object> result = new CompletableFuture<>();
		this.thread.execute(() -> {
			int chance = this.random.nextInt(1_000);
			if (chance >= 20) {
				add(new String(message.payload(), StandardCharsets.UTF_8));
			}
			if (chance == 0) {
				return;
			}
			if (chance < 30) {
				result.completeExceptionally(new IllegalStateException("away"));
			}
			else {
				result.complete(null);
			}
		});
		return result;
	}

	private synchronized void add(String id) {
		this.stored.add(id);
	}

	synchronized List<String> stored() {
		return List.copyOf(this.stored);
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

}
