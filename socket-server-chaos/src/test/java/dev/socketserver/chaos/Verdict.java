package dev.socketserver.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

import dev.socketserver.fixtures.Patience;
import tools.jackson.databind.JsonNode;

/**
 * Whether the counters are what they must be when all is at rest. The equations are those
 * of a ledger: whatever was received was sent, or is still there.
 */
final class Verdict {

	private static final List<String> SERVERS = List.of("line", "loop", "tls", "proxy", "target", "small", "asks",
			"faulty", "sums", "canary", "devices");

	/** Counters that the model knows exactly. */
	private static final Pattern EXACT = Pattern.compile(
			"[a-z]+\\.(accepted|connected|abandoned|listenersReplaced|stuckCalls|repliesDropped|(closed|rejected|handshakes|"
					+ "requests)\\..*)");

	/** On an idle machine. */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final Application application;

	private final Map<String, Long> before;

	private final Model model;

	Verdict(Application application, Map<String, Long> before, Model model) {
		this.application = application;
		this.before = before;
		this.model = model;
	}

	/** Waits until all is well, for a limited time, and returns what is not. */
	List<String> problems() throws IOException, InterruptedException {
		long deadline = System.nanoTime() + Patience.stretched(PATIENCE).toNanos();
		List<String> problems = judge();
		while (!problems.isEmpty() && System.nanoTime() - deadline < 0) {
			Pause.millis(30);
			problems = judge();
		}
		return problems;
	}

	private List<String> judge() throws IOException, InterruptedException {
		Map<String, Long> now = this.application.vitals();
		List<String> problems = new ArrayList<>();
		Map<String, Long> expected = this.model.expected();
		TreeSet<String> exact = new TreeSet<>(expected.keySet());
		now.keySet().stream().filter((key) -> EXACT.matcher(key).matches()).forEach(exact::add);
		for (String key : exact) {
			equal(problems, key, delta(now, key), expected.getOrDefault(key, 0L));
		}
		for (String server : SERVERS) {
			identities(problems, server, now);
		}
		client(problems, "upstream", now);
		equal(problems, "memory that is charged", now.get("memory"), 0);
		for (JsonNode server : this.application.get("socketservers").get("servers")) {
			endpoint(problems, server, now);
		}
		return problems;
	}

	private void identities(List<String> problems, String server, Map<String, Long> now) {
		long open = server.equals("canary") ? 1 : 0;
		equal(problems, server + ": sessions", get(now, server + ".active"), open);
		equal(problems, server + ": sessions listed", get(now, server + ".listed"), open);
		equal(problems, server + ": pending", get(now, server + ".pending"), 0);
		equal(problems, server + ": stuck", get(now, server + ".stuckSessions"), 0);
		equal(problems, server + ": accepted = opened + rejected + abandoned", get(now, server + ".accepted"),
				get(now, server + ".opened") + sum(now, server + ".rejected.") + get(now, server + ".abandoned"));
		equal(problems, server + ": opened = closed + open", get(now, server + ".opened"),
				sum(now, server + ".closed.") + open);
		calls(problems, server, now, get(now, server + ".opened"));
		equal(problems, server + ": callbacks of sends", get(now, server + ".sends.called"),
				get(now, server + ".sends.submitted"));
		equal(problems, server + ": outcomes of requests seen", get(now, server + ".asks.completed"),
				get(now, server + ".asks.submitted"));
		equal(problems, server + ": outcomes of requests counted", sum(now, server + ".requests."),
				get(now, server + ".asks.submitted"));
		if (open == 0) {
			equal(problems, server + ": messages received = handled + dropped + discarded + replies",
					get(now, server + ".messages.received"),
					get(now, server + ".messages.handled") + get(now, server + ".inbound.dropped")
							+ get(now, server + ".inbound.discarded") + get(now, server + ".requests.SUCCESS")
							+ get(now, server + ".repliesDropped"));
			equal(problems, server + ": calls of the handler", get(now, server + ".handler.messages"),
					sum(now, server + ".calls."));
		}
	}

	/** What the handler of a server or a client has seen of its sessions. */
	private static void calls(List<String> problems, String name, Map<String, Long> now, long opened) {
		equal(problems, name + ": calls of opened", get(now, name + ".handler.opened"), opened);
		equal(problems, name + ": calls of closed", get(now, name + ".handler.closed"), sum(now, name + ".closed."));
		equal(problems, name + ": violations of the order of calls", get(now, name + ".handler.violations"), 0);
	}

