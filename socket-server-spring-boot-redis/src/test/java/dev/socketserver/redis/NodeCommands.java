package dev.socketserver.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import dev.socketserver.BindPolicy;
import dev.socketserver.fixtures.Patience;

/** What a node in a JVM of its own does when it receives a command. */
final class NodeCommands {

	private final TestNode node;

	private final Consumer<Object> say;

	private final Map<String, TestNode.Session> sessions = new HashMap<>();

	/** What was begun and is not known to have ended. */
	private final List<CompletableFuture<?>> begun = new ArrayList<>();

	NodeCommands(TestNode node, Consumer<Object> say) {
		this.node = node;
		this.say = say;
	}

	void perform(List<String> words) {
		switch (words.get(0)) {
			case "bind" -> {
				TestNode.Session session = this.node.open();
				this.sessions.put(words.get(1), session);
				this.say.accept(session.bind(words.get(1), BindPolicy.valueOf(words.get(2))) + " "
						+ session.token(words.get(1)));
			}
			case "open" -> this.say.accept(this.sessions.get(words.get(1)).open);
			case "received" -> this.say.accept(this.sessions.get(words.get(1)).received.size());
			case "send" -> this.say
				.accept(this.node.member.send("device", words.get(1), (server) -> words.get(2).getBytes()).join());
			case "claim" -> claim(words.get(1), BindPolicy.valueOf(words.get(2)));
			case "call" -> call(words.get(1), words.get(2));
			case "end" -> this.node.sessions.stream().findAny().ifPresent(TestNode.Session::end);
			case "settle" -> settle();
			case "holders" -> this.say.accept(holders(words.get(1)));
			case "find" -> this.say.accept(find(words.get(1)));
			default -> this.say.accept("what?");
		}
	}

	/** Has a new session claim an identity, and ends it where it is not let in. */
	private void claim(String id, BindPolicy policy) {
		TestNode.Session session = this.node.open();
		this.begun.add(session.bindLater(id, policy).thenAccept((has) -> {
			if (!has) {
				session.end();
			}
		}));
	}

	/** Sends a frame of its own, and says what becomes of it. */
	private void call(String id, String frame) {
		this.node.events.accept("called " + this.node.name() + " " + frame + " " + System.nanoTime());
		this.begun.add(this.node.member.send("device", id, (server) -> frame.getBytes())
			.thenAccept((delivery) -> this.node.events.accept("outcome " + frame + " " + delivery)));
	}

	private void settle() {
		CompletableFuture<?> all = CompletableFuture.allOf(this.begun.toArray(CompletableFuture[]::new));
		this.say
			.accept(all.orTimeout(Patience.seconds(), TimeUnit.SECONDS).handle((done, failure) -> "" + failure).join());
		this.begun.clear();
	}

	/** Names the sessions that have an identity, or none. */
	private String holders(String id) {
		String all = this.node.sessions.stream()
			.filter((session) -> session.open && session.isBound(id))
			.map((session) -> session + "/" + session.token(id))
			.collect(Collectors.joining(" "));
		return all.isEmpty() ? "-" : all;
	}

	private String find(String id) {
		return this.node.member.find("device", id)
			.handle((found, failure) -> (failure != null) ? "" + failure
					: found.map((one) -> one.id() + "@" + one.node() + "/" + one.token()).orElse("-"))
			.join();
	}

}
