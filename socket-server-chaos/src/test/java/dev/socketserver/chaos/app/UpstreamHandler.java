package dev.socketserver.chaos.app;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The client of the application: its connections, and sends and requests by HTTP, whose
 * outcomes are counted.
 */
@RestController
@SocketClientHandler("upstream")
class UpstreamHandler {

	private static final String CLIENT = "upstream";

	private final HandlerLedger counters;

	private final SocketClients clients;

	UpstreamHandler(HandlerLedger counters, SocketClients clients) {
		this.counters = counters;
		this.clients = clients;
	}

	/** Sends lines that begin with a number, each of so many bytes at least. */
	@PostMapping("/upstream")
	String send(@RequestParam int from, @RequestParam int count, @RequestParam int bytes) {
		SocketClient client = this.clients.client(CLIENT).orElseThrow();
		for (int i = from; i < from + count; i++) {
			this.counters.count(CLIENT, "client.submitted");
			client.send(i + " " + "u".repeat(bytes))
				.whenComplete((nothing, failure) -> this.counters.count(CLIENT,
						(failure == null) ? "client.sent" : "client.unsent"));
		}
		return "accepted";
	}

	/** Asks, and returns what has become of it. */
	@PostMapping("/upstream/ask")
	CompletableFuture<String> ask(@RequestParam String text, @RequestParam long millis) {
		SocketClient client = this.clients.client(CLIENT).orElseThrow();
		this.counters.count(CLIENT, "asks.submitted");
		return client.ask(text, Duration.ofMillis(millis)).handle((reply, failure) -> {
			this.counters.count(CLIENT, "asks.completed");
			if (failure instanceof RequestNotSentException) {
				return "not sent";
			}
			this.counters.count(CLIENT, "client.asked");
			if (failure == null) {
				return "reply " + reply;
			}
			return (failure instanceof TimeoutException) ? "timeout" : "failure";
		});
	}

	@OnOpen
	void opened(SocketSession session) {
		this.counters.opened(session);
	}

	@OnMessage
	void received(String text, SocketSession session) {
		this.counters.call(session, () -> {
		});
	}

	@OnClose
	void closed(SocketSession session) {
		this.counters.closed(session);
	}

}
