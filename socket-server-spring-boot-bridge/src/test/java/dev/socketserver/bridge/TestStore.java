package dev.socketserver.bridge;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.fixtures.Patience;
import org.awaitility.Awaitility;

/** A store whose answers the test gives. */
final class TestStore implements MessageStore {

	final List<StoreCall> calls = new CopyOnWriteArrayList<>();

	/** What is answered at once, for all that come later. */
	volatile boolean answers;

	/** Whether it has the defect to return nothing that could complete. */
	volatile boolean returnsNull;

	@Override
	@SuppressWarnings("NullAway") // what an application may do is wrong on purpose
	public CompletionStage<?> store(InboundMessage message) {
		StoreCall call = new StoreCall(message, new CompletableFuture<>());
		this.calls.add(call);
		if (this.returnsNull) {
			return null;
		}
		if (this.answers) {
			call.future().complete(null);
		}
		return call.future();
	}

	TestStore awaitCalls(int count) {
		Awaitility.await().atMost(Patience.limit()).until(() -> this.calls.size() >= count);
		return this;
	}

	List<String> texts() {
		return this.calls.stream().map(StoreCall::text).toList();
	}

	void complete(int index) {
		this.calls.get(index).future().complete(null);
	}

	void fail(int index, Exception failure) {
		this.calls.get(index).future().completeExceptionally(failure);
	}

	/** Answers what waits, and all that comes later. */
	void answerAll() {
		this.answers = true;
		this.calls.forEach((call) -> call.future().complete(null));
	}

	record StoreCall(InboundMessage message, CompletableFuture<Object> future) {

		String text() {
			return new String(this.message.payload(), StandardCharsets.UTF_8);
		}

	}

}