	private static void client(List<String> problems, String client, Map<String, Long> now) {
		equal(problems, client + ": attempts = connected + failed + cancelled", get(now, client + ".attempts"),
				get(now, client + ".connected") + sum(now, client + ".failed.") + get(now, client + ".cancelled"));
		equal(problems, client + ": connected = closed", get(now, client + ".connected"),
				sum(now, client + ".closed."));
		calls(problems, client, now, get(now, client + ".connected"));
		equal(problems, client + ": sends = delivered + undelivered + dropped", get(now, client + ".client.accepted"),
				get(now, client + ".client.delivered") + get(now, client + ".client.undelivered")
						+ get(now, client + ".client.dropped"));
		equal(problems, client + ": outcomes of sends", get(now, client + ".client.submitted"),
				get(now, client + ".client.sent") + get(now, client + ".client.unsent"));
		equal(problems, client + ": sends and requests that have left",
				get(now, client + ".client.sent") + get(now, client + ".client.asked"),
				get(now, client + ".client.delivered"));
		equal(problems, client + ": outcomes of requests seen", get(now, client + ".asks.completed"),
				get(now, client + ".asks.submitted"));
		equal(problems, client + ": outcomes of requests counted", sum(now, client + ".requests."),
				get(now, client + ".asks.submitted"));
		equal(problems, client + ": sends that wait", get(now, client + ".client.pending"), 0);
		equal(problems, client + ": requests that wait", get(now, client + ".client.pendingReplies"), 0);
	}

	/** The endpoint shows the same numbers. */
	private static void endpoint(List<String> problems, JsonNode server, Map<String, Long> now) {
		String name = server.get("name").asString();
		if (name.equals("canary")) {
			return;
		}
		JsonNode sessions = server.get("sessions");
		equal(problems, name + ": accepted by the endpoint", sessions.get("accepted").asLong(),
				get(now, name + ".accepted"));
		equal(problems, name + ": bytes received by the endpoint", server.get("bytes").get("received").asLong(),
				get(now, name + ".bytes.received"));
		equal(problems, name + ": messages sent by the endpoint", server.get("messages").get("sent").asLong(),
				get(now, name + ".messages.sent"));
	}

	private long delta(Map<String, Long> now, String key) {
		return get(now, key) - get(this.before, key);
	}

	private static long get(Map<String, Long> vitals, String key) {
		return vitals.getOrDefault(key, 0L);
	}

	private static long sum(Map<String, Long> vitals, String prefix) {
		return vitals.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith(prefix))
			.mapToLong(Map.Entry::getValue)
			.sum();
	}

	private static void equal(List<String> problems, String what, long is, long expected) {
		if (is != expected) {
			problems.add(what + " is " + is + " and not " + expected);
		}
	}

	/**
	 * What the process holds when nothing is under way.
	 *
	 * @param threads its threads
	 * @param descriptors its open descriptors
	 * @param direct bytes outside the heap
	 * @param heap bytes of the heap that are reachable
	 */
	record Baseline(long threads, long descriptors, long direct, long heap) {

		private static final long MIB = 1024 * 1024;

		/** A thread of a pool ends when it has been idle for ten seconds. */
		private static final Duration IDLE = Duration.ofSeconds(15);

		static Baseline of(Application application) throws IOException, InterruptedException {
			Map<String, Long> vitals = application.vitals();
			return new Baseline(vitals.get("process.threads"), vitals.get("process.descriptors"),
					vitals.get("process.direct"), application.heap());
		}

		void judge(Application application, List<String> problems) throws IOException, InterruptedException {
			long deadline = System.nanoTime() + Patience.stretched(IDLE).toNanos();
			List<String> over = judge(of(application));
			while (!over.isEmpty() && System.nanoTime() - deadline < 0) {
				Pause.millis(100);
				over = judge(of(application));
			}
			problems.addAll(over);
		}

		private List<String> judge(Baseline now) {
			List<String> over = new ArrayList<>();
			within(over, "threads", now.threads, this.threads + 16);
			within(over, "descriptors", now.descriptors, this.descriptors + 8);
			within(over, "direct memory", now.direct, this.direct + 16 * MIB);
			within(over, "heap", now.heap, this.heap + 16 * MIB);
			return over;
		}

		private static void within(List<String> over, String what, long is, long most) {
			if (is > most) {
				over.add(what + ": " + is + ", more than " + most);
			}
		}

	}

}
