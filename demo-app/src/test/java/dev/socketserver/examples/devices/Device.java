package dev.socketserver.examples.devices;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.SocketSession;

/** A device that has logged in, for as long as its session lasts. */
class Device {

	private final String id;

	private final SocketSession session;

	private final AtomicInteger commands = new AtomicInteger();

	private final Map<String, CompletableFuture<String>> pending = new ConcurrentHashMap<>();

	Device(String id, SocketSession session) {
		this.id = id;
		this.session = session;
	}

	String id() {
		return this.id;
	}

	/** Sends a command; the future has the reply, or the reason why there is none. */
	CompletableFuture<String> ask(String command, Duration timeout) {
		String number = Integer.toString(this.commands.incrementAndGet());
		CompletableFuture<String> reply = new CompletableFuture<>();
		this.pending.put(number, reply);
		CompletableFuture<String> outcome = reply.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((text, failure) -> this.pending.remove(number));
		this.session.send("CMD " + number + " " + command, (failure) -> {
			if (failure != null) {
				reply.completeExceptionally(failure);
			}
		});
		return outcome;
	}

	void replied(String number, String text) {
		CompletableFuture<String> reply = this.pending.get(number);
		if (reply != null) {
			reply.complete(text);
		}
	}

	void gone() {
		IOException gone = new IOException("the session of the device has ended");
		this.pending.values().forEach((reply) -> reply.completeExceptionally(gone));
	}

}
