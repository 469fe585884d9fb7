package dev.socketserver.engine.cluster.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.socketserver.cluster.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * What callers and peers of a cluster have seen. Times are those of one clock for all
 * nodes. Any thread.
 */
public final class ClusterHistory {

	private final Map<String, Call> calls = new LinkedHashMap<>();

	/** Of each frame, the sessions whose peers have it, as often as they have it. */
	private final Map<String, List<String>> received = new HashMap<>();

	/** When sessions ended. */
	private final Map<String, Long> over = new HashMap<>();

	/** By identities. */
	private final Map<String, List<Grant>> grants = new TreeMap<>();

	private final Set<String> killed = new HashSet<>();

	private final List<String> others = new ArrayList<>();

	/** A node sends a frame, which no other call sends. */
	public synchronized void called(String node, String frame, long at) {
		this.calls.put(frame, new Call(node, at));
	}

	/** A call has an outcome. */
	public synchronized void outcome(String frame, @Nullable Delivery delivery) {
		Call call = this.calls.get(frame);
		if (call == null) {
			violated("There is an outcome of frame " + frame + ", which nobody has sent");
			return;
		}
		call.outcomes++;
		call.delivery = delivery;
	}

	/** The peer of a session has a frame. */
	public synchronized void received(String session, String frame) {
		this.received.computeIfAbsent(frame, (key) -> new ArrayList<>(1)).add(session);
	}

	/** A session has ended, or was replaced. */
	public synchronized void over(String session, long at) {
		this.over.putIfAbsent(session, at);
	}

	/**
	 * A session is the owner of an identity.
	 * @param began when it asked for that
	 */
	public synchronized void granted(String identity, String session, long token, long began, long at) {
		this.grants.computeIfAbsent(identity, (key) -> new ArrayList<>()).add(new Grant(session, token, began, at));
	}

	/** A node was killed, so that its calls need no outcome. */
	public synchronized void killed(String node) {
		this.killed.add(node);
	}

	/**
	 * In the end, who has an identity that only one may have.
	 * @param holders sessions that have it as far as they know
	 */
	public synchronized void held(String identity, List<String> holders) {
		if (holders.size() > 1) {
			violated("Several have " + identity + ": " + holders);
		}
	}

	/** Something that must not be was seen by somebody else. */
	public synchronized void violated(String what) {
		this.others.add(what);
	}

	public synchronized int calls() {
		return this.calls.size();
	}

	/** Returns how many calls had an outcome. */
	public synchronized long count(Delivery delivery) {
		return this.calls.values().stream().filter((call) -> call.delivery == delivery).count();
	}

	/** Returns what must not have been. */
	public synchronized List<String> violations() {
		List<String> violations = new ArrayList<>(this.others);
		this.calls.forEach((frame, call) -> check(frame, call, violations));
		this.grants.forEach((identity, all) -> checkTokens(identity, all, violations));
		return violations;
	}

	private void check(String frame, Call call, List<String> violations) {
		if (call.outcomes > 1 || (call.outcomes == 0 && !this.killed.contains(call.node))) {
			violations.add("The call of frame " + frame + " had " + call.outcomes + " outcomes");
		}
		List<String> receivers = this.received.getOrDefault(frame, List.of());
		if (call.delivery == Delivery.WRITTEN && receivers.isEmpty()) {
			violations.add("Frame " + frame + " was written and is at no peer");
		}
		if (receivers.size() > 1) {
			violations.add("Frame " + frame + " came " + receivers.size() + " times, to " + receivers);
		}
		for (String receiver : receivers) {
			if (this.over.getOrDefault(receiver, Long.MAX_VALUE) < call.at) {
				violations.add("Frame " + frame + " reached " + receiver + ", which had ended before the call");
			}
		}
	}

	/** A grant that was known before another was asked for has the lower token. */
	private static void checkTokens(String identity, List<Grant> all, List<String> violations) {
		for (Grant later : all) {
			for (Grant earlier : all) {
				if (earlier.at < later.began && !earlier.session.equals(later.session)
						&& earlier.token >= later.token) {
					violations.add("The token of " + identity + " went from " + earlier + " to " + later);
				}
				if (earlier != later && earlier.token == later.token && !earlier.session.equals(later.session)) {
					violations.add("The token of " + identity + " is that of two: " + earlier + " and " + later);
				}
			}
		}
	}

	private static final class Call {

		private final String node;

		private final long at;

		private int outcomes;

		private @Nullable Delivery delivery;

		Call(String node, long at) {
			this.node = node;
			this.at = at;
		}

	}

	private record Grant(String session, long token, long began, long at) {

	}

}
