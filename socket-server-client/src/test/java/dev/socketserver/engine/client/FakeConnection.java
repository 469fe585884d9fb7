package dev.socketserver.engine.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.SessionClosedException;
import dev.socketserver.client.Correlator;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.stats.ClientCounters;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A connection whose socket takes things when the test says so. */
class FakeConnection implements ClientLink {

	final PendingRequests asks;

	final ArrayDeque<Completion> handed = new ArrayDeque<>();

	final ArrayDeque<String> waiting = new ArrayDeque<>();

	final List<String> all = new ArrayList<>();

	boolean closing;

	boolean completesAtOnce;

	int slow;

	FakeConnection(ClientCounters counters) {
		this(counters, null);
	}

	FakeConnection(ClientCounters counters, @Nullable Correlator correlator) {
		this.asks = new PendingRequests(correlator, counters);
	}

	@Override
	public boolean deliver(byte[] payload, Completion completion) {
		String text = new String(payload, UTF_8);
		if (text.equals("bad")) {
			throw new IllegalArgumentException("not for this framing");
		}
		if (this.closing) {
			return false;
		}
		this.all.add(text);
		completion.admitted();
		if (this.completesAtOnce) {
			completion.completed(null);
		}
		else {
			this.handed.add(completion);
			this.waiting.add(text);
		}
		return true;
	}

	@Override
	public PendingRequests requests() {
		return this.asks;
	}

	@Override
	public long pendingBytes() {
		return this.waiting.stream().mapToLong(String::length).sum();
	}

	@Override
	public void slow() {
		this.slow++;
	}

	List<String> payloads() {
		return List.copyOf(this.completesAtOnce ? this.all : this.waiting);
	}

	void completeNext() {
		complete(null);
	}

	void failNext() {
		complete(new SessionClosedException("it", null, null));
	}

	void refuseNext(Exception refusal) {
		complete(refusal);
	}

	void completeAll() {
		while (!this.handed.isEmpty()) {
			completeNext();
		}
	}

	void failAll() {
		for (int left = this.handed.size(); left > 0; left--) {
			failNext();
		}
	}

	private void complete(@Nullable Exception failure) {
		this.waiting.poll();
		Completion next = this.handed.poll();
		if (next != null) {
			next.completed(failure);
		}
	}

}
